//! The synthetic scans of the visits, which come one after the other.

use eframe::egui::{Context, Label, Ui};

use super::retina_picture::{RetinaPicture, common_rows};
use crate::cases::visits::Course;
use crate::formats::case_file::{CasePicture, USUAL_STEPS};
use crate::scan::GreyImage;
use crate::studio::stage::ScanQueue;
use crate::studio::texts::text;
use crate::studio::widgets::busy_mark::BusyMark;
use crate::studio::widgets::theme;

/// One a visit.
#[derive(Default)]
pub(super) struct VisitScans {
    visits: Vec<VisitScan>,
    complaint: Option<String>,
}

struct VisitScan {
    /// Of the wish, until it is met.
    number: Option<u64>,
    image: Option<GreyImage>,
    /// Once it was in view.
    picture: Option<RetinaPicture>,
}

impl VisitScans {
    /// Wishes for the scan of every visit: with the same noise where only the disease is to change.
    pub fn wish(course: &Course, queue: &mut ScanQueue) -> Self {
        let visits = course.visits.iter().enumerate().map(|(index, visit)| {
            let picture = CasePicture { seed: course.noise_seed(index), steps: USUAL_STEPS };
            let number = queue.wish(visit.mask.clone(), course.frame.spacing(), picture);
            VisitScan { number: Some(number), image: None, picture: None }
        });
        Self { visits: visits.collect(), complaint: None }
    }

    /// Whether scans were wished for.
    pub fn were_wished(&self) -> bool {
        !self.visits.is_empty()
    }

    /// Whether a wish is one of these and not met yet.
    pub fn expects(&self, number: u64) -> bool {
        self.visits.iter().any(|visit| visit.number == Some(number))
    }

    /// Takes a scan, or why it does not come.
    pub fn take(&mut self, number: u64, outcome: Result<GreyImage, String>) {
        let Some(visit) = self.visits.iter_mut().find(|visit| visit.number == Some(number)) else { return };
        visit.number = None;
        match outcome {
            Ok(image) => visit.image = Some(image),
            Err(message) => self.complaint = Some(message),
        }
    }

    /// Whether more may come.
    pub fn are_awaited(&self) -> bool {
        self.visits.iter().any(|visit| visit.number.is_some())
    }

    /// How many are there, of how many.
    fn progress(&self) -> [usize; 2] {
        [self.visits.iter().filter(|visit| visit.image.is_some()).count(), self.visits.len()]
    }

    /// All of them; none where any is missing.
    pub fn all(&self) -> Vec<GreyImage> {
        let images: Option<Vec<GreyImage>> = self.visits.iter().map(|visit| visit.image.clone()).collect();
        images.unwrap_or_default()
    }

    /// The scan of a visit as it is shown, if it is there.
    pub fn picture(&mut self, index: usize, course: &Course, context: &Context) -> Option<&RetinaPicture> {
        let VisitScan { image, picture, .. } = self.visits.get_mut(index)?;
        let image = image.as_ref()?;
        Some(picture.get_or_insert_with(|| RetinaPicture::of_scan(context, image, common_rows(course))))
    }
}

/// Says how far the scans are, or why there are none; else that they are synthetic.
pub(super) fn show_progress(ui: &mut Ui, scans: &VisitScans) {
    if scans.are_awaited() {
        let [there, of] = scans.progress();
        ui.add(BusyMark::new(14.0, theme::ACCENT));
        ui.label(theme::caption(text!("course-drawing", there, of)));
    } else if let Some(complaint) = &scans.complaint {
        ui.add(Label::new(theme::caption(text!("course-no-scans", why = complaint.as_str()))).wrap());
    } else {
        ui.label(theme::caption(text!("quiz-synthetic")));
    }
}
