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
use crate::studio::flow::typed_path::typed_path;
use crate::studio::shell::questions::{ButtonRank, button, dialog, title};
use crate::studio::texts::text;
use crate::studio::widgets::controls::row;
use crate::studio::widgets::theme;

/// Layouts in the order they are offered.
const LAYOUTS: [Layout; 6] =
    [Layout::Pairs, Layout::NnUnet, Layout::Mirage, Layout::WebDataset, Layout::Coco, Layout::Nifti];

/// A layout's name, and what it is.
fn words_of(layout: Layout) -> (&'static str, &'static str) {
    match layout {
        Layout::Pairs => (text!("review-layout-pairs"), text!("review-layout-pairs-about")),
        Layout::NnUnet => (text!("review-layout-nnunet"), text!("review-layout-nnunet-about")),
        Layout::Mirage => (text!("review-layout-mirage"), text!("review-layout-mirage-about")),
        Layout::WebDataset => (text!("review-layout-webdataset"), text!("review-layout-webdataset-about")),
        Layout::Coco => (text!("review-layout-coco"), text!("review-layout-coco-about")),
        Layout::Nifti => (text!("review-layout-nifti"), text!("review-layout-nifti-about")),
    }
}

/// What the dialog asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExportEvent {
    Close,
    Choose,
    Start,
}

/// The state of the dialog.
pub(super) struct ExportDialog {
    /// Folder that is written into, as it is typed.
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
    /// The folder that is written into.
    pub fn folder(&self) -> PathBuf {
        typed_path(&self.out)
    }

    /// It ended without success.
    pub fn failed(&mut self, message: String) {
        self.running = None;
        self.problem = Some(message);
    }

    /// Starts the export on a thread.
    pub fn start(&mut self, open: &OpenSet, jobs: &Jobs) {
        let out = self.folder();
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
            title(ui, text!("review-export-title"));
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
        let (name, about) = words_of(self.terms.layout);
        row(ui, text!("review-export-layout"), |ui| {
            let response =
                ComboBox::from_id_salt("layout").selected_text(name).width(140.0).show_ui(ui, |ui| {
                    for layout in LAYOUTS {
                        ui.selectable_value(&mut self.terms.layout, layout, words_of(layout).0);
                    }
                });
            response.response.accessible_name(text!("review-export-layout"));
        });
        ui.add(Label::new(theme::caption(about)).wrap());
        row(ui, text!("review-export-folder"), |ui| {
            let field = TextEdit::singleline(&mut self.out).hint_text(text!("review-export-folder-hint"));
            let field = field.desired_width(ui.available_width() - 100.0).margin(Margin::symmetric(6, 4));
            ui.add(field).accessible_name(text!("review-export-folder-spoken"));
            if ui.button(text!("review-export-choose")).clicked() {
                *event = Some(ExportEvent::Choose);
            }
        });
        ui.add(Checkbox::new(&mut self.terms.undecided_too, text!("review-export-undecided")));
        ui.add(Checkbox::new(&mut self.terms.near_too, text!("review-export-near")));
        row(ui, text!("review-export-validate"), |ui| {
            share(ui, &mut self.terms.shares.validation, text!("review-export-validate-spoken"))
        });
        row(ui, text!("review-export-test"), |ui| {
            share(ui, &mut self.terms.shares.test, text!("review-export-test-spoken"))
        });
    }

    fn show_preview(&self, ui: &mut Ui) {
        let Some((_, _, report)) = &self.preview else { return };
        let [train, validation, test] = report.parts;
        let text = text!(
            "review-export-preview",
            pairs = %report.pairs,
            %train,
            %validation,
            %test,
            looked = %report.looked,
            audited = %report.audited,
            undecided = %report.undecided
        );
        ui.add(Label::new(theme::weak(text).color(theme::TEXT)).wrap());
        let left_out = [
            (report.rejected, text!("review-export-rejected")),
            (report.not_accepted, text!("review-export-not-accepted")),
            (report.too_near, text!("review-export-too-near")),
            (report.without_mask, text!("review-export-without-mask")),
        ];
        let words: Vec<String> = left_out
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, why)| format!("{count} {why}"))
            .collect();
        if !words.is_empty() {
            ui.add(Label::new(theme::weak(text!("review-export-left-out", words = words.join(", ")))).wrap());
        }
        let about = text!("review-export-about");
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
            ui.label(theme::caption(text!("review-export-done", done = watch.done(), total = *total)));
            ui.ctx().request_repaint_after(std::time::Duration::from_millis(150));
        }
        let total = self.preview.as_ref().map_or(0, |(_, _, report)| report.pairs);
        ui.with_layout(Placing::right_to_left(Align::Center), |ui| match &self.running {
            Some((watch, _)) => {
                if button(ui, text!("review-stop"), ButtonRank::Other) {
                    watch.stop();
                }
            }
            None => {
                ui.add_enabled_ui(total > 0 && !self.out.trim().is_empty(), |ui| {
                    if button(ui, text!("review-export-start"), ButtonRank::Main) {
                        *event = Some(ExportEvent::Start);
                    }
                });
                if button(ui, text!("shell-cancel"), ButtonRank::Other) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_the_home_folder_may_be_typed_with_a_tilde() {
        let dialog = ExportDialog { out: " ~/out ".to_owned(), ..ExportDialog::default() };
        assert_eq!(dialog.folder(), typed_path("~/out"));
    }
}
