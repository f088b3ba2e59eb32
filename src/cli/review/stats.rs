//! `retidiff review stats`: how a data set stands.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::review::audit::{Ground, ground};
use crate::review::kappa::Kappa;
use crate::review::sheet::{Quantiles, agreements};
use crate::review::{Decision, PairStanding, Reviewed, Row};

/// Says how a data set stands: what it holds, what was decided by whom and why, how reviewers agree.
#[derive(Debug, Args)]
pub struct StatsArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Stats {
    version: u32,
    pairs: usize,
    generated: usize,
    with_mask: usize,
    sources: Vec<String>,
    standing: StandingCounts,
    /// Pairs that may be used: by a look, by an audit.
    usable: [usize; 2],
    near_reference: usize,
    reviewers: Vec<ReviewerCounts>,
    reasons: Vec<(String, usize)>,
    agreements: Vec<Agreement>,
    audits: usize,
    fluid_mm2: Option<Quantiles>,
    central_um: Option<Quantiles>,
    out_of_order_pairs: usize,
    /// Pairs whose masks were measured; the figures below are of these.
    measured: usize,
    lesions: [usize; 3],
    notes: Vec<String>,
}

#[derive(Debug, Default, Serialize)]
struct StandingCounts {
    undecided: usize,
    accepted: usize,
    rejected: usize,
    flagged: usize,
}

#[derive(Debug, Serialize)]
struct ReviewerCounts {
    name: String,
    accept: usize,
    reject: usize,
    flag: usize,
}

#[derive(Debug, Serialize)]
struct Agreement {
    first: String,
    second: String,
    #[serde(flatten)]
    kappa: Kappa,
}

/// Runs the subcommand.
///
/// # Errors
/// If the data set cannot be read.
pub fn run(args: StatsArgs) -> anyhow::Result<()> {
    let reviewed = Reviewed::load(&args.dir)?;
    let stats = Stats::of(&reviewed);
    match args.json {
        true => println!("{}", serde_json::to_string(&stats)?),
        false => print!("{}", stats.text()),
    }
    Ok(())
}

impl Stats {
    fn of(reviewed: &Reviewed) -> Self {
        let (set, verdicts) = (&reviewed.set, &reviewed.verdicts);
        let numbers = 0..set.len() as u32;
        let mut standing = StandingCounts::default();
        let mut usable = [0; 2];
        for row in numbers.clone() {
            match verdicts.standing(row) {
                PairStanding::Undecided => standing.undecided += 1,
                PairStanding::Accepted => standing.accepted += 1,
                PairStanding::Rejected => standing.rejected += 1,
                PairStanding::Flagged => standing.flagged += 1,
            }
            match ground(verdicts, &reviewed.audited, row) {
                Some(Ground::Looked) => usable[0] += 1,
                Some(Ground::Audited) => usable[1] += 1,
                None => {}
            }
        }
        let count = |is: fn(&Row) -> bool| set.rows.iter().filter(|row| is(row)).count();
        let reviewers = verdicts.reviewers().iter().enumerate().map(|(number, name)| {
            let count =
                |decision| numbers.clone().filter(|&row| verdicts.word(number, row).0 == decision).count();
            let [accept, reject, flag] = [Decision::Accept, Decision::Reject, Decision::Flag].map(count);
            ReviewerCounts { name: name.clone(), accept, reject, flag }
        });
        Self {
            version: 1,
            pairs: set.len(),
            generated: count(|row| row.generation != crate::review::row::NO_GENERATION),
            with_mask: count(|row| row.has(Row::HAS_LABEL)),
            sources: set.sources().to_vec(),
            standing,
            usable,
            near_reference: count(|row| row.has(Row::IS_NEAR)),
            reviewers: reviewers.collect(),
            reasons: verdicts.reason_counts().into_iter().map(|(why, n)| (why.to_owned(), n)).collect(),
            agreements: agreements(verdicts)
                .into_iter()
                .map(|(first, second, kappa)| Agreement { first, second, kappa })
                .collect(),
            audits: reviewed.audits.len(),
            fluid_mm2: Quantiles::of(set.rows.iter().map(|row| row.fluid_mm2)),
            central_um: Quantiles::of(set.rows.iter().map(|row| row.central_um)),
            out_of_order_pairs: count(|row| row.columns_out_of_order > 0),
            measured: count(|row| !row.fluid_mm2.is_nan()),
            lesions: [0, 1, 2].map(|kind| set.rows.iter().filter(|row| row.lesions[kind] > 0).count()),
            notes: reviewed.notes(),
        }
    }

    fn text(&self) -> String {
        let standing = &self.standing;
        let mut text = format!(
            "{} pairs ({} generated, {} with a mask) of {}\n",
            self.pairs,
            self.generated,
            self.with_mask,
            self.sources.join(", ")
        );
        text += &format!(
            "accepted {}, rejected {}, flagged {}, undecided {}\nusable: {} by a look, {} by {} audited groups\n",
            standing.accepted,
            standing.rejected,
            standing.flagged,
            standing.undecided,
            self.usable[0],
            self.usable[1],
            self.audits
        );
        for reviewer in &self.reviewers {
            let ReviewerCounts { name, accept, reject, flag } = reviewer;
            text += &format!("{name}: accepts {accept}, rejects {reject}, flags {flag}\n");
        }
        for (reason, count) in &self.reasons {
            text += &format!("rejected {count} times: {reason}\n");
        }
        for Agreement { first, second, kappa } in &self.agreements {
            let figure = match (kappa.kappa, kappa.low, kappa.high) {
                (Some(kappa), Some(low), Some(high)) => format!("kappa {kappa:.2} [{low:.2}, {high:.2}]"),
                _ => "both always say the same".to_owned(),
            };
            text += &format!("{first} and {second} on {} pairs: {figure}\n", kappa.pairs);
        }
        let spread = |spread: &Option<Quantiles>| {
            spread.map_or("unknown".to_owned(), |Quantiles(s)| {
                format!("{:.3} [{:.3}, {:.3}]", s[2], s[0], s[4])
            })
        };
        text += &format!(
            "fluid in mm², middle and range: {}\nretina in the middle millimetre, µm: {}\n",
            spread(&self.fluid_mm2),
            spread(&self.central_um)
        );
        let [irf, srf, ped] = self.lesions;
        text += &format!("of {} measured pairs IRF in {irf}, SRF in {srf}, PED in {ped}\n", self.measured);
        if self.near_reference > 0 {
            text += &format!("{} pairs lie too near to a reference scan\n", self.near_reference);
        }
        self.notes.iter().for_each(|note| text += &format!("note: {note}\n"));
        text
    }
}
