//! Pictures that were made elsewhere, one for each measured scan, named as the scans are.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use crate::dataset::ManifestEntry;
use crate::evaluation::EvaluationError;
use crate::formats::{read_file, scan_image};
use crate::scan::GreyImage;

/// Endings that are looked for, in this order.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "tif", "tiff", "bmp"];
/// Names in a message; the rest is counted.
const MAX_NAMED: usize = 5;

/// The pictures of a folder that are called as the scans are.
#[derive(Debug)]
pub struct PicturesOfScans {
    files: Vec<PathBuf>,
}

impl PicturesOfScans {
    /// Finds the picture of every scan, and reads each once: measuring takes minutes, and one that is wrong is not to be
    /// found at its end. Pictures of other scans are reported in the second value.
    ///
    /// # Errors
    /// If the folder cannot be read, a scan has no picture, or one cannot be read or has not its scan's size; the message
    /// names the folder and the scans, or the file.
    pub fn find(folder: &Path, scans: &[&ManifestEntry]) -> Result<(Self, Option<String>), EvaluationError> {
        if !folder.is_dir() {
            return Err(EvaluationError::Refused(format!(
                "{}: no such folder; name the one that holds the pictures",
                folder.display()
            )));
        }
        let file_of = |id: &str| {
            ENDINGS.iter().map(|ending| folder.join(format!("{id}.{ending}"))).find(|file| file.is_file())
        };
        let found: Vec<(&str, Option<PathBuf>)> =
            scans.iter().map(|scan| (scan.id.as_str(), file_of(&scan.id))).collect();
        let missing: Vec<&str> = found.iter().filter(|(_, file)| file.is_none()).map(|(id, _)| *id).collect();
        if !missing.is_empty() {
            return Err(EvaluationError::Refused(format!(
                "{}: no picture of {} ({} of {} measured scans have none); name each picture as its scan, such as \
                 {}.png",
                folder.display(),
                listed(&missing),
                missing.len(),
                scans.len(),
                missing[0]
            )));
        }
        let files: Vec<PathBuf> = found.into_iter().filter_map(|(_, file)| file).collect();
        for (file, scan) in files.iter().zip(scans) {
            read_at_size(file, [scan.width, scan.height])?;
        }
        let used: HashSet<&PathBuf> = files.iter().collect();
        let listing = std::fs::read_dir(folder).map_err(EvaluationError::io(folder, "listing"))?;
        let mut unused: Vec<String> = listing
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.is_file() && !used.contains(path) && is_picture(path))
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect();
        unused.sort_unstable();
        let names: Vec<&str> = unused.iter().map(String::as_str).collect();
        let note = (!names.is_empty()).then(|| {
            format!("{}: no measured scan is called as {}; left out", folder.display(), listed(&names))
        });
        Ok((Self { files }, note))
    }

    /// The picture of scan `index`.
    ///
    /// # Errors
    /// If it cannot be read or has not the scan's size; the message names the file.
    pub fn read(&self, index: usize, scan: &GreyImage) -> Result<GreyImage, EvaluationError> {
        read_at_size(&self.files[index], [scan.width, scan.height])
    }
}

fn read_at_size(file: &Path, [width, height]: [u32; 2]) -> Result<GreyImage, EvaluationError> {
    let picture = scan_image::read(&read_file(file)?, &file.display().to_string())?;
    if [picture.width, picture.height] == [width, height] {
        return Ok(picture);
    }
    Err(EvaluationError::Refused(format!(
        "{}: {}x{} pixels where the scan has {width}x{height}; draw it at the size of the scan",
        file.display(),
        picture.width,
        picture.height
    )))
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn listed(names: &[&str]) -> String {
    let mut text = names[..names.len().min(MAX_NAMED)].join(", ");
    if names.len() > MAX_NAMED {
        text += &format!(" and {} more", names.len() - MAX_NAMED);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    fn entry(id: &str) -> ManifestEntry {
        serde_json::from_value(serde_json::json!({
            "version": 1, "id": id, "image": "a.png", "width": 4, "height": 2, "subject": "s", "source": "x"
        }))
        .unwrap()
    }

    #[test]
    fn pictures_are_found_by_name_and_what_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (entry("a"), entry("b"));
        let error =
            |scans: &[&ManifestEntry]| PicturesOfScans::find(folder.path(), scans).unwrap_err().to_string();
        assert!(error(&[&a, &b]).contains("no picture of a, b (2 of 2 measured scans have none)"));

        let image =
            |width| scan_image::write(&GreyImage::new(width, 2, vec![7; 2 * width as usize]), &[]).unwrap();
        write_file(&folder.path().join("a.png"), &image(4)).unwrap();
        assert!(error(&[&a, &b]).contains("no picture of b (1 of 2"));
        write_file(&folder.path().join("b.png"), &image(5)).unwrap();
        let wrong = error(&[&a, &b]);
        assert!(wrong.contains("b.png: 5x2 pixels where the scan has 4x2"), "{wrong}");
        write_file(&folder.path().join("b.png"), &image(4)[..50]).unwrap();
        assert!(error(&[&a, &b]).contains("b.png: "), "cut off");
        write_file(&folder.path().join("b.png"), &image(4)).unwrap();
        write_file(&folder.path().join("c.png"), &image(4)).unwrap();
        write_file(&folder.path().join("notes.txt"), b"x").unwrap();
        let (pictures, note) = PicturesOfScans::find(folder.path(), &[&a, &b]).unwrap();
        assert!(note.unwrap().ends_with("no measured scan is called as c.png; left out"));
        let scan = GreyImage::new(4, 2, vec![0; 8]);
        assert_eq!(pictures.read(0, &scan).unwrap().pixels[..], [7; 8]);
        write_file(&folder.path().join("a.png"), b"no image").unwrap();
        assert!(pictures.read(0, &scan).unwrap_err().to_string().contains("a.png"));
        let absent = PicturesOfScans::find(&folder.path().join("none"), &[&a]).unwrap_err();
        assert!(absent.to_string().contains("no such folder"));
    }
}
