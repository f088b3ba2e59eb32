//! What the comparisons have done on other threads: looking at folders, showing a report.

use std::path::{Path, PathBuf};

use eframe::egui::Context;

use super::helps_form::HelpsFacts;
use super::paper_form::PaperSource;
use crate::dataset::manifest::{MANIFEST_FILE, Manifest, ManifestEntry};
use crate::dataset::split::{SPLIT_FILE, Split};
use crate::evaluation::Subjects;
use crate::formats::in_plain_words;
use crate::studio::shell::jobs::Jobs;
use crate::studio::texts::text;

/// What a thread reports.
pub(super) enum News {
    Data { path: PathBuf, found: Result<HelpsFacts, String> },
    Source { path: PathBuf, found: Result<PaperSource, String> },
    Failed(String),
}

/// The way to the threads.
pub(super) struct Background {
    jobs: Jobs<News>,
}

impl Background {
    pub fn new(context: Context) -> Self {
        Self { jobs: Jobs::new("studio-comparisons", context, News::Failed) }
    }

    /// The news since the last call.
    pub fn news(&self) -> Vec<News> {
        self.jobs.news()
    }

    /// Counts what a data set has to train on and to measure.
    pub fn look_at_data(&self, path: PathBuf) -> Result<(), String> {
        self.jobs.run(move || Some(News::Data { found: facts_of(&path), path }))
    }

    /// Looks what the paper's tables are to be made of.
    pub fn look_at_source(&self, path: PathBuf) -> Result<(), String> {
        self.jobs.run(move || Some(News::Source { found: source_in(&path), path }))
    }

    /// Shows a report with the system's browser.
    pub fn show_report(&self, report: PathBuf) -> Result<(), String> {
        self.jobs.run(move || {
            let error = open::that_detached(&report).err()?;
            Some(News::Failed(text!("comparisons-report-not-shown", report = %report.display(), %error)))
        })
    }
}

fn facts_of(data: &Path) -> Result<HelpsFacts, String> {
    let manifest = Manifest::read(data).map_err(|error| in_plain_words(&error.to_string()))?;
    let file = data.join(SPLIT_FILE);
    let split: Split = match file.is_file() {
        true => {
            let problem = |error: String| in_plain_words(&format!("{}: {error}", file.display()));
            let bytes = std::fs::read(&file).map_err(|error| problem(error.to_string()))?;
            serde_json::from_slice(&bytes).map_err(|error| problem(error.to_string()))?
        }
        false => Split::default(),
    };
    let subjects = Subjects::usual(split, None);
    let count = |is_so: fn(&Subjects, &ManifestEntry) -> bool| {
        manifest.entries.iter().filter(|entry| is_so(&subjects, entry)).count()
    };
    Ok(HelpsFacts { training: count(Subjects::is_training), measured: count(Subjects::is_measured) })
}

fn source_in(folder: &Path) -> Result<PaperSource, String> {
    if folder.join(MANIFEST_FILE).is_file() {
        let manifest = Manifest::read(folder).map_err(|error| in_plain_words(&error.to_string()))?;
        return Ok(PaperSource::DataSet(manifest.entries.len()));
    }
    let problem = |error: std::io::Error| in_plain_words(&format!("{}: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(problem)?;
    let is_matlab = |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("mat"));
    match entries.flatten().filter(|entry| is_matlab(&entry.path())).count() {
        0 => Err(text!("comparisons-no-source", folder = %folder.display())),
        files => Ok(PaperSource::Files(files)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_matlab_files_is_told_from_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(source_in(&folder.path().join("nothing")).is_err());
        assert!(source_in(folder.path()).is_err_and(|problem| problem.contains("Subject_01.mat")));
        for name in ["Subject_01.mat", "Subject_02.MAT", "notes.txt"] {
            crate::formats::write_file(&folder.path().join(name), b"x").unwrap();
        }
        assert_eq!(source_in(folder.path()), Ok(PaperSource::Files(2)));
        assert!(facts_of(folder.path()).is_err_and(|problem| problem.contains("manifest.jsonl")));
    }
}
