//! What the page does for the synthetic scan: its noise and looks, the pictures before it, what it is compared with.

use std::sync::Arc;

use super::recent;
use crate::document::{self, Appearance, Command};
use crate::encoding::drawn_looks::band_contrast_of_seed;
use crate::studio::editor::context::EditorContext;
use crate::studio::editor::page::EditorPage;
use crate::studio::shell::action::SynthesisAction;
use crate::studio::shell::notices::Severity;
use crate::studio::shell::perform::new_seed;
use crate::studio::texts::text;
use crate::worker::LoadedModel;

impl EditorPage {
    /// Does what the synthetic scan is asked for.
    pub fn perform_synthesis(&mut self, action: SynthesisAction, context: &mut EditorContext<'_>) {
        match action {
            // Who draws is a setting, and a model is chosen among files: both are the window's.
            SynthesisAction::DrawOn(_) | SynthesisAction::ChooseComparisonModel => {}
            SynthesisAction::BringBack(number) => self.bring_back(number, context),
            SynthesisAction::CompareWith(choice) => context.synthesis.thread.comparison.choose(choice),
            SynthesisAction::CompareWithRecent(number) => {
                if let Some(picture) = context.synthesis.recent.get(number) {
                    context.synthesis.thread.comparison.keep(picture);
                }
            }
            SynthesisAction::KeepSynthesis => {
                if let Err(message) = context.synthesis.thread.keep(context.session, context.settings) {
                    context.notices.add_of_document(Severity::Error, message);
                }
            }
            SynthesisAction::Reroll => self.edit(context, Command::RerollNoise { seed: new_seed() }),
            SynthesisAction::DrawStyle => self.draw_style(context),
            SynthesisAction::DrawVessels => self.draw_vessels(context),
            SynthesisAction::PreviewAppearance(appearance) => context.synthesis.thread.preview(appearance),
        }
    }

    /// Makes document and settings those of a recent picture.
    fn bring_back(&mut self, number: u64, context: &mut EditorContext<'_>) {
        let Some(picture) = context.synthesis.recent.get(number).cloned() else { return };
        let (before, view_number) = (context.session.page().mask.clone(), context.session.view_number());
        if recent::bring_back(&picture, context.session, context.settings) {
            // Another page gets new textures anyway.
            if context.session.view_number() == view_number {
                let dirty = before.difference(&context.session.page().mask);
                self.redraw(context.session, dirty);
            }
        } else {
            let message = text!("notice-scan-closed").to_owned();
            context.notices.add(Severity::Warning, message);
        }
    }

    fn draw_style(&mut self, context: &mut EditorContext<'_>) {
        self.draw_looks(context, text!("looks-draw-eye"), |model, page, seed| Appearance {
            style: model.drawn_style(seed),
            band_contrast: Some(band_contrast_of_seed(seed)),
            ..Appearance::clone(&page.appearance)
        });
    }

    fn draw_vessels(&mut self, context: &mut EditorContext<'_>) {
        self.draw_looks(context, text!("looks-draw-vessels"), |model, page, seed| Appearance {
            shadows: model.drawn_shadows(page.scan.width(), page.scan.spacing, seed),
            ..Appearance::clone(&page.appearance)
        });
    }

    /// Gives the page shown other looks, drawn by a seed that nobody chose.
    fn draw_looks(
        &mut self,
        context: &mut EditorContext<'_>,
        name: &str,
        looks: impl FnOnce(&LoadedModel, &document::Page, u64) -> Appearance,
    ) {
        let Some(model) = context.synthesis.thread.model() else { return };
        let page = context.session.page_index();
        let appearance = Arc::new(looks(model, context.session.page(), new_seed()));
        self.edit(context, Command::SetAppearance { page, appearance, name: name.to_owned() });
    }
}
