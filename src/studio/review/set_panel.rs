//! What is known of the set: who reviews it, how it stands, how reviewers agree, and what else can be done with it.

use eframe::egui::{Label, ScrollArea, TextEdit, Ui};

use super::actions::{ReviewAction, ReviewPlace};
use super::jobs::Progress;
use super::open_set::OpenSet;
use crate::review::files::FileTrouble;
use crate::review::kappa::Kappa;
use crate::review::verdicts::Standing;
use crate::studio::widgets::controls::{ButtonState, row, rule, text_button};
use crate::studio::widgets::theme;

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
        row(ui, "Reviewer", |ui| {
            let mut name = open.reviewer.clone();
            let field = TextEdit::singleline(&mut name).hint_text("Your name").char_limit(60);
            ui.add(field.desired_width(ui.available_width() - 8.0)).accessible_name("Reviewer");
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
        let so_far = if open.is_checked { "" } else { " so far" };
        let text = format!("files missing: {missing} pairs, changed since scored: {changed} pairs{so_far}");
        ui.add(Label::new(theme::caption(text).color(theme::WARNING)).wrap());
    } else if open.is_checked {
        ui.label(theme::caption("all files are there and as they were scored"));
    }
    if open.has_grown {
        ui.label(theme::caption("the set has grown: F5 reads the new pairs").color(theme::ACCENT));
    }
}

fn show_standing(ui: &mut Ui, open: &OpenSet) {
    let of = |standing: Standing| open.counts.standing(standing);
    let text = format!(
        "{} accepted, {} rejected, {} flagged, {} undecided",
        of(Standing::Accepted),
        of(Standing::Rejected),
        of(Standing::Flagged),
        of(Standing::Undecided)
    );
    ui.add(Label::new(theme::weak(text)).wrap());
    let audited = open.audited.iter().filter(|audited| **audited).count();
    if audited > 0 {
        ui.label(theme::caption(format!("{audited} in audited groups")));
    }
    if open.pending() > 0 {
        ui.label(theme::caption(format!("{} decisions on their way to the disk", open.pending())));
    }
}

fn show_agreement(ui: &mut Ui, agreements: &[(String, String, Kappa)]) {
    ui.label(theme::heading("Agreement of reviewers"));
    if agreements.is_empty() {
        ui.add(Label::new(theme::caption("no two reviewers have decided the same pairs yet")).wrap());
    }
    for (first, second, kappa) in agreements {
        ui.add(Label::new(theme::weak(agreement_in_words(first, second, kappa))).wrap());
    }
}

/// "anna and ben, 40 pairs in common: kappa 0.61 [0.38, 0.84]".
pub(super) fn agreement_in_words(first: &str, second: &str, kappa: &Kappa) -> String {
    let figure = match (kappa.kappa, kappa.low, kappa.high) {
        (Some(kappa), Some(low), Some(high)) => format!("kappa {kappa:.2} [{low:.2}, {high:.2}]"),
        _ => "both always say the same".to_owned(),
    };
    let pairs = kappa.pairs;
    format!("{first} and {second}, {pairs} pairs in common: {figure}")
}

fn show_second_look(ui: &mut Ui, beside: &Beside<'_>) -> Option<PanelEvent> {
    let mut event = None;
    ui.label(theme::heading("Second look"));
    let segmenter = beside.segmenter.map_or("no segmenter".to_owned(), |name| format!("segmenter {name}"));
    ui.label(theme::caption(segmenter));
    ui.horizontal(|ui| {
        let hint =
            "A segmenter labels the scan alone; where it differs from the mask is shown in µm per column";
        if text_button(ui, "Segmenter…", 88.0, "Choose a segmenter", hint, ButtonState::READY).clicked() {
            event = Some(PanelEvent::Action(ReviewAction::Choose(ReviewPlace::Segmenter)));
        }
        let state = ButtonState::enabled_if(beside.segmenter.is_some() && beside.job.is_none());
        let hint = "Have it look at every pair: then the most doubtful come first";
        if text_button(ui, "All pairs", 76.0, "Segment all pairs", hint, state).clicked() {
            event = Some(PanelEvent::ScoreDoubt);
        }
    });
    let reference = beside.reference.map_or("no reference scans".to_owned(), |(name, count)| {
        format!("{count} reference scans of {name}")
    });
    ui.label(theme::caption(reference));
    ui.horizontal(|ui| {
        let hint = "A data set or a folder of real scans: what lies too near to one of them was remembered, not made";
        if text_button(ui, "Reference…", 88.0, "Choose reference scans", hint, ButtonState::READY).clicked() {
            event = Some(PanelEvent::Action(ReviewAction::Choose(ReviewPlace::Reference)));
        }
        let state = ButtonState::enabled_if(beside.reference.is_some() && beside.job.is_none());
        let hint = "Compare every pair: then pairs that are too near stay out of exports";
        if text_button(ui, "All pairs", 76.0, "Compare all pairs", hint, state).clicked() {
            event = Some(PanelEvent::ScoreNearest);
        }
    });
    event
}

fn show_tools(ui: &mut Ui, beside: &Beside<'_>) -> Option<PanelEvent> {
    let mut event = None;
    if let Some(job) = beside.job {
        ui.label(theme::weak(format!("{} – {:.0} %", job.name, 100.0 * job.share())));
        ui.add(eframe::egui::ProgressBar::new(job.share()).desired_height(6.0));
        if text_button(ui, "Stop", 60.0, "Stop the job", "Stop it; nothing is lost", ButtonState::READY)
            .clicked()
        {
            event = Some(PanelEvent::StopJob);
        }
        ui.ctx().request_repaint_after(std::time::Duration::from_millis(200));
    }
    let tools: [(&str, &str, &str, PanelEvent); 5] = [
        (
            "Audit…",
            "Audit",
            "Accept groups of like pairs by a random sample, with a bound",
            PanelEvent::ShowAudit,
        ),
        ("Blind test…", "Blind test", "Real or synthetic? One scan at a time, timed", PanelEvent::ShowBlind),
        (
            "Map…",
            "Map",
            "All pairs as points, like pairs together; draw around some to see them",
            PanelEvent::ShowMap,
        ),
        (
            "Check files",
            "Check files",
            "Are all files there, and as they were scored?",
            PanelEvent::CheckFiles,
        ),
        ("Export…", "Export the set", "Write the accepted pairs for other tools", PanelEvent::ShowExport),
    ];
    ui.horizontal_wrapped(|ui| {
        for (text, name, hint, asked) in tools {
            let is_job = matches!(asked, PanelEvent::CheckFiles);
            let state = ButtonState::enabled_if(!is_job || beside.job.is_none());
            if text_button(ui, text, 84.0, name, hint, state).clicked() {
                event = Some(asked);
            }
        }
    });
    event
}
