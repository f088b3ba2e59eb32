//! A course is made on a thread of its own: two cases are solved and a dozen masks drawn, which takes seconds.

use std::sync::Arc;

use eframe::egui::Context;

use crate::background::Job;
use crate::cases::CaseRecipe;
use crate::cases::visits::{Course, Placement};
use crate::mask::Mask;
use crate::studio::texts::{self, text};

/// Months of the visits of a clinic.
const CLINIC_MONTHS: [f64; 5] = [0.0, 1.0, 3.0, 6.0, 12.0];
/// Months of a slider that moves smoothly.
const EVERY_MONTH: [f64; 13] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

/// When the eye is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Pace {
    #[default]
    Clinic,
    Monthly,
}

/// What a course is made from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CourseOrder {
    pub first: CaseRecipe,
    /// That the first builds on.
    pub base: Option<Mask>,
    pub last: CaseRecipe,
    pub placement: Placement,
    pub pace: Pace,
}

/// What became of an order: the course, or why there is none.
pub(super) type Outcome = Result<Arc<Course>, String>;

impl CourseOrder {
    fn made(&self) -> Outcome {
        let months: &[f64] = match self.pace {
            Pace::Clinic => &CLINIC_MONTHS,
            Pace::Monthly => &EVERY_MONTH,
        };
        let recipes = [&self.first, &self.last];
        let bases = [self.base.as_ref(), None];
        let course = Course::between(recipes, bases, months, self.placement, self.first.seed);
        course.map(Arc::new).map_err(|error| error.to_string())
    }
}

/// The course that is being made.
#[derive(Default)]
pub(super) struct Making {
    job: Option<(CourseOrder, Job<Outcome>)>,
}

impl Making {
    /// Whether a course is being made.
    pub fn is_busy(&self) -> bool {
        self.job.is_some()
    }

    /// Makes a course, unless another one is being made: it is then asked for again.
    pub fn start(&mut self, order: CourseOrder, context: &Context) {
        if self.job.is_some() {
            return;
        }
        let (work, context) = (order.clone(), context.clone());
        let wake = Arc::new(move || context.request_repaint());
        let started = Job::start("course", wake, texts::job_in_this_language(move |_| work.made()));
        let job = started.unwrap_or_else(|error| Job::done(Err(text!("cases-cannot-solve", %error))));
        self.job = Some((order, job));
    }

    /// The order that was carried out since the last call, and what became of it.
    pub fn finished(&mut self) -> Option<(CourseOrder, Outcome)> {
        let outcome = self.job.as_ref()?.1.answer()?;
        let outcome = outcome.unwrap_or_else(|_| Err(text!("cases-failed").to_owned()));
        self.job.take().map(|(order, _)| (order, outcome))
    }
}
