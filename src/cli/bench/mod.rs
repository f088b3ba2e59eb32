//! `retidiff bench`: how long pictures, strokes, the start and training take on this machine.

#[cfg(feature = "studio")]
mod curate;
mod files;
#[cfg(feature = "studio")]
mod frames;
#[cfg(feature = "studio")]
mod kiosk;
mod masks;
mod paint;
mod remote;
mod report;
mod review;
mod strokes;
mod training;
mod volume;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{anyhow, ensure};

use self::masks::{PICTURE_SIZES, QUICK_RUNS, REFINED_STEPS, layered_mask, paint_cyst, paint_dot};
use self::report::{BenchReport, Memory, PictureTiming, REPORT_VERSION, Startup, Times, milliseconds};
use super::compute::refuse_other_device;
use super::dataset::parse_size;
use super::setting::Setting;
use crate::device::{self, DeviceChoice, Picked};
use crate::diffusion::model_file::{self, MODEL_FILE_VERSION, ModelInfo, ModelKind, Precision};
use crate::diffusion::{Prediction, Schedule};
use crate::encoding::labels::LabelScheme;
use crate::encoding::mapping::Mapping;
use crate::mask::Mask;
use crate::nn::{Arithmetic, UNetConfig};
use crate::serve::CommandLine;
use crate::training::Preset;
use crate::worker::coarse_draft;
use crate::worker::local_edit::Halo;
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::models::{ModelSource, ModelSourceError};
use crate::worker::renderer::{Destination, Edit, RenderScene, Renderer};
use crate::worker::{PictureImage, Recipe};

const EXPORT_STEPS: u32 = 16;

/// Measures picture latency, paint latency, start-up and memory on this machine.
///
/// Times are milliseconds: median and 99th percentile. A draft is timed from the changed mask to the
/// picture in memory (conditions, one step, local composition), as is a refined picture (8 steps) and an
/// export (16 steps, whole frame). Where a picture is drawn coarsely first, as one of more than two
/// megapixels on a CPU, so are that and its part around a stroke of a 300-pixel brush. A stroke event is
/// what the window's thread does when the brush moves, a frame all its work on one while the brush paints
/// and the scan follows; neither is presented. A volume of 61 B-scans is timed from its file to its first
/// picture. A thousand brush strokes are painted, counted in the undo history with their memory, and
/// undone.
#[derive(Debug, clap::Args)]
pub struct BenchArgs {
    /// A bundled model's name or a model file. Without any model an untrained network of the live preset
    /// is timed, which takes just as long.
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Where to compute.
    #[arg(long, value_enum, default_value_t)]
    device: DeviceChoice,
    /// What the network computes in; must be one that the device has [default: f16 on a GPU that has it and draws
    /// the same in it, else f32].
    #[arg(long, value_enum)]
    arithmetic: Option<Arithmetic>,
    /// A few runs of everything.
    #[arg(long)]
    quick: bool,
    /// Sizes of the pictures that are timed [default: 480x480,768x496]
    #[arg(long, value_name = "WIDTHxHEIGHT,...", value_delimiter = ',', value_parser = parse_size)]
    size: Vec<[u32; 2]>,
    /// Times only pictures of so many steps: 1 is a draft, 8 a refined picture, 16 an export [default: all of them]
    #[arg(long, value_name = "STEPS", value_delimiter = ',')]
    steps: Vec<u32>,
    /// Times each picture so many times [default: a draft 40, a refined picture 8, an export 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: Option<u32>,
    /// Times only these [default: all]
    #[arg(long, value_enum, value_name = "PARTS", value_delimiter = ',')]
    only: Vec<Part>,
    /// Times training instead: a step of each preset [default: live, and one strip of paper where it fits], with
    /// the memory it takes.
    #[arg(long, value_enum, value_name = "PRESETS", num_args = 0..=1, value_delimiter = ',',
        default_missing_value = "live,paper", conflicts_with_all = ["model", "compare"])]
    train: Option<Vec<Preset>>,
    /// Times a review instead, with and without its window, of so many rows made for it [default: 100000]
    #[arg(long, value_name = "ROWS", num_args = 0..=1, default_missing_value = "100000",
        value_parser = clap::value_parser!(u64).range(1..=10_000_000), conflicts_with_all = ["model", "compare", "train"])]
    review: Option<u64>,
    /// With --review: times a disk whose files nobody has read, too, by dropping the system's file cache (Linux, as root)
    #[arg(long, requires = "review")]
    cold: bool,
    /// Times drafts of a studio here whose pictures another machine draws, beside those drawn here: "ssh HOST retidiff
    /// serve --stdio"
    #[arg(long, value_name = "COMMAND", value_parser = CommandLine::parse,
        conflicts_with_all = ["compare", "train", "review"])]
    remote: Option<CommandLine>,
    /// With --remote: a command that cuts the cable, and times what the studio does about it
    #[arg(long, value_name = "COMMAND", requires_all = ["remote", "mend"])]
    cut: Option<String>,
    /// The command that mends the cable again
    #[arg(long, value_name = "COMMAND", requires = "cut")]
    mend: Option<String>,
    /// Runs the demo mode instead, off-screen on an accelerated clock, for so many simulated hours and at least 625
    /// drafts and 62.5 loops an hour, and prints the memory it takes [default: 8]
    #[cfg(feature = "studio")]
    #[arg(long, value_name = "HOURS", num_args = 0..=1, default_missing_value = "8",
        conflicts_with_all = ["compare", "train", "review", "quick", "arithmetic"])]
    kiosk: Option<f64>,
    /// Times a curator's work instead: so many pairs generated, reviewed by the window's own keys, audited, exported as
    /// nnU-Net, MIRAGE and WebDataset, and read back [default: 300]
    #[cfg(feature = "studio")]
    #[arg(long, value_name = "PAIRS", num_args = 0..=1, default_missing_value = "300",
        value_parser = clap::value_parser!(u64).range(2..=100_000),
        conflicts_with_all = ["model", "compare", "train", "review"])]
    curate: Option<u64>,
    /// Times the files that people bring instead: an export of HEYEX, DICOM, NIfTI, MetaImage, TIFF, and what a TIFF of
    /// 2 GB costs in time and memory (it takes a folder for temporary files with as much room, where there are no
    /// sparse files)
    #[arg(long, conflicts_with_all = ["model", "compare", "train", "review"])]
    files: bool,
    /// Opens a file in this process and prints time and memory as JSON.
    #[arg(long, value_name = "FILE", hide = true)]
    open_here: Option<PathBuf>,
    /// A setting of the training that is timed, such as batch=1; may be repeated.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = Setting::parse)]
    settings: Vec<Setting>,
    /// Times training of one preset in this process and prints it as JSON.
    #[arg(long, value_enum, hide = true)]
    train_here: Option<Preset>,
    /// Times frames of the studio in this process and prints them as JSON.
    #[cfg(feature = "studio")]
    #[arg(long, hide = true)]
    frames_here: bool,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
    /// Sets the figures beside those of a run saved with --json.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    compare: Option<PathBuf>,
}

