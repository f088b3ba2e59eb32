//! `retidiff case study`: how far graders agree.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, bail, ensure};

use super::super::import::parse_spacing;
use super::hand_out::Key;
use super::reading::{png_files, read_mask};
use crate::formats::write_file;
use crate::review::graders::{GradedScan, Study, page, table};
use crate::scan::Spacing;

/// Most scans of a study: their masks lie in memory.
const MAX_SCANS: usize = 2000;

/// Compares the labels of two or more graders on one set: agreement of every interface in um and of fluid by Dice, kappa of
/// what is there, Bland-Altman and box plots.
///
/// Each grader has a folder of label PNGs; those of one scan have one name. Written are study.html (a page with its
/// pictures in it), study.csv, study.json and key.csv. Page, table and JSON name graders by letters in an order of chance;
/// key.csv alone says whose letter is whose.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    retidiff case study --grader anna=drawn/anna --grader ben=drawn/ben --spacing 3.87x11.3 --out study")]
pub struct StudyArgs {
    /// A grader and the folder of the label PNGs; twice or more
    #[arg(long = "grader", value_name = "NAME=DIR", required = true, value_parser = parse_grader)]
    graders: Vec<(String, PathBuf)>,
    /// Size of a pixel in um, down and across
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Spacing,
    /// Where the study goes
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The key of `retidiff case hand-out`; graders are then named as its folders are, grader-1 and so on
    #[arg(long, value_name = "KEY.csv")]
    key: Option<PathBuf>,
    /// Of the order of letters
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Above the page
    #[arg(long, default_value = "Study of graders")]
    title: String,
}

fn parse_grader(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, folder)) if !name.trim().is_empty() && !folder.is_empty() => {
            Ok((name.trim().to_owned(), PathBuf::from(folder)))
        }
        _ => Err(format!("\"{text}\" names no grader: write NAME=DIR, such as anna=drawn/anna")),
    }
}

/// Runs the subcommand.
///
/// # Errors
/// If a folder or a label PNG cannot be read, masks of a scan differ in size, or a file cannot be written.
pub fn run(args: StudyArgs) -> anyhow::Result<()> {
    ensure!(args.graders.len() > 1, "one grader cannot be compared; name two or more with --grader NAME=DIR");
    // By their letters.
    let order = Study::letters(args.graders.len(), args.seed);
    let graders: Vec<&(String, PathBuf)> = order.iter().map(|index| &args.graders[*index]).collect();
    let key = args.key.as_deref().map(Key::read).transpose()?;
    let scans = graded(&graders, key.as_ref())?;
    let study = Study::of(&scans, graders.len(), args.spacing)?;
    let mut json = serde_json::to_string_pretty(&study)?;
    json.push('\n');
    let names = graders.iter().map(|(name, _)| format!("\"{}\"", name.replace('"', "\"\"")));
    let key: String =
        study.graders.iter().zip(names).map(|(letter, name)| format!("{letter},{name}\r\n")).collect();
    for (file, text) in [
        ("study.html", page(&study, &args.title)?),
        ("study.csv", table(&study)),
        ("study.json", json),
        ("key.csv", format!("letter,grader\r\n{key}")),
    ] {
        write_file(&args.out.join(file), text.as_bytes())?;
    }
    println!(
        "{}: {} graders, {} scans, {} pairs",
        args.out.display(),
        study.graders.len(),
        study.scans.len(),
        study.pairs.len()
    );
    Ok(())
}

/// The label PNGs of all graders by the name of their scan; a scan that one alone drew is left out and said.
fn graded(graders: &[&(String, PathBuf)], key: Option<&Key>) -> anyhow::Result<Vec<GradedScan>> {
    let mut files: BTreeMap<String, Vec<Option<PathBuf>>> = BTreeMap::new();
    for (index, (name, folder)) in graders.iter().enumerate() {
        let found = png_files(folder).with_context(|| format!("the folder of {name}"))?;
        ensure!(!found.is_empty(), "{}: no PNG; {name} drew nothing here", folder.display());
        for (scan, path) in found {
            let named = key.map(|key| key.scan(name, &scan).map(str::to_owned));
            let Some(scan) = named.unwrap_or_else(|| Some(scan.clone())) else {
                bail!("{}: the key has no {scan} of {name}; graders are named as in it", path.display());
            };
            files.entry(scan).or_insert_with(|| vec![None; graders.len()])[index] = Some(path);
        }
    }
    ensure!(files.len() <= MAX_SCANS, "{} scans; a study has at most {MAX_SCANS}", files.len());
    let mut scans = Vec::new();
    for (name, paths) in files {
        if paths.iter().flatten().count() < 2 {
            eprintln!("left out: {name}: drawn by one grader alone");
            continue;
        }
        let masks = paths.iter().map(|path| path.as_deref().map(read_mask).transpose());
        scans.push(GradedScan { name, masks: masks.collect::<anyhow::Result<_>>()? });
    }
    Ok(scans)
}
