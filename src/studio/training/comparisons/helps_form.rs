//! The form that asks whether synthetic pairs make segmenters better: a request of the command line.

use std::path::PathBuf;

use super::folder_field::{FolderField, FolderState};
use crate::device::DeviceChoice;
use crate::evaluation::downstream::Arm;
use crate::nn::SegmenterKind;
use crate::studio::flow::typed_path::typed_path;
use crate::studio::texts::text;
use crate::worker::{ComparisonRequest, DownstreamRequest};

/// Side that scans are stretched to: of the network for a CPU, and of the published ones.
const USUAL_SIZE_PX: [u32; 2] = [160, 224];

/// An arm that the form offers; the numbers are the form's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArmChoice {
    Real,
    RealAugmented,
    OfMasks,
    Pairs,
    RealAndPairs,
    Painted,
}

impl ArmChoice {
    pub const ALL: [Self; 6] =
        [Self::Real, Self::RealAugmented, Self::OfMasks, Self::Pairs, Self::RealAndPairs, Self::Painted];

    /// One line of what it trains on.
    pub fn about(self) -> &'static str {
        match self {
            Self::Real => text!("comparisons-arm-real"),
            Self::RealAugmented => text!("comparisons-arm-real-aug"),
            Self::OfMasks => text!("comparisons-arm-synmask"),
            Self::Pairs => text!("comparisons-arm-syn"),
            Self::RealAndPairs => text!("comparisons-arm-real-syn"),
            Self::Painted => text!("comparisons-arm-painter"),
        }
    }

    fn with(self, masks: usize, pairs: usize) -> Arm {
        match self {
            Self::Real => Arm::REAL,
            Self::RealAugmented => Arm::REAL_AUGMENTED,
            Self::OfMasks => Arm { of_training_masks: masks, ..Arm::default() },
            Self::Pairs => Arm { synthetic: pairs, ..Arm::default() },
            Self::RealAndPairs => Arm { synthetic: pairs, ..Arm::REAL },
            Self::Painted => Arm { painted: pairs, ..Arm::default() },
        }
    }
}

/// What a data set has for a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HelpsFacts {
    /// Scans to train on that a grader labelled.
    pub training: usize,
    /// The same of the eyes that are measured.
    pub measured: usize,
}

/// The form.
#[derive(Debug)]
pub(super) struct HelpsForm {
    pub data: FolderField<HelpsFacts>,
    /// Folder of another data set that is measured on; empty without.
    pub test_data: String,
    /// Folder of pairs that are taken; empty where they are made.
    pub pairs_folder: String,
    /// Name or file of the model that draws pairs; empty for the usual one.
    pub model: String,
    /// Which of [`ArmChoice::ALL`].
    pub chosen: [bool; ArmChoice::ALL.len()],
    /// Masks of graders that the arm of their masks takes.
    pub masks: u64,
    /// Synthetic pairs of every arm that has some.
    pub pairs: u64,
    pub network: SegmenterKind,
    /// In pixels; 0 takes scans at the network's own scale.
    pub size: u64,
    pub steps: u64,
    pub seeds: u64,
    pub device: DeviceChoice,
    pub out: String,
}

impl HelpsForm {
    pub fn new(out: String) -> Self {
        Self {
            data: FolderField::default(),
            test_data: String::new(),
            pairs_folder: String::new(),
            model: String::new(),
            chosen: ArmChoice::ALL.map(|arm| arm != ArmChoice::OfMasks),
            masks: 66,
            pairs: 250,
            network: SegmenterKind::Small,
            size: u64::from(USUAL_SIZE_PX[0]),
            steps: 600,
            seeds: 3,
            device: DeviceChoice::Auto,
            out,
        }
    }

    /// An arm with the numbers of the form.
    pub fn arm(&self, choice: ArmChoice) -> Arm {
        choice.with(self.masks as usize, self.pairs as usize)
    }

    fn arms(&self) -> Vec<Arm> {
        let chosen = ArmChoice::ALL.into_iter().zip(self.chosen).filter(|(_, is_chosen)| *is_chosen);
        chosen.map(|(choice, _)| self.arm(choice)).collect()
    }

    /// Chooses a network, with the size that it usually has.
    pub fn use_network(&mut self, network: SegmenterKind) {
        self.network = network;
        self.size = u64::from(USUAL_SIZE_PX[usize::from(network != SegmenterKind::Small)]);
    }

