//! `retidiff reproduce`: makes a synthetic scan again from its own words, and compares.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use clap::{Args, ValueEnum};

use super::compute::refuse_other_device;
use super::exit::Exit;
use crate::device::{self, DeviceChoice};
use crate::diffusion::NoiseSpacing;
use crate::diffusion::model_file;
use crate::diffusion::samplers::Sampler;
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::provenance::{NamedModel, Provenance, mask_sha256};
use crate::formats::{read_file, scan_image};
use crate::scan::{GreyImage, Spacing};
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::{BUNDLED, ModelSource};
use crate::worker::renderer::{Destination, Renderer, Scene};
use crate::worker::{FromScan, PictureImage, Recipe, marking};

/// Makes synthetic scans again from what their files say, and compares pixel by pixel.
///
/// The mask is looked for beside the scan (../labels, ../semseg, NAME_mask.png) unless it is named, and must be the one
/// whose hash the file holds; the model is a bundled one or named. Exit code 0: all are equal to the byte; 3: equal
/// within one grey level, as other processors make them; 4: at least one is another picture; 1: it cannot be said.
#[derive(Debug, Args)]
pub struct ReproduceArgs {
    /// The scans
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The mask, of a single scan
    #[arg(long, value_name = "MASK.png")]
    mask: Option<PathBuf>,
    /// Model files that may have made them, beside the bundled ones
    #[arg(long, value_name = "NAME|FILE")]
    model: Vec<String>,
    /// The real scan that a single one started from
    #[arg(long, value_name = "SCAN.png")]
    from_scan: Option<PathBuf>,
    /// Where to compute: pictures of a processor and of a GPU differ in their last bits
    #[arg(long, value_enum, default_value = "cpu")]
    device: DeviceChoice,
    /// One JSON object a scan
    #[arg(long)]
    json: bool,
}

/// How a scan compares with the one in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Compared {
    /// Largest difference in grey levels.
    largest: u8,
    /// Pixels that differ.
    differing: usize,
}

/// Runs the subcommand.
///
/// # Errors
/// If a file says too little, its mask or model cannot be found, or a scan is another one; see the exit codes.
pub fn run(args: ReproduceArgs) -> anyhow::Result<()> {
    ensure!(
        args.files.len() == 1 || (args.mask.is_none() && args.from_scan.is_none()),
        "--mask and --from-scan are for a single scan"
    );
    let mut models = Models::new(&args)?;
    let (mut largest, mut equal) = (0, 0);
    for file in &args.files {
        let name = file.display().to_string();
        let compared = args.compare(file, &name, &mut models).with_context(|| name.clone())?;
        largest = largest.max(compared.largest);
        equal += usize::from(compared.largest == 0);
        if args.json {
            let Compared { largest, differing } = compared;
            println!(
                "{}",
                serde_json::json!({ "file": name, "largest_difference": largest, "differing_pixels": differing })
            );
        } else {
            println!("{name}: {}", compared.words());
        }
    }
    if !args.json && args.files.len() > 1 {
        println!("{equal} of {} are equal to the byte", args.files.len());
    }
    match largest {
        0 => Ok(()),
        1 => Err(Exit::WithinOneGrey.into()),
        _ => Err(Exit::Differs.into()),
    }
}

impl Compared {
    fn of(a: &GreyImage, b: &GreyImage) -> Option<Self> {
        let same_size = (a.width, a.height) == (b.width, b.height);
        same_size.then(|| {
            let differences = || a.pixels.iter().zip(b.pixels.iter()).map(|(a, b)| a.abs_diff(*b));
            let differing = differences().filter(|&difference| difference > 0).count();
            Self { largest: differences().max().unwrap_or(0), differing }
        })
    }

    fn words(self) -> String {
        match self.largest {
            0 => "equal to the byte".to_owned(),
            1 => format!("equal within one grey level ({} pixels differ)", self.differing),
            largest => format!("another picture: up to {largest} grey levels in {} pixels", self.differing),
        }
    }
}

impl ReproduceArgs {
    fn compare(&self, file: &Path, name: &str, models: &mut Models) -> anyhow::Result<Compared> {
        let bytes = read_file(file)?;
        let found = scan_image::read(&bytes, name)?;
        let says = Provenance::of_png(&bytes, name)?.context(
            "it does not say that it is synthetic; `retidiff origin` may find where it comes from",
        )?;
        let wanted = says.mask_sha256.as_deref().context(
            "it does not name its mask, as files of earlier versions do not: nothing can be compared",
        )?;
        let (width, height, codes) = self.mask_of(file, wanted)?;
        let model = says.model.as_ref().context("it does not name its model")?;
        let from_scan = self.guide(&says)?;
        let scene = Scene {
            labels: Arc::from(codes),
            width,
            height,
            spacing: says.pixel_um.and_then(|[down, across]| Spacing::checked(down, across)),
            seed: says.seed,
            recipe: Recipe {
                sampler: named(&Sampler::ALL, Sampler::name, &says.sampler)?,
                spacing: match &says.noise_levels {
                    Some(levels) => named(&NoiseSpacing::ALL, NoiseSpacing::name, levels)?,
                    None => NoiseSpacing::default(),
                },
                guidance: says.guidance,
                lesions: says.lesions,
                lesion_contrast: says.lesion_contrast,
                from_scan,
                appearance: Arc::clone(&says.appearance),
            },
        };
        let renderer = models.renderer(model)?;
        let own = marking::arithmetic(&renderer.device());
        if says.arithmetic.as_ref().is_some_and(|theirs| *theirs != own) {
            eprintln!(
                "note: {name} was computed by {}, here it is {own}",
                says.arithmetic.unwrap_or_default()
            );
        }
        let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
        let picture = renderer.render(&scene, says.steps.max(1), None, Destination::Memory, &mut go_on);
        let Some(PictureImage::Cpu(made)) = picture.map_err(|failure| anyhow!(failure))? else {
            bail!("no picture came back from the device");
        };
        Compared::of(&made, &found).with_context(|| {
            format!(
                "it is {}x{} pixels, its mask {width}x{height}: it was cut or resized",
                found.width, found.height
            )
        })
    }

