//! Which generated scan a picture is, after it lost its texts, was compressed or made smaller.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::ReviewError;
use super::set::ReviewSet;
use crate::dataset::duplicates::DifferenceHash;
use crate::formats::{read_file, scan_image};
use crate::scan::GreyImage;

/// Bits of 256 in which a re-compressed or resized copy may differ. Strangers differ in about half of them, and pairs
/// of one generation in dozens.
const MAX_DIFFERENT_BITS: u32 = 32;

/// A scan that may be the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OriginCandidate {
    /// Folder of its data set.
    pub dir: PathBuf,
    /// Its name there.
    pub id: String,
    /// Bits of 256 in which its hash differs from the picture's, or from its mirror image's.
    pub different_bits: u32,
}

/// A search for the scan that a picture was.
#[derive(Clone, Debug)]
pub struct OriginSearch {
    hashes: [DifferenceHash; 2],
    /// The nearest first.
    found: Vec<OriginCandidate>,
}

impl OriginSearch {
    /// For a picture; nothing is compared with it yet.
    pub fn new(picture: &GreyImage) -> Self {
        Self { hashes: DifferenceHash::of(picture), found: Vec::new() }
    }

    /// Compares the picture with every scan of a data set, on all cores; how many of them could not be read, which are
    /// left out.
    ///
    /// # Errors
    /// If the data set cannot be read.
    pub fn search(&mut self, dir: &Path) -> Result<usize, ReviewError> {
        let set = ReviewSet::load(dir)?;
        let rows: Vec<u32> = (0..set.len() as u32).collect();
        let compared: Vec<Option<OriginCandidate>> = set
            .lines(&rows)?
            .par_iter()
            .map(|line| {
                let bytes = read_file(&dir.join(&line.image)).ok()?;
                let image = scan_image::read(&bytes, &line.image).ok()?;
                let own = &DifferenceHash::of(&image)[0];
                let different_bits = self.hashes.iter().map(|hash| hash.difference(own)).min()?;
                Some(OriginCandidate { dir: dir.to_owned(), id: line.id.clone(), different_bits })
            })
            .collect();
        let unreadable = compared.iter().filter(|candidate| candidate.is_none()).count();
        self.found.extend(compared.into_iter().flatten());
        self.found.sort_by_key(|candidate| candidate.different_bits);
        Ok(unreadable)
    }

    /// The scan that the picture was; `None` where none is near enough.
    pub fn origin(&self) -> Option<&OriginCandidate> {
        self.found.first().filter(|nearest| nearest.different_bits <= MAX_DIFFERENT_BITS)
    }

    /// Bits in which the second nearest scan differs: how sure the first is.
    pub fn next_different_bits(&self) -> Option<u32> {
        self.found.get(1).map(|next| next.different_bits)
    }

    /// Scans that the picture was compared with.
    pub fn compared(&self) -> usize {
        self.found.len()
    }
}
