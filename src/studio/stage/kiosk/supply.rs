//! Eyes for the kiosk: the templates of designed cases, or the cases that were brought along, solved one after the other on
//! a thread of their own, round and round, every round with other seeds.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::captions::{Caption, is_healthy};
use crate::background::{Receiver, Sender, Wake, queue, start_thread};
use crate::cases::{CaseError, TEMPLATES};
use crate::device::processor_share::{self, Work};
use crate::document::Document;
use crate::formats::case_file::{CaseContent, CaseFile};

/// Size of an eye on show: smaller than a scan of a clinic, so that a processor alone draws it while a hand moves.
pub const SIZE_PX: [u32; 2] = [512, 432];
/// Eyes that wait to be shown.
const AHEAD: usize = 2;
/// Seeds of templates stay below this.
const SEED_RANGE: u64 = 100_000;

/// A solved case.
#[derive(Clone, Debug)]
pub struct MadeEye {
    pub caption: Caption,
    /// From 0.
    pub round: u64,
    pub document: Document,
}

/// Where the next eye comes from.
pub struct Supply {
    receiver: Receiver<MadeEye>,
}

impl Supply {
    /// Starts the thread, which ends with this value; `wake` is called when an eye lies there. Without cases of its own
    /// it shows the templates; with them, them and the healthy templates, for the game needs healthy eyes.
    ///
    /// # Errors
    /// If the system grants no thread.
    pub fn start(own: Vec<CaseFile>, wake: Wake) -> std::io::Result<Self> {
        let (sender, receiver) = queue(AHEAD);
        start_thread("kiosk eyes", move || {
            processor_share::step_back(Work::Synthesis);
            make(&own, &sender, &wake);
        })?;
        Ok(Self { receiver })
    }

    /// The next eye, if it is there.
    pub fn take(&self) -> Option<MadeEye> {
        self.receiver.try_recv().ok()
    }
}

/// Makes eyes until nobody takes them, or until none of a whole round can be made.
fn make(own: &[CaseFile], sender: &Sender<MadeEye>, wake: &Wake) {
    for round in 0_u64.. {
        let mut made = 0;
        for (caption, case) in cases(own, round) {
            let Some(document) = document(&case) else { continue };
            made += 1;
            if sender.send(MadeEye { caption, round, document }).is_err() {
                return;
            }
            wake();
        }
        if made == 0 {
            return;
        }
    }
}

/// The labels of a case as a document without a scan; nothing where they cannot be made, which the log says.
fn document(case: &CaseFile) -> Option<Document> {
    let attempt = AssertUnwindSafe(|| case.made().map(|made| made.document()));
    let outcome: Result<Result<Document, CaseError>, _> = catch_unwind(attempt);
    match outcome {
        Ok(Ok(document)) => Some(document),
        Ok(Err(error)) => {
            tracing::warn!("{}: {error}", case.title);
            None
        }
        Err(_) => None,
    }
}

/// The cases of a round, with what is said of them.
fn cases(own: &[CaseFile], round: u64) -> Vec<(Caption, CaseFile)> {
    let templates = TEMPLATES.iter().enumerate().filter(|(index, _)| own.is_empty() || is_healthy(*index));
    let templates = templates.filter_map(|(index, template)| {
        let mut recipe = template.recipe().ok()?;
        recipe.seed = seed_of_round(recipe.seed, round);
        [recipe.scan.columns, recipe.scan.rows] = SIZE_PX.map(Some);
        let mut case = CaseFile::of_recipe(&recipe, None);
        // The noise is another eye's, too: another speckle.
        case.picture.seed = recipe.seed + 1;
        Some((Caption::Template(index), case))
    });
    let brought = own.iter().map(|case| {
        let words = [case.title.clone(), case.about.clone()];
        (Caption::Own(words.into()), of_round(case, round))
    });
    brought.chain(templates).collect()
}

/// A case as it was sent in the first round, and with other seeds after it. An image of the kiosk's own size where the
/// recipe leaves it open.
fn of_round(case: &CaseFile, round: u64) -> CaseFile {
    let mut case = case.clone();
    case.picture.seed = seed_of_round(case.picture.seed, round);
    if let CaseContent::Recipe { recipe, base } = &mut case.content {
        recipe.seed = seed_of_round(recipe.seed, round);
        let scan = &mut recipe.scan;
        if base.is_none() && scan.columns.is_none() && scan.rows.is_none() {
            [scan.columns, scan.rows] = SIZE_PX.map(Some);
        }
    }
    case
}

fn seed_of_round(seed: u64, round: u64) -> u64 {
    if round == 0 { seed } else { seed.wrapping_add(round.wrapping_mul(7919)) % SEED_RANGE }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{CaseRecipe, Template};

    #[test]
    fn every_template_is_met_at_the_size_of_the_kiosk_and_rounds_differ() {
        let seeds = |round: u64| cases(&[], round).iter().map(|(_, case)| seed(case)).collect::<Vec<u64>>();
        assert_eq!(seeds(0).len(), TEMPLATES.len());
        assert_ne!(seeds(0), seeds(1));
        for (_, case) in cases(&[], 0) {
            let made = case.made().unwrap_or_else(|error| panic!("{}: {error}", case.title));
            assert_eq!([made.mask.width(), made.mask.height()], SIZE_PX, "{}", case.title);
        }
    }

    fn seed(case: &CaseFile) -> u64 {
        let CaseContent::Recipe { recipe, .. } = &case.content else { panic!("a recipe") };
        recipe.seed
    }

    #[test]
    fn cases_that_were_brought_along_come_first_and_the_game_keeps_its_healthy_eyes() {
        let recipe: CaseRecipe = Template::named("csc").expect("a template").recipe().expect("a recipe");
        let mut own = CaseFile::of_recipe(&recipe, None);
        own.title = "My case".to_owned();
        let first = cases(std::slice::from_ref(&own), 0);
        assert_eq!((first.len(), first[0].0.words()[0], seed(&first[0].1)), (3, "My case", recipe.seed));
        assert!(first[1..].iter().all(|(caption, _)| caption.is_healthy()) && !first[0].0.is_healthy());
        assert_ne!(seed(&cases(&[own], 1)[0].1), recipe.seed);
    }

    #[test]
    fn eyes_come_one_after_the_other_in_the_order_of_the_templates() {
        let supply = Supply::start(Vec::new(), std::sync::Arc::new(|| {})).expect("a thread");
        let mut eyes = Vec::new();
        let begun = std::time::Instant::now();
        while eyes.len() < 3 {
            assert!(begun.elapsed().as_secs() < 60, "only {} in a minute", eyes.len());
            eyes.extend(supply.take().map(|eye| (eye.caption, eye.round)));
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        assert_eq!(eyes, [0, 1, 2].map(|index| (Caption::Template(index), 0)));
    }
}
