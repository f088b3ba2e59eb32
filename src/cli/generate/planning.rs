//! From arguments to a plan, and from a plan to what makes its pairs.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::super::case::reading::{read_base, read_recipe};
use super::super::compute::refuse_other_device;
use super::super::dataset::parse_size;
use super::super::import::parse_spacing;
use super::super::masks::MASK_MODEL;
use super::judge::SegmenterJudge;
use super::judging::{JudgingArgs, parse_part};
use super::models::{ModelMasks, ModelScans};
use super::names::value_name;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::dataset::split::SPLIT_FILE;
use crate::dataset::{Manifest, Split};
use crate::device::{self, DeviceChoice};
use crate::diffusion::NoiseSpacing;
use crate::diffusion::model_file;
use crate::diffusion::samplers::Sampler;
use crate::formats::provenance::{mask_sha256, sha256_hex};
use crate::formats::read_file;
use crate::generation::judging::{JudgePlanning, PairJudge};
use crate::generation::mask_source::{RecipeMasks, WarpedMasks};
use crate::generation::{
    Conditions, Filters, GenerationError, GenerationPlan, LocalPlaces, MaskPlanning, MaskSource, MasksFrom,
    PairMaker, PlannedLooks, ScanPlanning, Spread, WarpedFluid,
};
use crate::mask::Mask;
use crate::scan::Spacing;
use crate::worker::models::{ModelSource, SEGMENTER_NAME};

/// What is to be generated.
#[derive(Clone, Debug, Args)]
pub struct PlanningArgs {
    /// How many pairs
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    pub pairs: u64,
    /// Where masks come from: the mask model, masks of a data set that are bent (warp:DATA), or a case recipe
    /// (recipe:FILE, or recipe:NAME of a template)
    #[arg(long, value_name = "SOURCE", default_value = "model", value_parser = MasksFrom::parse)]
    pub masks: MasksFrom,
    /// Denoising steps of a scan
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: u32,
    /// The path from noise to scan
    #[arg(long, value_enum, default_value_t)]
    sampler: Sampler,
    /// How the noise levels of a scan are spaced
    #[arg(long, value_enum, default_value_t = NoiseSpacing::USUAL)]
    noise_levels: NoiseSpacing,
    /// Another seed is another data set
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// A bundled model's name or a model file that draws scans; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// A bundled model's name or a model file that draws masks
    #[arg(long, value_name = "NAME|FILE")]
    mask_model: Option<String>,
    /// Steps of a mask of the mask model
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=1000))]
    mask_steps: u32,
    /// How the noise levels of a mask of the mask model are spaced
    #[arg(long, value_enum, default_value_t)]
    mask_noise_levels: NoiseSpacing,
    /// Styles of eyes and vessel shadows: another for every pair, where the image model knows them, or none.
    #[arg(long, value_name = "drawn|plain", value_enum, default_value_t = PlannedLooks::Drawn)]
    looks: PlannedLooks,
    /// How far the conditions below are followed; 1 is the mask model's own answer
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0)]
    mask_guidance: f64,
    /// Area of intraretinal fluid in mm², drawn between two numbers for every mask. The bundled mask model
    /// and recipes meet this and the next two, models of before follow them loosely
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    fluid_mm2: Option<[f64; 2]>,
    /// Number of cysts, likewise
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    cysts: Option<[f64; 2]>,
    /// Mean thickness of the retina in the middle millimetre in µm, likewise
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    thickness: Option<[f64; 2]>,
    /// Part of the pairs, 0 to 1, that get no fluid
    #[arg(long, value_name = "PART", value_parser = parse_part)]
    without_fluid: Option<f64>,
    /// Small areas and few cysts come more often than large and many (evenly in the logarithm)
    #[arg(long)]
    small_often: bool,
    #[command(flatten)]
    filters: FilterArgs,
    #[command(flatten)]
    judging: JudgingArgs,
    /// Columns and rows in pixels; a recipe brings its own
    #[arg(long, value_name = "WIDTHxHEIGHT", value_parser = parse_size, default_value = "512x496")]
    size: [u32; 2],
    /// Pixel size in µm, down and across, of masks of the mask model [default: that of the model]
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
    /// Pairs of a shard, where the work is divided
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    per_shard: u64,
}

/// Which masks get a scan; the others are drawn again with another seed.
#[derive(Clone, Debug, Args)]
pub struct FilterArgs {
    /// Keeps masks whose fluid of every kind measures so much, in mm²
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    keep_fluid_mm2: Option<[f64; 2]>,
    /// Keeps masks with so many regions of fluid
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    keep_lesions: Option<[f64; 2]>,
    /// Keeps masks whose retina measures so much in the middle millimetre, in µm
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    keep_thickness: Option<[f64; 2]>,
    /// Keeps masks of which the cleaning changed no more than so many per cent of the pixels
    #[arg(long, value_name = "PERCENT", value_parser = parse_percent)]
    max_cleaned: Option<f64>,
}

