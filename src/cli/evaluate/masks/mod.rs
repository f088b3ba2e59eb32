//! `retidiff evaluate masks`: DMC modes side by side on the same drawn masks, drawn against real masks as
//! distributions, and distance to the nearest training mask.

mod report;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;

use super::leak_guard::LeakGuard;
use super::subjects::{SubjectArgs, Subjects};
use crate::anatomy::{BELOW_BM, IRF, LAYER_COUNT, label};
use crate::cli::masks::Drawing;
use crate::dataset::mask_samples::{MaskCut, MaskSample};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::mask_generator::MaskGenerator;
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair};
use crate::encoding::masks::{DrawnMask, MaskPlan};
use crate::formats::write_atomically;
use crate::metrics::masks::{MaskFigures, bootstrap, jaggedness, median, wasserstein};
use crate::training::samples_sheet;
use report::{DistributionLine, Faults, ModeLine, Nearest, REPORT_VERSION, Report, table};

/// Masks on the sheet: the default labels above, the paper's below.
const SHEET_MASKS: usize = 4;

/// Measure a mask model: what each way of turning drawn values into labels does to the same masks, how
/// thickness and fluid of drawn masks are distributed beside real ones, and whether masks are copies.
///
/// Real masks pass through the model's grid too, so that only the drawing differs. The measured eyes validate unless
/// others are named: recipes were chosen by looking at them. The Dice with the drawn planes is circular, for the labels
/// were taken from those planes: it shows what labelling and repair change, not whether masks are right. Intervals are
/// 95 % bootstrap intervals over masks; masks of one eye are alike, so they are rather too narrow.
#[derive(Debug, Args)]
pub struct MaskEvaluation {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Masks to draw
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    count: u32,
    #[command(flatten)]
    drawing: Drawing,
    #[command(flatten)]
    subjects: SubjectArgs,
    #[command(flatten)]
    guard: LeakGuard,
    /// Compare distributions with training masks of these sources only (the measured ones' own unless said
    /// here); copies are looked for among all training masks
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    sources: Option<Vec<String>>,
    /// Write drawn masks: by the default labels above, by the paper's below
    #[arg(long, value_name = "FILE.png")]
    sheet: Option<PathBuf>,
    /// Write the distributions as curves
    #[arg(long, value_name = "FILE.svg")]
    plots: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the evaluation.
///
/// # Errors
/// If something cannot be read or written.
pub fn run(args: &MaskEvaluation) -> anyhow::Result<()> {
    let (generator, device) = args.drawing.generator()?;
    let [rows, columns] = generator.mask().grid.size_px().map(|side| side.round() as u32);
    let plan = generator.plan(columns, rows, None);
    let real = RealMasks::of_data(args, &generator, &plan)?;

    let began = Instant::now();
    let mut drawn = Vec::new();
    for index in 0..args.count {
        let settings = args.drawing.settings(u64::from(index));
        let ControlFlow::Continue(planes) =
            generator.draw_planes(&plan, &settings, None, |_| ControlFlow::Continue(()))
        else {
            unreachable!("nothing breaks this drawing off")
        };
        drawn.push(planes);
        if !args.json && (index + 1) % 20 == 0 {
            eprintln!("{} of {} masks, {:.0} s", index + 1, args.count, began.elapsed().as_secs_f64());
        }
    }
    let secs_per_mask = began.elapsed().as_secs_f64() / f64::from(args.count);
    let coding = generator.mask().coding;
    let mask_of = |planes: &Vec<f32>| DrawnMask::new(coding, planes, &plan);

    let mut pooled = Histogram::default();
    drawn.iter().for_each(|planes| pooled.add(mask_of(planes).intensities()));
    let mut modes: Vec<ModeLine> = coding.modes().iter().map(|&mode| ModeLine::new(mode)).collect();
    let mut figures = Vec::new();
    for planes in &drawn {
        let mask = mask_of(planes);
        let reference = reference_codes(&mask, &pooled);
        for line in &mut modes {
            let repaired = line.add(&mask, &reference, &pooled, &plan, f64::from(args.count));
            if line.mode == DmcMode::default().name() {
                figures.extend(MaskFigures::of(plan.width, plan.height, &repaired, plan.pixel_um));
            }
        }
    }
    ensure!(figures.len() > 1, "fewer than two drawn masks can be measured");

    if let Some(path) = &args.sheet {
        let shown: Vec<DrawnMask> = drawn.iter().take(SHEET_MASKS).map(mask_of).collect();
        write_sheet(path, &shown, &pooled, [plan.width, plan.height])?;
    }
    let distributions = distributions(&figures, &real, args.drawing.seed);
    if let Some(path) = &args.plots {
        let svg = super::mask_plots::svg(&curves(&figures, &real));
        write_atomically(path, svg.as_bytes()).with_context(|| format!("writing {}", path.display()))?;
    }
    let info = generator.info();
    let report = Report {
        version: REPORT_VERSION,
        model: info.name.clone(),
        model_sha256: info.tensors_sha256.clone(),
        masks: args.count,
        seed: args.drawing.seed,
        steps: args.drawing.steps,
        sampler: args.drawing.sampler.name(),
        guidance: args.drawing.guidance,
        device,
        secs_per_mask,
        real_training: real.training.len(),
        real_training_compared: real.compared.len(),
        real_measured: real.measured.len(),
        modes,
        distributions,
        nearest: nearest(&figures, &real, args.drawing.seed),
    };
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", table(&report)),
    }
    Ok(())
}

