//! A strip below a scan that says in letters what it is: texts in a file are lost with the next screenshot, and a word over
//! the scan would cover pixels of it.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::typeface::{Typeface, Weight};
use crate::formats::markup::escaped;
use crate::scan::GreyImage;

/// Rows of a strip.
pub const STRIP_ROWS: u32 = 22;
/// What it says.
const WORDS: &str = "SYNTHETIC - not for diagnosis";
/// Of the letters; smaller where the scan is too narrow for them.
const LETTERS_PX: f64 = 13.0;
const SMALLEST_LETTERS_PX: f64 = 6.0;
const MARGIN_PX: f64 = 6.0;

/// The scan with [`STRIP_ROWS`] rows more below it, which say that it is synthetic.
pub fn with_strip(image: &GreyImage) -> GreyImage {
    let mut pixels = image.pixels.to_vec();
    pixels.extend(strip(image.width));
    GreyImage::new(image.width, image.height + STRIP_ROWS, pixels)
}

/// White letters on black.
fn strip(width: u32) -> Vec<u8> {
    let black = vec![0; (width * STRIP_ROWS) as usize];
    let typeface = Typeface::bundled();
    let room = f64::from(width) - 2.0 * MARGIN_PX;
    let natural = typeface.width(WORDS, Weight::SemiBold, LETTERS_PX);
    let letters = (LETTERS_PX * room / natural).clamp(SMALLEST_LETTERS_PX, LETTERS_PX);
    let words = typeface.cut(WORDS, Weight::SemiBold, letters, room.max(0.0));
    let base = f64::from(STRIP_ROWS) / 2.0 + 0.36 * letters;
    let svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{STRIP_ROWS}"><text x="{MARGIN_PX}" y="{base:.2}" font-size="{letters:.2}" font-weight="{}" fill="#ffffff">{}</text></svg>"##,
        Weight::SemiBold.number(),
        escaped(&words)
    );
    let options =
        Options { fontdb: typeface.database(), font_family: "Inter".to_owned(), ..Options::default() };
    let (Ok(tree), Some(mut pixmap)) = (Tree::from_str(&svg, &options), Pixmap::new(width, STRIP_ROWS))
    else {
        return black;
    };
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    // White, so that what is premultiplied with its opacity is the grey over black.
    pixmap.pixels().iter().map(|pixel| pixel.red()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scan_stays_as_it_is_and_the_strip_has_letters() {
        for width in [12_u32, 96, 480] {
            let scan = GreyImage::new(width, 40, vec![77; (width * 40) as usize]);
            let marked = with_strip(&scan);
            assert_eq!((marked.width, marked.height), (width, 40 + STRIP_ROWS));
            let (above, strip) = marked.pixels.split_at((width * 40) as usize);
            assert!(above.iter().all(|&grey| grey == 77));
            let bright = strip.iter().filter(|&&grey| grey > 150).count();
            assert!(width < 480 || (100..strip.len() / 3).contains(&bright), "{bright} bright pixels");
            assert_eq!(with_strip(&scan).pixels[..], marked.pixels[..], "the same bytes every time");
        }
    }
}
