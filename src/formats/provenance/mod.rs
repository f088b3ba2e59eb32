//! What every synthetic picture says of itself: the one writer, and the reader of what it wrote.
//!
//! Window, command line and bulk generation write through [`Provenance::text`], so that one set of names stands in
//! all files and `retidiff reproduce` can make a picture again from its own words. There is no date and no path
//! among them: the same picture is the same file. Beside the texts stands an XMP packet ([`xmp`]), which programs
//! for pictures keep where they drop texts, and which marks the picture as made by a model for machines that look
//! for such marks.

use std::sync::Arc;

use crate::document::Appearance;

#[cfg(feature = "c2pa")]
mod credentials;
mod hash;
mod marks;
mod reading;
mod xmp;

#[cfg(feature = "c2pa")]
pub use credentials::Credentials;
pub use hash::{hexadecimal, mask_sha256, sha256_hex};
pub use marks::ScanMarks;
pub use xmp::{DigitalSource, XMP_KEYWORD, is_marked_synthetic, xmp_packet};

/// The program and its version, as files name it.
pub const SOFTWARE: &str = concat!("RetiDiff Studio ", env!("CARGO_PKG_VERSION"));

/// What kind of thing was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Made {
    /// A B-scan, by a model, from a mask.
    #[default]
    Scan,
    /// A mask, by a model.
    DrawnMask,
    /// A mask, by the solver of case recipes or by warping another.
    DesignedMask,
}

impl Made {
    fn comment(self) -> &'static str {
        match self {
            Made::Scan => {
                "SYNTHETIC image: drawn by a model from a label mask, not recorded from any eye. Not for diagnosis."
            }
            Made::DrawnMask => "SYNTHETIC mask: drawn by a model, not annotated in any scan",
            Made::DesignedMask => "SYNTHETIC labels: designed, of no eye that exists",
        }
    }
}

/// A model as files name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedModel {
    /// From its card.
    pub name: String,
    /// Of its tensor bytes, hexadecimal.
    pub sha256: String,
}

/// What made a picture, complete enough to make it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    /// What was made.
    pub made: Made,
    /// Name and version of the program.
    pub software: String,
    /// What drew it, if a model did.
    pub model: Option<NamedModel>,
    /// Of the size and the composite codes of the mask ([`mask_sha256`]).
    pub mask_sha256: Option<String>,
    /// Of its noise.
    pub seed: u64,
    /// As the sampler calls itself; empty where nothing was sampled.
    pub sampler: String,
    /// 0 where nothing was sampled.
    pub steps: u32,
    /// How the noise levels are spaced, unless it is the usual way.
    pub noise_levels: Option<String>,
    /// 1 is the model as it was trained.
    pub guidance: f64,
    /// Share of the lesions that the model was given; 1 is the mask as it is.
    pub lesions: f64,
    /// 1 is as in scans.
    pub lesion_contrast: f64,
    /// 1 is pure synthesis; below, the picture started from a real scan.
    pub strength: f64,
    /// Style, outer bands and vessel shadows, where some were asked for.
    pub appearance: Arc<Appearance>,
    /// Size of a pixel in um, down and across, where it is known: the mask is placed by it.
    pub pixel_um: Option<[f32; 2]>,
    /// What computed, as far as it decides about the last bit: "CPU, f32, AVX2".
    pub arithmetic: Option<String>,
    /// The segmenter whose finding in the scan decided about the rims of fluid; none where the mask is as it was painted.
    pub relabelled_by: Option<NamedModel>,
    /// Rows below the scan that say in letters that it is synthetic; 0 where there are none.
    pub strip_rows: u32,
}

impl Default for Provenance {
    fn default() -> Self {
        Self {
            made: Made::Scan,
            software: SOFTWARE.to_owned(),
            model: None,
            mask_sha256: None,
            seed: 0,
            sampler: String::new(),
            steps: 0,
            noise_levels: None,
            guidance: 1.0,
            lesions: 1.0,
            lesion_contrast: 1.0,
            strength: 1.0,
            appearance: Arc::default(),
            pixel_um: None,
            arithmetic: None,
            relabelled_by: None,
            strip_rows: 0,
        }
    }
}

