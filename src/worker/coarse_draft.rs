//! The first picture of a scan too large for a CPU to draw while somebody waits: a draft of only the part around the
//! change, on a coarser grid where that part is large, too.
//!
//! One step over 4096 x 4096 pixels takes a CPU most of a minute. To the network a coarser frame is a smaller scan: its
//! layers come out in their places, its speckle does not. So such a picture is only ever a draft; the frame's own draft
//! follows as soon as nothing waits, and takes its place.

use std::sync::Arc;

use super::protocol::{FromScan, PictureImage, Recipe};
use super::renderer::{Destination, Edit, Failure, RenderScene, Renderer};
use crate::device::DeviceInfo;
use crate::document::Appearance;
use crate::encoding::resampling::{nearest_indices, resample};
use crate::scan::{GreyImage, Rect};

/// Pixels of the network's grid up to which a CPU draws a draft without keeping anybody waiting.
pub const MAX_PROMPT_PIXELS: usize = 2 << 20;
/// What a part is drawn with around the change: beyond that the network sees no more of it.
const CONTEXT_PX: u32 = 128;

/// By how much the sides of a frame of so many pixels on the network's grid are divided: 1, 2 or 4.
fn divisor(pixels: usize, device: &DeviceInfo) -> u32 {
    // Another machine is sent what changes of one document; frames of another size would cost it that.
    if device.is_gpu || device.host.is_some() || pixels <= MAX_PROMPT_PIXELS {
        1
    } else if pixels <= 4 * MAX_PROMPT_PIXELS {
        2
    } else {
        4
    }
}

/// A coarse draft of the frame in memory, laid over `edit.base` inside `edit.halo` if that is given; `None` where the
/// frame's own draft is quick enough.
///
/// # Errors
/// As [`Renderer::draft`].
pub fn draw(
    renderer: &impl Renderer,
    scene: &RenderScene,
    edit: Option<Edit<'_>>,
) -> Result<Option<PictureImage>, Failure> {
    let device = renderer.device();
    let pixels = |width, height| renderer.grid_pixels(width, height, scene.spacing);
    if divisor(pixels(scene.width, scene.height), &device) == 1 {
        return Ok(None);
    }
    // A picture that lies on a device is no ground for one in memory.
    let over = edit.and_then(|edit| match edit.base {
        PictureImage::Cpu(base) => Some((base, edit.halo)),
        #[cfg(feature = "gpu")]
        PictureImage::Gpu { .. } => None,
    });
    let rect = match over {
        Some((_, halo)) => halo.rect().grown(CONTEXT_PX, scene.width, scene.height),
        None => Rect::new(0, 0, scene.width, scene.height),
    };
    let part = part_of(scene, rect, divisor(pixels(rect.width(), rect.height()), &device));
    let drawn = match renderer.draft(&part, None, Destination::Memory)? {
        PictureImage::Cpu(drawn) => resized(&drawn, rect.width(), rect.height()),
        #[cfg(feature = "gpu")]
        PictureImage::Gpu { .. } => return Err("a coarse draft must come back to memory".into()),
    };
    Ok(Some(PictureImage::Cpu(match over {
        Some((base, halo)) => halo.compose(base, &pasted(base, rect, &drawn)),
        None => drawn,
    })))
}

/// A part of a frame with its sides divided, every pixel the nearest of the frame's.
fn part_of(scene: &RenderScene, rect: Rect, divisor: u32) -> RenderScene {
    let places = |start: u32, length: u32| -> Vec<usize> {
        let nearest = nearest_indices(length, length.div_ceil(divisor));
        nearest.into_iter().map(|at| (start + at) as usize).collect()
    };
    let (columns, rows) = (places(rect.x0, rect.width()), places(rect.y0, rect.height()));
    let picked = |values: &[u8]| -> Vec<u8> {
        let row = |y: &usize| &values[y * scene.width as usize..][..scene.width as usize];
        rows.iter().map(row).flat_map(|row| columns.iter().map(move |&x| row[x])).collect()
    };
    let (width, height) = (columns.len() as u32, rows.len() as u32);
    let from_scan = scene.recipe.from_scan.as_ref().map(|scan| FromScan {
        image: GreyImage::new(width, height, picked(&scan.image.pixels)),
        scanned_area: scan.scanned_area.as_ref().map(|area| picked(area).into()),
        strength: scan.strength,
    });
    let Appearance { style, shadows, band_contrast } = &*scene.recipe.appearance;
    let shadows = match shadows.len() == scene.width as usize {
        true => columns.iter().map(|&x| shadows[x]).collect(),
        false => Vec::new(),
    };
    let appearance = Arc::new(Appearance { style: style.clone(), shadows, band_contrast: *band_contrast });
    RenderScene {
        labels: picked(&scene.labels).into(),
        width,
        height,
        // As it was: a network of one scale would otherwise draw on the grid that it draws the frame on.
        spacing: scene.spacing,
        seed: scene.seed,
        recipe: Recipe { from_scan, appearance, ..scene.recipe.clone() },
    }
}

