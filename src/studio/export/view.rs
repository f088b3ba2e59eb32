//! Draws the dialog of an export.

use eframe::egui::{
    Align, Checkbox, ComboBox, Context, Label, Layout, Margin, RichText, ScrollArea, TextEdit, Ui,
};

use super::choosing::ExportAction;
use super::dialog::ExportDialog;
use super::plan::ExportPlan;
use crate::formats::export::{ExportPreset, Lacking, LeftOut};
use crate::formats::figure::FigureFormat;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::shell::action::Action;
use crate::studio::shell::questions::{ButtonRank, button, dialog as frame, title};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{row, segments};
use crate::studio::widgets::theme;

const WIDTH: f32 = 620.0;
const FILES_HEIGHT: f32 = 150.0;
const FORMATS: [(FigureFormat, &str); 3] =
    [(FigureFormat::Png, "PNG"), (FigureFormat::Svg, "SVG"), (FigureFormat::Pdf, "PDF")];

/// Draws the dialog over the window; `revision` is the document's.
pub fn show(context: &Context, dialog: &mut ExportDialog, revision: u64, actions: &mut Vec<Action>) {
    let mut ask = |action| actions.push(Action::Export(action));
    let mut calibrates = false;
    let response = frame("export").show(context, |ui| {
        ui.set_width(WIDTH);
        title(ui, text!("export-title"));
        let is_typing = show_choices(ui, dialog, &mut ask);
        ui.add_space(8.0);
        match (dialog.wish(revision), dialog.plan(revision)) {
            (None, _) => {
                ui.label(theme::weak(text!("export-no-folder")).color(theme::WARNING));
            }
            (Some(_), Some(Ok(plan))) => {
                calibrates = show_plan(ui, plan);
                let replaced = plan.replaced();
                if replaced > 0 {
                    ui.add_space(4.0);
                    let words = text!("export-replace", count = replaced);
                    ui.add(Checkbox::new(&mut dialog.replaces, RichText::new(words).color(theme::WARNING)));
                }
            }
            (Some(_), Some(Err(problem))) => {
                ui.add(Label::new(theme::weak(problem).color(theme::ERROR)).wrap());
            }
            (Some(wish), None) => {
                ui.horizontal(|ui| {
                    ui.add(BusyMark::new(14.0, theme::ACCENT));
                    ui.label(theme::weak(text!("export-planning")));
                });
                // Half a name is no wish, and files are not made twice of one.
                if !is_typing && dialog.requested.as_ref() != Some(&wish) {
                    ask(ExportAction::Plan(wish));
                }
            }
        }
        ui.add_space(12.0);
        show_buttons(ui, dialog, revision, &mut ask);
    });
    if response.should_close() {
        ask(ExportAction::Toggle);
    }
    if calibrates {
        actions.push(Action::ToggleCalibration);
    }
}

/// What for, names and folder. Returns whether a text is being typed.
fn show_choices(ui: &mut Ui, dialog: &mut ExportDialog, ask: &mut impl FnMut(ExportAction)) -> bool {
    row(ui, text!("export-for"), |ui| {
        let (name, _) = described(dialog.preset);
        let response =
            ComboBox::from_id_salt("export for").width(240.0).selected_text(name).show_ui(ui, |ui| {
                for preset in std::iter::once(None).chain(ExportPreset::ALL.map(Some)) {
                    ui.selectable_value(&mut dialog.preset, preset, described(preset).0);
                }
            });
        response.response.accessible_name(text!("export-for"));
    });
    ui.add(Label::new(theme::caption(described(dialog.preset).1)).wrap());
    if dialog.preset.is_none() {
        show_figure(ui, dialog);
    }
    let mut is_typing = false;
    row(ui, text!("export-name"), |ui| {
        let field =
            TextEdit::singleline(&mut dialog.name).desired_width(240.0).margin(Margin::symmetric(6, 4));
        is_typing |= ui.add(field).accessible_name(text!("export-name")).has_focus();
    });
    row(ui, text!("export-folder"), |ui| {
        let width = ui.available_width() - 110.0;
        let field =
            TextEdit::singleline(&mut dialog.folder).desired_width(width).margin(Margin::symmetric(6, 4));
        is_typing |= ui.add(field).accessible_name(text!("export-folder")).has_focus();
        if ui.button(text!("export-choose")).clicked() {
            ask(ExportAction::Choose);
        }
    });
    is_typing
}

/// Which scan the picture shows, and what kind of file it is.
fn show_figure(ui: &mut Ui, dialog: &mut ExportDialog) {
    row(ui, text!("export-picture-of"), |ui| {
        let names = [
            (text!("top-figure-scan"), text!("top-figure-scan")),
            (text!("top-figure-synthetic"), text!("top-figure-synthetic")),
        ];
        let chosen = usize::from(dialog.figure_of == FigureOf::SyntheticScan);
        if let Some(index) = segments(ui, 380.0, &names, chosen) {
            dialog.figure_of = if index == 0 { FigureOf::RealScan } else { FigureOf::SyntheticScan };
        }
    });
    row(ui, text!("export-file-kind"), |ui| {
        let chosen = FORMATS.iter().position(|(format, _)| *format == dialog.figure_format).unwrap_or(0);
        if let Some(index) = segments(ui, 180.0, &FORMATS.map(|(_, name)| (name, name)), chosen) {
            dialog.figure_format = FORMATS[index].0;
        }
    });
}

