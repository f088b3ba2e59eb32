//! Where files come from and go to: the system's chooser, and the look at a place before something is written there.

use std::path::{Path, PathBuf};

use super::figure_export::FigureOf;
use crate::formats::case_file::CASE_ENDING;
use crate::formats::course_files::CourseFile;
use crate::formats::figure::FigureFormat;
use crate::formats::label_png::CodeScheme;
use crate::formats::registry;
use crate::formats::sector_files::SectorFile;
use crate::studio::flow::typed_path::{ends_as_folder, with_extension};
use crate::studio::generate::GeneratePlace;
use crate::studio::review::ReviewPlace;
use crate::studio::texts::text;
use crate::studio::training::TrainingPlace;

/// What a chosen path is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything that can be opened.
    Open,
    /// A folder of scans, for the reading of a number.
    OpenFolder {
        /// Number of the reading.
        reading: u64,
    },
    /// Labels of the page shown.
    OpenLabels,
    /// The document itself.
    Save,
    /// The labels of the page shown, as an image.
    ExportMask(CodeScheme),
    /// The synthetic scan of the page shown.
    ExportSynthetic,
    /// The measurements of all pages, as a table.
    ExportMeasurements,
    /// A picture for a slide.
    ExportFigure(FigureOf, FigureFormat),
    /// The thickness map of the volume shown.
    ExportSectors(SectorFile),
    /// The folder of an export.
    ExportFolder,
    /// One eye over time, from the page of cases.
    ExportCourse(CourseFile),
    /// A page of a quiz, or a shared case to be asked about.
    OpenQuiz,
    /// The answers of a quiz, as a table.
    SaveQuiz,
    /// The case of the form, to be sent.
    ShareCase,
    /// Another grader's labels of the page shown.
    OpenSecondGrader,
    /// A model to compare with.
    ComparisonModel,
    /// Something of the page of reviews.
    Review(ReviewPlace),
    /// Something of the page of trainings.
    Training(TrainingPlace),
    /// Something of the page of pairs in bulk.
    Generate(GeneratePlace),
}

impl Purpose {
    /// As the title of a chooser.
    pub fn title(&self) -> &'static str {
        match self {
            Purpose::Open => text!("choose-open"),
            Purpose::OpenFolder { .. } => text!("choose-folder"),
            Purpose::OpenLabels => text!("choose-labels"),
            Purpose::Save => text!("choose-save"),
            Purpose::ExportMask(CodeScheme::Studio) => text!("choose-mask"),
            Purpose::ExportMask(CodeScheme::Paper) => text!("choose-paper-mask"),
            Purpose::ExportSynthetic => text!("choose-synthetic"),
            Purpose::ExportMeasurements => text!("choose-measurements"),
            Purpose::ExportSectors(SectorFile::Table) => text!("choose-sectors"),
            Purpose::ExportSectors(SectorFile::Picture(_)) => text!("choose-map"),
            Purpose::ExportFigure(FigureOf::RealScan, _) => text!("choose-figure-scan"),
            Purpose::ExportFigure(FigureOf::SyntheticScan, _) => {
                text!("choose-figure-synthetic")
            }
            Purpose::ExportFolder => text!("choose-export-folder"),
            Purpose::ExportCourse(_) => text!("choose-course"),
            Purpose::OpenQuiz => text!("choose-quiz"),
            Purpose::SaveQuiz => text!("choose-quiz-results"),
            Purpose::ShareCase => text!("choose-share-case"),
            Purpose::ComparisonModel => text!("choose-comparison-model"),
            Purpose::OpenSecondGrader => text!("choose-second-grader"),
            Purpose::Review(place) => place.title(),
            Purpose::Training(place) => place.title(),
            Purpose::Generate(place) => place.title(),
        }
    }

    /// How a file that is written for it ends; `None` where something is read.
    pub fn extension(&self) -> Option<&'static str> {
        match self {
            Purpose::Open
            | Purpose::OpenFolder { .. }
            | Purpose::OpenLabels
            | Purpose::OpenSecondGrader
            | Purpose::ExportFolder
            | Purpose::OpenQuiz
            | Purpose::Training(_)
            | Purpose::Generate(_)
            | Purpose::ComparisonModel => None,
            Purpose::Review(place) => place.extension(),
            Purpose::Save => Some("retidiff"),
            Purpose::ExportMeasurements | Purpose::SaveQuiz | Purpose::ExportSectors(SectorFile::Table) => {
                Some("csv")
            }
            Purpose::ShareCase => Some(CASE_ENDING),
            Purpose::ExportFigure(_, format)
            | Purpose::ExportSectors(SectorFile::Picture(format))
            | Purpose::ExportCourse(CourseFile::Strip(format) | CourseFile::Poster(format)) => {
                Some(ending_of(*format))
            }
            Purpose::ExportCourse(CourseFile::Film) => Some("png"),
            Purpose::ExportCourse(CourseFile::Table) => Some("csv"),
            Purpose::ExportMask(_) | Purpose::ExportSynthetic => Some("png"),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        match self {
            Purpose::OpenFolder { .. } | Purpose::ExportFolder => true,
            Purpose::Review(place) => place.is_folder(),
            Purpose::Training(place) => place.is_folder(),
            Purpose::Generate(place) => place.is_folder(),
            _ => false,
        }
    }

    /// Whether something is read, not written.
    pub fn reads(&self) -> bool {
        self.extension().is_none()
    }

    /// Whether the path is of use only to the document it was chosen for.
    pub fn is_of_document(&self) -> bool {
        !matches!(
            self,
            Purpose::Open
                | Purpose::OpenFolder { .. }
                | Purpose::ComparisonModel
                | Purpose::Review(_)
                | Purpose::Training(_)
                | Purpose::Generate(_)
                | Purpose::ExportCourse(_)
                | Purpose::OpenQuiz
                | Purpose::SaveQuiz
                | Purpose::ShareCase
        )
    }
}

