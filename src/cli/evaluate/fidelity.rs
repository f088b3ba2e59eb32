//! `retidiff evaluate fidelity`: how far synthetic scans are from the real ones of the same masks.

use std::path::PathBuf;

#[cfg(feature = "cpu")]
use anyhow::Context;
use anyhow::bail;
use clap::Args;

#[cfg(feature = "cpu")]
use super::fidelity_model::ModelArgs;
#[cfg(feature = "cpu")]
use super::fidelity_reader::ReaderArgs;
use super::subjects::SubjectArgs;
#[cfg(feature = "cpu")]
use super::writing::write;
use crate::dataset::{Manifest, ManifestEntry};
#[cfg(feature = "cpu")]
use crate::evaluation::fidelity::FidelitySheet;
use crate::evaluation::fidelity::{Fidelity, PictureSource, PicturesOfScans};

/// Compares synthetic scans with the real ones of the same masks: brightness of every class, cysts against
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
    model: ModelArgs,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    reader: ReaderArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written, a model may have trained on what is measured, or not every line passes.
pub fn run(args: &FidelityArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    let measured = who.scans(&manifest)?;
    let source = source(args, &measured, &who.measured)?;
    let prints_scans = !args.json && !matches!(source, PictureSource::Painter);
    #[cfg(feature = "cpu")]
    let mut sheet = FidelitySheet::default();
    let fidelity = Fidelity {
        manifest: &manifest,
        who: &who,
        measured: &measured,
        source,
        #[cfg(feature = "cpu")]
        reader: args.reader.reader(&who.measured)?,
    };
    let report = fidelity.measure(&mut |compared| {
        if prints_scans {
            let pace = compared.secs_per_scan.map_or_else(String::new, |secs| format!(": {secs:.1} s"));
            eprintln!("{} ({} of {}){pace}", compared.scan.entry.id, compared.index + 1, compared.count);
        }
        #[cfg(feature = "cpu")]
        sheet.add(compared);
    })?;
    #[cfg(feature = "cpu")]
    if let Some(path) = &args.model.sheet {
        write(path, &sheet.encode().context("encoding the sheet")?)?;
    }
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

fn source(
    args: &FidelityArgs,
    measured: &[&ManifestEntry],
    subjects: &[String],
) -> anyhow::Result<PictureSource> {
    if args.baseline {
        return Ok(PictureSource::Painter);
    }
    if let Some(folder) = &args.pictures {
        let (pictures, note) = PicturesOfScans::find(folder, measured)?;
        if let Some(note) = note {
            eprintln!("note: {note}");
        }
        return Ok(PictureSource::Folder(pictures, folder.display().to_string()));
    }
    model_source(args, subjects)
}

#[cfg(feature = "cpu")]
fn model_source(args: &FidelityArgs, subjects: &[String]) -> anyhow::Result<PictureSource> {
    Ok(PictureSource::Model(Box::new(args.model.maker(subjects)?)))
}

#[cfg(not(feature = "cpu"))]
fn model_source(_: &FidelityArgs, _: &[String]) -> anyhow::Result<PictureSource> {
    bail!("this build has no networks: name --pictures or --baseline, or build with the feature \"cpu\"")
}
