//! A drawing as SVG, PNG or PDF.

use std::fmt::Write;
use std::path::Path;

use resvg::tiny_skia::{FilterQuality, Pixmap, PixmapPaint, PremultipliedColorU8, Transform};
use resvg::usvg::{Options, Tree, WriteOptions};

use super::drawing::{Drawing, PAGE_WIDTH, Picture, PlacedPicture, escaped, unencoded};
use super::pdf;
use crate::formats::markup::base64;
use crate::formats::{FormatError, scan_image};

/// Narrowest picture that can be read.
pub const MIN_WIDTH_PX: u32 = 200;
/// Widest picture: 8192 px are a poster of 70 cm at 300 dpi.
pub const MAX_WIDTH_PX: u32 = 8192;
/// Most pixels of a picture.
const MAX_PIXELS: u64 = 100_000_000;

/// A kind of file that a figure is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureFormat {
    /// Pixels.
    Png,
    /// Shapes, letters as outlines.
    Svg,
    /// One page of the figure's size.
    Pdf,
}

impl FigureFormat {
    /// The kind that a file's name ends in.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_string_lossy().to_lowercase();
        let kinds = [("png", Self::Png), ("svg", Self::Svg), ("pdf", Self::Pdf)];
        kinds.into_iter().find(|(known, _)| *known == ending).map(|(_, kind)| kind)
    }
}

impl Drawing {
    /// The bytes of a file; `width_px` is that of a PNG.
    ///
    /// # Errors
    /// If a PNG would be too large, or the drawing cannot be encoded.
    pub fn encoded(&self, format: FigureFormat, width_px: u32) -> Result<Vec<u8>, FormatError> {
        match format {
            FigureFormat::Png => self.to_png(width_px),
            FigureFormat::Svg => self.to_svg().map(String::into_bytes),
            FigureFormat::Pdf => pdf::write(self, &self.tree()?),
        }
    }

    /// The marks without the pictures, as they will be rendered.
    pub(super) fn tree(&self) -> Result<Tree, FormatError> {
        let options = Options {
            fontdb: self.typeface.database(),
            font_family: "Inter".to_owned(),
            ..Options::default()
        };
        let [width, height] = self.size();
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><defs>{}</defs>{}</svg>"#,
            self.definitions, self.marks
        );
        Tree::from_str(&svg, &options).map_err(|error| unencoded(error.to_string()))
    }

    /// An SVG file. Its texts are outlines: it looks the same where the typeface is not installed.
    ///
    /// # Errors
    /// If the drawing cannot be encoded.
    pub fn to_svg(&self) -> Result<String, FormatError> {
        let options = WriteOptions { preserve_text: false, ..WriteOptions::default() };
        let outlined = self.tree()?.to_string(&options);
        let body = outlined.split_once('>').map_or("", |(_, rest)| rest);
        let body = body.trim_end().strip_suffix("</svg>").unwrap_or(body);
        let [width, height] = self.size();
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">
<title>{}</title>
<desc>{}</desc>
<rect width="{width}" height="{height}" fill="#ffffff"/>
"##,
            if self.synthetic { "SYNTHETIC retinal OCT" } else { "Retinal OCT" },
            escaped(&self.description)
        );
        for PlacedPicture { area, picture } in &self.pictures {
            let enlarged = match picture {
                Picture::Scan(_) => "",
                Picture::Map { .. } => r#" style="image-rendering:pixelated""#,
            };
            let _ = writeln!(
                svg,
                r#"<image x="{:.2}" y="{:.2}" width="{:.2}" height="{:.2}" preserveAspectRatio="none"{enlarged} xlink:href="data:image/png;base64,{}"/>"#,
                area.x,
                area.y,
                area.width,
                area.height,
                base64(&picture.png()?)
            );
        }
        svg.push_str(body.trim());
        svg.push_str("\n</svg>\n");
        Ok(svg)
    }

    /// Height of a picture of a width.
    pub fn height_px(&self, width_px: u32) -> u32 {
        (self.height * f64::from(width_px) / PAGE_WIDTH).round().max(1.0) as u32
    }

    /// The picture as 8-bit RGB, row by row from the top.
    ///
    /// # Errors
    /// If it would be too large, or the drawing cannot be rendered.
    pub fn pixels(&self, width_px: u32) -> Result<Vec<u8>, FormatError> {
        let scale = f64::from(width_px) / PAGE_WIDTH;
        let height_px = self.height_px(width_px);
        let pixels = u64::from(width_px) * u64::from(height_px);
        let is_size = (MIN_WIDTH_PX..=MAX_WIDTH_PX).contains(&width_px) && pixels <= MAX_PIXELS;
        let pixmap = is_size.then(|| Pixmap::new(width_px, height_px)).flatten();
        let Some(mut pixmap) = pixmap else {
            return Err(FormatError::malformed(
                "the figure",
                format!("a PNG of {width_px}x{height_px}"),
                format!(
                    "widths go from {MIN_WIDTH_PX} to {MAX_WIDTH_PX} px, with at most {MAX_PIXELS} pixels"
                ),
                "ask for a smaller one with --width, or write SVG or PDF, which have no pixels",
            ));
        };
        pixmap.fill(resvg::tiny_skia::Color::WHITE);
        for picture in &self.pictures {
            draw_picture(&mut pixmap, picture, scale);
        }
        let scale = scale as f32;
        resvg::render(&self.tree()?, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
        Ok(pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect())
    }

    fn to_png(&self, width_px: u32) -> Result<Vec<u8>, FormatError> {
        let rgb = self.pixels(width_px)?;
        let mut text = vec![("Software", concat!("RetiDiff Studio ", env!("CARGO_PKG_VERSION")))];
        if self.synthetic {
            text.push(("Comment", "SYNTHETIC image: not recorded from any eye, not for diagnosis"));
            text.push(("Synthetic", "true"));
        }
        text.push(("Description", &self.description));
        scan_image::encode_png(width_px, self.height_px(width_px), &rgb, png::ColorType::Rgb, None, &text)
    }
}

/// Draws a picture where it belongs.
fn draw_picture(pixmap: &mut Pixmap, PlacedPicture { area, picture }: &PlacedPicture, scale: f64) {
    let [width, height] = picture.size();
    let Some(mut source) = Pixmap::new(width, height) else { return };
    let opaque = |[red, green, blue]: [u8; 3]| {
        PremultipliedColorU8::from_rgba(red, green, blue, 255).unwrap_or(PremultipliedColorU8::TRANSPARENT)
    };
    let quality = match picture {
        Picture::Scan(image) => {
            let pixels = source.pixels_mut().iter_mut().zip(image.pixels.iter());
            pixels.for_each(|(pixel, &grey)| *pixel = opaque([grey; 3]));
            FilterQuality::Bicubic
        }
        Picture::Map { rgb, .. } => {
            let pixels = source.pixels_mut().iter_mut().zip(rgb.chunks_exact(3));
            pixels.for_each(|(pixel, rgb)| *pixel = opaque([rgb[0], rgb[1], rgb[2]]));
            FilterQuality::Nearest
        }
    };
    let [across, down] = [area.width / f64::from(width) * scale, area.height / f64::from(height) * scale];
    let place = Transform::from_row(
        across as f32,
        0.0,
        0.0,
        down as f32,
        (area.x * scale) as f32,
        (area.y * scale) as f32,
    );
    let paint = PixmapPaint { quality, ..PixmapPaint::default() };
    pixmap.draw_pixmap(0, 0, source.as_ref(), &paint, place, None);
}
