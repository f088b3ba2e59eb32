//! Labelled B-scans in memory, placed on the network's grid, ready to be cut into training strips.
//!
//! Eight bits a pixel: the whole of the annotated data fits into a hundred megabytes, so no batch ever
//! waits for the disk.

use std::ops::Range;

use super::lesion_edges::moved_to_edges;
use super::manifest::{Manifest, ManifestEntry, SYNTHETIC};
use crate::anatomy::{UNANNOTATED, is_lesion};
use crate::encoding::mapping::Mapping;
use crate::encoding::shadow::column_shadows;
use crate::encoding::shown_columns::longest_annotated_run;
use crate::encoding::style::{self, StyleFigures};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{FormatError, read_file, scan_image};
use crate::scan::{GreyImage, Spacing};

/// How deep into the scanned area the filling of an unscanned one may look, in pixels.
const FILL_DEPTH: usize = 24;

/// One labelled B-scan on the grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sample {
    /// Name of the scan.
    pub id: String,
    /// Whose eye it is.
    pub subject: String,
    /// The data set it came from.
    pub source: String,
    /// Grid columns.
    pub width: usize,
    /// Grid rows.
    pub height: usize,
    /// Grey values, row-major; unscanned areas hold their neighbourhood's texture.
    pub image: Vec<u8>,
    /// Composite codes, row-major.
    pub labels: Vec<u8>,
    /// Whether a pixel may be learned from: inside the scanned area.
    pub valid: Vec<bool>,
    /// The longest run of columns in which every pixel is annotated.
    pub annotated: Range<usize>,
    /// Columns that show a lesion.
    pub lesion_columns: Vec<u32>,
    /// What its style is made of, where networks are conditioned on it.
    pub figures: Option<StyleFigures>,
    /// Its style as a condition; empty where networks have no such condition.
    pub style: Vec<f32>,
    /// Vessel shadow of each column; empty where networks have no such condition.
    pub shadow: Vec<f32>,
}

/// What is made of labelled scans beside the scans themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SampleOptions {
    /// Whether scans that no grader labelled train.
    pub pseudo_labelled: bool,
    /// Whether lesion outlines are moved onto the edges that the scans show.
    pub lesion_edges: bool,
    /// Directions of the style that a network is conditioned on; 0 for none.
    pub style_components: usize,
    /// Whether a network is conditioned on vessel shadows.
    pub shadow: bool,
    /// Whether lumens are cut out.
    pub lumens: bool,
    /// Whether a scan without a known pixel size is taken to have [`ASSUMED_SPACING`], not pixel to pixel.
    pub assumed_spacing: bool,
    /// Whether labels are blended on their way to the grid, as YNet's published code does, and not taken from the
    /// nearest pixel.
    pub blended_labels: bool,
}

/// The pixel size of a scan about which nothing is known, where one has to be assumed: that of a Spectralis macular
/// scan.
pub const ASSUMED_SPACING: Spacing = Spacing { axial_um_per_px: 3.87, lateral_um_per_px: 11.3 };

/// A manifest entry with its pixels, in document coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledScan {
    /// What the manifest says of it.
    pub entry: ManifestEntry,
    /// The scan.
    pub image: GreyImage,
    /// Composite codes, row-major, the size of the image.
    pub labels: Vec<u8>,
    /// Where the instrument recorded something.
    pub scanned: Vec<bool>,
}

impl LabelledScan {
    /// Reads the image, the labels and the scanned area of an entry.
    ///
    /// # Errors
    /// A file that cannot be read, or one whose size is not the image's.
    pub fn load(manifest: &Manifest, entry: &ManifestEntry) -> Result<Self, FormatError> {
        let size = (entry.width, entry.height);
        let read = |relative: &str| {
            let path = manifest.path(relative);
            Ok::<_, FormatError>((read_file(&path)?, path.display().to_string()))
        };
        let check = |name: &str, found: (u32, u32)| {
            if found == size {
                return Ok(());
            }
            let problem =
                format!("{}x{} pixels where the manifest says {}x{}", found.0, found.1, size.0, size.1);
            Err(FormatError::malformed(name, "the size", problem, remedy(entry)))
        };
        let (bytes, name) = read(&entry.image)?;
        let image = scan_image::read(&bytes, &name)?;
        check(&name, (image.width, image.height))?;
        let labels = match &entry.label {
            Some(relative) => {
                let (bytes, name) = read(relative)?;
                let labels = label_png::read(&bytes, &name, CodeScheme::Studio)
                    .map_err(|error| of_a_set(error, entry))?;
                check(&name, (labels.width, labels.height))?;
                labels.codes
            }
            None => vec![UNANNOTATED; image.pixels.len()],
        };
        let scanned = match &entry.scanned_area {
            Some(relative) => {
                let (bytes, name) = read(relative)?;
                let area = scan_image::read(&bytes, &name)?;
                check(&name, (area.width, area.height))?;
                area.pixels.iter().map(|&value| value != 0).collect()
            }
            None => vec![true; image.pixels.len()],
        };
        Ok(Self { entry: entry.clone(), image, labels, scanned })
    }