/// How the name of a figure's file ends.
fn ending_of(format: FigureFormat) -> &'static str {
    match format {
        FigureFormat::Png => "png",
        FigureFormat::Svg => "svg",
        FigureFormat::Pdf => "pdf",
    }
}

/// What is at a place where something is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing: it can be written there.
    Free(PathBuf),
    /// A file, which would be replaced.
    Occupied(PathBuf),
    /// Nothing can be written there; why, and what to do.
    Unfit(String),
}

impl Place {
    /// Looks at a place for a file that ends with `extension`, which is added where it is missing.
    pub fn look(path: PathBuf, extension: &str) -> Self {
        let shown = path.display();
        if path.is_dir() || ends_as_folder(&path) {
            return Self::Unfit(text!(
                "place-needs-name",
                %shown,
                example = %path.join(format!("case.{extension}")).display()
            ));
        }
        let file = with_extension(path, extension);
        let parent = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if file.is_dir() {
            Self::Unfit(text!("place-is-folder", path = %file.display()))
        } else if file.symlink_metadata().is_ok() {
            Self::Occupied(file)
        } else if let Some(folder) = parent.filter(|folder| !folder.is_dir()) {
            let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
            Self::Unfit(match folder.is_absolute() {
                true => text!("place-no-folder", folder = %whole.display()),
                false => {
                    text!("place-no-relative-folder", folder = %whole.display(), typed = %folder.display())
                }
            })
        } else {
            Self::Free(file)
        }
    }
}

/// Shows the system's chooser and waits for it: not for the window's thread. Nothing where nothing was chosen.
pub(in crate::studio) fn show_chooser(purpose: &Purpose, suggestion: &Path) -> Vec<PathBuf> {
    let dialog = chooser(purpose, suggestion);
    match purpose {
        Purpose::Training(TrainingPlace::InputFolders) => dialog.pick_folders().unwrap_or_default(),
        Purpose::Training(TrainingPlace::InputFiles) => dialog.pick_files().unwrap_or_default(),
        _ if !purpose.reads() => dialog.save_file().into_iter().collect(),
        _ if purpose.is_folder() => dialog.pick_folder().into_iter().collect(),
        _ => dialog.pick_file().into_iter().collect(),
    }
}

