//! What the window does for the synthetic scan: who draws it, its noise and looks, what it is compared with.

use std::sync::Arc;

use super::recent;
use crate::document::{self, Appearance, Command};
use crate::serve::CommandLine;
use crate::studio::files::choosing::Purpose;
use crate::studio::shell::action::SynthesisAction;
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::{Severity, Topic};
use crate::studio::shell::perform::new_seed;
use crate::studio::texts::text;
use crate::worker::LoadedModel;

impl Studio {
    /// Does what the synthetic scan is asked for.
    pub(in crate::studio) fn perform_synthesis(&mut self, action: SynthesisAction) {
        match action {
            SynthesisAction::DrawOn(command) => self.draw_on(command),
            SynthesisAction::BringBack(number) => self.bring_back(number),
            SynthesisAction::CompareWith(choice) => self.synthesis.thread.comparison.choose(choice),
            SynthesisAction::ChooseComparisonModel => self.choose(Purpose::ComparisonModel),
            SynthesisAction::CompareWithRecent(number) => {
                if let Some(picture) = self.synthesis.recent.get(number) {
                    self.synthesis.thread.comparison.keep(picture);
                }
            }
            SynthesisAction::KeepSynthesis => {
                let outcome = self.synthesis.thread.keep(&self.session, &self.settings);
                self.report(Topic::Keep, outcome);
            }
            SynthesisAction::Reroll => self.edit(Command::RerollNoise { seed: new_seed() }),
            SynthesisAction::DrawStyle => self.draw_style(),
            SynthesisAction::DrawVessels => self.draw_vessels(),
            SynthesisAction::PreviewAppearance(appearance) => self.synthesis.thread.preview(appearance),
        }
    }

    /// Lets another machine draw from now on, or this one, and keeps that as a setting.
    fn draw_on(&mut self, command: Option<CommandLine>) {
        self.chrome.dialogs.close_remote();
        self.chrome.preferences.remote = command.as_ref().map(CommandLine::text);
        let setup = self.synthesis.setup().computing_on(command);
        if self.synthesis.setup() != setup {
            self.synthesis.set_up(setup, &self.context, self.graphics.shared.clone());
        }
    }

    /// Makes document and settings those of a recent picture.
    fn bring_back(&mut self, number: u64) {
        let Some(picture) = self.synthesis.recent.get(number).cloned() else { return };
        let (before, view_number) = (self.session.page().mask.clone(), self.session.view_number());
        if recent::bring_back(&picture, &mut self.session, &mut self.settings) {
            // Another page gets new textures anyway.
            if self.session.view_number() == view_number {
                let dirty = before.difference(&self.session.page().mask);
                self.redraw(dirty);
            }
        } else {
            let message = text!("notice-scan-closed").to_owned();
            self.chrome.notices.add(Severity::Warning, message);
        }
    }

    fn draw_style(&mut self) {
        self.draw_looks(text!("looks-draw-eye"), |model, page, seed| Appearance {
            style: model.drawn_style(seed),
            ..Appearance::clone(&page.appearance)
        });
    }

    fn draw_vessels(&mut self) {
        self.draw_looks(text!("looks-draw-vessels"), |model, page, seed| Appearance {
            style: page.appearance.style.clone(),
            shadows: model.drawn_shadows(page.scan.width(), page.scan.spacing, seed),
        });
    }

    /// Gives the page shown other looks, drawn by a seed that nobody chose.
    fn draw_looks(
        &mut self,
        name: &str,
        looks: impl FnOnce(&LoadedModel, &document::Page, u64) -> Appearance,
    ) {
        let Some(model) = self.synthesis.thread.model() else { return };
        let (page, appearance) = (self.session.page_index(), looks(model, self.session.page(), new_seed()));
        let appearance = Arc::new(appearance);
        self.edit(Command::SetAppearance { page, appearance, name: name.to_owned() });
    }
}
