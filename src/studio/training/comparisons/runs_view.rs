//! The middle of the page: how a comparison stands, what it found out, and its runs.

use eframe::egui::{
    Align, Align2, Button, Color32, Label, Layout, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo,
    vec2,
};

use super::action::ComparisonAction;
use super::results;
use crate::evaluation::{RunStanding, Standing};
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{badge, rule};
use crate::studio::widgets::empty_state::empty_state;
use crate::studio::widgets::form_lines::small;
use crate::studio::widgets::theme;
use crate::worker::{ComparisonKind, ComparisonRecord, ComparisonState, StepName};

/// Height of a run's line.
const ROW_HEIGHT: f32 = 24.0;
/// Where the words of a run's kind and of how it stands begin, from the right end.
const COLUMNS: [f32; 2] = [250.0, 110.0];

/// Draws it.
pub(super) fn show(
    ui: &mut Ui,
    kind: ComparisonKind,
    record: Option<&ComparisonRecord>,
    actions: &mut Vec<ComparisonAction>,
) {
    let Some(record) = record else { return nothing(ui, kind, None) };
    match &record.state {
        ComparisonState::Looking => {
            ui.horizontal(|ui| {
                ui.add(BusyMark::new(14.0, theme::ACCENT));
                ui.label(theme::weak(text!("comparisons-looking")));
            });
        }
        ComparisonState::Empty => nothing(ui, kind, record.problem.as_deref()),
        _ => {
            show_head(ui, record, actions);
            ScrollArea::vertical().id_salt("comparison").auto_shrink([false, false]).show(ui, |ui| {
                if let Some(summary) = &record.summary {
                    results::show(ui, summary);
                    rule(ui);
                }
                show_runs(ui, record);
            });
        }
    }
}

fn show_head(ui: &mut Ui, record: &ComparisonRecord, actions: &mut Vec<ComparisonAction>) {
    ui.horizontal(|ui| {
        ui.set_min_height(theme::ICON_BUTTON);
        let name = RichText::new(record.name()).font(theme::semibold(16.0)).color(theme::TEXT_STRONG);
        ui.add(Label::new(name).truncate());
        let (word, color) = state_word(&record.state);
        badge(ui, &word.to_uppercase(), color);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let Some(report) = &record.report else { return };
            let open = Button::new(text!("comparisons-open-report")).min_size(vec2(120.0, 28.0));
            if ui.add(open).on_hover_text(text!("comparisons-open-report-about")).clicked() {
                actions.push(ComparisonAction::OpenReport(report.clone()));
            }
        });
    });
    let (rail, response) = ui.allocate_exact_size(vec2(ui.available_width(), 6.0), Sense::hover());
    ui.painter().rect_filled(rail, 1.0, theme::PRESSED);
    let done = Rect::from_min_size(rail.min, vec2(rail.width() * record.progress(), rail.height()));
    ui.painter().rect_filled(done, 1.0, state_word(&record.state).1);
    let said = text!("comparisons-runs-done", done = record.done(), count = record.runs.len());
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &said));
    ui.add_space(2.0);
    small(ui, said.as_str(), theme::TEXT_WEAK);
    if record.state.is_alive() {
        show_step(ui, record);
    }
    if let ComparisonState::Failed(message) = &record.state {
        small(ui, message.as_str(), theme::ERROR);
    }
    if let Some(problem) = &record.problem {
        small(ui, problem.as_str(), theme::WARNING);
    }
    rule(ui);
}

/// What the process that is at work does, and the last that it said.
fn show_step(ui: &mut Ui, record: &ComparisonRecord) {
    ui.horizontal(|ui| {
        ui.add(BusyMark::new(12.0, theme::ACCENT));
        let mut words = Vec::new();
        if let Some(step) = record.steps.get(record.step) {
            words.push(step_word(*step).to_owned());
        }
        words.extend(record.said.clone());
        let said = if words.is_empty() { text!("training-starting").to_owned() } else { words.join(" · ") };
        ui.add(Label::new(theme::caption(said)).truncate());
    });
}

