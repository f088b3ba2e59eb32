//! How far the interfaces of the auto-trace are from those of a grader.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use serde::Serialize;

use super::EvaluationError;
use crate::anatomy::{INTERFACE_COUNT, Interface};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry, Role, Split};
use crate::mask::trace::trace;
use crate::metrics::boundaries::{BoundaryErrors, drawn_interfaces};
use crate::scan::BScan;

/// Figures of the scans of one source.
#[derive(Debug, Serialize)]
pub struct TraceReport {
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

/// A scan that was traced.
#[derive(Clone, Copy, Debug)]
pub struct TracedScan<'a> {
    /// Which.
    pub entry: &'a ManifestEntry,
    /// Mean error of each interface, in pixels.
    pub mean_px: [f64; INTERFACE_COUNT],
}

/// Traces the graded scans of the subjects that have the role `of` by a split, and holds the lines against the graders',
/// source by source. `on_scan` is told each scan of a source when all of that source are traced.
///
/// # Errors
/// If there is no such scan, or one cannot be read or traced.
pub fn measure(
    manifest: &Manifest,
    split: &Split,
    of: Role,
    on_scan: &mut dyn FnMut(&TracedScan),
) -> Result<Vec<TraceReport>, EvaluationError> {
    let mut by_source: BTreeMap<&str, Vec<&ManifestEntry>> = BTreeMap::new();
    for entry in &manifest.entries {
        if entry.is_graded() && split.role(&entry.subject) == of {
            by_source.entry(&entry.source).or_default().push(entry);
        }
    }
    if by_source.is_empty() {
        return Err(EvaluationError::Refused(format!(
            "{} holds no labelled scan of the subjects that are measured",
            manifest.dir.display()
        )));
    }
    let mut reports = Vec::new();
    for (source, entries) in by_source {
        let measured: Vec<(BoundaryErrors, f64)> = entries
            .par_iter()
            .map(|entry| of_scan(manifest, entry))
            .collect::<Result<_, EvaluationError>>()?;
        for (entry, (errors, _)) in entries.iter().zip(&measured) {
            on_scan(&TracedScan { entry, mean_px: std::array::from_fn(|k| errors.mean(k)) });
        }
        let mut all = BoundaryErrors::default();
        let secs: f64 = measured.iter().map(|(_, secs)| secs).sum();
        measured.iter().for_each(|(errors, _)| all.add(errors));
        let split = if of == Role::Training { "tuning" } else { "validation" };
        let um = entries[0].spacing.map(|spacing| f64::from(spacing.axial_um_per_px));
        reports.push(report(source, split, &all, um, entries.len(), secs));
    }
    Ok(reports)
}

/// The errors of a scan, and the seconds that tracing it took.
fn of_scan(manifest: &Manifest, entry: &ManifestEntry) -> Result<(BoundaryErrors, f64), EvaluationError> {
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
) -> TraceReport {
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
    TraceReport {
        source: source.to_owned(),
        split,
        scans,
        secs_per_scan: secs / scans as f64,
        interfaces: lines.into(),
        mean_px,
        mean_um: um.map(|um| um * mean_px),
    }
}

impl TraceReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let um = |value: Option<f64>| value.map_or("-".to_owned(), |um| format!("{um:.2}"));
        let mut text = format!(
            "{} ({}): {} scans, {:.0} ms each\n{:<10} {:>8} {:>8} {:>8} {:>8} {:>9} {:>10}\n",
            self.source,
            self.split,
            self.scans,
            self.secs_per_scan * 1e3,
            "interface",
            "mean px",
            "mean µm",
            "bias px",
            "p95 px",
            "columns",
            "confidence"
        );
        for line in &self.interfaces {
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
        text += &format!("{:<10} {:>8.2} {:>8}\n\n", "mean", self.mean_px, um(self.mean_um));
        text
    }
}
