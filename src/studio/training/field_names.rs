//! What the form calls the settings of a run: in English as in its file, in other languages by the table of texts as
//! far as that goes, which is to the settings of every run and the names of groups.

use crate::studio::texts::{spoken_as, text};

const NAMES: [&str; 39] = [
    "training-field-steps",
    "training-field-batch",
    "training-field-accumulation",
    "training-field-arithmetic",
    "training-field-gradient-checkpointing",
    "training-field-learning-rate",
    "training-field-crop-columns",
    "training-field-crop-rows",
    "training-field-seed",
    "training-field-validate-every",
    "training-field-sample-every",
    "training-field-checkpoint-minutes",
    "training-field-memorisation-stop",
    "training-field-constant-learning-rate",
    "training-field-warmup-steps",
    "training-field-weight-decay",
    "training-field-gradient-clip",
    "training-field-ema-decay",
    "training-field-min-snr-gamma",
    "training-field-lesion-weight",
    "training-field-mask-dropout",
    "training-field-lesion-edges",
    "training-field-baseline",
    "training-field-pseudo-labelled",
    "training-field-validation-levels",
    "training-field-sample-steps",
    "training-field-wide",
    "training-field-high-noise",
    "training-field-network",
    "training-field-labels",
    "training-field-mapping",
    "training-field-schedule",
    "training-field-prediction",
    "training-field-style",
    "training-field-masks",
    "training-field-distillation",
    "training-field-segmenter",
    "training-field-augmentation",
    "training-field-split",
];

/// "learning_rate" as a person writes it.
pub(super) fn words(name: &str) -> String {
    let text = if name == "drm" { text!("training-field-drm").to_owned() } else { name.replace('_', " ") };
    let text = text.replace("ema", "EMA").replace("snr", "SNR");
    let text = text.replace(" um per px", " (µm/px)").replace(" px", " (px)");
    let mut letters = text.chars();
    let text = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    spoken_as(&NAMES, &text).map_or(text, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::texts::{Language, speak};
    use crate::training::RunConfig;

    #[test]
    fn names_are_readable_and_those_of_every_run_are_spoken() {
        assert_eq!(words("learning_rate"), "Learning rate");
        assert_eq!(words("axial_um_per_px"), "Axial (µm/px)");
        let values = serde_json::to_value(RunConfig::live()).unwrap();
        let names = values.as_object().expect("settings by name").keys();
        let not_shown =
            |name: &str| ["drm", "version", "preset", "stage", "from", "teacher_sha256"].contains(&name);
        for name in names.filter(|name| !not_shown(name)) {
            assert!(spoken_as(&NAMES, &words(name)).is_some(), "{name} has no text");
        }
        speak(Language::German);
        let spoken = ["steps", "crop_columns", "masks", "axial_um_per_px"].map(words);
        assert_eq!(spoken, ["Schritte", "Spalten des Ausschnitts", "Masken", "Axial (µm/px)"]);
        speak(Language::English);
    }
}
