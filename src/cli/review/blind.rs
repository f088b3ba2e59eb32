//! `retidiff review blind`: what the blind test says.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use crate::formats::write_file;
use crate::review::blind::{BlindAnswer, BlindFigures, agreement, csv, figures, read};

/// Says how well raters told real from synthetic scans, by the answers in blind.jsonl.
#[derive(Debug, Args)]
pub struct BlindArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Writes all answers as CSV
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If there is no answer, or a file cannot be read or written.
pub fn run(args: BlindArgs) -> anyhow::Result<()> {
    let (answers, unreadable) = read(&args.dir)?;
    ensure!(!answers.is_empty(), "{} holds no answer of a blind test", args.dir.display());
    if let Some(path) = &args.csv {
        write_file(path, csv(&answers).as_bytes())?;
    }
    let raters: Vec<&str> =
        answers.iter().map(|a| a.who.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let of = |who: &str| -> Option<BlindFigures> {
        let theirs: Vec<&BlindAnswer> = answers.iter().filter(|answer| answer.who == who).collect();
        figures(&theirs)
    };
    let each: Vec<(&str, Option<BlindFigures>)> = raters.iter().map(|who| (*who, of(who))).collect();
    let kappas: Vec<_> = raters
        .iter()
        .enumerate()
        .flat_map(|(at, first)| raters[at + 1..].iter().map(move |second| (*first, *second)))
        .filter_map(|(first, second)| Some((first, second, agreement(&answers, first, second)?)))
        .collect();
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "version": 1, "raters": each, "kappa": kappas, "unreadable": unreadable })
        );
        return Ok(());
    }
    if unreadable > 0 {
        eprintln!("note: {unreadable} lines cannot be read");
    }
    for (who, figures) in each {
        let Some(figures) = figures else { continue };
        let accuracy = figures.accuracy;
        let called = |share: Option<crate::review::proportion::Share>| {
            share.map_or("none shown".to_owned(), |share| format!("{:.0} %", 100.0 * share.share))
        };
        println!(
            "{who}: right in {:.0} % [{:.0}, {:.0}] of {}, called synthetic: {} of the real, {} of the synthetic; {:.1} s",
            100.0 * accuracy.share,
            100.0 * accuracy.low,
            100.0 * accuracy.high,
            accuracy.of,
            called(figures.called_synthetic_of_real),
            called(figures.called_synthetic_of_synthetic),
            f64::from(figures.median_millis) / 1000.0
        );
    }
    Ok(())
}
