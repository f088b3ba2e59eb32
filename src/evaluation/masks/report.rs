//! What the measures of a mask model are reported as: for machines and for people.

use serde::Serialize;

use crate::encoding::dmc::DmcMode;
use crate::evaluation::SeenEyes;
use crate::metrics::fidelity::shown;
use crate::metrics::masks::StatisticInterval;

/// Version of the JSON report.
///
/// 2: the nearest mask is looked for among all training masks; boundaries have a jaggedness. 3: masks of measured eyes,
/// who validate unless others are named, are no longer called held out, nor is the agreement of labels with the planes
/// that they were taken from called more than that. 4: how lines step and bend stands beside graders' lines; drawn masks are
/// measured as they are handed out, made calm and with what was requested met. 5: all lines have courses, and their
/// distributions a verdict; cysts have an outline.
pub(super) const REPORT_VERSION: u32 = 5;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct MaskReport {
    pub(super) version: u32,
    pub(super) model: String,
    pub(super) model_sha256: String,
    pub(super) masks: u32,
    pub(super) seed: u64,
    pub(super) steps: u32,
    pub(super) sampler: &'static str,
    pub(super) noise_levels: &'static str,
    pub(super) guidance: f64,
    pub(super) device: String,
    pub(super) secs_per_mask: f64,
    /// Among which copies are looked for.
    pub(super) real_training: usize,
    /// Of these, the ones whose distributions are compared.
    pub(super) real_training_compared: usize,
    pub(super) real_measured: usize,
    /// Whether the model was allowed to have seen the measured eyes, and did.
    #[serde(flatten)]
    pub(super) seen: SeenEyes,
    pub(super) modes: Vec<ModeLine>,
    pub(super) distributions: Vec<DistributionLine>,
    pub(super) courses: Vec<CourseReport>,
    pub(super) nearest: Nearest,
}

