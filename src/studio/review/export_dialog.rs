//! The dialog of an export: layout, what goes out, a preview in numbers, progress.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{
    Align, Checkbox, ComboBox, Context, DragValue, Label, Layout as Placing, Margin, ProgressBar, TextEdit,
    Ui,
};

use super::jobs::{Jobs, News};
use super::open_set::OpenSet;
use crate::review::export::{
    ExportReport, ExportTerms, ExportWatch, Layout, Shares, export_watched, preview,
};
use crate::review::sheet;
use crate::studio::shell::questions::{button, dialog, title};
use crate::studio::widgets::controls::row;
use crate::studio::widgets::theme;

/// Layouts by name, with what they are.
const LAYOUTS: [(Layout, &str, &str); 6] = [
    (Layout::Pairs, "Pairs", "images/, labels/, manifest.jsonl, split.json: trains here again"),
    (Layout::NnUnet, "nnU-Net", "imagesTr, labelsTr, imagesTs, labelsTs, dataset.json, splits_final.json"),
    (Layout::Mirage, "MIRAGE", "train|val|test/{bscan,semseg} and INFO.json"),
    (Layout::WebDataset, "WebDataset", "tar shards of scan, mask and line"),
    (Layout::Coco, "COCO", "images and annotations with run-length coded masks"),
    (Layout::Nifti, "NIfTI", "scans and labels as compressed volumes"),
];

/// What the dialog asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportEvent {
    Close,
    Choose,
    Start,
}

/// The state of the dialog.
pub(super) struct ExportDialog {
    /// Folder that is written into.
    pub out: String,
    terms: ExportTerms,
    /// What would go out, by these terms and after so many decisions.
    preview: Option<(ExportTerms, u64, ExportReport)>,
    running: Option<(Arc<ExportWatch>, usize)>,
    problem: Option<String>,
}

impl Default for ExportDialog {
    fn default() -> Self {
        let terms = ExportTerms {
            layout: Layout::Pairs,
            undecided_too: false,
            near_too: false,
            shares: Shares::default(),
        };
        Self { out: String::new(), terms, preview: None, running: None, problem: None }
    }
}

impl ExportDialog {
    /// It ended without success.
    pub fn failed(&mut self, message: String) {
        self.running = None;
        self.problem = Some(message);
    }

    /// Starts the export on a thread.
    pub fn start(&mut self, open: &OpenSet, jobs: &Jobs) {
        let out = PathBuf::from(self.out.trim());
        let watch = Arc::new(ExportWatch::default());
        let total = self.preview.as_ref().map_or(0, |(_, _, report)| report.pairs);
        self.running = Some((Arc::clone(&watch), total));
        self.problem = None;
        let (set, verdicts) = (Arc::clone(&open.set), open.verdicts.clone());
        let (audited, audits, terms) = (open.audited.clone(), open.audits.clone(), self.terms);
        let of_failure = out.clone();
        let work = move || {
            let outcome = export_watched(&set, &verdicts, &audited, &terms, &out, &watch)
                .and_then(|(report, pairs)| {
                    sheet::write(&set, &verdicts, &audits, &report, &pairs, &out)?;
                    Ok(report)
                })
                .map_err(|error| error.to_string());
            News::Exported { out, outcome }
        };
        jobs.run(work, move |why| News::Exported { out: of_failure, outcome: Err(why) });
    }

    /// Draws the dialog.
    pub fn show(&mut self, context: &Context, open: &OpenSet) -> Option<ExportEvent> {
        let is_current = self
            .preview
            .as_ref()
            .is_some_and(|(terms, decisions, _)| *terms == self.terms && *decisions == open.decisions);
        if !is_current {
            let found = preview(&open.set, &open.verdicts, &open.audited, &self.terms);
            self.preview = Some((self.terms, open.decisions, found));
        }
        let mut event = None;
        let response = dialog("export of a review").show(context, |ui| {
            ui.set_width(560.0);
            title(ui, "Export the set");
            ui.add_enabled_ui(self.running.is_none(), |ui| self.show_terms(ui, &mut event));
            ui.add_space(8.0);
            self.show_preview(ui);
            ui.add_space(12.0);
            self.show_buttons(ui, &mut event);
        });
        if response.should_close() && self.running.is_none() {
            event = Some(ExportEvent::Close);
        }
        event
    }

