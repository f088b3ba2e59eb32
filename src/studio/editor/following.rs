//! How the page follows what is shown: its textures, what is known of the B-scan, the figures.

use std::sync::Arc;

use eframe::egui::Ui;

use super::canvas::pass::{CanvasPass, PaneTextures};
use super::context::EditorContext;
use super::look::Tab;
use super::page::{EditorPage, PageFacts, Textures};
use super::session::{EditorSession, Probe};
use crate::mask::order_violations;
use crate::scan::GreyImage;
use crate::studio::shell::settings::PanelSettings;
use crate::worker::PictureImage;

impl EditorPage {
    /// Makes the textures anew when another page is shown.
    pub fn refresh_textures(&mut self, context: &mut EditorContext<'_>) {
        let Some(pass) = context.pass else { return };
        let view_number = context.session.view_number();
        let page = context.session.page();
        if let Some(textures) = self.textures.as_mut().filter(|textures| textures.view_number == view_number)
        {
            let is_same = match (&textures.second_grader, &page.second_grader) {
                (Some(shown), Some(now)) => Arc::ptr_eq(shown, now),
                (shown, now) => shown.is_none() && now.is_none(),
            };
            if !is_same {
                textures.second_grader = page.second_grader.clone();
                textures.editor.set_other_labels(page.second_grader.as_deref());
                textures.synthetic.set_other_labels(page.second_grader.as_deref());
            }
            return;
        }
        context.synthesis.new_mask.follow(context.window, page);
        self.make_textures(pass, context.session);
        self.view.fit();
        self.apply_proportions(context.session, context.settings);
        context.synthesis.thread.look_at(view_number);
        context.window.request_repaint();
    }

    /// The textures of the page shown, the synthetic scan still black.
    pub fn make_textures(&mut self, pass: &CanvasPass, session: &EditorSession) {
        let page = session.page();
        let image = &page.scan.image;
        let black = GreyImage::new(image.width, image.height, vec![0; image.pixels.len()]);
        let mut editor = PaneTextures::new(pass, image, &page.mask);
        editor.set_other_labels(page.second_grader.as_deref());
        let mut synthetic = PaneTextures::new(pass, &black, &page.mask);
        synthetic.set_other_labels(page.second_grader.as_deref());
        let (view_number, second_grader) = (session.view_number(), page.second_grader.clone());
        self.textures =
            Some(Textures { editor, synthetic, view_number, second_grader, comparison_version: 0 });
    }

    /// Draws pixels as wide as they are, where that is wanted and known.
    pub fn apply_proportions(&mut self, session: &EditorSession, settings: &PanelSettings) {
        let spacing = session.page().scan.spacing;
        let pixel_aspect = match spacing {
            Some(spacing) if settings.true_proportions => spacing.lateral_um_per_px / spacing.axial_um_per_px,
            _ => 1.0,
        };
        self.view.set_pixel_aspect(pixel_aspect);
    }

    /// Looks at the page anew after a change; not during a stroke, which must not wait for it.
    pub fn refresh_facts(&mut self, context: &EditorContext<'_>) {
        let session: &EditorSession = context.session;
        let now = (session.view_number(), session.editor.revision());
        if self.facts.found_for != Some(now) && !session.editor.is_step_open() {
            // The size of a pixel may have been told, or the telling undone.
            self.apply_proportions(session, context.settings);
            let violations = order_violations(&session.page().mask.layers);
            self.facts = PageFacts {
                found_for: Some(now),
                is_bare: session.is_bare(),
                disordered_columns: violations.into_iter().filter(|violated| *violated).count(),
            };
        }
    }

    /// Measures what the window shows figures of, as far as a frame has time for it.
    pub fn measure(&mut self, context: &EditorContext<'_>) {
        let session: &EditorSession = context.session;
        let look = &context.settings.look;
        let mut goes_on = false;
        if look.tab == Tab::Measure || look.profile {
            // The panel was drawn before the pointer worked: it shows the new figures in the next frame.
            goes_on |= self.measuring.is_behind(session);
            goes_on |= self.measuring.follow(session);
        }
        if look.tab == Tab::Volume {
            goes_on |= self.en_face.follow(session, context.window);
        }
        if goes_on {
            context.window.request_repaint();
        }
    }

    /// Shows a synthetic scan that has come.
    pub fn show_synthetic(&mut self, image: &PictureImage) {
        let Some(textures) = &mut self.textures else { return };
        match image {
            PictureImage::Cpu(image) => textures.synthetic.set_image(image),
            #[cfg(feature = "gpu")]
            PictureImage::Gpu { texture, .. } => textures.synthetic.set_texture(texture),
        };
    }

    /// Lets the picture of a comparison stand in for the scan in the left pane, or brings the scan back.
    pub fn refresh_comparison(&mut self, context: &mut EditorContext<'_>) {
        context.synthesis.thread.follow_comparison();
        let version = context.synthesis.thread.comparison.version();
        let Some(textures) = &mut self.textures else { return };
        if textures.comparison_version == version {
            return;
        }
        textures.comparison_version = version;
        match context.synthesis.thread.comparison.picture().map(|picture| picture.image) {
            None => textures.editor.set_image(&context.session.page().scan.image),
            Some(PictureImage::Cpu(image)) => textures.editor.set_image(&image),
            #[cfg(feature = "gpu")]
            Some(PictureImage::Gpu { texture, .. }) => textures.editor.set_texture(&texture),
        };
        context.window.request_repaint();
    }

    /// What lies under the pointer.
    pub fn probe(&self, ui: &Ui, session: &EditorSession) -> Option<Probe> {
        let pointer = ui.input(|input| input.pointer.hover_pos())?;
        let pane = self.panes.iter().find(|pane| pane.contains(pointer))?;
        session.probe(self.view.image_from_screen(*pane, pointer))
    }
}