impl Provenance {
    /// Keywords and texts of a PNG, the XMP packet last. What has its usual value is left out.
    pub fn text(&self) -> Vec<(&'static str, String)> {
        let mut text = vec![
            ("Comment", self.made.comment().to_owned()),
            ("Synthetic", "true".to_owned()),
            ("Software", self.software.clone()),
        ];
        if let Some(model) = &self.model {
            text.push(("Model", model.name.clone()));
            text.push(("ModelSHA256", model.sha256.clone()));
        }
        text.extend(self.mask_sha256.clone().map(|hash| ("MaskSHA256", hash)));
        text.push(("Seed", self.seed.to_string()));
        if self.steps > 0 {
            text.push(("Sampler", self.sampler.clone()));
            text.push(("Steps", self.steps.to_string()));
        }
        text.extend(self.noise_levels.clone().map(|name| ("NoiseLevels", name)));
        if self.guidance != 1.0 {
            text.push(("Guidance", self.guidance.to_string()));
        }
        if self.lesions != 1.0 {
            let share = self.lesions;
            text.push(("Ablation", format!("{share} (share of the lesions that the model was given)")));
        }
        if self.lesion_contrast != 1.0 {
            text.push(("LesionContrast", self.lesion_contrast.to_string()));
        }
        if self.strength != 1.0 {
            let strength = self.strength;
            let meaning = "(started from a real scan; 0 is that scan, 1 pure synthesis)";
            text.push(("Strength", format!("{strength} {meaning}")));
        }
        text.extend(self.appearance.style_text().map(|style| ("Style", style)));
        text.extend(self.appearance.band_contrast_text().map(|contrast| ("BandContrast", contrast)));
        text.extend(self.appearance.shadows_text().map(|shadows| ("VesselShadows", shadows)));
        text.extend(self.pixel_um.map(|[down, across]| ("PixelSizeUm", format!("{down}x{across}"))));
        text.extend(self.arithmetic.clone().map(|arithmetic| ("Arithmetic", arithmetic)));
        if let Some(segmenter) = &self.relabelled_by {
            text.push(("RelabelledBy", segmenter.name.clone()));
            text.push(("RelabelledBySHA256", segmenter.sha256.clone()));
        }
        if self.strip_rows > 0 {
            text.push(("Strip", format!("{} (rows below the scan, outside it)", self.strip_rows)));
        }
        text.push((XMP_KEYWORD, xmp_packet(self.digital_source(), &self.software)));
        text
    }

    /// What the International Press Telecommunications Council calls such a picture.
    pub fn digital_source(&self) -> DigitalSource {
        match (self.made, self.strength < 1.0) {
            (Made::DesignedMask, _) if self.relabelled_by.is_some() => {
                DigitalSource::CompositeWithTrainedAlgorithmic
            }
            (Made::DesignedMask, _) => DigitalSource::Algorithmic,
            (_, false) => DigitalSource::TrainedAlgorithmic,
            (_, true) => DigitalSource::CompositeWithTrainedAlgorithmic,
        }
    }
}