/// A preset's name, and what it writes.
fn described(preset: Option<ExportPreset>) -> (&'static str, &'static str) {
    match preset {
        None => (text!("export-figure"), text!("export-figure-about")),
        Some(ExportPreset::Pairs) => (text!("export-pairs"), text!("export-pairs-about")),
        Some(ExportPreset::NnUnet) => (text!("export-nnunet"), text!("export-nnunet-about")),
        Some(ExportPreset::Mirage) => (text!("export-mirage"), text!("export-mirage-about")),
        Some(ExportPreset::Nifti) => (text!("export-nifti"), text!("export-nifti-about")),
        Some(ExportPreset::MetaImage) => (text!("export-metaimage"), text!("export-metaimage-about")),
        Some(ExportPreset::TiffStack) => (text!("export-tiff"), text!("export-tiff-about")),
        Some(ExportPreset::Dicom) => (text!("export-dicom"), text!("export-dicom-about")),
        Some(ExportPreset::Coco) => (text!("export-coco"), text!("export-coco-about")),
        Some(ExportPreset::Npz) => (text!("export-npz"), text!("export-npz-about")),
    }
}

/// What would be written, what stays behind and what of identity does not go along. Returns whether the size of a
/// pixel and the eye are to be set.
fn show_plan(ui: &mut Ui, plan: &ExportPlan) -> bool {
    if !plan.lacking.is_empty() {
        return show_lacking(ui, &plan.lacking);
    }
    let (count, size) = (plan.files.len(), shown_size(plan.bytes()));
    ui.label(theme::heading(text!("export-will-write", count, %size)));
    ScrollArea::vertical().id_salt("planned files").max_height(FILES_HEIGHT).auto_shrink([false, true]).show(
        ui,
        |ui| {
            for file in plan.files.iter() {
                ui.horizontal(|ui| {
                    ui.label(theme::weak(&file.name).color(theme::TEXT));
                    ui.label(theme::caption(shown_size(file.bytes.len() as u64)));
                    if file.is_there {
                        ui.label(theme::caption(text!("export-is-there")).color(theme::WARNING));
                    }
                });
            }
        },
    );
    ui.add_space(4.0);
    let left_out: Vec<String> = plan.left_out.iter().map(|what| left_out_in_words(*what)).collect();
    let left_out = match left_out.is_empty() {
        true => text!("export-nothing-left").to_owned(),
        false => text!("export-left-out", what = left_out.join(", ")),
    };
    ui.add(Label::new(theme::weak(left_out)).wrap());
    let identity = match plan.identity.is_empty() {
        true => text!("export-no-identity").to_owned(),
        false => text!("export-identity", fields = plan.identity.join(", ")),
    };
    ui.add(Label::new(theme::weak(identity)).wrap());
    false
}

fn show_lacking(ui: &mut Ui, lacking: &[Lacking]) -> bool {
    for what in lacking {
        let words = match what {
            Lacking::Labels => text!("export-lacks-labels"),
            Lacking::Spacing => text!("export-lacks-spacing"),
            Lacking::Laterality => text!("export-lacks-eye"),
            Lacking::OneSize => text!("export-lacks-one-size"),
        };
        ui.add(Label::new(theme::weak(words).color(theme::WARNING)).wrap());
    }
    let can_be_set = lacking.iter().any(|what| matches!(what, Lacking::Spacing | Lacking::Laterality));
    can_be_set && ui.button(text!("export-set-them")).clicked()
}

fn left_out_in_words(what: LeftOut) -> String {
    match what {
        LeftOut::Laterality => text!("export-left-eye").to_owned(),
        LeftOut::Spacing => text!("export-left-spacing").to_owned(),
        LeftOut::BScanDistance => text!("export-left-distance").to_owned(),
        LeftOut::Credit => text!("export-left-credit").to_owned(),
        LeftOut::LabelNames => text!("export-left-names").to_owned(),
        LeftOut::Localizer => text!("export-left-localizer").to_owned(),
        LeftOut::SecondGrader(count) => text!("export-left-grader", count),
        LeftOut::Syntheses(count) => text!("export-left-syntheses", count),
        LeftOut::Unlabelled(count) => text!("export-left-unlabelled", count),
    }
}

fn shown_size(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    match megabytes {
        small if small < 0.01 => "< 0.01 MB".to_owned(),
        small if small < 10.0 => format!("{small:.2} MB"),
        large => format!("{large:.0} MB"),
    }
}

fn show_buttons(ui: &mut Ui, dialog: &ExportDialog, revision: u64, ask: &mut impl FnMut(ExportAction)) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        ui.add_enabled_ui(dialog.ready(revision).is_some(), |ui| {
            if button(ui, text!("export-start"), ButtonRank::Main) {
                ask(ExportAction::Start);
            }
        });
        if button(ui, text!("shell-cancel"), ButtonRank::Other) {
            ask(ExportAction::Toggle);
        }
    });
}
