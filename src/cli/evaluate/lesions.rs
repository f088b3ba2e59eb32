//! `retidiff evaluate lesions`: whether a cyst that is painted is seen.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use serde::Serialize;

use super::super::compute::ComputeDevice;
use super::super::synthesize::parse_lesion_contrast;
use super::measured::{MeasuredArgs, ModelAndStudent, spread, synthesize_emphasised};
use crate::dataset::Manifest;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{Settings, Synthesizer};
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

/// Stamp cysts of 60, 120, 200 and 350 µm into the masks of labelled scans, draw them, and measure how well they are
/// seen, in one step (the student's, where there is one) and in several.
///
/// Every mask is drawn twice from the same noise, with the cysts and without. Measured are the grey inside over that
/// of the layers around, how many pixels the wall takes from 10 to 90 % of the step, how far from the painted edge it
/// stands, and how much darker it is beyond. Beside them stand the cysts that graders drew in the same scans. A line
/// passes where the painted cysts are not brighter than the darker quarter of the real ones of Duke 1-8, the wall is
/// within 4 px and 1 px of the painted edge, and nothing beyond it is darker by more than a twentieth.
#[derive(Debug, Args)]
pub struct LesionsArgs {
    #[command(flatten)]
    measured: MeasuredArgs,
    /// Its student's model file; the one beside the model unless said here
    #[arg(long, value_name = "FILE")]
    student: Option<PathBuf>,
    /// At most so many scans, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(1..))]
    scans: u32,
    /// Step counts of the model
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_values_t = [1, 8],
        value_parser = clap::value_parser!(u32).range(1..=100))]
    steps: Vec<u32>,
    /// The model's path from noise to scan
    #[arg(long, value_enum, default_value_t)]
    sampler: Sampler,
    /// How far the model's lesions are pushed, and nothing else is; a student draws without
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_lesion_contrast)]
    lesion_contrast: f64,
    /// How the noise levels of more than one step are spaced
    #[arg(long, value_enum, default_value_t)]
    noise_levels: NoiseSpacing,
    /// Seed of the first scan's noise and cysts; the others follow
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    scans: usize,
    subjects: Vec<String>,
    device: String,
    /// Name and tensor hash.
    model: (String, String),
    student: Option<(String, String)>,
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
    settings: Settings,
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

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, or a scan's pixel size is not known.
pub fn run(args: &LesionsArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.measured.data)?;
    let who = args.measured.subjects()?;
    let entries = spread(&who.scans(&manifest)?, args.scans as usize);
    let (device, device_name) = args.device.pick()?;
    let ModelAndStudent { model, student } =
        args.measured.load_with_student(args.student.as_ref(), &who, &device)?;
    let mut ways = ways(args, &model, student.as_ref());

    let mut real = Vec::new();
    let mut without_place_um = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let scan = LabelledScan::load(&manifest, entry)?;
        let Some(spacing) = entry.spacing else {
            anyhow::bail!(
                "{}: its pixel size is not known, so no cyst of a size can be stamped: import it with --spacing",
                entry.id
            );
        };
        let seed = args.seed.wrapping_add(index as u64);
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
        if !args.json {
            eprintln!("{} ({} of {})", entry.id, index + 1, entries.len());
        }
    }
    let stamped: usize = ways.iter().map(|way| way.lesions.len()).sum();
    ensure!(
        stamped > 0,
        "no mask of {} has a place for a cyst: measure other subjects",
        who.measured.join(", ")
    );
    let named = |synthesizer: &Synthesizer| {
        (synthesizer.info().name.clone(), synthesizer.info().tensors_sha256.clone())
    };
    let report = Report {
        version: REPORT_VERSION,
        scans: entries.len(),
        subjects: who.measured,
        device: device_name,
        model: named(&model),
        student: student.as_ref().map(named),
        seed: args.seed,
        lesion_contrast: args.lesion_contrast,
        without_place_um,
        real: by_size_class(&real).into(),
        ways: ways.into_iter().map(Drawn::into_way).collect(),
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", table(&report));
    }
    Ok(())
}

fn ways<'a>(args: &LesionsArgs, model: &'a Synthesizer, student: Option<&'a Synthesizer>) -> Vec<Drawn<'a>> {
    let drawn = |what: &str, synthesizer, sampler, steps, lesion_contrast| Drawn {
        what: what.to_owned(),
        synthesizer,
        emphasis: Emphasis { lesion_contrast, ..Emphasis::default() },
        settings: Settings { sampler, spacing: args.noise_levels, steps },
        lesions: Vec::new(),
    };
    let of_student = student.map(|student| drawn("student", student, Sampler::Consistency, 1, 1.0));
    let of_model =
        args.steps.iter().map(|&steps| drawn("model", model, args.sampler, steps, args.lesion_contrast));
    of_student.into_iter().chain(of_model).collect()
}

fn table(report: &Report) -> String {
    let mut text = format!(
        "{} scans of {}, cysts stamped; model {}\n\n{:<18} {:<12} {:>6} {:>13} {:>6} {:>9} {:>9} {:>9}\n",
        report.scans,
        report.subjects.join(", "),
        report.model.0,
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
    for figures in &report.real {
        text += &row("real, graded", figures, "", "");
    }
    for way in &report.ways {
        let what = format!("{}, {} step{}", way.what, way.steps, if way.steps == 1 { "" } else { "s" });
        for line in &way.lines {
            let end = if line.passed { "" } else { "  misses" };
            text += &row(&what, &line.figures, &format!("{:.2}", line.aim), end);
        }
    }
    text
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