/// Writes a sheet of drawn masks of `[width, height]` px: repaired ones above, raw ones below.
fn write_sheet(path: &Path, shown: &[DrawnMask], pooled: &Histogram, size: [u32; 2]) -> anyhow::Result<()> {
    let [width, height] = size;
    let repaired = |mask: &DrawnMask, mode| {
        let codes = mask.codes(mode, pooled);
        dmc::repair(width, height, &codes, Repair::default()).0.composite_pixels()
    };
    let above = shown.iter().map(|mask| repaired(mask, DmcMode::default()));
    let below = shown.iter().map(|mask| mask.codes(DmcMode::PaperSorted, pooled));
    let bytes = samples_sheet::encode_masks(width, height, &above.chain(below).collect::<Vec<_>>())
        .context("encoding the sheet")?;
    write_atomically(path, &bytes).with_context(|| format!("writing {}", path.display()))
}

/// Real masks through the model's grid.
#[derive(Default)]
struct RealMasks {
    /// All that a model may have learnt by heart.
    training: Vec<MaskFigures>,
    /// Subject of each training mask.
    subjects: Vec<String>,
    /// The training masks of the compared sources: graders of other sources draw otherwise.
    compared: Vec<MaskFigures>,
    measured: Vec<MaskFigures>,
}

impl RealMasks {
    fn of_data(args: &MaskEvaluation, generator: &MaskGenerator, plan: &MaskPlan) -> anyhow::Result<Self> {
        let manifest = Manifest::read(&args.data)?;
        let who = args.subjects.read(&args.data)?;
        who.check_named(&manifest)?;
        let info = generator.info();
        args.guard.check(Path::new(&info.name), &info.training, &who.measured)?;
        let (mapping, mask) = (&info.mapping, generator.mask());
        // Masks of the auto-trace are no measure of masks, but a model that learnt them may copy them.
        let learnt_traced = info.training.pseudo_labelled_scans.copied().unwrap_or(0) > 0;
        let figures = |entry: &ManifestEntry| -> anyhow::Result<Option<MaskFigures>> {
            let Some(sample) = MaskSample::new(&LabelledScan::load(&manifest, entry)?, mapping) else {
                return Ok(None);
            };
            let spare = sample.known.len().saturating_sub(plan.width as usize);
            let cut = MaskCut::at((sample.known.start + spare / 2) as f64);
            let laid = cut.lay(&sample, mask.coding, &mask.grid, mapping);
            let codes = DrawnMask::new(mask.coding, &laid.planes, plan)
                .codes(DmcMode::default(), &Histogram::default());
            Ok(MaskFigures::of(plan.width, plan.height, &codes, plan.pixel_um))
        };
        Self::measured(&manifest, &who, args.sources.as_deref(), learnt_traced, figures)
    }

