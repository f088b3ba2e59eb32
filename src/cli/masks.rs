//! `retidiff masks`: label masks that did not exist.

use std::fs::OpenOptions;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context, anyhow, ensure};
use clap::Args;
use serde::Serialize;

use super::compute::ComputeDevice;
use super::ctrl_c::stop_flag;
use super::dataset::parse_size;
use super::import::parse_spacing;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::diffusion::model_file;
use crate::diffusion::samplers::Sampler;
use crate::encoding::dmc::{self, DmcMode, Histogram, Repair, RepairReport};
use crate::encoding::masks::{DrawnMask, MaskConditions, MaskPlan};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::provenance::{Made, NamedModel, Provenance, borrowed};
use crate::formats::write_file;
use crate::mask::Mask;
use crate::scan::Spacing;
use crate::worker::models::ModelSource;

/// Version of the lines of [`LIST_FILE`]: the conditions stood under another key in the first.
const LIST_VERSION: u32 = 2;
/// One JSON line per mask, with everything needed to make it again.
const LIST_FILE: &str = "masks.jsonl";
/// The bundled mask model's name.
pub const MASK_MODEL: &str = "masks";

/// Draws label masks of eyes that belong to nobody.
///
/// Each mask is a label PNG that says in its text chunks that it is synthetic and what made it; masks.jsonl
/// holds one line per mask: seed, conditions, model, what DMC and the repair changed, what the mask measures, and what was
/// requested that it could not meet.
/// The same model, seed and settings give the same bytes on the same device. Ctrl-C ends it after the mask
/// under way; those listed are whole.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff masks --count 20 --out masks\n  \
    retidiff masks --count 5 --out thick --fluid-mm2 0.2 --cysts 6 --thickness 420\n  \
    retidiff masks --count 20 --out literal --dmc paper_sorted --no-repair --scheme paper")]
pub struct MasksArgs {
    /// How many masks, with seeds counted upwards
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,
    /// Folder of the masks; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    drawing: MaskDrawingArgs,
    /// How drawn values become labels
    #[arg(long, value_enum, default_value_t)]
    dmc: DmcMode,
    /// Keep specks and columns out of order
    #[arg(long)]
    no_repair: bool,
    /// Columns and rows in pixels
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size, default_value = "512x496")]
    size: [u32; 2],
    /// Pixel size in µm, down and across [default: that of the model, 3.87x11.3 for the bundled one]
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
    /// What the codes of the files mean: the studio's ten labels, or the paper's nine classes for other programs
    #[arg(long, value_enum, default_value_t)]
    scheme: CodeScheme,
}

/// How masks are drawn; shared with `evaluate masks`.
#[derive(Clone, Debug, Args)]
pub struct MaskDrawingArgs {
    /// A bundled model's name or a model file; the bundled mask model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    pub model: Option<String>,
    /// Of the first mask
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// Area of intraretinal fluid in mm²
    #[arg(long, value_name = "AREA", value_parser = parse_amount)]
    pub fluid_mm2: Option<f64>,
    /// Number of cysts
    #[arg(long, value_name = "N")]
    pub cysts: Option<u32>,
    /// Mean thickness of the retina in the middle millimetre, in µm
    #[arg(long, value_name = "UM", value_parser = parse_amount)]
    pub thickness: Option<f64>,
    /// How far the conditions are followed; 1 is the model's own answer. The bundled model meets them in the end in any case
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0)]
    pub guidance: f64,
    /// Network evaluations of a mask (twice as many when conditions are guided)
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub steps: u32,
    /// The path from noise to mask
    #[arg(long, value_enum, default_value_t)]
    pub sampler: Sampler,
    /// How the noise levels are spaced
    #[arg(long, value_enum, default_value_t)]
    pub noise_levels: NoiseSpacing,
    /// Where to compute
    #[arg(long, value_enum, default_value = "auto")]
    pub device: ComputeDevice,
}

impl MaskDrawingArgs {
    /// The model on its device, and the device's name.
    pub fn generator(&self) -> anyhow::Result<(MaskGenerator, String)> {
        ensure!(self.guidance.is_finite() && self.guidance >= 0.0, "--guidance must be 0 or more");
        let source = ModelSource::named(self.model.as_deref().unwrap_or(MASK_MODEL));
        let (bytes, name) = source.read()?;
        let (device, device_name) = self.device.pick()?;
        let (unet, info) = model_file::load(&bytes, &name, &device)?;
        let generator =
            MaskGenerator::new(unet, info, device).map_err(|reason| anyhow!("{name}: {reason}"))?;
        let conditions = self.conditions();
        ensure!(
            conditions.is_empty() || generator.takes_conditions(),
            "{name} was trained without conditions: leave out --fluid-mm2, --cysts and --thickness"
        );
        Ok((generator, device_name))
    }

    /// What is asked of the masks.
    pub fn conditions(&self) -> MaskConditions {
        MaskConditions { fluid_mm2: self.fluid_mm2, cysts: self.cysts, thickness_um: self.thickness }
    }

    /// The settings of mask number `index`.
    pub fn settings(&self, index: u64) -> MaskSettings {
        MaskSettings {
            conditions: self.conditions(),
            guidance: self.guidance,
            sampler: self.sampler,
            spacing: self.noise_levels,
            steps: self.steps,
            seed: self.seed.wrapping_add(index),
        }
    }
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Line<'a> {
    version: u32,
    file: &'a str,
    synthetic: bool,
    settings: ListedSettings<'a>,
    width: u32,
    height: u32,
    /// Size of a pixel in µm: down, across.
    pixel_um: [f32; 2],
    repaired: Option<RepairReport>,
    /// Columns out of anatomical order as they were decoded.
    columns_out_of_order: usize,
    measured: MaskConditions,
    /// What was requested and could not be met, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unmet: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ListedSettings<'a> {
    model: &'a str,
    model_sha256: &'a str,
    seed: u64,
    conditions: MaskConditions,
    guidance: f64,
    sampler: &'static str,
    /// How the noise levels are spaced, unless it is the usual way.
    #[serde(skip_serializing_if = "Option::is_none")]
    noise_levels: Option<&'static str>,
    steps: u32,
    dmc: &'static str,
    /// What the codes of the file mean.
    scheme: &'static str,
}

