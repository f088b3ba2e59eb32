//! The page of the quiz: where its cases come from, the questions, the results.

use eframe::egui::{Context, Grid, Label, ScrollArea, Ui};

use super::answering::{self, Answered};
use super::canvas::Canvas;
use super::preparing::{Prepared, Preparing, QuizSource};
use crate::cases::quiz::{QuizQuestion, Round, questions};
use crate::formats::quiz_page::QuizCase;
use crate::scan::{GreyImage, Spacing};
use crate::studio::stage::CasesAction;
use crate::studio::stage::scan_queue::ScanQueue;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::controls::{ButtonState, flush_button, heading_row, text_button};
use crate::studio::widgets::theme;

/// The quiz.
#[derive(Default)]
pub struct QuizPage {
    round: Round,
    /// As in the round.
    scans: Vec<GreyImage>,
    is_synthetic: Vec<bool>,
    canvas: Canvas,
    preparing: Preparing,
    /// Cases whose scan is being drawn: number of the wish, and what is asked.
    expected: Vec<(u64, Expected)>,
    complaints: Vec<String>,
    /// Whether a round was begun.
    is_on: bool,
    /// Whether what comes next takes the keyboard.
    wants_focus: bool,
}

struct Expected {
    spacing: Spacing,
    questions: Vec<QuizQuestion>,
}

impl QuizPage {
    /// The round that is played.
    pub fn round(&self) -> &Round {
        &self.round
    }

    /// Whether all questions are answered and no scan is awaited.
    pub fn is_over(&self) -> bool {
        self.is_on && self.round.task().is_none() && !self.is_waiting() && !self.round.results().is_empty()
    }

    /// Begins a round of other cases.
    pub fn begin(&mut self, source: QuizSource, scans: &mut ScanQueue, context: &Context) {
        self.leave(scans);
        self.preparing = Preparing::start(source, context);
        self.is_on = true;
        self.wants_focus = true;
    }

    /// Back to the choice of cases.
    pub fn leave(&mut self, scans: &mut ScanQueue) {
        let expected: Vec<u64> = self.expected.iter().map(|(number, _)| *number).collect();
        scans.take_back(|number| expected.contains(&number));
        *self = Self::default();
    }

    /// Takes a scan that was wished for, or why it does not come. Returns whether it was one of the quiz.
    pub fn take_scan(&mut self, number: u64, outcome: &Result<GreyImage, String>) -> bool {
        let Some(at) = self.expected.iter().position(|(expected, _)| *expected == number) else {
            return false;
        };
        let (_, Expected { spacing, questions }) = self.expected.remove(at);
        match outcome {
            Ok(scan) => {
                let (name, scan) = (String::new(), scan.clone());
                self.add(QuizCase { name, scan, spacing, synthetic: true, questions });
            }
            Err(message) => self.complaints.push(message.clone()),
        }
        true
    }

    /// Pictures lie on a graphics device that is gone.
    pub fn forget_pictures(&mut self) {
        self.canvas.forget_picture();
    }

    fn is_waiting(&self) -> bool {
        self.preparing.is_busy() || !self.expected.is_empty()
    }

    /// A case is called by its number: its own name may tell the answer.
    fn add(&mut self, case: QuizCase) {
        if case.questions.is_empty() {
            return;
        }
        let name = text!("quiz-case", number = self.scans.len() + 1);
        let was_waiting = self.round.task().is_none();
        self.round.add(crate::cases::quiz::Sheet { name, ..case.sheet() });
        self.scans.push(case.scan);
        self.is_synthetic.push(case.synthetic);
        if was_waiting {
            self.canvas.begin(&self.round);
            self.wants_focus = true;
        }
    }

    fn follow(&mut self, scans: &mut ScanQueue) {
        while let Some(prepared) = self.preparing.take_next() {
            match prepared {
                Prepared::WithScan(case) => self.add(*case),
                Prepared::Failed(message) => self.complaints.push(message),
                Prepared::Made(made) => {
                    let (questions, spacing) = (questions(&made.mask, &made.frame), made.frame.spacing());
                    let number = scans.wish(made.mask, spacing, made.picture);
                    self.expected.push((number, Expected { spacing, questions }));
                }
            }
        }
    }

    /// Draws the page.
    pub fn show(&mut self, ui: &mut Ui, scans: &mut ScanQueue, actions: &mut Vec<CasesAction>) {
        self.follow(scans);
        if !self.is_on {
            show_choice(ui, actions);
        } else if self.round.task().is_some() {
            self.show_question(ui, scans);
        } else if self.is_waiting() {
            self.show_waiting(ui, scans);
        } else {
            self.show_results(ui, scans, actions);
        }
    }

