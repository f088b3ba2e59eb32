//! What can be done to a document: each command with a name a person would read in the undo menu.

use std::sync::Arc;

use super::{Appearance, Document, KeptSynthesis, LabelOrigin, LabelTable, Page};
use crate::anatomy::{self, Interface, LAYER_COUNT, LESION_BASE, Lesion, UNANNOTATED};
use crate::mask::{
    Dome, LayerWarp, LineSettings, LockedLabels, Mask, PaintSettings, PaintTarget, Region, SmoothSettings,
    WarpMode, move_interface, paint_region, paint_segment, raise_dome, repair_order, smooth, warp_layer,
};
use crate::scan::{Calibration, Rect, Spacing};

/// A change of the document.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Debug)]
pub enum Command {
    /// One segment of a brush stroke, in image coordinates (x, y).
    Paint { page: usize, from: [f32; 2], to: [f32; 2], settings: PaintSettings },
    /// Paints a region as one: a lasso, a fill, a cyst, a lesion that was moved.
    PaintRegion { page: usize, region: Arc<Region>, settings: PaintSettings, name: String },
    /// Smooths what lies under a lens at `centre`, in image coordinates.
    Smooth { page: usize, centre: [f32; 2], radius_px: f32, settings: SmoothSettings },
    /// Another mask of the same size: an opened label file, a generated mask.
    ReplaceMask { page: usize, mask: Mask, name: String },
    /// Brings columns whose layers are out of order back into order, with the fewest changed pixels.
    RepairOrder { page: usize },
    /// Another noise for the syntheses to come.
    RerollNoise { seed: u64 },
    /// Keeps a synthesis with the page.
    KeepSynthesis { page: usize, synthesis: Arc<KeptSynthesis> },
    /// Keeps another grader's mask with the page, or forgets it.
    SetSecondGrader { page: usize, mask: Option<Arc<Mask>> },
    /// What is known of a page's scan beyond its pixels: measurements are in µm where the spacing is.
    Calibrate { page: usize, calibration: Calibration },
    /// What a page's synthetic scan is to look like beyond its mask.
    SetAppearance { page: usize, appearance: Arc<Appearance>, name: String },
    /// How the labels of a page came about.
    SetLabelOrigin { page: usize, origin: Option<LabelOrigin> },
    /// Distance between neighbouring B-scans in µm; a volume has a thickness map where it is known.
    SetBScanDistance { distance_um: Option<f32> },
    /// Other names or colours for the labels.
    EditLabels { labels: LabelTable, name: String },
    /// Removes every lesion but the locked ones; the layers beneath them appear.
    ClearLesions { page: usize, locked: LockedLabels },
    /// Declares every unannotated pixel to be of one layer-plane code: how annotating a bare scan begins,
    /// since no brush paints where nothing is annotated.
    FillUnannotated { page: usize, code: u8 },
    /// Draws an interface anew in the columns from `x0` on; rows are edge coordinates.
    MoveInterface { page: usize, interface: Interface, x0: u32, rows: Arc<[f32]>, settings: LineSettings },
    /// Raises subretinal fluid or a pigment epithelial detachment, which lift the layers above.
    RaiseDome { page: usize, dome: Dome, locked: LockedLabels },
    /// Swells, thins or pushes a layer under a soft lens.
    WarpLayer { page: usize, warp: LayerWarp, locked: LockedLabels },
}

/// Where the document changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// Index of the page that changed.
    pub page: usize,
    /// Holds every mask pixel that changed; empty when none did (a new seed, a kept synthesis).
    pub dirty: Rect,
}

