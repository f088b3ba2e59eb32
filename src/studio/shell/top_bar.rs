//! The bar at the top: files, history, the name of what is open.

use eframe::egui::{Align, Align2, Layout, Popup, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::formats::figure::FigureFormat;
use crate::formats::label_png::CodeScheme;
use crate::studio::editor::session::Session;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::files::samples;
use crate::studio::review::ReviewAction;
use crate::studio::shell::action::Action;
use crate::studio::shell::commands::command;
use crate::studio::shell::commands::keymap::{hint, with_keys};
use crate::studio::shell::preferences::Preferences;
use crate::studio::stage::CasesAction;
use crate::studio::training::{Training, TrainingAction};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, divider, icon_button, text_button};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Draws the bar.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    preferences: &Preferences,
    files_busy: bool,
    (training, cases_shown): (&Training, bool),
    (review_shown, edits_pair): (bool, bool),
    actions: &mut Vec<Action>,
) {
    let steps_shown = preferences.steps_shown;
    let bar = ui.max_rect();
    ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let open = hint(ui, "file.open");
        if icon_button(ui, Icon::Open, "Open", &open, ButtonState::READY).clicked() {
            actions.push(Action::Open);
        }
        samples_menu(ui, preferences, actions);
        let save = hint(ui, "file.save");
        if icon_button(ui, Icon::Save, "Save", &save, ButtonState::READY).clicked() {
            actions.push(Action::Save);
        }
        export_menu(ui, session, actions);
        let about = hint(ui, "mask.new_eye");
        if text_button(ui, "New mask", 74.0, "New mask", &about, ButtonState::READY).clicked() {
            actions.push(Action::ToggleNewMasks);
        }
        divider(ui);
        history_button(
            ui,
            Icon::Undo,
            "Undo",
            "edit.undo",
            session.editor.undo_name(),
            Action::Undo,
            actions,
        );
        history_button(
            ui,
            Icon::Redo,
            "Redo",
            "edit.redo",
            session.editor.redo_name(),
            Action::Redo,
            actions,
        );

        let steps = hint(ui, "edit.steps");
        if icon_button(ui, Icon::Steps, "History", &steps, ButtonState::selected_if(steps_shown)).clicked() {
            actions.push(Action::ToggleSteps);
        }

        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let keys = hint(ui, "window.keys");
            if icon_button(ui, Icon::Help, "Keys", &keys, ButtonState::READY).clicked() {
                actions.push(Action::ToggleKeys);
            }
            train_button(ui, training, actions);
            let about = hint(ui, "cases.page");
            let state = ButtonState::selected_if(cases_shown && !training.shown);
            if text_button(ui, "Cases", 56.0, "Cases", &about, state).clicked() {
                actions.push(Action::Cases(CasesAction::Toggle));
            }
            let about = hint(ui, "review.page");
            let state = ButtonState::selected_if(review_shown && !cases_shown && !training.shown);
            if text_button(ui, "Review", 62.0, "Review", &about, state).clicked() {
                actions.push(Action::Review(ReviewAction::Toggle));
            }
            let about = hint(ui, "review.back");
            let is_offered = edits_pair && !review_shown;
            let state = ButtonState::selected_if(true);
            if is_offered
                && text_button(ui, "Back to review", 108.0, "Back to review", &about, state).clicked()
            {
                actions.push(Action::Review(ReviewAction::Back));
            }
            if files_busy {
                ui.add_space(6.0);
                ui.add(BusyMark::new(15.0, theme::TEXT_WEAK));
            }
        });
    });
    title(ui, bar, session);
}

/// A folder, labels, files opened before and the samples.
fn samples_menu(ui: &mut Ui, preferences: &Preferences, actions: &mut Vec<Action>) {
    let about = "A folder, labels, files opened before, and bundled sample scans";
    let samples = icon_button(ui, Icon::Samples, "Samples", about, ButtonState::READY);
    Popup::menu(&samples).show(|ui| {
        ui.set_min_width(250.0);
        if ui.button("Open a folder…").on_hover_text(hint(ui, "file.open_folder")).clicked() {
            actions.push(Action::OpenFolder);
        }
        if ui.button("Load labels onto this B-scan…").on_hover_text(hint(ui, "file.load_labels")).clicked()
        {
            actions.push(Action::LoadLabels);
        }
        ui.separator();
        for path in &preferences.recent {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                actions.push(Action::OpenPath(path.clone()));
            }
        }
        if !preferences.recent.is_empty() {
            ui.separator();
        }
        for (index, sample) in samples::ALL.iter().enumerate() {
            if ui.button(sample.name).clicked() {
                actions.push(Action::OpenSample(index));
            }
        }
    });
}

