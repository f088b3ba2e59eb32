//! The table of file formats. Whatever opens, lists or filters files asks it, so a format is one file with a
//! [`Format`] and one line here.

use std::path::Path;

use super::format::Format;
use super::{case_file, clinical, image_document, label_document, metaimage, nifti, retidiff, vol};

/// All formats, those that are surest of their content first.
pub static FORMATS: [&Format; 11] = [
    &retidiff::FORMAT,
    &case_file::FORMAT,
    &vol::FORMAT,
    &clinical::DICOM,
    &clinical::HEYEX,
    &clinical::OCTEXPLORER,
    &clinical::MAT,
    &nifti::FORMAT,
    &metaimage::FORMAT,
    &label_document::FORMAT,
    &image_document::FORMAT,
];

/// The format of a file: told by its content, then by its name.
pub fn format_of(bytes: &[u8], path: &Path) -> Option<&'static Format> {
    let mut formats = FORMATS.into_iter();
    formats
        .clone()
        .find(|format| (format.recognises)(bytes))
        .or_else(|| formats.find(|format| format.has_ending_of(path)))
}

/// What the names of all files that open end in, for file dialogs.
pub fn endings() -> Vec<&'static str> {
    let mut endings: Vec<&str> = FORMATS.iter().flat_map(|format| format.endings).copied().collect();
    // A dialog filters by what follows the last dot.
    endings.iter_mut().for_each(|ending| *ending = ending.rsplit('.').next().unwrap_or(ending));
    endings.sort_unstable();
    endings.dedup();
    endings
}

/// Whether a file of a folder is one of its scans or label maps, by its name.
pub fn is_scan_in_folder(path: &Path) -> bool {
    FORMATS.iter().any(|format| format.is_in_folders && format.has_ending_of(path))
}

/// Whether a file is a volume or a document that a folder of scans leaves out, by its name.
pub fn is_volume(path: &Path) -> bool {
    FORMATS.iter().any(|format| !format.is_in_folders && format.has_ending_of(path))
}

/// Whether a file may hold labels, by its name; any other is a scan, a document or a folder.
pub fn may_be_labels(path: &Path) -> bool {
    let kinds = [&nifti::FORMAT, &metaimage::FORMAT, &label_document::FORMAT, &image_document::FORMAT];
    kinds.iter().any(|format| format.has_ending_of(path))
}

/// The names of all formats, for the message that a file is none of them.
pub fn names() -> String {
    FORMATS.map(|format| format.name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_where_the_content_does_not() {
        let by_name = |name: &str| format_of(b"", Path::new(name)).map(|format| format.name);
        assert_eq!(by_name("a.NII.GZ"), Some("NIfTI"));
        assert_eq!(by_name("folder/oct.mhd"), Some("MetaImage"));
        assert_eq!(by_name("B-scan 1.PNG"), Some("image (PNG, JPEG, TIFF, BMP)"));
        for name in ["", "nii.gz", ".png", "a.gz", "a.docx"] {
            assert_eq!(by_name(name), None, "{name}");
        }
        // The content is surer than the name.
        let of = format_of(b"BM", Path::new("a.vol")).map(|format| format.name);
        assert_eq!(of, Some("image (PNG, JPEG, TIFF, BMP)"));
    }

    #[test]
    fn endings_are_unique_and_plain() {
        let endings = endings();
        assert!(endings.contains(&"gz") && endings.contains(&"retidiff") && endings.contains(&"tiff"));
        assert!(endings.windows(2).all(|pair| pair[0] < pair[1]), "{endings:?}");
        assert!(is_scan_in_folder(Path::new("a.tif")) && !is_scan_in_folder(Path::new("a.nii")));
        assert!(is_volume(Path::new("a.nii")) && !is_volume(Path::new("a.tif")));
        assert!(["a.png", "a.nii.gz", "a.mha"].iter().all(|name| may_be_labels(Path::new(name))));
        assert!(!["a.retidiff", "a.vol", "a folder"].iter().any(|name| may_be_labels(Path::new(name))));
    }
}
