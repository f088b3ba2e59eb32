//! The table of an ablation, for people and for machines.

use serde::Serialize;

use super::arms::{AblationArm, Conditions, MeasuredRun};
use super::figures::Figures;
use crate::evaluation::SeenEyes;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct AblationReport {
    pub(super) version: u32,
    pub(super) device: String,
    pub(super) note: Option<String>,
    pub(super) conditions: Conditions,
    /// Whether runs were allowed to have seen who is measured, and did.
    #[serde(flatten)]
    pub(super) seen: SeenEyes,
    pub(super) real_of_training_subjects: Figures,
    pub(super) arms: Vec<AblationArm>,
}

/// A line of the table.
struct Line {
    name: &'static str,
    digits: usize,
    /// Factor from the figure to what is shown.
    scale: f64,
    figure: fn(&Figures) -> Option<f64>,
}

const fn line(name: &'static str, digits: usize, scale: f64, figure: fn(&Figures) -> Option<f64>) -> Line {
    Line { name, digits, scale, figure }
}

const LINES: [Line; 11] = [
    line("validation loss ↓", 4, 1.0, |figures| figures.validation_loss),
    line("sliced Wasserstein distance of 7 x 7 patches, grey levels ↓", 2, 1.0, |figures| {
        figures.patches_from_real
    }),
    line("mean grey of the classes off by, grey levels ↓", 2, 1.0, |figures| figures.class_grey_difference),
    line("correlation of mean greys, class by class of every scan ↑", 3, 1.0, |figures| {
        figures.class_grey_correlation
    }),
    line("fluid darker than its surroundings, % of scans ↑", 1, 100.0, |figures| figures.fluid_darker),
    line("speckle contrast off by, % ↓", 1, 100.0, |figures| figures.speckle_contrast),
    line("lateral speckle width off by, % ↓", 1, 100.0, |figures| figures.speckle_width_lateral),
    line("axial speckle width off by, % ↓", 1, 100.0, |figures| figures.speckle_width_axial),
    line("strongest edge from ILM, px ↓", 2, 1.0, |figures| figures.ilm_edge),
    line("strongest edge from BM, px ↓", 2, 1.0, |figures| figures.bm_edge),
    line("lines of `evaluate fidelity` that pass, of 7 ↑", 1, 1.0, |figures| figures.lines_passed),
];

impl AblationReport {
    /// The report as Markdown.
    pub fn markdown(&self) -> String {
        let conditions = &self.conditions;
        let mut text = format!(
            "# Ablation\n\n{} labelled scans of {}, {}; {} with {} steps, noise seed {}, {}. \
             Mean ± standard deviation over the runs of an arm. Speckle and greys are held against the real scans \
             of the same masks; the last column holds as many real scans of the training subjects (other eyes, \
             other masks) against them.\n\n",
            conditions.scans.len(),
            conditions.subjects.join(", "),
            self.who_saw_them(),
            conditions.sampler,
            conditions.steps,
            conditions.seed,
            self.device
        );
        text += "| arm | runs (seeds) | steps on labelled scans | began with | DRM | labelled scans | batch |\n\
                 |---|---|---|---|---|---|---|\n";
        for arm in &self.arms {
            text += &arm.line();
        }
        text += "\nSteps of the model that a run began with are not among its own steps: they come on top.";
        text += &self.note.iter().map(|note| format!(" {note}")).collect::<String>();
        text += "\n\n|";
        text += &cells(self.arms.iter().map(|arm| arm.name.clone()), " ", "real scans of training subjects");
        text += "|---|";
        text += &"---|".repeat(self.arms.len() + 1);
        text += "\n";
        for line in &LINES {
            let figures = self.arms.iter().map(|arm| {
                let values: Vec<f64> =
                    arm.runs.iter().filter_map(|run| (line.figure)(&run.figures)).collect();
                mean_and_spread(&values, line)
            });
            let real = (line.figure)(&self.real_of_training_subjects)
                .map_or_else(|| "–".to_owned(), |value| format!("{:.*}", line.digits, line.scale * value));
            text += &format!("|{}", cells(figures, line.name, &real));
        }
        text
    }

    /// What is known of whether runs trained on the measured scans, as a clause.
    fn who_saw_them(&self) -> String {
        let SeenEyes { seen_subjects, unknown_models, .. } = &self.seen;
        let trained = (!seen_subjects.is_empty())
            .then(|| format!("of whom a run trained on {} (--allow-seen)", seen_subjects.join(", ")));
        let unknown = (!unknown_models.is_empty()).then(|| {
            let models = unknown_models.join(", ");
            format!("whom a run may have trained on (--allow-seen): {models} does not say on whom it did")
        });
        let known: Vec<String> = trained.into_iter().chain(unknown).collect();
        match (known.is_empty(), self.seen.allow_seen) {
            (true, false) => "which no run trained on".to_owned(),
            (true, true) => "which no run trained on (--allow-seen was given)".to_owned(),
            (false, _) => known.join(", and "),
        }
    }
}

