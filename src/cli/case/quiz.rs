//! `retidiff case quiz`: cases as a quiz in one HTML file.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::reading::{is_shared, read_mask};
use crate::cases::Frame;
use crate::cases::quiz::questions;
#[cfg(feature = "cpu")]
use crate::formats::case_file::CaseFile;
use crate::formats::figure::origin_of;
use crate::formats::quiz_page::{self, MAX_QUIZ_CASES, QuizCase};
use crate::formats::{read_file, scan_image, write_file};
use crate::scan::Laterality;

/// Makes a quiz of designed cases: one HTML file that works offline, by pointer, touch and keyboard.
///
/// SOURCE is a case that `case build` made (mask.png, scan.png, case.json), a folder of such folders, or shared cases
/// (.retidiff-case), whose scans are drawn by the model. Questions and answers are made from the masks: which fluid is there, which layer holds the cysts, is the central thickness above
/// 300 um, draw the ILM (graded in um), mark the fluid (graded by Dice and missed cysts). Results are saved as CSV.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    retidiff case build dme-moderate --out cases --seeds 5\n  \
    retidiff case quiz cases --out quiz.html\n  \
    retidiff case quiz one.retidiff-case two.retidiff-case --out quiz.html")]
pub struct QuizArgs {
    /// A case, a folder of cases, or shared cases
    #[arg(value_name = "SOURCE", required = true)]
    sources: Vec<PathBuf>,
    /// The page to write
    #[arg(long, value_name = "QUIZ.html")]
    out: PathBuf,
    /// Above the questions
    #[arg(long, default_value = "Retinal OCT quiz")]
    title: String,
    #[cfg(feature = "cpu")]
    #[command(flatten)]
    model: super::scan::ModelOptions,
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
    let (shared, folders): (Vec<&PathBuf>, Vec<&PathBuf>) =
        args.sources.iter().partition(|source| is_shared(source));
    let mut cases = Vec::new();
    for folder in folders {
        for folder in case_folders(folder)? {
            match read_case(&folder) {
                Ok(case) => cases.push(case),
                Err(error) => eprintln!("skipped: {}: {error:#}", folder.display()),
            }
        }
    }
    ensure!(
        !cases.is_empty() || !shared.is_empty(),
        "{source}: no case with mask.png, scan.png and case.json; make some with `retidiff case build RECIPE --out \
         {source}`",
        source = args.sources[0].display()
    );
    if !shared.is_empty() {
        cases.extend(shared_cases(&args, &shared)?);
    }
    ensure!(cases.len() <= MAX_QUIZ_CASES, "{} cases; a quiz has at most {MAX_QUIZ_CASES}", cases.len());
    // A case is called by its number: the name of a folder or of a recipe may tell the answer.
    for (number, case) in (1..).zip(&mut cases) {
        case.name = format!("Case {number}");
    }
    let page = quiz_page::write(&args.title, &cases)?;
    write_file(&args.out, page.as_bytes())?;
    let questions: usize = cases.iter().map(|case| case.questions.len()).sum();
    println!(
        "{}: {} cases, {questions} questions, {} KB",
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
    if found.len() > MAX_QUIZ_CASES {
        bail!("{}: {} cases; a quiz has at most {MAX_QUIZ_CASES}", folder.display(), found.len());
    }
    Ok(found)
}

/// Shared cases with their synthetic scans.
#[cfg(feature = "cpu")]
fn shared_cases(args: &QuizArgs, files: &[&PathBuf]) -> anyhow::Result<Vec<QuizCase>> {
    let renderer = args.model.renderer()?;
    let mut cases = Vec::new();
    for file in files {
        let named = || file.display().to_string();
        let made = CaseFile::read(&read_file(file)?, &named())?.made().with_context(named)?;
        let spacing = made.frame.spacing();
        let (scan, _) = renderer.image(&made.mask, spacing, made.picture).with_context(named)?;
        let questions = questions(&made.mask, &made.frame);
        cases.push(QuizCase { name: String::new(), questions, scan, spacing, synthetic: true });
    }
    Ok(cases)
}

#[cfg(not(feature = "cpu"))]
fn shared_cases(_args: &QuizArgs, files: &[&PathBuf]) -> anyhow::Result<Vec<QuizCase>> {
    bail!("{}: this program was built without its networks and draws no scans", files[0].display())
}

fn read_case(folder: &Path) -> anyhow::Result<QuizCase> {
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
    Ok(QuizCase { name: String::new(), questions: questions(&mask, &frame), scan, spacing, synthetic })
}
