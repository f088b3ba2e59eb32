//! A scan with its labels, as the readers of labelled folders and of Duke DME make it.

use crate::scan::BScan;

/// A scan that was read, with its labels.
#[derive(Clone, Debug)]
pub struct ImportedScan {
    /// The scan.
    pub scan: BScan,
    /// Composite codes, row-major; `None` for unlabelled scans.
    pub labels: Option<Vec<u8>>,
    /// Another grader's, in the same codes.
    pub second_grader: Option<Vec<u8>>,
    /// Half-open runs of columns to leave out of training.
    pub ignored_columns: Vec<[u32; 2]>,
    /// What was assumed or left out, in words.
    pub warnings: Vec<String>,
}
