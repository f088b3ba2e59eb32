//! The thickness map of the open volume, kept up with its masks while its tab is shown.

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::session::EditorSession;
use crate::document::NoMap;
use crate::mask::Fovea;
use crate::mask::LiveMeasure;
use crate::mask::en_face::{Grid, Orientation, SectorMean, ThicknessMap};
use crate::mask::fovea::certain_fovea;
use crate::mask::measure::{ColumnThickness, Extent};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Tiles counted in one frame, over all B-scans: about 2 ms.
const TILES_A_FRAME: usize = 160;

/// The map and how it is looked at.
pub struct EnFace {
    /// What the thickness is taken of.
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
    /// The thicknesses behind the picture, for the pointer and the means.
    pub map: ThicknessMap,
    /// The picture, one texel for each place of the map.
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
pub fn no_map_in_words(why: NoMap) -> &'static str {
    match why {
        NoMap::Spacing => text!("volume-no-size"),
        NoMap::Uneven => text!("volume-uneven"),
    }
}

impl EnFace {
    /// Forgets the picture of the map, which is drawn anew in the next frame.
    pub fn forget_picture(&mut self) {
        self.drawn_for = None;
        self.drawn = None;
    }

    /// Takes in the open volume. Returns whether there is more to do in the next frame.
    pub fn follow(&mut self, session: &EditorSession, context: &Context) -> bool {
        let document = session.editor.document();
        if self.document_number != session.document_number() {
            let extent = self.extent;
            *self = Self { extent, document_number: session.document_number(), ..Self::default() };
        }
        let Ok(_) = document.map_grid() else {
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

    fn draw(&mut self, session: &EditorSession, context: &Context) {
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

    /// The fovea as shares of the map, from its first column and its first B-scan: where it is being dragged, else
    /// where [`crate::document::Document::map_fovea`] has it.
    pub fn fovea(&self, session: &EditorSession) -> [f32; 2] {
        self.dragged_fovea.unwrap_or_else(|| session.editor.document().map_fovea(&self.foveas))
    }

    /// The nine means around the fovea.
    pub fn etdrs(&self, session: &EditorSession, grid: Grid) -> Option<[SectorMean; 9]> {
        let map = &self.drawn.as_ref()?.map;
        let fovea = self.fovea(session);
        let fovea = [
            fovea[0] * map.columns as f32 * grid.lateral_um,
            fovea[1] * map.rows as f32 * grid.b_scan_distance_um,
        ];
        Some(map.etdrs(grid, self.orientation(session), fovea))
    }

    /// How the volume lies on the eye.
    pub fn orientation(&self, session: &EditorSession) -> Orientation {
        let laterality = session.editor.document().pages[0].scan.laterality;
        Orientation { laterality, first_is_inferior: self.first_is_inferior }
    }
}
