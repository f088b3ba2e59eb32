//! A mask as the network sees it: its planes on the device, and their share of the first convolution.
//!
//! What goes to the device is one number a pixel: the plane that it lights, where planes are one-hot and made
//! there, or the one plane itself.
//! A scene encoded after an earlier one sends only the box of what changed, and computes only the windows that
//! the change lies in.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::bright_line::BrightLines;
use super::dark_fluid::DarkFluid;
use super::finish::Finish;
use super::interfaces::Interfaces;
use super::look::Look;
use super::outer_bands::OuterBands;
use super::painted_cysts::PaintedCysts;
use super::requested_look::RequestedLook;
use super::unseen_fluid::{self, Inside};
use crate::encoding::labels::{Coding, LabelScheme};
use crate::encoding::mapping::GridPlan;
use crate::encoding::outer_bands::USUAL_CONTRAST;
use crate::encoding::style::{self, StyleModel};
use crate::nn::UNet;
use crate::nn::unet::ConditionFeatures;
use crate::scan::Rect;

/// A mask as the network sees it.
#[derive(Clone, Debug)]
pub struct EncodedScene {
    /// How much of the lesions the network is given.
    lesions: f64,
    /// What it is conditioned on of the look.
    conditions: Look,
    pub(super) grid_width: u32,
    pub(super) grid_height: u32,
    pub(super) windows: Vec<Window>,
    /// What the greys above black are multiplied with, `[pictures, 1, height, width]`: see [`unseen_fluid`].
    greys: Option<Tensor<4>>,
    /// By picture: what it must have.
    finishes: Vec<Arc<Finish>>,
}

#[derive(Clone, Debug)]
pub(super) struct Window {
    pub rect: Rect,
    labels: Arc<[u8]>,
    /// The number of every pixel, `[1, 1, height, width]`.
    numbers: Tensor<4>,
    pub features: ConditionFeatures,
    /// What the estimate is pushed away from.
    pub guide: Option<Guidance>,
    /// How much each pixel counts, `[1, 1, height, width]`; none where the window is alone.
    pub weights: Option<Tensor<4>>,
}

/// No mask at all, which the estimate is pushed away from (Ho and Salimans 2022, classifier-free guidance): it becomes
/// `estimate + by * (estimate - that of these features)`.
#[derive(Clone, Debug)]
pub(super) struct Guidance {
    pub features: ConditionFeatures,
    pub by: f64,
}

impl EncodedScene {
    /// Scenes of one size as one of a batch, in their order, to be drawn and nothing else; `None` where they do not lie
    /// alike: other windows, or guidance that only some of them have.
    pub(super) fn joined(scenes: &[&Self]) -> Option<Self> {
        let first = *scenes.first()?;
        let size = |scene: &Self| (scene.grid_width, scene.grid_height, scene.windows.len());
        if scenes.iter().any(|scene| size(scene) != size(first)) {
            return None;
        }
        let window = |index: usize| {
            let windows: Vec<&Window> = scenes.iter().map(|scene| &scene.windows[index]).collect();
            Window::joined(&windows)
        };
        let windows = (0..first.windows.len()).map(window).collect::<Option<Vec<_>>>()?;
        let greys = scenes.iter().find_map(|scene| scene.greys.as_ref()).map(|some| {
            let of = |scene: &&Self| scene.greys.clone().unwrap_or_else(|| some.ones_like());
            Tensor::cat(scenes.iter().map(of).collect(), 0)
        });
        let finishes = scenes.iter().flat_map(|scene| scene.finishes.iter().cloned()).collect();
        Some(Self { windows, greys, finishes, ..first.clone() })
    }