    /// Whether a column's labels have every boundary, so that layers may be measured there.
    pub fn is_column_valid(&self, x: u32) -> bool {
        !self.entry.ignored_columns.iter().any(|run| (run[0]..run[1]).contains(&x))
    }

    /// Pixels that may be measured: scanned, and in columns where every boundary is annotated.
    pub fn valid_pixels(&self) -> Vec<bool> {
        let width = self.image.width;
        let columns: Vec<bool> = (0..width).map(|x| self.is_column_valid(x)).collect();
        let pixels = self.scanned.iter().zip(columns.iter().cycle());
        pixels.map(|(&scanned, &is_valid)| scanned && is_valid).collect()
    }

    /// Some of its columns as a scan of their own.
    ///
    /// # Panics
    /// If there is none or they lie outside.
    pub fn cropped(&self, columns: Range<usize>) -> Self {
        let width = self.image.width as usize;
        assert!(!columns.is_empty() && columns.end <= width, "columns {columns:?} of {width}");
        let (first, end) = (columns.start as u32, columns.end as u32);
        let inside = |run: &[u32; 2]| {
            let run = run.map(|x| x.clamp(first, end) - first);
            (run[0] < run[1]).then_some(run)
        };
        let entry = ManifestEntry {
            width: end - first,
            ignored_columns: self.entry.ignored_columns.iter().filter_map(inside).collect(),
            ..self.entry.clone()
        };
        Self {
            entry,
            image: GreyImage::new(
                end - first,
                self.image.height,
                columns_of(&self.image.pixels, width, &columns),
            ),
            labels: columns_of(&self.labels, width, &columns),
            scanned: columns_of(&self.scanned, width, &columns),
        }
    }

    /// The columns that a network with this mapping is shown: on a fixed grid the longest annotated run, where
    /// there is one, else all.
    pub fn shown_columns(&self, mapping: &Mapping) -> Range<usize> {
        mapping.trained_columns(&self.labels, self.image.width as usize)
    }

    /// The longest annotated run of columns, where there is one, else all.
    pub fn annotated_columns(&self) -> Range<usize> {
        let width = self.image.width as usize;
        let annotated = longest_annotated_run(&self.labels, width);
        if annotated.is_empty() { 0..width } else { annotated }
    }

    /// The image with its unscanned areas filled by the texture beside them.
    pub fn filled_image(&self) -> GreyImage {
        let mut pixels = self.image.pixels.to_vec();
        fill_unscanned(&mut pixels, &self.scanned, self.image.width as usize);
        GreyImage::new(self.image.width, self.image.height, pixels)
    }
}

/// What helps where a file of a data set is not what its manifest says.
fn remedy(entry: &ManifestEntry) -> &'static str {
    match entry.source == SYNTHETIC {
        true => "make the pairs anew, into an empty folder",
        false => "import the data set again",
    }
}

/// Labels of a data set are the studio's codes: nobody is asked what others they may be.
fn of_a_set(error: FormatError, entry: &ManifestEntry) -> FormatError {
    match error {
        FormatError::Ambiguous { file, question, .. } => {
            let remedy = format!("The label table's codes were expected: {}.", remedy(entry));
            FormatError::Ambiguous { file, question, remedy }
        }
        other => other,
    }
}

impl Sample {
    /// [`Sample::new`] with what the options ask for.
    pub fn with_options(scan: &LabelledScan, mapping: &Mapping, options: SampleOptions) -> Self {
        let mut sample = match (scan.entry.spacing, options.assumed_spacing) {
            (None, true) => {
                let mut known = scan.clone();
                known.entry.spacing = Some(ASSUMED_SPACING);
                Self::placed(&known, mapping, options.blended_labels)
            }
            _ => Self::placed(scan, mapping, options.blended_labels),
        };
        if options.lesion_edges && !sample.lesion_columns.is_empty() {
            sample.labels = moved_to_edges(sample.width as u32, &sample.image, &sample.labels);
            sample.lesion_columns = lesion_columns(&sample.labels, sample.width);
        }
        let Self { width, image, labels, valid, annotated, .. } = &sample;
        let figures =
            (options.style_components > 0).then(|| style::measure(*width, image, labels, valid, annotated));
        let shadow = match options.shadow {
            true => column_shadows(*width, image, labels, annotated),
            false => Vec::new(),
        };
        Self { figures, shadow, ..sample }
    }

