//! Scans, masks and syntheses as one cheap value; the commands that change it; its history.
//!
//! Cloning a document copies pointers: the journal, the synthesis thread and the undo history all hold
//! snapshots without copying pixels. Only [`Editor::apply`] changes one.

mod appearance;
mod command;
mod editor;
mod history;
mod label_table;
mod thumbnail;
mod volume_map;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use appearance::{Appearance, BAND_CONTRASTS, MAX_STYLE_DEVIATIONS, MAX_STYLE_NUMBERS};
pub use command::{Change, Command, CommandError};
pub use editor::Editor;
pub use history::{Beside, BesidePages, DEFAULT_HISTORY_BYTES, HistorySnapshot, PageDelta, UndoStep};
pub use label_table::{LONGEST_NAME, LabelLook, LabelTable};
pub use thumbnail::{THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH, Thumbnail};
pub use volume_map::NoMap;

use crate::mask::Mask;
use crate::scan::{BScan, GreyImage, Localizer, Volume};

/// A synthesised scan with everything needed to make it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSynthesis {
    /// As large as the page's scan.
    pub image: GreyImage,
    /// Name of the model, from its card.
    pub model: String,
    /// SHA-256 of the model's tensor bytes, hexadecimal.
    pub model_sha256: String,
    /// Seed of the noise field.
    pub seed: u64,
    /// Denoising steps.
    pub steps: u32,
    /// Name of the sampler.
    pub sampler: String,
}

/// One B-scan with its mask and, where one was kept, its synthesis.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The B-scan.
    pub scan: Arc<BScan>,
    /// As large as the scan.
    pub mask: Mask,
    /// A synthetic scan of the mask that was kept with it.
    pub synthesis: Option<Arc<KeptSynthesis>>,
    /// What another grader drew on the same scan, as large as the scan: to compare with, never painted on.
    pub second_grader: Option<Arc<Mask>>,
    /// How its labels came about, where a program made them.
    pub label_origin: Option<LabelOrigin>,
    /// What its synthetic scan is to look like beyond the mask.
    pub appearance: Arc<Appearance>,
}

/// How the labels of a page came about. A row of B-scans tells which of them a person has looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelOrigin {
    /// By the auto-trace.
    Traced,
    /// From the B-scans on both sides.
    Interpolated,
    /// By one of these, and changed by hand since.
    Corrected,
}

impl Page {
    /// A page without synthesis and without a second grader.
    ///
    /// # Panics
    /// If the mask is not as large as the scan.
    pub fn new(scan: BScan, mask: Mask) -> Self {
        assert_eq!((scan.width(), scan.height()), (mask.width(), mask.height()), "size of scan and mask");
        Self {
            scan: Arc::new(scan),
            mask,
            synthesis: None,
            second_grader: None,
            label_origin: None,
            appearance: Arc::default(),
        }
    }

    /// Whether the two differ in what is kept beside the mask.
    pub(super) fn differs_beside_mask(&self, other: &Page) -> bool {
        self.synthesis != other.synthesis
            || self.second_grader != other.second_grader
            || self.label_origin != other.label_origin
            || self.appearance != other.appearance
            || self.scan.calibration() != other.scan.calibration()
    }
}

/// Everything that is open as one file: the pages of a volume, or the one page of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// At least one.
    pub pages: Vec<Page>,
    /// Distance between neighbouring B-scans in µm, where known.
    pub b_scan_distance_um: Option<f32>,
    /// Seed of the noise from which scans are synthesised: the same seed and mask give the same speckle.
    pub noise_seed: u64,
    /// Whom the data set asks to name.
    pub credit: Option<String>,
    /// What the user knows it by.
    pub name: String,
    /// What its labels are called and how they look.
    pub labels: Arc<LabelTable>,
    /// The picture of the fundus that was taken with the volume; as many lines as pages.
    pub localizer: Option<Arc<Localizer>>,
}

impl Document {
    /// A document of one page.
    ///
    /// # Panics
    /// If the mask is not as large as the scan.
    pub fn from_scan(scan: BScan, mask: Mask) -> Self {
        let name = scan.name.clone();
        Self {
            pages: vec![Page::new(scan, mask)],
            b_scan_distance_um: None,
            noise_seed: 1,
            credit: None,
            name,
            labels: Arc::default(),
            localizer: None,
        }
    }

    /// A document of one unannotated page per B-scan.
    ///
    /// # Panics
    /// If the volume is empty.
    pub fn from_volume(volume: Volume) -> Self {
        assert!(!volume.b_scans.is_empty(), "a volume without B-scans");
        let name = volume.b_scans[0].name.clone();
        let pages = volume.b_scans.into_iter().map(|scan| {
            let mask = Mask::unannotated(scan.width(), scan.height());
            Page::new(scan, mask)
        });
        Self {
            pages: pages.collect(),
            b_scan_distance_um: volume.b_scan_distance_um,
            noise_seed: 1,
            credit: None,
            name,
            labels: Arc::default(),
            localizer: None,
        }
    }
}
