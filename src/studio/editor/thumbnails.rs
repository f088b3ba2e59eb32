//! Small pictures of the B-scans, made on a thread of their own when they come into sight.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use super::session::EditorSession;
use crate::anatomy::{ABOVE_ILM, BELOW_BM, UNANNOTATED, is_lesion};
use crate::background::{Receiver, Sender, queue, start_thread};
use crate::mask::Mask;
use crate::scan::BScan;
use crate::studio::widgets::theme;

/// Size of the pictures in pixels.
pub const SIZE: [usize; 2] = [192, 112];
/// Pictures that may wait on either side; what finds no room is asked for again in the next frame.
const WAITING: usize = 8;
/// How much of a label's colour a picture takes.
const LAYER_SHARE: f32 = 0.3;
const LESION_SHARE: f32 = 0.75;

struct Order {
    page: usize,
    document_number: u64,
    scan: Arc<BScan>,
    mask: Mask,
}

struct Made {
    page: usize,
    document_number: u64,
    mask: Mask,
    image: ColorImage,
}

/// A picture and the mask it shows.
struct Thumbnail {
    mask: Mask,
    texture: TextureHandle,
}

/// The pictures of the open document, as far as they were in sight.
#[derive(Default)]
pub struct Thumbnails {
    document_number: u64,
    shown: HashMap<usize, Thumbnail>,
    waiting: HashSet<usize>,
    thread: Option<(Sender<Order>, Receiver<Made>)>,
}

impl Thumbnails {
    /// Takes what was made since the last frame.
    pub fn follow(&mut self, session: &EditorSession, context: &Context) {
        if self.document_number != session.document_number() {
            self.document_number = session.document_number();
            self.shown.clear();
            self.waiting.clear();
        }
        let Some((_, receiver)) = &self.thread else { return };
        for made in receiver.try_iter().filter(|made| made.document_number == self.document_number) {
            self.waiting.remove(&made.page);
            let texture = match self.shown.remove(&made.page) {
                Some(mut thumbnail) => {
                    thumbnail.texture.set(made.image, TextureOptions::LINEAR);
                    thumbnail.texture
                }
                None => context.load_texture("thumbnail", made.image, TextureOptions::LINEAR),
            };
            self.shown.insert(made.page, Thumbnail { mask: made.mask, texture });
        }
    }

    /// The picture of a page in sight; asks for it, or for a newer one, where it is missing.
    pub fn picture(
        &mut self,
        page: usize,
        session: &EditorSession,
        context: &Context,
    ) -> Option<&TextureHandle> {
        let document_page = &session.editor.document().pages[page];
        let is_current = self.shown.get(&page).is_some_and(|thumbnail| {
            let drawn = &thumbnail.mask;
            drawn.layers.bounds() == document_page.mask.layers.bounds()
                && drawn.difference(&document_page.mask).is_empty()
        });
        // Not during a stroke: the picture would be old when it comes.
        if !is_current && !self.waiting.contains(&page) && !session.editor.is_step_open() {
            let order = Order {
                page,
                document_number: self.document_number,
                scan: document_page.scan.clone(),
                mask: document_page.mask.clone(),
            };
            // Where the thread has no room, what it makes next wakes the window.
            if self.order(order, context) {
                self.waiting.insert(page);
            }
        }
        self.shown.get(&page).map(|thumbnail| &thumbnail.texture)
    }

    /// Whether pictures are still being made.
    pub fn are_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn order(&mut self, order: Order, context: &Context) -> bool {
        if self.thread.is_none() {
            self.thread = start(context.clone());
        }
        self.thread.as_ref().is_some_and(|(sender, _)| sender.try_send(order).is_ok())
    }
}

/// The thread ends when the window drops its end. `None` when the system grants none: the row then shows
/// numbers without pictures.
fn start(context: Context) -> Option<(Sender<Order>, Receiver<Made>)> {
    let (orders, work) = queue::<Order>(WAITING);
    let (results, made) = queue(WAITING);
    let thread = start_thread("studio-thumbnails", move || {
        for order in work {
            let image = draw(&order.scan, &order.mask);
            let made =
                Made { page: order.page, document_number: order.document_number, mask: order.mask, image };
            if results.send(made).is_err() {
                return;
            }
            context.request_repaint();
        }
    });
    thread.ok().map(|_| (orders, made))
}

/// The whole scan with its labels, stretched to the size of a picture.
fn draw(scan: &BScan, mask: &Mask) -> ColorImage {
    let [width, height] = SIZE;
    let (columns, rows) = (scan.width() as usize, scan.height() as usize);
    let mut pixels = Vec::with_capacity(width * height);
    let span = |index: usize, count: usize, of: usize| {
        let from = index * of / count;
        from..((index + 1) * of / count).max(from + 1)
    };
    for y in 0..height {
        for x in 0..width {
            let (across, down) = (span(x, width, columns), span(y, height, rows));
            let count = (across.len() * down.len()) as u32;
            let sum: u32 = down
                .clone()
                .map(|row| {
                    let line = &scan.image.pixels[row * columns..][across.clone()];
                    line.iter().map(|grey| u32::from(*grey)).sum::<u32>()
                })
                .sum();
            let grey = theme::grey((sum / count) as u8);
            let code = mask
                .composite((across.start + across.len() / 2) as u32, (down.start + down.len() / 2) as u32);
            pixels.push(match code {
                ABOVE_ILM | BELOW_BM | UNANNOTATED => grey,
                code if is_lesion(code) => grey.lerp_to_gamma(theme::swatch_color(code), LESION_SHARE),
                code => grey.lerp_to_gamma(theme::swatch_color(code), LAYER_SHARE),
            });
        }
    }
    ColorImage::new(SIZE, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::GreyImage;

    #[test]
    fn a_picture_shows_greys_and_labels_of_scans_of_any_size() {
        for (width, height) in [(768, 496), (3, 2)] {
            let scan =
                BScan::from_image(GreyImage::new(width, height, vec![80; (width * height) as usize]), "x");
            let mut mask = Mask::unannotated(width, height);
            let bare = draw(&scan, &mask);
            assert!(bare.pixels.iter().all(|pixel| *pixel == theme::grey(80)));
            for y in 0..height / 2 {
                mask.layers.fill_run(y, 0, width, 1);
            }
            let drawn = draw(&scan, &mask);
            assert_ne!(drawn.pixels[SIZE[0] / 2], theme::grey(80));
            assert_eq!(drawn.pixels[SIZE[0] * (SIZE[1] - 1)], theme::grey(80));
        }
    }
}