    /// A labelled scan placed on the grid of `mapping`.
    pub fn new(scan: &LabelledScan, mapping: &Mapping) -> Self {
        Self::placed(scan, mapping, false)
    }

    fn placed(scan: &LabelledScan, mapping: &Mapping, blended_labels: bool) -> Self {
        let shown = scan.shown_columns(mapping);
        if shown.len() < scan.image.width as usize {
            return Self::placed(&scan.cropped(shown), mapping, blended_labels);
        }
        let (width, height) = (scan.image.width, scan.image.height);
        let plan = mapping.plan(width, height, scan.entry.spacing);
        // Columns that a segmenter must ignore are learned from all the same: the missing boundary there is
        // mostly the one above a cyst, and without them the network would see few cysts. The price is a
        // layer drawn too thick beside the fluid.
        let valid: Vec<u8> = scan.scanned.iter().map(|&scanned| u8::from(scanned)).collect();
        let image = plan
            .image_to_grid(&scan.filled_image())
            .iter()
            .map(|value| ((value + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8)
            .collect();
        let labels = match blended_labels {
            true => plan.labels_to_grid_blended(&scan.labels),
            false => plan.labels_to_grid(&scan.labels),
        };
        let (columns, rows) = (plan.grid_width as usize, plan.grid_height as usize);
        let inside = |pixel: usize| {
            pixel % columns < plan.content_width as usize && pixel / columns < plan.content_height as usize
        };
        let valid = plan
            .labels_to_grid(&valid)
            .iter()
            .enumerate()
            .map(|(pixel, &value)| value != 0 && inside(pixel))
            .collect();
        Self {
            id: scan.entry.id.clone(),
            subject: scan.entry.subject.clone(),
            source: scan.entry.source.clone(),
            width: columns,
            height: rows,
            annotated: longest_annotated_run(&labels, columns),
            lesion_columns: lesion_columns(&labels, columns),
            image,
            labels,
            valid,
            ..Self::default()
        }
    }
}

/// The columns of a row-major plane of codes that show a lesion.
fn lesion_columns(labels: &[u8], width: usize) -> Vec<u32> {
    let has_lesion = |x: &u32| labels[*x as usize..].iter().step_by(width).any(|&code| is_lesion(code));
    (0..width as u32).filter(has_lesion).collect()
}

/// Some columns of a row-major plane.
fn columns_of<T: Copy>(plane: &[T], width: usize, columns: &Range<usize>) -> Vec<T> {
    plane.chunks_exact(width).flat_map(|row| &row[columns.clone()]).copied().collect()
}

/// Fills unscanned pixels of each column with a reflection of the scanned ones beside them, so that a
/// network sees speckle there and not a white blob; a column without any scanned pixel copies its
/// neighbour.
pub fn fill_unscanned(pixels: &mut [u8], scanned: &[bool], width: usize) {
    let height = pixels.len() / width;
    let mut empty_columns = Vec::new();
    let mut last_filled = None;
    for x in 0..width {
        let at = |y: usize| y * width + x;
        let Some(first) = (0..height).find(|&y| scanned[at(y)]) else {
            empty_columns.push(x);
            continue;
        };
        let last = (0..height).rev().find(|&y| scanned[at(y)]).unwrap_or(first);
        let depth = FILL_DEPTH.min(last - first + 1);
        for y in (0..height).filter(|&y| !scanned[at(y)]) {
            let source = if y < first {
                first + bounce(first - 1 - y, depth)
            } else if y > last {
                last - bounce(y - last - 1, depth)
            } else {
                // A hole inside the scanned area: the nearest scanned pixel above.
                (0..y).rev().find(|&above| scanned[at(above)]).unwrap_or(first)
            };
            pixels[at(y)] = pixels[at(source)];
        }
        last_filled = Some(x);
        for empty in empty_columns.drain(..) {
            copy_column(pixels, width, x, empty);
        }
    }
    if let Some(from) = last_filled {
        for empty in empty_columns {
            copy_column(pixels, width, from, empty);
        }
    }
}

/// 0, 1, .. depth - 1, depth - 1, .. 1, 0, 0, 1, ..
fn bounce(distance: usize, depth: usize) -> usize {
    let place = distance % (2 * depth);
    if place < depth { place } else { 2 * depth - 1 - place }
}

fn copy_column(pixels: &mut [u8], width: usize, from: usize, to: usize) {
    for row in pixels.chunks_exact_mut(width) {
        row[to] = row[from];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::write_file;

    #[test]
    fn what_is_not_as_the_manifest_says_is_made_or_imported_anew() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path();
        let image = scan_image::write(&GreyImage::new(4, 2, vec![0; 8]), &[]).unwrap();
        write_file(&dir.join("a.png"), &image).unwrap();
        let labels = scan_image::write(&GreyImage::new(4, 2, vec![77, 77, 77, 77, 0, 0, 0, 0]), &[]).unwrap();
        write_file(&dir.join("l.png"), &labels).unwrap();
        let manifest = Manifest::open_for_appending(dir).unwrap();
        let said = |source: &str, width: u32| {
            let entry = serde_json::from_value(serde_json::json!({
                "version": 1, "id": "a", "image": "a.png", "label": "l.png", "width": width, "height": 2, "subject": "s",
                "source": source,
            }));
            LabelledScan::load(&manifest, &entry.unwrap()).unwrap_err().to_string()
        };
        for (source, remedy) in
            [(SYNTHETIC, "make the pairs anew"), ("tian2015", "import the data set again")]
        {
            let label = said(source, 4);
            assert!(label.contains("l.png: the value 77") && label.contains(remedy), "{label}");
            assert!(!label.contains("--map") && !label.contains("--scheme"), "{label}");
            let size = said(source, 5);
            assert!(size.contains("a.png") && size.contains(remedy), "{size}");
        }
    }

    #[test]
    fn unscanned_areas_take_the_texture_beside_them() {
        // Two columns, the first with two unscanned pixels on top, the second wholly unscanned.
        let mut pixels = vec![255, 255, 255, 255, 10, 255, 20, 255];
        let scanned = [false, false, false, false, true, false, true, false];
        fill_unscanned(&mut pixels, &scanned, 2);
        assert_eq!(pixels, [20, 20, 10, 10, 10, 10, 20, 20]);
    }

    #[test]
    fn a_fixed_grid_shows_the_annotated_columns_alone() {
        let entry: ManifestEntry = serde_json::from_value(serde_json::json!({
            "version": 1, "id": "a", "image": "a.png", "width": 40, "height": 8, "subject": "s",
            "source": "test", "ignored_columns": [[0, 12], [16, 18]],
        }))
        .unwrap();
        let greys = (0..320).map(|pixel| pixel % 40).map(|x| if (10..20).contains(&x) { 200 } else { 0 });
        let scan = LabelledScan {
            entry,
            image: GreyImage::new(40, 8, greys.collect::<Vec<u8>>()),
            labels: (0..320)
                .map(|pixel| if (10..20).contains(&(pixel % 40)) { 3 } else { UNANNOTATED })
                .collect(),
            scanned: vec![true; 320],
        };
        assert_eq!(scan.shown_columns(&Mapping::live()), 0..40);
        assert_eq!(scan.shown_columns(&Mapping::paper()), 10..20);
        let cropped = scan.cropped(10..20);
        assert_eq!(
            (cropped.entry.width, cropped.entry.ignored_columns.as_slice()),
            (10, &[[0, 2], [6, 8]][..])
        );
        let sample = Sample::new(&scan, &Mapping::paper());
        assert_eq!((sample.width, sample.height, sample.annotated), (480, 480, 0..480));
        assert!(sample.image.iter().all(|&grey| grey == 200) && sample.valid.iter().all(|&valid| valid));
    }

    #[test]
    fn labels_are_blended_where_that_is_asked_for() {
        let entry: ManifestEntry = serde_json::from_value(serde_json::json!({
            "version": 1, "id": "a", "image": "a.png", "width": 4, "height": 2, "subject": "s", "source": "test",
        }))
        .unwrap();
        let scan = LabelledScan {
            entry,
            image: GreyImage::new(4, 2, vec![7; 8]),
            labels: vec![0, 0, 7, 7, 0, 0, 7, 7],
            scanned: vec![true; 8],
        };
        let mapping = Mapping { multiple: 1, fixed_size: Some([2, 3]), ..Mapping::live() };
        let labels = |blended_labels| {
            let options = SampleOptions { blended_labels, ..SampleOptions::default() };
            Sample::with_options(&scan, &mapping, options).labels
        };
        assert_eq!(labels(false), [0, 7, 7, 0, 7, 7]);
        assert_eq!(labels(true), [0, 4, 7, 0, 4, 7]);
    }
}
