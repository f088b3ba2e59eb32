//! `retidiff evaluate fidelity`: how far synthetic scans are from the real ones of the same masks.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail, ensure};
use clap::Args;
use serde::Serialize;

use super::measured::{DrawingArgs, MeasuredArgs, counted, load, synthesize};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::formats::write_atomically;
use crate::metrics::fidelity::{Criterion, Mask, PictureSet, class_name, criteria, shown};
use crate::metrics::regions::{CLASS_COUNT, ClassGreys, class_of};
use crate::metrics::texture::Texture;
use crate::scan::GreyImage;
use crate::training::samples_sheet::{self, SheetRow};

/// Version of the JSON report.
const REPORT_VERSION: u32 = 2;
/// Scans on the sheet.
const SHEET_SCANS: usize = 8;
/// Grey of baseline pixels nobody annotated; they are not measured.
const UNANNOTATED_GREY: u8 = 64;

/// Compare synthetic scans with the real ones of the same masks: brightness of every class, cysts against
/// their surroundings, grain, and the place of the outer edges.
///
/// Grain is measured after each layer's own profile is taken off, and a control, the real scans of the training
/// subjects, shows how far it differs between people. Beside the model stands a baseline that paints every class
/// with its mean grey in the training scans; it must fail, or the figures would show nothing. Exit code 0 means
/// that the model passes every line and the baseline does not.
#[derive(Debug, Args)]
pub struct FidelityArgs {
    #[command(flatten)]
    measured: MeasuredArgs,
    /// Measure the baseline in place of a model
    #[arg(long, conflicts_with = "model")]
    baseline: bool,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Write mask, real scan and synthetic scan of eight of the scans beside each other
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Everything the command found out.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    scans: usize,
    subjects: Vec<String>,
    /// Name and SHA-256 of the model's weights; `None` for the baseline alone.
    model: Option<(String, String)>,
    sampler: &'static str,
    steps: u32,
    seed: u64,
    device: String,
    secs_per_scan: Option<f64>,
    criteria: Vec<Line>,
    classes: Vec<ClassLine>,
    baseline_fails: bool,
    passed: bool,
}

/// A criterion for the model beside what the real scans and the baseline reach.
#[derive(Debug, Serialize)]
struct Line {
    real: Criterion,
    /// Real scans of the training subjects, where they need not show the same masks to be compared.
    control: Option<Criterion>,
    model: Option<Criterion>,
    baseline: Criterion,
}

/// A class's figures: real, model, baseline.
#[derive(Debug, Serialize)]
struct ClassLine {
    class: &'static str,
    mean_grey: [Option<f64>; 3],
    texture: [Option<Texture>; 3],
}

/// Runs the subcommand.
pub fn run(args: &FidelityArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.measured.data)?;
    let who = args.measured.subjects()?;
    let measured = who.scans(&manifest)?;
    let training = who.training_scans(&manifest, &measured);
    let (class_greys, control) = training_figures(&manifest, &training)?;
    let (device, device_name) = args.drawing.device.pick()?;
    let synthesizer =
        if args.baseline { None } else { Some(load(&args.measured.model_source().read()?, &device)?) };

    let (mut real, mut model, mut baseline) =
        (PictureSet::default(), PictureSet::default(), PictureSet::default());
    let mut rows = Vec::new();
    let mut secs = 0.0;
    for (index, entry) in measured.iter().enumerate() {
        let scan = LabelledScan::load(&manifest, entry)?;
        let counted = counted(&scan);
        let mask = Mask { labels: &scan.labels, scanned: &scan.scanned, counted: &counted };
        real.add(&scan.image, mask);
        let painted = painted(&scan, &class_greys);
        baseline.add(&painted, mask);
        let mut shown = painted;
        if let Some(synthesizer) = &synthesizer {
            let began = Instant::now();
            let settings = args.drawing.settings();
            shown = synthesize(synthesizer, &scan, settings, args.drawing.seed.wrapping_add(index as u64));
            secs += began.elapsed().as_secs_f64();
            model.add(&shown, mask);
            if !args.json {
                eprintln!(
                    "{} ({} of {}): {:.1} s",
                    entry.id,
                    index + 1,
                    measured.len(),
                    secs / (index + 1) as f64
                );
            }
        }
        if args.sheet.is_some() && is_on_sheet(index, measured.len()) {
            rows.push(SheetRow { labels: scan.labels, real: scan.image, synthetic: shown });
        }
    }
    if let Some(path) = &args.sheet {
        let bytes = samples_sheet::encode(&rows).context("encoding the sheet")?;
        write_atomically(path, &bytes).with_context(|| format!("writing {}", path.display()))?;
    }

    let model_set = synthesizer.is_some().then_some(&model);
    let control_criteria = criteria(&control, &real);
    let baseline_criteria = criteria(&baseline, &real);
    let baseline_fails = baseline_criteria.iter().any(|criterion| !criterion.passed);
    let mut model_criteria = model_set.map(|model| criteria(model, &real).into_iter());
    let lines: Vec<Line> = criteria(&real, &real)
        .into_iter()
        .zip(baseline_criteria)
        .zip(control_criteria)
        .map(|((real, baseline), control)| Line {
            control: control.is_grain().then_some(control),
            real,
            model: model_criteria.as_mut().and_then(Iterator::next),
            baseline,
        })
        .collect();
    let passed = lines.iter().all(|line| line.model.as_ref().unwrap_or(&line.baseline).passed);
    let report = Report {
        version: REPORT_VERSION,
        scans: measured.len(),
        subjects: who.measured,
        model: synthesizer
            .as_ref()
            .map(|synthesizer| (synthesizer.info().name.clone(), synthesizer.info().tensors_sha256.clone())),
        sampler: args.drawing.sampler.name(),
        steps: args.drawing.steps,
        seed: args.drawing.seed,
        device: device_name,
        secs_per_scan: model_set.is_some().then(|| secs / measured.len() as f64),
        criteria: lines,
        classes: class_lines(&real, model_set, &baseline),
        baseline_fails,
        passed,
    };
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", table(&report));
    }
    match (passed, baseline_fails) {
        (true, true) => Ok(()),
        (false, _) => bail!("not every line passes"),
        (true, false) => bail!("the baseline passes too, so these figures show nothing"),
    }
}

