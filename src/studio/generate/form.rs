//! The form that begins a generation: its name and place, and a request of the command line.

use std::path::PathBuf;

use crate::generation::record::GenerationRecord;
use crate::generation::{Conditions, GenerationPlan, MaskPlanning, MasksFrom};
use crate::studio::flow::typed_path::typed_path;
use crate::studio::texts::text;
use crate::worker::GenerationRequest;
use crate::worker::generation_process::GenerationEstimate;

/// Where masks come from, as the form asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Model,
    Data,
    Case,
}

/// What two pairs took.
#[derive(Clone, Debug)]
pub(super) struct MeasuredEstimate {
    pub request: GenerationRequest,
    pub outcome: Result<GenerationEstimate, String>,
}

/// What is known of the time that the form's request takes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Estimate {
    Unknown,
    Measuring,
    /// Seconds and bytes a pair, and what that is based on.
    Known {
        secs_per_pair: f64,
        bytes_per_pair: f64,
        basis: String,
    },
    Failed(String),
}

/// The form.
pub(super) struct Form {
    pub name: String,
    /// Folder that the generation's own folder is made in.
    pub parent: String,
    pub source: Source,
    /// Data set whose masks are bent.
    pub data: String,
    /// Case recipe: the name of a template, or a file.
    pub recipe: String,
    /// The rest; its masks are those of the fields above.
    pub settings: GenerationRequest,
    /// Whether what most generations never change is shown.
    pub advanced_shown: bool,
    measuring: Option<GenerationRequest>,
    measured: Option<MeasuredEstimate>,
}

impl Form {
    pub fn new(request: GenerationRequest, name: String, parent: String) -> Self {
        let (source, data, recipe) = match &request.masks {
            MasksFrom::Model => (Source::Model, String::new(), String::new()),
            MasksFrom::Warp(data) => (Source::Data, data.display().to_string(), String::new()),
            MasksFrom::Recipe(file) => (Source::Case, String::new(), file.display().to_string()),
        };
        Self {
            name,
            parent,
            source,
            data,
            recipe,
            settings: request,
            advanced_shown: false,
            measuring: None,
            measured: None,
        }
    }

    /// What is asked for.
    pub fn request(&self) -> GenerationRequest {
        let masks = match self.source {
            Source::Model => MasksFrom::Model,
            Source::Data => MasksFrom::Warp(typed_path(&self.data)),
            Source::Case => MasksFrom::Recipe(self.recipe.trim().into()),
        };
        GenerationRequest { masks, ..self.settings.clone() }
    }

    /// Folder of the generation.
    ///
    /// # Errors
    /// If there is no place, or the name cannot be one.
    pub fn folder(&self) -> Result<PathBuf, String> {
        let name = self.name.trim();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.');
        if name.is_empty() {
            return Err(text!("generate-needs-name").to_owned());
        }
        if name.starts_with('.') || !name.chars().all(is_plain) || name.len() > 80 {
            return Err(text!("generate-bad-name").to_owned());
        }
        if self.parent.trim().is_empty() {
            return Err(text!("generate-needs-folder").to_owned());
        }
        Ok(typed_path(&self.parent).join(name))
    }

    /// Everything that keeps the generation from starting.
    pub fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = self.folder().err().into_iter().collect();
        match self.source {
            Source::Data if self.data.trim().is_empty() => {
                problems.push(text!("generate-needs-data").to_owned());
            }
            Source::Case if self.recipe.trim().is_empty() => {
                problems.push(text!("generate-needs-case").to_owned());
            }
            _ => {}
        }
        let Conditions { fluid_mm2, cysts, thickness_um, .. } = self.request().applied_conditions();
        let filters = &self.settings.filters;
        let ranges = [
            (text!("generate-fluid"), fluid_mm2),
            (text!("generate-cysts"), cysts),
            (text!("generate-central-thickness"), thickness_um),
            (text!("generate-keep-fluid"), filters.fluid_mm2),
            (text!("generate-keep-lesions"), filters.lesions),
            (text!("generate-keep-thickness"), filters.thickness_um),
        ];
        for (name, range) in ranges {
            if range.is_some_and(|[low, high]| low > high) {
                problems.push(text!("generate-range-turned", name));
            }
        }
        problems
    }

    /// Two pairs of a request are being measured.
    pub fn wait_for_estimate(&mut self, request: GenerationRequest) {
        self.measuring = Some(request);
    }

    /// Two pairs were measured.
    pub fn take_estimate(&mut self, measured: MeasuredEstimate) {
        if self.measuring.as_ref() == Some(&measured.request) {
            self.measuring = None;
            self.measured = Some(measured);
        }
    }

    /// What is known of the time: by what was measured just now, or by the last generation of the same kind.
    pub fn estimate<'a>(&self, before: impl Iterator<Item = &'a GenerationRecord>) -> Estimate {
        let request = self.request();
        if self.measuring.is_some() {
            return Estimate::Measuring;
        }
        if let Some(MeasuredEstimate { request: of, outcome }) = &self.measured
            && takes_as_long(of, &request)
            && of.conditions == request.conditions
            && of.filters == request.filters
            && of.choice == request.choice
        {
            return match outcome {
                Ok(measured) => Estimate::Known {
                    secs_per_pair: measured.secs_per_pair,
                    bytes_per_pair: measured.bytes_per_pair as f64,
                    basis: text!("generate-measured-now").to_owned(),
                },
                Err(message) => Estimate::Failed(message.clone()),
            };
        }
        let mut known = before.filter_map(|record| {
            let plan = record.plan.as_ref()?;
            let of = GenerationRequest::of(plan, Some(record.places.as_ref()?));
            let secs_per_pair = record.secs_per_pair.filter(|_| record.made > 0)?;
            (takes_as_long(&of, &request) && is_same_kind(plan, &request)).then(|| Estimate::Known {
                secs_per_pair,
                bytes_per_pair: record.disk_bytes as f64 / record.made as f64,
                basis: text!("generate-by-pace", name = record.name()),
            })
        });
        known.next().unwrap_or(Estimate::Unknown)
    }
}

