//! A round of questions as it is played: which one is asked, what was drawn so far, how it was graded, the results.
//!
//! The page in a browser (`assets/quiz/quiz.html`) plays the same way and writes the same table.

use super::grading::{FluidGrade, LineGrade, grade_fluid, grade_line};
use super::questions::{Answer, QuizQuestion};
use crate::mask::capsule_runs;

/// Radius of the disc that marks fluid, as on the page in a browser.
pub const MARK_RADIUS_PX: f32 = 7.0;

/// A scan with its questions, as far as answers are graded by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// Never what its folder or recipe is called: that may tell the answer.
    pub name: String,
    /// Columns of its scan.
    pub width: u32,
    /// Rows of its scan.
    pub height: u32,
    /// Size of a pixel down, in µm.
    pub axial_um: f64,
    /// In the order in which they are asked.
    pub questions: Vec<QuizQuestion>,
}

/// How an answer was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AnswerOutcome {
    /// One of several answers.
    Choice {
        /// Index of the answer that was given.
        chosen: usize,
        /// Index of the right one.
        correct: usize,
    },
    /// How far the drawn line lies from the interface.
    Line(LineGrade),
    /// How well the marked fluid covers that of the mask.
    Fluid(FluidGrade),
}

impl AnswerOutcome {
    /// 0 to 1.
    pub fn points(&self) -> f64 {
        match self {
            Self::Choice { chosen, correct } => f64::from(u8::from(chosen == correct)),
            Self::Line(grade) => grade.points,
            Self::Fluid(grade) => grade.points,
        }
    }
}

/// A line of the results.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerLine {
    /// Title of the case.
    pub case: String,
    /// Which question, by its stable name.
    pub question: &'static str,
    /// What was answered.
    pub answer: String,
    /// What the mask says.
    pub truth: String,
    /// Of 1.
    pub points: f64,
}

/// Questions under way. More scans may be added while it is played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    sheets: Vec<Sheet>,
    /// Position in `sheets`, and in its questions.
    sheet: usize,
    question: usize,
    /// Row in every column, for a line that is asked for.
    drawn: Vec<Option<f32>>,
    /// Row-major, for fluid that is asked for.
    marked: Vec<bool>,
    outcome: Option<AnswerOutcome>,
    results: Vec<AnswerLine>,
}

impl Round {
    /// Adds a scan behind the others; one without questions is left out.
    pub fn add(&mut self, sheet: Sheet) {
        if sheet.questions.is_empty() {
            return;
        }
        let was_waiting = self.task().is_none();
        self.sheets.push(sheet);
        if was_waiting {
            self.clear();
        }
    }

    /// The question that is asked, and its scan; nothing behind the last.
    pub fn task(&self) -> Option<(&Sheet, &QuizQuestion)> {
        let sheet = self.sheets.get(self.sheet)?;
        Some((sheet, sheet.questions.get(self.question)?))
    }

    /// Position of the scan that is asked about.
    pub fn sheet_index(&self) -> usize {
        self.sheet
    }

    /// Number of the question from 1, and of all that there are so far.
    pub fn progress(&self) -> [usize; 2] {
        let before: usize = self.sheets.iter().take(self.sheet).map(|sheet| sheet.questions.len()).sum();
        let all = self.sheets.iter().map(|sheet| sheet.questions.len()).sum();
        [(before + self.question + 1).min(all), all]
    }

    /// The line that was drawn: a row in every column.
    pub fn drawn(&self) -> &[Option<f32>] {
        &self.drawn
    }

    /// The pixels that were marked, row-major.
    pub fn marked(&self) -> &[bool] {
        &self.marked
    }

    /// How the answer was, once it is given.
    pub fn outcome(&self) -> Option<AnswerOutcome> {
        self.outcome
    }

    /// The answers so far.
    pub fn results(&self) -> &[AnswerLine] {
        &self.results
    }

    /// Points of all answers together.
    pub fn points(&self) -> f64 {
        self.results.iter().map(|line| line.points).sum()
    }

