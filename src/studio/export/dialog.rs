//! The state of the dialog: what is chosen, and the plan that was made of it.

use std::path::PathBuf;

use super::plan::{ExportKind, ExportPlan, ExportWish};
use crate::formats::export::{ExportPreset, plain_name};
use crate::formats::figure::FigureFormat;
use crate::studio::files::figure_export::FigureOf;
use crate::studio::flow::typed_path::typed_path;

/// The dialog while it is open.
pub struct ExportDialog {
    /// `None`: a picture for a paper.
    pub preset: Option<ExportPreset>,
    /// What a picture for a paper shows.
    pub figure_of: FigureOf,
    /// That picture's kind of file.
    pub figure_format: FigureFormat,
    /// What file names begin with, as it is typed.
    pub name: String,
    /// As it is typed.
    pub folder: String,
    /// Whether files that are there may be replaced.
    pub replaces: bool,
    /// Of the document it was opened for.
    pub document_number: u64,
    /// The latest wish of which a plan is being made.
    pub requested: Option<ExportWish>,
    plan: Option<(ExportWish, Result<ExportPlan, String>)>,
}

impl ExportDialog {
    /// Opens for a document with a folder to begin with.
    pub fn new(document_number: u64, name: &str, folder: PathBuf) -> Self {
        Self {
            preset: Some(ExportPreset::Pairs),
            figure_of: FigureOf::RealScan,
            figure_format: FigureFormat::Png,
            name: plain_name(name),
            folder: folder.display().to_string(),
            replaces: false,
            document_number,
            requested: None,
            plan: None,
        }
    }

    /// What is asked for now; `None` where no folder is named.
    pub fn wish(&self, revision: u64) -> Option<ExportWish> {
        let folder = typed_path(&self.folder);
        if folder.as_os_str().is_empty() {
            return None;
        }
        let kind = match self.preset {
            Some(preset) => ExportKind::Data(preset),
            None => ExportKind::Figure(self.figure_of, self.figure_format),
        };
        Some(ExportWish { kind, name: plain_name(&self.name), folder, revision })
    }

    /// Takes a plan, if it is of the latest wish. What was said about replacing was said of other files.
    pub fn take_plan(&mut self, wish: ExportWish, outcome: Result<ExportPlan, String>) {
        if self.requested.as_ref() == Some(&wish) {
            self.replaces = false;
            self.plan = Some((wish, outcome));
        }
    }

    /// The plan of what is asked for now.
    pub fn plan(&self, revision: u64) -> Option<&Result<ExportPlan, String>> {
        let wish = self.wish(revision)?;
        self.plan.as_ref().filter(|(of, _)| *of == wish).map(|(_, outcome)| outcome)
    }

    /// The plan, if it can be written as it is.
    pub fn ready(&self, revision: u64) -> Option<&ExportPlan> {
        let plan = self.plan(revision)?.as_ref().ok()?;
        let is_allowed = self.replaces || plan.replaced() == 0;
        (is_allowed && !plan.files.is_empty()).then_some(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_in_the_home_folder_may_be_typed_with_a_tilde() {
        let mut dialog = ExportDialog::new(1, "eye", PathBuf::new());
        assert_eq!(dialog.wish(1), None, "no folder is named");
        dialog.folder = " ~/out ".to_owned();
        assert_eq!(dialog.wish(1).map(|wish| wish.folder), Some(typed_path("~/out")));
    }
}
