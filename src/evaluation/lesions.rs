//! Whether a cyst that is painted is seen.

use serde::Serialize;

use super::drawn_scans::{ModelAndStudent, synthesize_emphasised};
use super::picked::spread;
use super::{EvaluationError, ScanDone, SeenEyes, Subjects};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::diffusion::{Emphasis, NoiseSpacing};
use crate::metrics::lesions::{
    LesionFigures, LesionScan, SizeClassFigures, StampedMask, by_size_class, graded_lesions, greys, measure,
    stamp_lesions,
};

/// Version of the JSON report.
const REPORT_VERSION: u32 = 1;
/// The wall of a painted cyst is this wide at most, in pixels, ...
const MAX_RIM_PX: f64 = 4.0;
/// ... stands this near to the painted edge, ...
const MAX_RIM_OFFSET_PX: f64 = 1.0;
/// ... and beyond it nothing is darker than without the cyst by more than this part.
const MAX_DARK_WITHOUT_PAINT: f64 = 0.05;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct LesionReport {
    version: u32,
    scans: usize,
    subjects: Vec<String>,
    device: String,
    /// Name and tensor hash.
    model: (String, String),
    student: Option<(String, String)>,
    /// Whether they were allowed to have seen the subjects, and did.
    #[serde(flatten)]
    seen: SeenEyes,
    seed: u64,
    lesion_contrast: f64,
    /// Widths in µm for which masks had no place, all scans together.
    without_place_um: Vec<f32>,
    /// The cysts that graders drew in the same scans, real greys.
    real: Vec<SizeClassFigures>,
    ways: Vec<Way>,
}

/// The figures of one way to draw.
#[derive(Debug, Serialize)]
struct Way {
    what: String,
    steps: u32,
    lines: Vec<Line>,
}

/// The painted cysts of one width.
#[derive(Debug, Serialize)]
struct Line {
    #[serde(flatten)]
    figures: SizeClassFigures,
    /// The most that the median grey inside over around may be.
    aim: f64,
    passed: bool,
}

impl Line {
    fn new(figures: SizeClassFigures) -> Self {
        let aim = figures.class.aim();
        let within = |value: Option<f64>, most: f64| value.is_some_and(|value| value <= most);
        let passed = within(figures.median, aim)
            && within(figures.rim_width_px, MAX_RIM_PX)
            && within(figures.rim_offset_px.map(f64::abs), MAX_RIM_OFFSET_PX)
            && figures.dark_without_paint.is_none_or(|dark| dark <= MAX_DARK_WITHOUT_PAINT);
        Self { figures, aim, passed }
    }
}

/// A way to draw, with what its pictures gave.
struct Drawn<'a> {
    what: String,
    synthesizer: &'a Synthesizer,
    settings: SamplingSettings,
    emphasis: Emphasis,
    lesions: Vec<LesionFigures>,
}

impl Drawn<'_> {
    /// Draws a scan's mask with and without stamped cysts and measures them.
    fn add(&mut self, scan: &LabelledScan, stamped: &StampedMask, seed: u64) {
        let with = LabelledScan { labels: stamped.labels.clone(), ..scan.clone() };
        let [shown, free] = [&with, scan].map(|scan| {
            let drawn = synthesize_emphasised(self.synthesizer, scan, self.settings, self.emphasis, seed);
            greys(&drawn)
        });
        let picture = LesionScan {
            size: [scan.image.width, scan.image.height],
            grey: &shown,
            labels: &stamped.labels,
            scanned: &scan.scanned,
            lesion_free: Some(&free),
        };
        let regions = stamped.lesions.iter().map(|lesion| &lesion.region);
        self.lesions.extend(regions.filter_map(|region| measure(&picture, scan.entry.spacing, region)));
    }

    fn into_way(self) -> Way {
        let lines = by_size_class(&self.lesions).map(Line::new);
        Way { what: self.what, steps: self.settings.steps, lines: lines.into() }
    }
}

/// What is drawn, and how.
#[derive(Debug)]
pub struct Lesions<'a> {
    /// The data set.
    pub manifest: &'a Manifest,
    /// Who is measured.
    pub who: &'a Subjects,
    /// Their labelled scans, as [`Subjects::scans`] gives them.
    pub scans: &'a [&'a ManifestEntry],
    /// At most so many of them are measured, spread evenly.
    pub most: usize,
    /// What draws.
    pub models: &'a ModelAndStudent,
    /// On what, as shown to the user.
    pub device: String,
    /// Step counts of the model; a student draws in one.
    pub counts: &'a [u32],
    /// The model's path from noise to scan; a student has its own.
    pub sampler: Sampler,
    /// How the noise levels of more than one step are spaced.
    pub noise_levels: NoiseSpacing,
    /// What the contrast of lesions is multiplied by, whoever draws; 1 is as in scans.
    pub lesion_contrast: f64,
    /// Of the first scan's noise and cysts; the others follow.
    pub seed: u64,
}