    /// Pictures in `[-1, 1]` with what the network leaves out of them: the fluid that it was never shown darkened, then its
    /// [`Finish`]. `share` of it, so that what is left of a real scan is not changed once more.
    pub(super) fn with_greys(&self, pictures: Tensor<4>, share: f64) -> Tensor<4> {
        let pictures = match &self.greys {
            // Written so that a factor of 1 leaves every bit as it is.
            Some(greys) => {
                let missing = greys.clone().sub_scalar(1.0).mul_scalar(share);
                pictures.clone() + pictures.add_scalar(1.0) * missing
            }
            None => pictures,
        };
        if self.finishes.iter().all(|finish| finish.is_empty()) {
            return pictures;
        }
        // What came is measured by pixel and class: a task for the processor, wherever the network is.
        let (device, dims, dtype) = (pictures.device(), pictures.dims(), pictures.dtype());
        let mut values: Vec<f32> = pictures.into_data_as::<f32>().iter::<f32>().collect();
        let size = values.len() / dims[0];
        for (picture, finish) in values.chunks_exact_mut(size).zip(&self.finishes) {
            finish.meet(picture, share as f32);
        }
        Tensor::<4>::from_data(TensorData::new(values, dims), &device).cast(dtype)
    }
}

impl Window {
    fn joined(windows: &[&Self]) -> Option<Self> {
        let first = *windows.first()?;
        let kind = |window: &Self| (window.rect, window.guide.as_ref().map(|guide| guide.by));
        if windows.iter().any(|window| kind(window) != kind(first)) {
            return None;
        }
        let guides: Vec<&Guidance> = windows.iter().filter_map(|window| window.guide.as_ref()).collect();
        let features: Vec<&ConditionFeatures> = windows.iter().map(|window| &window.features).collect();
        Some(Self {
            rect: first.rect,
            labels: windows.iter().flat_map(|window| window.labels.iter().copied()).collect(),
            numbers: Tensor::cat(windows.iter().map(|window| window.numbers.clone()).collect(), 0),
            features: ConditionFeatures::joined(&features),
            guide: Guidance::joined(&guides),
            weights: first.weights.clone(),
        })
    }
}

impl Guidance {
    /// Those of a batch, pushed equally far; `None` of none.
    fn joined(guides: &[&Self]) -> Option<Self> {
        let by = guides.first()?.by;
        let features: Vec<&ConditionFeatures> = guides.iter().map(|guide| &guide.features).collect();
        Some(Self { features: ConditionFeatures::joined(&features), by })
    }
}

/// Encodes scenes for one network.
pub(super) struct SceneEncoder<'a> {
    pub unet: &'a UNet,
    pub scheme: &'a LabelScheme,
    pub device: &'a Device,
    pub emphasis: Emphasis,
    pub look: &'a Look,
    /// Whether the last condition plane holds vessel shadows.
    pub has_shadow: bool,
    /// Style channels of the network; 0 for none.
    pub style_channels: usize,
    /// What a style is to the network; `None` of one without style channels.
    pub styles: Option<&'a StyleModel>,
}

/// How strongly a network is conditioned on a mask; all 1 is as it was trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Emphasis {
    /// Classifier-free guidance: how far the estimate goes beyond that of no mask at all.
    pub guidance: f64,
    /// What the lesions' condition is multiplied with: dynamic region masking at sampling, 0 leaves the network to
    /// its own ideas of what lies there.
    pub lesions: f64,
    /// What the contrast of lesions is multiplied by. It is met in the finished picture (`painted_cysts.rs` for IRF,
    /// `unseen_fluid.rs` for SRF and PED) and not while it is drawn: the next step would see what was drawn in a lesion,
    /// and change the picture far beyond its wall.
    pub lesion_contrast: f64,
}

impl Default for Emphasis {
    fn default() -> Self {
        Self { guidance: 1.0, lesions: 1.0, lesion_contrast: 1.0 }
    }
}

impl Emphasis {
    /// How much of its lesions is met in a finished picture: a network that is given less of a mask draws less of them, and
    /// that is what was asked for.
    fn lesion_share(self) -> f64 {
        self.lesions.min(self.guidance)
    }
}

