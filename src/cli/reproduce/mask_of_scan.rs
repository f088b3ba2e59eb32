//! Where the mask of a scan lies: beside it, in the layouts that this program writes.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::formats::label_png::{self, CodeScheme};
use crate::formats::provenance::mask_sha256;
use crate::formats::{FormatError, coco, read_file};

/// A mask: width, height and composite codes, row-major.
pub(super) type FoundMask = (u32, u32, Vec<u8>);

/// The mask of a scan whose hash is `wanted`: the file `named`, or one that lies where this program's layouts put it.
///
/// # Errors
/// If there is none, only others, or one that cannot be read.
pub(super) fn find(file: &Path, named: Option<&Path>, wanted: &str) -> anyhow::Result<FoundMask> {
    let is_wanted = |(width, height, codes): &FoundMask| mask_sha256(*width, *height, codes) == wanted;
    let places = named.map_or_else(|| places_of(file), |mask| vec![mask.to_owned()]);
    let mut seen = Vec::new();
    for place in places.iter().filter(|place| place.is_file()) {
        let name = place.display().to_string();
        let labels = label_png::read(&read_file(place)?, &name, CodeScheme::Studio)?;
        let mask = (labels.width, labels.height, labels.codes);
        if is_wanted(&mask) {
            return Ok(mask);
        }
        seen.push(name);
    }
    let annotations = if named.is_some() { Vec::new() } else { annotation_files(file) };
    for place in annotations.iter().filter(|place| place.is_file()) {
        match of_annotations(file, place)? {
            Some(mask) if is_wanted(&mask) => return Ok(mask),
            Some(_) => seen.push(place.display().to_string()),
            None => {}
        }
    }
    match seen.is_empty() {
        true => bail!("its mask was not found beside it; name it with --mask"),
        false => bail!("{} is not its mask (another hash); name the right one with --mask", seen.join(", ")),
    }
}

/// Where the layouts of this program put the mask of a scan as a label PNG.
fn places_of(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = file.file_name().unwrap_or_default();
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let above = folder.join("..");
    let mut places = vec![
        above.join("labels").join(name),
        above.join("semseg").join(name),
        folder.join(format!("{stem}_mask.png")),
        folder.join("mask.png"),
    ];
    // nnU-Net: imagesTr/ID_0000.png and labelsTr/ID.png.
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
    if let (Some(part), Some(id)) = (folder_name.strip_prefix("images"), stem.strip_suffix("_0000")) {
        places.push(above.join(format!("labels{part}")).join(format!("{id}.png")));
    }
    // Unpacked shards and single pairs, and pairs that were edited.
    for (scan, mask) in [(".scan", ".mask"), ("_scan", "_mask")] {
        places.extend(stem.strip_suffix(scan).map(|id| folder.join(format!("{id}{mask}.png"))));
    }
    places
}

/// Where COCO exports put the annotations of a scan.
fn annotation_files(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let part = folder.file_name().unwrap_or_default().to_string_lossy();
    vec![folder.join("annotations.json"), folder.join("..").join("annotations").join(format!("{part}.json"))]
}

/// The mask that an annotation file holds of a scan; `None` where it does not know the scan.
fn of_annotations(file: &Path, annotations: &Path) -> Result<Option<FoundMask>, FormatError> {
    let place = annotations.display().to_string();
    let pictures = coco::read(&read_file(annotations)?, &place)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let picture = pictures.into_iter().find(|picture| picture.file_name == name);
    Ok(picture.map(|picture| {
        let labels = picture.labels(&place);
        (labels.width, labels.height, labels.codes)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_looked_for_where_exports_put_them() {
        let has = |scan: &str, mask: &str| {
            let places = places_of(Path::new(scan));
            assert!(places.contains(&PathBuf::from(mask)), "{mask} among {places:?}");
        };
        has("set/images/a.png", "set/images/../labels/a.png");
        has("set/train/bscan/a.png", "set/train/bscan/../semseg/a.png");
        has("set/images/a.png", "set/images/a_mask.png");
        has("set/imagesTs/a_0000.png", "set/imagesTs/../labelsTs/a.png");
        has("set/a.scan.png", "set/a.mask.png");
        has("set/edits/a-1_scan.png", "set/edits/a-1_mask.png");
        let annotated = annotation_files(Path::new("set/val/a.png"));
        assert!(annotated.contains(&PathBuf::from("set/val/../annotations/val.json")), "{annotated:?}");
    }
}
