//! The visits between two recipes: both are built with one seed, so that they are of one eye.

use super::{Figures, Placement, Visit, VisitError, series};
use crate::cases::{CaseError, CaseRecipe, Frame, SolvedCase, solve};
use crate::mask::Mask;

/// One eye over time.
#[derive(Clone, Debug)]
pub struct Course {
    /// For people: the case, or the first and the last.
    pub name: String,
    /// In the order of their months.
    pub visits: Vec<Visit>,
    /// Of the first visit, before any placement.
    pub frame: Frame,
    /// Of the eye and of its placement.
    pub seed: u64,
    /// Where the eye lies in each scan.
    pub placement: Placement,
}

/// Why there is no course.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum CourseError {
    #[error("{name}: {error}")]
    Case { name: String, error: CaseError },
    #[error("{first} and {last} are of different scans: give both recipes the same scan and eye")]
    Scans { first: String, last: String },
    #[error(transparent)]
    Visits(#[from] VisitError),
}

impl Course {
    /// The visits at `months` between two recipes; `bases` are the masks that they name. The same seed gives the same
    /// masks.
    ///
    /// # Errors
    /// If a recipe cannot be met, the two are not of one scan, or the months do not ascend.
    pub fn between(
        recipes: [&CaseRecipe; 2],
        bases: [Option<&Mask>; 2],
        months: &[f64],
        placement: Placement,
        seed: u64,
    ) -> Result<Self, CourseError> {
        let build = |index: usize| {
            let recipe = recipes[index];
            let failed = |error| CourseError::Case { name: recipe.name.clone(), error };
            solve(&recipe.with_seed(seed), bases[index]).map_err(failed)
        };
        let (from, to) = (build(0)?, build(1)?);
        let pixel = |frame: &Frame| (frame.axial_um, frame.lateral_um);
        if pixel(&from.frame) != pixel(&to.frame) || recipes[0].eye != recipes[1].eye {
            let [first, last] = recipes.map(|recipe| recipe.name.clone());
            return Err(CourseError::Scans { first, last });
        }
        let visits = series(&from.mask, &to.mask, &from.frame, months, placement, seed)?;
        let name = format!("{} → {}", recipes[0].name, recipes[1].name);
        Ok(Self { name, visits, frame: from.frame, seed, placement })
    }

    /// A case alone, as a course of one visit.
    pub fn of_case(recipe: &CaseRecipe, case: &SolvedCase) -> Self {
        let measured = Figures::of(&case.mask, &case.frame);
        let visit = Visit { month: 0.0, share: 0.0, mask: case.mask.clone(), requested: measured, measured };
        let (name, seed) = (recipe.name.clone(), recipe.seed);
        Self { name, visits: vec![visit], frame: case.frame, seed, placement: Placement::Locked }
    }

    /// Seed of the noise of a visit's synthetic scan: the same at every visit where only the disease is to change, else
    /// a new one.
    pub fn noise_seed(&self, visit: usize) -> u64 {
        match self.placement {
            Placement::Locked => self.seed,
            Placement::Fresh => self.seed.wrapping_add(visit as u64),
        }
    }
}
