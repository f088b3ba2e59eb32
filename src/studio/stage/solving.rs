//! Recipes are solved on a thread of their own: a case takes tenths of a second, a gallery of them seconds.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use eframe::egui::Context;

use crate::background::{Job, Receiver, queue, start_thread};
use crate::cases::{CaseRecipe, SolvedCase, solve};
use crate::mask::Mask;
use crate::studio::texts::{self, text};

/// What a recipe came to: the case, or why there is none.
pub type SolvingResult = Result<Box<SolvedCase>, String>;

/// The recipe being solved, and the templates of the gallery.
#[derive(Default)]
pub struct Solving {
    job: Option<(CaseRecipe, Job<SolvingResult>)>,
    gallery: Option<Receiver<(usize, SolvingResult)>>,
}

impl Solving {
    /// Solves the recipes of a gallery, one after the other, for their pictures.
    pub fn start_gallery(&mut self, recipes: Vec<CaseRecipe>, context: &Context) {
        let (sender, receiver) = queue(recipes.len());
        self.gallery = Some(receiver);
        let context = context.clone();
        // Without a thread the gallery has no pictures; its names and the solver of the chosen case are there.
        let work = move || {
            for (index, recipe) in recipes.iter().enumerate() {
                if sender.send((index, solved(recipe, None))).is_err() {
                    return;
                }
                context.request_repaint();
            }
        };
        let _ = start_thread("case-gallery", texts::in_this_language(work));
    }

    /// A template that was solved since the last call.
    pub fn solved_template(&self) -> Option<(usize, SolvingResult)> {
        self.gallery.as_ref()?.try_recv().ok()
    }

    /// Whether a recipe is being solved.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Solves a recipe on the mask that it builds on, unless another one is being solved: it is then asked for again.
    pub fn start(&mut self, recipe: &CaseRecipe, base: Option<Mask>, context: &Context) {
        if self.job.is_some() {
            return;
        }
        let (requested, context) = (recipe.clone(), context.clone());
        let wake = Arc::new(move || context.request_repaint());
        let work = texts::job_in_this_language(move |_| solved(&requested, base.as_ref()));
        let job = Job::start("case", wake, work)
            .unwrap_or_else(|error| Job::done(Err(text!("cases-cannot-solve", %error))));
        self.job = Some((recipe.clone(), job));
    }

    /// The recipe that was solved since the last call, and what it came to.
    pub fn finished(&mut self) -> Option<(CaseRecipe, SolvingResult)> {
        let outcome = self.job.as_ref()?.1.answer()?;
        let outcome = outcome.unwrap_or_else(|_| Err(text!("cases-failed").to_owned()));
        self.job.take().map(|(recipe, _)| (recipe, outcome))
    }
}

fn solved(recipe: &CaseRecipe, base: Option<&Mask>) -> SolvingResult {
    let attempt = AssertUnwindSafe(|| solve(recipe, base).map(Box::new).map_err(|error| error.to_string()));
    catch_unwind(attempt).unwrap_or_else(|_| Err(text!("cases-failed").to_owned()))
}
