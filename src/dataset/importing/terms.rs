//! What is said of an import beforehand, and how it can fail.

use std::path::PathBuf;

use crate::formats::FormatError;
use crate::formats::folder::FolderKind;
use crate::formats::label_mapping::LabelChoice;
use crate::scan::Spacing;

/// How scans are imported.
#[derive(Clone, Debug, Default)]
pub struct ImportTerms {
    /// Folder of the data set.
    pub out: PathBuf,
    /// What kind of folder the inputs are; recognised by what lies in them unless said here.
    pub kind: Option<FolderKind>,
    /// Scans without labels, too.
    pub unlabelled: bool,
    /// Scans without labels get those of the auto-trace, where it is sure.
    pub pseudo_label: bool,
    /// What the values of label pictures mean.
    pub labels: LabelChoice,
    /// Size of a pixel where the files do not say (pairs only).
    pub spacing: Option<Spacing>,
    /// Pairs only: the subject is the part of the file stem before the last of these.
    pub subject_separator: Option<char>,
    /// What the manifest calls the source; also put before ids and subjects.
    pub name: Option<String>,
    /// Scans in whose corners text seems to stand, too: somebody has looked at them, and no name is among it.
    pub with_text: bool,
    /// A subject of Duke DME that cannot be read is left out; without this nothing of any input is imported then.
    pub skip_damaged: bool,
}

impl ImportTerms {
    /// An id or a subject with the name that was asked for before it.
    pub(super) fn named(&self, text: &str) -> String {
        match &self.name {
            Some(name) => format!("{name}_{text}"),
            None => text.to_owned(),
        }
    }

    /// A subject of a folder. Eyes of public data sets are the same eyes under any name.
    pub(super) fn subject(&self, kind: FolderKind, name: &str) -> String {
        match kind {
            FolderKind::Tian2015 | FolderKind::DukeDme => name.to_owned(),
            FolderKind::Pairs | FolderKind::Oct2017 | FolderKind::Images => self.named(name),
        }
    }
}

/// An import that ended before its end.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum ImportError {
    #[error(
        "{}: not a folder that can be imported; expected bscans/ + boundaries/ (Tian 2015), bscans/ + labels_grader1/ \
         (Duke DME), train/CNV/ and the like (OCT2017), images/ + masks/ (pairs) or images",
        .0.display()
    )]
    UnknownFolder(PathBuf),
    #[error("{}: nothing could be imported; what was left out, and why, is said before", .0.display())]
    Nothing(PathBuf),
    #[error(
        "{}: nothing could be imported, for its {scans} scans have no labels; take them without (--unlabelled), or let the \
         auto-trace label them (--pseudo-label)",
        input.display()
    )]
    Unlabelled { input: PathBuf, scans: usize },
    #[error(
        "{} cannot be read (the reasons stand above), so nothing was imported: get fresh copies and import again; \
         `retidiff import --skip-damaged` goes on without",
        .0.join(", ")
    )]
    Unreadable(Vec<String>),
    #[error(
        "{} and {} are both subject {subject} and hold different scans or labels, so nothing was imported: take away the \
         one that is wrong, or rename it by its own subject",
        first.display(),
        second.display()
    )]
    OneSubject { first: PathBuf, second: PathBuf, subject: u32 },
    /// Whoever watches did not want it to go on.
    #[error("it was stopped; what was imported stays, and the same import goes on with it")]
    Stopped,
    #[error(transparent)]
    Format(#[from] FormatError),
}