impl FilterArgs {
    fn filters(&self) -> Filters {
        Filters {
            fluid_mm2: self.keep_fluid_mm2,
            lesions: self.keep_lesions,
            thickness_um: self.keep_thickness,
            max_cleaned_percent: self.max_cleaned,
        }
    }
}

/// Where the things are that a plan names by hash.
#[derive(Clone, Debug, Args)]
pub struct MaterialArgs {
    /// Where to compute
    #[arg(long, value_enum, default_value_t)]
    pub device: DeviceChoice,
}

/// What pairs are made from, read once and handed to every thread.
#[derive(Clone, Debug)]
pub struct Materials {
    masks: MaskMaterial,
    model: ModelSource,
    /// The segmenter that judges, where the plan has one.
    segmenter: ModelSource,
    device: DeviceChoice,
}

#[derive(Clone, Debug)]
enum MaskMaterial {
    Model(ModelSource),
    Warp(WarpedMasks),
    Recipe(Option<Mask>),
}

impl PlanningArgs {
    /// Reads what is named and makes the plan of it.
    ///
    /// # Errors
    /// If something cannot be read, or does not fit what was asked.
    pub fn plan(&self, device: DeviceChoice) -> anyhow::Result<(GenerationPlan, Materials)> {
        let model = self.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
        let (bytes, file) = model.read()?;
        let info = model_file::read_info(&bytes, &file)?;
        let scans = ScanPlanning {
            name: info.name,
            sha256: info.tensors_sha256,
            sampler: value_name(self.sampler),
            noise_levels: planned(self.noise_levels),
            steps: self.steps,
            looks: match self.looks {
                PlannedLooks::Drawn if info.style.is_some() || info.shadow => PlannedLooks::Drawn,
                _ => PlannedLooks::Plain,
            },
        };
        let (masks, material) = self.masks()?;
        let plan = GenerationPlan {
            per_shard: self.per_shard,
            filters: self.filters.filters(),
            judge: self.judging.planning()?,
            ..GenerationPlan::new(self.pairs, self.seed, masks, scans)
        };
        Ok((plan, Materials { masks: material, model, segmenter: self.judging.source(), device }))
    }

    /// Where the things are that were named.
    pub fn places(&self, device: DeviceChoice, jobs: u32) -> LocalPlaces {
        let models = [self.model.as_deref(), self.mask_model.as_deref(), self.judging.named()];
        LocalPlaces::new(&self.masks, models, value_name(device), jobs)
    }

    fn conditions(&self) -> Conditions {
        Conditions {
            fluid_mm2: self.fluid_mm2,
            cysts: self.cysts,
            thickness_um: self.thickness,
            without_fluid: self.without_fluid,
            spread: if self.small_often { Spread::SmallOften } else { Spread::Even },
        }
    }

    fn masks(&self) -> anyhow::Result<(MaskPlanning, MaskMaterial)> {
        let [width, height] = self.size;
        let conditions = self.conditions();
        ensure!(
            !matches!(self.masks, MasksFrom::Warp(_)) || conditions.are_none(),
            "--fluid-mm2, --cysts, --thickness, --without-fluid and --small-often are for --masks model and recipe:FILE; \
             --keep-fluid-mm2 and --keep-thickness choose among masks that are bent"
        );
        ensure!(
            self.masks == MasksFrom::Model || self.mask_model.is_none(),
            "--mask-model is for --masks model"
        );
        match &self.masks {
            MasksFrom::Model => {
                ensure!(
                    self.mask_guidance.is_finite() && self.mask_guidance >= 0.0,
                    "--mask-guidance must be 0 or more"
                );
                let source = ModelSource::named(self.mask_model.as_deref().unwrap_or(MASK_MODEL));
                let (bytes, file) = source.read()?;
                let info = model_file::read_info(&bytes, &file)?;
                let Some(mask) = info.mask else {
                    bail!("{file}: \"{}\" draws scans, not masks; name a mask model", info.name);
                };
                ensure!(
                    conditions.are_none() || info.network.condition_channels > 0,
                    "{file} was trained without conditions: leave out --fluid-mm2, --cysts and --thickness"
                );
                let pixel_um =
                    mask.grid.plan(mask.coding, &info.mapping, width, height, self.spacing).pixel_um;
                let planning = MaskPlanning::Model {
                    name: info.name,
                    sha256: info.tensors_sha256,
                    sampler: value_name(Sampler::Ddim),
                    noise_levels: planned(self.mask_noise_levels),
                    steps: self.mask_steps,
                    guidance: self.mask_guidance,
                    conditions,
                    width,
                    height,
                    pixel_um,
                };
                Ok((planning, MaskMaterial::Model(source)))
            }
            MasksFrom::Warp(data) => {
                let fluid = WarpedFluid::Placed;
                let warped = warped_masks(data, [width, height], fluid)?;
                let planning = MaskPlanning::Warp {
                    manifest_sha256: sha256_hex(&read_file(&data.join(MANIFEST_FILE))?),
                    width,
                    height,
                    pixel_um: warped.pixel_um(),
                    fluid,
                };
                Ok((planning, MaskMaterial::Warp(warped)))
            }
            MasksFrom::Recipe(file) => {
                let (recipe, folder) = read_recipe(file)?;
                let base = read_base(&recipe, &folder)?;
                if let Some(problem) = conditions.problem_with(&recipe) {
                    bail!("{}: {problem}", file.display());
                }
                let base_mask_sha256 = base.as_ref().map(hash_of);
                let planning =
                    MaskPlanning::Recipe { recipe: Box::new(recipe), base_mask_sha256, conditions };
                Ok((planning, MaskMaterial::Recipe(base)))
            }
        }
    }
}

