//! `retidiff reproduce`: makes a synthetic scan again from its own words, and compares.

mod mask_of_scan;
mod models;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail, ensure};
use clap::{Args, ValueEnum};

use super::exit::Exit;
use crate::device::DeviceChoice;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::formats::provenance::Provenance;
use crate::formats::{read_file, scan_image};
use crate::nn::fast_cpu;
use crate::scan::{GreyImage, Spacing};
use crate::worker::renderer::{Destination, RenderScene, Renderer};
use crate::worker::{FromScan, PictureImage, Recipe, marking};
use models::Models;

/// Makes synthetic scans again from what their files say, and compares pixel by pixel.
///
/// The mask is looked for beside the scan, where this program's layouts put it (../labels, ../semseg, ../labelsTr,
/// NAME_mask.png, NAME.mask.png, COCO annotations), unless it is named, and must be the one whose hash the file holds; the
/// model is a bundled one or named. Exit code 0: all are equal to the byte; 3: equal within one grey level, as other
/// processors make them; 4: at least one is another picture; 1: of at least one it cannot be said.
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
    /// The vector unit to compute with in place of this processor's widest: the one that made the scan, as its file says
    #[arg(long, value_name = "avx-512|avx2|portable")]
    vector_unit: Option<String>,
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
    if let Some(unit) = &args.vector_unit {
        fast_cpu::choose_vector_unit(unit).map_err(|reason| anyhow!("--vector-unit {unit}: {reason}"))?;
    }
    let mut models = Models::new(&args.model, args.device)?;
    let mut sum = Summary::default();
    for file in &args.files {
        let name = file.display().to_string();
        match args.compare(file, &name, &mut models).with_context(|| name.clone()) {
            Ok(compared) => {
                args.say(&name, compared);
                sum.take(compared);
            }
            // One scan among hundreds that says too little must not hide the others.
            Err(error) if args.files.len() > 1 => {
                args.say_why_not(&name, &error);
                sum.unsaid += 1;
            }
            Err(error) => return Err(error),
        }
    }
    let Summary { largest, equal, unsaid } = sum;
    let of = args.files.len();
    if !args.json && of > 1 {
        println!("{equal} of {of} are equal to the byte");
    }
    match largest {
        2.. => Err(Exit::Differs.into()),
        _ if unsaid > 0 => bail!("of {unsaid} of {of} scans it cannot be said: see above"),
        1 => Err(Exit::WithinOneGrey.into()),
        0 => Ok(()),
    }
}

/// What was found of all scans.
#[derive(Default)]
struct Summary {
    /// Largest difference in grey levels.
    largest: u8,
    /// Scans that are equal to the byte.
    equal: usize,
    /// Scans that could not be compared.
    unsaid: usize,
}

impl Summary {
    fn take(&mut self, compared: Compared) {
        self.largest = self.largest.max(compared.largest);
        self.equal += usize::from(compared.largest == 0);
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
    fn say(&self, name: &str, compared: Compared) {
        let Compared { largest, differing } = compared;
        let json =
            serde_json::json!({ "file": name, "largest_difference": largest, "differing_pixels": differing });
        match self.json {
            true => println!("{json}"),
            false => println!("{name}: {}", compared.words()),
        }
    }

    fn say_why_not(&self, name: &str, error: &anyhow::Error) {
        match self.json {
            true => println!("{}", serde_json::json!({ "file": name, "error": format!("{error:#}") })),
            false => eprintln!("error: {error:#}"),
        }
    }

    fn compare(&self, file: &Path, name: &str, models: &mut Models) -> anyhow::Result<Compared> {
        let bytes = read_file(file)?;
        let mut found = scan_image::read(&bytes, name)?;
        let says = Provenance::of_png(&bytes, name)?.context(
            "it does not say that it is synthetic; `retidiff origin` may find where it comes from",
        )?;
        if says.strip_rows > 0 {
            found = without_strip(&found, says.strip_rows);
        }
        let wanted = says.mask_sha256.as_deref().context(
            "it does not name its mask, as files of earlier versions do not: nothing can be compared",
        )?;
        let (width, height, codes) = mask_of_scan::find(file, self.mask.as_deref(), wanted)?;
        let model = says.model.as_ref().context("it does not name its model")?;
        let from_scan = self.guide(&says)?;
        let scene = RenderScene {
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
            let theirs = says.arithmetic.unwrap_or_default();
            eprintln!(
                "note: {name} was computed by {theirs}, here it is {own}; --vector-unit computes as another \
                 processor does"
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

/// The scan without the rows below it that say what it is.
fn without_strip(image: &GreyImage, strip_rows: u32) -> GreyImage {
    let height = image.height.saturating_sub(strip_rows).max(1);
    let pixels = image.pixels[..image.width as usize * height as usize].to_vec();
    GreyImage::new(image.width, height, pixels)
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
}