/// The texts as the encoders take them.
pub fn borrowed<'a>(text: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    text.iter().map(|(keyword, text)| (*keyword, text.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{label_png, scan_image};
    use crate::scan::GreyImage;

    fn full() -> Provenance {
        Provenance {
            model: Some(NamedModel { name: "Møller".into(), sha256: "ab".repeat(32) }),
            mask_sha256: Some(mask_sha256(2, 1, &[3, 4])),
            seed: u64::MAX,
            sampler: "DPM-Solver++(2M)".into(),
            steps: 16,
            noise_levels: Some("karras".into()),
            guidance: f64::from(1.3_f32),
            lesions: 0.25,
            lesion_contrast: 2.0,
            strength: 0.5,
            appearance: Arc::new(Appearance {
                style: Some(vec![0.1, -1.25]),
                shadows: vec![0, 0, 0, 64, 200, 64, 0],
                band_contrast: Some(1.43),
            }),
            pixel_um: Some([3.87, 11.3]),
            arithmetic: Some("CPU, f32, AVX2".into()),
            relabelled_by: Some(NamedModel { name: "segmenter".into(), sha256: "cd".repeat(32) }),
            strip_rows: 22,
            ..Provenance::default()
        }
    }

    fn png(text: &[(&'static str, String)]) -> Vec<u8> {
        scan_image::write(&GreyImage::new(2, 1, vec![1, 2]), &borrowed(text)).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back_in_every_digit() {
        for provenance in [full(), Provenance { seed: 7, ..Provenance::default() }] {
            let bytes = png(&provenance.text());
            assert_eq!(bytes, png(&provenance.text()), "the same picture is the same file");
            assert_eq!(Provenance::of_png(&bytes, "a.png").unwrap(), Some(provenance));
        }
        let labels = label_png::write(2, 1, &[3, 4], &borrowed(&full().text())).unwrap();
        assert_eq!(Provenance::of_png(&labels, "l.png").unwrap(), Some(full()));
    }

    #[test]
    fn files_of_both_earlier_spellings_are_read() {
        for keyword in ["Model-SHA256", "ModelSHA256"] {
            let text = [
                ("Comment", "Synthetic OCT B-scan. Not for diagnosis.".to_owned()),
                ("Seed", "5".to_owned()),
                ("Steps", "8".to_owned()),
                ("Sampler", "DDIM".to_owned()),
                ("Strength", "0.50 from the real scan".to_owned()),
                ("Model", "live".to_owned()),
                (keyword, "cd".repeat(32)),
            ];
            let read = Provenance::of_png(&png(&text), "old.png").unwrap().expect("it is synthetic");
            assert_eq!(read.model.unwrap().sha256, "cd".repeat(32));
            assert_eq!((read.seed, read.steps, read.strength), (5, 8, 0.5));
        }
        let text = [("Seed", "5".to_owned()), ("Strength", "1 (pure synthesis)".to_owned())];
        assert_eq!(Provenance::of_png(&png(&text), "old.png").unwrap().unwrap().strength, 1.0);
    }

    #[test]
    fn other_pictures_have_none_and_broken_texts_are_errors() {
        assert_eq!(Provenance::of_png(&png(&[]), "a.png").unwrap(), None);
        assert_eq!(Provenance::of_png(&png(&[("Author", "x".to_owned())]), "a.png").unwrap(), None);
        let text = [("Synthetic", "true".to_owned()), ("Seed", "many".to_owned())];
        let error = Provenance::of_png(&png(&text), "a.png").unwrap_err().to_string();
        assert!(error.starts_with("a.png: the text \"Seed\": \"many\""), "{error}");
        let whole = png(&full().text());
        for kept in 0..whole.len() {
            // Cut anywhere: an answer or an error, never a panic.
            let _ = Provenance::of_png(&whole[..kept], "cut.png");
        }
        assert!(Provenance::of_png(b"no picture", "a.png").is_err());
    }

    #[test]
    fn a_picture_says_how_it_came_about() {
        assert_eq!(Provenance::default().digital_source(), DigitalSource::TrainedAlgorithmic);
        assert_eq!(full().digital_source(), DigitalSource::CompositeWithTrainedAlgorithmic);
        let designed = Provenance { made: Made::DesignedMask, ..Provenance::default() };
        assert_eq!(designed.digital_source(), DigitalSource::Algorithmic);
        let bytes = png(&Provenance::default().text());
        let wanted = b"digitalsourcetype/trainedAlgorithmicMedia";
        assert!(bytes.windows(wanted.len()).any(|window| window == wanted), "uncompressed, for every reader");
    }
}
