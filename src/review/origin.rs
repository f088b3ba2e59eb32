//! Which generated scan a picture is, after it lost its texts, was compressed or made smaller.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ReviewError;
use super::set::{PairLine, ReviewSet};
use crate::dataset::duplicates::DifferenceHash;
use crate::scan::GreyImage;

/// Bits of 256 in which a re-compressed or resized copy may differ. Strangers differ in about half of them, and pairs
/// of one generation in dozens.
const MAX_DIFFERENT_BITS: u32 = 32;

/// A scan that may be the picture.
#[derive(Clone, Debug)]
pub struct OriginCandidate {
    /// Folder of its data set.
    pub dir: PathBuf,
    /// Its name there.
    pub id: String,
    /// Of 256 of its hash and the picture's, or its mirror image's.
    pub different_bits: u32,
}

/// A search for the scan that a picture was.
#[derive(Clone, Debug)]
pub struct OriginSearch {
    hashes: [DifferenceHash; 2],
    /// The scans that it was compared with, the nearest first.
    pub found: Vec<OriginCandidate>,
}

impl OriginSearch {
    /// For a picture; nothing is compared with it yet.
    pub fn new(picture: &GreyImage) -> Self {
        Self { hashes: DifferenceHash::of(picture), found: Vec::new() }
    }

    /// Compares the picture with every scan of a data set, on all cores; how many of them could not be read.
    ///
    /// # Errors
    /// If the data set cannot be read.
    pub fn search(&mut self, dir: &Path) -> Result<usize, ReviewError> {
        let set = ReviewSet::load(dir)?;
        let rows: Vec<u32> = (0..set.len() as u32).collect();
        let lines = set.lines(&rows)?;
        let candidate = |line: &PairLine| {
            let own = &DifferenceHash::of(&set.scan_of(line).ok()?)[0];
            let different_bits = self.hashes.iter().map(|hash| hash.difference(own)).min()?;
            Some(OriginCandidate { dir: dir.to_owned(), id: line.id.clone(), different_bits })
        };
        let compared: Vec<OriginCandidate> = lines.par_iter().filter_map(candidate).collect();
        let unreadable = lines.len() - compared.len();
        self.found.extend(compared);
        self.found.sort_by_key(|candidate| candidate.different_bits);
        Ok(unreadable)
    }

    /// The scan that the picture was; `None` where none is near enough.
    pub fn origin(&self) -> Option<&OriginCandidate> {
        self.found.first().filter(|nearest| nearest.different_bits <= MAX_DIFFERENT_BITS)
    }
}
