//! The bar at the top: files, history, the name of what is open.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align, Align2, Button, Layout, Popup, Rangef, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2,
};

use crate::formats::figure::FigureFormat;
use crate::formats::label_png::CodeScheme;
use crate::formats::sector_files::SectorFile;
use crate::studio::editor::session::EditorSession;
use crate::studio::export::ExportAction;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::files::samples;
use crate::studio::generate::{GenerateAction, GeneratePage};
use crate::studio::review::ReviewAction;
use crate::studio::shell::action::{Action, MeasureAction, NewMaskAction, WindowAction};
use crate::studio::shell::commands::command;
use crate::studio::shell::commands::keymap::{hint, with_keys};
use crate::studio::shell::page::Page;
use crate::studio::shell::preferences::Preferences;
use crate::studio::stage::CasesAction;
use crate::studio::texts::{spoken_step, text};
use crate::studio::training::{TrainingAction, TrainingPage};
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, divider, icon_button, text_button};
use crate::studio::widgets::icons::Icon;
use crate::studio::widgets::theme;

/// Between the title and the buttons beside it (points).
const TITLE_MARGIN: f32 = 20.0;

/// The pages beside the editor, as far as the bar shows them.
#[derive(Clone, Copy)]
pub struct PageButtons<'a> {
    /// How far a run has come.
    pub training: &'a TrainingPage,
    /// How far a generation has come.
    pub generate: &'a GeneratePage,
    /// The page in the window.
    pub shown: Page,
    /// Whether the document shown is a pair of the set under review.
    pub edits_pair: bool,
}

/// Draws the bar.
pub fn show(
    ui: &mut Ui,
    session: &EditorSession,
    preferences: &Preferences,
    files_busy: bool,
    pages: PageButtons,
    actions: &mut Vec<Action>,
) {
    let steps_shown = preferences.steps_shown;
    let bar = ui.max_rect();
    let free = ui.horizontal_centered(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let open = hint(ui, "file.open");
        if icon_button(ui, Icon::Open, text!("top-open"), &open, ButtonState::READY).clicked() {
            actions.push(Action::Open);
        }
        samples_menu(ui, preferences, actions);
        let save = hint(ui, "file.save");
        if icon_button(ui, Icon::Save, text!("shell-save"), &save, ButtonState::READY).clicked() {
            actions.push(Action::Save);
        }
        export_menu(ui, session, actions);
        let about = hint(ui, "mask.new");
        if text_button(ui, text!("top-new-mask"), 74.0, text!("top-new-mask"), &about, ButtonState::READY)
            .clicked()
        {
            actions.push(Action::NewMask(NewMaskAction::ToggleNewMasks));
        }
        divider(ui);
        let is_editing = pages.shown == Page::Editor;
        history_buttons(ui, session, is_editing, actions);

        let steps = hint(ui, "edit.steps");
        let state = ButtonState { enabled: is_editing, selected: steps_shown && is_editing };
        let steps = if is_editing { steps.as_str() } else { text!("top-of-document") };
        if icon_button(ui, Icon::Steps, text!("top-history"), steps, state).clicked() {
            actions.push(Action::Window(WindowAction::ToggleSteps));
        }

        let left = ui.cursor().left();
        let right = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            page_buttons(ui, pages, actions);
            if files_busy {
                ui.add_space(6.0);
                ui.add(BusyMark::new(15.0, theme::TEXT_WEAK));
            }
            ui.cursor().right()
        });
        Rangef::new(left, right.inner)
    });
    title(ui, bar, free.inner, session);
}

/// The pages in the order of the work from left to right (they are laid out from the right), and the keys.
fn page_buttons(ui: &mut Ui, pages: PageButtons, actions: &mut Vec<Action>) {
    let keys = hint(ui, "window.keys");
    if icon_button(ui, Icon::Help, text!("top-keys"), &keys, ButtonState::READY).clicked() {
        actions.push(Action::Window(WindowAction::ToggleKeys));
    }
    train_button(ui, pages, actions);
    let about = hint(ui, "review.page");
    let state = ButtonState::selected_if(pages.shown == Page::Review);
    if text_button(ui, text!("top-review"), 62.0, text!("top-review"), &about, state).clicked() {
        actions.push(Action::Review(ReviewAction::Toggle));
    }
    generate_button(ui, pages, actions);
    let about = hint(ui, "cases.page");
    let state = ButtonState::selected_if(pages.shown == Page::Cases);
    if text_button(ui, text!("top-cases"), 56.0, text!("top-cases"), &about, state).clicked() {
        actions.push(Action::Cases(CasesAction::Toggle));
    }
    let about = hint(ui, "window.editor");
    let state = ButtonState::selected_if(pages.shown == Page::Editor);
    if text_button(ui, text!("top-edit"), 48.0, text!("top-edit"), &about, state).clicked() {
        actions.push(Action::Window(WindowAction::ShowEditor));
    }
    if pages.edits_pair && pages.shown != Page::Review {
        let about = hint(ui, "review.back");
        let (name, state) = (text!("top-review-back"), ButtonState::selected_if(true));
        if text_button(ui, name, 108.0, name, &about, state).clicked() {
            actions.push(Action::Review(ReviewAction::Back));
        }
    }
}

