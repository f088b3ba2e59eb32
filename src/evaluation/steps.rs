//! What few steps cost in quality, of a model and of its student.

use std::time::Instant;

use serde::Serialize;

use super::drawn_scans::{ModelAndStudent, synthesize};
use super::patches::{DIRECTIONS, PATCH_SIDE, PATCHES_A_SCAN};
use super::picked::spread;
use super::{EvaluationError, ScanDone, SeenEyes, Subjects};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::formats::{FormatError, scan_image};
use crate::metrics::edges::{Edge, edge_heights, median};
use crate::metrics::fidelity::shown;
use crate::metrics::regions::{CLASS_COUNT, ClassGreys};
use crate::metrics::sliced_wasserstein::{Patches, corners, directions, sliced_wasserstein};
use crate::metrics::texture::{Texture, Textures};
use crate::scan::GreyImage;

/// Version of the JSON report.
const REPORT_VERSION: u32 = 1;
/// Steps of the pictures that the others are measured against.
const REFERENCE_STEPS: u32 = 20;
/// Scans on the sheet.
const SHEET_SCANS: usize = 4;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct StepsReport {
    version: u32,
    scans: usize,
    subjects: Vec<String>,
    device: String,
    /// Name and tensor hash.
    model: (String, String),
    student: Option<(String, String)>,
    /// Whether they were allowed to have seen the subjects, and did.
    #[serde(flatten)]
    seen: SeenEyes,
    seed: u64,
    /// How the noise levels of more than one step are spaced.
    noise_levels: &'static str,
    lines: Vec<Line>,
}

/// The figures of one way to draw, or of the real scans.
#[derive(Debug, Serialize)]
struct Line {
    what: String,
    secs_per_scan: Option<f64>,
    /// Of the classes' mean greys from the reference's, in grey levels.
    grey_difference_mean: Option<f64>,
    grey_difference_most: Option<f64>,
    /// Median step from row to row at the interface, in grey levels.
    ilm_edge: Option<f64>,
    bm_edge: Option<f64>,
    /// Geometric means over the classes of the ratio to the reference.
    contrast_ratio: Option<f64>,
    lateral_width_ratio: Option<f64>,
    axial_width_ratio: Option<f64>,
    /// Sliced Wasserstein distances in grey levels.
    patches_from_reference: Option<f64>,
    patches_from_real: Option<f64>,
}

/// A way to draw, with everything its pictures gave.
struct Drawn<'a> {
    what: String,
    /// The network and its path; `None` for the real scans.
    maker: Option<(&'a Synthesizer, SamplingSettings)>,
    secs: f64,
    greys: ClassGreys,
    textures: Textures,
    edges: [Vec<f64>; 2],
    patches: Patches,
}

impl<'a> Drawn<'a> {
    fn new(what: String, maker: Option<(&'a Synthesizer, SamplingSettings)>) -> Self {
        Self {
            what,
            maker,
            secs: 0.0,
            greys: ClassGreys::default(),
            textures: Textures::default(),
            edges: Default::default(),
            patches: Patches::new(PATCH_SIDE as usize),
        }
    }

    fn add(&mut self, image: &GreyImage, labels: &[u8], valid: &[bool], corners: &[[u32; 2]]) {
        self.greys.add(image, labels, valid);
        self.textures.add(image, labels, valid);
        for (heights, edge) in self.edges.iter_mut().zip([Edge::Ilm, Edge::Bm]) {
            heights.extend(edge_heights(image, labels, valid, edge));
        }
        self.patches.add(image, corners);
    }
}

/// What is drawn, and how.
#[derive(Debug)]
pub struct Steps<'a> {
    /// The data set.
    pub manifest: &'a Manifest,
    /// Who is measured.
    pub who: &'a Subjects,
    /// Their labelled scans, as [`Subjects::scans`] gives them.
    pub scans: &'a [&'a ManifestEntry],
    /// At most so many of them are measured, spread evenly.
    pub most: usize,
    /// What draws.
    pub models: &'a ModelAndStudent,
    /// On what, as shown to the user.
    pub device: String,
    /// Step counts that are measured.
    pub counts: &'a [u32],
    /// The model's path from noise to scan; a student has its own.
    pub sampler: Sampler,
    /// How the noise levels of more than one step are spaced; a student has its own.
    pub noise_levels: NoiseSpacing,
    /// Of the first scan's noise; the others follow.
    pub seed: u64,
}