/// What a plan says of a spacing: nothing of the one evenly in time, as plans did before there was a choice.
fn planned(spacing: NoiseSpacing) -> Option<String> {
    (spacing != NoiseSpacing::default()).then(|| value_name(spacing))
}

fn hash_of(mask: &Mask) -> String {
    mask_sha256(mask.width(), mask.height(), &mask.composite_pixels())
}

fn warped_masks(data: &Path, size: [u32; 2], fluid: WarpedFluid) -> anyhow::Result<WarpedMasks> {
    let manifest = Manifest::read(data)?;
    let split = data.join(SPLIT_FILE);
    let split = match split.is_file() {
        true => serde_json::from_slice(&read_file(&split)?)
            .with_context(|| format!("reading {}", split.display()))?,
        false => Split::default(),
    };
    Ok(WarpedMasks::load(&manifest, &split, size, fluid)?)
}

impl Materials {
    /// What a plan names, as this machine has it; `models` are those for scans and for masks, and the segmenter.
    ///
    /// # Errors
    /// If something cannot be read, or is not what the plan was made with.
    pub fn of_plan(
        plan: &GenerationPlan,
        masks: &MasksFrom,
        models: [Option<&str>; 3],
        device: DeviceChoice,
    ) -> anyhow::Result<Self> {
        let material = match (&plan.masks, masks) {
            (MaskPlanning::Model { .. }, MasksFrom::Model) => {
                MaskMaterial::Model(ModelSource::named(models[1].unwrap_or(MASK_MODEL)))
            }
            (MaskPlanning::Warp { manifest_sha256, width, height, fluid, .. }, MasksFrom::Warp(data)) => {
                let found = sha256_hex(&read_file(&data.join(MANIFEST_FILE))?);
                ensure!(found == *manifest_sha256, "{} is not the data set of the plan", data.display());
                MaskMaterial::Warp(warped_masks(data, [*width, *height], *fluid)?)
            }
            (MaskPlanning::Recipe { recipe, base_mask_sha256, .. }, MasksFrom::Recipe(file)) => {
                let folder = file.parent().unwrap_or(Path::new("."));
                let base = read_base(recipe, folder)?;
                ensure!(
                    base.as_ref().map(hash_of) == *base_mask_sha256,
                    "the base mask is not that of the plan"
                );
                MaskMaterial::Recipe(base)
            }
            (MaskPlanning::Recipe { base_mask_sha256: None, .. }, _) => MaskMaterial::Recipe(None),
            _ => bail!("say with --masks where the plan's masks come from, as it was said for the plan"),
        };
        let model = models[0].map_or(ModelSource::Default, ModelSource::named);
        let segmenter = ModelSource::named(models[2].unwrap_or(SEGMENTER_NAME));
        Ok(Self { masks: material, model, segmenter, device })
    }