    /// Chooses an answer; the first word counts.
    pub fn choose(&mut self, chosen: usize) {
        let Some((_, QuizQuestion { answer: Answer::Choice { options, correct }, .. })) = self.task() else {
            return;
        };
        let (Some(answer), Some(truth)) = (options.get(chosen), options.get(*correct)) else { return };
        let (answer, truth, correct) = (answer.clone(), truth.clone(), *correct);
        self.record(AnswerOutcome::Choice { chosen, correct }, answer, truth);
    }

    /// Draws from one point of the image to another: the line, or fluid, which is taken away where `erases`.
    pub fn draw(&mut self, from: [f32; 2], to: [f32; 2], erases: bool) {
        if self.outcome.is_some() || [from, to].concat().iter().any(|value| !value.is_finite()) {
            return;
        }
        let Some((sheet, question)) = self.task() else { return };
        let (width, height) = (sheet.width, sheet.height);
        match question.answer {
            Answer::Choice { .. } => {}
            Answer::Line { .. } => draw_line(&mut self.drawn, height, from, to),
            Answer::Fluid { .. } => {
                for (y, x0, x1) in capsule_runs(from, to, MARK_RADIUS_PX, width, height) {
                    let row = y as usize * width as usize;
                    self.marked[row + x0 as usize..row + x1 as usize].fill(!erases);
                }
            }
        }
    }

    /// Grades what was drawn.
    pub fn check(&mut self) {
        let Some((sheet, question)) = self.task() else { return };
        match &question.answer {
            Answer::Choice { .. } => {}
            Answer::Line { rows } => {
                let grade = grade_line(&self.drawn, rows, sheet.axial_um);
                let answer = format!("{:.1} um off, {:.0} % drawn", grade.mean_um, grade.drawn * 100.0);
                self.record(AnswerOutcome::Line(grade), answer, "0 um".to_owned());
            }
            Answer::Fluid { lesions } => {
                let grade = grade_fluid(&self.marked, sheet.width, lesions);
                let answer = format!("Dice {:.2}, {} of {} missed", grade.dice, grade.missed, grade.lesions);
                let truth = format!("{} regions", grade.lesions);
                self.record(AnswerOutcome::Fluid(grade), answer, truth);
            }
        }
    }

    fn record(&mut self, outcome: AnswerOutcome, answer: String, truth: String) {
        let Some((sheet, question)) = self.task().filter(|_| self.outcome.is_none()) else { return };
        let (case, question) = (sheet.name.clone(), question.id);
        self.results.push(AnswerLine { case, question, answer, truth, points: outcome.points() });
        self.outcome = Some(outcome);
    }

    /// Goes on to the next question once this one is answered.
    pub fn go_on(&mut self) {
        if self.outcome.is_none() {
            return;
        }
        self.question += 1;
        if self.sheets.get(self.sheet).is_some_and(|sheet| self.question >= sheet.questions.len()) {
            (self.sheet, self.question) = (self.sheet + 1, 0);
        }
        self.clear();
    }

    /// The same questions from the first on.
    pub fn begin_again(&mut self) {
        *self = Self { sheets: std::mem::take(&mut self.sheets), ..Self::default() };
        self.clear();
    }

    fn clear(&mut self) {
        let size = self.task().map_or([0; 2], |(sheet, _)| [sheet.width as usize, sheet.height as usize]);
        self.drawn = vec![None; size[0]];
        self.marked = vec![false; size[0] * size[1]];
        self.outcome = None;
    }

    /// The answers as a table, one line each; cells that a spreadsheet would compute are made words.
    pub fn csv(&self) -> String {
        let cell = |text: &str| {
            let sign = if text.starts_with(['=', '+', '@', '-']) { "'" } else { "" };
            format!("\"{sign}{}\"", text.replace('"', "\"\""))
        };
        let mut table = "case,question,answer,truth,points\r\n".to_owned();
        for line in &self.results {
            let points = format!("{:.4}", line.points);
            let cells = [&line.case, line.question, &line.answer, &line.truth, &points].map(cell);
            table += &format!("{}\r\n", cells.join(","));
        }
        table
    }
}