/// A folder, labels, files opened before and the samples.
fn samples_menu(ui: &mut Ui, preferences: &Preferences, actions: &mut Vec<Action>) {
    let about = text!("top-samples-about");
    let samples = icon_button(ui, Icon::Samples, text!("top-samples"), about, ButtonState::READY);
    Popup::menu(&samples).show(|ui| {
        ui.set_min_width(250.0);
        if ui.button(text!("top-open-folder")).on_hover_text(hint(ui, "file.open_folder")).clicked() {
            actions.push(Action::OpenFolder);
        }
        if ui.button(text!("top-load-labels")).on_hover_text(hint(ui, "file.load_labels")).clicked() {
            actions.push(Action::LoadLabels);
        }
        ui.separator();
        for path in &preferences.recent {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            if ui.button(name).on_hover_text(path.display().to_string()).clicked() {
                actions.push(Action::OpenRecent(path.clone()));
            }
        }
        if !preferences.recent.is_empty() {
            ui.separator();
        }
        for (index, sample) in samples::ALL.iter().enumerate() {
            if ui.button(sample.name()).clicked() {
                actions.push(Action::OpenSample(index));
            }
        }
    });
}

/// What can be written.
fn export_menu(ui: &mut Ui, session: &EditorSession, actions: &mut Vec<Action>) {
    let export =
        icon_button(ui, Icon::Export, text!("top-export"), text!("top-export-about"), ButtonState::READY);
    Popup::menu(&export).show(|ui| {
        ui.set_width(290.0);
        if ui.button(text!("top-export-all")).on_hover_text(hint(ui, "file.export")).clicked() {
            actions.push(Action::Export(ExportAction::Toggle));
        }
        ui.separator();
        if ui.button(text!("top-export-mask")).clicked() {
            actions.push(Action::ExportMask(CodeScheme::Studio));
        }
        let paper = ui.button(text!("top-export-paper"));
        let about = text!("top-export-paper-about");
        if paper.on_hover_text(about).clicked() {
            actions.push(Action::ExportMask(CodeScheme::Paper));
        }
        if ui.button(text!("top-export-synthetic")).clicked() {
            actions.push(Action::ExportSynthetic);
        }
        if ui.button(text!("top-export-measurements")).clicked() {
            actions.push(Action::Measure(MeasureAction::ExportMeasurements));
        }
        let is_volume = session.page_count() > 1;
        if ui.add_enabled(is_volume, Button::new(text!("top-export-sectors"))).clicked() {
            actions.push(Action::Measure(MeasureAction::ExportSectors(SectorFile::Table)));
        }
        ui.separator();
        ui.label(theme::caption(text!("top-figure")));
        figure_row(ui, FigureOf::RealScan, session, actions);
        figure_row(ui, FigureOf::SyntheticScan, session, actions);
        endings_row(ui, text!("volume-map"), is_volume, actions, |format| {
            Action::Measure(MeasureAction::ExportSectors(SectorFile::Picture(format)))
        });
        ui.separator();
        if ui.button(text!("top-save-as")).clicked() {
            actions.push(Action::SaveAs);
        }
    });
}

/// One kind of picture for a slide, as each kind of file.
fn figure_row(ui: &mut Ui, of: FigureOf, session: &EditorSession, actions: &mut Vec<Action>) {
    let (name, is_there) = match of {
        FigureOf::RealScan => (text!("top-figure-scan"), !session.page().scan.is_placeholder),
        FigureOf::SyntheticScan => (text!("top-figure-synthetic"), true),
    };
    endings_row(ui, name, is_there, actions, |format| Action::ExportFigure(of, format));
}

/// A picture by name, with a button for each kind of file.
fn endings_row(
    ui: &mut Ui,
    name: &str,
    is_there: bool,
    actions: &mut Vec<Action>,
    export: impl Fn(FigureFormat) -> Action,
) {
    ui.add_enabled_ui(is_there, |ui| {
        ui.horizontal(|ui| {
            ui.label(theme::weak(name));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                for (ending, format) in
                    [("PDF", FigureFormat::Pdf), ("SVG", FigureFormat::Svg), ("PNG", FigureFormat::Png)]
                {
                    let button = ui.button(ending);
                    let spoken = text!("top-figure-as", %name, %ending);
                    button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
                    if button.clicked() {
                        actions.push(export(format));
                    }
                }
            });
        });
    });
}

/// Shows the training page or the editor; a line under it tells how far a run has come.
fn train_button(ui: &mut Ui, pages: PageButtons, actions: &mut Vec<Action>) {
    let about = match pages.training.progress() {
        Some(share) => text!("top-training-done", percent = format!("{:.0}", 100.0 * share)),
        None => text!("top-train-about").to_owned(),
    };
    let hint = with_keys(ui, &about, command("training.page"));
    let state = ButtonState::selected_if(pages.shown == Page::Training);
    let response = text_button(ui, text!("top-train"), 56.0, text!("top-train"), &hint, state);
    progress_line(ui, response.rect, pages.training.progress());
    if response.clicked() {
        actions.push(Action::Training(TrainingAction::Toggle));
    }
}