impl<'a> Steps<'a> {
    /// Draws and measures; `on_scan` is told each scan.
    ///
    /// # Errors
    /// If a scan cannot be read.
    pub fn measure(
        &self,
        on_scan: &mut dyn FnMut(&ScanDone),
    ) -> Result<(StepsReport, StepsSheet), EvaluationError> {
        let entries = spread(self.scans, self.most);
        let mut ways = self.ways_to_draw();
        let mut rows = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let scan = LabelledScan::load(self.manifest, entry)?;
            let valid = scan.valid_pixels();
            let places = corners(&valid, scan.image.width, PATCH_SIDE, PATCHES_A_SCAN, index as u64);
            let mut row = Vec::new();
            for way in &mut ways {
                let image = match way.maker {
                    Some((synthesizer, settings)) => {
                        let began = Instant::now();
                        let image =
                            synthesize(synthesizer, &scan, settings, self.seed.wrapping_add(index as u64));
                        way.secs += began.elapsed().as_secs_f64();
                        image
                    }
                    None => scan.image.clone(),
                };
                way.add(&image, &scan.labels, &valid, &places);
                row.push(image);
            }
            if rows.len() < SHEET_SCANS {
                rows.push(row);
            }
            on_scan(&ScanDone { entry, index, count: entries.len() });
        }
        let sheet = StepsSheet { titles: ways.iter().map(|way| way.what.clone()).collect(), rows };
        let report = StepsReport {
            version: REPORT_VERSION,
            scans: entries.len(),
            subjects: self.who.measured.clone(),
            device: self.device.clone(),
            model: self.models.named(),
            student: self.models.student_named(),
            seen: self.models.seen.clone(),
            seed: self.seed,
            noise_levels: self.noise_levels.name(),
            lines: lines(&ways, entries.len()),
        };
        Ok((report, sheet))
    }

    /// The real scan, the model at its best, and the model and the student in each count of steps.
    fn ways_to_draw(&self) -> Vec<Drawn<'a>> {
        let ModelAndStudent { model: teacher, student, .. } = self.models;
        let of_model = |steps| SamplingSettings { sampler: self.sampler, spacing: self.noise_levels, steps };
        // A student was taught at the levels that are even in time.
        let of_student =
            |steps| SamplingSettings { sampler: Sampler::Consistency, spacing: NoiseSpacing::Time, steps };
        let reference = (teacher, of_model(REFERENCE_STEPS));
        let mut ways = vec![
            Drawn::new("real scan".to_owned(), None),
            Drawn::new(format!("model, {REFERENCE_STEPS} steps"), Some(reference)),
        ];
        let steps_text = |steps: u32| format!("{steps} {}", if steps == 1 { "step" } else { "steps" });
        for &steps in self.counts {
            let what = format!("model, {}", steps_text(steps));
            ways.push(Drawn::new(what, Some((teacher, of_model(steps)))));
        }
        if let Some(student) = student {
            for &steps in self.counts.iter().filter(|&&steps| steps <= 4) {
                let what = format!("student, {}", steps_text(steps));
                ways.push(Drawn::new(what, Some((student, of_student(steps)))));
            }
        }
        ways
    }
}

/// The first scans in every way, a row each.
#[derive(Debug)]
pub struct StepsSheet {
    titles: Vec<String>,
    rows: Vec<Vec<GreyImage>>,
}

impl StepsSheet {
    /// The sheet as a PNG.
    ///
    /// # Errors
    /// If the encoder refuses, which a sheet of ordinary size gives no reason for.
    pub fn encode(&self) -> Result<Vec<u8>, FormatError> {
        let columns = self.titles.join(" | ");
        scan_image::write(
            &mosaic(&self.rows),
            &[("Comment", "SYNTHETIC but for the first column"), ("Columns", &columns)],
        )
    }
}

