//! COCO annotation files (JSON) with run-length coded masks, as pycocotools, detectron2, CVAT and Label Studio write
//! and read them.
//!
//! One annotation holds all pixels of one label in one B-scan. A file may claim pictures far larger than itself, so
//! only runs are read; a label map is made when it is asked for, one picture at a time.

use serde::{Deserialize, Serialize};

use super::FormatError;
use super::coco_runs::{Runs, decoded, encoded};
use super::label_mapping::{Labels, Meaning};
use super::scan_image::check_size;
use crate::anatomy::{LABELS, UNANNOTATED, is_lesion};
use crate::mask::Disorder;

/// Most pictures and most annotations that a file is read with.
const MAX_ENTRIES: usize = 100_000;
const REMEDY: &str =
    "expected a COCO annotation file: images, categories, and annotations with an RLE segmentation";

/// Labels of one picture, to be written.
#[derive(Clone, Copy, Debug)]
pub struct CocoPage<'a> {
    /// What the picture's file is called.
    pub file_name: &'a str,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Composite codes, row-major.
    pub codes: &'a [u8],
}

/// The masks of one picture as read.
#[derive(Clone, Debug, PartialEq)]
pub struct CocoPicture {
    /// As the file lists it.
    pub file_name: String,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    masks: Vec<(Meaning, Runs)>,
}

#[derive(Serialize, Deserialize)]
struct File {
    #[serde(default, skip_deserializing)]
    info: Info,
    images: Vec<Image>,
    categories: Vec<Category>,
    annotations: Vec<Annotation>,
}

#[derive(Default, Serialize)]
struct Info {
    description: &'static str,
}

#[derive(Serialize, Deserialize)]
struct Image {
    id: u64,
    width: u32,
    height: u32,
    #[serde(default)]
    file_name: String,
}