impl SceneEncoder<'_> {
    /// The scene of composite codes on a plan's grid, row-major; `before` is an earlier one of the same plan and
    /// network.
    ///
    /// # Panics
    /// If the codes are not the grid's size.
    pub fn encode(
        &self,
        labels_on_grid: &[u8],
        plan: &GridPlan,
        before: Option<&EncodedScene>,
    ) -> EncodedScene {
        let (grid_width, grid_height) = (plan.grid_width, plan.grid_height);
        assert_eq!(labels_on_grid.len(), plan.grid_len(), "labels on the grid");
        let alone = plan.windows.len() == 1;
        // Outer bands are met in the finished picture: the network knows nothing of them.
        let conditions = Look { band_contrast: None, ..self.look.clone() };
        let before =
            before.filter(|scene| scene.lesions == self.emphasis.lesions && scene.conditions == conditions);
        let windows = plan
            .windows
            .iter()
            .enumerate()
            .map(|(index, &rect)| {
                let labels: Arc<[u8]> = (rect.y0..rect.y1)
                    .flat_map(|y| {
                        let row = y as usize * grid_width as usize;
                        labels_on_grid[row + rect.x0 as usize..row + rect.x1 as usize].iter().copied()
                    })
                    .collect();
                let known = before.and_then(|scene| scene.windows.get(index));
                if let Some(known) = known.filter(|known| known.rect == rect) {
                    return self.window_after(known, labels);
                }
                let shape = [rect.height() as usize, rect.width() as usize];
                let numbers = self.tensor(self.scheme.pixel_numbers(&labels), shape);
                Window {
                    rect,
                    features: self.mask_features(&numbers, &labels, rect, None),
                    guide: self.guide(&numbers, None),
                    weights: (!alone).then(|| self.tensor(plan.window_weights(index), shape)),
                    labels,
                    numbers,
                }
            })
            .collect();
        let Emphasis { lesions, lesion_contrast, .. } = self.emphasis;
        let share = self.emphasis.lesion_share();
        let size = [grid_width, grid_height];
        let insides = unseen_fluid::insides(labels_on_grid, size);
        let factors = unseen_fluid::factors(self.scheme, &insides, share, lesion_contrast);
        let greys = factors.map(|factors| self.tensor(factors, [grid_height as usize, grid_width as usize]));
        EncodedScene {
            lesions,
            conditions,
            grid_width,
            grid_height,
            windows,
            greys,
            finishes: vec![Arc::new(self.finish(labels_on_grid, size, &insides))],
        }
    }

    /// What a picture of composite codes must have.
    fn finish(&self, labels: &[u8], size: [u32; 2], insides: &[Inside]) -> Finish {
        let (width, Emphasis { guidance, lesion_contrast, .. }) = (size[0] as usize, self.emphasis);
        let share = self.emphasis.lesion_share();
        let contrast = self.look.band_contrast.unwrap_or(USUAL_CONTRAST);
        // Where the mask says nothing, it has no lines either.
        let mask_share = guidance.clamp(0.0, 1.0) as f32;
        let has_lines = mask_share > 0.0;
        Finish {
            mask_share,
            interfaces: has_lines.then(|| Interfaces::of(labels, width)).flatten(),
            bands: has_lines.then(|| OuterBands::of(labels, width, contrast)).flatten(),
            lines: BrightLines::of(self.scheme, labels, width, share),
            requested: RequestedLook::of(self.look, self.styles, self.has_shadow, labels, width),
            fluid: DarkFluid::of(self.scheme, insides, labels, width, [share, lesion_contrast]),
            cysts: PaintedCysts::of(labels, size, share, lesion_contrast),
        }
    }

    fn window_after(&self, known: &Window, labels: Arc<[u8]>) -> Window {
        let guide = self.guide(&known.numbers, Some(known));
        let width = known.rect.width() as usize;
        let Some([rows, columns]) = changed_box(&known.labels, &labels, width) else {
            return Window { guide, ..known.clone() };
        };
        let changed: Vec<u8> =
            rows.clone().flat_map(|y| labels[y * width..][columns.clone()].iter().copied()).collect();
        let patch = self.tensor(self.scheme.pixel_numbers(&changed), [rows.len(), columns.len()]);
        let changed = [rows.clone(), columns.clone()];
        let numbers = known.numbers.clone().slice_assign([0..1, 0..1, rows, columns], patch);
        Window {
            rect: known.rect,
            features: self.mask_features(&numbers, &labels, known.rect, Some((&known.features, &changed))),
            guide,
            weights: known.weights.clone(),
            labels,
            numbers,
        }
    }

    /// [`SceneEncoder::features`] of labels, by the way that does only what changed where the network has it; `before`
    /// as in [`UNet::one_hot_features`].
    fn mask_features(
        &self,
        numbers: &Tensor<4>,
        labels: &[u8],
        rect: Rect,
        before: Option<(&ConditionFeatures, &[Range<usize>; 2])>,
    ) -> ConditionFeatures {
        let few = self.scheme.coding == Coding::OneHot && !self.is_shadowed(rect);
        let plane_of = few.then(|| self.scheme.plane_of_pixels(labels)).flatten();
        let sides = [rect.height() as usize, rect.width() as usize];
        let mut values = lesion_factors(self.scheme, self.emphasis.lesions);
        if self.has_shadow {
            // The plane of vessel shadows, which is lit nowhere here.
            values.push(1.0);
        }
        let found =
            plane_of.and_then(|plane_of| self.unet.one_hot_features(&plane_of, sides, &values, before));
        match found {
            Some(features) => self.styled(features),
            None => self.features(numbers.clone(), Some(rect)),
        }
    }

    /// The condition's share of the first convolution; the planes are made on the device. Without a `rect` the
    /// style is the only condition.
    fn features(&self, numbers: Tensor<4>, rect: Option<Rect>) -> ConditionFeatures {
        let [_, _, height, width] = numbers.dims();
        let mut planes = dimmed(planes(numbers, self.scheme), self.scheme, self.emphasis.lesions);
        if self.has_shadow {
            planes = Tensor::cat(vec![planes, self.shadow(rect, [height, width])], 1);
        }
        self.styled(self.unet.condition_features(planes))
    }

    fn styled(&self, features: ConditionFeatures) -> ConditionFeatures {
        match self.style_channels {
            0 => features,
            channels => self.unet.with_style(features, self.style_condition(channels)),
        }
    }

    /// Whether a vessel's shadow falls on a window.
    fn is_shadowed(&self, rect: Rect) -> bool {
        let columns = self.look.shadow.iter().skip(rect.x0 as usize).take(rect.width() as usize);
        self.has_shadow && columns.into_iter().any(|&shadow| shadow > 0.0)
    }

    /// The shadows of a window's columns, `[1, 1, height, width]`.
    fn shadow(&self, rect: Option<Rect>, [height, width]: [usize; 2]) -> Tensor<4> {
        let mut columns = vec![0.0; width];
        if let Some(rect) = rect {
            let known = self.look.shadow.iter().skip(rect.x0 as usize);
            columns.iter_mut().zip(known).for_each(|(column, &shadow)| *column = shadow);
        }
        self.tensor(columns, [1, width]).expand([1, 1, height, width])
    }

    /// `[1, channels]`; zeros where no style is given.
    fn style_condition(&self, channels: usize) -> Tensor<2> {
        let values = style::channel_values(self.look.style.as_deref(), channels);
        Tensor::from_data(TensorData::new(values, [1, channels]), self.device)
    }

    /// `known` is the window of an earlier scene, whose features of no mask serve again.
    fn guide(&self, numbers: &Tensor<4>, known: Option<&Window>) -> Option<Guidance> {
        let guidance = self.emphasis.guidance;
        if guidance == 1.0 {
            return None;
        }
        let features = match known.and_then(|known| known.guide.as_ref()) {
            Some(guide) => guide.features.clone(),
            None => self.features(numbers.full_like(self.scheme.nothing_known()), None),
        };
        Some(Guidance { features, by: guidance - 1.0 })
    }

    fn tensor(&self, values: Vec<f32>, [height, width]: [usize; 2]) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values, [1, 1, height, width]), self.device)
    }
}

