//! Eyes for the kiosk: the templates of designed cases, solved one after the other on a thread of their own, round and
//! round, every round with other seeds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::background::{Receiver, Sender, Wake, queue, start_thread};
use crate::cases::{CaseRecipe, SolvedCase, TEMPLATES, solve};
use crate::device::processor_share::{self, Work};
use crate::document::Document;
use crate::scan::BScan;

/// Size of an eye on show: smaller than a scan of a clinic, so that a processor alone draws it while a hand moves.
pub const SIZE_PX: [u32; 2] = [512, 432];
/// Eyes that wait to be shown.
const AHEAD: usize = 2;
/// Seeds of templates stay below this.
const SEED_RANGE: u64 = 100_000;

/// A solved case.
#[derive(Clone, Debug)]
pub struct MadeEye {
    /// Of [`TEMPLATES`].
    pub template: usize,
    /// From 0.
    pub round: u64,
    pub document: Document,
}

/// Where the next eye comes from.
pub struct Supply {
    receiver: Receiver<MadeEye>,
}

impl Supply {
    /// Starts the thread, which ends with this value; `wake` is called when an eye lies there.
    ///
    /// # Errors
    /// If the system grants no thread.
    pub fn start(wake: Wake) -> std::io::Result<Self> {
        let (sender, receiver) = queue(AHEAD);
        start_thread("kiosk eyes", move || {
            processor_share::step_back(Work::Synthesis);
            make(&sender, &wake);
        })?;
        Ok(Self { receiver })
    }

    /// The next eye, if it is there.
    pub fn take(&self) -> Option<MadeEye> {
        self.receiver.try_recv().ok()
    }
}

/// Makes eyes until nobody takes them, or until none of a whole round can be made.
fn make(sender: &Sender<MadeEye>, wake: &Wake) {
    for round in 0_u64.. {
        let mut made = 0;
        for (template, recipe) in recipes(round) {
            let outcome = catch_unwind(AssertUnwindSafe(|| solve(&recipe, None)));
            let case = match outcome {
                Ok(Ok(case)) => case,
                Ok(Err(error)) => {
                    tracing::warn!("{}: {error}", recipe.name);
                    continue;
                }
                Err(_) => continue,
            };
            made += 1;
            if sender.send(MadeEye { template, round, document: document(&recipe, &case) }).is_err() {
                return;
            }
            wake();
        }
        if made == 0 {
            return;
        }
    }
}

/// The recipes of a round, with their templates.
fn recipes(round: u64) -> impl Iterator<Item = (usize, CaseRecipe)> {
    TEMPLATES.iter().enumerate().filter_map(move |(index, template)| {
        let mut recipe = template.recipe().ok()?;
        recipe.seed = recipe.seed.wrapping_add(round.wrapping_mul(7919)) % SEED_RANGE;
        [recipe.scan.columns, recipe.scan.rows] = SIZE_PX.map(Some);
        Some((index, recipe))
    })
}

/// A case as a document without a scan. The seed of its noise is its own: another eye, another speckle.
fn document(recipe: &CaseRecipe, case: &SolvedCase) -> Document {
    let scan = BScan {
        laterality: Some(recipe.eye),
        fovea_column: Some(case.frame.fovea_column as f32),
        spacing: Some(case.frame.spacing()),
        ..BScan::placeholder(case.mask.width(), case.mask.height(), recipe.name.clone())
    };
    let mut document = Document::from_scan(scan, case.mask.clone());
    document.noise_seed = recipe.seed + 1;
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_met_at_the_size_of_the_kiosk_and_rounds_differ() {
        let seeds = |round: u64| recipes(round).map(|(_, recipe)| recipe.seed).collect::<Vec<u64>>();
        assert_eq!(seeds(0).len(), TEMPLATES.len());
        assert_ne!(seeds(0), seeds(1));
        for (template, recipe) in recipes(0) {
            let case = solve(&recipe, None).unwrap_or_else(|error| panic!("{}: {error}", recipe.name));
            assert_eq!([case.mask.width(), case.mask.height()], SIZE_PX, "{}", TEMPLATES[template].key);
        }
    }

    #[test]
    fn eyes_come_one_after_the_other_in_the_order_of_the_templates() {
        let supply = Supply::start(std::sync::Arc::new(|| {})).expect("a thread");
        let mut eyes = Vec::new();
        let begun = std::time::Instant::now();
        while eyes.len() < 3 {
            assert!(begun.elapsed().as_secs() < 60, "only {} in a minute", eyes.len());
            eyes.extend(supply.take().map(|eye| (eye.template, eye.round)));
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(eyes, [(0, 0), (1, 0), (2, 0)]);
    }
}
