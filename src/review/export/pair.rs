//! A pair that goes out, and what its files hold.

use super::parts::SplitPart;
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{FormatError, read_file};
use crate::review::ReviewError;
use crate::review::audit::Ground;
use crate::review::set::{PairLine, ReviewSet};

/// A pair that goes out.
#[derive(Clone, Debug)]
pub struct ExportPair {
    /// Its row in the set.
    pub row: u32,
    /// Where it goes.
    pub part: SplitPart,
    /// `None` where nobody accepted it and it goes out all the same.
    pub ground: Option<Ground>,
    /// What the manifest says of it.
    pub line: PairLine,
}

impl ExportPair {
    /// Composite codes of the mask, row-major.
    ///
    /// # Errors
    /// If its file cannot be read or is of another size than its line says.
    pub(super) fn codes(&self, set: &ReviewSet) -> Result<Vec<u8>, ReviewError> {
        let path = set.dir.join(self.line.label.as_deref().unwrap_or_default());
        let name = path.display().to_string();
        let labels = label_png::read(&read_file(&path)?, &name, CodeScheme::Studio)?;
        if (labels.width, labels.height) != (self.line.width, self.line.height) {
            let found = format!("{}x{} pixels", labels.width, labels.height);
            let problem = format!("{found} where the manifest says {}x{}", self.line.width, self.line.height);
            let remedy = "leave the pair out by rejecting it, or generate it again";
            return Err(FormatError::malformed(&name, "the size", problem, remedy).into());
        }
        Ok(labels.codes)
    }

    /// The bytes of its scan's file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn scan_file(&self, set: &ReviewSet) -> Result<Vec<u8>, ReviewError> {
        Ok(read_file(&set.dir.join(&self.line.image))?)
    }
}
