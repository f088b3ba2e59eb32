//! `retidiff evaluate looks`: how much of an asked look a model draws, and the model with that in its file.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use serde::Serialize;

use super::super::compute::ComputeDevice;
use super::measured::{DrawingArgs, LooksOf, spread, synthesize_looking};
use super::subjects::SubjectArgs;
use crate::dataset::samples::{LabelledScan, Sample, SampleOptions};
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::model_file::{self, Precision};
use crate::diffusion::{DrawnLook, Emphasis, LookResponse, ModelInfo, Synthesizer};
use crate::encoding::shadow::{column_darkness, darkness};
use crate::encoding::style::{StyleFigures, figure_class};
use crate::formats::write_file;
use crate::metrics::fidelity::class_name;
use crate::metrics::regions::correlation;
use crate::nn::UNet;
use crate::worker::models::ModelSource;

/// Version of the JSON report.
const REPORT_VERSION: u32 = 1;

/// Measure how much of a look comes when a model is asked for it, on the training scans: each is drawn with its own
/// style and its own vessel shadows.
///
/// A network that has learned for a short time moves the greys of the layers the right way, but not far enough, and its
/// shadows are too faint. Printed are, class by class, how far mean greys lie apart from scan to scan in the real scans and
/// in those drawn, their correlation, and the share of an asked difference that comes; and the share of a shadow's
/// darkness. `--out` writes the model with these measures in its file, by which studio and command line then make up
/// for what is missing. The weights stay as they are.
#[derive(Debug, Args)]
pub struct LooksArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    #[command(flatten)]
    subjects: SubjectArgs,
    /// At most so many scans, spread evenly
    #[arg(long, value_name = "N", default_value_t = 136, value_parser = clap::value_parser!(u32).range(12..))]
    scans: u32,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Write the model with what was measured
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    /// Name and tensor hash.
    model: (String, String),
    steps: u32,
    scans: usize,
    subjects: Vec<String>,
    classes: Vec<ClassLook>,
    /// Share of a shadow's darkness that is drawn; `None` of a model that is told of none.
    shadow: Option<f32>,
}

/// A class from scan to scan, mean greys in levels.
#[derive(Debug, Serialize)]
struct ClassLook {
    class: &'static str,
    scans: usize,
    spread_real: f64,
    spread_drawn: f64,
    correlation: Option<f64>,
    /// How much the drawn grey rises where the real one rises by one level.
    share: Option<f64>,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written, or the model is told of no style.
pub fn run(args: &LooksArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    who.check_named(&manifest)?;
    let training: Vec<&ManifestEntry> =
        manifest.entries.iter().filter(|entry| who.is_training(entry)).collect();
    let entries = spread(&training, args.scans as usize);
    let source = args.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
    let (bytes, file) = source.read()?;
    let (device, _) = ComputeDevice::pick(args.drawing.device)?;
    let (unet, info) = model_file::load(bytes.as_ref(), &file, &device)?;
    let Some(styles) = info.style.clone() else {
        anyhow::bail!(
            "{file}: this model is told of no style; choose one that is, as the bundled live model"
        );
    };
    ensure!(
        entries.len() > styles.components(),
        "{} holds {} labelled scans of training subjects, too few to measure {} directions: import more",
        args.data.display(),
        entries.len(),
        styles.components()
    );
    // Measured is what the network does by itself.
    let alone = Synthesizer::new(unet.clone(), ModelInfo { looks: None, ..info.clone() }, device);
    let mut pairs = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let scan = LabelledScan::load(&manifest, entry)?;
        pairs.push(asked_and_drawn(&alone, &scan, args, index as u64));
        if !args.json {
            eprintln!("{} ({} of {})", entry.id, index + 1, entries.len());
        }
    }
    let drawn: Vec<DrawnLook> = pairs.iter().map(|(_, drawn)| drawn.clone()).collect();
    let looks = LookResponse::fitted(&drawn, styles.components())
        .with_context(|| format!("{}: a class is on too few scans to be measured", args.data.display()))?;
    let mut subjects: Vec<String> = entries.iter().map(|entry| entry.subject.clone()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let report = Report {
        version: REPORT_VERSION,
        model: (info.name.clone(), info.tensors_sha256.clone()),
        steps: args.drawing.steps,
        scans: entries.len(),
        subjects,
        classes: class_looks(&pairs),
        shadow: looks.shadow_share(),
    };
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", report.table()),
    }
    if let Some(out) = &args.out {
        write_file(out, &with_looks(&unet, info, looks))?;
        eprintln!("written: {}", out.display());
    }
    Ok(())
}

