//! From arguments to a plan, and from a plan to what makes its pairs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::super::case::{read_base, read_recipe};
use super::super::compute::refuse_other_device;
use super::super::dataset::parse_size;
use super::super::import::parse_spacing;
use super::super::masks::MASK_MODEL;
use super::models::{ModelMasks, ModelScans};
use super::names::value_name;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::dataset::split::SPLIT_FILE;
use crate::dataset::{Manifest, Split};
use crate::diffusion::model_file;
use crate::diffusion::samplers::Sampler;
use crate::formats::provenance::{mask_sha256, sha256_hex};
use crate::formats::read_file;
use crate::generation::mask_source::{RecipeMasks, WarpedMasks};
use crate::generation::plan::Conditions;
use crate::generation::{GenerationError, GenerationPlan, MaskPlanning, MaskSource, PairMaker, ScanPlanning};
use crate::mask::Mask;
use crate::scan::Spacing;
use crate::worker::device::{self, DeviceChoice};
use crate::worker::models::ModelSource;

/// Where masks come from, as the command line says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasksFrom {
    Model,
    Warp(PathBuf),
    Recipe(PathBuf),
}

impl MasksFrom {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "model" => Ok(Self::Model),
            Some(("warp", data)) if !data.is_empty() => Ok(Self::Warp(data.into())),
            Some(("recipe", file)) if !file.is_empty() => Ok(Self::Recipe(file.into())),
            _ => Err(format!("\"{text}\" is not model, warp:DATA or recipe:FILE")),
        }
    }
}

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
    /// How far the conditions below are followed; 1 is the mask model's own answer
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0)]
    mask_guidance: f64,
    /// Area of intraretinal fluid in mm², drawn between two numbers for every mask of the mask model
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    fluid_mm2: Option<[f64; 2]>,
    /// Number of cysts, likewise
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    cysts: Option<[f64; 2]>,
    /// Mean thickness of the retina in the middle millimetre in µm, likewise
    #[arg(long, value_name = "LOW..HIGH", value_parser = parse_range)]
    thickness: Option<[f64; 2]>,
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
            steps: self.steps,
        };
        let (masks, material) = self.masks()?;
        let plan = GenerationPlan {
            per_shard: self.per_shard,
            ..GenerationPlan::new(self.pairs, self.seed, masks, scans)
        };
        Ok((plan, Materials { masks: material, model, device }))
    }

    fn masks(&self) -> anyhow::Result<(MaskPlanning, MaskMaterial)> {
        let [width, height] = self.size;
        let conditions =
            Conditions { fluid_mm2: self.fluid_mm2, cysts: self.cysts, thickness_um: self.thickness };
        let is_model = self.masks == MasksFrom::Model;
        ensure!(
            is_model || (conditions == Conditions::default() && self.mask_model.is_none()),
            "--fluid-mm2, --cysts, --thickness and --mask-model are for --masks model"
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
                    conditions == Conditions::default() || info.network.condition_channels > 0,
                    "{file} was trained without conditions: leave out --fluid-mm2, --cysts and --thickness"
                );
                let pixel_um = mask.grid.plan(&info.mapping, width, height, self.spacing).pixel_um;
                let planning = MaskPlanning::Model {
                    name: info.name,
                    sha256: info.tensors_sha256,
                    sampler: value_name(Sampler::Ddim),
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
                let warped = warped_masks(data, width, height)?;
                let planning = MaskPlanning::Warp {
                    manifest_sha256: sha256_hex(&read_file(&data.join(MANIFEST_FILE))?),
                    width,
                    height,
                    pixel_um: warped.pixel_um(),
                };
                Ok((planning, MaskMaterial::Warp(warped)))
            }
            MasksFrom::Recipe(file) => {
                let (recipe, folder) = read_recipe(file)?;
                let base = read_base(&recipe, &folder)?;
                let base_mask_sha256 = base.as_ref().map(hash_of);
                let planning = MaskPlanning::Recipe { recipe: Box::new(recipe), base_mask_sha256 };
                Ok((planning, MaskMaterial::Recipe(base)))
            }
        }
    }
}

fn hash_of(mask: &Mask) -> String {
    mask_sha256(mask.width(), mask.height(), &mask.composite_pixels())
}

fn warped_masks(data: &Path, width: u32, height: u32) -> anyhow::Result<WarpedMasks> {
    let manifest = Manifest::read(data)?;
    let split = data.join(SPLIT_FILE);
    let split = match split.is_file() {
        true => serde_json::from_slice(&read_file(&split)?)
            .with_context(|| format!("reading {}", split.display()))?,
        false => Split::default(),
    };
    Ok(WarpedMasks::load(&manifest, &split, width, height)?)
}

impl Materials {
    /// What a plan names, as this machine has it; `models` are those for scans and for masks.
    ///
    /// # Errors
    /// If something cannot be read, or is not what the plan was made with.
    pub fn of_plan(
        plan: &GenerationPlan,
        masks: &MasksFrom,
        models: [Option<&str>; 2],
        device: DeviceChoice,
    ) -> anyhow::Result<Self> {
        let material = match (&plan.masks, masks) {
            (MaskPlanning::Model { .. }, MasksFrom::Model) => {
                MaskMaterial::Model(ModelSource::named(models[1].unwrap_or(MASK_MODEL)))
            }
            (MaskPlanning::Warp { manifest_sha256, width, height, .. }, MasksFrom::Warp(data)) => {
                let found = sha256_hex(&read_file(&data.join(MANIFEST_FILE))?);
                ensure!(found == *manifest_sha256, "{} is not the data set of the plan", data.display());
                MaskMaterial::Warp(warped_masks(data, *width, *height)?)
            }
            (MaskPlanning::Recipe { recipe, base_mask_sha256 }, MasksFrom::Recipe(file)) => {
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
        Ok(Self { masks: material, model, device })
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
            (MaskMaterial::Recipe(base), MaskPlanning::Recipe { recipe, .. }) => {
                Box::new(RecipeMasks { recipe: (**recipe).clone(), base: base.clone() })
            }
            _ => bail!("the plan takes its masks from elsewhere"),
        };
        Ok(PairMaker { masks, scans: Box::new(ModelScans::load(&self.model, &plan.scans, &picked)?) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_ranges_are_read() {
        assert_eq!(MasksFrom::parse("model"), Ok(MasksFrom::Model));
        assert_eq!(MasksFrom::parse("warp:a/b"), Ok(MasksFrom::Warp("a/b".into())));
        assert_eq!(MasksFrom::parse("recipe:dme-mild"), Ok(MasksFrom::Recipe("dme-mild".into())));
        assert!(MasksFrom::parse("warp:").is_err() && MasksFrom::parse("painter").is_err());
        assert_eq!(parse_range("0.1"), Ok([0.1, 0.1]));
        assert_eq!(parse_range("0..3"), Ok([0.0, 3.0]));
        for wrong in ["", "3..1", "-1", "a..b", "1..inf"] {
            assert!(parse_range(wrong).is_err(), "{wrong}");
        }
    }
}
