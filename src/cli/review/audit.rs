//! `retidiff review audit`: acceptance by sample, with a bound.

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use super::notes::print_notes;
use crate::review::Reviewed;
use crate::review::audit::{Audit, AuditTerms, GroupState, audit};
use crate::review::audit_log::record;
use crate::review::clusters::MAX_CLUSTERS;
use crate::review::proportion::sample_for;

/// Divides a data set into groups of like content, says which random pairs of each are to be looked at, and accepts
/// the groups of which all of them were accepted by the reviewer.
///
/// With 59 pairs and none of them bad, fewer than 5 % of a group are bad with 95 % confidence; 299 for 1 %. One bad
/// pair, and the group is not accepted: raise --clusters, or look at all of it. Decide with `review decide` or in the
/// window, and run this again: the samples stay.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Whose decisions count
    #[arg(long, value_name = "NAME")]
    reviewer: String,
    /// Share of bad pairs that an accepted group must stay under
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    share: f64,
    /// With so much confidence
    #[arg(long, value_name = "SHARE", default_value_t = 0.95)]
    confidence: f64,
    /// Groups, at most
    #[arg(long, value_name = "N", default_value_t = 4)]
    clusters: usize,
    /// Of the samples
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Only the pairs that are still to be looked at, a name a line
    #[arg(long)]
    open: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If the data set cannot be read, or the terms make no sense.
pub fn run(args: AuditArgs) -> anyhow::Result<()> {
    let is_share = |share: f64| share > 0.0 && share < 1.0;
    ensure!(
        is_share(args.share) && is_share(args.confidence),
        "--share and --confidence lie between 0 and 1"
    );
    ensure!((1..=MAX_CLUSTERS).contains(&args.clusters), "--clusters is 1 to {MAX_CLUSTERS}");
    let reviewed = Reviewed::load(&args.dir)?;
    if !args.open {
        print_notes(&reviewed);
    }
    let terms = AuditTerms {
        bad_share: args.share,
        confidence: args.confidence,
        clusters: args.clusters,
        seed: args.seed,
    };
    let rows: Vec<u32> = (0..reviewed.set.len() as u32).collect();
    let found = audit(&reviewed.set, &reviewed.verdicts, &args.reviewer, &rows, terms);
    let recorded = record(&reviewed.set, &found)?;
    if args.open {
        found
            .groups
            .iter()
            .flat_map(|group| &group.open)
            .for_each(|&row| println!("{}", reviewed.set.id(row)));
    } else if args.json {
        println!("{}", json(&reviewed, &found, recorded));
    } else {
        print!("{}", text(&reviewed, &found, recorded));
    }
    Ok(())
}

fn json(reviewed: &Reviewed, audit: &Audit, recorded: usize) -> serde_json::Value {
    let groups: Vec<_> = audit
        .groups
        .iter()
        .map(|group| {
            let open: Vec<&str> = group.open.iter().map(|&row| reviewed.set.id(row)).collect();
            serde_json::json!({
                "pairs": group.rows.len(), "sample": group.sample.len(), "bad": group.bad,
                "state": group.state, "bound": group.bound, "open": open
            })
        })
        .collect();
    serde_json::json!({
        "version": 1, "reviewer": audit.reviewer, "terms": audit.terms, "pairs_sha256": audit.pairs_sha256,
        "groups": groups, "recorded": recorded
    })
}

fn text(reviewed: &Reviewed, audit: &Audit, recorded: usize) -> String {
    let terms = audit.terms;
    let mut text = format!(
        "{} pairs of a group, none bad: fewer than {:.1} % bad with {:.0} % confidence\n",
        sample_for(terms.bad_share, terms.confidence),
        100.0 * terms.bad_share,
        100.0 * terms.confidence
    );
    for (number, group) in (1..).zip(&audit.groups) {
        let (pairs, sample) = (group.rows.len(), group.sample.len());
        let state = match (group.state, group.bound) {
            (GroupState::Accepted, Some(0.0)) => "accepted: all were looked at".to_owned(),
            (GroupState::Accepted, bound) => {
                format!("accepted: fewer than {:.1} % bad", 100.0 * bound.unwrap_or(1.0))
            }
            (GroupState::Refused, _) => format!("refused: {} of the sample are bad", group.bad),
            (GroupState::Open, _) => {
                let first: Vec<&str> = group.open.iter().take(3).map(|&row| reviewed.set.id(row)).collect();
                format!("{} to look at, first {}", group.open.len(), first.join(", "))
            }
        };
        text += &format!("group {number}: {pairs} pairs, sample of {sample}; {state}\n");
    }
    if recorded > 0 {
        text += &format!("{recorded} groups recorded in audits.jsonl\n");
    }
    text
}
