//! A small picture of what a step did, for the list of steps.

use crate::mask::Mask;
use crate::scan::Rect;

/// Width of a thumbnail in pixels.
pub const THUMBNAIL_WIDTH: u32 = 48;
/// Height of a thumbnail in pixels.
pub const THUMBNAIL_HEIGHT: u32 = 32;
const PIXELS: usize = (THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT) as usize;
/// A change smaller than this is shown with what lies around it, in image pixels.
const SMALLEST_VIEW: u32 = 96;

/// The composite codes around a change, after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    codes: Box<[u8]>,
}

impl Thumbnail {
    /// Looks at a changed rectangle and a margin around it. A change that has no place shows the page.
    pub fn of(mask: &Mask, changed: Rect) -> Self {
        let [x0, y0, width, height] = view(mask, changed);
        let codes = (0..THUMBNAIL_HEIGHT).flat_map(|row| {
            (0..THUMBNAIL_WIDTH).map(move |column| {
                let x = x0 + (column as f32 + 0.5) * width / THUMBNAIL_WIDTH as f32;
                let y = y0 + (row as f32 + 0.5) * height / THUMBNAIL_HEIGHT as f32;
                let inside = |at: f32, size: u32| (at.max(0.0) as u32).min(size - 1);
                mask.composite(inside(x, mask.width()), inside(y, mask.height()))
            })
        });
        Self { codes: codes.collect() }
    }

    /// From the codes as [`Thumbnail::codes`] gives them; `None` if they are not as many as the pixels.
    pub fn from_codes(codes: Vec<u8>) -> Option<Self> {
        (codes.len() == PIXELS).then(|| Self { codes: codes.into_boxed_slice() })
    }

    /// Composite codes, row-major, [`THUMBNAIL_WIDTH`] a row.
    pub fn codes(&self) -> &[u8] {
        &self.codes
    }
}

/// Left, top, width and height of what is looked at, in the shape of the thumbnail, within the mask as far as
/// it is large enough.
fn view(mask: &Mask, changed: Rect) -> [f32; 4] {
    let whole = Rect::new(0, 0, mask.width(), mask.height());
    let (changed, margin) = if changed.is_empty() { (whole, 1.0) } else { (changed, 1.5) };
    let shape = THUMBNAIL_WIDTH as f32 / THUMBNAIL_HEIGHT as f32;
    let high = (changed.height() as f32 * margin).max(SMALLEST_VIEW as f32 / shape);
    let width = (changed.width() as f32 * margin).max(high * shape);
    let height = width / shape;
    let along = |from: u32, to: u32, size: f32, whole: u32| {
        let start = (from + to) as f32 / 2.0 - size / 2.0;
        start.min(whole as f32 - size).max(0.0)
    };
    let x0 = along(changed.x0, changed.x1, width, mask.width());
    let y0 = along(changed.y0, changed.y1, height, mask.height());
    [x0, y0, width, height]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;

    #[test]
    fn a_small_cyst_stands_out_and_a_step_without_place_shows_the_page() {
        let mut mask = Mask::unannotated(600, 400);
        for y in 0..400 {
            mask.layers.fill_run(y, 0, 600, if y < 200 { 0 } else { 8 });
        }
        for y in 100..112 {
            mask.lesions.fill_run(y, 580, 596, 1);
        }
        let close = Thumbnail::of(&mask, Rect::new(580, 100, 596, 112));
        let cyst = close.codes().iter().filter(|code| **code == IRF).count();
        assert!((30..400).contains(&cyst), "{cyst} of {PIXELS} pixels");
        let page = Thumbnail::of(&mask, Rect::EMPTY);
        assert!(page.codes()[..PIXELS / 2].iter().all(|code| *code == 0 || *code == IRF));
        assert_eq!(Thumbnail::from_codes(page.codes().to_vec()), Some(page));
        assert_eq!(Thumbnail::from_codes(vec![0; 7]), None);
    }
}
