//! The files of an export: their names below the folder they go into, and their bytes.

use super::facts::has_labels;
use super::preset::ExportPreset;
use crate::anatomy::UNANNOTATED;
use crate::document::Document;
use crate::formats::coco::{self, CocoPage};
use crate::formats::dicom_writer::{self, DicomWishes};
use crate::formats::provenance::ScanMarks;
use crate::formats::tiff_writer::{self, TiffDepth};
use crate::formats::training_folder::{self, FolderFile};
use crate::formats::volume_export::{ExportPlane, ExportVolume};
use crate::formats::{FormatError, label_png, metaimage_writer, nifti_writer, npz, scan_image};
use crate::mask::Interfaces;

/// Longest name of files, in letters.
const LONGEST_NAME: usize = 60;

/// What is exported.
#[derive(Clone, Debug)]
pub struct ExportOrder {
    /// What is exported.
    pub document: Document,
    /// In which layout.
    pub preset: ExportPreset,
    /// What file names begin with; see [`plain_name`].
    pub name: String,
    /// Whether the scans were made by a model or a recipe: formats that can say so do.
    pub synthetic: bool,
}

/// A name as other programs take it: letters, digits and underscores.
pub fn plain_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = name.trim().chars().take(LONGEST_NAME).map(plain).collect();
    if name.is_empty() { "case".to_owned() } else { name }
}

/// The name of a B-scan's picture, numbered from 1 where there are several.
pub fn picture_name(number: usize, count: usize) -> String {
    if count == 1 { "b_scan.png".to_owned() } else { format!("b_scan_{number:04}.png") }
}

/// The files, in the order in which they are to be written: nothing names a file that comes after it.
///
/// # Errors
/// What the preset lacks (see [`super::lacking`]), and what a format cannot hold.
pub fn files(order: &ExportOrder) -> Result<Vec<FolderFile>, FormatError> {
    let ExportOrder { preset, name, .. } = order;
    let marks = &ScanMarks::of_document(&order.document, order.synthetic);
    let document = &with_synthetic_scans(&order.document);
    match preset {
        ExportPreset::Pairs => pairs(document, marks, name),
        ExportPreset::NnUnet => training_folder::nnunet(document, marks, name, name),
        ExportPreset::Mirage => training_folder::mirage(document, marks, name, name),
        ExportPreset::Nifti => {
            volumes(document, name, "nii.gz", |volume| nifti_writer::write_gz(volume, name))
        }
        ExportPreset::MetaImage => {
            volumes(document, name, "mha", |volume| Ok(metaimage_writer::write(volume)))
        }
        ExportPreset::TiffStack => volumes(document, name, "tif", |volume| {
            tiff_writer::write(volume, TiffDepth::Eight, marks.xmp(), name)
        }),
        ExportPreset::Dicom => dicom(document, order),
        ExportPreset::Coco => {
            let mut files = scan_pictures(document, marks, "")?;
            files.push(("annotations.json".to_owned(), coco_file(document, name)?));
            Ok(files)
        }
        ExportPreset::Npz => Ok(vec![(format!("{name}.npz"), npz::write(document))]),
    }
}

/// The document with kept syntheses in place of scans that do not exist.
fn with_synthetic_scans(document: &Document) -> Document {
    let mut document = document.clone();
    for page in &mut document.pages {
        if let (true, Some(synthesis)) = (page.scan.is_placeholder, &page.synthesis) {
            let mut scan = (*page.scan).clone();
            scan.image = synthesis.image.clone();
            page.scan = scan.into();
        }
    }
    document
}

/// Pictures of all scans below a folder, `prefix` before their names.
fn scan_pictures(
    document: &Document,
    marks: &ScanMarks,
    prefix: &str,
) -> Result<Vec<FolderFile>, FormatError> {
    let count = document.pages.len();
    let credit = credit_of(document);
    (1..)
        .zip(&document.pages)
        .map(|(number, page)| {
            let text = [marks.of(number - 1), credit.clone()].concat();
            let bytes = scan_image::write(&page.scan.image, &text)?;
            Ok((format!("{prefix}{}", picture_name(number, count)), bytes))
        })
        .collect()
}

fn credit_of(document: &Document) -> Vec<(&str, &str)> {
    document.credit.as_deref().map(|credit| ("Source", credit)).into_iter().collect()
}

/// `images/NAME_0001.png` with `labels/NAME_0001.png` where a B-scan has labels.
fn pairs(document: &Document, marks: &ScanMarks, name: &str) -> Result<Vec<FolderFile>, FormatError> {
    let credit = credit_of(document);
    let count = document.pages.len();
    let mut files = Vec::new();
    for (number, page) in (1..).zip(&document.pages) {
        let stem = if count == 1 { name.to_owned() } else { format!("{name}_{number:04}") };
        let text = [marks.of(number - 1), credit.clone()].concat();
        files.push((format!("images/{stem}.png"), scan_image::write(&page.scan.image, &text)?));
        if has_labels(page) {
            let (width, height) = (page.scan.width(), page.scan.height());
            let codes = page.mask.composite_pixels();
            files.push((format!("labels/{stem}.png"), label_png::write(width, height, &codes, &credit)?));
        }
    }
    Ok(files)
}