    /// What is asked for.
    pub fn request(&self) -> ComparisonRequest {
        let place = |text: &str| Some(typed_path(text)).filter(|path| !path.as_os_str().is_empty());
        ComparisonRequest::Downstream(DownstreamRequest {
            data: self.data.path(),
            test_data: place(&self.test_data),
            pairs: place(&self.pairs_folder),
            model: place(&self.model),
            arms: self.arms(),
            network: self.network,
            size: self.size as u32,
            steps: self.steps,
            seeds: self.seeds,
            device: self.device,
            out: self.out.trim().into(),
        })
    }

    /// Fills it with what was asked for before.
    pub fn use_request(&mut self, request: &DownstreamRequest) {
        self.data.text = request.data.display().to_string();
        let shown = |place: &Option<PathBuf>| {
            place.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
        };
        self.test_data = shown(&request.test_data);
        (self.pairs_folder, self.model) = (shown(&request.pairs), shown(&request.model));
        let most = |count: fn(&Arm) -> usize| request.arms.iter().map(count).max().unwrap_or(0) as u64;
        let (masks, pairs) = (most(|arm| arm.of_training_masks), most(|arm| arm.synthetic.max(arm.painted)));
        self.masks = if masks > 0 { masks } else { self.masks };
        self.pairs = if pairs > 0 { pairs } else { self.pairs };
        self.chosen = ArmChoice::ALL.map(|choice| request.arms.contains(&self.arm(choice)));
        (self.network, self.size) = (request.network, u64::from(request.size));
        (self.steps, self.seeds, self.device) = (request.steps, request.seeds, request.device);
    }

    /// Everything that keeps it from starting.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |problem: &str| problems.push(problem.to_owned());
        match self.data.state() {
            FolderState::Empty => say(text!("comparisons-needs-data")),
            FolderState::Looking => say(text!("comparisons-looking")),
            FolderState::Wrong(problem) => say(problem),
            FolderState::Known(facts) => {
                if facts.training == 0 {
                    say(text!("comparisons-nobody-trains"));
                }
                if facts.measured == 0 && self.test_data.trim().is_empty() {
                    say(text!("comparisons-nobody-measured"));
                }
                let takes_masks = self.arms().iter().any(|arm| arm.of_training_masks > 0);
                if takes_masks && self.masks as usize > facts.training {
                    say(&text!("comparisons-too-many-masks", count = facts.training));
                }
            }
        }
        if self.arms().is_empty() {
            say(text!("comparisons-needs-arm"));
        }
        if self.out.trim().is_empty() {
            say(text!("comparisons-needs-folder"));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request_of(form: &HelpsForm) -> DownstreamRequest {
        match form.request() {
            ComparisonRequest::Downstream(request) => request,
            ComparisonRequest::Paper(_) => panic!("it asks for segmenters"),
        }
    }

    #[test]
    fn arms_have_the_numbers_of_the_form_and_come_back_from_a_request() {
        let mut form = HelpsForm::new("out".to_owned());
        form.pairs = 60;
        let arms: Vec<String> = request_of(&form).arms.iter().map(ToString::to_string).collect();
        assert_eq!(arms, ["real", "real+aug", "syn60", "real+syn60", "painter60"]);
        form.chosen = [true, false, true, false, false, false];
        form.masks = 40;
        form.use_network(SegmenterKind::Unet);
        form.data.text = "data".to_owned();
        assert_eq!(request_of(&form).pairs, None, "pairs are made where no folder is named");
        form.test_data = " other eyes ".to_owned();
        (form.pairs_folder, form.model) = ("pairs".to_owned(), "live".to_owned());
        let request = request_of(&form);
        assert_eq!(request.test_data.as_deref(), Some(std::path::Path::new("other eyes")));
        assert_eq!(request.arms[1].to_string(), "synmask40");
        assert_eq!((request.size, request.network), (224, SegmenterKind::Unet));
        let mut other = HelpsForm::new("out".to_owned());
        other.use_request(&request);
        assert_eq!(request_of(&other), request);
        assert_eq!(other.pairs, 250, "a request without pairs says nothing of their number");
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut form = HelpsForm::new(String::new());
        form.chosen = [false; 6];
        let expected = [
            text!("comparisons-needs-data"),
            text!("comparisons-needs-arm"),
            text!("comparisons-needs-folder"),
        ];
        assert_eq!(form.problems(), expected);
        form.data.text = "data".to_owned();
        form.out = "out".to_owned();
        form.chosen[2] = true;
        let path = form.data.take_unseen().expect("a folder");
        form.data.learn(&path, Ok(HelpsFacts { training: 12, measured: 0 }));
        assert_eq!(
            form.problems(),
            [
                text!("comparisons-nobody-measured").to_owned(),
                text!("comparisons-too-many-masks", count = 12)
            ]
        );
        form.test_data = "other eyes".to_owned();
        assert_eq!(form.problems(), [text!("comparisons-too-many-masks", count = 12)]);
    }
}
