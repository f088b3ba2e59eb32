//! What a model file says of the training behind its network: data, steps, settings, figures, and what went into it.
//!
//! Files of all kinds of network have one. It is read by people and by programs: whom a network may be measured on, whose
//! student it is, how it was shown its masks.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::drm::Drm;
use super::stage::Stage;
use super::stated::Stated;
use crate::nn::Arithmetic;

/// Lays out the summary, and reads and writes each of its facts under its own name: a fact is one line here, and cannot be
/// written without being read.
macro_rules! training_summary {
    ($($(#[$doc:meta])* $name:ident: $fact:ty,)*) => {
        /// What a training says of itself.
        ///
        /// Every fact may be missing: older programs wrote fewer, and each kind of network has its own. A fact of another
        /// type than expected counts as not known, and does not make a file unreadable. Whatever was read is written again
        /// as it was, keys in alphabetical order: the bytes of a file of this program stay the same.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(from = "Value", into = "Value")]
        pub struct TrainingSummary {
            $($(#[$doc])* pub $name: Stated<$fact>,)*
            /// What other programs, older or newer ones, wrote beside it, by key.
            pub others: Map<String, Value>,
            /// What a file has in place of a summary, if it is no object; nothing else is known then.
            pub instead: Option<Value>,
        }

        impl From<Value> for TrainingSummary {
            fn from(written: Value) -> Self {
                match written {
                    Value::Object(mut others) => Self {
                        $($name: Stated::taken(&mut others, stringify!($name)),)*
                        others,
                        instead: None,
                    },
                    instead => Self { instead: Some(instead), ..Self::default() },
                }
            }
        }

        impl From<TrainingSummary> for Value {
            fn from(summary: TrainingSummary) -> Self {
                if let Some(instead) = summary.instead {
                    return instead;
                }
                let mut object = summary.others;
                $(summary.$name.put(&mut object, stringify!($name));)*
                let mut written = Value::Object(object);
                // Maps keep the order of insertion where a library among the dependencies asks for that.
                written.sort_all_objects();
                written
            }
        }
    };
}

training_summary! {
    /// Which training it was.
    stage: Stage,
    /// Name of the model whose weights it began with.
    from: String,
    /// The models that went into this one, the one it began with first.
    lineage: Ancestors,
    /// Tensor hash of the teacher of a student.
    teacher_sha256: String,

    /// Optimiser steps done.
    steps: u64,
    /// Steps that were planned.
    of_steps: u64,
    /// Those of the steps done that changed nothing, for their loss or gradient was not finite, as happens in half
    /// precision; programs before 0.2.1 did not count them.
    skipped_steps: u64,
    /// Strips, or masks, in a step.
    batch: usize,
    /// Batches whose gradients were averaged in a step.
    accumulation: usize,
    /// Optimiser steps on one batch, of a compared method: at most, where it leaves a batch early.
    repeats: u64,
    /// Whether a batch was left as soon as its loss was below the best mean of an epoch.
    leaves_early: bool,
    /// Of weights, batches and noise.
    seed: u64,
    /// The highest, after the warm-up.
    learning_rate: f64,
    /// What the passes computed in.
    arithmetic: Arithmetic,
    /// Decay of the averaged weights; 0 where nothing was averaged.
    ema_decay: f64,
    /// Which weights the file holds.
    weights: SavedWeights,
    /// Columns and rows of a strip.
    strip_px: [usize; 2],

    /// The newest validation loss.
    validation_loss: f64,
    /// The step at which it was taken.
    validation_step: u64,
    /// Mean Dice of a segmenter's classes that are not background, at the same step.
    validation_dice: f64,
    /// Its Dice of fluid.
    validation_dice_fluid: f64,

    /// Data sets that the scans came from.
    sources: Names,
    /// To whom the scans are owed.
    credits: Names,
    /// Subjects whose scans trained, here or in a model that went into it.
    training_subjects: Names,
    /// Subjects who validated.
    validation_subjects: Names,
    /// Scans that trained.
    training_scans: usize,
    /// Those of them whose labels are the auto-trace's.
    pseudo_labelled_scans: usize,

    /// Share of the strips that were shown without their mask, or of the conditions that were left out.
    mask_dropout: f64,
    /// Share of the strips whose style was left out.
    style_dropout: f64,
    /// Whether lesion outlines were moved onto the edges that the scans show.
    lesion_edges: bool,
    /// What an error on lesion pixels counted, where others counted 1.
    lesion_weight: f32,
    /// Dynamic region masking.
    drm: Drm,
    /// How strips were varied, as the configuration writes it. (This and the settings below belong to rooms above and
    /// below this one, and no part of the program reads them here.)
    augmentation: Value,
    /// How masks were varied.
    mask_augmentation: Value,
    /// How often strips were shown at the highest noise levels.
    high_noise: Value,
    /// Strips that were wider than others.
    wide: Value,
    /// How a student learned.
    distillation: Value,
    /// What an autoencoder was trained against.
    adversary: Value,
    /// By which LPIPS it learned, too.
    perceptual: Value,
    /// The loss of a segmenter.
    loss: Value,
    /// How its labels came onto the grid, where not from the nearest pixel.
    label_resize: Value,
}

impl TrainingSummary {
    /// Subjects whose scans trained the network, or one that went into it; none where the file names none.
    pub fn trained_on(&self) -> &[String] {
        self.training_subjects.known().map(|names| names.0.as_slice()).unwrap_or_default()
    }

    /// The models that went into this one.
    pub fn ancestors(&self) -> &[Ancestor] {
        self.lineage.known().map(|ancestors| ancestors.0.as_slice()).unwrap_or_default()
    }
}

/// Which weights a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SavedWeights {
    /// Averaged over the last steps.
    #[serde(rename = "exponential moving average")]
    Average,
    /// As the optimiser left them.
    #[serde(rename = "of the last step")]
    LastStep,
}

/// Names; what is no text among them is passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Value>")]
pub struct Names(pub Vec<String>);

impl From<Vec<Value>> for Names {
    fn from(written: Vec<Value>) -> Self {
        Self(written.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }
}

/// A model that a run began with or was taught by, or one of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ancestor {
    /// Of the model.
    pub name: String,
    /// Of its tensor bytes, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tensors_sha256: Option<String>,
    /// Subjects of its run and of those before it; `None` where nobody knows.
    pub training_subjects: Option<Vec<String>>,
}

/// Ancestors. Whatever stands in the list is one: an entry that cannot be read is a model of which nobody knows on whom it
/// trained, not none at all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Value>")]
pub struct Ancestors(pub Vec<Ancestor>);

impl From<Vec<Value>> for Ancestors {
    fn from(written: Vec<Value>) -> Self {
        let text = |entry: &Value, key: &str| entry[key].as_str().map(str::to_owned);
        let ancestor = |entry: &Value| Ancestor {
            name: text(entry, "name").unwrap_or_default(),
            tensors_sha256: text(entry, "tensors_sha256"),
            training_subjects: entry["training_subjects"]
                .as_array()
                .map(|names| Names::from(names.clone()).0),
        };
        Self(written.iter().map(ancestor).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn again(summary: &TrainingSummary) -> Value {
        serde_json::to_value(summary).unwrap()
    }

    #[test]
    fn what_is_known_is_typed() {
        let summary = TrainingSummary::from(json!({
            "stage": "distill", "from": null, "steps": 650, "arithmetic": "f32", "lesion_weight": 3.0,
            "weights": "of the last step", "strip_px": [96, 496], "credits": ["nobody"],
            "drm": {"apply_probability": 0.5, "scope": "pixel", "zero_probability": 0.25},
            "wide": {"columns": 384, "every": 10},
        }));
        assert_eq!(summary.stage.copied(), Some(Stage::Distill));
        assert_eq!((summary.from.known(), summary.from.is_stated()), (None, false));
        assert_eq!((summary.steps.copied(), summary.lesion_weight.copied()), (Some(650), Some(3.0)));
        assert_eq!(summary.arithmetic.copied(), Some(Arithmetic::F32));
        assert_eq!(summary.weights.copied(), Some(SavedWeights::LastStep));
        assert_eq!(summary.strip_px.copied(), Some([96, 496]));
        assert_eq!(summary.drm.known().map(|drm| drm.zero_probability), Some(0.25));
        assert_eq!(summary.wide.known().map(|wide| &wide["every"]), Some(&json!(10)));
        assert_eq!(summary.credits.known(), Some(&Names(vec!["nobody".to_owned()])));
        assert!(summary.others.is_empty() && summary.batch == Stated::default());
    }

    #[test]
    fn nothing_is_lost_and_keys_are_in_order() {
        let text = concat!(
            r#"{"a_new_one":{"a":1,"b":[2.5,null]},"augmentation":{"gain":0.05000000074505806},"drm":null,"#,
            r#""gain":0.05,"lesion_weight":3.1,"steps":6,"zeal":true}"#
        );
        let summary: TrainingSummary = serde_json::from_str(text).unwrap();
        assert_eq!(summary.others.len(), 3);
        assert_eq!(serde_json::to_string(&summary).unwrap(), text);
        let shuffled = concat!(
            r#"{"zeal":true,"steps":6,"lesion_weight":3.1,"gain":0.05,"drm":null,"#,
            r#""augmentation":{"gain":0.05000000074505806},"a_new_one":{"b":[2.5,null],"a":1}}"#
        );
        let summary: TrainingSummary = serde_json::from_str(shuffled).unwrap();
        assert_eq!(serde_json::to_string(&summary).unwrap(), text);
    }

    #[test]
    fn a_wrong_type_is_not_known_and_stays_as_it_is() {
        let written = json!({
            "stage": "dream", "steps": -6, "of_steps": 6.5, "batch": "two", "from": 7, "validation_loss": "low",
            "strip_px": [16], "lesion_edges": 1, "arithmetic": {}, "training_subjects": "duke-1", "lineage": 3,
            "drm": {"apply_probability": 0.5, "shade": 1}, "weights": [], "training_scans": true,
        });
        let summary = TrainingSummary::from(written.clone());
        assert_eq!(
            (summary.stage.known(), summary.steps.known(), summary.of_steps.known()),
            (None, None, None)
        );
        assert_eq!(
            (summary.batch.known(), summary.strip_px.known(), summary.drm.known()),
            (None, None, None)
        );
        assert!(summary.from.known().is_none() && summary.from.is_stated());
        assert!(summary.trained_on().is_empty() && summary.ancestors().is_empty());
        assert_eq!(again(&summary), written);
        for instead in [Value::Null, json!("a long time"), json!([1, 2]), json!(3)] {
            let summary: TrainingSummary = serde_json::from_value(instead.clone()).unwrap();
            assert!(summary.trained_on().is_empty() && summary.others.is_empty());
            assert_eq!(again(&summary), instead);
        }
        assert_eq!(again(&TrainingSummary::default()), json!({}));
    }

    #[test]
    fn of_lists_what_can_be_read_is_taken() {
        let written = json!({
            "training_subjects": ["duke-1", 7, "duke-2"],
            "lineage": [
                {"name": "old", "tensors_sha256": "ab", "training_subjects": ["duke-3", null], "note": "kept"},
                {"training_subjects": null},
                "another",
            ],
        });
        let summary = TrainingSummary::from(written.clone());
        assert_eq!(summary.trained_on(), ["duke-1", "duke-2"]);
        let old = Ancestor {
            name: "old".to_owned(),
            tensors_sha256: Some("ab".to_owned()),
            training_subjects: Some(vec!["duke-3".to_owned()]),
        };
        let unknown = Ancestor { name: String::new(), tensors_sha256: None, training_subjects: None };
        assert_eq!(summary.ancestors(), [old, unknown.clone(), unknown]);
        assert_eq!(again(&summary), written);
    }
}
