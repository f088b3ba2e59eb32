//! The option of the segmenter that looks for the masks in `evaluate fidelity`.

use clap::Args;

use crate::evaluation::fidelity::Reader;
use crate::worker::models::{ModelSource, SEGMENTER_NAME, has_segmenter};

/// Which segmenter looks for the masks.
#[derive(Debug, Args)]
pub(super) struct ReaderArgs {
    /// The segmenter that looks for the masks in the pictures: a bundled one's name or the model file of one [default:
    /// the bundled one, where this build carries it]
    #[arg(long, value_name = "NAME|FILE")]
    segmenter: Option<String>,
}

impl ReaderArgs {
    /// Loads the segmenter; `None` where none was named and this build carries none.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn reader(&self, measured: &[String]) -> anyhow::Result<Option<Reader>> {
        let source = match &self.segmenter {
            Some(named) => ModelSource::named(named),
            None if has_segmenter() => ModelSource::Bundled(SEGMENTER_NAME.to_owned()),
            None => {
                eprintln!(
                    "note: this build carries no segmenter that would look for the masks; name one with --segmenter"
                );
                return Ok(None);
            }
        };
        Ok(Some(Reader::load(&source.read()?, measured)?))
    }
}