fn resized(image: &GreyImage, width: u32, height: u32) -> GreyImage {
    if (image.width, image.height) == (width, height) {
        return image.clone();
    }
    let values: Vec<f32> = image.pixels.iter().map(|&grey| f32::from(grey)).collect();
    let resampled = resample(&values, (image.width, image.height), (width, height));
    let pixels: Vec<u8> = resampled.iter().map(|value| value.round().clamp(0.0, 255.0) as u8).collect();
    GreyImage::new(width, height, pixels)
}

/// `base` with `part` in place of a rectangle of it.
fn pasted(base: &GreyImage, rect: Rect, part: &GreyImage) -> GreyImage {
    let mut pixels = base.pixels.to_vec();
    for (y, row) in (rect.y0..rect.y1).zip(part.pixels.chunks_exact(rect.width() as usize)) {
        let start = y as usize * base.width as usize + rect.x0 as usize;
        pixels[start..start + row.len()].copy_from_slice(row);
    }
    GreyImage::new(base.width, base.height, pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_processor_of_this_machine_draws_coarsely_and_only_what_is_large() {
        let cpu = DeviceInfo::default();
        let sides = [768 * 496, 2048 * 1024, 2048 * 1025, 2896 * 2896, 4096 * 4096];
        assert_eq!(sides.map(|pixels| divisor(pixels, &cpu)), [1, 1, 2, 2, 4]);
        let gpu = DeviceInfo { is_gpu: true, ..DeviceInfo::default() };
        let far = DeviceInfo { host: Some("far".into()), ..DeviceInfo::default() };
        assert_eq!([gpu, far].map(|device| divisor(4096 * 4096, &device)), [1, 1]);
    }

    #[test]
    fn a_part_takes_everything_with_it_that_lies_on_pixels_or_columns() {
        let grey: Vec<u8> = (0..48).collect();
        let from_scan = FromScan {
            image: GreyImage::new(8, 6, grey.clone()),
            scanned_area: Some(grey.clone().into()),
            strength: 0.5,
        };
        let appearance = Arc::new(Appearance {
            style: Some(vec![1.0]),
            shadows: (0..8).collect(),
            ..Appearance::default()
        });
        let recipe = Recipe { from_scan: Some(from_scan), appearance, ..Recipe::default() };
        let scene = RenderScene { labels: grey.into(), width: 8, height: 6, spacing: None, seed: 3, recipe };
        let part = part_of(&scene, Rect::new(2, 1, 7, 5), 2);
        // Five columns from 2 are three, of which the nearest are 0, 2 and 4; four rows from 1 are two, 1 and 3.
        let expected: Vec<u8> = [2u8, 4].into_iter().flat_map(|y| [2u8, 4, 6].map(|x| y * 8 + x)).collect();
        assert_eq!((part.width, part.height, part.seed), (3, 2, 3));
        assert_eq!(part.labels.to_vec(), expected);
        let scan = part.recipe.from_scan.expect("the scan to start from");
        assert_eq!(scan.image.pixels.to_vec(), expected);
        assert_eq!(scan.scanned_area.expect("its area").to_vec(), expected);
        assert_eq!(part.recipe.appearance.shadows, [2, 4, 6]);
        assert_eq!(part.recipe.appearance.style.as_deref(), Some(&[1.0][..]));
        let whole = part_of(&scene, Rect::new(0, 0, 8, 6), 1);
        assert_eq!((whole.labels, &whole.recipe), (scene.labels, &scene.recipe));
    }
}
