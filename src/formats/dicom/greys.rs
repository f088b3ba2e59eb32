//! Stored samples as display greys: slope and intercept, colour, the window that the file states or one that is chosen.

use std::borrow::Cow;

use rayon::prelude::*;

use super::super::grey_range::{GreyWindow, ValueFacts, WindowSource};
use super::facts::{DicomFacts, Rescale};
use super::pixels::Frames;
use super::sample_layout::SampleLayout;

/// The window that the file states, black and white in real values.
fn stated_window(facts: &DicomFacts) -> Option<[f32; 2]> {
    let of_frames = facts.per_frame.first().map(|frame| frame.window);
    let window = if facts.shared.window.width.is_some() { facts.shared.window } else { of_frames? };
    let (centre, width) = (window.centre?, window.width?);
    // PS3.3 C.11.2.1.2.1: the width counts values, so it spans one step less.
    let [black, white] = match facts.window_is_exact {
        true => [centre - width / 2.0, centre + width / 2.0],
        false => [centre - 0.5 - (width - 1.0) / 2.0, centre - 0.5 + (width - 1.0) / 2.0],
    };
    (black < white).then_some([black as f32, white as f32])
}

/// All frames as display greys, by one window, and that window unless greys were stored.
pub(super) fn to_greys(
    facts: &DicomFacts,
    frames: &Frames,
    window: Option<GreyWindow>,
) -> (Vec<Vec<u8>>, Option<GreyWindow>) {
    let layout = frames.layout;
    if layout.samples == 3 {
        let is_luma_first = facts.photometric.starts_with("YBR") && !frames.is_rgb;
        let convert = |frame: &Cow<[u8]>| colours_to_grey(frame, frames, is_luma_first);
        return (frames.frames.par_iter().map(convert).collect(), None);
    }
    let real = RealValues::of(facts, frames);
    let window = window.unwrap_or_else(|| choose_window(facts, frames, &real));
    let is_inverted = facts.photometric == "MONOCHROME1";
    let grey = |value: f32| if is_inverted { 255 - window.grey(value) } else { window.grey(value) };
    let said = (layout.bits_stored != 8 || window.source != WindowSource::NumberType).then_some(window);
    // A table of the values that one or two bytes can have, by the bytes as they stand, costs as much as so many pixels.
    let count = frames.frames.len() * frames.pixels;
    let values = (layout.bytes <= 2).then(|| 1_u32 << (8 * layout.bytes));
    let Some(values) = values.filter(|values| count >= *values as usize) else {
        let convert = |frame: &Cow<[u8]>| (0..frames.pixels).map(|i| grey(real.at(frame, i))).collect();
        return (frames.frames.par_iter().map(convert).collect(), said);
    };
    let table: Vec<u8> =
        (0..values).map(|raw| grey(real.at(&raw.to_le_bytes()[..layout.bytes], 0))).collect();
    let index = |bytes: &[u8]| bytes.iter().rev().fold(0, |index, byte| index << 8 | usize::from(*byte));
    let convert =
        |frame: &Cow<[u8]>| frame.chunks_exact(layout.bytes).map(|bytes| table[index(bytes)]).collect();
    (frames.frames.par_iter().map(convert).collect(), said)
}

/// Stored samples with the file's slope and intercept.
struct RealValues {
    layout: SampleLayout,
    slope: f32,
    intercept: f32,
}

impl RealValues {
    fn of(facts: &DicomFacts, frames: &Frames) -> Self {
        let of_frame = facts.per_frame.first().map_or(Rescale::default(), |frame| frame.rescale);
        let slope = facts.shared.rescale.slope.or(of_frame.slope).filter(|slope| *slope != 0.0);
        let intercept = facts.shared.rescale.intercept.or(of_frame.intercept);
        Self {
            layout: frames.layout,
            slope: slope.unwrap_or(1.0) as f32,
            intercept: intercept.unwrap_or(0.0) as f32,
        }
    }

    fn at(&self, frame: &[u8], index: usize) -> f32 {
        self.layout.value(frame, index) * self.slope + self.intercept
    }

    fn range(&self) -> Option<[f32; 2]> {
        let mut range = self.layout.range()?.map(|value| value * self.slope + self.intercept);
        range.sort_by(f32::total_cmp);
        Some(range)
    }
}

fn choose_window(facts: &DicomFacts, frames: &Frames, real: &RealValues) -> GreyWindow {
    let (file_window, type_range) = (stated_window(facts), real.range());
    if let (Some([black, white]), None, 8) = (type_range, file_window, frames.layout.bits_stored) {
        // Eight bits without a window are greys already.
        return GreyWindow { black, white, source: WindowSource::NumberType };
    }
    let count = frames.frames.len() * frames.pixels;
    let value = |i: usize| real.at(&frames.frames[i / frames.pixels], i % frames.pixels);
    GreyWindow::choose(count, value, ValueFacts { file_window, type_range })
}

/// Luma (Rec. 601) of frames in colour.
fn colours_to_grey(frame: &[u8], frames: &Frames, is_luma_first: bool) -> Vec<u8> {
    let pixels = frames.pixels;
    let sample = |pixel: usize, of: usize| match frames.layout.is_planar {
        true => frame[of * pixels + pixel],
        false => frame[pixel * 3 + of],
    };
    let luma = |pixel: usize| {
        if is_luma_first {
            return sample(pixel, 0);
        }
        let [red, green, blue] = [0, 1, 2].map(|of| f32::from(sample(pixel, of)));
        (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8
    };
    (0..pixels).map(luma).collect()
}
