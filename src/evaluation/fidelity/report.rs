//! What `evaluate fidelity` found out, for programs and for people.

use serde::Serialize;

use super::findings::{Findings, FindingsReport};
use crate::evaluation::SeenEyes;
use crate::metrics::fidelity::{Criterion, PictureSet, class_name, criteria, shown};
use crate::metrics::regions::CLASS_COUNT;
use crate::metrics::texture::Texture;

/// Version of the JSON report.
///
/// 3: the baseline is a painter with the speckle of the training scans; lines over 61 columns, of inner edges, of how
/// scans differ and of shadows; tolerances are those between training eyes.
/// 4: what a segmenter finds again; lines say whether they count.
const REPORT_VERSION: u32 = 4;

/// Who made the pictures that are judged.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Maker {
    /// The baseline alone.
    Painter,
    /// Pictures of a folder.
    Pictures { folder: String },
    #[cfg_attr(not(feature = "cpu"), allow(dead_code, reason = "networks are left out of this build"))]
    Model {
        name: String,
        sha256: String,
        sampler: &'static str,
        steps: u32,
        seed: u64,
        device: String,
        secs_per_scan: f64,
        /// Whether it was given style and vessel shadows of the real scans.
        has_looks_of_scan: bool,
    },
}

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct FidelityReport {
    version: u32,
    scans: usize,
    subjects: Vec<String>,
    maker: Maker,
    /// Whether the model was allowed to have seen them, and did.
    #[serde(flatten)]
    seen: SeenEyes,
    criteria: Vec<LineOfAll>,
    /// Figures behind the segmenter's line; `None` where no segmenter looked.
    agreement: Option<FindingsReport>,
    classes: Vec<ClassLine>,
    /// Whether some line that counts fails for the baseline; if none does, the figures show nothing.
    pub baseline_fails: bool,
    /// Whether what is judged passes every line that counts.
    pub passed: bool,
}

/// A criterion for the judged pictures beside what real scans and the baseline reach.
#[derive(Debug, Serialize)]
struct LineOfAll {
    real: Criterion,
    /// Real scans of the training subjects, where they need not show the same masks to be compared.
    control: Option<Criterion>,
    /// The judged pictures; `None` where the baseline alone is measured.
    model: Option<Criterion>,
    baseline: Criterion,
    /// Whether it decides; a line that does not is there to be read.
    counts: bool,
    /// What it rests on, and why it does not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl LineOfAll {
    /// The line of what a segmenter found again. Real scans of the training subjects it mostly trained on itself, so they
    /// are no control.
    fn of_segmenter(found: &FindingsReport) -> Self {
        Self {
            real: found.real.criterion(&found.real),
            control: None,
            model: found.model.map(|model| model.criterion(&found.real)),
            baseline: found.baseline.criterion(&found.real),
            counts: found.not_counted().is_none(),
            note: Some(found.note()),
        }
    }
}

/// A class's figures: real, judged, baseline.
#[derive(Debug, Serialize)]
struct ClassLine {
    class: &'static str,
    mean_grey: [Option<f64>; 3],
    texture: [Option<Texture>; 3],
}

/// The sets of pictures that are compared.
pub(super) struct Sets {
    pub real: PictureSet,
    /// Real scans of training subjects.
    pub control: PictureSet,
    pub baseline: PictureSet,
    /// What the maker made; `None` where that is the baseline.
    pub judged: Option<PictureSet>,
    /// What a segmenter found again in them; `None` where none looked.
    pub findings: Option<Findings>,
}