    fn show_terms(&mut self, ui: &mut Ui, event: &mut Option<ExportEvent>) {
        let (_, name, about) =
            LAYOUTS.iter().find(|(layout, ..)| *layout == self.terms.layout).unwrap_or(&LAYOUTS[0]);
        row(ui, "Layout", |ui| {
            let response =
                ComboBox::from_id_salt("layout").selected_text(*name).width(140.0).show_ui(ui, |ui| {
                    for (layout, name, _) in LAYOUTS {
                        ui.selectable_value(&mut self.terms.layout, layout, name);
                    }
                });
            response.response.accessible_name("Layout");
        });
        ui.add(Label::new(theme::caption(*about)).wrap());
        row(ui, "Folder", |ui| {
            let field = TextEdit::singleline(&mut self.out).hint_text("An empty folder, or a new one");
            let field = field.desired_width(ui.available_width() - 100.0).margin(Margin::symmetric(6, 4));
            ui.add(field).accessible_name("Folder of the export");
            if ui.button("Choose…").clicked() {
                *event = Some(ExportEvent::Choose);
            }
        });
        ui.add(Checkbox::new(&mut self.terms.undecided_too, "Undecided pairs, too"));
        ui.add(Checkbox::new(&mut self.terms.near_too, "Pairs too near to a real scan, too"));
        row(ui, "Validate", |ui| share(ui, &mut self.terms.shares.validation, "Share that validates"));
        row(ui, "Test", |ui| share(ui, &mut self.terms.shares.test, "Share that tests"));
    }

    fn show_preview(&self, ui: &mut Ui) {
        let Some((_, _, report)) = &self.preview else { return };
        let [train, validation, test] = report.parts;
        let text = format!(
            "{} pairs will be written: {train} train, {validation} validate, {test} test; divided by subject. {} were \
             looked at, {} accepted by an audit, {} decided by nobody.",
            report.pairs, report.looked, report.audited, report.undecided
        );
        ui.add(Label::new(theme::weak(text).color(theme::TEXT)).wrap());
        let left_out = [
            (report.rejected, "rejected or flagged"),
            (report.not_accepted, "not accepted"),
            (report.too_near, "too near to a real scan"),
            (report.without_mask, "without a mask"),
        ];
        let words: Vec<String> = left_out
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| format!("{count} {why}"))
            .collect();
        if !words.is_empty() {
            ui.add(Label::new(theme::weak(format!("Left out: {}.", words.join(", ")))).wrap());
        }
        let about = "Files that are missing or were changed since they were scored are left out, too, and counted. A data \
                     sheet is written beside them.";
        ui.add(Label::new(theme::caption(about)).wrap());
    }

    fn show_buttons(&mut self, ui: &mut Ui, event: &mut Option<ExportEvent>) {
        if let Some(problem) = &self.problem {
            ui.add(Label::new(theme::weak(problem).color(theme::ERROR)).wrap());
            ui.add_space(6.0);
        }
        if let Some((watch, total)) = &self.running {
            let share = watch.done() as f32 / (*total).max(1) as f32;
            ui.add(ProgressBar::new(share).desired_height(8.0));
            ui.label(theme::caption(format!("{} of {total} pairs", watch.done())));
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(150));
        }
        let total = self.preview.as_ref().map_or(0, |(_, _, report)| report.pairs);
        ui.with_layout(Placing::right_to_left(Align::Center), |ui| match &self.running {
            Some((watch, _)) => {
                if button(ui, "Stop", false) {
                    watch.stop();
                }
            }
            None => {
                ui.add_enabled_ui(total > 0 && !self.out.trim().is_empty(), |ui| {
                    if button(ui, "Export pairs", true) {
                        *event = Some(ExportEvent::Start);
                    }
                });
                if button(ui, "Cancel", false) {
                    *event = Some(ExportEvent::Close);
                }
            }
        });
    }
}

fn share(ui: &mut Ui, share: &mut f64, name: &str) {
    let mut percent = 100.0 * *share;
    let drag = DragValue::new(&mut percent).range(0.0..=45.0).speed(0.5).max_decimals(0).suffix(" %");
    ui.add(drag).accessible_name(name);
    *share = percent / 100.0;
}
