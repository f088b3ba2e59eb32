//! The pictures of an export: looked for by name in the folder of its XML.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::{read_file, scan_image};
use super::export::ExportImage;
use crate::scan::GreyImage;

/// Files of a folder that are looked at.
const MAX_FILES: usize = 10_000;

/// Files of a folder by their name in lower case.
pub(super) fn files_of(dir: &Path) -> BTreeMap<String, PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().take(MAX_FILES).flatten();
    let paths = entries.map(|entry| entry.path()).filter(|path| path.is_file());
    paths
        .filter_map(|path| Some((path.file_name()?.to_string_lossy().to_lowercase(), path.clone())))
        .collect()
}

/// The file of a picture: of that name, with that name in brackets (`OCT R 1 [B0000000.jpg].jpg`), or of that
/// stem with another ending.
fn find<'a>(files: &'a BTreeMap<String, PathBuf>, wanted: &str) -> Option<&'a PathBuf> {
    let wanted = wanted.to_lowercase();
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let bracketed = format!("[{wanted}]");
    let is_picture =
        |name: &str| [".tif", ".tiff", ".bmp", ".png", ".jpg", ".jpeg"].iter().any(|end| name.ends_with(end));
    files
        .get(&wanted)
        .or_else(|| files.iter().find(|(name, _)| name.contains(&bracketed)).map(|(_, path)| path))
        .or_else(|| {
            let same_stem = |name: &str| is_picture(name) && stem(name) == stem(&wanted);
            files.iter().find(|(name, _)| same_stem(name)).map(|(_, path)| path)
        })
        .filter(|_| !wanted.is_empty())
}

/// Reads the picture that an image of the XML names, beside what the XML says of it.
pub(super) fn read_image<'a>(
    image: &'a ExportImage,
    files: &BTreeMap<String, PathBuf>,
    name: &str,
) -> Result<(GreyImage, &'a ExportImage), String> {
    let path =
        find(files, &image.file).ok_or_else(|| format!("{} is not in the folder of {name}", image.file))?;
    let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let read = read_file(path).and_then(|bytes| scan_image::read(&bytes, &shown));
    let grey = read.map_err(|error| error.to_string())?;
    Ok((grey, image))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_by_name_in_brackets_and_by_stem() {
        let files: BTreeMap<String, PathBuf> =
            ["oct r 1 [b0000000.jpg].jpg", "b0000001.png", "b0000001.xml", "b2.tif"]
                .map(|name| (name.to_owned(), PathBuf::from(name)))
                .into();
        let found = |wanted| find(&files, wanted).map(|path| path.display().to_string());
        assert_eq!(found("B0000000.JPG").as_deref(), Some("oct r 1 [b0000000.jpg].jpg"));
        assert_eq!(found("B0000001.tif").as_deref(), Some("b0000001.png"));
        assert_eq!(found("B2.tif").as_deref(), Some("b2.tif"));
        assert_eq!((found("B3.tif"), found("")), (None, None));
    }
}
