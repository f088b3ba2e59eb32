//! The case in the form as a picture: its labels, or the synthetic scan that they give, and its poster.

use std::sync::Arc;

use eframe::egui::{Context, Ui};

use super::retina_picture::RetinaPicture;
use super::visit_scans::{VisitScans, show_progress};
use crate::cases::visits::Course;
use crate::cases::{CaseRecipe, SolvedCase};
use crate::formats::course_files::CourseFile;
use crate::formats::figure::FigureFormat;
use crate::scan::GreyImage;
use crate::studio::stage::{CasesAction, ScanQueue};
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, segments, text_button};

/// The view. The case is a course of one visit: it is drawn and put on a poster as others are.
#[derive(Default)]
pub(in crate::studio) struct CaseView {
    shown: Option<ShownCase>,
    /// A scan takes seconds and is drawn only for those who look at it.
    shows_scan: bool,
}

struct ShownCase {
    recipe: CaseRecipe,
    course: Arc<Course>,
    labels: RetinaPicture,
    scans: VisitScans,
}

impl CaseView {
    /// The case as a course, while it is shown.
    pub fn course(&self) -> Option<&Arc<Course>> {
        self.shown.as_ref().map(|shown| &shown.course)
    }

    /// Its synthetic scan, if it is there.
    pub fn scans(&self) -> Vec<GreyImage> {
        self.shown.as_ref().map_or_else(Vec::new, |shown| shown.scans.all())
    }

    /// Takes a scan that was wished for, or why it does not come. Returns whether it was the case's.
    pub fn take_scan(&mut self, number: u64, outcome: &Result<GreyImage, String>) -> bool {
        let shown = self.shown.as_mut().filter(|shown| shown.scans.expects(number));
        let is_own = shown.is_some();
        shown.into_iter().for_each(|shown| shown.scans.take(number, outcome.clone()));
        is_own
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.shown = None;
    }

    /// Draws the picture of a case, as high as `room`, and what can be made of it.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        (recipe, case): (&CaseRecipe, &SolvedCase),
        room: f32,
        queue: &mut ScanQueue,
        actions: &mut Vec<CasesAction>,
    ) {
        self.follow(recipe, case, queue, ui.ctx());
        let Some(shown) = &mut self.shown else { return };
        if self.shows_scan && !shown.scans.were_wished() {
            shown.scans = VisitScans::wish(&shown.course, queue);
        }
        let scan = shown.scans.picture(0, &shown.course, ui.ctx()).filter(|_| self.shows_scan);
        match scan {
            Some(scan) => scan.show_named(ui, &case.frame, room, text!("cases-scan")),
            None => shown.labels.show(ui, &case.frame, room),
        }
        ui.horizontal_wrapped(|ui| {
            let choices = [
                (text!("course-labels"), text!("cases-labels-spoken")),
                (text!("cases-part-scan"), text!("cases-scan-spoken")),
            ];
            if let Some(index) = segments(ui, 170.0, &choices, usize::from(self.shows_scan)) {
                self.shows_scan = index == 1;
            }
            let state = ButtonState::enabled_if(!shown.scans.are_awaited());
            for (name, format) in [
                (text!("course-poster-png"), FigureFormat::Png),
                (text!("course-poster-svg"), FigureFormat::Svg),
                (text!("course-poster-pdf"), FigureFormat::Pdf),
            ] {
                if text_button(ui, name, 84.0, name, text!("cases-poster-about"), state).clicked() {
                    actions.push(CasesAction::ExportCourse(CourseFile::Poster(format)));
                }
            }
            if self.shows_scan {
                show_progress(ui, &shown.scans);
            }
        });
    }

    fn follow(&mut self, recipe: &CaseRecipe, case: &SolvedCase, queue: &mut ScanQueue, context: &Context) {
        if self.shown.as_ref().is_some_and(|shown| shown.recipe == *recipe) {
            return;
        }
        if let Some(shown) = &self.shown {
            queue.take_back(|number| shown.scans.expects(number));
        }
        self.shown = Some(ShownCase {
            recipe: recipe.clone(),
            course: Arc::new(Course::of_case(recipe, case)),
            labels: RetinaPicture::of(context, &case.mask),
            scans: VisitScans::default(),
        });
    }
}
