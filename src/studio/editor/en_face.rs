//! The thickness map of the open volume, kept up with its masks while its tab is shown.

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::session::Session;
use crate::mask::Fovea;
use crate::mask::LiveMeasure;
use crate::mask::en_face::{Grid, Orientation, SectorMean, ThicknessMap};
use crate::mask::fovea::certain_fovea;
use crate::mask::measure::{ColumnThickness, Extent};
use crate::studio::widgets::theme;

/// Tiles counted in one frame, over all B-scans: about 2 ms.
const TILES_A_FRAME: usize = 160;

/// The map and how it is looked at.
pub struct EnFace {
    pub extent: Extent,
    /// Whether the first B-scan is the lowest of the fundus.
    pub first_is_inferior: bool,
    /// Where the fovea is being dragged to, as shares of the map.
    pub dragged_fovea: Option<[f32; 2]>,
    /// The fovea that the layers of each B-scan show.
    foveas: Vec<Option<Fovea>>,
    document_number: u64,
    pages: Vec<LiveMeasure>,
    measured_for: Option<u64>,
    drawn_for: Option<(u64, Extent)>,
    drawn: Option<Drawn>,
}

/// A map with its picture, the first B-scan at the top.
pub struct Drawn {
    pub map: ThicknessMap,
    pub texture: TextureHandle,
    /// Thinnest and thickest.
    pub range: (f32, f32),
}

impl Default for EnFace {
    fn default() -> Self {
        Self {
            extent: Extent::Retina,
            first_is_inferior: true,
            dragged_fovea: None,
            foveas: Vec::new(),
            document_number: 0,
            pages: Vec::new(),
            measured_for: None,
            drawn_for: None,
            drawn: None,
        }
    }
}

/// Why a volume has no map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoMap {
    /// The size of a pixel or the distance of the B-scans is unknown.
    Spacing,
    /// The B-scans have different sizes or pixel sizes.
    Uneven,
}

/// Where the samples of the open volume lie.
pub fn grid_of(session: &Session) -> Result<Grid, NoMap> {
    let document = session.editor.document();
    let first = &document.pages[0].scan;
    let even = |page: &crate::document::Page| {
        page.scan.width() == first.width() && page.scan.spacing == first.spacing
    };
    if !document.pages.iter().all(even) {
        return Err(NoMap::Uneven);
    }
    match (first.spacing, document.b_scan_distance_um) {
        (Some(spacing), Some(b_scan_distance_um)) => {
            Ok(Grid { lateral_um: spacing.lateral_um_per_px, b_scan_distance_um })
        }
        _ => Err(NoMap::Spacing),
    }
}

impl EnFace {
    /// Forgets the picture of the map, which is drawn anew in the next frame.
    pub fn forget_picture(&mut self) {
        self.drawn_for = None;
        self.drawn = None;
    }

    /// Takes in the open volume. Returns whether there is more to do in the next frame.
    pub fn follow(&mut self, session: &Session, context: &Context) -> bool {
        let document = session.editor.document();
        if self.document_number != session.document_number() {
            let extent = self.extent;
            *self = Self { extent, document_number: session.document_number(), ..Self::default() };
        }
        let Ok(_) = grid_of(session) else {
            self.drawn = None;
            return false;
        };
        let revision = session.editor.revision();
        if self.measured_for != Some(revision) {
            self.pages.resize_with(document.pages.len(), LiveMeasure::default);
            self.foveas.resize(document.pages.len(), None);
            let mut left = TILES_A_FRAME;
            for ((live, page), fovea) in self.pages.iter_mut().zip(&document.pages).zip(&mut self.foveas) {
                // A page is measured whole or in the next frame: the map never shows half of one.
                if !live.update(&page.mask, left) {
                    return true;
                }
                if live.counted_tiles() > 0 {
                    *fovea = certain_fovea(&page.mask, page.scan.spacing);
                }
                left = left.saturating_sub(live.counted_tiles());
            }
            self.measured_for = Some(revision);
        }
        if self.drawn_for != Some((revision, self.extent)) {
            self.draw(session, context);
            self.drawn_for = Some((revision, self.extent));
        }
        false
    }

    fn draw(&mut self, session: &Session, context: &Context) {
        let first = &session.editor.document().pages[0].scan;
        let axial = first.spacing.map_or(1.0, |spacing| spacing.axial_um_per_px);
        let b_scans: Vec<Option<&ColumnThickness>> =
            self.pages.iter().map(|live| Some(live.columns())).collect();
        let map = ThicknessMap::of(first.width(), &b_scans, self.extent, axial);
        let range = map.range().unwrap_or((0.0, 0.0));
        let (low, high) = range;
        let pixels = map.um.iter().map(|um| match um.is_finite() {
            true => theme::map_color((um - low) / (high - low).max(1.0)),
            false => theme::RAISED,
        });
        let image = ColorImage::new([map.columns as usize, map.rows as usize], pixels.collect());
        let texture = match self.drawn.take() {
            Some(mut drawn) => {
                drawn.texture.set(image, TextureOptions::NEAREST);
                drawn.texture
            }
            None => context.load_texture("thickness map", image, TextureOptions::NEAREST),
        };
        self.drawn = Some(Drawn { map, texture, range });
    }

    /// The map, once it is measured.
    pub fn drawn(&self) -> Option<&Drawn> {
        self.drawn.as_ref()
    }

    /// The fovea as shares of the map, from its first column and its first B-scan: where it is being dragged, where it
    /// was set by hand, where the layers of a B-scan show it best, else the middle.
    pub fn fovea(&self, session: &Session) -> [f32; 2] {
        let pages = &session.editor.document().pages;
        let width = pages[0].scan.width().max(1) as f32;
        let share = |page: usize, column: f32| [column / width, (page as f32 + 0.5) / pages.len() as f32];
        let set = pages.iter().enumerate().find_map(|(page, of)| Some(share(page, of.scan.fovea_column?)));
        let certain = self.foveas.iter().enumerate().filter_map(|(page, fovea)| fovea.map(|f| (page, f)));
        let found = certain.max_by(|(_, a), (_, b)| a.confidence.total_cmp(&b.confidence));
        let found = found.map(|(page, fovea)| share(page, fovea.column));
        self.dragged_fovea.or(set).or(found).unwrap_or([0.5, 0.5])
    }

    /// The nine means around the fovea.
    pub fn etdrs(&self, session: &Session, grid: Grid) -> Option<[SectorMean; 9]> {
        let map = &self.drawn.as_ref()?.map;
        let fovea = self.fovea(session);
        let fovea = [
            fovea[0] * map.columns as f32 * grid.lateral_um,
            fovea[1] * map.rows as f32 * grid.b_scan_distance_um,
        ];
        Some(map.etdrs(grid, self.orientation(session), fovea))
    }

    /// How the volume lies on the eye.
    pub fn orientation(&self, session: &Session) -> Orientation {
        let laterality = session.editor.document().pages[0].scan.laterality;
        Orientation { laterality, first_is_inferior: self.first_is_inferior }
    }
}