fn lines(ways: &[Drawn<'_>], scans: usize) -> Vec<Line> {
    let (real, reference) = (&ways[0], &ways[1]);
    let along = directions((PATCH_SIDE * PATCH_SIDE) as usize, DIRECTIONS);
    let reference_textures = reference.textures.textures();
    ways.iter()
        .map(|way| {
            let differences: Vec<f64> = (way.greys.means().iter().zip(reference.greys.means()))
                .filter_map(|(mean, reference)| Some(((*mean)? - reference?).abs()))
                .collect();
            let mean = differences.iter().sum::<f64>() / differences.len().max(1) as f64;
            let textures = way.textures.textures();
            let ratio =
                |figure: fn(&Texture) -> Option<f64>| mean_ratio(&textures, &reference_textures, figure);
            Line {
                what: way.what.clone(),
                secs_per_scan: way.maker.map(|_| way.secs / scans as f64),
                grey_difference_mean: (!differences.is_empty()).then_some(mean),
                grey_difference_most: differences.iter().copied().max_by(f64::total_cmp),
                ilm_edge: median(way.edges[0].clone()),
                bm_edge: median(way.edges[1].clone()),
                contrast_ratio: ratio(|texture| Some(texture.contrast)),
                lateral_width_ratio: ratio(|texture| texture.lateral_width_px),
                axial_width_ratio: ratio(|texture| texture.axial_width_px),
                patches_from_reference: sliced_wasserstein(&way.patches, &reference.patches, &along),
                patches_from_real: sliced_wasserstein(&way.patches, &real.patches, &along),
            }
        })
        .collect()
}

/// Geometric mean over the classes that have the figure in both.
fn mean_ratio(
    textures: &[Option<Texture>; CLASS_COUNT],
    reference: &[Option<Texture>; CLASS_COUNT],
    figure: fn(&Texture) -> Option<f64>,
) -> Option<f64> {
    let of = |texture: &Option<Texture>| texture.as_ref().and_then(figure).filter(|&value| value > 0.0);
    let logs: Vec<f64> =
        textures.iter().zip(reference).filter_map(|(a, b)| Some((of(a)? / of(b)?).ln())).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

/// Rows of pictures below each other, as one grey picture.
fn mosaic(rows: &[Vec<GreyImage>]) -> GreyImage {
    let width = rows.iter().map(|row| row.iter().map(|image| image.width).sum::<u32>()).max().unwrap_or(1);
    let height = rows.iter().filter_map(|row| row.first()).map(|image| image.height).sum::<u32>().max(1);
    let mut pixels = vec![0; width as usize * height as usize];
    let mut top = 0;
    for row in rows {
        let mut left = 0;
        for image in row {
            let columns = image.width as usize;
            for (y, line) in image.pixels.chunks_exact(columns).enumerate() {
                let start = (top + y) * width as usize + left;
                pixels[start..start + columns].copy_from_slice(line);
            }
            left += columns;
        }
        top += row.first().map_or(0, |image| image.height as usize);
    }
    GreyImage::new(width, height, pixels)
}

impl StepsReport {
    /// The report for people.
    pub fn table(&self) -> String {
        let short = |sha256: &str| sha256[..sha256.len().min(12)].to_owned();
        let mut text = format!(
            "{} scans of {}; model {} ({})",
            self.scans,
            self.subjects.join(", "),
            self.model.0,
            short(&self.model.1)
        );
        if let Some((name, sha256)) = &self.student {
            text += &format!(", student {name} ({})", short(sha256));
        }
        text += &format!(
            ", seed {}, noise levels {}, {}\n{}\n",
            self.seed,
            self.noise_levels,
            self.device,
            self.seen.line()
        );
        text += &format!(
            "{:<18} {:>7} {:>15} {:>13} {:>9} {:>15} {:>19}\n",
            "", "s", "class grey", "edge height", "contrast", "speckle width", "patch distance"
        );
        text += &format!(
            "{:<18} {:>7} {:>7} {:>7} {:>6} {:>6} {:>9} {:>7} {:>7} {:>10} {:>8}\n",
            "", "a scan", "mean", "most", "ILM", "BM", "ratio", "lateral", "axial", "reference", "real"
        );
        for line in &self.lines {
            text += &format!(
                "{:<18} {:>7} {:>7} {:>7} {:>6} {:>6} {:>9} {:>7} {:>7} {:>10} {:>8}\n",
                line.what,
                shown(line.secs_per_scan, 2),
                shown(line.grey_difference_mean, 1),
                shown(line.grey_difference_most, 1),
                shown(line.ilm_edge, 1),
                shown(line.bm_edge, 1),
                shown(line.contrast_ratio, 2),
                shown(line.lateral_width_ratio, 2),
                shown(line.axial_width_ratio, 2),
                shown(line.patches_from_reference, 2),
                shown(line.patches_from_real, 2),
            );
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_beside_and_below_each_other() {
        let flat = |grey| GreyImage::new(2, 1, vec![grey; 2]);
        let sheet = mosaic(&[vec![flat(1), flat(2)], vec![flat(3), flat(4)]]);
        assert_eq!((sheet.width, sheet.height), (4, 2));
        assert_eq!(*sheet.pixels, [1, 1, 2, 2, 3, 3, 4, 4]);
    }
}
