//! What lies on the graphics device: the labels and the scan of the eye on show, and the scan of a game's question.

use eframe::egui::{ColorImage, Context, Rect as ScreenRect, TextureHandle, TextureOptions, Ui, vec2};

use super::eye::Eye;
use super::game::Game;
use crate::anatomy::{ABOVE_ILM, BELOW_BM};
use crate::scan::GreyImage;
use crate::studio::editor::canvas::overlay::{NEUTRAL_TONE, UNANNOTATED_ENTRY};
use crate::studio::editor::canvas::pass::{CanvasPass, PaneTextures};
use crate::studio::editor::canvas::view::ViewTransform;
use crate::studio::editor::canvas::{self, Drawing};
use crate::studio::widgets::theme;
use crate::worker::PictureImage;

/// How far the colours of labels cover the black beneath them.
const FILL: f32 = 0.85;

/// The pictures of the kiosk.
#[derive(Default)]
pub struct Scans {
    panes: Option<Panes>,
    pub view: ViewTransform,
    /// The pane on which a finger is down.
    pub held: Option<usize>,
    /// Of a question of a game: number of the game and of the question.
    question: Option<((u64, usize), TextureHandle)>,
}

struct Panes {
    labels: PaneTextures,
    scan: PaneTextures,
    view_number: u64,
}

impl Scans {
    /// Brings the labels on the device up to date.
    pub fn follow(&mut self, eye: &mut Eye, pass: Option<&CanvasPass>) {
        let dirty = eye.take_dirty();
        let (mask, view_number) = (eye.mask(), eye.session().view_number());
        match (&self.panes, pass) {
            (Some(panes), _) if panes.view_number == view_number => panes.labels.set_labels(mask, dirty),
            (_, None) => {}
            (_, Some(pass)) => {
                let (width, height) = (mask.width(), mask.height());
                let black = GreyImage::new(width, height, vec![0; width as usize * height as usize]);
                let textures = || PaneTextures::new(pass, &black, mask);
                self.panes = Some(Panes { labels: textures(), scan: textures(), view_number });
            }
        }
    }

    /// Forgets everything: the device is gone.
    pub fn forget(&mut self) {
        (self.panes, self.question, self.held) = (None, None, None);
    }

    /// Shows another scan of the eye on show.
    pub fn set_scan(&mut self, image: &PictureImage) {
        let Some(Panes { scan, .. }) = &mut self.panes else { return };
        match image {
            PictureImage::Cpu(image) => scan.set_image(image),
            #[cfg(feature = "gpu")]
            PictureImage::Gpu { texture, .. } => scan.set_texture(texture),
        };
    }

    /// Draws the labels of the eye on show.
    pub fn paint_labels(&self, ui: &Ui, pane: ScreenRect) {
        if let Some(Panes { labels, .. }) = &self.panes {
            canvas::paint_image(ui, pane, &self.view, labels, drawing(FILL, 0.95));
        }
    }

    /// Draws its scan.
    pub fn paint_scan(&self, ui: &Ui, pane: ScreenRect) {
        if let Some(Panes { scan, .. }) = &self.panes {
            canvas::paint_image(ui, pane, &self.view, scan, drawing(0.0, 0.0));
        }
    }

    /// The whole eye in its pane.
    pub fn fit(&mut self, pane: ScreenRect, eye: &Eye) {
        self.view.follow(pane, vec2(eye.mask().width() as f32, eye.mask().height() as f32));
    }

    /// The scan of a game's question.
    pub fn question(&mut self, context: &Context, game_number: u64, game: &Game) -> &TextureHandle {
        let (number, question) = game.question();
        let key = (game_number, number);
        let shown = self.question.take().filter(|(shown, _)| *shown == key);
        let (_, texture) = self.question.insert(shown.unwrap_or_else(|| {
            let image = &question.image;
            let size = [image.width as usize, image.height as usize];
            let drawn = ColorImage::from_gray(size, &image.pixels);
            (key, context.load_texture("kiosk question", drawn, TextureOptions::LINEAR))
        }));
        texture
    }

    /// A game is over: its scan goes.
    pub fn forget_question(&mut self) {
        self.question = None;
    }
}

fn drawing(fill_opacity: f32, outline_opacity: f32) -> Drawing {
    let mut palette = theme::overlay_palette(|code| !matches!(code, ABOVE_ILM | BELOW_BM));
    palette[UNANNOTATED_ENTRY][3] = 0.0;
    Drawing {
        palette,
        fill_opacity,
        outline_opacity,
        tone: NEUTRAL_TONE,
        other_outline: [0.0; 4],
        difference: [0.0; 4],
    }
}