    /// The figures of the real masks of a data set, `figures` of each; `sources` are those whose distributions are
    /// compared, the measured masks' own where none are named.
    fn measured(
        manifest: &Manifest,
        who: &Subjects,
        sources: Option<&[String]>,
        learnt_traced: bool,
        figures: impl Fn(&ManifestEntry) -> anyhow::Result<Option<MaskFigures>>,
    ) -> anyhow::Result<Self> {
        let sources: Vec<&String> = match sources {
            Some(sources) => sources.iter().collect(),
            None => who.scans(manifest)?.iter().map(|entry| &entry.source).collect(),
        };
        let mut real = Self::default();
        for entry in manifest.entries.iter().filter(|entry| entry.label.is_some()) {
            let is_traced = entry.pseudo_labelled && learnt_traced && who.trains(&entry.subject);
            if who.is_training(entry) || is_traced {
                let Some(figures) = figures(entry)? else { continue };
                if !entry.pseudo_labelled && sources.contains(&&entry.source) {
                    real.compared.push(figures.clone());
                }
                real.training.push(figures);
                real.subjects.push(entry.subject.clone());
            } else if who.is_measured(entry) {
                real.measured.extend(figures(entry)?);
            }
        }
        let place = manifest.dir.display();
        ensure!(
            !real.training.is_empty() && !real.measured.is_empty(),
            "{place} needs labelled scans of training subjects and of {}",
            who.measured.join(", ")
        );
        ensure!(
            !real.compared.is_empty(),
            "{place} has no labelled scans of training subjects like the measured ones; name other --sources"
        );
        Ok(real)
    }
}

/// The labels each plane speaks for by itself, where the coding has one per class.
fn reference_codes(mask: &DrawnMask, pooled: &Histogram) -> Vec<u8> {
    let mode = if mask.has_fluid().is_some() { DmcMode::Onehot } else { DmcMode::Quantise };
    mask.codes(mode, pooled)
}

impl ModeLine {
    fn new(mode: DmcMode) -> Self {
        Self {
            mode: mode.name(),
            dmc: mode,
            before: Faults::default(),
            after: Faults::default(),
            specks_removed: 0.0,
            pixels_repaired: 0.0,
        }
    }

    /// Counts a mask among `count`; returns its repaired codes.
    fn add(
        &mut self,
        mask: &DrawnMask,
        reference: &[u8],
        pooled: &Histogram,
        plan: &MaskPlan,
        count: f64,
    ) -> Vec<u8> {
        let codes = mask.codes(self.dmc, pooled);
        let (repaired, report) = dmc::repair(plan.width, plan.height, &codes, Repair::default());
        let repaired = repaired.composite_pixels();
        self.specks_removed += report.specks as f64 / count;
        self.pixels_repaired += (report.speck_px + report.order_px) as f64 / count;
        self.before.add(&codes, mask, reference, plan, count);
        self.after.add(&repaired, mask, reference, plan, count);
        repaired
    }
}

