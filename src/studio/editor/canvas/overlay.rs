//! The CPU mirrored of `shaders/overlay.wgsl`: what a screen pixel of the canvas shows, in plain Rust.
//!
//! It says in readable form what the pass does, and the tests compare the two pixel by pixel.

use crate::anatomy::UNANNOTATED;
use crate::mask::Mask;
use crate::scan::GreyImage;

/// Palette entry of what nobody annotated.
pub const UNANNOTATED_ENTRY: usize = 15;
const HATCH_PERIOD: f32 = 14.0;
const HATCH_OPACITY: f32 = 0.16;
const DASH_PERIOD: f32 = 9.0;
const DASH_SHARE: f32 = 0.62;
/// Outlines of dark labels are lifted to this luma: they run over dark tissue, without a fill beside them.
const OUTLINE_LUMA: f32 = 0.44;

/// Shows every grey as it is.
pub const NEUTRAL_TONE: [f32; 4] = [0.0, 1.0, 1.0, 0.0];

/// The uniform block of the pass: where the image lies under the viewport and how labels are drawn.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
pub struct OverlayView {
    /// Width and height in image pixels.
    pub image_size: [f32; 2],
    /// Image coordinates at the top left corner of the viewport.
    pub origin: [f32; 2],
    /// Image pixels per screen pixel.
    pub step: [f32; 2],
    /// Size of the viewport in screen pixels.
    pub viewport: [f32; 2],
    /// 0..=1.
    pub fill_opacity: f32,
    /// 0..=1; 0 draws no outline.
    pub outline_opacity: f32,
    /// Screen pixels.
    pub outline_width: f32,
    /// 1 when the render target encodes to sRGB itself.
    pub target_is_srgb: f32,
    /// Of the grey: darkest shown, 1 / (brightest - darkest), 1 / gamma, and 1 to invert. See
    /// [`NEUTRAL_TONE`].
    pub tone: [f32; 4],
    /// Colour and opacity of the outlines of the other grader's labels; opacity 0 without one.
    pub other_outline: [f32; 4],
    /// Colour and opacity over pixels that the two graders label differently; opacity 0 without one.
    pub difference: [f32; 4],
    /// Gamma-encoded straight colour, and 1 for a visible label. Entry 15: the unannotated.
    pub palette: [[f32; 4]; 16],
}

impl OverlayView {
    /// The gamma-encoded colour of a screen pixel (its centre), or `None` outside the image. `other` is the
    /// other grader's mask, where there is one.
    pub fn shade(
        &self,
        scan: &GreyImage,
        labels: &Mask,
        other: Option<&Mask>,
        screen: [u32; 2],
    ) -> Option<[f32; 3]> {
        let centre = screen.map(|at| at as f32 + 0.5);
        let point = [0, 1].map(|axis| self.origin[axis] + centre[axis] * self.step[axis]);
        if !self.inside(point) {
            return None;
        }
        let grey = self.toned(self.grey_of(scan, point));
        let entry = self.entry_of(labels, point);
        let paint = self.palette[entry];
        let mut ink = [paint[0], paint[1], paint[2]];
        let opacity = if entry == UNANNOTATED_ENTRY {
            let stripe = ((centre[0] + centre[1]) / HATCH_PERIOD).fract() < 0.5;
            if stripe { HATCH_OPACITY * paint[3] } else { 0.0 }
        } else if self.outline_opacity > 0.0 && self.is_border(labels, point, entry) {
            ink = outline_color(ink);
            self.outline_opacity
        } else {
            self.fill_opacity * paint[3]
        };
        let mut color = [0, 1, 2].map(|channel| mix(grey, ink[channel], opacity));
        if let Some(other) = other {
            let other_entry = self.entry_of(other, point);
            let both_known = entry != UNANNOTATED_ENTRY && other_entry != UNANNOTATED_ENTRY;
            if both_known && entry != other_entry {
                lay_over(&mut color, self.difference);
            }
            let dash = ((centre[0] + centre[1]) / DASH_PERIOD).fract() < DASH_SHARE;
            if self.other_outline[3] > 0.0 && dash && self.is_border(other, point, other_entry) {
                lay_over(&mut color, self.other_outline);
            }
        }
        Some(color)
    }

