//! `retidiff --kiosk`: where its PIN comes from, where its score board is kept, and the cases that it shows.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::data_folder::data_folder;
use crate::formats::case_file::CaseFile;
use crate::formats::read_file;
use crate::studio::stage::kiosk::{KioskOptions, Pin};

/// Variable that holds the PIN, which is then in no list of processes.
const VARIABLE: &str = "RETIDIFF_KIOSK_PIN";
const SCORES: &str = "kiosk-scores.json";

/// What the demo mode is started with. A PIN that nobody gave is made and printed.
///
/// # Errors
/// If the variable holds no PIN, or a case cannot be read or met: a stand is no place to find that out.
pub(super) fn options(given: Option<Pin>, files: &[PathBuf]) -> anyhow::Result<KioskOptions> {
    let cases = files.iter().map(|file| case(file)).collect::<anyhow::Result<_>>()?;
    let seed = RandomState::new().hash_one(std::process::id());
    let pin = match (given, std::env::var(VARIABLE)) {
        (Some(pin), _) => pin,
        (None, Ok(text)) => Pin::parse(&text).with_context(|| format!("the variable {VARIABLE}"))?,
        (None, Err(_)) => {
            let digits = format!("{:06}", RandomState::new().hash_one(seed) % 1_000_000);
            eprintln!("The demo mode is left with Ctrl+Shift+K and the PIN {digits}");
            Pin::parse(&digits)?
        }
    };
    let scores = data_folder().map(|folder| folder.join(SCORES));
    Ok(KioskOptions { pin, scores, seed, cases })
}

fn case(file: &Path) -> anyhow::Result<CaseFile> {
    let named = file.display().to_string();
    let case = CaseFile::read(&read_file(file)?, &named)?;
    case.made().context(named)?;
    Ok(case)
}
