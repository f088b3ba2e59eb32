//! `retidiff synthesize`: a scan from a label mask, without a window.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, anyhow, bail, ensure};

use super::compute::refuse_other_device;
use super::import::parse_spacing;
use super::looks::LookArgs;
use crate::device::{self, DeviceChoice};
use crate::diffusion::samplers::Sampler;
use crate::diffusion::{NoiseSpacing, model_file};
use crate::formats::figure::{STRIP_ROWS, with_strip};
use crate::formats::label_png::{self, CodeScheme, Labels};
use crate::formats::provenance::{Provenance, borrowed};
use crate::formats::{read_file, scan_image, write_file};
use crate::scan::{GreyImage, Spacing};
use crate::worker::marking;
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::ModelSource;
use crate::worker::renderer::{Destination, RenderScene, Renderer};
use crate::worker::{FromScan, PictureImage, Recipe};

/// Synthesises an OCT B-scan from a label mask.
///
/// The mask is a label PNG (indexed, or grey values that are label codes); the scan is an 8-bit grey PNG of
/// its size that says in its text chunks that it is synthetic and what made it. The same mask, model, seed,
/// sampler and steps give the same bytes on the same device.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff synthesize --mask mask.png --out scan.png\n  \
    retidiff synthesize --mask mask.png --out scan.png --seed 7 --count 5   (scan_7.png .. scan_11.png)")]
pub struct SynthesizeArgs {
    /// The label PNG.
    #[arg(long, value_name = "MASK.png")]
    mask: PathBuf,
    /// Where the scan goes; with --count the seed is put behind the name.
    #[arg(long, value_name = "OUT.png")]
    out: PathBuf,
    /// A bundled model's name or a model file; the bundled live model unless said here.
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Denoising steps.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    steps: u32,
    /// The path from noise to scan.
    #[arg(long, value_enum, default_value_t)]
    sampler: Sampler,
    /// Multiply the contrast of lesions: 1 is as in scans, below 1 they are fainter. Farther than five pixels from a lesion
    /// nothing changes
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse_lesion_contrast)]
    lesion_contrast: f64,
    /// How the noise levels are spaced
    #[arg(long, value_enum, default_value_t = NoiseSpacing::USUAL)]
    noise_levels: NoiseSpacing,
    /// Of the noise: another seed is another scan with the same anatomy.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// How many scans, with seeds counted upwards.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
    /// The mask's pixel size in µm, down and across, such as 3.87x11.3. Unknown, the mask is taken to have
    /// the scale the model was trained at.
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
    /// A real scan of the mask's size to start from instead of pure noise.
    #[arg(long, value_name = "SCAN.png")]
    from_scan: Option<PathBuf>,
    /// How far from that scan the picture may go: close to 0 the scan itself, 1 pure synthesis. The number
    /// of steps stays as it is.
    #[arg(long, default_value_t = 0.5, requires = "from_scan", value_parser = parse_strength)]
    strength: f64,
    /// How far the picture is pushed towards its mask, for models that were also trained without masks.
    #[arg(long, default_value_t = 1.0, value_parser = parse_guidance)]
    guidance: f64,
    /// How much of the mask's lesions the model is given: 1 the mask as it is, 0 nothing, so that it draws there
    /// what it thinks fit.
    #[arg(long, value_name = "ALPHA", default_value_t = 1.0, value_parser = parse_ablation)]
    ablate: f64,
    /// What the mask's codes mean.
    #[arg(long, value_enum, default_value_t)]
    scheme: CodeScheme,
    /// Adds a strip below the scan, outside it, that says in letters that it is synthetic.
    #[arg(long)]
    strip: bool,
    #[command(flatten)]
    looks: LookArgs,
}

/// Runs the subcommand.
pub fn run(args: SynthesizeArgs) -> anyhow::Result<()> {
    let last_seed = args.seed.checked_add(u64::from(args.count) - 1);
    ensure!(last_seed.is_some(), "--seed {} leaves no room for --count {}", args.seed, args.count);
    let mask_name = args.mask.display().to_string();
    let labels = label_png::read(&read_file(&args.mask)?, &mask_name, args.scheme)?;
    for warning in &labels.warnings {
        eprintln!("note: {warning}");
    }

    let source = args.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
    let (model_bytes, model_file) = source.read()?;
    let mapping = model_file::read_info(&model_bytes, &model_file).context("loading the model")?.mapping;
    if let Some(note) = mapping.left_out(&labels.codes, labels.width as usize) {
        eprintln!("note: {mask_name}: {note}");
    }
    let picked = device::pick(args.device, None);
    refuse_other_device(args.device, &picked.info)?;
    let renderer = ModelRenderer::load_checked(&model_bytes, &model_file, &picked)
        .map_err(|failure| anyhow!(failure))
        .context("loading the model")?;
    let (device, model) = (renderer.device(), renderer.model());
    if let Some(note) = &device.note {
        eprintln!("note: computing on the {}: {note}", device.name);
    }
    ensure!(
        args.guidance == 1.0 || model.takes_guidance,
        "the model {} was never trained without masks, so there is nothing to guide away from; leave out \
         --guidance",
        model.name
    );
    let mut scene = first_scene(&args, labels)?;
    for offset in 0..u64::from(args.count) {
        scene.seed = args.seed + offset;
        let looks = args.looks.appearance(&model, scene.width, args.spacing, scene.seed)?;
        scene.recipe.appearance = Arc::new(looks);
        let out = if args.count == 1 { args.out.clone() } else { numbered(&args.out, scene.seed) };
        write_scan(&args, &renderer, &scene, &out)?;
    }
    Ok(())
}