/// The planes of a scheme from its number of every pixel: `[1, 1, height, width]` to `[1, planes, height, width]`.
fn planes(numbers: Tensor<4>, scheme: &LabelScheme) -> Tensor<4> {
    match scheme.coding {
        Coding::OneHot => one_hot(numbers, scheme.plane_count()),
        Coding::Scalar => numbers,
    }
}

/// Condition planes with what they say of lesions multiplied by a share.
fn dimmed(planes: Tensor<4>, scheme: &LabelScheme, share: f64) -> Tensor<4> {
    if share == 1.0 {
        return planes;
    }
    let lesions = scheme.lesion_planes();
    match scheme.coding {
        Coding::OneHot => {
            let factors = lesion_factors(scheme, share);
            let shape = [1, factors.len(), 1, 1];
            let factors = Tensor::<1>::from_floats(factors.as_slice(), &planes.device()).reshape(shape);
            let dims = planes.dims();
            planes * factors.expand(dims)
        }
        Coding::Scalar => lesions.iter().fold(planes, |planes, &(_, value)| {
            let is_lesion = planes.clone().equal_elem(value).float();
            planes.clone() - (planes * is_lesion).mul_scalar(1.0 - share)
        }),
    }
}

/// What each one-hot plane is multiplied by when lesions have a share.
fn lesion_factors(scheme: &LabelScheme, share: f64) -> Vec<f32> {
    let mut factors = vec![1.0; scheme.plane_count()];
    scheme.lesion_planes().iter().for_each(|&(plane, _)| factors[plane] = share as f32);
    factors
}