/// What the bench times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Drafts, refined pictures, exports
    Pictures,
    /// Pointer events
    Paint,
    /// A thousand strokes and their undoing
    Strokes,
    /// Volumes from their files
    Volumes,
    /// Frames of the window
    Frames,
}

impl BenchArgs {
    fn times(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// Runs the subcommand.
pub fn run(args: BenchArgs) -> anyhow::Result<()> {
    if let Some(measured) = other_than_synthesis(&args) {
        return measured;
    }
    ensure!(args.settings.is_empty(), "--set is for training: give --train, too");
    let started = Instant::now();
    let saved = args.compare.as_deref().map(report::read).transpose()?;
    let source = args.model.as_deref().map_or(ModelSource::Default, ModelSource::named);
    if let Some(command) = &args.remote {
        let cable = args.cut.as_deref().zip(args.mend.as_deref());
        let trial = remote::Trial { command, source, device: args.device, quick: args.quick, cable };
        return remote::measure(&trial, args.json);
    }
    let picked = device::pick(args.device, None);
    refuse_other_device(args.device, &picked.info)?;
    let (bytes, file) = model_bytes(&source)?;
    let renderer = load(&bytes, &file, &picked, args.arithmetic)?;
    let model_ready_ms = milliseconds(started.elapsed());
    refuse_other_device(args.device, &renderer.device())?;
    let sizes = if args.size.is_empty() { PICTURE_SIZES.to_vec() } else { args.size.clone() };
    let [width, height] = sizes[sizes.len() - 1];
    render(&renderer, &scene(&layered_mask(width, height), 1), 1, None)?;
    let startup = Startup { model_ready_ms, first_picture_ms: milliseconds(started.elapsed()) };

    let (info, model) = (renderer.device(), renderer.model());
    let parameters = renderer.parameters();
    let pictures =
        if args.times(Part::Pictures) { picture_timings(&renderer, &sizes, &args)? } else { Vec::new() };
    drop(renderer);
    let paint = match args.times(Part::Paint) {
        true => paint::timings(&bytes, args.device, args.quick)?,
        false => Vec::new(),
    };
    let memory = Memory::now();
    let strokes = args.times(Part::Strokes).then(|| strokes::timing(strokes::STROKES)).transpose()?;
    let volumes = if args.times(Part::Volumes) { volume::timings(args.quick)? } else { Vec::new() };
    let frames = if args.times(Part::Frames) { frame_timing(&args)? } else { None };
    let report = BenchReport {
        version: REPORT_VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        backend: info.backend_and_precision(),
        device: info.name,
        driver: info.driver,
        note: info.note,
        threads: rayon::current_num_threads(),
        model: model.name,
        model_sha256: model.sha256,
        preset: model.preset,
        parameters,
        startup,
        pictures,
        paint,
        frames,
        strokes,
        volumes,
        memory,
    };
    print_report(&report, saved.as_ref(), &args)
}

/// Prints the report, and what it is beside a saved one where one is given.
fn print_report(report: &BenchReport, saved: Option<&BenchReport>, args: &BenchArgs) -> anyhow::Result<()> {
    if args.json {
        println!("{}", serde_json::to_string_pretty(report)?);
    } else {
        print!("{}", report.table());
        if let (Some(saved), Some(path)) = (saved, &args.compare) {
            print!("\n{}", report.comparison(saved, &path.display().to_string()));
        }
    }
    Ok(())
}

/// The file of the model that is timed, and its name for messages: an untrained one where none is bundled.
fn model_bytes(source: &ModelSource) -> anyhow::Result<(Cow<'static, [u8]>, String)> {
    match source.read() {
        Err(ModelSourceError::NoneBundled) => Ok((untrained_live_model().into(), "untrained".to_owned())),
        found => Ok(found?),
    }
}

/// Measures what is asked for in place of synthesis; `None` where synthesis is.
fn other_than_synthesis(args: &BenchArgs) -> Option<anyhow::Result<()>> {
    let BenchArgs { device, quick, runs, json, .. } = *args;
    let how = training::How { device, quick, runs, settings: &args.settings };
    #[cfg(feature = "studio")]
    if let Some(pairs) = args.curate {
        return Some(curate::measure(pairs, device, quick, json));
    }
    #[cfg(feature = "studio")]
    if args.frames_here {
        return Some(frames::measure_here(args.model.clone(), device, quick));
    }
    #[cfg(feature = "studio")]
    if let Some(hours) = args.kiosk {
        return Some(kiosk::measure(hours, args.model.clone(), device, json));
    }
    if let Some(path) = &args.open_here {
        return Some(files::measure_here(path));
    }
    if args.files {
        return Some(files::measure(quick, json));
    }
    if let Some(rows) = args.review {
        return Some(review::measure(rows as usize, args.cold, json));
    }
    if let Some(preset) = args.train_here {
        return Some(training::measure_here(preset, &how));
    }
    args.train.as_ref().map(|presets| training::measure(presets, &how, json))
}

/// The renderer of a model, in an arithmetic that is asked for or the best of the device.
fn load(
    bytes: &[u8],
    file: &str,
    picked: &Picked,
    arithmetic: Option<Arithmetic>,
) -> anyhow::Result<ModelRenderer> {
    let loaded = match arithmetic {
        Some(arithmetic) => {
            ensure!(
                arithmetic.is_supported_by(&picked.device),
                "{} ({}) does not compute in {}: choose another --arithmetic",
                picked.info.name,
                picked.info.backend,
                arithmetic.word()
            );
            ModelRenderer::load_in(arithmetic, bytes, file, picked)
        }
        None => ModelRenderer::load_checked(bytes, file, picked),
    };
    loaded.map_err(|failure| anyhow!(failure))
}

/// Frames of the studio while it is painted in, in builds that have it.
#[cfg(feature = "studio")]
fn frame_timing(args: &BenchArgs) -> anyhow::Result<Option<report::FrameTiming>> {
    frames::timing(args.model.as_deref(), args.device, args.quick)
}

#[cfg(not(feature = "studio"))]
fn frame_timing(_args: &BenchArgs) -> anyhow::Result<Option<report::FrameTiming>> {
    Ok(None)
}

fn render(
    renderer: &ModelRenderer,
    scene: &RenderScene,
    steps: u32,
    edit: Option<Edit<'_>>,
) -> anyhow::Result<PictureImage> {
    let mut go_on = |_: u32, _: u32| ControlFlow::Continue(());
    renderer
        .render(scene, steps, edit, Destination::Memory, &mut go_on)
        .map_err(|failure| anyhow!(failure))?
        .ok_or_else(|| anyhow!("a picture was abandoned"))
}

fn picture_timings(
    renderer: &ModelRenderer,
    sizes: &[[u32; 2]],
    args: &BenchArgs,
) -> anyhow::Result<Vec<PictureTiming>> {
    let mut kinds = vec![("draft", 1, 40), ("refined", REFINED_STEPS, 8), ("export", EXPORT_STEPS, 5)];
    kinds.retain(|(_, steps, _)| args.steps.is_empty() || args.steps.contains(steps));
    ensure!(!kinds.is_empty(), "pictures of {:?} steps are not timed: name 1, 8 or 16", args.steps);
    let mut timings = Vec::new();
    for &[width, height] in sizes {
        let mask = layered_mask(width, height);
        if args.steps.is_empty() || args.steps.contains(&1) {
            timings.extend(coarse_timings(renderer, &mask, args)?);
        }
        let base = render(renderer, &scene(&mask, 1), 1, None)?;
        for &(kind, steps, runs) in &kinds {
            let runs = if args.quick { QUICK_RUNS.min(runs) } else { runs };
            let runs = args.runs.map_or(runs, |runs| runs as usize);
            let mut times = Vec::new();
            for run in 0..runs {
                // Another mask every time, as under the brush: nothing of the last frame serves again.
                let mut edited = mask.clone();
                paint_cyst(&mut edited, run as f32);
                let started = Instant::now();
                let halo = (kind != "export").then(|| Halo::of_changes(&mask, &edited));
                let edit = halo.as_ref().map(|halo| Edit { base: &base, halo });
                render(renderer, &scene(&edited, 1), steps, edit)?;
                times.push(started.elapsed());
            }
            timings.push(PictureTiming {
                kind: kind.to_owned(),
                width,
                height,
                steps,
                times: Times::of(times),
            });
        }
    }
    Ok(timings)
}

/// Runs of what is drawn coarsely first, and the radius in pixels of the brush of its strokes.
const COARSE_RUNS: usize = 5;
const WIDE_BRUSH_RADIUS_PX: f32 = 150.0;

/// What is seen first of a picture that the device draws coarsely first: the whole of it, and the part around a stroke.
fn coarse_timings(
    renderer: &ModelRenderer,
    mask: &Mask,
    args: &BenchArgs,
) -> anyhow::Result<Vec<PictureTiming>> {
    let draw = |scene: &RenderScene, edit: Option<Edit<'_>>| {
        coarse_draft::draw(renderer, scene, edit).map_err(|failure| anyhow!(failure))
    };
    let Some(base) = draw(&scene(mask, 1), None)? else { return Ok(Vec::new()) };
    let runs = args.runs.map_or(COARSE_RUNS, |runs| runs as usize);
    let (mut whole, mut strokes) = (Vec::new(), Vec::new());
    for run in 0..runs {
        let mut edited = mask.clone();
        paint_dot(&mut edited, run as f32, WIDE_BRUSH_RADIUS_PX);
        let halo = Halo::of_changes(mask, &edited);
        let edited = scene(&edited, 1);
        let started = Instant::now();
        draw(&edited, None)?;
        whole.push(started.elapsed());
        let started = Instant::now();
        draw(&edited, Some(Edit { base: &base, halo: &halo }))?;
        strokes.push(started.elapsed());
    }
    let timing = |kind: &str, times| PictureTiming {
        kind: kind.to_owned(),
        width: mask.width(),
        height: mask.height(),
        steps: 1,
        times: Times::of(times),
    };
    Ok(vec![timing("coarse draft", whole), timing("coarse, stroke", strokes)])
}

fn scene(mask: &Mask, seed: u64) -> RenderScene {
    RenderScene {
        labels: mask.composite_pixels().into(),
        width: mask.width(),
        height: mask.height(),
        spacing: None,
        seed,
        recipe: Recipe::default(),
    }
}

/// A live network with fresh weights as a model file.
fn untrained_live_model() -> Vec<u8> {
    let network = UNetConfig::live();
    let unet = network.init(&device::cpu(None).device);
    let info = ModelInfo {
        version: MODEL_FILE_VERSION,
        name: "untrained".into(),
        kind: ModelKind::Image,
        preset: "live".into(),
        network,
        labels: LabelScheme::studio(),
        mapping: Mapping::live(),
        normalisation: Default::default(),
        schedule: Schedule::live(),
        prediction: Prediction::V,
        style: None,
        shadow: false,
        mask: None,
        training: Default::default(),
        tensors_sha256: String::new(),
    };
    model_file::encode(&unet, &info, Precision::F16)
}