impl AblationArm {
    /// What the runs of the arm were; what differs between them is said for each.
    fn line(&self) -> String {
        let all = |of: fn(&MeasuredRun) -> String| {
            let mut values: Vec<String> = self.runs.iter().map(of).collect();
            values.dedup();
            values.join(", ")
        };
        format!(
            "| {} | {} ({}) | {} | {} | {} | {} | {} |\n",
            self.name,
            self.runs.len(),
            all(|run| run.trained.seed.to_string()),
            all(|run| run.trained.steps.to_string()),
            all(|run| run.trained.from.clone().unwrap_or_else(|| "fresh weights".to_owned())),
            all(|run| match run.trained.drm_apply_probability {
                Some(share) if share > 0.0 => format!("on {:.0} % of the strips", 100.0 * share),
                _ => "off".to_owned(),
            }),
            all(|run| run.trained.training_scans.to_string()),
            all(|run| run.trained.batch.to_string()),
        )
    }
}

/// The rest of a table's row after its first bar.
fn cells(middle: impl Iterator<Item = String>, first: &str, last: &str) -> String {
    let middle: String = middle.map(|cell| format!(" {cell} |")).collect();
    format!(" {first} |{middle} {last} |\n")
}

/// Mean and sample standard deviation; the mean alone of a single value, a dash of none.
fn mean_and_spread(values: &[f64], line: &Line) -> String {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let [mean, deviation] =
        [mean, variance.sqrt()].map(|value| format!("{:.*}", line.digits, line.scale * value));
    match values.len() {
        0 => "–".to_owned(),
        1 => mean,
        _ => format!("{mean} ± {deviation}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::arms::Trained;
    use super::*;

    fn run(seed: u64, patches: f64, from: Option<&str>) -> MeasuredRun {
        let training = serde_json::json!({
            "stage": "finetune", "from": from, "steps": 300, "of_steps": 300, "batch": 4, "seed": seed,
            "drm": {"apply_probability": 0.0, "zero_probability": 0.5, "scope": "pixel"}, "training_scans": 136
        });
        MeasuredRun {
            conditions: conditions(),
            tensors_sha256: String::new(),
            trained: Trained::of("live 300 steps", &training.into()),
            seen: SeenEyes::default(),
            secs_per_scan: 1.0,
            figures: Figures {
                patches_from_real: Some(patches),
                fluid_darker: Some(0.5),
                speckle_width_axial: Some(0.25),
                ..Figures::default()
            },
        }
    }

    fn conditions() -> Conditions {
        Conditions {
            version: 1,
            subjects: vec!["duke-7".to_owned()],
            scans: vec!["a".to_owned()],
            sampler: "DDIM".to_owned(),
            steps: 16,
            seed: 0,
        }
    }

    #[test]
    fn the_table_shows_mean_spread_and_what_a_run_began_with() {
        let mut report = AblationReport {
            version: 1,
            device: "CPU".to_owned(),
            note: Some("Pretrained on 9 scans.".to_owned()),
            conditions: conditions(),
            seen: SeenEyes::default(),
            real_of_training_subjects: Figures { patches_from_real: Some(1.5), ..Figures::default() },
            arms: vec![
                AblationArm { name: "none".to_owned(), runs: vec![run(1, 4.0, None), run(2, 6.0, None)] },
                AblationArm {
                    name: "+pretrain".to_owned(),
                    runs: vec![run(1, 3.0, Some("live pretrain 300 steps"))],
                },
            ],
        };
        let text = report.markdown();
        assert!(text.contains("| none | 2 (1, 2) | 300 | fresh weights | off | 136 | 4 |\n"), "{text}");
        assert!(
            text.contains("| +pretrain | 1 (1) | 300 | live pretrain 300 steps | off | 136 | 4 |\n"),
            "{text}"
        );
        assert!(text.contains("on top. Pretrained on 9 scans.\n"), "{text}");
        assert!(text.contains("grey levels ↓ | 5.00 ± 1.41 | 3.00 | 1.50 |\n"), "{text}");
        assert!(text.contains("% of scans ↑ | 50.0 ± 0.0 | 50.0 | – |\n"), "{text}");
        assert!(text.contains("| validation loss ↓ | – | – | – |\n"), "{text}");
        assert!(text.contains("1 labelled scans of duke-7, which no run trained on; DDIM"), "{text}");
        report.seen =
            SeenEyes { allow_seen: true, seen_subjects: vec!["duke-7".to_owned()], ..SeenEyes::default() };
        let text = report.markdown();
        assert!(text.contains("of duke-7, of whom a run trained on duke-7 (--allow-seen); DDIM"), "{text}");
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["allow_seen"], true);
        assert_eq!(json["seen_subjects"], serde_json::json!(["duke-7"]));
        // Figures that an earlier program kept.
        let mut before = serde_json::to_value(&report.arms[0].runs[0]).unwrap();
        before.as_object_mut().unwrap().remove("seen");
        let figures = before["figures"].as_object_mut().unwrap();
        let width = figures.remove("speckle_width_axial").unwrap();
        figures.insert("grain_width_axial".to_owned(), width);
        assert_eq!(serde_json::from_value::<MeasuredRun>(before).unwrap(), report.arms[0].runs[0]);
    }
}