/// What a DMC mode made of the masks.
#[derive(Debug, Serialize)]
pub(super) struct ModeLine {
    pub mode: &'static str,
    #[serde(skip)]
    pub dmc: DmcMode,
    pub before: Faults,
    pub after: Faults,
    /// Mean per mask.
    pub specks_removed: f64,
    pub pixels_repaired: f64,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Faults {
    /// Part of all columns whose layers are out of order.
    pub disordered_columns: f64,
    /// Masks in which a layer, or fluid that was drawn, is missing.
    pub masks_lacking_a_class: u32,
    /// Masks with fluid where none was drawn.
    pub masks_inventing_fluid: u32,
    /// Mean Dice with the strongest plane of each class, over the classes of either. Circular: the labels were taken from
    /// these planes, so it shows what labelling and repair change, not whether masks are right.
    #[serde(rename = "agreement_with_own_planes")]
    pub agreement: f64,
    /// Mean over the masks of how jagged their boundaries are, in pixels
    /// ([`jaggedness`](crate::metrics::masks::jaggedness)).
    pub jaggedness_px: Option<f64>,
    /// Of each mask that has boundaries to measure.
    #[serde(skip)]
    pub jagged: Vec<f64>,
}

/// A figure's distribution: medians, and Wasserstein distances in the figure's unit; `None` where no mask has the figure.
#[derive(Debug, Serialize)]
pub(super) struct DistributionLine {
    pub figure: &'static str,
    pub unit: &'static str,
    /// Decimals in the table.
    #[serde(skip)]
    pub digits: usize,
    pub median_drawn: Option<f64>,
    pub median_training: Option<f64>,
    pub median_measured: Option<f64>,
    pub drawn_to_training: Option<StatisticInterval>,
    pub drawn_to_measured: Option<StatisticInterval>,
    /// How far apart real masks of other eyes lie: the measure of what is near.
    pub training_to_measured: Option<StatisticInterval>,
}

/// How one line runs by one figure, over the masks in which it is known: whether the median of the drawn ones is like an
/// eye's, and whether they are distributed as real ones.
#[derive(Debug, Serialize)]
pub(super) struct CourseReport {
    pub line: &'static str,
    pub figure: &'static str,
    pub unit: &'static str,
    pub median_drawn: f64,
    pub median_training: f64,
    pub median_measured: f64,
    /// The least and the largest median of a training eye; `None` of fewer than three eyes.
    pub allowed: Option<[f64; 2]>,
    pub passes: Option<bool>,
    /// Wasserstein distance of the drawn masks to the training masks, in the figure's unit; `None` where either are none.
    pub distance_drawn: Option<f64>,
    /// The same of the training eye that lies farthest to the other training eyes; `None` of fewer than three eyes.
    pub distance_allowed: Option<f64>,
    pub distribution_passes: Option<bool>,
}

/// Distance to the nearest training mask, medians.
#[derive(Debug, Serialize)]
pub(super) struct Nearest {
    pub drawn_um: StatisticInterval,
    pub measured_um: StatisticInterval,
    /// Of the training masks to the nearest training mask of another subject.
    pub other_subjects_um: StatisticInterval,
    /// Part of the drawn masks nearer to a training mask than any measured mask is.
    pub nearer_than_any_measured: f64,
}

impl MaskReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let parts = [self.conditions(), self.modes(), self.figures(), self.lines(), self.nearest_masks()];
        parts.concat()
    }

    fn conditions(&self) -> String {
        format!(
            "{} masks of {} ({}), {} with {} steps, noise levels {}, seed {}, guidance {}, {}: {:.2} s a mask\n\
             real masks: {} of training subjects, {} of them in the distributions, {} of measured eyes\n{}\n",
            self.masks,
            self.model,
            &self.model_sha256[..self.model_sha256.len().min(12)],
            self.sampler,
            self.steps,
            self.noise_levels,
            self.seed,
            self.guidance,
            self.device,
            self.secs_per_mask,
            self.real_training,
            self.real_training_compared,
            self.real_measured,
            self.seen.line()
        )
    }

    fn modes(&self) -> String {
        let mut text = "labels by         columns out of order   masks lacking a class   inventing fluid     \
                        Dice, own planes*  jagged boundaries (px)\n                     before    after        before    \
                        after     before   after     before   after      before   after\n"
            .to_owned();
        for line in &self.modes {
            text += &format!(
                "{:<15} {:>10.2} % {:>6.2} % {:>11} {:>8} {:>10} {:>7} {:>10.3} {:>7.3} {:>11} {:>7}\n",
                line.mode,
                100.0 * line.before.disordered_columns,
                100.0 * line.after.disordered_columns,
                line.before.masks_lacking_a_class,
                line.after.masks_lacking_a_class,
                line.before.masks_inventing_fluid,
                line.after.masks_inventing_fluid,
                line.before.agreement,
                line.after.agreement,
                shown(line.before.jaggedness_px, 3),
                shown(line.after.jaggedness_px, 3)
            );
        }
        text += "* circular: labels against the planes they were taken from. It shows what labelling and repair change, \
                 not whether masks are right\n";
        // Only codings that are not the paper's have a plane per class.
        if self.modes.iter().any(|line| line.dmc == DmcMode::Onehot) {
            text += "paper_sorted: the paper's rule on the class numbers of this coding, ten levels (the sum of its planes, or \
                     the labels of its curves). The paper clusters the one plane of nine levels that its network draws: \
                     only a model of coding paper_scalar measures that\n";
        }
        text
    }

    fn figures(&self) -> String {
        let mut text =
            "\nfigure                   median drawn  training  measured   Wasserstein distance [95 %]: drawn to \
             training, drawn to measured, training to measured\n"
                .to_owned();
        for line in &self.distributions {
            let distance = |interval: Option<StatisticInterval>| {
                interval.map_or_else(|| "–".to_owned(), |interval| with_interval(interval, line.digits))
            };
            text += &format!(
                "{:<24} {:>10} {:>10} {:>9}   {:<24} {:<24} {}\n",
                format!("{} {}", line.figure, line.unit),
                shown(line.median_drawn, line.digits),
                shown(line.median_training, line.digits),
                shown(line.median_measured, line.digits),
                distance(line.drawn_to_training),
                distance(line.drawn_to_measured),
                distance(line.training_to_measured)
            );
        }
        text
    }

    fn lines(&self) -> String {
        let mut text = format!(
            "\n{:<35} {:>25}{:26}{}\n{:<35} {:>7} {:>8} {:>8}  {:<23} {:>7} {:>7}\n",
            "course of lines: steps in µm,",
            "medians",
            "",
            "Wasserstein to training",
            "curvature in µm/mm²",
            "drawn",
            "training",
            "measured",
            "training eyes",
            "drawn",
            "an eye",
        );
        for line in &self.courses {
            let allowed = line.allowed.map_or_else(
                || "fewer than three".to_owned(),
                |[low, high]| format!("{low:.1} to {high:.1}"),
            );
            text += &format!(
                "{:<35} {:>7.1} {:>8.1} {:>8.1}  {allowed:<16} {:<6} {:>7} {:>7} {}\n",
                format!("{} {}", line.line, line.figure),
                line.median_drawn,
                line.median_training,
                line.median_measured,
                verdict(line.passes),
                shown(line.distance_drawn, 2),
                shown(line.distance_allowed, 2),
                verdict(line.distribution_passes)
            );
        }
        let within = |passes: fn(&CourseReport) -> Option<bool>| {
            let judged: Vec<bool> = self.courses.iter().filter_map(passes).collect();
            format!("{} of {}", judged.iter().filter(|&&passes| passes).count(), judged.len())
        };
        let (medians, distributions) = (within(|line| line.passes), within(|line| line.distribution_passes));
        text + &format!("medians within: {medians}; distributions within: {distributions}\n")
    }

    fn nearest_masks(&self) -> String {
        format!(
            "\ndistance to the nearest of all training masks (mean of the lines, aligned; median [95 %])\n  drawn masks      \
             {} µm\n  measured masks   {} µm\n  training masks to another subject's {} µm\n  {:.0} % of the drawn \
             masks lie nearer than any measured mask\n",
            with_interval(self.nearest.drawn_um, 1),
            with_interval(self.nearest.measured_um, 1),
            with_interval(self.nearest.other_subjects_um, 1),
            100.0 * self.nearest.nearer_than_any_measured
        )
    }
}

