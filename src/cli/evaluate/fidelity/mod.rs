//! `retidiff evaluate fidelity`: how far synthetic scans are from the real ones of the same masks.

mod findings;
#[cfg(feature = "cpu")]
mod model;
mod pictures;
#[cfg(feature = "cpu")]
mod reader;
mod report;

use std::path::PathBuf;

use anyhow::{bail, ensure};
use clap::Args;

use super::subjects::SubjectArgs;
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::metrics::fidelity::{Mask, PictureSet};
use crate::metrics::painter::Painter;
use crate::scan::GreyImage;
use pictures::PictureFolder;
use report::{Maker, Report, Sets};

/// Compare synthetic scans with the real ones of the same masks: brightness of every class, cysts against
/// their surroundings, speckle, edges, how scans differ, and the shadows of vessels.
///
/// Speckle is measured after each layer's own profile is taken off, over 15 and over 61 columns. How near is near was
/// measured between training eyes (`evaluate tolerances`); a control, the real scans of the training subjects, shows
/// that other eyes pass. Beside the pictures stands a baseline, a painter that knows the training scans' mean grey
/// and speckle of every class; it must fail, or the figures would show nothing. Exit code 0 means that the pictures pass
/// every line that counts and the baseline does not.
///
/// A segmenter looks for the masks in the pictures and in the real scans: mean Dice of the seven layers and fluid, and of
/// fluid alone, may be .05 below that of the real scans. That line is shown for reading and does not count where the
/// segmenter trained on a measured subject, or may have, and where the baseline passes it.
#[derive(Debug, Args)]
pub struct FidelityArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    subjects: SubjectArgs,
    /// Measure the pictures of a folder, named as the scans (duke_07_12.png), in place of a model's
    #[arg(long, value_name = "FOLDER", group = "maker")]
    pictures: Option<PathBuf>,
    /// Measure the baseline in place of a model
    #[arg(long, group = "maker")]
    baseline: bool,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    model: model::ModelArgs,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    reader: reader::ReaderArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Where the judged pictures come from.
enum Source {
    Painter,
    Folder(PictureFolder, String),
    #[cfg(feature = "cpu")]
    Model(Box<model::ModelMaker>),
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written, a model may have trained on what is measured, or not every line passes.
pub fn run(args: &FidelityArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    let measured = who.scans(&manifest)?;
    let mut source = source(args, &measured, &who.measured)?;
    #[cfg(feature = "cpu")]
    let mut reader = args.reader.reader(&who.measured)?;
    let (painter, control) = training_figures(&manifest, &who.training_scans(&manifest, &measured))?;
    let mut sets = Sets {
        real: PictureSet::default(),
        control,
        baseline: PictureSet::default(),
        judged: None,
        findings: None,
    };
    #[cfg(feature = "cpu")]
    let mut sheet = model::Sheet::default();
    for (index, entry) in measured.iter().enumerate() {
        let scan = LabelledScan::load(&manifest, entry)?;
        let counted = scan.counted_pixels();
        let mask = Mask { labels: &scan.labels, scanned: &scan.scanned, counted: &counted };
        sets.real.add(&scan.image, mask);
        let painted = painter.paint(&scan.labels, [entry.width, entry.height], index as u64);
        sets.baseline.add(&painted, mask);
        let picture = judged_picture(&mut source, index, &scan)?;
        if let Some(picture) = &picture {
            sets.judged.get_or_insert_default().add(picture, mask);
        }
        #[cfg(feature = "cpu")]
        if let Some(reader) = &mut reader {
            reader.look(&scan, &painted, picture.as_ref());
        }
        if !args.json && !matches!(source, Source::Painter) {
            eprintln!("{} ({} of {}){}", entry.id, index + 1, measured.len(), pace(&source));
        }
        #[cfg(feature = "cpu")]
        sheet.add(index, measured.len(), &scan, picture.as_ref().unwrap_or(&painted));
    }
    #[cfg(feature = "cpu")]
    if let Some(path) = &args.model.sheet {
        sheet.write(path)?;
    }
    #[cfg(feature = "cpu")]
    {
        sets.findings = reader.map(reader::Reader::finished);
    }
    let report = Report::new(described(source), measured.len(), who.measured, &sets);
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.table());
    }
    match (report.passed, report.baseline_fails) {
        (true, true) => Ok(()),
        (false, _) => bail!("not every line passes"),
        (true, false) => bail!("the baseline passes too, so these figures show nothing"),
    }
}

fn source(args: &FidelityArgs, measured: &[&ManifestEntry], subjects: &[String]) -> anyhow::Result<Source> {
    if args.baseline {
        return Ok(Source::Painter);
    }
    if let Some(folder) = &args.pictures {
        let (pictures, note) = PictureFolder::find(folder, measured)?;
        if let Some(note) = note {
            eprintln!("note: {note}");
        }
        return Ok(Source::Folder(pictures, folder.display().to_string()));
    }
    model_source(args, subjects)
}

#[cfg(feature = "cpu")]
fn model_source(args: &FidelityArgs, subjects: &[String]) -> anyhow::Result<Source> {
    Ok(Source::Model(Box::new(args.model.maker(subjects)?)))
}

#[cfg(not(feature = "cpu"))]
fn model_source(_: &FidelityArgs, _: &[String]) -> anyhow::Result<Source> {
    bail!("this build has no networks: name --pictures or --baseline, or build with the feature \"cpu\"")
}

/// The picture that is judged; `None` where the baseline is.
fn judged_picture(
    source: &mut Source,
    index: usize,
    scan: &LabelledScan,
) -> anyhow::Result<Option<GreyImage>> {
    match source {
        Source::Folder(pictures, _) => pictures.read(index, &scan.image).map(Some),
        #[cfg(feature = "cpu")]
        Source::Model(model) => Ok(Some(model.draw(index, scan))),
        _ => Ok(None),
    }
}

fn pace(source: &Source) -> String {
    match source {
        #[cfg(feature = "cpu")]
        Source::Model(model) => format!(": {:.1} s", model.secs_per_scan()),
        _ => String::new(),
    }
}

fn described(source: Source) -> Maker {
    match source {
        Source::Folder(_, folder) => Maker::Pictures { folder },
        #[cfg(feature = "cpu")]
        Source::Model(model) => model.described(),
        _ => Maker::Painter,
    }
}

/// The painter, who knows the training scans, and what these show, for the control.
fn training_figures(manifest: &Manifest, scans: &[&ManifestEntry]) -> anyhow::Result<(Painter, PictureSet)> {
    ensure!(!scans.is_empty(), "the baseline needs training scans: import the data set's other subjects too");
    let mut control = PictureSet::default();
    for entry in scans {
        let scan = LabelledScan::load(manifest, entry)?;
        let counted = scan.counted_pixels();
        control.add(&scan.image, Mask { labels: &scan.labels, scanned: &scan.scanned, counted: &counted });
    }
    Ok((Painter::of(&control.class_means(), &control.textures()), control))
}
