//! Arguments for what a scan is to look like beyond its mask: style and vessel shadows.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::document::Appearance;
use crate::encoding::drawn_looks::band_contrast_of_seed;
use crate::encoding::outer_bands;
use crate::encoding::style::{StyleModel, measure};
use crate::formats::label_png::{self, CodeScheme};
use crate::formats::{read_file, scan_image, scanned_area};
use crate::scan::{GreyImage, Spacing};
use crate::worker::LoadedModel;

/// Most columns that `--vessels` may name.
const MAX_COLUMNS: u32 = 1 << 16;

/// Style and vessel shadows, for models that know them.
#[derive(Debug, clap::Args)]
pub struct LookArgs {
    /// The style of an eye and its device: `drawn` between two training eyes by the seed, or numbers in deviations
    /// along the directions of the model, as a synthetic scan's text `Style` holds them
    #[arg(long, value_name = "drawn|N,N,...", allow_hyphen_values = true)]
    style: Option<String>,
    /// A scan whose style to take; with --like-labels
    #[arg(long, value_name = "SCAN", conflicts_with = "style", requires = "like_labels")]
    like: Option<PathBuf>,
    /// The labels of that scan, a label PNG of its size
    #[arg(long, value_name = "LABELS.png", requires = "like")]
    like_labels: Option<PathBuf>,
    /// Vessel shadows: `drawn` at random places by the seed, or runs of columns with their darkness (0 to 255), as a
    /// synthetic scan's text `VesselShadows` holds them
    #[arg(long, value_name = "drawn|RUNS")]
    vessels: Option<String>,
    /// How clearly the outer bands are apart: `drawn` as in a training eye by the seed, or the grey of the ellipsoid zone
    /// over that of the line below it, 1 to 1.7 [default: as --style or --like have it, else 1.35]
    #[arg(long, value_name = "drawn|N")]
    bands: Option<String>,
}

impl LookArgs {
    /// What a model is asked for a mask of so many columns and a seed.
    ///
    /// # Errors
    /// If the model does not know what is asked, or a value or a file is none.
    pub fn appearance(
        &self,
        model: &LoadedModel,
        width: u32,
        spacing: Option<Spacing>,
        seed: u64,
    ) -> anyhow::Result<Appearance> {
        let (style, band_contrast) = match (&self.style, &self.like, &self.like_labels) {
            (None, None, _) => (None, None),
            (Some(text), ..) => {
                let known = self.style_model(model, "--style")?;
                match text.as_str() {
                    "drawn" => (model.drawn_style(seed), Some(band_contrast_of_seed(seed))),
                    text => (Some(given_style(text, known.components())?), None),
                }
            }
            (None, Some(scan), labels) => {
                let labels = labels.as_ref().context("--like needs --like-labels")?;
                let scan = LikeScan::read(scan, labels)?;
                (Some(scan.style(self.style_model(model, "--like")?)), scan.band_contrast())
            }
        };
        let band_contrast = match self.bands.as_deref() {
            None => band_contrast,
            Some("drawn") => Some(band_contrast_of_seed(seed)),
            Some(text) => Some(given_contrast(text)?),
        };
        let shadows = match self.vessels.as_deref() {
            None => Vec::new(),
            Some(text) => {
                ensure!(
                    model.takes_shadows,
                    "the model {} draws no vessel shadows: leave out --vessels",
                    model.name
                );
                match text {
                    "drawn" => model.drawn_shadows(width, spacing, seed),
                    text => given_shadows(text, width)?,
                }
            }
        };
        Ok(Appearance { style, shadows, band_contrast })
    }

    fn style_model<'a>(&self, model: &'a LoadedModel, argument: &str) -> anyhow::Result<&'a StyleModel> {
        model
            .style
            .as_deref()
            .with_context(|| format!("the model {} knows no styles: leave out {argument}", model.name))
    }
}

fn given_style(text: &str, components: usize) -> anyhow::Result<Vec<f32>> {
    let appearance = Appearance::from_texts(Some(text), None, 0);
    let style = appearance.and_then(|appearance| appearance.style).filter(|style| style.len() == components);
    style.with_context(|| {
        format!("--style {text}: give `drawn`, or {components} numbers of -3 to 3 with commas between them")
    })
}