fn verdict(passes: Option<bool>) -> &'static str {
    match passes {
        Some(true) => "passes",
        Some(false) => "FAILS",
        None => "–",
    }
}

fn with_interval(interval: StatisticInterval, digits: usize) -> String {
    format!("{:.digits$} [{:.digits$}, {:.digits$}]", interval.value, interval.low, interval.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_with_own_planes_is_called_circular_and_nobody_is_called_held_out() {
        let around = |value: f64| StatisticInterval { value, low: value - 1.0, high: value + 1.0 };
        let report = MaskReport {
            version: REPORT_VERSION,
            model: "model".to_owned(),
            model_sha256: "abc".to_owned(),
            masks: 2,
            seed: 0,
            steps: 16,
            sampler: "DDIM",
            noise_levels: "Karras",
            guidance: 1.0,
            device: "CPU".to_owned(),
            secs_per_mask: 0.5,
            real_training: 3,
            real_training_compared: 2,
            real_measured: 1,
            seen: SeenEyes {
                allow_seen: true,
                seen_subjects: vec!["duke-7".to_owned()],
                ..SeenEyes::default()
            },
            modes: vec![ModeLine {
                mode: "onehot",
                dmc: DmcMode::Onehot,
                before: Faults { agreement: 0.75, ..Faults::default() },
                after: Faults::default(),
                specks_removed: 0.0,
                pixels_repaired: 0.0,
            }],
            distributions: Vec::new(),
            courses: vec![CourseReport {
                line: "BM",
                figure: "curvature",
                unit: "µm/mm²",
                median_drawn: 180.0,
                median_training: 52.0,
                median_measured: 45.0,
                allowed: Some([38.0, 74.0]),
                passes: Some(false),
                distance_drawn: Some(12.5),
                distance_allowed: Some(20.0),
                distribution_passes: Some(true),
            }],
            nearest: Nearest {
                drawn_um: around(20.0),
                measured_um: around(12.0),
                other_subjects_um: around(15.0),
                nearer_than_any_measured: 0.0,
            },
        };
        let text = report.table();
        assert!(text.contains("Dice, own planes*") && text.contains("* circular: labels against"), "{text}");
        assert!(text.contains("paper_sorted: the paper's rule on the class numbers"), "{text}");
        assert!(text.contains("DDIM with 16 steps, noise levels Karras, seed 0"), "{text}");
        assert!(text.contains("1 of measured eyes") && !text.contains("held"), "{text}");
        assert!(text.contains("BM curvature  ") && text.contains("38.0 to 74.0     FAILS"), "{text}");
        assert!(
            text.contains("12.50   20.00 passes\nmedians within: 0 of 1; distributions within: 1 of 1\n")
        );
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!((json["version"].as_u64(), json["real_measured"].as_u64()), (Some(5), Some(1)));
        assert_eq!(json["courses"][0]["passes"], false);
        assert_eq!(json["modes"][0]["before"]["agreement_with_own_planes"], 0.75);
        assert!(text.contains("--allow-seen: a model trained on duke-7, who is measured\n"), "{text}");
        assert_eq!(json["allow_seen"], true);
        assert_eq!(json["seen_subjects"], serde_json::json!(["duke-7"]));
    }
}