    /// Window and level, gamma, inversion.
    fn toned(&self, grey: f32) -> f32 {
        let [darkest, scale, exponent, invert] = self.tone;
        let mut shown = ((grey - darkest) * scale).clamp(0.0, 1.0);
        if exponent != 1.0 && shown > 0.0 {
            shown = shown.powf(exponent);
        }
        if invert > 0.5 { 1.0 - shown } else { shown }
    }

    fn inside(&self, point: [f32; 2]) -> bool {
        (0..2).all(|axis| point[axis] >= 0.0 && point[axis] < self.image_size[axis])
    }

    fn pixel_of(&self, point: [f32; 2]) -> [i32; 2] {
        [0, 1].map(|axis| (point[axis].floor() as i32).clamp(0, self.image_size[axis] as i32 - 1))
    }

    fn grey_of(&self, scan: &GreyImage, point: [f32; 2]) -> f32 {
        let grey_at = |x: i32, y: i32| {
            let x = x.clamp(0, scan.width as i32 - 1) as u32;
            let y = y.clamp(0, scan.height as i32 - 1) as u32;
            f32::from(scan.get(x, y)) / 255.0
        };
        let samples = self.step.map(|step| ((step - 0.01).ceil() as i32).clamp(1, 4));
        if samples == [1, 1] {
            let shifted = point.map(|at| at - 0.5);
            let [x, y] = shifted.map(|at| at.floor() as i32);
            let blend = [0, 1].map(|axis| {
                let within = shifted[axis] - shifted[axis].floor();
                ((within - 0.5) / self.step[axis] + 0.5).clamp(0.0, 1.0)
            });
            let upper = mix(grey_at(x, y), grey_at(x + 1, y), blend[0]);
            let lower = mix(grey_at(x, y + 1), grey_at(x + 1, y + 1), blend[0]);
            return mix(upper, lower, blend[1]);
        }
        let mut sum = 0.0;
        for j in 0..samples[1] {
            for i in 0..samples[0] {
                let index = [i, j];
                let [x, y] = self.pixel_of([0, 1].map(|axis| {
                    let offset = (index[axis] as f32 + 0.5) / samples[axis] as f32 - 0.5;
                    point[axis] + offset * self.step[axis]
                }));
                sum += grey_at(x, y);
            }
        }
        sum / (samples[0] * samples[1]) as f32
    }

    fn entry_of(&self, labels: &Mask, point: [f32; 2]) -> usize {
        let [x, y] = self.pixel_of(point);
        match labels.composite(x as u32, y as u32) {
            UNANNOTATED => UNANNOTATED_ENTRY,
            code => usize::from(code).min(UNANNOTATED_ENTRY),
        }
    }

    fn is_border(&self, labels: &Mask, point: [f32; 2], entry: usize) -> bool {
        let hidden = |entry: usize| entry == UNANNOTATED_ENTRY || self.palette[entry][3] == 0.0;
        if hidden(entry) {
            return false;
        }
        let reach = self.step.map(|step| step * self.outline_width);
        [[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]].into_iter().any(|offset: [f32; 2]| {
            let near = [0, 1].map(|axis| point[axis] + offset[axis] * reach[axis]);
            self.inside(near) && {
                let other = self.entry_of(labels, near);
                other != entry && (hidden(other) || entry > other)
            }
        })
    }
}

fn outline_color(color: [f32; 3]) -> [f32; 3] {
    let luma = color[0] * 0.299 + color[1] * 0.587 + color[2] * 0.114;
    let lift = ((OUTLINE_LUMA - luma) / (1.0 - luma + 1e-6)).clamp(0.0, 1.0);
    color.map(|channel| mix(channel, 1.0, lift))
}

fn lay_over(color: &mut [f32; 3], paint: [f32; 4]) {
    for (channel, over) in color.iter_mut().zip(paint) {
        *channel = mix(*channel, over, paint[3]);
    }
}

fn mix(from: f32, to: f32, share: f32) -> f32 {
    from * (1.0 - share) + to * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_view_fills_the_uniform_block_without_gaps() {
        assert_eq!(size_of::<OverlayView>(), 48 + 3 * 16 + 16 * 16);
    }
}