/// What the mask and the arguments say of the first scan, but its looks.
fn first_scene(args: &SynthesizeArgs, labels: Labels) -> anyhow::Result<RenderScene> {
    let from_scan = args
        .from_scan
        .as_deref()
        .map(|path| scan_to_begin_with(path, [labels.width, labels.height], args.strength))
        .transpose()?;
    Ok(RenderScene {
        labels: Arc::from(labels.codes),
        width: labels.width,
        height: labels.height,
        spacing: args.spacing,
        seed: args.seed,
        recipe: Recipe {
            sampler: args.sampler,
            spacing: args.noise_levels,
            guidance: args.guidance,
            lesions: args.ablate,
            lesion_contrast: args.lesion_contrast,
            from_scan,
            appearance: Arc::default(),
        },
    })
}

/// Draws a scan into a file, and says what it took.
fn write_scan(
    args: &SynthesizeArgs,
    renderer: &ModelRenderer,
    scene: &RenderScene,
    out: &Path,
) -> anyhow::Result<()> {
    let (device, started) = (renderer.device(), Instant::now());
    let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
    let picture = renderer
        .render(scene, args.steps, None, Destination::Memory, &mut go_on)
        .map_err(|failure| anyhow!(failure))?;
    let Some(PictureImage::Cpu(image)) = picture else {
        bail!("{}: no picture came back from {}", out.display(), device.name);
    };
    let mut provenance = marking::of_scene(scene, args.steps, &renderer.model(), &device);
    let image = match args.strip {
        true => {
            provenance.strip_rows = STRIP_ROWS;
            with_strip(&image)
        }
        false => image,
    };
    let png = synthetic_png(&image, &provenance)?;
    write_file(out, &png)?;
    println!(
        "{}: {}x{}, seed {}, {} {} steps, {} ({}), {:.2} s",
        out.display(),
        image.width,
        image.height,
        scene.seed,
        scene.recipe.sampler.name(),
        args.steps,
        device.name,
        device.backend_and_precision(),
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// The scan that a synthesis begins with; it must have the mask's size `[width, height]`.
fn scan_to_begin_with(path: &Path, [width, height]: [u32; 2], strength: f64) -> anyhow::Result<FromScan> {
    let image = scan_image::read(&read_file(path)?, &path.display().to_string())?;
    ensure!(
        (image.width, image.height) == (width, height),
        "{} is {}x{} px, the mask {width}x{height}: give a scan of the mask's size",
        path.display(),
        image.width,
        image.height,
    );
    Ok(FromScan { image, scanned_area: None, strength })
}

/// A scan that says what it is. No date and no path: the same scan is the same file.
pub(super) fn synthetic_png(image: &GreyImage, provenance: &Provenance) -> anyhow::Result<Vec<u8>> {
    Ok(scan_image::write(image, &borrowed(&provenance.text()))?)
}

/// A factor of the lesions' contrast.
pub(super) fn parse_lesion_contrast(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if (0.0..=10.0).contains(&factor) => Ok(factor),
        _ => Err(format!("\"{text}\" is no contrast: give a number from 0 to 10")),
    }
}

fn parse_strength(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(strength) if strength > 0.0 && strength <= 1.0 => Ok(strength),
        _ => Err("the strength is a number above 0 (the scan itself) up to 1 (pure synthesis)".to_owned()),
    }
}

fn parse_guidance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(guidance) if (0.0..=10.0).contains(&guidance) => Ok(guidance),
        _ => Err("the guidance is a number from 0 (no mask at all) over 1 (as trained) to 10".to_owned()),
    }
}

fn parse_ablation(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("the ablation is a number from 0 (no lesion is given) to 1 (the mask as it is)".to_owned()),
    }
}

/// `scan.png` and seed 7 as `scan_7.png`.
fn numbered(out: &Path, seed: u64) -> PathBuf {
    let stem = out.file_stem().unwrap_or_default().to_string_lossy();
    let mut name = format!("{stem}_{seed}");
    if let Some(extension) = out.extension() {
        name.push('.');
        name.push_str(&extension.to_string_lossy());
    }
    out.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_goes_behind_the_name() {
        assert_eq!(numbered(Path::new("a/scan.png"), 7), Path::new("a/scan_7.png"));
        assert_eq!(numbered(Path::new("scan"), 0), Path::new("scan_0"));
    }
}
