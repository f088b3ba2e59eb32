//! What is known of the set: who reviews it, how it stands, how reviewers agree, and what else can be done with it.

use eframe::egui::{Label, ScrollArea, TextEdit, Ui};

use super::actions::{ReviewAction, ReviewPlace};
use super::jobs::Progress;
use super::open_set::OpenSet;
use crate::review::files::FileTrouble;
use crate::review::kappa::Kappa;
use crate::review::verdicts::PairStanding;
use crate::studio::texts::text;
use crate::studio::widgets::controls::{ButtonState, flush_button, row, rule};
use crate::studio::widgets::theme;

/// Width of a button, in every language that of a column.
const BUTTON_WIDTH: f32 = 120.0;

/// What the panel asks for.
#[derive(Clone, Debug)]
pub(super) enum PanelEvent {
    ShowAudit,
    ShowBlind,
    ShowMap,
    ShowExport,
    CheckFiles,
    /// Compares every pair with the reference scans, or has a segmenter look at every pair.
    ScoreNearest,
    ScoreDoubt,
    StopJob,
    Action(ReviewAction),
}

/// What is known beside the set.
pub(super) struct Beside<'a> {
    /// Folder of the reference scans, and how many there are.
    pub reference: Option<(&'a str, usize)>,
    pub segmenter: Option<&'a str>,
    pub job: Option<&'a Progress>,
    /// Agreement of every two reviewers.
    pub agreements: &'a [(String, String, Kappa)],
}

/// Draws the panel.
pub(super) fn show(ui: &mut Ui, open: &mut OpenSet, beside: &Beside<'_>) -> Option<PanelEvent> {
    let mut event = None;
    ScrollArea::vertical().id_salt("set facts").auto_shrink([false, false]).show(ui, |ui| {
        let name = open.dir.file_name().unwrap_or(open.dir.as_os_str()).to_string_lossy().into_owned();
        ui.label(theme::heading(name)).on_hover_text(open.dir.display().to_string());
        show_notes(ui, open);
        ui.add_space(6.0);
        row(ui, text!("review-reviewer"), |ui| {
            let mut name = open.reviewer.clone();
            let field =
                TextEdit::singleline(&mut name).hint_text(text!("review-reviewer-hint")).char_limit(60);
            ui.add(field.desired_width(ui.available_width() - 8.0)).accessible_name(text!("review-reviewer"));
            if name != open.reviewer {
                open.change_reviewer(&name);
                event = Some(PanelEvent::Action(ReviewAction::Reviewer(name)));
            }
        });
        show_standing(ui, open);
        rule(ui);
        show_agreement(ui, beside.agreements);
        rule(ui);
        event = show_second_look(ui, beside).or(event.take());
        rule(ui);
        event = show_tools(ui, beside).or(event.take());
    });
    event
}

fn show_notes(ui: &mut Ui, open: &OpenSet) {
    for note in &open.notes {
        ui.add(Label::new(theme::caption(note).color(theme::WARNING)).wrap());
    }
    let count = |wanted: FileTrouble| open.troubles.values().filter(|trouble| **trouble == wanted).count();
    let (missing, changed) = (count(FileTrouble::Missing), count(FileTrouble::Changed));
    if missing + changed > 0 {
        let text = match open.is_checked {
            true => text!("review-troubles", missing, changed),
            false => text!("review-troubles-so-far", missing, changed),
        };
        ui.add(Label::new(theme::caption(text).color(theme::WARNING)).wrap());
    } else if open.is_checked {
        ui.label(theme::caption(text!("review-all-there")));
    }
    if open.has_grown {
        ui.label(theme::caption(text!("review-has-grown")).color(theme::ACCENT));
    }
}

fn show_standing(ui: &mut Ui, open: &OpenSet) {
    let of = |standing: PairStanding| open.counts.standing(standing);
    let text = text!(
        "review-standing",
        accepted = of(PairStanding::Accepted),
        rejected = of(PairStanding::Rejected),
        flagged = of(PairStanding::Flagged),
        undecided = of(PairStanding::Undecided)
    );
    ui.add(Label::new(theme::weak(text)).wrap());
    let audited = open.audited.iter().filter(|audited| **audited).count();
    if audited > 0 {
        ui.label(theme::caption(text!("review-in-audited", audited)));
    }
    if open.pending() > 0 {
        ui.label(theme::caption(text!("review-pending", count = open.pending())));
    }
}

fn show_agreement(ui: &mut Ui, agreements: &[(String, String, Kappa)]) {
    ui.label(theme::heading(text!("review-agreement")));
    if agreements.is_empty() {
        ui.add(Label::new(theme::caption(text!("review-agreement-none"))).wrap());
    }
    for (first, second, kappa) in agreements {
        ui.add(Label::new(theme::weak(agreement_in_words(first, second, kappa))).wrap());
    }
}