    /// The mask whose hash the scan holds.
    fn mask_of(&self, file: &Path, wanted: &str) -> anyhow::Result<(u32, u32, Vec<u8>)> {
        let places = match &self.mask {
            Some(mask) => vec![mask.clone()],
            None => places_of_mask(file),
        };
        let mut seen = Vec::new();
        for place in places.iter().filter(|place| place.is_file()) {
            let name = place.display().to_string();
            let labels = label_png::read(&read_file(place)?, &name, CodeScheme::Studio)?;
            if mask_sha256(labels.width, labels.height, &labels.codes) == wanted {
                return Ok((labels.width, labels.height, labels.codes));
            }
            seen.push(name);
        }
        match seen.is_empty() {
            true => bail!("its mask was not found beside it; name it with --mask"),
            false => {
                bail!("{} is not its mask (another hash); name the right one with --mask", seen.join(", "))
            }
        }
    }

    fn guide(&self, says: &Provenance) -> anyhow::Result<Option<FromScan>> {
        if says.strength >= 1.0 {
            return Ok(None);
        }
        let path =
            self.from_scan.as_ref().context("it started from a real scan; name that with --from-scan")?;
        let image = scan_image::read(&read_file(path)?, &path.display().to_string())?;
        Ok(Some(FromScan { image, scanned_area: None, strength: says.strength }))
    }
}

/// Where the layouts of this program put the mask of a scan.
fn places_of_mask(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default();
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let above = folder.join("..");
    vec![
        above.join("labels").join(name),
        above.join("semseg").join(name),
        folder.join(format!("{stem}_mask.png")),
        folder.join("mask.png"),
    ]
}

/// The value that calls itself so.
fn named<T: Copy + ValueEnum>(
    all: &[T],
    name: impl Fn(T) -> &'static str,
    wanted: &str,
) -> anyhow::Result<T> {
    let found = all.iter().copied().find(|value| name(*value) == wanted);
    found.ok_or_else(|| anyhow!("it names \"{wanted}\", which this version of the program does not know"))
}

/// The models that may have made a scan, loaded when first asked for.
struct Models {
    /// By the hash of their tensors.
    sources: HashMap<String, ModelSource>,
    loaded: HashMap<String, ModelRenderer>,
    device: DeviceChoice,
}

impl Models {
    fn new(args: &ReproduceArgs) -> anyhow::Result<Self> {
        let named = args.model.iter().map(|name| ModelSource::named(name));
        let bundled = BUNDLED.iter().map(|(name, _)| ModelSource::Bundled((*name).to_owned()));
        let mut sources = HashMap::new();
        for source in named {
            let (bytes, file) = source.read()?;
            sources.insert(model_file::read_info(&bytes, &file)?.tensors_sha256, source);
        }
        for source in bundled {
            let (bytes, file) = source.read()?;
            // The bundled segmenter draws nothing.
            let Ok(info) = model_file::read_info(&bytes, &file) else { continue };
            sources.entry(info.tensors_sha256).or_insert(source);
        }
        Ok(Self { sources, loaded: HashMap::new(), device: args.device })
    }

    fn renderer(&mut self, model: &NamedModel) -> anyhow::Result<&ModelRenderer> {
        if !self.loaded.contains_key(&model.sha256) {
            let source = self.sources.get(&model.sha256).with_context(|| {
                format!(
                    "it was made by the model \"{}\" ({}), which is not bundled; name its file with --model",
                    model.name,
                    model.sha256.get(..12).unwrap_or(&model.sha256)
                )
            })?;
            let (bytes, file) = source.read()?;
            let picked = device::pick(self.device, None);
            refuse_other_device(self.device, &picked.info)?;
            let renderer =
                ModelRenderer::load_checked(&bytes, &file, &picked).map_err(|failure| anyhow!(failure))?;
            self.loaded.insert(model.sha256.clone(), renderer);
        }
        Ok(&self.loaded[&model.sha256])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_compared_in_grey_levels() {
        let image = |pixels: [u8; 4]| GreyImage::new(2, 2, pixels.to_vec());
        let compared = |a, b| Compared::of(&image(a), &image(b)).unwrap();
        assert_eq!(compared([1, 2, 3, 4], [1, 2, 3, 4]).largest, 0);
        let near = compared([1, 2, 3, 4], [1, 3, 3, 3]);
        assert_eq!((near.largest, near.differing), (1, 2));
        assert!(compared([0, 0, 0, 0], [0, 0, 0, 9]).words().contains("up to 9"));
        assert_eq!(Compared::of(&image([0; 4]), &GreyImage::new(4, 1, vec![0; 4])), None);
    }

    #[test]
    fn masks_are_looked_for_where_exports_put_them() {
        let places = places_of_mask(Path::new("set/images/a.png"));
        assert!(places.contains(&PathBuf::from("set/images/../labels/a.png")));
        assert!(places.contains(&PathBuf::from("set/images/a_mask.png")));
    }
}