impl Faults {
    fn add(&mut self, codes: &[u8], mask: &DrawnMask, reference: &[u8], plan: &MaskPlan, count: f64) {
        let disordered = dmc::repair::columns_out_of_order(plan.width, plan.height, codes);
        self.disordered_columns += disordered as f64 / f64::from(plan.width) / count;
        let has = |code: u8| codes.contains(&code);
        let drawn_fluid = mask.has_fluid();
        let lacks = (0..=BELOW_BM).any(|code| !has(code)) || (drawn_fluid == Some(true) && !has(IRF));
        self.masks_lacking_a_class += u32::from(lacks);
        self.masks_inventing_fluid += u32::from(drawn_fluid == Some(false) && has(IRF));
        self.agreement += dice(codes, reference) / count;
        self.jagged.extend(jaggedness(plan.width, plan.height, codes));
        let measured = self.jagged.len();
        self.jaggedness_px = (measured > 0).then(|| self.jagged.iter().sum::<f64>() / measured as f64);
    }
}

/// Mean Dice over the classes that are in either.
fn dice(a: &[u8], b: &[u8]) -> f64 {
    let (mut both, mut either) = ([0_u64; 256], [0_u64; 256]);
    for (&a, &b) in a.iter().zip(b) {
        either[usize::from(a)] += 1;
        either[usize::from(b)] += 1;
        both[usize::from(a)] += u64::from(a == b);
    }
    let scores: Vec<f64> = both
        .iter()
        .zip(either)
        .filter(|(_, either)| *either > 0)
        .map(|(&both, either)| 2.0 * both as f64 / either as f64)
        .collect();
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

/// A figure of a mask, with its name and unit.
type Figure = (&'static str, &'static str, fn(&MaskFigures) -> f64);

fn figures() -> Vec<Figure> {
    let layers: [fn(&MaskFigures) -> f64; LAYER_COUNT] = [
        |mask| mask.layers_um[0],
        |mask| mask.layers_um[1],
        |mask| mask.layers_um[2],
        |mask| mask.layers_um[3],
        |mask| mask.layers_um[4],
        |mask| mask.layers_um[5],
        |mask| mask.layers_um[6],
    ];
    let named = layers
        .into_iter()
        .enumerate()
        .map(|(layer, figure)| (label(layer as u8 + 1).map_or("layer", |label| label.name), "µm", figure));
    let mut figures: Vec<Figure> = named.collect();
    figures.push(("ILM to BM", "µm", |mask| mask.retina_um));
    figures.push(("fluid", "mm²", |mask| mask.fluid_mm2));
    figures.push(("cysts", "", |mask| mask.cysts));
    figures
}

fn values(masks: &[MaskFigures], figure: fn(&MaskFigures) -> f64) -> Vec<f64> {
    masks.iter().map(figure).collect()
}

fn distributions(drawn: &[MaskFigures], real: &RealMasks, seed: u64) -> Vec<DistributionLine> {
    figures()
        .into_iter()
        .map(|(name, unit, figure)| {
            let (drawn, training, measured) =
                (values(drawn, figure), values(&real.compared, figure), values(&real.measured, figure));
            DistributionLine {
                figure: name,
                unit,
                median_drawn: median(&drawn),
                median_training: median(&training),
                median_measured: median(&measured),
                drawn_to_training: bootstrap(&drawn, &training, seed, wasserstein),
                drawn_to_measured: bootstrap(&drawn, &measured, seed, wasserstein),
                training_to_measured: bootstrap(&training, &measured, seed, wasserstein),
            }
        })
        .collect()
}

fn curves(drawn: &[MaskFigures], real: &RealMasks) -> Vec<super::mask_plots::Panel> {
    figures()
        .into_iter()
        .map(|(name, unit, figure)| super::mask_plots::Panel {
            title: if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") },
            curves: [values(drawn, figure), values(&real.compared, figure), values(&real.measured, figure)],
        })
        .collect()
}

fn nearest(drawn: &[MaskFigures], real: &RealMasks, seed: u64) -> Nearest {
    let of = |masks: &[MaskFigures]| -> Vec<f64> {
        masks.iter().map(|mask| mask.nearest(&real.training)).collect()
    };
    let (near_drawn, near_measured) = (of(drawn), of(&real.measured));
    let across: Vec<f64> = real
        .training
        .iter()
        .zip(&real.subjects)
        .map(|(mask, subject)| {
            let others = real.training.iter().zip(&real.subjects).filter(|(_, other)| *other != subject);
            others.map(|(other, _)| mask.distance(other)).fold(f64::INFINITY, f64::min)
        })
        .filter(|distance| distance.is_finite())
        .collect();
    let middle = |values: &[f64]| bootstrap(values, &[], seed, |values, _| median(values));
    let least = near_measured.iter().copied().fold(f64::INFINITY, f64::min);
    Nearest {
        nearer_than_any_measured: near_drawn.iter().filter(|&&near| near < least).count() as f64
            / near_drawn.len() as f64,
        drawn_um: middle(&near_drawn),
        measured_um: middle(&near_measured),
        other_subjects_um: middle(&across),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Split;

    /// Flat layers of a thickness.
    fn mask(layer: u32) -> Vec<u8> {
        (0..64 * 100).map(|pixel| ((pixel / 64_u32).saturating_sub(8) / layer).min(8) as u8).collect()
    }

    fn figures(layer: u32) -> MaskFigures {
        MaskFigures::of(64, 100, &mask(layer), [4.0, 10.0]).unwrap()
    }

    fn entry(id: &str, subject: &str, source: &str) -> ManifestEntry {
        serde_json::from_value(serde_json::json!({
            "version": 1, "id": id, "image": "a.png", "label": "b.png", "width": 64, "height": 100,
            "subject": subject, "source": source
        }))
        .unwrap()
    }

    /// Layer thickness by id: training masks of 6 px like the measured ones, of 9 px in another source, of 11 px
    /// by the auto-trace.
    fn real(learnt_traced: bool, sources: Option<&[String]>) -> RealMasks {
        let traced = ManifestEntry { pseudo_labelled: true, ..entry("11", "train-3", "clinic") };
        let entries = vec![
            entry("6", "train-1", "clinic"),
            entry("9", "train-2", "elsewhere"),
            traced,
            entry("7", "held", "clinic"),
        ];
        let manifest = Manifest { dir: "data".into(), entries };
        let split = Split { validation: vec!["held".to_owned()], held_out: Vec::new() };
        let who = Subjects { measured: vec!["held".to_owned()], split, are_named: false };
        let of = |entry: &ManifestEntry| Ok(Some(figures(entry.id.parse().unwrap())));
        RealMasks::measured(&manifest, &who, sources, learnt_traced, of).unwrap()
    }

    #[test]
    fn a_copy_of_a_training_mask_of_any_source_is_found() {
        let all = real(false, None);
        assert_eq!((all.training.len(), all.compared.len(), all.measured.len()), (2, 1, 1));
        let copied = nearest(&[figures(9), figures(9)], &all, 1);
        assert!(copied.drawn_um.value < 1e-9, "{copied:?}");
        assert_eq!(copied.nearer_than_any_measured, 1.0);
        assert!(copied.measured_um.value > 4.0, "{copied:?}");
        // The distributions are of the source that the measured masks are of, or of those that are named.
        let lines = distributions(&[figures(9), figures(9)], &all, 1);
        assert!((lines[0].median_training - 24.0).abs() < 1e-9, "{}", lines[0].median_training);
        let named = real(false, Some(&["elsewhere".to_owned()]));
        assert_eq!((named.training.len(), named.compared.len()), (2, 1));
        assert!((distributions(&[figures(9)], &named, 1)[0].median_training - 36.0).abs() < 1e-9);
    }

    #[test]
    fn masks_of_the_auto_trace_count_only_where_they_were_learnt() {
        assert!(nearest(&[figures(11)], &real(false, None), 1).drawn_um.value > 1.0);
        let learnt = real(true, None);
        assert!(nearest(&[figures(11)], &learnt, 1).drawn_um.value < 1e-9);
        assert_eq!(learnt.compared.len(), 1, "they are no measure of distributions");
    }
}
