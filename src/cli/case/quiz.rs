//! `retidiff case quiz`: cases as a quiz in one HTML file.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::read_mask;
use crate::cases::Frame;
use crate::cases::quiz::questions;
use crate::formats::figure::origin_of;
use crate::formats::quiz_page::{self, QuizCase};
use crate::formats::{read_file, scan_image, write_file};
use crate::scan::Laterality;

/// Most cases of a quiz: a page of 200 scans is some 40 MB.
const MAX_CASES: usize = 200;

/// Makes a quiz of designed cases: one HTML file that works offline, by pointer, touch and keyboard.
///
/// FOLDER is a case that `case build` made (mask.png, scan.png, case.json), or a folder of such folders. Questions and
/// answers are made from the masks: which fluid is there, which layer holds the cysts, is the central thickness above
/// 300 um, draw the ILM (graded in um), mark the fluid (graded by Dice and missed cysts). Results are saved as CSV.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    retidiff case build dme-moderate --out cases --seeds 5\n  \
    retidiff case quiz cases --out quiz.html")]
pub struct QuizArgs {
    /// A case, or a folder of cases
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The page to write
    #[arg(long, value_name = "QUIZ.html")]
    out: PathBuf,
    /// Above the questions
    #[arg(long, default_value = "Retinal OCT quiz")]
    title: String,
}

/// What of `case.json` a quiz needs.
#[derive(Deserialize)]
struct CaseFacts {
    pixel_um: [f64; 2],
    fovea_column: f64,
}

/// Runs the subcommand.
///
/// # Errors
/// If the folder holds no case that can be read, or the page cannot be written.
pub fn run(args: QuizArgs) -> anyhow::Result<()> {
    let folders = case_folders(&args.folder)?;
    let mut cases = Vec::new();
    for (number, folder) in (1..).zip(&folders) {
        match read_case(folder, number) {
            Ok(case) => cases.push(case),
            Err(error) => eprintln!("skipped: {}: {error:#}", folder.display()),
        }
    }
    ensure!(
        !cases.is_empty(),
        "{}: no case with mask.png, scan.png and case.json; make some with `retidiff case build RECIPE --out {}`",
        args.folder.display(),
        args.folder.display()
    );
    let page = quiz_page::write(&args.title, &cases)?;
    write_file(&args.out, page.as_bytes())?;
    let asked: usize = cases.iter().map(|case| case.questions.len()).sum();
    println!(
        "{}: {} cases, {asked} questions, {} KB",
        args.out.display(),
        cases.len(),
        page.len().div_ceil(1000)
    );
    Ok(())
}

/// The folder itself if it is a case, else those in it that are, by name.
fn case_folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if folder.join("mask.png").is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("{}: a folder of cases", folder.display()))?;
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.join("mask.png").is_file()).collect();
    found.sort();
    if found.len() > MAX_CASES {
        bail!("{}: {} cases; a quiz has at most {MAX_CASES}", folder.display(), found.len());
    }
    Ok(found)
}

/// A case is called by its number: a folder's name may tell the answer.
fn read_case(folder: &Path, number: usize) -> anyhow::Result<QuizCase> {
    for (file, why) in [("scan.png", "a quiz shows the scan"), ("case.json", "it says how large a pixel is")]
    {
        ensure!(folder.join(file).is_file(), "{file} is not there, and {why}");
    }
    let facts = read_file(&folder.join("case.json"))?;
    let facts: CaseFacts = serde_json::from_slice(&facts).context("case.json")?;
    let [axial, lateral] = facts.pixel_um;
    let spacing = crate::scan::Spacing::checked(axial as f32, lateral as f32)
        .with_context(|| format!("case.json: a pixel of {axial} x {lateral} um"))?;
    let mask = read_mask(&folder.join("mask.png"))?;
    let bytes = read_file(&folder.join("scan.png"))?;
    let scan = scan_image::read(&bytes, "scan.png")?;
    ensure!(
        (scan.width, scan.height) == (mask.width(), mask.height()),
        "scan.png has {}x{}, mask.png {}x{}",
        scan.width,
        scan.height,
        mask.width(),
        mask.height()
    );
    let frame = Frame {
        columns: mask.width(),
        rows: mask.height(),
        axial_um: axial,
        lateral_um: lateral,
        fovea_column: facts.fovea_column,
        from_fovea_um: 0.0,
        eye: Laterality::Right,
    };
    let synthetic = origin_of(&bytes).synthetic;
    Ok(QuizCase {
        name: format!("Case {number}"),
        questions: questions(&mask, &frame),
        scan,
        spacing,
        synthetic,
    })
}