    /// What makes the pairs of a plan, on the calling thread.
    ///
    /// # Errors
    /// If a model cannot be loaded, or is not the one that the plan names.
    pub fn maker(&self, plan: &GenerationPlan) -> anyhow::Result<PairMaker> {
        let picked = device::pick(self.device, None);
        refuse_other_device(self.device, &picked.info)?;
        let masks: Box<dyn MaskSource> = match (&self.masks, &plan.masks) {
            (MaskMaterial::Model(source), MaskPlanning::Model { .. }) => {
                Box::new(ModelMasks::load(source, &plan.masks, picked.device.clone())?)
            }
            (MaskMaterial::Warp(warped), MaskPlanning::Warp { .. }) => Box::new(warped.clone()),
            (MaskMaterial::Recipe(base), MaskPlanning::Recipe { recipe, conditions, .. }) => {
                let (recipe, conditions) = ((**recipe).clone(), *conditions);
                Box::new(RecipeMasks { recipe, base: base.clone(), conditions })
            }
            _ => bail!("the plan takes its masks from elsewhere"),
        };
        let scans = Box::new(ModelScans::load(&self.model, &plan.scans, &picked)?);
        let judge: Option<(Box<dyn PairJudge>, JudgePlanning)> = match &plan.judge {
            None => None,
            Some(planning) => {
                let judge = SegmenterJudge::load(&self.segmenter, planning, picked.device.clone())?;
                Some((Box::new(judge), planning.clone()))
            }
        };
        Ok(PairMaker { masks, scans, filters: plan.filters, judge })
    }

    /// As [`Materials::maker`], with the error of a run.
    ///
    /// # Errors
    /// As there.
    pub fn pair_maker(&self, plan: &GenerationPlan) -> Result<PairMaker, GenerationError> {
        self.maker(plan).map_err(|error| GenerationError::Folder {
            place: "the models".to_owned(),
            problem: format!("{error:#}"),
            remedy: "name the models and data that the plan was made with".to_owned(),
        })
    }
}

/// `3`, or `1..5`.
fn parse_range(text: &str) -> Result<[f64; 2], String> {
    let wrong = || format!("\"{text}\" is no amount: give a number of 0 or more, or two such as 0..0.3");
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    match (number(low), number(high)) {
        (Some(low), Some(high)) if low <= high => Ok([low, high]),
        _ => Err(wrong()),
    }
}

fn parse_percent(text: &str) -> Result<f64, String> {
    let percent = text.trim().parse::<f64>().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| format!("\"{text}\" is no part of the pixels: give per cent, 0 to 100"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_window_asks_is_read_as_it_was_meant() {
        use crate::generation::{BestOf, PairChoice};
        use crate::worker::GenerationRequest;
        use clap::Parser;

        #[derive(Debug, Parser)]
        struct Arguments {
            #[command(flatten)]
            planning: PlanningArgs,
            #[command(flatten)]
            material: MaterialArgs,
        }
        let request = GenerationRequest {
            pairs: 7,
            steps: 2,
            mask_steps: 3,
            guidance: 1.5,
            seed: 9,
            size: [96, 64],
            device: DeviceChoice::Cpu,
            conditions: Conditions {
                fluid_mm2: Some([0.02, 0.3]),
                without_fluid: Some(0.25),
                spread: Spread::SmallOften,
                ..Conditions::default()
            },
            filters: Filters { thickness_um: Some([250.0, 410.5]), ..Filters::default() },
            choice: PairChoice {
                least_dice: Some(0.55),
                best: Some(BestOf { kept: 6, of: 10 }),
                relabel: true,
            },
            ..GenerationRequest::default()
        };
        let read = |request: &GenerationRequest| {
            let words = std::iter::once("test".into()).chain(request.arguments());
            let read = Arguments::try_parse_from(words).expect("the words of the command line");
            let (plan, _) = read.planning.plan(read.material.device).expect("bundled models");
            let places = read.planning.places(read.material.device, 1);
            GenerationRequest::of(&plan, Some(&places))
        };
        assert_eq!(read(&request), request);
        let of_recipe = GenerationRequest {
            masks: MasksFrom::Recipe("dme-mild".into()),
            mask_steps: 24,
            guidance: 2.0,
            size: [512, 496],
            ..request
        };
        let of_recipe = GenerationRequest { conditions: Conditions::default(), ..of_recipe };
        assert_eq!(read(&of_recipe), of_recipe);
    }

    #[test]
    fn ranges_and_parts_are_read() {
        assert_eq!(parse_range("0.1"), Ok([0.1, 0.1]));
        assert_eq!(parse_range("0..3"), Ok([0.0, 3.0]));
        for wrong in ["", "3..1", "-1", "a..b", "1..inf"] {
            assert!(parse_range(wrong).is_err(), "{wrong}");
        }
        assert_eq!((parse_part("0.3"), parse_percent("30")), (Ok(0.3), Ok(30.0)));
        assert!(parse_part("1.1").is_err() && parse_percent("-1").is_err() && parse_part("nan").is_err());
    }
}
