//! The visits of one eye under a slider.

use std::sync::Arc;

use eframe::egui::{ComboBox, Context, Label, Role, Ui, WidgetInfo};

use super::curves;
use super::making::{CourseOrder, Making, Outcome, Pace};
use super::retina_picture::{RetinaPicture, common_rows};
use super::visit_scans::{VisitScans, show_progress};
use crate::cases::visits::{Course, Placement, Visit};
use crate::cases::{CaseRecipe, TEMPLATES};
use crate::formats::course_files::CourseFile;
use crate::formats::figure::FigureFormat;
use crate::mask::Mask;
use crate::scan::GreyImage;
use crate::studio::stage::case_words::case_name;
use crate::studio::stage::{CasesAction, ScanQueue};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, row, segments, slider, text_button};
use crate::studio::widgets::theme;

/// Template of the last visit until another one is chosen: fluid goes, as after treatment.
const LAST_TEMPLATE: &str = "dme-mild";
/// Tallest mask: the page scrolls, so that its width alone is no limit.
const MASK_HEIGHT: f32 = 260.0;
const CURVE_HEIGHT: f32 = 150.0;

/// The view.
#[derive(Default)]
pub(in crate::studio) struct CourseView {
    /// The last visit as a template; the one of [`LAST_TEMPLATE`] until one is chosen.
    last: Option<CaseRecipe>,
    templates: Vec<CaseRecipe>,
    placement: Placement,
    pace: Pace,
    /// The visit that is shown.
    shown: usize,
    making: Making,
    made: Option<Made>,
    /// Whether labels are shown in place of scans.
    shows_labels: bool,
}

/// What was made last.
struct Made {
    order: CourseOrder,
    outcome: Outcome,
    /// One a visit.
    pictures: Vec<RetinaPicture>,
    scans: VisitScans,
}

impl CourseView {
    /// The course that is shown, once it is that of the form.
    pub fn course(&self) -> Option<&Arc<Course>> {
        if self.making.is_busy() {
            return None;
        }
        self.made.as_ref()?.outcome.as_ref().ok()
    }

    /// Its synthetic scans, one a visit; none while they are drawn or where they cannot be.
    pub fn scans(&self) -> Vec<GreyImage> {
        self.made.as_ref().map_or_else(Vec::new, |made| made.scans.all())
    }

    /// Takes a scan that was wished for, or why it does not come.
    pub fn take_scan(&mut self, number: u64, outcome: Result<GreyImage, String>) {
        if let Some(made) = &mut self.made {
            made.scans.take(number, outcome);
        }
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.made = None;
    }

    /// Takes what was made, and has the course from `first` made.
    fn follow(&mut self, first: &CaseRecipe, base: Option<&Mask>, queue: &mut ScanQueue, context: &Context) {
        if self.templates.is_empty() {
            self.templates = TEMPLATES.iter().filter_map(|template| template.recipe().ok()).collect();
            let last = TEMPLATES.iter().find(|template| template.key == LAST_TEMPLATE);
            self.last = last.and_then(|template| template.recipe().ok());
        }
        if let Some((order, outcome)) = self.making.finished() {
            let pictures = outcome.as_ref().map_or_else(|_| Vec::new(), |course| pictures(context, course));
            self.shown = self.shown.min(pictures.len().saturating_sub(1));
            if let Some(made) = &self.made {
                queue.take_back(|number| made.scans.expects(number));
            }
            let scans =
                outcome.as_ref().map_or_else(|_| VisitScans::default(), |it| VisitScans::wish(it, queue));
            self.made = Some(Made { order, outcome, pictures, scans });
        }
        let Some(last) = &self.last else { return };
        // Of the same eye and scan, so that only the disease changes.
        let last = CaseRecipe { eye: first.eye, scan: first.scan, ..last.clone() };
        let (placement, pace) = (self.placement, self.pace);
        let order = CourseOrder { first: first.clone(), base: base.cloned(), last, placement, pace };
        if self.made.as_ref().is_none_or(|made| made.order != order) {
            self.making.start(order, context);
        }
    }

