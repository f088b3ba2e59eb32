//! The plan's file, which all three subcommands read.

use std::path::{Path, PathBuf};

use crate::evaluation::experiment::ExperimentPlan;
use crate::formats::read_file;

/// A plan and the folder of its runs.
pub(super) fn read_plan(path: &Path) -> anyhow::Result<(ExperimentPlan, PathBuf)> {
    let plan = ExperimentPlan::read(&read_file(path)?, &path.display().to_string())?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    Ok((plan, folder.unwrap_or(Path::new(".")).to_owned()))
}
