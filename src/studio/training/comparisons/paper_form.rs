//! The form that reproduces the paper: a request of a chain of commands.

use super::folder_field::{FolderField, FolderState};
use crate::device::DeviceChoice;
use crate::evaluation::experiment::Budget;
use crate::studio::texts::text;
use crate::worker::{ComparisonRequest, PaperRequest};

/// The paper's test subjects.
const USUAL_SUBJECTS: &str = "duke-9,duke-10";

/// What the paper's tables are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaperSource {
    /// A data set of so many scans.
    DataSet(usize),
    /// So many MATLAB files, which are imported.
    Files(usize),
}

/// The form.
#[derive(Debug)]
pub(super) struct PaperForm {
    pub source: FolderField<PaperSource>,
    pub budget: Budget,
    /// OCT2017 as it was published; empty without.
    pub scans: String,
    /// Subjects that are measured.
    pub subjects: String,
    pub seeds: u64,
    pub device: DeviceChoice,
    pub out: String,
}

impl PaperForm {
    pub fn new(out: String) -> Self {
        Self {
            source: FolderField::default(),
            budget: Budget::Small,
            scans: String::new(),
            subjects: USUAL_SUBJECTS.to_owned(),
            seeds: 1,
            device: DeviceChoice::Auto,
            out,
        }
    }

    /// What is asked for.
    pub fn request(&self) -> ComparisonRequest {
        let scans = self.scans.trim();
        ComparisonRequest::Paper(PaperRequest {
            source: self.source.path(),
            budget: self.budget,
            scans: (!scans.is_empty()).then(|| scans.into()),
            subjects: self.subjects.trim().to_owned(),
            seeds: self.seeds,
            device: self.device,
            out: self.out.trim().into(),
        })
    }

    /// Fills it with what was asked for before.
    pub fn use_request(&mut self, request: &PaperRequest) {
        self.source.text = request.source.display().to_string();
        self.scans = request.scans.as_ref().map(|scans| scans.display().to_string()).unwrap_or_default();
        (self.budget, self.seeds, self.device) = (request.budget, request.seeds, request.device);
        self.subjects.clone_from(&request.subjects);
    }

    /// Everything that keeps it from starting.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match self.source.state() {
            FolderState::Empty => problems.push(text!("comparisons-needs-source").to_owned()),
            FolderState::Looking => problems.push(text!("comparisons-looking").to_owned()),
            FolderState::Wrong(problem) => problems.push(problem.to_owned()),
            FolderState::Known(_) => {}
        }
        if self.out.trim().is_empty() {
            problems.push(text!("comparisons-needs-folder").to_owned());
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_fills_the_form_again_and_what_is_missing_is_said() {
        let mut form = PaperForm::new("out".to_owned());
        assert_eq!(form.problems(), [text!("comparisons-needs-source")]);
        form.source.text = "mats".to_owned();
        (form.budget, form.scans) = (Budget::Tiny, " oct2017 ".to_owned());
        let ComparisonRequest::Paper(request) = form.request() else { panic!("it asks for the paper") };
        assert_eq!(request.scans.as_deref(), Some(std::path::Path::new("oct2017")));
        let mut other = PaperForm::new("out".to_owned());
        other.use_request(&request);
        assert_eq!(other.request(), form.request());
    }
}