/// Why a command was refused. The document is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum CommandError {
    #[error("there is no page {page}: the document has {count}")]
    NoSuchPage { page: usize, count: usize },
    #[error("the {what} is {width} x {height} pixels, but the scan is {scan_width} x {scan_height}")]
    WrongSize { what: &'static str, width: u32, height: u32, scan_width: u32, scan_height: u32 },
    #[error("the region reaches beyond the scan of {scan_width} x {scan_height} pixels")]
    OutsideScan { scan_width: u32, scan_height: u32 },
    #[error("a pixel is between 0.1 and 1000 µm wide and high")]
    NoSpacing,
    #[error("B-scans lie between 0.1 and 10000 µm apart")]
    NoDistance,
    #[error("the fovea must lie within the scan")]
    NoFovea,
    #[error("the style or the vessel shadows are of another model or another scan")]
    NoAppearance,
    #[error("the {what} holds codes outside the label table")]
    UnknownCode { what: &'static str },
}

impl Command {
    /// As in "Undo brush: IRF", with the labels called as the document calls them.
    pub fn name(&self, labels: &LabelTable) -> String {
        let label = |code| labels.name(code);
        match self {
            Self::Paint { settings, .. } => match settings.target {
                PaintTarget::EraseLesion => "erase lesion".to_owned(),
                target => format!("brush: {}", label(target.composite().unwrap_or(UNANNOTATED))),
            },
            Self::PaintRegion { name, .. }
            | Self::ReplaceMask { name, .. }
            | Self::EditLabels { name, .. }
            | Self::SetAppearance { name, .. } => name.clone(),
            Self::Smooth { .. } => "smooth".to_owned(),
            Self::RepairOrder { .. } => "repair layer order".to_owned(),
            Self::RerollNoise { .. } => "new noise".to_owned(),
            Self::KeepSynthesis { .. } => "keep synthesis".to_owned(),
            Self::SetSecondGrader { mask: Some(_), .. } => "load second grader".to_owned(),
            Self::SetSecondGrader { mask: None, .. } => "remove second grader".to_owned(),
            Self::Calibrate { .. } => "size of a pixel or fovea".to_owned(),
            Self::SetLabelOrigin { .. } => "origin of labels".to_owned(),
            Self::SetBScanDistance { .. } => "distance of B-scans".to_owned(),
            Self::ClearLesions { .. } => "clear lesions".to_owned(),
            Self::FillUnannotated { code, .. } => format!("fill unannotated: {}", label(*code)),
            Self::RaiseDome { dome, .. } => format!("dome: {}", label(LESION_BASE + dome.lesion.code())),
            Self::MoveInterface { interface, .. } => format!("move interface: {}", interface.name()),
            Self::WarpLayer { warp, .. } => {
                let (layer, thicker) = (label(warp.layer), warp.amount_px > 0.0);
                match (warp.mode, thicker) {
                    (WarpMode::Thicken, true) => format!("thicken {layer}"),
                    (WarpMode::Thicken, false) => format!("thin {layer}"),
                    (WarpMode::Push, _) => format!("push {layer}"),
                }
            }
        }
    }

    /// The page it changes; `None` when it concerns the whole document.
    pub fn page(&self) -> Option<usize> {
        match self {
            Self::Paint { page, .. }
            | Self::PaintRegion { page, .. }
            | Self::Smooth { page, .. }
            | Self::ReplaceMask { page, .. }
            | Self::RepairOrder { page }
            | Self::KeepSynthesis { page, .. }
            | Self::SetSecondGrader { page, .. }
            | Self::Calibrate { page, .. }
            | Self::SetLabelOrigin { page, .. }
            | Self::SetAppearance { page, .. }
            | Self::ClearLesions { page, .. }
            | Self::FillUnannotated { page, .. }
            | Self::MoveInterface { page, .. }
            | Self::RaiseDome { page, .. }
            | Self::WarpLayer { page, .. } => Some(*page),
            Self::RerollNoise { .. } | Self::EditLabels { .. } | Self::SetBScanDistance { .. } => None,
        }
    }

    /// Whether the command can be applied.
    pub(super) fn check(&self, document: &Document) -> Result<(), CommandError> {
        if let Self::SetBScanDistance { distance_um: Some(um) } = self
            && !(um.is_finite() && (0.1..=10_000.0).contains(um))
        {
            return Err(CommandError::NoDistance);
        }
        let Some(index) = self.page() else { return Ok(()) };
        let count = document.pages.len();
        let page = document.pages.get(index).ok_or(CommandError::NoSuchPage { page: index, count })?;
        match self {
            Self::Paint { settings, .. } if !settings.target.is_valid() => {
                Err(CommandError::UnknownCode { what: "brush" })
            }
            Self::PaintRegion { region, settings, .. } => {
                let (scan_width, scan_height) = (page.scan.width(), page.scan.height());
                let bounds = region.bounds();
                if bounds.x1 > scan_width || bounds.y1 > scan_height {
                    Err(CommandError::OutsideScan { scan_width, scan_height })
                } else if settings.target.is_valid() {
                    Ok(())
                } else {
                    Err(CommandError::UnknownCode { what: "brush" })
                }
            }
            Self::ReplaceMask { mask, .. } => {
                check_size(page, "mask", mask.width(), mask.height())?;
                if mask.is_valid() { Ok(()) } else { Err(CommandError::UnknownCode { what: "mask" }) }
            }
            Self::KeepSynthesis { synthesis, .. } => {
                check_size(page, "synthesis", synthesis.image.width, synthesis.image.height)
            }
            Self::SetSecondGrader { mask: Some(mask), .. } => {
                let what = "second grader's mask";
                check_size(page, what, mask.width(), mask.height())?;
                if mask.is_valid() { Ok(()) } else { Err(CommandError::UnknownCode { what }) }
            }
            Self::Calibrate { calibration, .. } => match calibration.spacing {
                Some(spacing)
                    if Spacing::checked(spacing.axial_um_per_px, spacing.lateral_um_per_px).is_none() =>
                {
                    Err(CommandError::NoSpacing)
                }
                _ if calibration.fovea_column.is_some_and(|column| {
                    !(column.is_finite() && (0.0..=page.scan.width() as f32).contains(&column))
                }) =>
                {
                    Err(CommandError::NoFovea)
                }
                _ => Ok(()),
            },
            Self::SetAppearance { page, appearance, .. }
                if !appearance.fits(document.pages[*page].scan.width()) =>
            {
                Err(CommandError::NoAppearance)
            }
            Self::RaiseDome { dome, .. } if dome.lesion == Lesion::Irf => {
                Err(CommandError::UnknownCode { what: "dome" })
            }
            Self::FillUnannotated { code, .. } if *code > anatomy::BELOW_BM => {
                Err(CommandError::UnknownCode { what: "fill" })
            }
            Self::WarpLayer { warp, .. } if !(1..=LAYER_COUNT as u8).contains(&warp.layer) => {
                Err(CommandError::UnknownCode { what: "warp" })
            }
            _ => Ok(()),
        }
    }

    /// Applies a checked command; returns where the mask changed.
    pub(super) fn perform(self, document: &mut Document) -> Change {
        let index = self.page().unwrap_or(0);
        let page = &mut document.pages[index];
        let dirty = match self {
            Self::Paint { from, to, settings, .. } => paint_segment(&mut page.mask, from, to, &settings),
            Self::PaintRegion { region, settings, .. } => paint_region(&mut page.mask, &region, &settings),
            Self::Smooth { centre, radius_px, settings, .. } => {
                smooth(&mut page.mask, centre, radius_px, &settings)
            }
            Self::ReplaceMask { mask, .. } => {
                let dirty = page.mask.difference(&mask);
                page.mask = mask;
                dirty
            }
            Self::RepairOrder { .. } => repair_order(&mut page.mask.layers),
            Self::RaiseDome { dome, locked, .. } => raise_dome(&mut page.mask, &dome, locked),
            Self::RerollNoise { seed } => {
                document.noise_seed = seed;
                Rect::EMPTY
            }
            Self::EditLabels { labels, .. } => {
                document.labels = Arc::new(labels);
                Rect::EMPTY
            }
            Self::KeepSynthesis { synthesis, .. } => {
                page.synthesis = Some(synthesis);
                Rect::EMPTY
            }
            Self::SetSecondGrader { mask, .. } => {
                page.second_grader = mask;
                Rect::EMPTY
            }
            Self::Calibrate { calibration, .. } => {
                if page.scan.calibration() != calibration {
                    page.scan = Arc::new(page.scan.with_calibration(calibration));
                }
                Rect::EMPTY
            }
            Self::SetAppearance { appearance, .. } => {
                page.appearance = appearance;
                Rect::EMPTY
            }
            Self::SetLabelOrigin { origin, .. } => {
                page.label_origin = origin;
                Rect::EMPTY
            }
            Self::SetBScanDistance { distance_um } => {
                document.b_scan_distance_um = distance_um;
                Rect::EMPTY
            }
            Self::ClearLesions { locked, .. } => {
                recode(
                    &mut page.mask.lesions,
                    |code| {
                        if locked.contains(LESION_BASE + code) { code } else { 0 }
                    },
                )
            }
            Self::MoveInterface { interface, x0, rows, settings, .. } => {
                move_interface(&mut page.mask.layers, interface, x0, &rows, settings)
            }
            Self::WarpLayer { warp, locked, .. } => warp_layer(&mut page.mask, &warp, locked),
            Self::FillUnannotated { code: fill, .. } => {
                recode(&mut page.mask.layers, |code| if code == UNANNOTATED { fill } else { code })
            }
        };
        if !dirty.is_empty() {
            let page = &mut document.pages[index];
            page.label_origin = page.label_origin.map(|_| LabelOrigin::Corrected);
        }
        Change { page: index, dirty }
    }
}

fn check_size(page: &Page, what: &'static str, width: u32, height: u32) -> Result<(), CommandError> {
    let (scan_width, scan_height) = (page.scan.width(), page.scan.height());
    if (width, height) == (scan_width, scan_height) {
        Ok(())
    } else {
        Err(CommandError::WrongSize { what, width, height, scan_width, scan_height })
    }
}

fn recode(plane: &mut crate::mask::Plane, new_code: impl Fn(u8) -> u8) -> Rect {
    (0..plane.height()).fold(Rect::EMPTY, |dirty, y| {
        dirty.union(plane.edit_run(y, 0, plane.width(), |_, code| new_code(code)))
    })
}
