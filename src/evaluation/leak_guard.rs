//! No model is measured on eyes that it trained on, nor one that does not say on whom it trained, unless that is
//! asked for.

use std::path::Path;

use super::{EvaluationError, SeenEyes};
use crate::dataset::manifest::SYNTHETIC;
use crate::dataset::split::are_one_eye;
use crate::diffusion::TrainingSummary;

/// Whether a model's training is taken as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct LeakGuard {
    /// Whether a model is measured although it trained on subjects that are measured, or does not say on whom it trained.
    pub allow_seen: bool,
}

impl LeakGuard {
    /// Refuses a model that trained on a subject it is to be measured on, or whose file names no training subject; where
    /// that is allowed, what a report must say of it.
    ///
    /// # Errors
    /// If so and it was not allowed; the message names the file, the subjects and the remedy.
    pub fn check(
        self,
        model: &Path,
        training: &TrainingSummary,
        subjects: &[String],
    ) -> Result<SeenEyes, EvaluationError> {
        let trained = training.trained_on();
        let unknown = unknown_ancestors(training);
        if self.allow_seen {
            let is_unknown = trained.is_empty() || !unknown.is_empty();
            return Ok(SeenEyes {
                allow_seen: true,
                seen_subjects: seen(training, subjects).into_iter().map(str::to_owned).collect(),
                unknown_models: is_unknown.then(|| model.display().to_string()).into_iter().collect(),
                ..SeenEyes::default()
            });
        }
        if !unknown.is_empty() {
            return Err(EvaluationError::Refused(format!(
                "{} began with {}, which does not say on which subjects it trained, so it may have seen {}: measure a \
                 model that says so, or add --allow-seen",
                model.display(),
                unknown.join(", "),
                subjects.join(", ")
            )));
        }
        if trained.is_empty() {
            return Err(EvaluationError::Refused(format!(
                "{} does not say on which subjects it trained, so it may have seen {}: measure a model that says so, or \
                 add --allow-seen",
                model.display(),
                subjects.join(", ")
            )));
        }
        let seen = seen(training, subjects);
        if seen.is_empty() {
            return Ok(SeenEyes::default());
        }
        Err(EvaluationError::Refused(format!(
            "{} trained on {}: measure it on other subjects (--subjects), or add --allow-seen",
            model.display(),
            seen.join(", ")
        )))
    }
}

/// Which of some subjects a model trained on, it or one that went into it, under whatever name.
pub(super) fn seen<'a>(training: &TrainingSummary, subjects: &'a [String]) -> Vec<&'a str> {
    let trained = training.trained_on();
    let is_seen = |subject: &&String| trained.iter().any(|name| are_one_eye(name, subject));
    subjects.iter().filter(is_seen).map(String::as_str).collect()
}