/// What was measured in a real scan, and its picture beside what was asked of it.
fn asked_and_drawn(
    model: &Synthesizer,
    scan: &LabelledScan,
    args: &LooksArgs,
    index: u64,
) -> (StyleFigures, DrawnLook) {
    let info = model.info();
    let styles = info.style.as_ref().expect("a model that is told styles");
    let options = SampleOptions {
        style_components: styles.components(),
        shadow: info.shadow,
        ..SampleOptions::default()
    };
    let asked = Sample::with_options(scan, &info.mapping, options);
    let looks = (Emphasis::default(), LooksOf::Scan);
    let seed = args.drawing.seed + index;
    let picture = synthesize_looking(model, scan, args.drawing.settings(), looks, seed);
    let came = Sample::with_options(&LabelledScan { image: picture, ..scan.clone() }, &info.mapping, options);
    let figures = asked.figures.expect("figures are asked for");
    let came_dark = column_darkness(came.width, &came.image, &came.labels, &came.annotated);
    let shadows = asked
        .shadow
        .iter()
        .zip(came_dark)
        .filter_map(|(&shadow, came)| Some([darkness(shadow), came?]))
        .collect();
    (figures, DrawnLook { style: styles.style(&figures), figures: came.figures, shadows })
}

fn class_looks(pairs: &[(StyleFigures, DrawnLook)]) -> Vec<ClassLook> {
    let of_class = |figure: usize| {
        let class = figure_class(figure)?;
        let greys: Vec<(f64, f64)> = pairs
            .iter()
            .filter_map(|(real, drawn)| {
                let [real, drawn] = [real[figure], drawn.figures?[figure]].map(f64::from);
                (real.is_finite() && drawn.is_finite()).then_some((real, drawn))
            })
            .collect();
        let spread_real = deviation(greys.iter().map(|pair| pair.0));
        let spread_drawn = deviation(greys.iter().map(|pair| pair.1));
        let correlation = correlation(&greys);
        Some(ClassLook {
            class: class_name(usize::from(class)),
            scans: greys.len(),
            spread_real,
            spread_drawn,
            correlation,
            share: correlation.map(|correlation| correlation * spread_drawn / spread_real),
        })
    };
    (0..).map_while(of_class).collect()
}

fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    (values.map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
}

/// A model file with the measures; the weights in the precision that they were read in.
fn with_looks(unet: &UNet, info: ModelInfo, looks: LookResponse) -> Vec<u8> {
    let before = info.tensors_sha256.clone();
    let info = ModelInfo { looks: Some(looks), ..info };
    let halves = model_file::encode(unet, &info, Precision::F16);
    let is_same = model_file::read_info(&halves, "").is_ok_and(|written| written.tensors_sha256 == before);
    if is_same { halves } else { model_file::encode(unet, &info, Precision::F32) }
}

impl Report {
    fn table(&self) -> String {
        let mut table = format!(
            "{} ({}), {} steps, {} scans of {}\n\n{:<12} {:>6} {:>11} {:>12} {:>12} {:>6}\n",
            self.model.0,
            &self.model.1[..12],
            self.steps,
            self.scans,
            self.subjects.join(", "),
            "class",
            "scans",
            "spread real",
            "spread drawn",
            "correlation",
            "share"
        );
        let cell = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
        for line in &self.classes {
            table += &format!(
                "{:<12} {:>6} {:>11.1} {:>12.1} {:>12} {:>6}\n",
                line.class,
                line.scans,
                line.spread_real,
                line.spread_drawn,
                cell(line.correlation),
                cell(line.share)
            );
        }
        table
            + &format!("\nshare of a shadow's darkness that is drawn: {}\n", cell(self.shadow.map(f64::from)))
    }
}
