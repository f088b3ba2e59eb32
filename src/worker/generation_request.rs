//! What a window asks of `retidiff generate local`, as a value: the form fills it, the command line reads it.

use std::ffi::OsString;

use crate::device::DeviceChoice;
use crate::generation::judging::JudgePlanning;
use crate::generation::{
    Conditions, Filters, GenerationPlan, LocalPlaces, MaskPlanning, MasksFrom, PairChoice, PlannedLooks,
    Spread,
};

/// A generation as it is asked for; the words are those of the command line.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationRequest {
    /// How many.
    pub pairs: u64,
    /// Where masks come from.
    pub masks: MasksFrom,
    /// The bundled one without.
    pub mask_model: Option<String>,
    /// Network evaluations of a mask.
    pub mask_steps: u32,
    /// How far the conditions are followed by a mask model.
    pub guidance: f64,
    /// What is asked of masks.
    pub conditions: Conditions,
    /// Which masks get a scan.
    pub filters: Filters,
    /// Who looks at the scans; the bundled segmenter without.
    pub segmenter: Option<String>,
    /// What that one decides.
    pub choice: PairChoice,
    /// The model that draws scans; the bundled one without.
    pub model: Option<String>,
    /// Network evaluations of a scan.
    pub steps: u32,
    /// Whether every pair gets a style and vessels of its own, where the model knows them.
    pub looks: PlannedLooks,
    /// Of every seed in it.
    pub seed: u64,
    /// Columns and rows; a recipe brings its own.
    pub size: [u32; 2],
    /// Where it is computed.
    pub device: DeviceChoice,
}

impl Default for GenerationRequest {
    fn default() -> Self {
        Self {
            pairs: 100,
            masks: MasksFrom::Model,
            mask_model: None,
            mask_steps: 24,
            guidance: 2.0,
            conditions: Conditions::default(),
            filters: Filters::default(),
            segmenter: None,
            choice: PairChoice::default(),
            model: None,
            steps: 16,
            looks: PlannedLooks::Drawn,
            seed: 0,
            size: [512, 496],
            device: DeviceChoice::Auto,
        }
    }
}

impl GenerationRequest {
    /// What a generation was begun with, for another one like it.
    pub fn of(plan: &GenerationPlan, places: Option<&LocalPlaces>) -> Self {
        let mut request = Self {
            pairs: plan.pairs,
            seed: plan.seed,
            steps: plan.scans.steps,
            looks: plan.scans.looks,
            filters: plan.filters,
            choice: plan.judge.as_ref().map(JudgePlanning::choice).unwrap_or_default(),
            ..Self::default()
        };
        match &plan.masks {
            MaskPlanning::Model { steps, guidance, conditions, width, height, .. } => {
                (request.mask_steps, request.guidance, request.conditions) = (*steps, *guidance, *conditions);
                request.size = [*width, *height];
            }
            MaskPlanning::Warp { width, height, .. } => request.size = [*width, *height],
            MaskPlanning::Recipe { conditions, .. } => request.conditions = *conditions,
        }
        if let Some(places) = places {
            request.masks = places.masks.clone();
            (request.model, request.mask_model) = (places.model.clone(), places.mask_model.clone());
            request.segmenter.clone_from(&places.segmenter);
            let devices = [DeviceChoice::Auto, DeviceChoice::Gpu, DeviceChoice::Cpu];
            request.device =
                devices.into_iter().find(|device| device.word() == places.device).unwrap_or_default();
        }
        request
    }

    /// As arguments of `retidiff generate local`, without the folder. What does not apply is left out.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = Vec::new();
        let mut add = |name: &str, value: String| arguments.extend([name.into(), value.into()]);
        add("--pairs", self.pairs.to_string());
        add("--steps", self.steps.to_string());
        let looks = match self.looks {
            PlannedLooks::Plain => "plain",
            PlannedLooks::Drawn => "drawn",
        };
        add("--looks", looks.to_owned());
        add("--seed", self.seed.to_string());
        add("--device", self.device.word().to_owned());
        if let Some(model) = &self.model {
            add("--model", model.clone());
        }
        if !matches!(self.masks, MasksFrom::Recipe(_)) {
            add("--size", format!("{}x{}", self.size[0], self.size[1]));
        }
        if self.masks == MasksFrom::Model {
            add("--mask-steps", self.mask_steps.to_string());
            add("--mask-guidance", self.guidance.to_string());
            if let Some(model) = &self.mask_model {
                add("--mask-model", model.clone());
            }
        }
        let mut range = |name: &str, range: Option<[f64; 2]>| {
            range.into_iter().for_each(|[low, high]| add(name, format!("{low}..{high}")));
        };
        let conditions = self.applied_conditions();
        range("--fluid-mm2", conditions.fluid_mm2);
        range("--cysts", conditions.cysts);
        range("--thickness", conditions.thickness_um);
        range("--keep-fluid-mm2", self.filters.fluid_mm2);
        range("--keep-lesions", self.filters.lesions);
        range("--keep-thickness", self.filters.thickness_um);
        if let Some(part) = conditions.without_fluid {
            add("--without-fluid", part.to_string());
        }
        if let Some(percent) = self.filters.max_cleaned_percent {
            add("--max-cleaned", percent.to_string());
        }
        arguments.extend(self.judging_arguments());
        if conditions.spread == Spread::SmallOften {
            arguments.push("--small-often".into());
        }
        // A path may be no text.
        arguments.push("--masks".into());
        arguments.push(match &self.masks {
            MasksFrom::Model => "model".into(),
            MasksFrom::Warp(data) => joined("warp:", data.as_os_str()),
            MasksFrom::Recipe(file) => joined("recipe:", file.as_os_str()),
        });
        arguments
    }

    /// Who looks at the scans, and what that one decides.
    fn judging_arguments(&self) -> Vec<OsString> {
        let PairChoice { least_dice, best, relabel } = self.choice;
        let named = [
            ("--segmenter", self.segmenter.clone()),
            ("--least-agreement", least_dice.map(|dice| dice.to_string())),
            ("--keep-best", best.map(|best| best.share().to_string())),
        ];
        let named = named
            .into_iter()
            .filter_map(|(name, value)| Some([OsString::from(name), OsString::from(value?)]));
        named.flatten().chain(relabel.then(|| OsString::from("--relabel"))).collect()
    }

    /// The conditions that masks of this source can be asked for.
    pub fn applied_conditions(&self) -> Conditions {
        match self.masks {
            MasksFrom::Warp(_) => Conditions::default(),
            _ => self.conditions,
        }
    }
}

fn joined(before: &str, path: &std::ffi::OsStr) -> OsString {
    let mut text = OsString::from(before);
    text.push(path);
    text
}
