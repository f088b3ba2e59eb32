//! `retidiff review`: decisions, audits and exports of a data set without a window.

mod audit;
mod blind;
mod check;
mod decide;
mod export;
mod nearest;
mod stats;
mod trail;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::review::audit_log::{AcceptedGroup, audited_rows, read as read_audits};
use crate::review::nearest::attach;
use crate::review::{DecisionLog, ReviewSet, Verdicts};

/// Review a data set: decide, audit, export.
#[derive(Debug, Args)]
pub struct ReviewArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Stats(stats::StatsArgs),
    Decide(decide::DecideArgs),
    Audit(audit::AuditArgs),
    Check(check::CheckArgs),
    Nearest(nearest::NearestArgs),
    Blind(blind::BlindArgs),
    Trail(trail::TrailArgs),
    Export(export::ExportArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If the data set cannot be read, or what was asked for cannot be done.
pub fn run(args: ReviewArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Stats(args) => stats::run(args),
        Action::Decide(args) => decide::run(args),
        Action::Audit(args) => audit::run(args),
        Action::Check(args) => check::run(args),
        Action::Nearest(args) => nearest::run(args),
        Action::Blind(args) => blind::run(args),
        Action::Trail(args) => trail::run(args),
        Action::Export(args) => export::run(args),
    }
}

/// A data set with all that was said of it.
struct Reviewed {
    set: ReviewSet,
    log: DecisionLog,
    verdicts: Verdicts,
    audits: Vec<AcceptedGroup>,
    /// By row.
    audited: Vec<bool>,
    /// Audits that no longer speak for the pairs, and lines of audits that cannot be read.
    void_audits: usize,
}

impl Reviewed {
    fn load(dir: &Path) -> anyhow::Result<Self> {
        let mut set = ReviewSet::load(dir)?;
        attach(&mut set)?;
        let log = DecisionLog::open(dir)?;
        let verdicts = Verdicts::of(&set, &log.events);
        let (audits, unreadable) = read_audits(dir)?;
        let (audited, changed) = audited_rows(&set, &audits);
        Ok(Self { set, log, verdicts, audits, audited, void_audits: unreadable + changed })
    }

    /// What could not be read, for people.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let set = &self.set.problems;
        if set.lines > 0 {
            notes.push(format!("{} lines of the manifest cannot be read and are left out", set.lines));
            notes.extend(set.named.iter().take(3).map(|(line, problem)| format!("line {line}: {problem}")));
        }
        if set.torn_bytes > 0 {
            notes.push(format!("the manifest's last line is cut off ({} bytes)", set.torn_bytes));
        }
        let log = &self.log.problems;
        if log.lines > 0 || log.torn_bytes > 0 {
            let torn = if log.torn_bytes > 0 { ", and its last line is cut off" } else { "" };
            notes.push(format!("{} lines of the decisions cannot be read{torn}", log.lines));
        }
        if self.verdicts.strangers > 0 {
            notes.push(format!(
                "{} decisions are on pairs that the set does not hold",
                self.verdicts.strangers
            ));
        }
        if self.void_audits > 0 {
            notes
                .push(format!("{} audits no longer speak for the pairs they were made on", self.void_audits));
        }
        notes
    }

    fn print_notes(&self) {
        self.notes().iter().for_each(|note| eprintln!("note: {note}"));
    }
}