/// A volume of the scans and, where there are any, one of the labels.
fn volumes(
    document: &Document,
    name: &str,
    ending: &str,
    write: impl Fn(&ExportVolume) -> Result<Vec<u8>, FormatError>,
) -> Result<Vec<FolderFile>, FormatError> {
    let scans = ExportVolume::of(document, ExportPlane::Scans, name)?;
    let mut files = vec![(format!("{name}.{ending}"), write(&scans)?)];
    if document.pages.iter().any(has_labels) {
        let labels = ExportVolume::of(document, ExportPlane::Labels, name)?;
        files.push((format!("{name}_labels.{ending}"), write(&labels)?));
    }
    Ok(files)
}

fn dicom(document: &Document, order: &ExportOrder) -> Result<Vec<FolderFile>, FormatError> {
    let name = &order.name;
    let wishes = DicomWishes { synthetic: order.synthetic, ..DicomWishes::default() };
    let mut files =
        vec![(format!("{name}.dcm"), dicom_writer::write(document, ExportPlane::Scans, wishes, name)?)];
    if document.pages.iter().any(has_labels) {
        let labels = dicom_writer::write(document, ExportPlane::Labels, wishes, name)?;
        files.push((format!("{name}_labels.dcm"), labels));
    }
    let has_interfaces = document.pages.iter().any(|page| {
        let lines = Interfaces::from_layers(&page.mask.layers);
        lines.rows[0].iter().any(|row| row.is_finite())
    });
    if has_interfaces {
        let heights = dicom_writer::write_height_maps(document, wishes, name)?;
        files.push((format!("{name}_interfaces.dcm"), heights));
    }
    Ok(files)
}

/// COCO's annotations of all B-scans; their pictures are called as [`picture_name`] calls them. `name` is the
/// document's name for messages.
///
/// # Errors
/// If nothing is annotated.
pub fn coco_file(document: &Document, name: &str) -> Result<Vec<u8>, FormatError> {
    let count = document.pages.len();
    let codes: Vec<Vec<u8>> = document.pages.iter().map(|page| page.mask.composite_pixels()).collect();
    if codes.iter().flatten().all(|&code| code == UNANNOTATED) {
        let problem = "it has no labels, and a COCO file holds nothing else";
        let remedy = "label at least one B-scan, or write its scans in another format";
        return Err(FormatError::malformed(name, "the document", problem, remedy));
    }
    let files: Vec<String> = (1..=count).map(|number| picture_name(number, count)).collect();
    let pages = document.pages.iter().zip(&codes).zip(&files).map(|((page, codes), file)| CocoPage {
        file_name: file,
        width: page.scan.width(),
        height: page.scan.height(),
        codes,
    });
    Ok(coco::write(&pages.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Lacking, LeftOut, lacking, left_out};
    use super::*;
    use crate::formats::volume_export::tests::document;
    use crate::mask::Mask;
    use crate::scan::{Calibration, Laterality};

    fn order(document: &Document, preset: ExportPreset) -> ExportOrder {
        ExportOrder { document: document.clone(), preset, name: "eye".to_owned(), synthetic: false }
    }

    fn names(document: &Document, preset: ExportPreset) -> Vec<String> {
        files(&order(document, preset)).unwrap().into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn what_is_written_is_named_before_and_what_is_lacking_is_said() {
        let mut document = document();
        assert_eq!(lacking(&document, ExportPreset::Coco), [Lacking::Labels]);
        assert_eq!(lacking(&document, ExportPreset::Dicom), [Lacking::Laterality]);
        assert!(lacking(&document, ExportPreset::Npz).is_empty());
        assert_eq!(names(&document, ExportPreset::Nifti), ["eye.nii.gz"]);
        document.pages[1].mask = Mask::from_composite(3, 2, &[0, 0, 0, 1, 8, 8]).0;
        for page in &mut document.pages {
            let known = Calibration { laterality: Some(Laterality::Right), ..page.scan.calibration() };
            page.scan = page.scan.with_calibration(known).into();
        }
        assert!(lacking(&document, ExportPreset::Dicom).is_empty());
        assert_eq!(
            names(&document, ExportPreset::Dicom),
            ["eye.dcm", "eye_labels.dcm", "eye_interfaces.dcm"]
        );
        assert_eq!(
            names(&document, ExportPreset::Pairs),
            ["images/eye_0001.png", "images/eye_0002.png", "labels/eye_0002.png"]
        );
        assert_eq!(
            names(&document, ExportPreset::Coco),
            ["b_scan_0001.png", "b_scan_0002.png", "annotations.json"]
        );
        let left = left_out(&document, ExportPreset::NnUnet);
        assert_eq!(
            left,
            [LeftOut::Spacing, LeftOut::BScanDistance, LeftOut::Laterality, LeftOut::Unlabelled(1)]
        );
        assert!(left_out(&document, ExportPreset::Dicom).is_empty());
        for preset in ExportPreset::ALL {
            assert!(!names(&document, preset).is_empty(), "{preset:?}");
        }
    }

    #[test]
    fn a_name_is_one_that_every_program_takes() {
        assert_eq!(plain_name("Macula OD (größe)"), "Macula_OD__gr__e_");
        assert_eq!((plain_name("  "), plain_name("a.b")), ("case".to_owned(), "a_b".to_owned()));
    }
}
