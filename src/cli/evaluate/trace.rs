//! `retidiff evaluate trace`: how far traced interfaces are from those of a grader.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::ensure;
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::subjects::SplitArgs;
use crate::anatomy::{INTERFACE_COUNT, Interface};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry, Role};
use crate::mask::trace::trace;
use crate::metrics::boundaries::{BoundaryErrors, drawn_interfaces};
use crate::scan::BScan;

/// Compare the auto-trace with a grader's interfaces.
///
/// The error is the distance along the A-scan between the traced line and the grader's, in the columns the
/// grader annotated; where a lesion covers both sides of an interface, the grader drew none. Without
/// --tuning, the subjects are measured that validate; by the program's own split, no constant of the tracing was
/// chosen on them.
#[derive(Debug, Args)]
pub struct TraceArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Measure the subjects that train, on which the tracing was tuned
    #[arg(long)]
    tuning: bool,
    #[command(flatten)]
    split: SplitArgs,
    /// Print every scan's figures too
    #[arg(long)]
    scans: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Figures of the scans of one source.
#[derive(Debug, Serialize)]
struct Report {
    source: String,
    split: &'static str,
    scans: usize,
    secs_per_scan: f64,
    interfaces: Vec<Line>,
    mean_px: f64,
    mean_um: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Line {
    interface: &'static str,
    mean_px: f64,
    mean_um: Option<f64>,
    /// Mean of traced minus drawn, positive below.
    bias_px: f64,
    p95_px: f64,
    columns: usize,
    /// Pearson correlation of confidence and error: negative when the confidence knows.
    sure: f64,
}

/// Runs the subcommand.
pub fn run(args: &TraceArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let split = args.split.read(&args.data)?;
    let wanted = if args.tuning { Role::Training } else { Role::Validation };
    let mut by_source: BTreeMap<&str, Vec<&ManifestEntry>> = BTreeMap::new();
    for entry in &manifest.entries {
        if entry.is_graded() && split.role(&entry.subject) == wanted {
            by_source.entry(&entry.source).or_default().push(entry);
        }
    }
    ensure!(
        !by_source.is_empty(),
        "{} holds no labelled scan of the subjects that are measured",
        args.data.display()
    );
    let mut reports = Vec::new();
    for (source, entries) in by_source {
        let measured: Vec<(BoundaryErrors, f64)> =
            entries.par_iter().map(|entry| measure(&manifest, entry)).collect::<anyhow::Result<_>>()?;
        if args.scans && !args.json {
            for (entry, (errors, _)) in entries.iter().zip(&measured) {
                let means: Vec<String> =
                    (0..INTERFACE_COUNT).map(|k| format!("{:5.2}", errors.mean(k))).collect();
                println!("{:<12} {}", entry.id, means.join(" "));
            }
        }
        let mut all = BoundaryErrors::default();
        let secs: f64 = measured.iter().map(|(_, secs)| secs).sum();
        measured.iter().for_each(|(errors, _)| all.add(errors));
        let split = if args.tuning { "tuning" } else { "validation" };
        let um = entries[0].spacing.map(|spacing| f64::from(spacing.axial_um_per_px));
        reports.push(report(source, split, &all, um, entries.len(), secs));
    }
    for report in &reports {
        if args.json {
            println!("{}", serde_json::to_string(report)?);
        } else {
            print!("{}", table(report));
        }
    }
    Ok(())
}

fn measure(manifest: &Manifest, entry: &ManifestEntry) -> anyhow::Result<(BoundaryErrors, f64)> {
    let labelled = LabelledScan::load(manifest, entry)?;
    let drawn = drawn_interfaces(&labelled);
    let mut scan = BScan::from_image(labelled.image, entry.id.clone());
    scan.spacing = entry.spacing;
    if labelled.scanned.contains(&false) {
        scan.scanned_area =
            Some(labelled.scanned.iter().map(|&inside| u8::from(inside)).collect::<Arc<[u8]>>());
    }
    let began = Instant::now();
    let traced = trace(&scan, &|| false)?;
    let secs = began.elapsed().as_secs_f64();
    Ok((BoundaryErrors::between(&drawn, &traced.interfaces, &traced.confidence), secs))
}

fn report(
    source: &str,
    split: &'static str,
    errors: &BoundaryErrors,
    um: Option<f64>,
    scans: usize,
    secs: f64,
) -> Report {
    let lines = Interface::ALL.map(|interface| {
        let k = interface.index();
        Line {
            interface: interface.name(),
            mean_px: errors.mean(k),
            mean_um: um.map(|um| um * errors.mean(k)),
            bias_px: errors.bias(k),
            p95_px: errors.percentile(k, 0.95),
            columns: errors.columns(k),
            sure: errors.confidence_correlation(k),
        }
    });
    let mean_px = lines.iter().map(|line| line.mean_px).sum::<f64>() / lines.len() as f64;
    Report {
        source: source.to_owned(),
        split,
        scans,
        secs_per_scan: secs / scans as f64,
        interfaces: lines.into(),
        mean_px,
        mean_um: um.map(|um| um * mean_px),
    }
}

/// The report for people.
fn table(report: &Report) -> String {
    let um = |value: Option<f64>| value.map_or("-".to_owned(), |um| format!("{um:.2}"));
    let mut text = format!(
        "{} ({}): {} scans, {:.0} ms each\n{:<10} {:>8} {:>8} {:>8} {:>8} {:>9} {:>10}\n",
        report.source,
        report.split,
        report.scans,
        report.secs_per_scan * 1e3,
        "interface",
        "mean px",
        "mean µm",
        "bias px",
        "p95 px",
        "columns",
        "confidence"
    );
    for line in &report.interfaces {
        text += &format!(
            "{:<10} {:>8.2} {:>8} {:>+8.2} {:>8.2} {:>9} {:>+10.2}\n",
            line.interface,
            line.mean_px,
            um(line.mean_um),
            line.bias_px,
            line.p95_px,
            line.columns,
            line.sure
        );
    }
    text += &format!("{:<10} {:>8.2} {:>8}\n\n", "mean", report.mean_px, um(report.mean_um));
    text
}