/// What can be written.
fn export_menu(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let export =
        icon_button(ui, Icon::Export, "Export", "Export labels, picture or measurements", ButtonState::READY);
    Popup::menu(&export).show(|ui| {
        ui.set_width(290.0);
        if ui.button("Label mask as PNG…").clicked() {
            actions.push(Action::ExportMask(CodeScheme::Studio));
        }
        let paper = ui.button("Label mask, the paper's nine classes…");
        let about = "0 is background on both sides, 1-7 the layers, 8 fluid of any kind: for other programs";
        if paper.on_hover_text(about).clicked() {
            actions.push(Action::ExportMask(CodeScheme::Paper));
        }
        if ui.button("Synthetic scan as PNG…").clicked() {
            actions.push(Action::ExportSynthetic);
        }
        if ui.button("Measurements as CSV…").clicked() {
            actions.push(Action::ExportMeasurements);
        }
        ui.separator();
        ui.label(theme::caption("Picture for a slide: scale bars, legend, caption"));
        figure_row(ui, FigureOf::RealScan, session, actions);
        figure_row(ui, FigureOf::SyntheticScan, session, actions);
        ui.separator();
        if ui.button("Save document as…").clicked() {
            actions.push(Action::SaveAs);
        }
    });
}

/// One kind of picture for a slide, as each kind of file.
fn figure_row(ui: &mut Ui, of: FigureOf, session: &Session, actions: &mut Vec<Action>) {
    let (name, is_there) = match of {
        FigureOf::RealScan => ("Scan and labels", !session.page().scan.is_placeholder),
        FigureOf::SyntheticScan => ("Synthetic scan and labels", true),
    };
    ui.add_enabled_ui(is_there, |ui| {
        ui.horizontal(|ui| {
            ui.label(theme::weak(name));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (ending, format) in
                    [("PDF", FigureFormat::Pdf), ("SVG", FigureFormat::Svg), ("PNG", FigureFormat::Png)]
                {
                    let button = ui.button(ending);
                    let spoken = format!("{name} as {ending}");
                    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
                    if button.clicked() {
                        actions.push(Action::ExportFigure(of, format));
                    }
                }
            });
        });
    });
}

/// Shows the training page or the editor; a line under it tells how far a run has come.
fn train_button(ui: &mut Ui, training: &Training, actions: &mut Vec<Action>) {
    let about = match training.progress() {
        Some(share) => format!("Training: {:.0} % done", 100.0 * share),
        None => "Train a model".to_owned(),
    };
    let hint = with_keys(ui, &about, command("training.page"));
    let state = ButtonState::selected_if(training.shown);
    let response = text_button(ui, "Train", 56.0, "Train", &hint, state);
    if let Some(share) = training.progress() {
        let rail = Rect::from_min_size(response.rect.left_bottom() - vec2(-8.0, 5.0), vec2(40.0, 2.0));
        ui.painter().rect_filled(rail, 1.0, theme::PRESSED);
        let done = Rect::from_min_size(rail.min, vec2(rail.width() * share.clamp(0.0, 1.0), 2.0));
        ui.painter().rect_filled(done, 1.0, theme::ACCENT);
    }
    if response.clicked() {
        actions.push(Action::Training(TrainingAction::Toggle));
    }
}

fn history_button(
    ui: &mut Ui,
    icon: Icon,
    verb: &str,
    id: &str,
    step: Option<&str>,
    action: Action,
    actions: &mut Vec<Action>,
) {
    let hint = match step {
        Some(step) => with_keys(ui, &format!("{verb} {step}"), command(id)),
        None => format!("Nothing to {}", verb.to_lowercase()),
    };
    if icon_button(ui, icon, verb, &hint, ButtonState::enabled_if(step.is_some())).clicked() {
        actions.push(action);
    }
}

/// The document's name in the middle of the window, a dot before it while there is something to save.
fn title(ui: &mut Ui, bar: Rect, session: &Session) {
    let name = display_name(session);
    let galley = ui.painter().layout_no_wrap(name, theme::semibold(13.5), theme::TEXT_STRONG);
    let unsaved = session.editor.has_unsaved_changes();
    let at = Align2::CENTER_CENTER.anchor_size(bar.center(), galley.size());
    if unsaved {
        ui.painter().circle_filled(pos2(at.min.x - 12.0, at.center().y), 3.5, theme::ACCENT);
    }
    let response = ui.interact(at.expand2(vec2(20.0, 8.0)), ui.scope_id().with("title"), Sense::hover());
    ui.painter().galley(at.min, galley, theme::TEXT_STRONG);
    let place = match &session.path {
        Some(path) => path.display().to_string(),
        None => "Not saved to a file yet".to_owned(),
    };
    response.on_hover_text(if unsaved { format!("{place}\nUnsaved changes") } else { place });
}

/// What the document is called: its file, or what it was read from.
pub fn display_name(session: &Session) -> String {
    let from_path = session.path.as_ref().and_then(|path| path.file_name());
    from_path
        .map_or_else(|| session.editor.document().name.clone(), |name| name.to_string_lossy().into_owned())
}
