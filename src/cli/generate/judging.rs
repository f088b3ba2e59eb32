//! Who looks at the scans, and what that decides.

use anyhow::ensure;
use clap::Args;

use crate::generation::judging::JudgePlanning;
use crate::generation::{BestOf, PairChoice};
use crate::segmentation::segmenter_file;
use crate::worker::models::{ModelSource, SEGMENTER_NAME};

/// What a segmenter decides about pairs.
#[derive(Clone, Debug, Args)]
pub struct JudgingArgs {
    /// Who looks at every scan and says how much of the mask it finds again: the bundled segmenter unless another one's
    /// name or file is given, or "none"
    #[arg(long, value_name = "NAME|FILE|none")]
    segmenter: Option<String>,
    /// Keeps pairs of which the segmenter finds so much again (mean Dice over layers and fluid, 0 to 1); the others are
    /// made anew with another seed
    #[arg(long, value_name = "DICE", value_parser = parse_part)]
    least_agreement: Option<f64>,
    /// Draws more pairs than are wanted and keeps this share, those of which the segmenter finds most again: 0.6 keeps the
    /// best 6 of every 10
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    keep_best: Option<BestOf>,
    /// The rims of fluid follow what the segmenter sees in the scan, within 3 pixels of the painted edge; layers stay
    #[arg(long)]
    relabel: bool,
}

impl JudgingArgs {
    /// The segmenter that was named; `None` where none is, or "none".
    pub(super) fn named(&self) -> Option<&str> {
        self.segmenter.as_deref().filter(|name| *name != "none")
    }

    /// The segmenter's file.
    pub(super) fn source(&self) -> ModelSource {
        ModelSource::named(self.segmenter.as_deref().unwrap_or(SEGMENTER_NAME))
    }

    /// Who judges the pairs; nobody where this build carries no segmenter and none is named.
    ///
    /// # Errors
    /// If the segmenter cannot be read, or something is to be decided and nobody judges.
    pub(super) fn planning(&self) -> anyhow::Result<Option<JudgePlanning>> {
        let choice =
            PairChoice { least_dice: self.least_agreement, best: self.keep_best, relabel: self.relabel };
        let only_looks = choice == PairChoice::default();
        if self.segmenter.as_deref() == Some("none") {
            ensure!(
                only_looks,
                "--least-agreement, --keep-best and --relabel need a segmenter: leave out --segmenter none"
            );
            return Ok(None);
        }
        let (bytes, file) = match self.source().read() {
            Ok(found) => found,
            Err(_) if self.segmenter.is_none() && only_looks => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let info = segmenter_file::read_info(&bytes, &file)?;
        Ok(Some(JudgePlanning::new(info.name, info.tensors_sha256, choice)))
    }
}

/// A part of the whole, 0 to 1.
pub(super) fn parse_part(text: &str) -> Result<f64, String> {
    let part = text.trim().parse::<f64>().ok().filter(|part| (0.0..=1.0).contains(part));
    part.ok_or_else(|| format!("\"{text}\" is no part: give a number from 0 to 1"))
}

/// `0.6`.
fn parse_share(text: &str) -> Result<BestOf, String> {
    BestOf::of_share(parse_part(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Arguments {
        #[command(flatten)]
        judging: JudgingArgs,
    }

    #[test]
    fn who_decides_must_be_there() {
        let read = |words: &[&str]| {
            let words = std::iter::once("test").chain(words.iter().copied());
            Arguments::try_parse_from(words).map_err(|error| error.to_string())
        };
        let nobody = read(&["--segmenter", "none"]).unwrap().judging;
        assert!(nobody.named().is_none() && nobody.planning().unwrap().is_none());
        for asked_for in [&["--keep-best", "0.6"][..], &["--relabel"], &["--least-agreement", "0.5"]] {
            let words = [&["--segmenter", "none"][..], asked_for].concat();
            let error = read(&words).unwrap().judging.planning().unwrap_err().to_string();
            assert!(error.contains("leave out --segmenter none"), "{error}");
        }
        let best = read(&["--keep-best", "0.6"]).unwrap().judging.keep_best;
        assert_eq!(best, Some(BestOf { kept: 6, of: 10 }));
        assert!(read(&["--keep-best", "0.65"]).unwrap_err().contains("no share in tenths"));
    }
}
