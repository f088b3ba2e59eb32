//! What the memorisation of a model is reported as: for machines and for people.

use serde::Serialize;

use super::distances::{Distances, Drawn};
use super::loss_gap::LossGap;
use crate::evaluation::SeenEyes;
use crate::metrics::segmentation::bootstrap::Interval;

/// Version of the JSON report.
///
/// 2: by source; the nearest scan is looked for among all scans of training subjects; intervals draw eyes; the gap of
/// the denoising loss.
pub(super) const REPORT_VERSION: u32 = 2;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct MemorisationReport {
    pub(super) version: u32,
    /// Name and tensor hash.
    pub(super) model: (String, String),
    /// Whose masks and scans stand for those that did not train.
    pub(super) unseen_subjects: Vec<String>,
    /// Whether the model may have trained on them all the same.
    pub(super) may_have_seen_them: bool,
    /// What is known of that.
    #[serde(flatten)]
    pub(super) seen: SeenEyes,
    pub(super) sampler: &'static str,
    pub(super) steps: u32,
    pub(super) seed: u64,
    pub(super) device: String,
    /// Scans of training subjects, of every source: among them the nearest is looked for.
    pub(super) training_scans: usize,
    /// Eyes they are of.
    pub(super) training_subjects: usize,
    /// Of a picture.
    pub(super) secs_per_scan: f64,
    pub(super) sources: Vec<SourceFigures>,
    /// Sources of training scans of which no unseen eye was measured.
    pub(super) not_compared: Vec<String>,
}

/// The figures of one source.
#[derive(Debug, Serialize)]
pub(super) struct SourceFigures {
    pub source: String,
    #[serde(flatten)]
    pub distances: Distances,
    /// By noise level, then over all; empty where it was not measured.
    pub loss: Vec<LossGap>,
}

/// How the table is read.
const HOW_TO_READ: &str = "\
Compare within one source. Scans of one device, of healthy or of ill eyes, lie nearer to each other than to others, so
figures pooled over sources say more about the mixture than about the model.
Own scan: a mask brings its picture near to the scan it was drawn on, whether that trained or not. Only where pictures
of trained masks are nearer by more than chance does the mask bring back its scan.
Nearest training scan: for a trained mask that may be its own, so hold pictures of unseen masks against real scans of
unseen eyes. Pictures much nearer than those repeat a training scan.
Loss: a network that knows its training scans by heart takes noise off them better, mostly where there is little. Unseen
eyes may simply be harder.
Eyes that validate did not train, but recipe and measures were chosen by looking at them. Intervals draw eyes, then scans
of each: of one eye they say nothing about how eyes differ, of two very little.\n";

impl MemorisationReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let mut text = format!(
            "model {} ({}), {} with {} steps, seed {}, {}: {:.1} s a picture\nthe nearest of {} scans of {} training eyes; \
             unseen eyes: {}\n",
            self.model.0,
            &self.model.1[..self.model.1.len().min(12)],
            self.sampler,
            self.steps,
            self.seed,
            self.device,
            self.secs_per_scan,
            self.training_scans,
            self.training_subjects,
            self.unseen_subjects.join(", ")
        );
        if self.may_have_seen_them {
            text += "--allow-seen: the model may have trained on the eyes that are called unseen here\n";
            text += &self.seen.line();
        }
        if !self.not_compared.is_empty() {
            text += &format!("no unseen eye of {}: not compared\n", self.not_compared.join(", "));
        }
        for source in &self.sources {
            text += &of_source(source);
        }
        text + "\n" + HOW_TO_READ
    }
}

fn of_source(figures: &SourceFigures) -> String {
    let SourceFigures { source, distances, loss } = figures;
    let mut text = format!(
        "\n{source}: {} training scans, {} of them without a grader's labels\n{:<46} {:<24} {:<24} {}\n",
        distances.training_scans,
        distances.ungraded_training_scans,
        "median distance [95 %]",
        "nearest training scan",
        "own scan",
        "nearer than any unseen scan"
    );
    let drawn = [("trained", &distances.trained), ("unseen", &distances.unseen)];
    for (which, Drawn { pictures, subjects, nearest, own, nearer_than_any_unseen }) in drawn {
        text += &format!(
            "{:<46} {:<24} {:<24} {}\n",
            format!("pictures of {which} masks ({pictures} of {})", eyes(*subjects)),
            interval(*nearest),
            interval(*own),
            nearer_than_any_unseen.map_or_else(|| "-".to_owned(), |share| format!("{:.0} %", 100.0 * share))
        );
    }
    text += &format!("{:<46} {}\n", "real scans of unseen eyes", interval(distances.unseen_scans));
    text +=
        &format!("{:<46} {}\n", "real training scans to another eye's", interval(distances.across_subjects));
    if let Some(difference) = distances.own_difference {
        let verdict = judged(
            difference,
            "trained masks bring back their scans, or are of easier eyes",
            "trained masks are farther from their scans than unseen ones",
        );
        text += &format!("own scan, unseen less trained: {}: {verdict}\n", signed(difference, 3));
    }
    if !loss.is_empty() {
        text += &format!(
            "{:<46} {:<12} {:<12} {}\n",
            "denoising loss, by noise over picture", "trained", "unseen", "unseen less trained [95 %]"
        );
    }
    for LossGap { noise, trained, unseen, gap } in loss {
        let name = noise.map_or_else(|| "all levels".to_owned(), |noise| format!("{noise:.3}"));
        text += &format!(
            "{name:<46} {trained:<12.4} {unseen:<12.4} {} ({:+.1} %)\n",
            signed(*gap, 4),
            100.0 * gap.estimate / trained
        );
    }
    if let Some(LossGap { gap, noise: None, .. }) = loss.last() {
        let verdict = judged(
            *gap,
            "training scans are easier: learnt by heart, or easier eyes",
            "training scans are the harder ones",
        );
        text += &format!("denoising loss over all levels: {verdict}\n");
    }
    text
}

