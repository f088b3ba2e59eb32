//! What a synthetic scan of a page is to look like beyond its mask: the style of an eye and its device, how clearly the
//! outer bands are apart, and where vessels throw shadows. A mask says nothing of it.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// Most numbers of a style.
pub const MAX_STYLE_NUMBERS: usize = 8;
/// A style beyond this many deviations is that of no eye.
pub const MAX_STYLE_DEVIATIONS: f32 = 3.0;
/// How far the ellipsoid zone may stand out from the line below it: from one band to clearer than any training eye.
pub const BAND_CONTRASTS: RangeInclusive<f32> = 1.0..=1.7;

/// The looks of a page's synthetic scan. By default nothing is asked: the model draws the mean of its training eyes,
/// and no vessel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Appearance {
    /// Along the directions in which the model's training scans differ, in deviations; `None` leaves it to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<Vec<f32>>,
    /// Of every column of the scan, 0 without a shadow to 255 black; empty where no vessel is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shadows: Vec<u8>,
    /// Grey of the ellipsoid zone over that of the darkest line below it; `None` takes the usual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub band_contrast: Option<f32>,
}

impl Appearance {
    /// Whether nothing is asked.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can be that of a scan of so many columns.
    pub fn fits(&self, width: u32) -> bool {
        let is_style = |style: &Vec<f32>| {
            style.len() <= MAX_STYLE_NUMBERS
                && style.iter().all(|value| value.is_finite() && value.abs() <= MAX_STYLE_DEVIATIONS)
        };
        self.style.as_ref().is_none_or(is_style)
            && self.band_contrast.is_none_or(|contrast| BAND_CONTRASTS.contains(&contrast))
            && (self.shadows.is_empty() || self.shadows.len() == width as usize)
    }

    /// The same with a vessel's shadow around a column: `depth` in its middle (0 to 1), fading to nothing at
    /// `radius_px`. Where a shadow is deeper already it stays.
    pub fn with_shadow(&self, width: u32, column: f32, radius_px: f32, depth: f32) -> Self {
        self.with_columns(width, column, radius_px, |shadow, across| {
            let deep = 255.0 * depth.clamp(0.0, 1.0) * (1.0 - across * across);
            shadow.max(deep.round() as u8)
        })
    }

    /// The same without the shadows within `radius_px` of a column.
    pub fn without_shadow(&self, width: u32, column: f32, radius_px: f32) -> Self {
        self.with_columns(width, column, radius_px, |_, _| 0)
    }

    /// `change` takes what a column has and how far out it lies, 0 in the middle to 1.
    fn with_columns(&self, width: u32, column: f32, radius_px: f32, change: impl Fn(u8, f32) -> u8) -> Self {
        let mut shadows = self.shadows.clone();
        shadows.resize(width as usize, 0);
        let radius = radius_px.max(0.5);
        for (x, shadow) in shadows.iter_mut().enumerate() {
            let across = (x as f32 + 0.5 - column).abs() / radius;
            if across < 1.0 {
                *shadow = change(*shadow, across);
            }
        }
        if shadows.iter().all(|&shadow| shadow == 0) {
            shadows.clear();
        }
        Self { shadows, ..self.clone() }
    }

    /// The style as files hold it: numbers with commas between them.
    pub fn style_text(&self) -> Option<String> {
        let numbers = |style: &Vec<f32>| style.iter().map(f32::to_string).collect::<Vec<_>>().join(",");
        self.style.as_ref().map(numbers)
    }

    /// The shadows as files hold them: runs of equal columns, as in "120x0,3x64".
    pub fn shadows_text(&self) -> Option<String> {
        if self.shadows.is_empty() {
            return None;
        }
        let runs = self.shadows.chunk_by(|a, b| a == b);
        Some(runs.map(|run| format!("{}x{}", run.len(), run[0])).collect::<Vec<_>>().join(","))
    }