/// Runs the subcommand.
///
/// # Errors
/// If there is no mask model, or the folder cannot be written or holds masks already.
pub fn run(args: MasksArgs) -> anyhow::Result<()> {
    let list = args.out.join(LIST_FILE);
    ensure!(!list.exists(), "{} holds masks already: name another folder", args.out.display());
    let (generator, device) = args.drawing.generator()?;
    ensure!(
        generator.mask().coding.modes().contains(&args.dmc),
        "this model draws one plane for all classes: --dmc onehot needs one per class"
    );
    std::fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let stop = stop_flag()?;

    let [width, height] = args.size;
    let plan = generator.plan(width, height, args.spacing);
    let draw = |index: u32| -> Option<DrawnMask> {
        let settings = args.drawing.settings(u64::from(index));
        let drawn = generator.draw(&plan, &settings, None, |_| match stop.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        match drawn {
            ControlFlow::Continue(mask) => Some(mask),
            ControlFlow::Break(()) => None,
        }
    };
    let mut pooled = Histogram::default();
    if args.dmc == DmcMode::Pooled {
        eprintln!("looking at all {} masks first: pooled labels come from all of them together", args.count);
        for index in 0..args.count {
            let Some(mask) = draw(index) else { return Ok(()) };
            pooled.add(mask.intensities());
        }
    }
    let began = Instant::now();
    let mut file = OpenOptions::new()
        .create_new(true)
        .append(true)
        .open(&list)
        .with_context(|| format!("making {}", list.display()))?;
    for index in 0..args.count {
        let Some(mask) = draw(index) else {
            println!("stopped after {index} masks in {}", args.out.display());
            return Ok(());
        };
        let line = args.write_mask(&generator, &plan, &mask.codes(args.dmc, &pooled), index)?;
        file.write_all(line.as_bytes()).with_context(|| format!("appending to {}", list.display()))?;
        eprintln!(
            "{} of {}: {:.1} s a mask on {device}",
            index + 1,
            args.count,
            began.elapsed().as_secs_f64() / f64::from(index + 1)
        );
    }
    println!("{} masks in {}", args.count, args.out.display());
    Ok(())
}

impl MasksArgs {
    /// Writes a mask and returns its line.
    fn write_mask(
        &self,
        generator: &MaskGenerator,
        plan: &MaskPlan,
        codes: &[u8],
        index: u32,
    ) -> anyhow::Result<String> {
        let (width, height) = (plan.width, plan.height);
        let columns_out_of_order = dmc::repair::columns_out_of_order(width, height, codes);
        let (codes, repaired) = match self.no_repair {
            true => (codes.to_vec(), None),
            false => {
                let (mask, report) = dmc::repair(width, height, codes, Repair::default());
                (mask.composite_pixels(), Some(report))
            }
        };
        let settings = self.drawing.settings(u64::from(index));
        let info = generator.info();
        let file = format!("mask_{}.png", settings.seed);
        let spacing = settings.spacing;
        let noise_levels = (spacing != NoiseSpacing::default()).then(|| spacing.name());
        let provenance = Provenance {
            made: Made::DrawnMask,
            model: Some(NamedModel { name: info.name.clone(), sha256: info.tensors_sha256.clone() }),
            seed: settings.seed,
            sampler: settings.sampler.name().to_owned(),
            noise_levels: noise_levels.map(str::to_owned),
            steps: settings.steps,
            pixel_um: Some(plan.pixel_um),
            ..Provenance::default()
        };
        let written = provenance.text();
        let mut text = borrowed(&written);
        text.extend([("DMC", self.dmc.name()), ("Scheme", self.scheme.word())]);
        let bytes = label_png::write_in(self.scheme, width, height, &codes, &text)?;
        write_file(&self.out.join(&file), &bytes)?;
        let measured = MaskConditions::of_mask(&Mask::from_composite(width, height, &codes).0, plan.pixel_um);
        let unmet: Vec<String> =
            settings.conditions.unmet(&measured).iter().map(ToString::to_string).collect();
        if !unmet.is_empty() {
            eprintln!("{file} does not measure what was requested: {}", unmet.join(", "));
        }
        let line = Line {
            version: LIST_VERSION,
            file: &file,
            synthetic: true,
            settings: ListedSettings {
                model: &info.name,
                model_sha256: &info.tensors_sha256,
                seed: settings.seed,
                conditions: settings.conditions,
                guidance: settings.guidance,
                sampler: settings.sampler.name(),
                noise_levels,
                steps: settings.steps,
                dmc: self.dmc.name(),
                scheme: self.scheme.word(),
            },
            width,
            height,
            pixel_um: plan.pixel_um,
            repaired,
            columns_out_of_order,
            measured,
            unmet,
        };
        Ok(serde_json::to_string(&line)? + "\n")
    }
}

fn parse_amount(text: &str) -> Result<f64, String> {
    let amount: Option<f64> = text.trim().parse().ok();
    amount
        .filter(|amount| amount.is_finite() && *amount >= 0.0)
        .ok_or_else(|| format!("\"{text}\" is no amount: give a number of 0 or more"))
}