#[derive(Serialize, Deserialize)]
struct Category {
    id: u64,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Annotation {
    #[serde(default)]
    id: u64,
    image_id: u64,
    category_id: u64,
    segmentation: Segmentation,
    #[serde(default, skip_deserializing)]
    area: u64,
    /// Left, top, width, height in px.
    #[serde(default, skip_deserializing)]
    bbox: [u32; 4],
    #[serde(default, skip_deserializing)]
    iscrowd: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Segmentation {
    Runs {
        /// Height and width.
        size: [u32; 2],
        counts: Counts,
    },
    Polygons(Vec<Vec<f64>>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Counts {
    Encoded(String),
    Plain(Vec<u64>),
}

/// An annotation file of the labels of some pictures. The category of a label is called by its short name and has the
/// number of its code plus 1, for many readers take 0 for "nothing". Unannotated pixels have no annotation.
///
/// # Panics
/// If the number of codes of a page is not `width * height`.
pub fn write(pages: &[CocoPage]) -> Vec<u8> {
    let category_id = |code: u8| u64::from(code) + 1;
    let categories =
        LABELS.iter().map(|label| Category { id: category_id(label.code), name: label.name.to_owned() });
    let mut annotations = Vec::new();
    let mut images = Vec::new();
    for (image_id, page) in (1..).zip(pages) {
        let (width, height) = (page.width, page.height);
        images.push(Image { id: image_id, width, height, file_name: page.file_name.to_owned() });
        for label in &LABELS {
            let runs = Runs::of(width, height, page.codes, label.code);
            let Some(bbox) = runs.bounding_box(height) else { continue };
            annotations.push(Annotation {
                id: annotations.len() as u64 + 1,
                image_id,
                category_id: category_id(label.code),
                area: runs.area(),
                bbox,
                segmentation: Segmentation::Runs {
                    size: [height, width],
                    counts: Counts::Encoded(encoded(&runs)),
                },
                iscrowd: 0,
            });
        }
    }
    let info = Info { description: "Labels of retinal OCT B-scans, written by RetiDiff Studio" };
    let file = File { info, images, categories: categories.collect(), annotations };
    // Names and numbers always become JSON.
    serde_json::to_vec(&file).unwrap_or_default()
}

/// Reads the masks of every picture of an annotation file, in its order. Categories are known by their names: those of
/// the label table and their aliases. `name` is the file's name for messages.
///
/// # Errors
/// No COCO file, a category that is no label, an annotation of a picture that is not there or of another size, runs
/// that do not fill their picture, and polygons (which have no pixels of their own).
pub fn read(bytes: &[u8], name: &str) -> Result<Vec<CocoPicture>, FormatError> {
    let malformed = |place: String, problem: String| FormatError::malformed(name, place, problem, REMEDY);
    let file: File = serde_json::from_slice(bytes)
        .map_err(|e| malformed(format!("line {}, column {}", e.line(), e.column()), e.to_string()))?;
    if file.images.len().max(file.annotations.len()) > MAX_ENTRIES {
        let problem = format!("more than {MAX_ENTRIES} images or annotations");
        return Err(malformed("the lists".to_owned(), problem));
    }
    let mut pictures = Vec::with_capacity(file.images.len());
    let mut places = std::collections::HashMap::new();
    for image in file.images {
        check_size(image.width, image.height, name)?;
        if places.insert(image.id, pictures.len()).is_some() {
            return Err(malformed(format!("image {}", image.id), "its number occurs twice".to_owned()));
        }
        let (file_name, width, height) = (image.file_name, image.width, image.height);
        pictures.push(CocoPicture { file_name, width, height, masks: Vec::new() });
    }
    let mut meanings = std::collections::HashMap::new();
    for category in &file.categories {
        let meaning: Result<Meaning, String> = category.name.parse();
        meanings.insert(category.id, meaning);
    }
    for (number, annotation) in (1..).zip(file.annotations) {
        let place = || format!("annotation {number} (id {})", annotation.id);
        let Some(picture) = places.get(&annotation.image_id).map(|place| &mut pictures[*place]) else {
            return Err(malformed(place(), format!("its image {} is not in the file", annotation.image_id)));
        };
        let meaning = match meanings.get(&annotation.category_id) {
            Some(Ok(meaning)) => *meaning,
            Some(Err(what)) => return Err(malformed(place(), format!("its category {what}"))),
            None => {
                return Err(malformed(
                    place(),
                    format!("its category {} is not in the file", annotation.category_id),
                ));
            }
        };
        let size = [picture.height, picture.width];
        picture
            .masks
            .push((meaning, runs_of(annotation.segmentation, size).map_err(|e| malformed(place(), e))?));
    }
    Ok(pictures)
}

/// The runs of a segmentation of a picture of a size (height, width); what is wrong with it otherwise.
fn runs_of(segmentation: Segmentation, picture: [u32; 2]) -> Result<Runs, String> {
    let (size, counts) = match segmentation {
        Segmentation::Runs { size, counts } => (size, counts),
        Segmentation::Polygons(_) => {
            return Err("it is a polygon; save the masks as RLE (pycocotools: annToRLE)".to_owned());
        }
    };
    if size != picture {
        return Err(format!("{}x{} where its image has {}x{}", size[1], size[0], picture[1], picture[0]));
    }
    let pixels = u64::from(size[0]) * u64::from(size[1]);
    match counts {
        Counts::Plain(counts) => Runs::checked(counts, pixels),
        Counts::Encoded(text) => Runs::checked(decoded(&text)?, pixels),
    }
}

impl CocoPicture {
    /// The labels of the picture: layers first, lesions over them, unannotated where no mask lies. Masks of two
    /// layers over the same pixel, or of two lesions, are told in a warning; the later one holds it. `name` is the
    /// file's name for messages.
    pub fn labels(&self, name: &str) -> Labels {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut codes = vec![UNANNOTATED; width * height];
        let mut overlapping = 0_u64;
        let is_above = |meaning: &Meaning| matches!(meaning, Meaning::Label(code) if is_lesion(*code));
        let lower = self.masks.iter().filter(|(meaning, _)| !is_above(meaning));
        let upper = self.masks.iter().filter(|(meaning, _)| is_above(meaning));
        for (meaning, runs) in lower.chain(upper) {
            // Background names no side of the retina.
            let Meaning::Label(code) = *meaning else { continue };
            for at in runs.pixels(self.width, self.height) {
                let taken = codes[at] != UNANNOTATED && is_lesion(codes[at]) == is_lesion(code);
                overlapping += u64::from(taken && codes[at] != code);
                codes[at] = code;
            }
        }
        let warnings = match overlapping {
            0 => Vec::new(),
            count => vec![format!("{name}: {}: {count} pixels lie in two masks", self.file_name)],
        };
        let draws_layers = self.masks.iter().any(|(meaning, _)| !is_above(meaning));
        let disorder = Disorder::of(self.width, &codes);
        Labels {
            width: self.width,
            height: self.height,
            codes,
            disorder,
            only_lesions: !draws_layers,
            warnings,
        }
    }
}
