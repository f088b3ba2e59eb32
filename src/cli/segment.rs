//! `retidiff segment`: labels for scans by a segmenter, without a window.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, ensure};
use serde::Serialize;

use super::compute::ComputeDevice;
use crate::dataset::open;
use crate::dataset::samples::fill_unscanned;
use crate::document::Page;
use crate::formats::open::{FileKind, Opened};
use crate::formats::{label_png, read_file, write_file};
use crate::metrics::segmentation::{CLASS_COUNT, class_name, class_of};
use crate::scan::GreyImage;
use crate::segmentation::labeller::ASSUMED_SPACING;
use crate::segmentation::{Labeller, Labelling, segmenter_file};
use crate::worker::models::{ModelSource, SEGMENTER_NAME};

/// Labels the layers and the fluid of scans, with a confidence.
///
/// Written is a label PNG for every B-scan, named as the scan's file (in a data set as its entry), with a number in a
/// volume. The labels are a proposal to be corrected, not a diagnosis; the confidence is the mean probability that the
/// segmenter gives its own answer. All scans are opened first: where one cannot be read, two would have one name, or a
/// file of that name is there already (--overwrite replaces label PNGs), nothing is written.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff segment scan.png --out labels\n  \
    retidiff segment macula.vol other.dcm --out labels --json > confidence.json")]
pub struct SegmentArgs {
    /// Images, volumes, documents or folders of scans
    #[arg(value_name = "SCAN", required = true)]
    scans: Vec<PathBuf>,
    /// Folder of the label PNGs; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace label PNGs that are there, hand corrections included; nothing else is ever replaced
    #[arg(long)]
    overwrite: bool,
    /// A bundled segmenter's name or the model file of one [default: the bundled one, where this build carries it]
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// What to compute on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Print one JSON object with the figures of every B-scan
    #[arg(long)]
    json: bool,
}

/// The labels of a B-scan in figures.
#[derive(Debug, Serialize)]
struct Labelled {
    scan: String,
    file: String,
    width: u32,
    height: u32,
    /// Whether the pixel size was taken to be that of a Spectralis macular scan, because the file says none.
    spacing_assumed: bool,
    /// Mean over all pixels.
    confidence: f64,
    classes: Vec<ClassFigures>,
}