/// Mean grey of each class over the training scans, for the baseline, and what they show, for the control.
fn training_figures(
    manifest: &Manifest,
    scans: &[&ManifestEntry],
) -> anyhow::Result<([u8; CLASS_COUNT], PictureSet)> {
    let (mut greys, mut control) = (ClassGreys::default(), PictureSet::default());
    for entry in scans {
        let scan = LabelledScan::load(manifest, entry)?;
        greys.add(&scan.image, &scan.labels, &scan.scanned);
        let counted = counted(&scan);
        control.add(&scan.image, Mask { labels: &scan.labels, scanned: &scan.scanned, counted: &counted });
    }
    let means = greys.means();
    ensure!(
        means.iter().any(Option::is_some),
        "the baseline needs training scans: import the data set's other subjects too"
    );
    Ok((means.map(|mean| mean.unwrap_or_default().round() as u8), control))
}

/// The baseline: every class in its mean grey.
fn painted(scan: &LabelledScan, greys: &[u8; CLASS_COUNT]) -> GreyImage {
    let pixels: Vec<u8> = scan
        .labels
        .iter()
        .map(|&code| class_of(code).map_or(UNANNOTATED_GREY, |class| greys[class]))
        .collect();
    GreyImage::new(scan.image.width, scan.image.height, pixels)
}

/// Whether scan `index` of `count` is one of those spread evenly over the sheet.
fn is_on_sheet(index: usize, count: usize) -> bool {
    let shown = SHEET_SCANS.min(count);
    (0..shown).any(|row| (2 * row + 1) * count / (2 * shown) == index)
}

fn class_lines(real: &PictureSet, model: Option<&PictureSet>, baseline: &PictureSet) -> Vec<ClassLine> {
    let sets = [Some(real), model, Some(baseline)];
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

/// The report for people.
fn table(report: &Report) -> String {
    let verdict = |passed: bool| if passed { "PASS" } else { "FAIL" };
    let mut text = format!("{} scans of {}", report.scans, report.subjects.join(", "));
    if let (Some((name, sha256)), Some(secs)) = (&report.model, report.secs_per_scan) {
        text += &format!(
            "; model {name} ({}), {} with {} steps, seed {}, {}: {secs:.1} s a scan",
            &sha256[..sha256.len().min(12)],
            report.sampler,
            report.steps,
            report.seed,
            report.device
        );
    }
    text += "\n\n";
    for line in &report.criteria {
        text += &format!("{} ({})\n", line.real.name, line.real.required);
        text += &format!("       real      {}\n", line.real.measured);
        let judged = [
            ("control ", line.control.as_ref()),
            ("model   ", line.model.as_ref()),
            ("baseline", Some(&line.baseline)),
        ];
        for (name, criterion) in judged {
            if let Some(criterion) = criterion {
                text += &format!("  {} {name}  {}\n", verdict(criterion.passed), criterion.measured);
            }
        }
    }
    text += &format!("the baseline must fail\n  {}\n\n", verdict(report.baseline_fails));
    type Figure = fn(&ClassLine, usize) -> Option<f64>;
    let figures: [(&str, usize, Figure); 4] = [
        ("mean grey", 1, |line, set| line.mean_grey[set]),
        ("contrast", 3, |line, set| Some(line.texture[set]?.contrast)),
        ("lateral px", 2, |line, set| line.texture[set]?.lateral_width_px),
        ("axial px", 2, |line, set| line.texture[set]?.axial_width_px),
    ];
    text += &format!("{:<10}", "class");
    for (name, ..) in &figures {
        text += &format!("  {name:>10} real  model   base");
    }
    text += "\n";
    for line in &report.classes {
        text += &format!("{:<10}", line.class);
        for (_, digits, figure) in &figures {
            let [real, model, base] = [0, 1, 2].map(|set| shown(figure(line, set), *digits));
            text += &format!("  {real:>15} {model:>6} {base:>6}");
        }
        text += "\n";
    }
    text
}