impl FidelityReport {
    /// The report on `scans` scans of `subjects`; the maker comes with what it saw of them.
    pub(super) fn new(
        (maker, seen): (Maker, SeenEyes),
        scans: usize,
        subjects: Vec<String>,
        sets: &Sets,
    ) -> Self {
        let baseline = criteria(&sets.baseline, &sets.real);
        let mut judged = sets.judged.as_ref().map(|judged| criteria(judged, &sets.real).into_iter());
        let mut lines: Vec<LineOfAll> = criteria(&sets.real, &sets.real)
            .into_iter()
            .zip(baseline)
            .zip(criteria(&sets.control, &sets.real))
            .map(|((real, baseline), control)| LineOfAll {
                control: control.holds_between_eyes.then_some(control),
                real,
                model: judged.as_mut().and_then(Iterator::next),
                baseline,
                counts: true,
                note: None,
            })
            .collect();
        let agreement = sets.findings.as_ref().map(FindingsReport::new);
        lines.extend(agreement.as_ref().map(LineOfAll::of_segmenter));
        let counting = || lines.iter().filter(|line| line.counts);
        let passed = counting().all(|line| line.model.as_ref().unwrap_or(&line.baseline).passed);
        let baseline_fails = counting().any(|line| !line.baseline.passed);
        Self {
            version: REPORT_VERSION,
            scans,
            subjects,
            maker,
            seen,
            criteria: lines,
            agreement,
            classes: class_lines(sets),
            baseline_fails,
            passed,
        }
    }

    /// The report for people.
    pub fn table(&self) -> String {
        let verdict = |passed: bool| if passed { "PASS" } else { "FAIL" };
        let mut text = format!("{} scans of {}", self.scans, self.subjects.join(", "));
        text += &match &self.maker {
            Maker::Painter => String::new(),
            Maker::Pictures { folder } => format!("; pictures of {folder}"),
            Maker::Model { name, sha256, sampler, steps, seed, device, secs_per_scan, has_looks_of_scan } => {
                let looks = if *has_looks_of_scan { ", style and vessels of the real scans" } else { "" };
                format!(
                    "; model {name} ({}), {sampler} with {steps} steps{looks}, seed {seed}, {device}: \
                     {secs_per_scan:.1} s a scan",
                    &sha256[..sha256.len().min(12)],
                )
            }
        };
        text += &format!("\n{}\n", self.seen.line());
        for line in &self.criteria {
            text += &format!("{} ({})\n", line.real.name, line.real.required);
            text += &format!("       real      {}\n", line.real.measured);
            let judged = [
                ("control ", line.control.as_ref()),
                ("model   ", line.model.as_ref()),
                ("baseline", Some(&line.baseline)),
            ];
            for (name, criterion) in judged {
                if let Some(criterion) = criterion {
                    let verdict = if line.counts { verdict(criterion.passed) } else { "READ" };
                    text += &format!("  {verdict} {name}  {}\n", criterion.measured);
                }
            }
            if let Some(note) = &line.note {
                text += &format!("       {note}\n");
            }
        }
        text += &format!("the baseline must fail\n  {}\n\n", verdict(self.baseline_fails));
        text + &self.class_table()
    }

    fn class_table(&self) -> String {
        type Figure = fn(&ClassLine, usize) -> Option<f64>;
        let figures: [(&str, usize, Figure); 4] = [
            ("mean grey", 1, |line, set| line.mean_grey[set]),
            ("contrast", 3, |line, set| Some(line.texture[set]?.contrast)),
            ("lateral px", 2, |line, set| line.texture[set]?.lateral_width_px),
            ("axial px", 2, |line, set| line.texture[set]?.axial_width_px),
        ];
        let mut text = format!("{:<10}", "class");
        for (name, ..) in &figures {
            text += &format!("  {name:>10} real  model   base");
        }
        text += "\n";
        for line in &self.classes {
            text += &format!("{:<10}", line.class);
            for (_, digits, figure) in &figures {
                let [real, model, base] = [0, 1, 2].map(|set| shown(figure(line, set), *digits));
                text += &format!("  {real:>15} {model:>6} {base:>6}");
            }
            text += "\n";
        }
        text
    }
}

fn class_lines(sets: &Sets) -> Vec<ClassLine> {
    let sets = [Some(&sets.real), sets.judged.as_ref(), Some(&sets.baseline)];
    let means = sets.map(|set| set.map(PictureSet::class_means));
    let textures = sets.map(|set| set.map(PictureSet::textures));
    (0..CLASS_COUNT)
        .map(|class| ClassLine {
            class: class_name(class),
            mean_grey: means.map(|means| means?[class]),
            texture: textures.map(|textures| textures?[class]),
        })
        .collect()
}
