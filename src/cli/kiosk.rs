//! `retidiff --kiosk`: where its PIN comes from, and where its score board is kept.

use std::hash::{BuildHasher, RandomState};

use anyhow::Context;

use crate::data_folder::data_folder;
use crate::studio::stage::kiosk::{KioskOptions, Pin};

/// Variable that holds the PIN, which is then in no list of processes.
const VARIABLE: &str = "RETIDIFF_KIOSK_PIN";
const SCORES: &str = "kiosk-scores.json";

/// What the demo mode is started with. A PIN that nobody gave is made and printed.
///
/// # Errors
/// If the variable holds no PIN.
pub(super) fn options(given: Option<Pin>) -> anyhow::Result<KioskOptions> {
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
    Ok(KioskOptions { pin, scores, seed })
}
