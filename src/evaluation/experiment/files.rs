//! The report as files: for machines, for people, and as a page that stands alone.

use std::path::Path;

use super::error::ExperimentError;
use super::html;
use super::plan::ExperimentPlan;
use super::report::ExperimentReport;
use crate::dataset::Manifest;
use crate::formats::write_file;

impl ExperimentReport {
    /// Writes report.json, report.md and report.html beside the plan; with the data set at hand the page has pictures.
    ///
    /// # Errors
    /// If a file cannot be written, or a picture not read.
    pub fn write(
        &self,
        plan: &ExperimentPlan,
        folder: &Path,
        data: Option<&Manifest>,
    ) -> Result<(), ExperimentError> {
        let json = serde_json::to_vec_pretty(self).expect("figures are plain data");
        write_file(&folder.join("report.json"), &json)?;
        write_file(&folder.join("report.md"), self.markdown().as_bytes())?;
        let page = html::page(self, plan, folder, data)?;
        write_file(&folder.join("report.html"), page.as_bytes())?;
        Ok(())
    }
}
