//! The other picture of a comparison: what stands in for the real scan when two syntheses are compared.
//!
//! Both have the same noise. The comparison is drawn whole and at all its steps whenever the picture on screen is
//! complete, so it never holds the brush up.

use super::recent::RecentPicture;
use crate::scan::GreyImage;
use crate::studio::synthesis::quality::quality_in_words;
use crate::studio::texts::text;
use crate::worker::{LoadedModel, ModelSource, PictureImage, Request};

/// What the synthetic scan is compared with.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ComparedWith {
    /// The real scan.
    #[default]
    RealScan,
    /// A picture that was kept: of another mask, an earlier state, other settings.
    Kept,
    /// The same mask and noise in another number of steps.
    Steps(u32),
    /// The same mask, noise and steps by another model.
    Model(ModelSource),
}

/// A comparison that is there.
#[derive(Clone)]
pub struct ComparedImage {
    /// Of the mask's size.
    pub image: PictureImage,
    /// What it is, for the caption.
    pub title: String,
}

/// The choice, the picture it led to, and the one under way.
#[derive(Default)]
pub struct ComparisonPicture {
    choice: ComparedWith,
    kept: Option<RecentPicture>,
    /// The request that the picture answers, and the picture.
    drawn: Option<(Request, ComparedImage)>,
    /// Job number and request of the one under way.
    pending: Option<(u64, Request)>,
    /// What could not be drawn is not asked for again until something changes.
    refused: Option<Request>,
    /// Rises whenever another picture is to be shown.
    version: u64,
}

impl ComparisonPicture {
    /// What was chosen.
    pub fn choice(&self) -> &ComparedWith {
        &self.choice
    }

    /// Chooses anew.
    pub fn choose(&mut self, choice: ComparedWith) {
        if self.choice != choice {
            self.choice = choice;
            self.drawn = None;
            self.pending = None;
            self.refused = None;
            self.version += 1;
        }
    }

    /// Compares with a kept picture from now on.
    pub fn keep(&mut self, picture: &RecentPicture) {
        self.choose(ComparedWith::Kept);
        self.kept = Some(picture.clone());
        self.version += 1;
    }

    /// Forgets all pictures: another page or document is shown.
    pub fn forget(&mut self) {
        let version = self.version + 1;
        *self = Self { choice: std::mem::take(&mut self.choice), version, ..Self::default() };
        if self.choice == ComparedWith::Kept {
            self.choice = ComparedWith::RealScan;
        }
    }

    /// Goes on with another synthesis thread: what is under way is to be asked for again. A kept picture on
    /// the graphics device is gone with it.
    pub fn start_over(&mut self) {
        self.pending = None;
        self.refused = None;
        if self.kept.as_ref().is_some_and(|kept| kept.image.is_on_device()) {
            self.forget();
        }
    }

    /// The picture to compare with; `None` for the real scan and while there is none yet.
    pub fn picture(&self) -> Option<ComparedImage> {
        match &self.choice {
            ComparedWith::RealScan => None,
            ComparedWith::Kept => self.kept.as_ref().map(|kept| ComparedImage {
                image: kept.image.clone(),
                title: text!("compare-kept-picture", number = %kept.number),
            }),
            ComparedWith::Steps(_) | ComparedWith::Model(_) => {
                self.drawn.as_ref().map(|(_, picture)| picture.clone())
            }
        }
    }

    /// Rises whenever [`ComparisonPicture::picture`] changes.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether a picture was kept to compare with.
    pub fn has_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether one is being drawn.
    pub fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Whether a job is to draw it.
    pub fn is_waiting_for(&self, job: u64) -> bool {
        self.pending.as_ref().is_some_and(|(pending, _)| *pending == job)
    }

    /// The request of the comparison of a picture that is on screen and complete, if it is still to be drawn;
    /// with the model that should draw it. Answers to [`ComparisonPicture::note_request`].
    pub fn wanted(&self, shown: &Request) -> Option<(Request, Option<ModelSource>)> {
        let mut request = Request { full_frame: true, ..shown.clone() };
        let model = match &self.choice {
            ComparedWith::RealScan | ComparedWith::Kept => return None,
            ComparedWith::Steps(steps) => {
                request.refine_steps = *steps;
                None
            }
            ComparedWith::Model(source) => Some(source.clone()),
        };
        let is_same = |other: &Request| other.asks_the_same(&request);
        let is_there = self.drawn.as_ref().is_some_and(|(drawn, _)| is_same(drawn))
            || self.pending.as_ref().is_some_and(|(_, pending)| is_same(pending))
            || self.refused.as_ref().is_some_and(is_same);
        (!is_there && request.recipe.unchanged_scan().is_none()).then_some((request, model))
    }

    /// Notes that a comparison was asked for as a job.
    pub fn note_request(&mut self, job: u64, request: Request) {
        self.pending = Some((job, request));
    }

    /// Takes a picture that came back; answers whether it was the comparison's.
    pub fn take(&mut self, job: u64, image: &GreyImage, model: &LoadedModel) -> bool {
        let Some((_, request)) = self.pending.take_if(|(pending, _)| *pending == job) else { return false };
        let steps = request.refine_steps;
        let title = match &self.choice {
            ComparedWith::Model(_) => model.name.clone(),
            _ => quality_in_words(steps),
        };
        self.version += 1;
        self.drawn = Some((request, ComparedImage { image: PictureImage::Cpu(image.clone()), title }));
        true
    }

    /// Takes the news that a job failed; answers whether it was the comparison's.
    pub fn fail(&mut self, job: u64) -> bool {
        let Some((_, request)) = self.pending.take_if(|(pending, _)| *pending == job) else { return false };
        self.refused = Some(request);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Mask;
    use crate::worker::Recipe;

    fn request(seed: u64) -> Request {
        Request {
            job: 1,
            page: 0,
            mask: Mask::unannotated(8, 8),
            spacing: None,
            seed,
            refine_steps: 8,
            recipe: Recipe::default(),
            full_frame: false,
        }
    }

    #[test]
    fn a_comparison_is_asked_for_once_and_again_when_the_picture_changes() {
        let mut comparison = ComparisonPicture::default();
        assert_eq!(comparison.wanted(&request(1)), None, "the real scan needs no drawing");
        comparison.choose(ComparedWith::Steps(2));
        let (wanted, model) = comparison.wanted(&request(1)).expect("a comparison");
        assert_eq!((wanted.refine_steps, wanted.full_frame, model), (2, true, None));
        comparison.note_request(9, wanted);
        assert_eq!(comparison.wanted(&request(1)), None);
        let image = GreyImage::new(8, 8, vec![3; 64]);
        assert!(!comparison.take(8, &image, &LoadedModel::default()));
        assert!(comparison.take(9, &image, &LoadedModel::default()));
        assert_eq!(comparison.picture().map(|picture| picture.title), Some("2 steps".to_owned()));
        assert_eq!(comparison.wanted(&request(1)), None);
        let (wanted, _) = comparison.wanted(&request(2)).expect("another noise, another comparison");
        comparison.note_request(10, wanted);
        assert!(comparison.fail(10));
        assert_eq!(comparison.wanted(&request(2)), None, "what failed is not tried again and again");
        comparison.choose(ComparedWith::Model(ModelSource::Default));
        assert!(comparison.wanted(&request(2)).is_some_and(|(_, model)| model == Some(ModelSource::Default)));
    }
}