/// A class in a B-scan.
#[derive(Debug, Serialize)]
struct ClassFigures {
    class: &'static str,
    pixels: usize,
    /// Mean probability of its pixels; null where there is none.
    confidence: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    model: &'a str,
    model_sha256: &'a str,
    scans: Vec<Labelled>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a scan or the segmenter cannot be read, two scans would be written to one file or labels would take another file's
/// place, before anything is written; or if a file cannot be written.
pub fn run(args: &SegmentArgs) -> anyhow::Result<()> {
    ensure!(
        args.out.is_dir() || !args.out.exists(),
        "{}: this is a file, and labels go into a folder; name a folder with --out",
        args.out.display()
    );
    check(args)?;
    let (bytes, name) = match &args.model {
        Some(model) => ModelSource::named(model).read()?,
        None => ModelSource::Bundled(SEGMENTER_NAME.to_owned()).read().map_err(|_| {
            anyhow!(
                "this build carries no segmenter: train one (`retidiff train --stage segment`) and name its file with \
                 --model"
            )
        })?,
    };
    let (device, _) = args.device.pick()?;
    let (network, info) = segmenter_file::load(&bytes, &name, &device)?;
    let labeller = Labeller::new(network, info, device);
    let mut scans = Vec::new();
    for path in &args.scans {
        let opened = open(path)?;
        for (page, file) in opened.document.pages.iter().zip(file_names(path, &opened)) {
            let labelled = label(&labeller, page, &args.out, file)?;
            if !args.json {
                eprintln!("{}", labelled.line());
            }
            scans.push(labelled);
        }
    }
    let assumed = scans.iter().filter(|scan| scan.spacing_assumed).count();
    if assumed > 0 {
        eprintln!(
            "note: {assumed} of {} scans do not say their pixel size; they were taken to have {} x {} µm",
            scans.len(),
            ASSUMED_SPACING.axial_um_per_px,
            ASSUMED_SPACING.lateral_um_per_px
        );
    }
    if args.json {
        let info = labeller.info();
        let report = Report { model: &info.name, model_sha256: &info.tensors_sha256, scans };
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

/// Opens every scan, so that nothing is labelled where the last of them cannot be read or would take the name of another.
/// Only one is held at a time: a folder of volumes need not fit into memory.
///
/// # Errors
/// The first scan that cannot be read, or whose labels have no file of their own.
fn check(args: &SegmentArgs) -> anyhow::Result<()> {
    let mut taken: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in &args.scans {
        ensure!(
            !path.is_dir() || !is_same(path, &args.out),
            "{}: labels among the scans would be taken for scans; name another folder with --out",
            args.out.display()
        );
        let opened = open(path)?;
        for warning in &opened.warnings {
            eprintln!("note: {warning}");
        }
        for file in file_names(path, &opened) {
            check_target(args, &args.out.join(&file))?;
            claim(&mut taken, &file, path)?;
        }
    }
    ensure!(!taken.is_empty(), "nothing to label: the documents hold no B-scan");
    Ok(())
}

/// Takes a file's name for a scan; where disks do not tell upper from lower case, neither does this.
///
/// # Errors
/// If another has it.
fn claim(taken: &mut BTreeMap<String, PathBuf>, file: &str, path: &Path) -> anyhow::Result<()> {
    match taken.insert(file.to_lowercase(), path.to_owned()) {
        None => Ok(()),
        Some(other) => anyhow::bail!(
            "{} and {} would both be written to {file}: label them into two folders, or rename one",
            other.display(),
            path.display()
        ),
    }
}

/// Whether labels may be written there.
///
/// # Errors
/// If a file is there that is not to be replaced.
fn check_target(args: &SegmentArgs, target: &Path) -> anyhow::Result<()> {
    if !target.exists() {
        return Ok(());
    }
    let place = target.display();
    ensure!(
        !args.scans.iter().any(|scan| is_same(scan, target)),
        "{place}: this is one of the scans, and its labels would take its place; name another folder with --out"
    );
    ensure!(
        args.overwrite,
        "{place}: it is there already, perhaps corrected by hand; name another folder with --out, or replace it with \
         --overwrite"
    );
    ensure!(
        read_file(target).is_ok_and(|bytes| label_png::is_label_png(&bytes)),
        "{place}: this is no label PNG, so it is not replaced; name another folder with --out"
    );
    Ok(())
}

/// Whether two paths lead to one file or folder that is there.
fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// What the labels of a document's pages are called: as the scan's file, with the B-scan's number in a volume.
fn file_names(path: &Path, opened: &Opened) -> Vec<String> {
    let pages = &opened.document.pages;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = |(index, page): (usize, &Page)| match opened.kind {
        FileKind::Folder(_) | FileKind::DataSet => format!("{}.png", page.scan.name),
        _ if pages.len() == 1 => format!("{stem}.png"),
        _ => format!("{stem}_{:03}.png", index + 1),
    };
    pages.iter().enumerate().map(name).collect()
}

fn label(labeller: &Labeller, page: &Page, out: &Path, file: String) -> anyhow::Result<Labelled> {
    let scan = &page.scan;
    let mut pixels = scan.image.pixels.to_vec();
    if let Some(area) = &scan.scanned_area {
        let scanned: Vec<bool> = area.iter().map(|&inside| inside != 0).collect();
        fill_unscanned(&mut pixels, &scanned, scan.width() as usize);
    }
    let image = GreyImage::new(scan.width(), scan.height(), pixels);
    let labelling = labeller.label(&image, scan.spacing);
    let info = labeller.info();
    let text = [
        ("Software", concat!("RetiDiff Studio ", env!("CARGO_PKG_VERSION"))),
        ("Comment", "labels proposed by a segmenter, not corrected"),
        ("Model", &info.name),
        ("ModelSHA256", &info.tensors_sha256),
    ];
    let path = out.join(&file);
    let bytes = label_png::write(scan.width(), scan.height(), &labelling.codes, &text)
        .with_context(|| format!("{} could not be encoded", path.display()))?;
    std::fs::create_dir_all(out).with_context(|| format!("making {}", out.display()))?;
    write_file(&path, &bytes)?;
    Ok(Labelled {
        scan: scan.name.clone(),
        file,
        width: scan.width(),
        height: scan.height(),
        spacing_assumed: scan.spacing.is_none(),
        confidence: mean(&labelling.confidence),
        classes: classes(labeller, &labelling),
    })
}

/// The figures of each class that the program names; a segmenter may know them in another order.
fn classes(labeller: &Labeller, labelling: &Labelling) -> Vec<ClassFigures> {
    let schemes = &labeller.info().labels.classes;
    (0..CLASS_COUNT)
        .map(|class| {
            let known = schemes.iter().position(|codes| class_of(codes[0]) == Some(class));
            let found = known.and_then(|known| labelling.class_confidence(known));
            ClassFigures {
                class: class_name(class),
                pixels: found.map_or(0, |(_, pixels)| pixels),
                confidence: found.map(|(confidence, _)| confidence),
            }
        })
        .collect()
}

fn mean(values: &[f32]) -> f64 {
    values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len().max(1) as f64
}

impl Labelled {
    /// One line for people.
    fn line(&self) -> String {
        let least = self
            .classes
            .iter()
            .filter_map(|class| Some((class.class, class.confidence?)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let least =
            least.map_or(String::new(), |(class, p)| format!(", least in {class} ({:.0} %)", 100.0 * p));
        format!("{}: confidence {:.0} %{least}", self.file, 100.0 * self.confidence)
    }
}