    fn show_waiting(&mut self, ui: &mut Ui, scans: &mut ScanQueue) {
        ui.label(theme::heading(text!("quiz-title")));
        ui.add_space(16.0);
        ui.horizontal(|ui| {
            ui.add(BusyMark::new(18.0, theme::ACCENT));
            ui.label(theme::weak(text!("quiz-waiting")));
        });
        self.show_complaints(ui);
        ui.add_space(12.0);
        if self.show_leave(ui) {
            self.leave(scans);
        }
    }

    fn show_question(&mut self, ui: &mut Ui, scans: &mut ScanQueue) {
        let Some(scan) = self.scans.get(self.round.sheet_index()).cloned() else { return };
        let is_synthetic = self.is_synthetic.get(self.round.sheet_index()).copied().unwrap_or_default();
        let answered = answering::show(
            ui,
            &scan,
            is_synthetic,
            &mut self.round,
            &mut self.canvas,
            &mut self.wants_focus,
        );
        match answered {
            Answered::GoOn => {
                self.round.go_on();
                self.canvas.begin(&self.round);
                self.wants_focus = true;
            }
            Answered::Leave => self.leave(scans),
            Answered::Nothing => {}
        }
    }

    fn show_results(&mut self, ui: &mut Ui, scans: &mut ScanQueue, actions: &mut Vec<CasesAction>) {
        let count = self.round.results().len();
        let points = format!("{:.1}", self.round.points());
        ui.label(theme::heading(text!("quiz-score", %points, count)));
        ui.add_space(8.0);
        self.show_complaints(ui);
        let mut leaves = false;
        ui.horizontal(|ui| {
            let save = text_button(
                ui,
                text!("quiz-save"),
                132.0,
                text!("quiz-save"),
                text!("quiz-save-about"),
                ButtonState::enabled_if(count > 0),
            );
            if std::mem::take(&mut self.wants_focus) {
                save.request_focus();
            }
            if save.clicked() {
                actions.push(CasesAction::SaveQuiz);
            }
            let again = ButtonState::enabled_if(count > 0);
            if text_button(ui, text!("quiz-again"), 96.0, text!("quiz-again"), "", again).clicked() {
                self.round.begin_again();
                self.canvas.begin(&self.round);
                self.wants_focus = true;
            }
            leaves = self.show_leave(ui);
        });
        ui.add_space(10.0);
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| self.show_table(ui));
        if leaves {
            self.leave(scans);
        }
    }

    fn show_table(&self, ui: &mut Ui) {
        Grid::new("quiz-results").num_columns(5).striped(true).spacing([18.0, 6.0]).show(ui, |ui| {
            let titles = [
                text!("quiz-column-case"),
                text!("quiz-column-question"),
                text!("quiz-column-answer"),
                text!("quiz-column-truth"),
                text!("quiz-column-points"),
            ];
            for title in titles {
                ui.label(theme::weak(title));
            }
            ui.end_row();
            for line in self.round.results() {
                ui.label(line.case.as_str());
                ui.label(answering::short_name(line.question));
                ui.label(super::words::option(&line.answer));
                ui.label(super::words::option(&line.truth));
                ui.label(format!("{:.2}", line.points));
                ui.end_row();
            }
        });
    }

    fn show_complaints(&self, ui: &mut Ui) {
        for complaint in &self.complaints {
            ui.add(Label::new(theme::weak(text!("quiz-left-out", why = complaint.as_str()))).wrap());
        }
    }

    fn show_leave(&self, ui: &mut Ui) -> bool {
        text_button(ui, text!("quiz-leave"), 96.0, text!("quiz-leave"), "", ButtonState::READY).clicked()
    }
}

/// Where the cases may come from.
fn show_choice(ui: &mut Ui, actions: &mut Vec<CasesAction>) {
    heading_row(ui, text!("quiz-title"), |_| ());
    ui.add_space(4.0);
    ui.add(Label::new(theme::weak(text!("quiz-about"))).wrap());
    ui.add_space(14.0);
    let choices = [
        (text!("quiz-gallery"), text!("quiz-gallery-about"), CasesAction::PlayGallery),
        (text!("quiz-this-case"), text!("quiz-this-case-about"), CasesAction::PlayCase),
        (text!("quiz-files"), text!("quiz-files-about"), CasesAction::ChooseQuiz),
    ];
    for (name, about, action) in choices {
        ui.horizontal(|ui| {
            ui.set_min_height(theme::ICON_BUTTON);
            if flush_button(ui, name, 220.0, name, about, ButtonState::READY).clicked() {
                actions.push(action);
            }
            ui.add(Label::new(theme::caption(about)).wrap());
        });
        ui.add_space(6.0);
    }
}
