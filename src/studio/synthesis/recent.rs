//! Recent pictures: the last complete ones with everything that made them, so that each can be brought back
//! or compared with.

use std::collections::VecDeque;

use eframe::egui::{ColorImage, Context, TextureHandle, TextureOptions};

use crate::document::Command;
use crate::scan::GreyImage;
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::texts::text;
use crate::worker::{Picture, PictureImage, PictureKind, Request};

/// Pictures that are kept, and what they may occupy; the oldest go first.
const MAX_PICTURES: usize = 24;
const MAX_BYTES: usize = 32 << 20;
/// Longer side of a thumbnail in pixels.
const THUMBNAIL_PX: u32 = 128;

/// A complete picture and what made it.
#[derive(Clone)]
pub struct RecentPicture {
    /// Rises from picture to picture.
    pub number: u64,
    /// Mask, seed and settings, to bring them back.
    pub request: Request,
    /// Of the mask's size.
    pub image: PictureImage,
    /// Made where the picture lies in memory; a picture on a graphics device is shown by its number.
    pub thumbnail: Option<TextureHandle>,
}

/// The last complete pictures of the open document, the youngest last.
#[derive(Default)]
pub struct Recent {
    pictures: VecDeque<RecentPicture>,
    last_number: u64,
}

impl Recent {
    /// The pictures, the youngest first.
    pub fn iter(&self) -> impl Iterator<Item = &RecentPicture> {
        self.pictures.iter().rev()
    }

    /// The picture of a number.
    pub fn get(&self, number: u64) -> Option<&RecentPicture> {
        self.pictures.iter().find(|picture| picture.number == number)
    }

    /// Forgets everything: another document is open.
    pub fn clear(&mut self) {
        self.pictures.clear();
    }

    /// Forgets what lay on a graphics device that is gone. Answers whether anything did.
    pub fn forget_lost(&mut self) -> bool {
        let before = self.pictures.len();
        self.pictures.retain(|picture| !picture.image.is_on_device());
        self.pictures.len() < before
    }

    /// Makes the thumbnails anew, for a window that has not seen them.
    pub fn move_to(&mut self, context: &Context) {
        for picture in &mut self.pictures {
            picture.thumbnail = thumbnail_of(&picture.image, picture.number, context);
        }
    }

    /// Keeps a complete picture; one that answers the same request as another takes its place.
    pub fn keep(&mut self, request: &Request, picture: &Picture, context: &Context) {
        if !picture.complete || picture.kind == PictureKind::RealScan {
            return;
        }
        self.pictures.retain(|known| !known.request.asks_the_same(request));
        self.last_number += 1;
        self.pictures.push_back(RecentPicture {
            number: self.last_number,
            request: request.clone(),
            image: picture.image.clone(),
            thumbnail: thumbnail_of(&picture.image, self.last_number, context),
        });
        let bytes = |pictures: &VecDeque<RecentPicture>| {
            pictures.iter().map(|picture| picture.image.byte_count()).sum::<usize>()
        };
        while self.pictures.len() > 1
            && (self.pictures.len() > MAX_PICTURES || bytes(&self.pictures) > MAX_BYTES)
        {
            self.pictures.pop_front();
        }
    }
}

/// Makes the document and the settings those that made a picture, as one step that can be undone. Answers
/// whether its page is still there in its size.
pub fn bring_back(
    picture: &RecentPicture,
    session: &mut EditorSession,
    settings: &mut PanelSettings,
) -> bool {
    let request = &picture.request;
    let by = request.page as isize - session.page_index() as isize;
    session.turn_page(by);
    let mask = &session.page().mask;
    if session.page_index() != request.page
        || (mask.width(), mask.height()) != (request.mask.width(), request.mask.height())
    {
        return false;
    }
    let name = text!("step-bring-back").to_owned();
    session.editor.begin(name.clone());
    let steps = [
        Command::ReplaceMask { page: request.page, mask: request.mask.clone(), name },
        Command::RerollNoise { seed: request.seed },
    ];
    for command in steps {
        if session.editor.apply(command).is_err() {
            session.editor.abort();
            return false;
        }
    }
    session.editor.commit();
    settings.steps = request.refine_steps;
    settings.sampler = request.recipe.sampler;
    settings.noise_spacing = request.recipe.spacing;
    settings.guidance = request.recipe.guidance as f32;
    settings.lesion_contrast = request.recipe.lesion_contrast as f32;
    settings.strength = request.recipe.from_scan.as_ref().map_or(1.0, |scan| scan.strength as f32);
    true
}

fn thumbnail_of(image: &PictureImage, number: u64, context: &Context) -> Option<TextureHandle> {
    match image {
        PictureImage::Cpu(image) => Some(thumbnail(image, number, context)),
        #[cfg(feature = "gpu")]
        PictureImage::Gpu { .. } => None,
    }
}

/// A small copy, every pixel the mean of what it covers.
fn thumbnail(image: &GreyImage, number: u64, context: &Context) -> TextureHandle {
    let factor = image.width.max(image.height).div_ceil(THUMBNAIL_PX).max(1);
    let (width, height) = ((image.width / factor).max(1), (image.height / factor).max(1));
    let mut greys = Vec::with_capacity((width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            let (mut sum, mut count) = (0u32, 0u32);
            for row in y * factor..((y + 1) * factor).min(image.height) {
                for column in x * factor..((x + 1) * factor).min(image.width) {
                    sum += u32::from(image.get(column, row));
                    count += 1;
                }
            }
            greys.push((sum / count.max(1)) as u8);
        }
    }
    let small = ColorImage::from_gray([width as usize, height as usize], &greys);
    context.load_texture(format!("recent picture {number}"), small, TextureOptions::LINEAR)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::mask::Mask;
    use crate::worker::Recipe;

    fn request(seed: u64, side: u32) -> Request {
        Request {
            job: seed,
            page: 0,
            mask: Mask::unannotated(side, side),
            spacing: None,
            seed,
            refine_steps: 8,
            recipe: Recipe::default(),
            full_frame: false,
        }
    }

    fn picture(side: u32, complete: bool) -> Picture {
        let pixels = vec![7; (side * side) as usize];
        Picture {
            job: 1,
            page: 0,
            kind: PictureKind::Refined { steps: 8 },
            image: PictureImage::Cpu(GreyImage::new(side, side, pixels)),
            duration: Duration::ZERO,
            complete,
        }
    }

    #[test]
    fn the_oldest_go_first_and_the_same_picture_is_kept_once() {
        let context = Context::default();
        let mut recent = Recent::default();
        for seed in 0..40 {
            recent.keep(&request(seed, 16), &picture(16, true), &context);
        }
        assert_eq!(recent.iter().count(), MAX_PICTURES);
        assert_eq!(recent.iter().next().map(|picture| picture.request.seed), Some(39));
        recent.keep(&request(39, 16), &picture(16, true), &context);
        recent.keep(&request(99, 16), &picture(16, false), &context);
        assert_eq!(recent.iter().count(), MAX_PICTURES);
        for seed in 100..103 {
            recent.keep(&request(seed, 4000), &picture(4000, true), &context);
        }
        assert_eq!(recent.iter().count(), 2, "two of 16 MB each");
        recent.clear();
        assert_eq!(recent.iter().count(), 0);
    }
}