/// Shows the page of batch generation or the editor; a line under it tells how far a generation has come.
fn generate_button(ui: &mut Ui, pages: PageButtons, actions: &mut Vec<Action>) {
    let about = match pages.generate.progress() {
        Some(share) => text!("top-generating", percent = format!("{:.0}", 100.0 * share)),
        None => text!("top-generate-about").to_owned(),
    };
    let hint = with_keys(ui, &about, command("generate.page"));
    let state = ButtonState::selected_if(pages.shown == Page::Generate);
    let response = text_button(ui, text!("top-generate"), 74.0, text!("top-generate"), &hint, state);
    progress_line(ui, response.rect, pages.generate.progress());
    if response.clicked() {
        actions.push(Action::Generate(GenerateAction::Toggle));
    }
}

fn progress_line(ui: &Ui, button: Rect, progress: Option<f32>) {
    let Some(share) = progress else { return };
    let rail = Rect::from_min_size(button.left_bottom() - vec2(-8.0, 5.0), vec2(button.width() - 16.0, 2.0));
    ui.painter().rect_filled(rail, 1.0, theme::PRESSED);
    let done = Rect::from_min_size(rail.min, vec2(rail.width() * share.clamp(0.0, 1.0), 2.0));
    ui.painter().rect_filled(done, 1.0, theme::ACCENT);
}

/// Undo and redo, each with the step it would take. Behind another page nobody sees what they do.
fn history_buttons(ui: &mut Ui, session: &EditorSession, is_editing: bool, actions: &mut Vec<Action>) {
    let (step, id) = (session.editor.undo_name().map(spoken_step), "edit.undo");
    let about = match &step {
        _ if !is_editing => text!("top-of-document").to_owned(),
        Some(step) => with_keys(ui, &text!("top-undo-step", %step), command(id)),
        None => text!("top-nothing-to-undo").to_owned(),
    };
    let state = ButtonState::enabled_if(is_editing && step.is_some());
    if icon_button(ui, Icon::Undo, text!("top-undo"), &about, state).clicked() {
        actions.push(Action::Undo);
    }
    let (step, id) = (session.editor.redo_name().map(spoken_step), "edit.redo");
    let about = match &step {
        _ if !is_editing => text!("top-of-document").to_owned(),
        Some(step) => with_keys(ui, &text!("top-redo-step", %step), command(id)),
        None => text!("top-nothing-to-redo").to_owned(),
    };
    let state = ButtonState::enabled_if(is_editing && step.is_some());
    if icon_button(ui, Icon::Redo, text!("top-redo"), &about, state).clicked() {
        actions.push(Action::Redo);
    }
}

/// The document's name in the middle of the window, a dot before it while there is something to save. Between the buttons
/// of a narrow window it keeps to what is `free` and ends where that does.
fn title(ui: &mut Ui, bar: Rect, free: Rangef, session: &EditorSession) {
    let name = display_place(session);
    let room = free.shrink(TITLE_MARGIN);
    let mut job = LayoutJob::simple_singleline(name, theme::semibold(13.5), theme::TEXT_STRONG);
    job.wrap = TextWrapping::truncate_at_width(room.span().max(0.0));
    let galley = ui.painter().layout_job(job);
    let unsaved = session.editor.has_unsaved_changes();
    let half = galley.size().x / 2.0;
    let middle = bar.center().x.clamp(room.min + half, (room.max - half).max(room.min + half));
    let at = Align2::CENTER_CENTER.anchor_size(pos2(middle, bar.center().y), galley.size());
    if unsaved {
        ui.painter().circle_filled(pos2(at.min.x - 12.0, at.center().y), 3.5, theme::ACCENT);
    }
    let response = ui.interact(at.expand2(vec2(20.0, 8.0)), ui.scope_id().with("title"), Sense::hover());
    ui.painter().galley(at.min, galley, theme::TEXT_STRONG);
    let place = match &session.path {
        Some(path) => path.display().to_string(),
        None => text!("top-not-saved").to_owned(),
    };
    response.on_hover_text(if unsaved { text!("top-unsaved-changes", %place) } else { place });
}

/// What the document is called: its file, or what it was read from.
pub fn display_name(session: &EditorSession) -> String {
    let from_path = session.path.as_ref().and_then(|path| path.file_name());
    from_path
        .map_or_else(|| session.editor.document().name.clone(), |name| name.to_string_lossy().into_owned())
}

/// [`display_name`] with the B-scan shown of a volume: "macula.vol, 3/31".
pub fn display_place(session: &EditorSession) -> String {
    match session.page_count() {
        0 | 1 => display_name(session),
        count => format!("{}, {}/{count}", display_name(session), session.page_index() + 1),
    }
}