fn given_contrast(text: &str) -> anyhow::Result<f32> {
    let contrast =
        Appearance::default().with_band_contrast(text).and_then(|appearance| appearance.band_contrast);
    contrast.with_context(|| format!("--bands {text}: give `drawn`, or a number from 1 to 1.7"))
}

fn given_shadows(text: &str, width: u32) -> anyhow::Result<Vec<u8>> {
    let appearance = Appearance::from_texts(None, Some(text), MAX_COLUMNS);
    let shadows = appearance.map(|appearance| appearance.shadows);
    shadows.filter(|shadows| shadows.len() == width as usize).with_context(|| {
        format!(
            "--vessels {text}: give `drawn`, or runs such as 120x0,5x96 that make the mask's {width} columns"
        )
    })
}

/// A scan whose look is taken, with its labels.
struct LikeScan {
    image: GreyImage,
    codes: Vec<u8>,
    /// Whether a pixel was scanned.
    valid: Vec<bool>,
}

impl LikeScan {
    fn read(scan: &Path, labels: &Path) -> anyhow::Result<Self> {
        let image = scan_image::read(&read_file(scan)?, &scan.display().to_string())?;
        let read = label_png::read(&read_file(labels)?, &labels.display().to_string(), CodeScheme::Studio)?;
        ensure!(
            (image.width, image.height) == (read.width, read.height),
            "{} is {}x{} px, {} {}x{}: give the labels of that scan",
            scan.display(),
            image.width,
            image.height,
            labels.display(),
            read.width,
            read.height
        );
        // The white wedges of a registered export are no tissue and no noise.
        let valid = match scanned_area::detect(&image) {
            Some(area) => area.iter().map(|&is_scanned| is_scanned != 0).collect(),
            None => vec![true; read.codes.len()],
        };
        Ok(Self { image, codes: read.codes, valid })
    }

    /// Along the directions of a model.
    fn style(&self, model: &StyleModel) -> Vec<f32> {
        let width = self.image.width as usize;
        model.style(&measure(width, &self.image.pixels, &self.codes, &self.valid, &(0..width)))
    }

    /// `None` where too few columns have outer bands.
    fn band_contrast(&self) -> Option<f32> {
        outer_bands::contrast(self.image.width as usize, &self.image.pixels, &self.codes, &self.valid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::style::{FIGURES, StyleFigures};

    /// A scan whose upper half is above the ILM, with seven layers and the choroid below it, and its labels.
    fn scan(folder: &Path, name: &str, wedge_rows: usize) -> anyhow::Result<[PathBuf; 2]> {
        let (width, height) = (96_usize, 80_usize);
        let mut pixels: Vec<u8> = (0..width * height)
            .map(|at| if at < width * 40 { 20 + (at * 7 % 11) as u8 } else { 120 + (at * 5 % 13) as u8 })
            .collect();
        pixels[..wedge_rows * width].fill(u8::MAX);
        let codes: Vec<u8> =
            (0..width * height).map(|at| ((at / width).saturating_sub(35) / 5).min(8) as u8).collect();
        let files = [folder.join(format!("{name}.png")), folder.join("labels.png")];
        for (file, pixels) in files.iter().zip([pixels, codes]) {
            let picture = image::GrayImage::from_raw(width as u32, height as u32, pixels);
            picture.context("a picture of its size")?.save(file)?;
        }
        Ok(files)
    }

    #[test]
    fn a_white_wedge_of_a_scan_is_not_taken_for_the_style_of_its_vitreous() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let eyes: [StyleFigures; 4] = std::array::from_fn(|eye| {
            std::array::from_fn(|at| (30 * eye + (at * eye * eye) % FIGURES) as f32)
        });
        let known = eyes.map(|figures| ("an eye", figures));
        let model = StyleModel::of(&known, 2).context("eyes that differ")?;
        let [whole, labels] = scan(folder.path(), "whole", 0)?;
        let [registered, _] = scan(folder.path(), "registered", 12)?;
        let (whole, registered) = (
            LikeScan::read(&whole, &labels)?.style(&model),
            LikeScan::read(&registered, &labels)?.style(&model),
        );
        for (a, b) in whole.iter().zip(&registered) {
            assert!((a - b).abs() < 0.05, "{whole:?} and {registered:?}");
        }
        Ok(())
    }
}
