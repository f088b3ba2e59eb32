//! "Real or synthetic?": a few scans one after the other, a forced choice for each, the truth after every answer.

use std::time::Duration;

use super::board::{Board, Place};
use super::game_pictures::GameQuestion;

/// Scans of a game.
pub const QUESTIONS: usize = 6;

/// What somebody says of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Taken of an eye.
    Real,
    /// Drawn by the program.
    Synthetic,
}

/// What a game shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum GameStep {
    /// A scan that is to be guessed.
    Question,
    /// What it was, and whether the guess was right.
    Truth { was_right: bool },
    /// All are answered.
    Result(Place),
}

/// A game under way.
#[derive(Clone, Debug)]
pub struct Game {
    questions: Vec<GameQuestion>,
    at: usize,
    step: GameStep,
    right: u32,
    /// When the scan in view was shown.
    since: Duration,
    /// Spent on the answers.
    taken: Duration,
}

impl Game {
    /// A game of these scans; `None` without any.
    pub fn new(questions: Vec<GameQuestion>, now: Duration) -> Option<Self> {
        let game =
            Self { questions, at: 0, step: GameStep::Question, right: 0, since: now, taken: Duration::ZERO };
        (!game.questions.is_empty()).then_some(game)
    }

    /// The scan in view and its number from 0.
    pub fn question(&self) -> (usize, &GameQuestion) {
        (self.at, &self.questions[self.at])
    }

    /// Number of scans.
    pub fn count(&self) -> usize {
        self.questions.len()
    }

    /// What is shown.
    pub fn step(&self) -> GameStep {
        self.step
    }

    /// Right answers so far.
    pub fn right(&self) -> u32 {
        self.right
    }

    /// Says of the scan in view what it is; the first word counts.
    pub fn answer(&mut self, guess: Guess, now: Duration) {
        if self.step != GameStep::Question {
            return;
        }
        let was_right = (guess == Guess::Synthetic) == self.questions[self.at].is_synthetic;
        self.right += u32::from(was_right);
        self.taken += now.saturating_sub(self.since);
        self.step = GameStep::Truth { was_right };
    }

    /// Goes on from the truth to the next scan, or to the result, which goes onto the board.
    pub fn go_on(&mut self, now: Duration, board: &mut Board) {
        let GameStep::Truth { .. } = self.step else { return };
        if self.at + 1 < self.questions.len() {
            self.at += 1;
            (self.step, self.since) = (GameStep::Question, now);
        } else {
            let secs = u32::try_from(self.taken.as_secs()).unwrap_or(u32::MAX);
            self.step = GameStep::Result(board.add(self.right, self.questions.len() as u32, secs));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::GreyImage;

    fn question(is_synthetic: bool) -> GameQuestion {
        GameQuestion { image: GreyImage::new(1, 1, vec![0]), is_synthetic }
    }

    #[test]
    fn answers_count_once_and_only_their_time_is_taken() {
        let mut board = Board::open(None);
        let mut game =
            Game::new(vec![question(true), question(false)], Duration::from_secs(5)).expect("a game");
        let at = Duration::from_secs;
        game.go_on(at(6), &mut board);
        assert_eq!(game.step(), GameStep::Question, "no truth without an answer");
        game.answer(Guess::Synthetic, at(9));
        game.answer(Guess::Real, at(10));
        assert_eq!((game.step(), game.right()), (GameStep::Truth { was_right: true }, 1));
        game.go_on(at(60), &mut board);
        game.answer(Guess::Synthetic, at(63));
        assert_eq!(game.step(), GameStep::Truth { was_right: false });
        game.go_on(at(64), &mut board);
        let GameStep::Result(place) = game.step() else { panic!("{:?}", game.step()) };
        assert_eq!((place.place, place.score.right, place.score.of, place.score.secs), (1, 1, 2, 7));
        game.go_on(at(65), &mut board);
        game.answer(Guess::Real, at(66));
        assert_eq!(board.players(), 1, "a result counts once");
    }

    #[test]
    fn there_is_no_game_without_scans() {
        assert!(Game::new(Vec::new(), Duration::ZERO).is_none());
    }
}