    /// Draws the view for the case in the form.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        first: &CaseRecipe,
        base: Option<&Mask>,
        queue: &mut ScanQueue,
        actions: &mut Vec<CasesAction>,
    ) {
        self.follow(first, base, queue, ui.ctx());
        self.show_choices(ui);
        ui.add_space(6.0);
        let Some(made) = &mut self.made else {
            ui.add(BusyMark::new(22.0, theme::ACCENT));
            return;
        };
        let course = match &made.outcome {
            Ok(course) => course,
            Err(message) => {
                ui.label(theme::heading(text!("course-impossible")));
                ui.add(Label::new(theme::weak(message.as_str())).wrap());
                return;
            }
        };
        show_slider(ui, course, &mut self.shown);
        let visit = &course.visits[self.shown];
        ui.label(theme::caption(facts(visit)));
        ui.add_space(6.0);
        let scan = made.scans.picture(self.shown, course, ui.ctx()).filter(|_| !self.shows_labels);
        match scan {
            Some(scan) => scan.show_named(ui, &course.frame, MASK_HEIGHT, text!("course-scan")),
            None => made.pictures[self.shown].show(ui, &course.frame, MASK_HEIGHT),
        }
        show_what(ui, &mut self.shows_labels, &made.scans);
        ui.add_space(8.0);
        curves::show(ui, course, self.shown, CURVE_HEIGHT);
        ui.add_space(8.0);
        let is_ready = !self.making.is_busy() && !made.scans.are_awaited();
        show_exports(ui, is_ready, actions);
        ui.label(theme::caption(text!("course-no-forecast")));
    }

    fn show_choices(&mut self, ui: &mut Ui) {
        row(ui, text!("course-last"), |ui| {
            let chosen = self.last.as_ref().map_or("", |recipe| case_name(&recipe.name)).to_owned();
            let list = ComboBox::from_id_salt("last visit")
                .width(210.0)
                .selected_text(chosen.as_str())
                .show_ui(ui, |ui| {
                    for recipe in &self.templates {
                        let is_chosen = self.last.as_ref() == Some(recipe);
                        if ui.selectable_label(is_chosen, case_name(&recipe.name)).clicked() {
                            self.last = Some(recipe.clone());
                        }
                    }
                });
            let name = text!("course-last-spoken", name = %chosen);
            list.response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, true, name.as_str()));
            if self.making.is_busy() {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
                ui.label(theme::caption(text!("course-making")));
            }
        });
        // Each choice on a line of its own where both leave the page.
        ui.horizontal_wrapped(|ui| {
            let choices = [
                (text!("course-locked"), text!("course-locked-spoken")),
                (text!("course-fresh"), text!("course-fresh-spoken")),
            ];
            let chosen = usize::from(self.placement == Placement::Fresh);
            if let Some(index) = segments(ui, 240.0, &choices, chosen) {
                self.placement = [Placement::Locked, Placement::Fresh][index];
            }
            ui.add_space(10.0);
            let choices = [
                (text!("course-clinic"), text!("course-clinic-spoken")),
                (text!("course-monthly"), text!("course-monthly-spoken")),
            ];
            if let Some(index) = segments(ui, 240.0, &choices, usize::from(self.pace == Pace::Monthly)) {
                self.pace = [Pace::Clinic, Pace::Monthly][index];
            }
        });
    }
}

/// Scans or labels, and how far the scans are.
fn show_what(ui: &mut Ui, shows_labels: &mut bool, scans: &VisitScans) {
    ui.horizontal(|ui| {
        let choices = [
            (text!("course-scans"), text!("course-scans-spoken")),
            (text!("course-labels"), text!("course-labels-spoken")),
        ];
        if let Some(index) = segments(ui, 170.0, &choices, usize::from(*shows_labels)) {
            *shows_labels = index == 1;
        }
        show_progress(ui, scans);
    });
}

/// The pictures of all visits, cut to the rows that any of them needs: the retina keeps its place under the slider.
fn pictures(context: &Context, course: &Course) -> Vec<RetinaPicture> {
    let all = common_rows(course);
    course.visits.iter().map(|visit| RetinaPicture::of_rows(context, &visit.mask, all.clone())).collect()
}

fn show_slider(ui: &mut Ui, course: &Course, shown: &mut usize) {
    let last = course.visits.len().saturating_sub(1);
    *shown = (*shown).min(last);
    let month = text!("course-month", month = course.visits[*shown].month);
    row(ui, text!("course-visit"), |ui| {
        let mut value = *shown as f32;
        slider(ui, &mut value, 0.0..=last as f32, &month);
        *shown = (value.round().max(0.0) as usize).min(last);
    });
}

/// What was asked for at a visit and what its mask measures.
fn facts(visit: &Visit) -> String {
    text!(
        "course-facts",
        month = visit.month,
        central = %format!("{:.0}", visit.measured.central_um),
        central_asked = %format!("{:.0}", visit.requested.central_um),
        fluid = %format!("{:.3}", visit.measured.fluid_mm2()),
        fluid_asked = %format!("{:.3}", visit.requested.fluid_mm2())
    )
}

fn show_exports(ui: &mut Ui, is_ready: bool, actions: &mut Vec<CasesAction>) {
    let state = ButtonState::enabled_if(is_ready);
    ui.horizontal_wrapped(|ui| {
        let mut export = |ui: &mut Ui, name: &str, hint: &str, file: CourseFile| {
            if text_button(ui, name, 72.0, name, hint, state).clicked() {
                actions.push(CasesAction::ExportCourse(file));
            }
        };
        export(ui, text!("course-film"), text!("course-film-about"), CourseFile::Film);
        let about = text!("course-poster-about");
        export(ui, text!("course-poster-png"), about, CourseFile::Poster(FigureFormat::Png));
        export(ui, text!("course-poster-svg"), about, CourseFile::Poster(FigureFormat::Svg));
        export(ui, text!("course-poster-pdf"), about, CourseFile::Poster(FigureFormat::Pdf));
        let about = text!("course-strip-about");
        export(ui, text!("course-strip-png"), about, CourseFile::Strip(FigureFormat::Png));
        export(ui, text!("course-strip-svg"), about, CourseFile::Strip(FigureFormat::Svg));
        export(ui, text!("course-strip-pdf"), about, CourseFile::Strip(FigureFormat::Pdf));
        export(ui, text!("course-table"), text!("course-table-about"), CourseFile::Table);
    });
}
