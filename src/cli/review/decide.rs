//! `retidiff review decide`: decisions of a reviewer.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::Args;

use crate::review::{Decision, DecisionEvent, ReviewSet, Reviewed};

/// Writes down what a reviewer decides: a line each in decisions.jsonl beside the manifest, never changed later.
///
/// IDS are names of pairs, with commas or blanks between them, `@FILE` for a file of names, a line each, or `all`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff review decide set --reject pair-0000007 --reviewer anna --reason \"layer order\"\n  \
    retidiff review decide set --accept @good.txt --reviewer anna\n  \
    retidiff review decide set --undo --reviewer anna")]
pub struct DecideArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Accepts these pairs
    #[arg(long, value_name = "IDS", num_args = 1.., value_delimiter = ',')]
    accept: Vec<String>,
    /// Rejects these pairs
    #[arg(long, value_name = "IDS", num_args = 1.., value_delimiter = ',')]
    reject: Vec<String>,
    /// Flags these pairs to be looked at again
    #[arg(long, value_name = "IDS", num_args = 1.., value_delimiter = ',')]
    flag: Vec<String>,
    /// Makes these pairs undecided again
    #[arg(long, value_name = "IDS", num_args = 1.., value_delimiter = ',')]
    clear: Vec<String>,
    /// Takes back the reviewer's last decision
    #[arg(long, conflicts_with_all = ["accept", "reject", "flag", "clear"])]
    undo: bool,
    /// Who decides
    #[arg(long, value_name = "NAME")]
    reviewer: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a pair is not there, one is named twice, or the log cannot be written. Nothing is written then.
pub fn run(args: DecideArgs) -> anyhow::Result<()> {
    let Reviewed { set, mut log, .. } = Reviewed::load(&args.dir)?;
    if args.undo {
        let Some(undo) = log.undo_of(&args.reviewer) else {
            bail!("{} has decided nothing that could be taken back", args.reviewer);
        };
        println!("{}: {} again", undo.pair, undo.decision.name());
        return Ok(log.append(&[undo])?);
    }
    let mut events = Vec::new();
    let decisions = [
        (&args.accept, Decision::Accept),
        (&args.reject, Decision::Reject),
        (&args.flag, Decision::Flag),
        (&args.clear, Decision::Undecided),
    ];
    let mut seen = std::collections::HashSet::new();
    for (ids, decision) in decisions {
        for id in named(&set, ids)? {
            ensure!(seen.insert(id.clone()), "{id} is named twice: nothing was written");
            events.push(DecisionEvent::now(&args.reviewer, &id, decision, args.reason.as_deref()));
        }
    }
    ensure!(!events.is_empty(), "name pairs with --accept, --reject, --flag or --clear, or give --undo");
    log.append(&events)?;
    println!("{} decisions of {}", events.len(), args.reviewer);
    Ok(())
}

/// The pairs that are named, each of which must be there.
fn named(set: &ReviewSet, ids: &[String]) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for id in ids {
        if let Some(file) = id.strip_prefix('@') {
            let text =
                std::fs::read_to_string(file).with_context(|| format!("reading the names in {file}"))?;
            found.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        } else if id == "all" {
            found.extend((0..set.len() as u32).map(|row| set.id(row).to_owned()));
        } else {
            found.push(id.clone());
        }
    }
    if let Some(stranger) = found.iter().find(|id| set.row_of(id).is_none()) {
        bail!("{} holds no pair {stranger}: nothing was written", set.dir.display());
    }
    Ok(found)
}