/// "anna and ben, 40 pairs in common: kappa 0.61 [0.38, 0.84]".
pub(super) fn agreement_in_words(first: &str, second: &str, kappa: &Kappa) -> String {
    let figure = match (kappa.kappa, kappa.low, kappa.high) {
        (Some(kappa), Some(low), Some(high)) => text!(
            "review-kappa",
            kappa = format!("{kappa:.2}"),
            low = format!("{low:.2}"),
            high = format!("{high:.2}")
        ),
        _ => text!("review-same").to_owned(),
    };
    let pairs = kappa.pairs;
    text!("review-agreement-of", first, second, %pairs, figure)
}

fn show_second_look(ui: &mut Ui, beside: &Beside<'_>) -> Option<PanelEvent> {
    let mut event = None;
    ui.label(theme::heading(text!("review-second-look")));
    let segmenter = match beside.segmenter {
        Some(name) => text!("review-segmenter-named", name),
        None => text!("review-no-segmenter").to_owned(),
    };
    ui.label(theme::caption(segmenter));
    ui.horizontal(|ui| {
        let hint = text!("review-segmenter-about");
        if flush_button(
            ui,
            text!("review-segmenter"),
            BUTTON_WIDTH,
            text!("review-choose-segmenter"),
            hint,
            ButtonState::READY,
        )
        .clicked()
        {
            event = Some(PanelEvent::Action(ReviewAction::Choose(ReviewPlace::Segmenter)));
        }
        let state = ButtonState::enabled_if(beside.segmenter.is_some() && beside.job.is_none());
        let hint = text!("review-segment-all-about");
        if flush_button(ui, text!("review-all-pairs"), BUTTON_WIDTH, text!("review-segment-all"), hint, state)
            .clicked()
        {
            event = Some(PanelEvent::ScoreDoubt);
        }
    });
    let reference = match beside.reference {
        Some((name, count)) => text!("review-references-of", count, name),
        None => text!("review-references-none").to_owned(),
    };
    ui.label(theme::caption(reference));
    ui.horizontal(|ui| {
        let hint = text!("review-reference-about");
        if flush_button(
            ui,
            text!("review-reference"),
            BUTTON_WIDTH,
            text!("review-reference-spoken"),
            hint,
            ButtonState::READY,
        )
        .clicked()
        {
            event = Some(PanelEvent::Action(ReviewAction::Choose(ReviewPlace::Reference)));
        }
        let state = ButtonState::enabled_if(beside.reference.is_some() && beside.job.is_none());
        let hint = text!("review-compare-all-about");
        if flush_button(ui, text!("review-all-pairs"), BUTTON_WIDTH, text!("review-compare-all"), hint, state)
            .clicked()
        {
            event = Some(PanelEvent::ScoreNearest);
        }
    });
    event
}

fn show_tools(ui: &mut Ui, beside: &Beside<'_>) -> Option<PanelEvent> {
    let mut event = beside.job.and_then(|job| show_job(ui, job));
    let tools: [(&str, &str, &str, PanelEvent); 5] = [
        (
            text!("review-audit"),
            text!("review-audit-spoken"),
            text!("review-audit-button-about"),
            PanelEvent::ShowAudit,
        ),
        (
            text!("review-blind"),
            text!("review-blind-spoken"),
            text!("review-blind-button-about"),
            PanelEvent::ShowBlind,
        ),
        (
            text!("review-map"),
            text!("review-map-spoken"),
            text!("review-map-button-about"),
            PanelEvent::ShowMap,
        ),
        (text!("review-check"), text!("review-check"), text!("review-check-about"), PanelEvent::CheckFiles),
        (
            text!("review-export"),
            text!("review-export-title"),
            text!("review-export-button-about"),
            PanelEvent::ShowExport,
        ),
    ];
    ui.horizontal_wrapped(|ui| {
        for (text, name, hint, tool_event) in tools {
            let is_job = matches!(tool_event, PanelEvent::CheckFiles);
            let state = ButtonState::enabled_if(!is_job || beside.job.is_none());
            if flush_button(ui, text, BUTTON_WIDTH, name, hint, state).clicked() {
                event = Some(tool_event);
            }
        }
    });
    event
}

/// How far a job is, with its button to stop.
fn show_job(ui: &mut Ui, job: &Progress) -> Option<PanelEvent> {
    ui.label(theme::weak(text!(
        "review-job",
        name = job.name,
        percent = format!("{:.0}", 100.0 * job.share())
    )));
    ui.add(eframe::egui::ProgressBar::new(job.share()).desired_height(6.0));
    ui.ctx().request_repaint_after(std::time::Duration::from_millis(200));
    let (name, hint) = (text!("review-stop-spoken"), text!("review-stop-about"));
    let stops = flush_button(ui, text!("review-stop"), 60.0, name, hint, ButtonState::READY).clicked();
    stops.then_some(PanelEvent::StopJob)
}
