//! The pictures whose features are taken: those of a folder, or the scans of a data set.

use std::path::{Path, PathBuf};

use super::{FeatureNetwork, FeatureNetworkError};
use crate::dataset::Manifest;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::dataset::samples::LabelledScan;
use crate::formats::{FormatError, read_file, scan_image};
use crate::metrics::feature_distances::Features;
use crate::scan::GreyImage;

/// What names of pictures end in.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "tif", "tiff", "bmp"];

/// The pictures of a folder.
#[derive(Debug)]
pub struct PictureFolder {
    folder: PathBuf,
    pictures: Pictures,
}

#[derive(Debug)]
enum Pictures {
    DataSet(Manifest),
    Files(Vec<PathBuf>),
}

impl PictureFolder {
    /// Lists a folder: a data set by its manifest, labelled or not, else every picture that lies in it, by name.
    ///
    /// # Errors
    /// If it cannot be read, or holds no picture.
    pub fn list(folder: &Path) -> Result<Self, FormatError> {
        let pictures = match folder.join(MANIFEST_FILE).is_file() {
            true => Pictures::DataSet(Manifest::read(folder)?),
            false => Pictures::Files(files_of(folder)?),
        };
        let listed = Self { folder: folder.to_owned(), pictures };
        if listed.count() == 0 {
            return Err(FormatError::malformed(
                &folder.display().to_string(),
                "the folder",
                "it holds no picture (PNG, JPEG, TIFF or BMP)",
                "name the folder that the pictures lie in, or a data set of `retidiff import`",
            ));
        }
        Ok(listed)
    }

    /// How many pictures there are; never 0.
    pub fn count(&self) -> usize {
        match &self.pictures {
            Pictures::DataSet(manifest) => manifest.entries.len(),
            Pictures::Files(files) => files.len(),
        }
    }

    /// As the user named it.
    pub fn name(&self) -> String {
        self.folder.display().to_string()
    }

    /// A picture; of a scan that was not wholly recorded the rest is filled by the texture beside it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn picture(&self, index: usize) -> Result<GreyImage, FormatError> {
        match &self.pictures {
            Pictures::DataSet(manifest) => {
                Ok(LabelledScan::load(manifest, &manifest.entries[index])?.filled_image())
            }
            Pictures::Files(files) => read_picture(&files[index]),
        }
    }

    /// Features of every picture. `on_picture` is told the number of each before its turn.
    ///
    /// # Errors
    /// If a picture cannot be read, or there are fewer than two.
    pub fn features(
        &self,
        network: &FeatureNetwork,
        on_picture: &mut dyn FnMut(usize),
    ) -> Result<Features, FeatureNetworkError> {
        let mut values = Vec::new();
        for index in 0..self.count() {
            on_picture(index);
            let of_picture = match &self.pictures {
                Pictures::DataSet(manifest) => {
                    network.of_scan(&LabelledScan::load(manifest, &manifest.entries[index])?)
                }
                Pictures::Files(_) => network.of(&self.picture(index)?),
            };
            values.extend(of_picture);
        }
        let count = self.count();
        let place = self.name();
        Features::new(count, values.len() / count, values)
            .map_err(|reason| FeatureNetworkError::Features { place, reason })
    }
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, FormatError> {
    let listing = std::fs::read_dir(folder).map_err(FormatError::io(folder, "listing the folder"))?;
    let mut files = Vec::new();
    for entry in listing {
        let path = entry.map_err(FormatError::io(folder, "listing the folder"))?.path();
        if path.is_file() && is_picture(&path) {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn read_picture(path: &Path) -> Result<GreyImage, FormatError> {
    scan_image::read(&read_file(path)?, &path.display().to_string())
}