/// Models that went into a model and whose subjects nobody knows. Those behind pairs that it trained on are such: its file
/// names pairs and no models.
pub(super) fn unknown_ancestors(training: &TrainingSummary) -> Vec<&str> {
    let unknown = training.ancestors().iter().filter(|ancestor| ancestor.training_subjects.is_none());
    let name = unknown.map(|ancestor| match ancestor.name.as_str() {
        "" => "a model without a name",
        name => name,
    });
    let is_synthetic = |name: &String| name.starts_with(SYNTHETIC);
    let sources = training.sources.known().map(|names| names.0.as_slice()).unwrap_or_default();
    let is_of_pairs = sources.iter().chain(training.trained_on()).any(is_synthetic);
    name.chain(is_of_pairs.then_some("what made the synthetic pairs it trained on")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_not_measured_on_what_it_trained_on_or_may_have_trained_on() {
        let known = |guard: LeakGuard, training: &serde_json::Value, subject: &str| {
            let training = TrainingSummary::from(training.clone());
            guard.check(Path::new("m"), &training, &[subject.to_owned()]).map_err(|error| error.to_string())
        };
        let check = |guard: LeakGuard, training: &serde_json::Value, subject: &str| {
            known(guard, training, subject).map(drop)
        };
        let training = serde_json::json!({"training_subjects": ["duke-1", "duke-7"]});
        let guard = LeakGuard::default();
        assert!(check(guard, &training, "duke-7").unwrap_err().starts_with("m trained on duke-7: measure"));
        assert_eq!(check(guard, &training, "duke-8"), Ok(()));
        for unknown in [serde_json::Value::Null, serde_json::json!({"training_subjects": []})] {
            let error = check(guard, &unknown, "duke-8").unwrap_err();
            assert!(error.contains("may have seen duke-8") && error.contains("--allow-seen"), "{error}");
        }
        let inherited = serde_json::json!({
            "training_subjects": ["duke-1"],
            "lineage": [{"name": "old", "training_subjects": null}],
        });
        let error = check(guard, &inherited, "duke-8").unwrap_err();
        assert!(error.contains("began with old") && error.contains("--allow-seen"), "{error}");
        let garbled = serde_json::json!({
            "training_subjects": ["duke-1", 3, "duke-7"],
            "lineage": [{"name": "old", "training_subjects": ["duke-1"]}],
        });
        assert!(check(guard, &garbled, "duke-7").unwrap_err().contains("trained on duke-7"));
        assert_eq!(check(guard, &garbled, "duke-8"), Ok(()));
        for entry in [serde_json::json!({"training_subjects": "all"}), serde_json::json!("old"), 3.into()] {
            let inherited = serde_json::json!({"training_subjects": ["duke-1"], "lineage": [entry]});
            let error = check(guard, &inherited, "duke-8").unwrap_err();
            assert!(error.contains("began with a model without a name, which does not say"), "{error}");
        }
        let renamed = serde_json::json!({"training_subjects": ["mine_duke-7"]});
        assert!(check(guard, &renamed, "duke-7").is_err(), "the same eye under another name");
        let allowed = LeakGuard { allow_seen: true };
        assert_eq!(check(allowed, &training, "duke-7"), Ok(()));
        assert_eq!(check(allowed, &serde_json::Value::Null, "duke-7"), Ok(()));
        // What is allowed is known all the same.
        let saw = known(allowed, &training, "mine_duke-7").unwrap();
        assert_eq!((saw.allow_seen, &saw.seen_subjects[..]), (true, &["mine_duke-7".to_owned()][..]));
        assert!(saw.unknown_models.is_empty());
        for unknown in [&serde_json::Value::Null, &inherited] {
            assert_eq!(known(allowed, unknown, "duke-8").unwrap().unknown_models, ["m"]);
        }
        let nothing = SeenEyes { allow_seen: true, ..SeenEyes::default() };
        assert_eq!(known(allowed, &training, "duke-8"), Ok(nothing));
        assert_eq!(known(guard, &training, "duke-8"), Ok(SeenEyes::default()));
    }

    #[test]
    fn who_drew_pairs_is_unknown_and_case_tells_no_eyes_apart() {
        let check = |training: &serde_json::Value, subject: &str| {
            let training = TrainingSummary::from(training.clone());
            let checked = LeakGuard::default().check(Path::new("m"), &training, &[subject.to_owned()]);
            checked.map(drop).map_err(|error| error.to_string())
        };
        // Trained on pairs, or begun with one that was: who drew them may have seen anybody.
        for of_pairs in [
            serde_json::json!({"training_subjects": ["a-1"], "sources": ["duke_dme", "synthetic"]}),
            serde_json::json!({"training_subjects": ["duke-1", "synthetic-0176ebd7-0"]}),
        ] {
            let error = check(&of_pairs, "duke-8").unwrap_err();
            assert!(
                error.contains("what made the synthetic pairs it trained on, which does not say"),
                "{error}"
            );
        }
        for name in ["MINE_DUKE-7 ", "Anna"] {
            let measured = name.trim().to_lowercase();
            let training = serde_json::json!({"training_subjects": [name]});
            assert!(check(&training, &measured).is_err(), "{name}: case tells no eyes apart");
        }
    }
}
