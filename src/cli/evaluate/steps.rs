//! `retidiff evaluate steps`: what few steps cost in quality, of a model and of its student.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::super::compute::ComputeDevice;
use super::measured::{
    DIRECTIONS, MeasuredArgs, ModelAndStudent, PATCH_SIDE, PATCHES_A_SCAN, spread, synthesize,
};
use crate::dataset::Manifest;
use crate::dataset::samples::LabelledScan;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{Settings, Synthesizer};
use crate::formats::{scan_image, write_atomically};
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

/// Measure pictures of few steps against the same model's at 20, on the masks of labelled scans.
///
/// The noise is the same for all of them. Printed are the time of a scan; the largest and the mean difference
/// of the classes' mean grey; the height of the edges at ILM and BM; the classes' speckle contrast and
/// autocorrelation widths, as mean ratios to the reference; and the sliced Wasserstein distance of 7 x 7
/// patches, in grey levels, from the reference and from the real scans. Of the student, where there is one,
/// pictures of more than one step are drawn with fresh noise between them.
#[derive(Debug, Args)]
pub struct StepsArgs {
    #[command(flatten)]
    measured: MeasuredArgs,
    /// Its student's model file; the one beside the model unless said here
    #[arg(long, value_name = "FILE")]
    student: Option<PathBuf>,
    /// At most so many scans, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(1..))]
    scans: u32,
    /// Step counts to measure
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', default_values_t = [1, 2, 4, 8],
        value_parser = clap::value_parser!(u32).range(1..=100))]
    steps: Vec<u32>,
    /// The model's path from noise to scan
    #[arg(long, value_enum, default_value_t)]
    sampler: Sampler,
    /// Seed of the first scan's noise; the others follow
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Write the pictures of four scans beside each other: the real scan, the reference, the measured ones
    #[arg(long, value_name = "FILE")]
    sheet: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    scans: usize,
    subjects: Vec<String>,
    device: String,
    /// Name and tensor hash.
    model: (String, String),
    student: Option<(String, String)>,
    seed: u64,
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
    maker: Option<(&'a Synthesizer, Settings)>,
    secs: f64,
    greys: ClassGreys,
    textures: Textures,
    edges: [Vec<f64>; 2],
    patches: Patches,
}

impl<'a> Drawn<'a> {
    fn new(what: String, maker: Option<(&'a Synthesizer, Settings)>) -> Self {
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

    fn add(&mut self, image: &GreyImage, labels: &[u8], counted: &[bool], corners: &[[u32; 2]]) {
        self.greys.add(image, labels, counted);
        self.textures.add(image, labels, counted);
        for (heights, edge) in self.edges.iter_mut().zip([Edge::Ilm, Edge::Bm]) {
            heights.extend(edge_heights(image, labels, counted, edge));
        }
        self.patches.add(image, corners);
    }
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written.
pub fn run(args: &StepsArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.measured.data)?;
    let who = args.measured.subjects()?;
    let entries = spread(&who.scans(&manifest)?, args.scans as usize);
    let (device, device_name) = args.device.pick()?;
    let ModelAndStudent { model: teacher, student } =
        args.measured.load_with_student(args.student.as_ref(), &who, &device)?;

    let mut ways = ways_to_draw(args, &teacher, student.as_ref());
    let mut rows = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let scan = LabelledScan::load(&manifest, entry)?;
        let counted = scan.counted_pixels();
        let places = corners(&counted, scan.image.width, PATCH_SIDE, PATCHES_A_SCAN, index as u64);
        let mut row = Vec::new();
        for way in &mut ways {
            let image = match way.maker {
                Some((synthesizer, settings)) => {
                    let began = Instant::now();
                    let image =
                        synthesize(synthesizer, &scan, settings, args.seed.wrapping_add(index as u64));
                    way.secs += began.elapsed().as_secs_f64();
                    image
                }
                None => scan.image.clone(),
            };
            way.add(&image, &scan.labels, &counted, &places);
            row.push(image);
        }
        if args.sheet.is_some() && rows.len() < SHEET_SCANS {
            rows.push(row);
        }
        if !args.json {
            eprintln!("{} ({} of {})", entry.id, index + 1, entries.len());
        }
    }
    if let Some(path) = &args.sheet {
        write_sheet(path, &rows, &ways)?;
    }
    let named = |synthesizer: &Synthesizer| {
        (synthesizer.info().name.clone(), synthesizer.info().tensors_sha256.clone())
    };
    let report = Report {
        version: REPORT_VERSION,
        scans: entries.len(),
        subjects: who.measured,
        device: device_name,
        model: named(&teacher),
        student: student.as_ref().map(named),
        seed: args.seed,
        lines: lines(&ways, entries.len()),
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", table(&report));
    }
    Ok(())
}

/// The real scan, the model at its best, and the model and the student in each count of steps.
fn ways_to_draw<'a>(
    args: &StepsArgs,
    teacher: &'a Synthesizer,
    student: Option<&'a Synthesizer>,
) -> Vec<Drawn<'a>> {
    let settings = |sampler, steps| Settings { sampler, spacing: NoiseSpacing::Time, steps };
    let reference = (teacher, settings(args.sampler, REFERENCE_STEPS));
    let mut ways = vec![
        Drawn::new("real scan".to_owned(), None),
        Drawn::new(format!("model, {REFERENCE_STEPS} steps"), Some(reference)),
    ];
    let counted_steps = |steps: u32| format!("{steps} {}", if steps == 1 { "step" } else { "steps" });
    for &steps in &args.steps {
        let what = format!("model, {}", counted_steps(steps));
        ways.push(Drawn::new(what, Some((teacher, settings(args.sampler, steps)))));
    }
    if let Some(student) = student {
        for &steps in args.steps.iter().filter(|&&steps| steps <= 4) {
            let what = format!("student, {}", counted_steps(steps));
            ways.push(Drawn::new(what, Some((student, settings(Sampler::Consistency, steps)))));
        }
    }
    ways
}

/// Writes the first scans in every way, a row each.
fn write_sheet(path: &Path, rows: &[Vec<GreyImage>], ways: &[Drawn<'_>]) -> anyhow::Result<()> {
    let titles: Vec<&str> = ways.iter().map(|way| way.what.as_str()).collect();
    let columns = titles.join(" | ");
    let bytes = scan_image::write(
        &mosaic(rows),
        &[("Comment", "SYNTHETIC but for the first column"), ("Columns", &columns)],
    )?;
    write_atomically(path, &bytes).with_context(|| format!("writing {}", path.display()))
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

/// The report for people.
fn table(report: &Report) -> String {
    let short = |sha256: &str| sha256[..sha256.len().min(12)].to_owned();
    let mut text = format!(
        "{} scans of {}; model {} ({})",
        report.scans,
        report.subjects.join(", "),
        report.model.0,
        short(&report.model.1)
    );
    if let Some((name, sha256)) = &report.student {
        text += &format!(", student {name} ({})", short(sha256));
    }
    text += &format!(", seed {}, {}\n\n", report.seed, report.device);
    text += &format!(
        "{:<18} {:>7} {:>15} {:>13} {:>9} {:>15} {:>19}\n",
        "", "s", "class grey", "edge height", "contrast", "grain width", "patch distance"
    );
    text += &format!(
        "{:<18} {:>7} {:>7} {:>7} {:>6} {:>6} {:>9} {:>7} {:>7} {:>10} {:>8}\n",
        "", "a scan", "mean", "most", "ILM", "BM", "ratio", "lateral", "axial", "reference", "real"
    );
    for line in &report.lines {
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