/// One plane per number, 1 where it is the pixel's: `[1, 1, height, width]` to `[1, planes, height, width]`.
fn one_hot(lit: Tensor<4>, planes: usize) -> Tensor<4> {
    let numbers: Vec<f32> = (0..planes).map(|plane| plane as f32).collect();
    let numbers = Tensor::<1>::from_floats(numbers.as_slice(), &lit.device()).reshape([1, planes, 1, 1]);
    let [_, _, height, width] = lit.dims();
    lit.expand([1, planes, height, width]).equal(numbers.expand([1, planes, height, width])).float()
}

/// Rows and columns of the smallest box with every pixel that differs.
fn changed_box(before: &[u8], after: &[u8], width: usize) -> Option<[Range<usize>; 2]> {
    let differs = |(before, after): (&u8, &u8)| before != after;
    let mut found: Option<[Range<usize>; 2]> = None;
    for (y, (before, after)) in before.chunks_exact(width).zip(after.chunks_exact(width)).enumerate() {
        if before == after {
            continue;
        }
        let first = before.iter().zip(after).position(differs).unwrap_or_default();
        let last = before.iter().zip(after).rposition(differs).unwrap_or_default();
        found = Some(match found {
            Some([rows, columns]) => [rows.start..y + 1, columns.start.min(first)..columns.end.max(last + 1)],
            None => [y..y + 1, first..last + 1],
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{UNetConfig, fresh_weights};

    #[test]
    fn the_box_holds_every_difference_and_no_more() {
        let before = [0u8; 30];
        let mut after = before;
        assert_eq!(changed_box(&before, &after, 6), None);
        (after[8], after[21], after[16]) = (1, 2, 3);
        assert_eq!(changed_box(&before, &after, 6), Some([1..4, 2..5]));
    }

    #[test]
    fn planes_made_on_the_device_are_those_of_the_scheme() {
        let labels: Vec<u8> = (0..48).map(|pixel| if pixel % 13 == 12 { 255 } else { pixel % 12 }).collect();
        for (scheme, count) in [(LabelScheme::studio(), 10), (LabelScheme::paper(), 1)] {
            let mut expected = vec![0.0; labels.len() * scheme.plane_count()];
            scheme.planes(&labels, &mut expected);
            let numbers = TensorData::new(scheme.pixel_numbers(&labels), [1, 1, 6, 8]);
            let planes = planes(Tensor::from_data(numbers, &Device::flex()), &scheme);
            assert_eq!(planes.dims(), [1, count, 6, 8]);
            assert_eq!(planes.into_data().iter::<f32>().collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn a_mask_has_the_same_features_to_the_bit_by_sums_of_its_weights_and_by_its_changed_box() {
        let device = Device::flex();
        let network = fresh_weights::drawn(UNetConfig::live().init(&device), 3);
        let scheme = LabelScheme::studio();
        let rect = Rect::new(0, 0, 96, 64);
        let (width, height) = (rect.width() as usize, rect.height() as usize);
        let layers: Vec<u8> = (0..width * height).map(|at| (at / width * 9 / height) as u8).collect();
        let mut painted = layers.clone();
        for y in 37..52 {
            painted[y * width + 51..y * width + 70].fill(9);
        }
        for lesions in [1.0, 0.5] {
            let encoder = SceneEncoder {
                unet: &network,
                scheme: &scheme,
                device: &device,
                emphasis: Emphasis { lesions, ..Emphasis::default() },
                look: &Look::default(),
                has_shadow: false,
                style_channels: 0,
                styles: None,
            };
            let drawn = |features: &ConditionFeatures| {
                let (x, time) = (Tensor::<4>::zeros([1, 1, height, width], &device), [300.0]);
                let drawn = network.forward_with(x, features, Tensor::<1>::from_floats(time, &device));
                drawn.into_data().iter::<f32>().collect::<Vec<_>>()
            };
            let numbers = |labels: &[u8]| encoder.tensor(scheme.pixel_numbers(labels), [height, width]);
            let first = encoder.mask_features(&numbers(&layers), &layers, rect, None);
            assert_eq!(drawn(&first), drawn(&encoder.features(numbers(&layers), Some(rect))));
            let changed = changed_box(&layers, &painted, width).unwrap();
            let after = encoder.mask_features(&numbers(&painted), &painted, rect, Some((&first, &changed)));
            assert_ne!(drawn(&after), drawn(&first));
            assert_eq!(drawn(&after), drawn(&encoder.features(numbers(&painted), Some(rect))));
        }
    }

    #[test]
    fn only_lesions_are_dimmed() {
        let labels: Vec<u8> = (0..48).map(|pixel| pixel % 12).collect();
        for scheme in [LabelScheme::studio(), LabelScheme::paper()] {
            let mut expected = vec![0.0; labels.len() * scheme.plane_count()];
            scheme.planes(&labels, &mut expected);
            let lesions = scheme.lesion_planes();
            for (at, value) in expected.iter_mut().enumerate() {
                if lesions.contains(&(at / labels.len(), *value)) {
                    *value *= 0.25;
                }
            }
            let shape = [1, scheme.plane_count(), 6, 8];
            let mut whole = vec![0.0; expected.len()];
            scheme.planes(&labels, &mut whole);
            let planes = Tensor::from_data(TensorData::new(whole.clone(), shape), &Device::flex());
            let values = |planes: Tensor<4>| planes.into_data().iter::<f32>().collect::<Vec<_>>();
            assert_eq!(values(dimmed(planes.clone(), &scheme, 0.25)), expected);
            assert_eq!(values(dimmed(planes, &scheme, 1.0)), whole);
        }
    }
}