/// Whether pairs of both take as long: the same models, steps, size and device, and the same share of them kept. (Filters
/// make more masks of it.)
fn takes_as_long(one: &GenerationRequest, other: &GenerationRequest) -> bool {
    let of = |request: &GenerationRequest| {
        let is_model = request.masks == MasksFrom::Model;
        let mask_model = is_model.then(|| (request.mask_model.clone(), request.mask_steps));
        let size = (!matches!(request.masks, MasksFrom::Recipe(_))).then_some(request.size);
        (request.model.clone(), request.steps, request.device, mask_model, size, request.choice.best)
    };
    of(one) == of(other) && std::mem::discriminant(&one.masks) == std::mem::discriminant(&other.masks)
}

/// Whether the masks of a plan come from where the request takes them; of a case, the same recipe.
fn is_same_kind(plan: &GenerationPlan, request: &GenerationRequest) -> bool {
    match (&plan.masks, &request.masks) {
        (MaskPlanning::Model { .. }, MasksFrom::Model) | (MaskPlanning::Warp { .. }, MasksFrom::Warp(_)) => {
            true
        }
        (MaskPlanning::Recipe { recipe, .. }, MasksFrom::Recipe(file)) => {
            let templates = crate::cases::TEMPLATES.iter();
            let mut named = templates.filter(|template| file.as_os_str() == template.key);
            named.any(|template| template.recipe().is_ok_and(|known| known.name == recipe.name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::BestOf;

    fn form() -> Form {
        Form::new(GenerationRequest::default(), "fluid".to_owned(), "somewhere".to_owned())
    }

    #[test]
    fn what_is_missing_is_said() {
        let mut form = form();
        assert_eq!(form.problems(), [""; 0]);
        form.name = "a/b".to_owned();
        assert!(form.problems()[0].contains("letters, digits"));
        (form.name, form.source) = ("a".to_owned(), Source::Data);
        assert!(form.problems()[0].contains("data set"));
        form.data = "set".to_owned();
        form.settings.conditions.cysts = Some([9.0, 1.0]);
        assert_eq!(form.problems(), [""; 0], "bent masks are not asked for cysts");
        (form.source, form.recipe) = (Source::Case, "csc".to_owned());
        assert_eq!(form.problems(), ["Cysts: the first number is larger than the second."]);
        assert_eq!(form.request().masks, MasksFrom::Recipe("csc".into()));
        assert_eq!(form.folder(), Ok(PathBuf::from("somewhere/a")));
        (form.source, form.data, form.parent) = (Source::Data, "~/set".to_owned(), "~/pairs".to_owned());
        assert_eq!(form.request().masks, MasksFrom::Warp(typed_path("~/set")));
        assert_eq!(form.folder(), Ok(typed_path("~/pairs/a")));
    }

    #[test]
    fn an_estimate_holds_while_what_takes_time_is_the_same() {
        let mut form = form();
        assert_eq!(form.estimate(std::iter::empty()), Estimate::Unknown);
        let request = form.request();
        form.wait_for_estimate(request.clone());
        assert_eq!(form.estimate(std::iter::empty()), Estimate::Measuring);
        let outcome = Ok(GenerationEstimate { secs_per_pair: 2.5, bytes_per_pair: 150_000 });
        form.take_estimate(MeasuredEstimate { request, outcome });
        let is_known = |form: &Form| matches!(form.estimate(std::iter::empty()), Estimate::Known { .. });
        form.settings.pairs = 9000;
        form.settings.seed = 3;
        assert!(is_known(&form), "number and seed do not change the pace");
        form.settings.choice.best = BestOf::of_share(0.5).ok();
        assert!(!is_known(&form), "twice as many are drawn");
        form.settings.choice.best = None;
        assert!(is_known(&form));
        form.settings.steps = 8;
        assert!(!is_known(&form));
    }
}
