//! The report as files: for machines, for people, and as a page that stands alone.

use std::path::Path;

use super::error::DownstreamError;
use super::html;
use super::report::{MeasuredArm, Report};
use super::test_set::TestSet;
use crate::formats::write_file;

/// Name of the report for machines in the folder of a comparison.
pub(super) const REPORT_FILE: &str = "report.json";

/// Writes report.json, report.md and report.html into a folder.
///
/// # Errors
/// If a file cannot be written or labels that a run gave cannot be read.
pub(super) fn write(
    report: &Report,
    folder: &Path,
    test: &TestSet,
    arms: &[MeasuredArm],
) -> Result<(), DownstreamError> {
    let json = serde_json::to_vec_pretty(report).expect("figures are plain data");
    write_file(&folder.join(REPORT_FILE), &json)?;
    write_file(&folder.join("report.md"), report.markdown().as_bytes())?;
    write_file(&folder.join("report.html"), html::page(report, test, arms)?.as_bytes())?;
    Ok(())
}