fn show_runs(ui: &mut Ui, record: &ComparisonRecord) {
    ui.label(theme::heading(text!("training-runs")));
    if record.runs.is_empty() {
        ui.label(theme::weak(text!("comparisons-no-runs")));
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    record.runs.iter().for_each(|run| show_run(ui, record.kind, run));
}

fn show_run(ui: &mut Ui, kind: ComparisonKind, run: &RunStanding) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let (word, color) = standing_word(run.standing);
    response.widget_info(|| {
        WidgetInfo::labeled(
            Role::Label,
            true,
            text!("comparisons-run-spoken", run = run.name.as_str(), state = word),
        )
    });
    ui.painter().circle_filled(rect.left_center() + vec2(8.0, 0.0), 4.0, color);
    let put = |at: f32, said: &str, color: Color32| {
        let place = rect.left_center() + vec2(at, 0.0);
        ui.painter().text(place, Align2::LEFT_CENTER, said, theme::body(), color);
    };
    let [about_at, word_at] = COLUMNS.map(|from_right| rect.width() - from_right);
    put(22.0, &run.name, theme::TEXT_STRONG);
    if kind == ComparisonKind::Paper {
        put(about_at, kind_word(run.kind), theme::TEXT_WEAK);
    }
    put(word_at, word, theme::TEXT_WEAK);
}

fn state_word(state: &ComparisonState) -> (&'static str, Color32) {
    match state {
        ComparisonState::Looking | ComparisonState::Empty => (text!("training-starting"), theme::TEXT_WEAK),
        ComparisonState::Running => (text!("training-running"), theme::ACCENT),
        ComparisonState::Stopping => (text!("comparisons-stopping"), theme::ACCENT),
        ComparisonState::Stopped => (text!("training-stopped"), theme::TEXT_WEAK),
        ComparisonState::Finished => (text!("training-finished"), theme::GOOD),
        ComparisonState::Failed(_) => (text!("training-broke-off"), theme::ERROR),
    }
}

fn standing_word(standing: Standing) -> (&'static str, Color32) {
    match standing {
        Standing::Waiting => (text!("comparisons-waiting"), theme::PRESSED),
        Standing::Running => (text!("comparisons-running"), theme::ACCENT),
        Standing::Done => (text!("comparisons-done"), theme::GOOD),
    }
}

/// What a run of a plan does; a kind of a later program is called as its plan has it.
fn kind_word(kind: &'static str) -> &'static str {
    match kind {
        "train" => text!("comparisons-kind-train"),
        "pairs" => text!("comparisons-kind-pairs"),
        "painted" => text!("comparisons-kind-painted"),
        "segmenter" => text!("comparisons-kind-segmenter"),
        "pictures" => text!("comparisons-kind-pictures"),
        "labels" => text!("comparisons-kind-labels"),
        other => other,
    }
}

fn step_word(step: StepName) -> &'static str {
    match step {
        StepName::Import => text!("comparisons-step-import"),
        StepName::Plan => text!("comparisons-step-plan"),
        StepName::Runs => text!("comparisons-step-runs"),
        StepName::Report => text!("comparisons-step-report"),
        StepName::Compare => text!("comparisons-step-compare"),
    }
}

fn nothing(ui: &mut Ui, kind: ComparisonKind, problem: Option<&str>) {
    let (title, how) = match kind {
        ComparisonKind::Downstream => (text!("comparisons-helps-title"), text!("comparisons-helps-how")),
        ComparisonKind::Paper => (text!("comparisons-paper-title"), text!("comparisons-paper-how")),
    };
    empty_state(ui, title, how, |ui| {
        if let Some(problem) = problem {
            small(ui, problem, theme::WARNING);
        }
    });
}