    /// The band contrast as files hold it.
    pub fn band_contrast_text(&self) -> Option<String> {
        self.band_contrast.map(|contrast| contrast.to_string())
    }

    /// The same with the band contrast that [`Appearance::band_contrast_text`] wrote; `None` of another text.
    pub fn with_band_contrast(self, text: &str) -> Option<Self> {
        let contrast = text.parse().ok().filter(|contrast| BAND_CONTRASTS.contains(contrast))?;
        Some(Self { band_contrast: Some(contrast), ..self })
    }

    /// From what [`Appearance::style_text`] and [`Appearance::shadows_text`] wrote; `None` of other texts, and of more
    /// than `max_columns` columns.
    pub fn from_texts(style: Option<&str>, shadows: Option<&str>, max_columns: u32) -> Option<Self> {
        let style = match style {
            Some(text) => {
                Some(text.split(',').map(|number| number.parse().ok()).collect::<Option<Vec<f32>>>()?)
            }
            None => None,
        };
        let mut columns = Vec::new();
        for run in shadows.unwrap_or_default().split(',').filter(|run| !run.is_empty()) {
            let (count, value) = run.split_once('x')?;
            let (count, value): (usize, u8) = (count.parse().ok()?, value.parse().ok()?);
            if count > max_columns as usize - columns.len().min(max_columns as usize) {
                return None;
            }
            columns.resize(columns.len() + count, value);
        }
        let appearance = Self { style, shadows: columns, band_contrast: None };
        let width = appearance.shadows.len() as u32;
        appearance.fits(width).then_some(appearance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shadow_is_painted_deepens_and_is_taken_away() {
        let plain = Appearance::default();
        let vessel = plain.with_shadow(20, 10.0, 4.0, 0.5);
        assert_eq!(vessel.shadows.len(), 20);
        assert!(vessel.shadows[9] >= 124 && vessel.shadows[9] == vessel.shadows[10]);
        assert!(vessel.shadows[6] > 0 && vessel.shadows[5] == 0, "{:?}", vessel.shadows);
        assert_eq!(vessel.with_shadow(20, 10.0, 4.0, 0.2), vessel, "a fainter one changes nothing");
        assert!(vessel.with_shadow(20, 10.0, 4.0, 0.9).shadows[9] > vessel.shadows[9]);
        assert_eq!(vessel.without_shadow(20, 10.0, 8.0), plain, "no shadow at all is no list");
    }

    #[test]
    fn texts_are_read_back_and_hostile_ones_refused() {
        let style = Some(vec![0.1_f32, -2.75, 3.0]);
        let appearance = Appearance { style, ..Appearance::default() }.with_shadow(700, 300.5, 7.0, 0.61);
        let (style, shadows) = (appearance.style_text(), appearance.shadows_text());
        let read = |width| Appearance::from_texts(style.as_deref(), shadows.as_deref(), width);
        assert_eq!(read(700), Some(appearance.clone()));
        assert_eq!(read(699), None, "more columns than a scan may have");
        assert_eq!(Appearance::from_texts(None, None, 9), Some(Appearance::default()));
        let banded = Appearance { band_contrast: Some(1.43), ..appearance.clone() };
        let text = banded.band_contrast_text().expect("one that was set");
        assert_eq!(appearance.clone().with_band_contrast(&text), Some(banded));
        for hostile in ["", "0.9", "1.8", "NaN", "inf", "x"] {
            assert_eq!(Appearance::default().with_band_contrast(hostile), None, "{hostile}");
        }
        for (style, shadows) in [
            (Some("1,x"), None),
            (Some("NaN"), None),
            (Some("3.5"), None),
            (Some("0,0,0,0,0,0,0,0,0"), None),
            (None, Some("4294967295x1")),
            (None, Some("3x256")),
            (None, Some("3")),
        ] {
            assert_eq!(Appearance::from_texts(style, shadows, 4096), None, "{style:?} {shadows:?}");
        }
        assert!(!appearance.fits(10) && appearance.fits(700));
    }
}
