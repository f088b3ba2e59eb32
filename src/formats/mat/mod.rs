//! MATLAB files: volumes that people saved, exports of other programs, the subjects of Duke DME.

mod axes;
mod duke;
mod reader;
mod volume;

use std::path::{Path, PathBuf};

pub use duke::{
    DukeSlice, DukeSubject, check_duke, is_duke, is_duke_folder, is_subject_name, read_duke, subject_files,
    subject_number,
};
pub use reader::is_mat;
pub use volume::{MatVolume, read};

use super::FormatError;

/// The file and the array that are meant by `FILE.mat:ARRAY`, if there is such a file.
pub fn array_of(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?;
    let (file, array) = text.rsplit_once(':')?;
    let is_name = !array.is_empty() && array.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_name && Path::new(file).is_file()).then(|| (PathBuf::from(file), array.to_owned()))
}

/// Header fields of a Spectralis export that were saved as arrays, and that identify.
const IDENTITY: [&str; 9] =
    ["PatientID", "PID", "DOB", "VisitID", "VID", "VisitDate", "ExamTime", "ID", "ReferenceID"];

/// Names of arrays that hold identity fields; never a value.
///
/// # Errors
/// What reading the file says.
pub fn identity_fields(bytes: &[u8], name: &str) -> Result<Vec<String>, FormatError> {
    let arrays = reader::list(bytes, name)?;
    Ok(arrays.into_iter().map(|array| array.name).filter(|name| IDENTITY.contains(&name.as_str())).collect())
}