/// What an interval about 0 says.
fn judged(difference: Interval, above: &'static str, below: &'static str) -> &'static str {
    if difference.low > 0.0 {
        above
    } else if difference.high < 0.0 {
        below
    } else {
        "no difference that eyes do not make by chance"
    }
}

fn eyes(count: usize) -> String {
    format!("{count} eye{}", if count == 1 { "" } else { "s" })
}

fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(
        || "-".to_owned(),
        |interval| format!("{:.3} [{:.3}, {:.3}]", interval.estimate, interval.low, interval.high),
    )
}

fn signed(interval: Interval, digits: usize) -> String {
    format!("{:+.digits$} [{:+.digits$}, {:+.digits$}]", interval.estimate, interval.low, interval.high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(estimate: f64, half: f64) -> Interval {
        Interval { estimate, low: estimate - half, high: estimate + half, resamples: 2000 }
    }

    fn report(own_difference: Interval, gap: Interval) -> MemorisationReport {
        let drawn = |pictures: usize, subjects: usize| Drawn {
            pictures,
            subjects,
            nearest: Some(around(0.3, 0.05)),
            own: Some(around(0.25, 0.05)),
            nearer_than_any_unseen: Some(0.25),
        };
        let distances = Distances {
            training_scans: 366,
            ungraded_training_scans: 300,
            trained: drawn(22, 6),
            unseen: drawn(10, 1),
            own_difference: Some(own_difference),
            unseen_scans: Some(around(0.35, 0.04)),
            across_subjects: None,
        };
        let line = |noise| LossGap { noise, trained: 0.2, unseen: 0.25, gap };
        MemorisationReport {
            version: REPORT_VERSION,
            model: ("model".to_owned(), "abc".to_owned()),
            unseen_subjects: vec!["eye-9".to_owned()],
            may_have_seen_them: false,
            seen: SeenEyes::default(),
            sampler: "DDIM",
            steps: 16,
            seed: 0,
            device: "CPU".to_owned(),
            training_scans: 436,
            training_subjects: 13,
            secs_per_scan: 1.0,
            sources: vec![SourceFigures {
                source: "clinic".to_owned(),
                distances,
                loss: vec![line(Some(0.05)), line(None)],
            }],
            not_compared: vec!["elsewhere".to_owned()],
        }
    }

    #[test]
    fn the_table_claims_no_more_than_its_intervals() {
        let text = report(around(0.01, 0.02), around(0.0, 0.01)).table();
        for part in [
            "the nearest of 436 scans of 13 training eyes",
            "no unseen eye of elsewhere: not compared",
            "clinic: 366 training scans, 300 of them without a grader's labels",
            "pictures of trained masks (22 of 6 eyes)",
            "pictures of unseen masks (10 of 1 eye)",
            "own scan, unseen less trained: +0.010 [-0.010, +0.030]: no difference",
            "over all levels: no difference",
            "Compare within one source.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let text = report(around(0.1, 0.02), around(0.05, 0.01)).table();
        assert!(text.contains("bring back their scans, or are of easier eyes"), "{text}");
        assert!(text.contains("+0.0500 [+0.0400, +0.0600] (+25.0 %)"), "{text}");
        assert!(
            text.contains("learnt by heart, or easier eyes") && !text.contains("no difference"),
            "{text}"
        );
        let seen = MemorisationReport {
            may_have_seen_them: true,
            seen: SeenEyes {
                allow_seen: true,
                seen_subjects: vec!["eye-9".to_owned()],
                ..SeenEyes::default()
            },
            ..report(around(-0.1, 0.02), around(-0.05, 0.01))
        };
        let text = seen.table();
        assert!(text.contains("--allow-seen: the model may have trained on the eyes"), "{text}");
        assert!(text.contains("--allow-seen: a model trained on eye-9"), "{text}");
        assert!(text.contains("farther from their scans") && text.contains("the harder ones"), "{text}");
    }

    #[test]
    fn the_json_has_its_figures_by_source() {
        let json = serde_json::to_value(report(around(0.1, 0.02), around(0.05, 0.01))).unwrap();
        assert_eq!(json["version"], 2);
        let source = &json["sources"][0];
        assert_eq!(source["source"], "clinic");
        assert_eq!(source["trained"]["pictures"], 22);
        assert_eq!(source["own_difference"]["estimate"], 0.1);
        assert!(source["loss"][1]["noise"].is_null() && source["across_subjects"].is_null());
    }
}
