//! Where the cases of a quiz come from. Files are read and recipes solved on a thread of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use eframe::egui::Context;

use crate::background::{Receiver, Sender, TryRecvError, queue, start_thread};
use crate::cases::{CaseRecipe, TEMPLATES};
use crate::formats::case_file::{CaseFile, MadeCase};
use crate::formats::quiz_page::{self, MAX_QUIZ_CASES, QuizCase};
use crate::formats::read_file;
use crate::mask::Mask;
use crate::mask::random::SeededRandom;
use crate::studio::texts::{self, text};

/// Cases of a round from the gallery.
const FROM_GALLERY: usize = 6;
/// Seeds of its eyes stay below this.
const SEED_RANGE: usize = 100_000;

/// What a quiz is made of.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum QuizSource {
    /// Some templates, as eyes that nobody has seen: a seed says which.
    Gallery { seed: u64 },
    /// One case, and the mask it builds on.
    Case { recipe: Box<CaseRecipe>, base: Option<Mask> },
    /// Pages of quizzes and shared cases.
    Files(Vec<PathBuf>),
}

/// A case that was found.
pub(super) enum Prepared {
    /// With its scan.
    WithScan(Box<QuizCase>),
    /// Whose scan is to be drawn.
    Made(Box<MadeCase>),
    /// None; and why.
    Failed(String),
}

/// Cases as they come.
#[derive(Default)]
pub(super) struct Preparing {
    receiver: Option<Receiver<Prepared>>,
}

impl Preparing {
    /// Starts the thread, which ends with this value.
    pub fn start(source: QuizSource, context: &Context) -> Self {
        let (sender, receiver) = queue(MAX_QUIZ_CASES);
        let (failed, context) = (sender.clone(), context.clone());
        let work = texts::in_this_language(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| prepare(source, &sender)));
            if outcome.is_err() {
                // The page may be gone.
                let _ = sender.send(Prepared::Failed(text!("cases-failed").to_owned()));
            }
            drop(sender);
            context.request_repaint();
        });
        if let Err(error) = start_thread("quiz", work) {
            let _ = failed.send(Prepared::Failed(text!("cases-cannot-solve", %error)));
        }
        Self { receiver: Some(receiver) }
    }

    /// Whether more may come.
    pub fn is_busy(&self) -> bool {
        self.receiver.is_some()
    }

    /// A case that was found since the last call.
    pub fn take_next(&mut self) -> Option<Prepared> {
        match self.receiver.as_ref()?.try_recv() {
            Ok(prepared) => Some(prepared),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.receiver = None;
                None
            }
        }
    }
}

fn prepare(source: QuizSource, sender: &Sender<Prepared>) {
    match source {
        QuizSource::Gallery { seed } => {
            from_gallery(seed).into_iter().for_each(|case| send_made(&case, sender));
        }
        QuizSource::Case { recipe, base } => send_made(&CaseFile::of_recipe(&recipe, base), sender),
        QuizSource::Files(paths) => paths.iter().for_each(|path| read(path, sender)),
    }
}

/// Templates in an order of chance, each with a seed of chance.
fn from_gallery(seed: u64) -> Vec<CaseFile> {
    let mut random = SeededRandom::new(seed);
    let mut order: Vec<usize> = (0..TEMPLATES.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, random.index(last + 1));
    }
    let recipes = order.into_iter().filter_map(|index| TEMPLATES[index].recipe().ok());
    let other_eyes = recipes.map(|recipe| recipe.with_seed(random.index(SEED_RANGE) as u64));
    other_eyes.take(FROM_GALLERY).map(|recipe| CaseFile::of_recipe(&recipe, None)).collect()
}

fn read(path: &Path, sender: &Sender<Prepared>) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let bytes = match read_file(path) {
        Ok(bytes) => bytes,
        Err(error) => return send(Prepared::Failed(error.to_string()), sender),
    };
    if is_quiz_page(path) {
        match quiz_page::read(&bytes, &name) {
            Ok(page) => {
                page.cases.into_iter().for_each(|case| send(Prepared::WithScan(Box::new(case)), sender))
            }
            Err(error) => send(Prepared::Failed(error.to_string()), sender),
        }
        return;
    }
    match CaseFile::read(&bytes, &name) {
        Ok(case) => send_made(&case, sender),
        Err(error) => send(Prepared::Failed(error.to_string()), sender),
    }
}

/// Whether a file is a page of a quiz, by its name.
pub(in crate::studio) fn is_quiz_page(path: &Path) -> bool {
    path.extension().is_some_and(|it| it.eq_ignore_ascii_case("html") || it.eq_ignore_ascii_case("htm"))
}

fn send_made(case: &CaseFile, sender: &Sender<Prepared>) {
    let made = case.made().map(|made| Prepared::Made(Box::new(made)));
    let failed = |error| Prepared::Failed(format!("{}: {error}", case.title));
    send(made.unwrap_or_else(failed), sender);
}

fn send(prepared: Prepared, sender: &Sender<Prepared>) {
    // The page may be gone.
    let _ = sender.send(prepared);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_of_the_gallery_has_six_different_cases() {
        let titles =
            |seed| -> Vec<String> { from_gallery(seed).into_iter().map(|case| case.title).collect() };
        let (first, second) = (titles(3), titles(4));
        assert_eq!((first.len(), &titles(3)), (FROM_GALLERY, &first));
        assert_ne!(first, second);
        assert!((0..first.len()).all(|at| !first[..at].contains(&first[at])), "{first:?}");
    }
}
