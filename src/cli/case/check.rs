//! `retidiff case check`: any mask, measured against a recipe.

use std::path::PathBuf;

use anyhow::{bail, ensure};
use serde::Serialize;

use super::reading::{is_shared, read_mask, read_recipe, read_shared};
use crate::cases::{CaseReport, Finding};

/// Measures a mask against a recipe, wish by wish.
///
/// The mask is any label PNG: one that `case build` made, one that was painted. The fovea is found by its layers;
/// where they do not show it, it is where the recipe says. The exit code is 0 only if every wish is met.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff case check dme-moderate case/mask.png\n  \
    retidiff case check my-case.toml painted.png --json")]
pub struct CaseCheckArgs {
    /// A recipe (TOML or JSON), a shared case, or the name of a template
    #[arg(value_name = "RECIPE")]
    recipe: PathBuf,
    /// A label PNG
    #[arg(value_name = "MASK.png")]
    mask: PathBuf,
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Answer<'a> {
    version: u32,
    met: bool,
    fovea_column: f64,
    fovea_from: &'a str,
    findings: &'a [Finding],
}

/// Runs the subcommand.
///
/// # Errors
/// If a file cannot be read, or a wish is not met.
pub fn run(args: CaseCheckArgs) -> anyhow::Result<()> {
    // The base is not needed: what is measured is there.
    let recipe = match is_shared(&args.recipe) {
        true => read_shared(&args.recipe)?.0,
        false => read_recipe(&args.recipe)?.0,
    };
    recipe.check()?;
    let mask = read_mask(&args.mask)?;
    for (what, requested, is) in
        [("columns", recipe.scan.columns, mask.width()), ("rows", recipe.scan.rows, mask.height())]
    {
        ensure!(
            requested.is_none_or(|requested| requested == is),
            "{} has {is} {what}, the recipe's scan.{what} asks for {}: check a mask of that size",
            args.mask.display(),
            requested.unwrap_or_default()
        );
    }
    let report = CaseReport::of(&recipe, &mask, None);
    if args.json {
        let answer = Answer {
            version: 2,
            met: report.is_met(),
            fovea_column: report.fovea_column,
            fovea_from: report.fovea_from,
            findings: &report.findings,
        };
        println!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        print!("{}", table(&report));
    }
    if !report.is_met() {
        bail!("{}: {} of {} wishes are not met", args.mask.display(), report.missed(), report.findings.len());
    }
    Ok(())
}

/// A table of wishes, for people.
fn table(report: &CaseReport) -> String {
    report
        .findings
        .iter()
        .map(|finding| {
            let mark = if finding.met { "met   " } else { "NOT MET" };
            format!("{mark:<8}{:<24} {}: {}\n", finding.wish, finding.what, finding.in_words())
        })
        .collect()
}
