//! What a PNG says of how it was made, under today's names and those that earlier versions wrote.

use std::io::Cursor;
use std::sync::Arc;

use super::{Made, NamedModel, Provenance};
use crate::document::Appearance;
use crate::formats::FormatError;

/// Most bytes that the texts of a PNG may take when unpacked.
const MAX_TEXT_BYTES: usize = 4 << 20;
const REMEDY: &str = "the file was changed after it was written: get a fresh copy";

impl Provenance {
    /// What a PNG says of how it was made; `None` of a PNG that does not say it is synthetic. `name` is the file's
    /// name for messages.
    ///
    /// # Errors
    /// If it is no whole PNG, or a text is not what its name promises.
    pub fn of_png(bytes: &[u8], name: &str) -> Result<Option<Self>, FormatError> {
        Self::of_texts(&png_texts(bytes, name)?, name)
    }

    /// As [`Provenance::of_png`], from keywords and texts.
    ///
    /// # Errors
    /// As there.
    pub fn of_texts(texts: &[(String, String)], name: &str) -> Result<Option<Self>, FormatError> {
        let find =
            |keyword: &str| texts.iter().find(|(found, _)| found == keyword).map(|(_, text)| text.as_str());
        if find("Seed").is_none() && find("Synthetic").is_none() {
            return Ok(None);
        }
        let number = |keyword: &str, usual: f64| Self::number(find(keyword), keyword, usual, name);
        let whole = |keyword: &str| match find(keyword) {
            None => Ok(0),
            Some(text) => text.parse().map_err(|_| refused(name, keyword, text, "a whole number")),
        };
        let made = match find("Comment") {
            Some(comment) if comment.starts_with("SYNTHETIC mask") => Made::DrawnMask,
            Some(comment) if comment.starts_with("SYNTHETIC labels") => Made::DesignedMask,
            _ => Made::Scan,
        };
        let sha256 = find("ModelSHA256").or_else(|| find("Model-SHA256"));
        let model = sha256.map(|sha256| NamedModel {
            name: find("Model").unwrap_or_default().to_owned(),
            sha256: sha256.to_owned(),
        });
        let steps = u32::try_from(whole("Steps")?)
            .map_err(|_| refused(name, "Steps", find("Steps").unwrap_or_default(), "a number of steps"))?;
        Ok(Some(Self {
            made,
            software: find("Software").unwrap_or_default().to_owned(),
            model,
            mask_sha256: find("MaskSHA256").map(str::to_owned),
            seed: whole("Seed")?,
            sampler: find("Sampler").unwrap_or_default().to_owned(),
            steps,
            noise_levels: find("NoiseLevels").map(str::to_owned),
            guidance: number("Guidance", 1.0)?,
            lesions: number("Ablation", 1.0)?,
            lesion_contrast: number("LesionContrast", 1.0)?,
            strength: number("Strength", 1.0)?,
            appearance: appearance(find("Style"), find("VesselShadows"), find("BandContrast"), name)?,
            pixel_um: find("PixelSizeUm").map(|text| pixel_um(text, name)).transpose()?,
            arithmetic: find("Arithmetic").map(str::to_owned),
            relabelled_by: find("RelabelledBySHA256").map(|sha256| NamedModel {
                name: find("RelabelledBy").unwrap_or_default().to_owned(),
                sha256: sha256.to_owned(),
            }),
            strip_rows: number("Strip", 0.0)? as u32,
        }))
    }

    /// A number before its explanation.
    fn number(text: Option<&str>, keyword: &str, usual: f64, name: &str) -> Result<f64, FormatError> {
        let Some(text) = text else { return Ok(usual) };
        let first = text.split_whitespace().next().unwrap_or_default();
        first
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| refused(name, keyword, text, "a number"))
    }
}

/// Most columns whose shadows are read.
const MAX_COLUMNS: u32 = 1 << 16;

fn appearance(
    style: Option<&str>,
    shadows: Option<&str>,
    band_contrast: Option<&str>,
    name: &str,
) -> Result<Arc<Appearance>, FormatError> {
    let read = Appearance::from_texts(style, shadows, MAX_COLUMNS).ok_or_else(|| {
        let (keyword, found) = match style {
            Some(style) if Appearance::from_texts(Some(style), None, 0).is_none() => ("Style", style),
            _ => ("VesselShadows", shadows.unwrap_or_default()),
        };
        refused(name, keyword, found, "numbers as this program writes them")
    })?;
    let Some(text) = band_contrast else { return Ok(Arc::new(read)) };
    let banded = read.with_band_contrast(text).map(Arc::new);
    banded.ok_or_else(|| refused(name, "BandContrast", text, "a number from 1 to 1.7"))
}

fn pixel_um(text: &str, name: &str) -> Result<[f32; 2], FormatError> {
    let sides: Vec<f32> = text.split('x').filter_map(|side| side.parse().ok()).collect();
    match sides[..] {
        [down, across] if down.is_finite() && across.is_finite() => Ok([down, across]),
        _ => Err(refused(name, "PixelSizeUm", text, "two sizes such as 3.87x11.3")),
    }
}

fn refused(name: &str, keyword: &str, found: &str, wanted: &str) -> FormatError {
    let found: String = found.chars().take(40).collect();
    FormatError::malformed(
        name,
        format!("the text \"{keyword}\""),
        format!("\"{found}\" is not {wanted}"),
        REMEDY,
    )
}

/// Keywords and texts that stand before a PNG's pixels.
fn png_texts(bytes: &[u8], name: &str) -> Result<Vec<(String, String)>, FormatError> {
    let broken = |error: png::DecodingError| {
        FormatError::malformed(name, "the PNG", error.to_string(), "give a PNG that this program wrote")
    };
    let limits = png::Limits { bytes: MAX_TEXT_BYTES };
    let decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    let reader = decoder.read_info().map_err(broken)?;
    let info = reader.info();
    let mut texts: Vec<(String, String)> = Vec::new();
    for text in &info.uncompressed_latin1_text {
        texts.push((text.keyword.clone(), text.text.clone()));
    }
    for text in &info.utf8_text {
        texts.push((text.keyword.clone(), text.get_text().map_err(broken)?));
    }
    Ok(texts)
}
