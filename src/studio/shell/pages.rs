//! The pages beside the editor as one value: what concerns all of them at once is asked and done here.

use std::path::Path;

use eframe::egui::Context;

use super::notices::Severity;
use super::page::Page;
use crate::studio::generate::{GeneratePage, GenerationPlaces};
use crate::studio::review::ReviewPage;
use crate::studio::stage::CasesPage;
use crate::studio::training::{TrainingPage, TrainingPlaces};

/// The pages beside the editor.
pub(in crate::studio) struct Pages {
    pub training: TrainingPage,
    pub cases: CasesPage,
    pub generate: GeneratePage,
    pub review: ReviewPage,
}

impl Pages {
    /// Without a folder of the program's own files nothing is trained or generated.
    pub fn new(context: &Context, data_folder: Option<&Path>, reviewer: String) -> Self {
        Self {
            training: TrainingPage::new(context.clone(), data_folder.and_then(TrainingPlaces::in_folder)),
            cases: CasesPage::default(),
            generate: GeneratePage::new(context.clone(), data_folder.and_then(GenerationPlaces::in_folder)),
            review: ReviewPage::new(context.clone(), reviewer, data_folder),
        }
    }

    /// Whether a process is at work that may go on without the window: a trainer, a comparison or a generation.
    pub fn is_at_work(&self) -> bool {
        self.training.is_running() || self.generate.is_running()
    }

    /// Takes what such processes and the threads beside them report, whichever page is `shown`; answers what the user
    /// must hear.
    pub fn follow_work(&mut self, shown: Page) -> Vec<(Severity, String)> {
        let mut notices = self.training.follow(shown == Page::Training);
        notices.extend(self.generate.follow(shown == Page::Generate));
        notices
    }

    /// Forgets what lay on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.training.forget_pictures();
        self.cases.forget_pictures();
        self.generate.forget_pictures();
        self.review.forget_pictures();
    }
}
