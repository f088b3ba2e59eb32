//! The scan under the labels that the answers so far make of a file, small enough to be drawn anew after each.

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::anatomy::{ABOVE_ILM, BELOW_BM, UNANNOTATED};
use crate::mask::Mask;
use crate::scan::BScan;
use crate::studio::widgets::theme;

/// Largest sides in pixels.
const MAX_SIZE: [u32; 2] = [380, 290];
/// How much of a label's colour the picture takes.
const LABEL_SHARE: f32 = 0.55;

/// A picture of a B-scan with labels.
#[derive(Default)]
pub struct Preview {
    of: Option<PreviewedBScan>,
    texture: Option<TextureHandle>,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviewedBScan {
    pub revision: u64,
    pub b_scan: usize,
    /// Whether the labels were made already.
    pub has_labels: bool,
}

impl Preview {
    /// The picture; drawn anew where it shows something else.
    pub fn picture(
        &mut self,
        context: &Context,
        shown: PreviewedBScan,
        scan: &BScan,
        mask: Option<&Mask>,
    ) -> Option<&TextureHandle> {
        if self.of != Some(shown) {
            self.of = Some(shown);
            let image = drawn(scan, mask);
            match &mut self.texture {
                Some(texture) => texture.set(image, TextureOptions::LINEAR),
                None => {
                    self.texture = Some(context.load_texture("label mapping", image, TextureOptions::LINEAR));
                }
            }
        }
        self.texture.as_ref()
    }
}

/// Every so-manieth pixel of the scan with the colour of its label.
fn drawn(scan: &BScan, mask: Option<&Mask>) -> ColorImage {
    let (columns, rows) = (scan.width(), scan.height());
    let [width, height] = [columns.min(MAX_SIZE[0]), rows.min(MAX_SIZE[1])];
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        for x in 0..width {
            let (column, row) = (x * columns / width, y * rows / height);
            let grey = theme::grey(scan.image.get(column, row));
            pixels.push(match mask.map(|mask| mask.composite(column, row)) {
                None | Some(ABOVE_ILM | BELOW_BM | UNANNOTATED) => grey,
                Some(code) => grey.lerp_to_gamma(theme::swatch_color(code), LABEL_SHARE),
            });
        }
    }
    ColorImage::new([width as usize, height as usize], pixels)
}
