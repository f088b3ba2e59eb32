//! What an input is, by what lies in it.

use std::path::{Path, PathBuf};

use crate::formats::folder::FolderKind;
use crate::formats::label_mapping::LabelChoice;
use crate::formats::{clinical, mat, read_file, volume_pairs};

/// What an input is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// Subjects of Duke DME as they are published: `Subject_NN.mat`, one or a folder of them.
    DukeSubjects(Vec<PathBuf>),
    /// What a device exported (DICOM, HEYEX, MATLAB): one document, one subject.
    Export,
    /// A file that the studio opens: one document, one subject.
    File,
    /// A folder of volumes, with or without labels: one subject each.
    Volumes,
    /// A folder of B-scans, with or without labels.
    Folder(FolderKind),
    /// Nothing that can be imported.
    Unknown,
}

impl InputKind {
    /// Looks at an input; `said` is the kind that it is said to be, if somebody has.
    pub fn of(input: &Path, said: Option<FolderKind>) -> Self {
        match (input.is_dir(), said) {
            (true, Some(kind)) => return Self::Folder(kind),
            (true, None) => {
                let files = mat::subject_files(input);
                if !files.is_empty() {
                    return Self::DukeSubjects(files);
                }
                if clinical::is_export_folder(input) {
                    return Self::Export;
                }
                if !volume_pairs::of(input, &LabelChoice::Unsaid).is_empty() {
                    return Self::Volumes;
                }
            }
            (false, _) => {}
        }
        if input.is_file() {
            let is_mat = input.extension().is_some_and(|e| e.eq_ignore_ascii_case("mat"));
            // What is called as a subject is read as one, or refused: as a volume of nobody's it would train under a
            // name that no split knows.
            let is_duke = mat::is_subject_name(input)
                || (is_mat && read_file(input).is_ok_and(|bytes| mat::is_duke(&bytes)));
            return if is_duke { Self::DukeSubjects(vec![input.to_owned()]) } else { Self::File };
        }
        FolderKind::recognise(input).map_or(Self::Unknown, Self::Folder)
    }
}