impl<'a> Lesions<'a> {
    /// Stamps, draws and measures; `on_scan` is told each scan.
    ///
    /// # Errors
    /// If a scan cannot be read or its pixel size is not known, or no mask has a place for a cyst.
    pub fn measure(&self, on_scan: &mut dyn FnMut(&ScanDone)) -> Result<LesionReport, EvaluationError> {
        let entries = spread(self.scans, self.most);
        let mut ways = self.ways();
        let mut real = Vec::new();
        let mut without_place_um = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let scan = LabelledScan::load(self.manifest, entry)?;
            let Some(spacing) = entry.spacing else {
                return Err(EvaluationError::Refused(format!(
                    "{}: its pixel size is not known, so no cyst of a size can be stamped: import it with --spacing",
                    entry.id
                )));
            };
            let seed = self.seed.wrapping_add(index as u64);
            let stamped = stamp_lesions(&scan.labels, [scan.image.width, scan.image.height], spacing, seed);
            without_place_um.extend(&stamped.without_place_um);
            for way in &mut ways {
                way.add(&scan, &stamped, seed);
            }
            let graded = LesionScan {
                size: [scan.image.width, scan.image.height],
                grey: &greys(&scan.image),
                labels: &scan.labels,
                scanned: &scan.scanned,
                lesion_free: None,
            };
            real.extend(graded_lesions(&graded, Some(spacing)));
            on_scan(&ScanDone { entry, index, count: entries.len() });
        }
        let stamped: usize = ways.iter().map(|way| way.lesions.len()).sum();
        if stamped == 0 {
            return Err(EvaluationError::Refused(format!(
                "no mask of {} has a place for a cyst: measure other subjects",
                self.who.measured.join(", ")
            )));
        }
        Ok(LesionReport {
            version: REPORT_VERSION,
            scans: entries.len(),
            subjects: self.who.measured.clone(),
            device: self.device.clone(),
            model: self.models.named(),
            student: self.models.student_named(),
            seen: self.models.seen.clone(),
            seed: self.seed,
            lesion_contrast: self.lesion_contrast,
            without_place_um,
            real: by_size_class(&real).into(),
            ways: ways.into_iter().map(Drawn::into_way).collect(),
        })
    }

    fn ways(&self) -> Vec<Drawn<'a>> {
        let ModelAndStudent { model, student, .. } = self.models;
        let drawn = |what: &str, synthesizer, sampler, steps| Drawn {
            what: what.to_owned(),
            synthesizer,
            emphasis: Emphasis { lesion_contrast: self.lesion_contrast, ..Emphasis::default() },
            settings: SamplingSettings { sampler, spacing: self.noise_levels, steps },
            lesions: Vec::new(),
        };
        let of_student = student.as_ref().map(|student| drawn("student", student, Sampler::Consistency, 1));
        let of_model = self.counts.iter().map(|&steps| drawn("model", model, self.sampler, steps));
        of_student.into_iter().chain(of_model).collect()
    }
}

impl LesionReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{} scans of {}, cysts stamped; model {}\n{}\n{:<18} {:<12} {:>6} {:>13} {:>6} {:>9} {:>9} {:>9}\n",
            self.scans,
            self.subjects.join(", "),
            self.model.0,
            self.seen.line(),
            "drawn by",
            "width",
            "cysts",
            "inside/around",
            "aim",
            "wall px",
            "off px",
            "beyond",
        );
        let number = |value: Option<f64>, digits: usize| {
            value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
        };
        let row = |what: &str, figures: &SizeClassFigures, aim: &str, end: &str| {
            format!(
                "{what:<18} {:<12} {:>6} {:>13} {aim:>6} {:>9} {:>9} {:>9}{end}\n",
                figures.class.name(),
                figures.lesions,
                number(figures.median, 2),
                number(figures.rim_width_px, 1),
                number(figures.rim_offset_px, 1),
                number(figures.dark_without_paint, 3),
            )
        };
        for figures in &self.real {
            text += &row("real, graded", figures, "", "");
        }
        for way in &self.ways {
            let what = format!("{}, {} step{}", way.what, way.steps, if way.steps == 1 { "" } else { "s" });
            for line in &way.lines {
                let end = if line.passed { "" } else { "  misses" };
                text += &row(&what, &line.figures, &format!("{:.2}", line.aim), end);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::lesions::SizeClass;

    #[test]
    fn a_line_passes_only_where_all_of_it_holds() {
        let good = SizeClassFigures {
            class: SizeClass::To160Um,
            lesions: 4,
            median: Some(0.6),
            darker_quarter: Some(0.5),
            darkest_tenth: Some(0.4),
            rim_width_px: Some(3.5),
            rim_offset_px: Some(-0.4),
            without_rim: 0,
            dark_without_paint: Some(0.01),
        };
        assert!(Line::new(good).passed);
        for bad in [
            SizeClassFigures { median: Some(0.7), ..good },
            SizeClassFigures { median: None, lesions: 0, ..good },
            SizeClassFigures { rim_width_px: Some(5.0), ..good },
            SizeClassFigures { rim_offset_px: Some(-1.5), ..good },
            SizeClassFigures { dark_without_paint: Some(0.2), ..good },
        ] {
            assert!(!Line::new(bad).passed, "{bad:?}");
        }
    }
}
