//! The state of the editor's page: what the pointer holds, how the scan lies in the panes, and what is known of the
//! B-scan shown.

use std::sync::Arc;

use eframe::egui::Rect as ScreenRect;

use super::canvas::pass::PaneTextures;
use super::canvas::view::ViewTransform;
use super::comparison::WipeGrip;
use super::en_face::EnFace;
use super::filmstrip::Filmstrip;
use super::fovea::FoveaGrip;
use super::labelled_pages::Interpolating;
use super::localizer_view::LocalizerView;
use super::measuring::Measuring;
use super::tools::Toolbox;
use super::tracing::Tracing;
use super::volume_tracing::VolumeTracing;
use crate::mask::Mask;

/// The textures of both panes.
pub(in crate::studio) struct Textures {
    pub editor: PaneTextures,
    pub synthetic: PaneTextures,
    pub view_number: u64,
    /// Of the comparison picture that stands in for the scan.
    pub comparison_version: u64,
    /// The other grader whose labels lie beside the page's own.
    pub second_grader: Option<Arc<Mask>>,
}

/// What the window says about the page shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::studio) struct PageFacts {
    /// View number and revision the rest was found for.
    pub found_for: Option<(u64, u64)>,
    /// Nothing is annotated, so no brush can paint.
    pub is_bare: bool,
    /// Columns whose layers are out of order.
    pub disordered_columns: usize,
}

/// The state of the editor's page.
pub(in crate::studio) struct EditorPage {
    pub view: ViewTransform,
    pub tools: Toolbox,
    /// Whether the gesture under way began on the left pane.
    pub pointer_on_editor: bool,
    /// Whether two fingers have the scan, until all are lifted.
    pub pinching: bool,
    /// The panes of the last frame on the screen.
    pub panes: [ScreenRect; 2],
    pub textures: Option<Textures>,
    pub tracing: Tracing,
    /// The figures of the page shown.
    pub measuring: Measuring,
    pub en_face: EnFace,
    pub filmstrip: Filmstrip,
    pub localizer: LocalizerView,
    pub interpolating: Option<Interpolating>,
    pub volume_tracing: VolumeTracing,
    pub wipe: WipeGrip,
    pub fovea: FoveaGrip,
    pub facts: PageFacts,
}

impl Default for EditorPage {
    fn default() -> Self {
        Self {
            view: ViewTransform::default(),
            tools: Toolbox::default(),
            pointer_on_editor: true,
            pinching: false,
            panes: [ScreenRect::NOTHING; 2],
            textures: None,
            tracing: Tracing::default(),
            measuring: Measuring::default(),
            en_face: EnFace::default(),
            filmstrip: Filmstrip::default(),
            localizer: LocalizerView::default(),
            interpolating: None,
            volume_tracing: VolumeTracing::default(),
            wipe: WipeGrip::default(),
            fovea: FoveaGrip::default(),
            facts: PageFacts::default(),
        }
    }
}

impl EditorPage {
    /// Forgets what lay on a graphics device that is gone, and what the pointer was at.
    pub fn forget_pictures(&mut self) {
        self.textures = None;
        self.pinching = false;
        self.wipe.hide();
        self.filmstrip.forget_pictures();
        self.localizer.forget_pictures();
        self.en_face.forget_picture();
    }
}