/// Sets the rows of the columns between two points, both included.
fn draw_line(drawn: &mut [Option<f32>], height: u32, from: [f32; 2], to: [f32; 2]) {
    let last = drawn.len().saturating_sub(1) as f32;
    let place = |x: f32| x.floor().clamp(0.0, last);
    let (first, end) = (place(from[0]), place(to[0]));
    let columns = (end - first).abs() as usize;
    for step in 0..=columns {
        let share = if columns == 0 { 1.0 } else { step as f32 / columns as f32 };
        let row = (from[1] + (to[1] - from[1]) * share).clamp(0.0, height as f32 - 1.0);
        let column = first + (end - first) * share;
        if let Some(drawn) = drawn.get_mut(column.round() as usize) {
            *drawn = Some(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(id: &'static str, answer: Answer) -> QuizQuestion {
        QuizQuestion { id, text: String::new(), answer, explanation: String::new(), facts: None }
    }

    fn sheet(name: &str) -> Sheet {
        let options = vec!["Yes".to_owned(), "No".to_owned()];
        let rows = (0..40).map(|x| Some(10.0 + x as f32 / 4.0)).collect();
        let lesions = vec![(10..20).map(|y| (y, 5, 20)).collect()];
        let questions = vec![
            question("irf", Answer::Choice { options, correct: 1 }),
            question("draw_ilm", Answer::Line { rows }),
            question("mark_fluid", Answer::Fluid { lesions }),
        ];
        Sheet { name: name.to_owned(), width: 40, height: 30, axial_um: 4.0, questions }
    }

    #[test]
    fn a_round_is_played_to_its_end_and_scored() {
        let mut round = Round::default();
        assert_eq!(round.task(), None);
        round.add(sheet("=1+1"));
        assert_eq!(round.progress(), [1, 3]);
        round.choose(5);
        round.check();
        round.go_on();
        assert!(round.outcome().is_none() && round.results().is_empty(), "there is no such answer");
        round.choose(1);
        round.choose(0);
        assert_eq!(round.outcome(), Some(AnswerOutcome::Choice { chosen: 1, correct: 1 }));
        round.go_on();
        round.draw([0.0, 10.0], [39.5, 19.75], false);
        round.check();
        let Some(AnswerOutcome::Line(grade)) = round.outcome() else { panic!("a line") };
        assert!(grade.drawn == 1.0 && grade.mean_um < 1.0, "{grade:?}");
        round.go_on();
        round.draw([5.0, 2.0], [35.0, 2.0], false);
        round.draw([5.0, 2.0], [35.0, 2.0], true);
        assert!(!round.marked().contains(&true), "what was taken away is gone");
        round.draw([12.0, 15.0], [13.0, 15.0], false);
        round.check();
        let Some(AnswerOutcome::Fluid(grade)) = round.outcome() else { panic!("fluid") };
        assert!(grade.dice > 0.7 && grade.missed == 0, "{grade:?}");
        round.go_on();
        assert_eq!((round.task(), round.results().len()), (None, 3));
        let csv = round.csv();
        let lines: Vec<&str> = csv.split("\r\n").collect();
        assert_eq!((lines.len(), lines[0]), (5, "case,question,answer,truth,points"));
        assert_eq!(lines[1], "\"'=1+1\",\"irf\",\"No\",\"No\",\"1.0000\"");
        round.begin_again();
        assert_eq!((round.progress(), round.results().len()), ([1, 3], 0));
    }

    #[test]
    fn scans_come_while_others_are_asked_about() {
        let mut round = Round::default();
        round.add(sheet("one"));
        for _ in 0..3 {
            round.choose(1);
            round.check();
            round.go_on();
        }
        assert_eq!(round.task(), None);
        round.add(Sheet { questions: Vec::new(), ..sheet("none") });
        assert_eq!(round.task(), None);
        round.add(sheet("two"));
        assert_eq!(round.task().map(|(sheet, _)| sheet.name.as_str()), Some("two"));
        assert_eq!((round.progress(), round.sheet_index(), round.marked().len()), ([4, 6], 1, 1200));
        for wild in [[f32::NAN, 0.0], [f32::INFINITY, 3.0], [-1e9, 1e9]] {
            round.choose(1);
            round.go_on();
            round.draw(wild, [3.0, 4.0], false);
        }
        assert!(round.drawn().iter().flatten().all(|row| (0.0..30.0).contains(row)));
    }
}