/// The chooser with its title, its filters and where it begins.
fn chooser(purpose: &Purpose, suggestion: &Path) -> rfd::FileDialog {
    let mut dialog = rfd::FileDialog::new().set_title(purpose.title());
    if purpose.reads() {
        dialog = dialog.set_directory(suggestion);
    } else {
        if let Some(folder) = suggestion.parent().filter(|folder| folder.is_dir()) {
            dialog = dialog.set_directory(folder);
        }
        if let Some(name) = suggestion.file_name() {
            dialog = dialog.set_file_name(name.to_string_lossy());
        }
    }
    match filters(purpose) {
        Some((name, endings)) if purpose.reads() => {
            dialog.add_filter(name, &endings).add_filter(text!("filter-all"), &["*"])
        }
        Some((name, endings)) => dialog.add_filter(name, &endings),
        None => dialog,
    }
}

/// (name, endings) of the files that are of use; none for folders.
fn filters(purpose: &Purpose) -> Option<(&'static str, Vec<&'static str>)> {
    let filter = match purpose {
        Purpose::Open => (text!("filter-everything"), registry::endings()),
        Purpose::ComparisonModel
        | Purpose::Review(ReviewPlace::Segmenter)
        | Purpose::Training(TrainingPlace::Start | TrainingPlace::ComparisonDrawer) => {
            (text!("filter-model"), vec!["safetensors"])
        }
        Purpose::Training(TrainingPlace::Split) => (text!("training-splits"), vec!["json"]),
        Purpose::Generate(GeneratePlace::Recipe) => (text!("generate-recipes"), vec!["toml", "json"]),
        Purpose::OpenLabels | Purpose::OpenSecondGrader => {
            (text!("filter-labels"), vec!["png", "tif", "tiff", "bmp", "csv", "nii", "gz", "mha", "mhd"])
        }
        Purpose::OpenQuiz => (text!("filter-quiz"), vec!["html", "htm", CASE_ENDING]),
        Purpose::ShareCase => (text!("filter-case"), vec![CASE_ENDING]),
        Purpose::ExportMeasurements
        | Purpose::SaveQuiz
        | Purpose::ExportSectors(SectorFile::Table)
        | Purpose::ExportCourse(CourseFile::Table)
        | Purpose::Review(ReviewPlace::BlindTable) => (text!("filter-table"), vec!["csv"]),
        Purpose::ExportFigure(_, format)
        | Purpose::ExportSectors(SectorFile::Picture(format))
        | Purpose::ExportCourse(CourseFile::Strip(format) | CourseFile::Poster(format)) => {
            (text!("filter-picture"), vec![ending_of(*format)])
        }
        Purpose::Save => (text!("filter-document"), vec!["retidiff"]),
        Purpose::ExportMask(_) | Purpose::ExportSynthetic | Purpose::ExportCourse(CourseFile::Film) => {
            (text!("filter-png"), vec!["png"])
        }
        Purpose::OpenFolder { .. }
        | Purpose::ExportFolder
        | Purpose::Review(_)
        | Purpose::Training(_)
        | Purpose::Generate(_) => return None,
    };
    Some(filter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_atomically;

    #[test]
    fn a_place_is_looked_at_as_the_file_that_would_be_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        write_atomically(&at("case.retidiff"), b"somebody's work").expect("written");
        std::fs::create_dir(at("docs")).expect("a folder");
        std::fs::create_dir(at("odd.retidiff")).expect("a folder");
        assert_eq!(Place::look(at("case"), "retidiff"), Place::Occupied(at("case.retidiff")));
        assert_eq!(Place::look(at("case.retidiff"), "retidiff"), Place::Occupied(at("case.retidiff")));
        assert_eq!(Place::look(at("case"), "png"), Place::Free(at("case.png")));
        assert_eq!(Place::look(at("docs/new"), "retidiff"), Place::Free(at("docs/new.retidiff")));
        for (unfit, names) in
            [("docs", "docs"), ("docs/", "docs"), ("none/", "none"), ("odd", "odd.retidiff")]
        {
            let Place::Unfit(why) = Place::look(at(unfit), "retidiff") else { panic!("{unfit} is a folder") };
            assert!(why.contains("is a folder") && why.contains(names), "{why}");
        }
        let Place::Unfit(why) = Place::look(at("none/case"), "retidiff") else { panic!("no such folder") };
        assert!(why.contains("no folder") && !why.contains("started"), "{why}");
        let here = std::env::current_dir().expect("a folder").join("no such folder");
        let Place::Unfit(why) = Place::look("no such folder/case".into(), "png") else { panic!("none here") };
        assert!(why.contains(&here.display().to_string()) && why.contains("started"), "{why}");
    }
}
