//! The sheet of sample pictures: for a few validation scans the mask, the real scan and the synthetic one.

use crate::anatomy;
use crate::scan::GreyImage;

/// One row of a sheet; the pictures have one size.
#[derive(Clone, Debug)]
pub struct SheetRow {
    /// Composite codes, row-major, the size of `real`.
    pub labels: Vec<u8>,
    /// The scan.
    pub real: GreyImage,
    /// What the network draws of its mask.
    pub synthetic: GreyImage,
}

/// Grey of pixels nobody annotated.
const UNANNOTATED_GREY: u8 = 90;

/// An RGB picture of the rows below each other: width, height, pixels.
///
/// # Panics
/// If a row's pictures differ in size.
pub fn sheet(rows: &[SheetRow]) -> (u32, u32, Vec<u8>) {
    let width = rows.iter().map(|row| row.real.width).max().unwrap_or(1);
    let height = rows.iter().map(|row| row.real.height).sum::<u32>().max(1);
    let mut pixels = vec![0; (3 * width * height * 3) as usize];
    let mut top = 0;
    for row in rows {
        let (row_width, row_height) = (row.real.width, row.real.height);
        assert_eq!((row_width, row_height), (row.synthetic.width, row.synthetic.height));
        for y in 0..row_height {
            for x in 0..row_width {
                let at = (y * row_width + x) as usize;
                let label = anatomy::label(row.labels[at]).map_or([UNANNOTATED_GREY; 3], |label| label.color);
                let panels = [label, [row.real.pixels[at]; 3], [row.synthetic.pixels[at]; 3]];
                for (panel, color) in panels.into_iter().enumerate() {
                    let place = (top + y) * 3 * width + panel as u32 * width + x;
                    pixels[place as usize * 3..][..3].copy_from_slice(&color);
                }
            }
        }
        top += row_height;
    }
    (3 * width, height, pixels)
}

/// [`sheet`] as a PNG.
///
/// # Errors
/// If the encoder refuses, which a sheet of ordinary size gives no reason for.
pub fn encode(rows: &[SheetRow]) -> std::io::Result<Vec<u8>> {
    let (width, height, pixels) = sheet(rows);
    encode_rgb(width, height, &pixels)
}

/// Rows as [`sheet`] has them, `across` of them beside each other, as a PNG.
///
/// # Errors
/// If the encoder refuses, which a sheet of ordinary size gives no reason for.
pub fn encode_beside(rows: &[SheetRow], across: usize) -> std::io::Result<Vec<u8>> {
    let (gap, parts) =
        (6, rows.chunks(rows.len().div_ceil(across.max(1)).max(1)).map(sheet).collect::<Vec<_>>());
    let width = parts.iter().map(|(width, ..)| width + gap).sum::<u32>().max(1);
    let height = parts.iter().map(|(_, height, _)| *height).max().unwrap_or(1);
    let mut pixels = vec![0; 3 * width as usize * height as usize];
    let mut left = 0;
    for (part_width, _, part) in parts {
        for (row, line) in part.chunks_exact(3 * part_width as usize).enumerate() {
            pixels[3 * (row * width as usize + left as usize)..][..line.len()].copy_from_slice(line);
        }
        left += part_width + gap;
    }
    encode_rgb(width, height, &pixels)
}

/// Masks (composite codes, all of one size) in rows of four, as a PNG.
///
/// # Errors
/// If the encoder refuses, which a sheet of ordinary size gives no reason for.
///
/// # Panics
/// If a mask's size differs.
pub fn encode_masks(width: u32, height: u32, masks: &[Vec<u8>]) -> std::io::Result<Vec<u8>> {
    let across = masks.len().clamp(1, 4) as u32;
    let down = (masks.len() as u32).div_ceil(across).max(1);
    let (gap, line) = (4, (across * (width + 4)) as usize);
    let mut pixels = vec![0; line * (down * (height + gap)) as usize * 3];
    for (index, codes) in (0..).zip(masks) {
        assert_eq!(codes.len(), (width * height) as usize, "codes of a {width}x{height} mask");
        let (left, top) = (index % across * (width + gap), index / across * (height + gap));
        for (row, codes) in codes.chunks_exact(width as usize).enumerate() {
            for (column, &code) in codes.iter().enumerate() {
                let at = (top as usize + row) * line + left as usize + column;
                let color = anatomy::label(code).map_or([UNANNOTATED_GREY; 3], |label| label.color);
                pixels[3 * at..][..3].copy_from_slice(&color);
            }
        }
    }
    encode_rgb(across * (width + gap), down * (height + gap), &pixels)
}

fn encode_rgb(width: u32, height: u32, pixels: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(std::io::Error::other)?;
    writer.write_image_data(pixels).map_err(std::io::Error::other)?;
    writer.finish().map_err(std::io::Error::other)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_below_each_other_in_three_panels() {
        let grey = |value: u8| GreyImage::new(2, 1, vec![value; 2]);
        let row = SheetRow { labels: vec![9, 255], real: grey(1), synthetic: grey(2) };
        let (width, height, pixels) = sheet(&[row.clone(), row]);
        assert_eq!((width, height, pixels.len()), (6, 2, 36));
        assert_eq!(pixels[..3], anatomy::LABELS[9].color);
        assert_eq!(pixels[3..6], [90; 3]);
        assert_eq!(pixels[18 + 6..18 + 18], [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    }
}
