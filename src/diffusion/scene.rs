//! A mask as the network sees it: its planes on the device, and their share of the first convolution.
//!
//! What goes to the device is one number a pixel, the plane that it lights; the one-hot planes are made there.
//! A scene laid upon the one before it sends only the box of what changed, and computes only the windows that
//! the change lies in.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use crate::dataset::labels::LabelScheme;
use crate::dataset::mapping::Plan;
use crate::nn::UNet;
use crate::nn::unet::ConditionFeatures;
use crate::scan::Rect;

/// A mask as the network sees it.
#[derive(Clone, Debug)]
pub struct Scene {
    pub(super) grid_width: u32,
    pub(super) grid_height: u32,
    pub(super) windows: Vec<Window>,
}

#[derive(Clone, Debug)]
pub(super) struct Window {
    pub rect: Rect,
    labels: Arc<[u8]>,
    /// The plane that every pixel lights, `[1, 1, height, width]`.
    lit: Tensor<4>,
    pub features: ConditionFeatures,
    /// Those of no mask at all, and how far the estimate goes beyond them (Ho and Salimans 2022,
    /// classifier-free guidance); none at a guidance of 1.
    pub unguided: Option<(ConditionFeatures, f64)>,
    /// How much each pixel counts, `[1, 1, height, width]`; none where the window is alone.
    pub weights: Option<Tensor<4>>,
}

/// Makes scenes for one network.
pub(super) struct SceneMaker<'a> {
    pub unet: &'a UNet,
    pub scheme: &'a LabelScheme,
    pub device: &'a Device,
    pub guidance: f64,
}

impl SceneMaker<'_> {
    /// The scene of composite codes on a plan's grid, row-major; `before` is an earlier one of the same plan and
    /// network.
    ///
    /// # Panics
    /// If the codes are not the grid's size.
    pub fn lay(&self, labels_on_grid: &[u8], plan: &Plan, before: Option<&Scene>) -> Scene {
        let (grid_width, grid_height) = (plan.grid_width, plan.grid_height);
        assert_eq!(labels_on_grid.len(), plan.grid_len(), "labels on the grid");
        let alone = plan.windows.len() == 1;
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
                let lit = self.tensor(self.scheme.lit_planes(&labels), shape);
                Window {
                    rect,
                    features: self.features(lit.clone()),
                    unguided: self.unguided(&lit, None),
                    weights: (!alone).then(|| self.tensor(plan.window_weights(index), shape)),
                    labels,
                    lit,
                }
            })
            .collect();
        Scene { grid_width, grid_height, windows }
    }

    fn window_after(&self, known: &Window, labels: Arc<[u8]>) -> Window {
        let unguided = self.unguided(&known.lit, known.unguided.as_ref());
        let width = known.rect.width() as usize;
        let Some([rows, columns]) = changed_box(&known.labels, &labels, width) else {
            return Window { unguided, ..known.clone() };
        };
        let changed: Vec<u8> =
            rows.clone().flat_map(|y| labels[y * width..][columns.clone()].iter().copied()).collect();
        let patch = self.tensor(self.scheme.lit_planes(&changed), [rows.len(), columns.len()]);
        let lit = known.lit.clone().slice_assign([0..1, 0..1, rows, columns], patch);
        Window {
            rect: known.rect,
            features: self.features(lit.clone()),
            unguided,
            weights: known.weights.clone(),
            labels,
            lit,
        }
    }

    /// The condition's share of the first convolution; the planes are made on the device.
    fn features(&self, lit: Tensor<4>) -> ConditionFeatures {
        self.unet.condition_features(one_hot(lit, self.scheme.plane_count()))
    }

    fn unguided(
        &self,
        lit: &Tensor<4>,
        known: Option<&(ConditionFeatures, f64)>,
    ) -> Option<(ConditionFeatures, f64)> {
        (self.guidance != 1.0).then(|| {
            let features = known.map_or_else(
                || self.features(lit.full_like(LabelScheme::NO_PLANE)),
                |(features, _)| features.clone(),
            );
            (features, self.guidance)
        })
    }

    fn tensor(&self, values: Vec<f32>, [height, width]: [usize; 2]) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values, [1, 1, height, width]), self.device)
    }
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
        let scheme = LabelScheme::studio();
        let labels: Vec<u8> = (0..48).map(|pixel| if pixel % 13 == 12 { 255 } else { pixel % 12 }).collect();
        let mut expected = vec![0.0; labels.len() * scheme.plane_count()];
        scheme.planes(&labels, &mut expected);
        let device = Device::flex();
        let lit = TensorData::new(scheme.lit_planes(&labels), [1, 1, 6, 8]);
        let planes = one_hot(Tensor::from_data(lit, &device), scheme.plane_count());
        assert_eq!(planes.dims(), [1, 10, 6, 8]);
        assert_eq!(planes.into_data().iter::<f32>().collect::<Vec<_>>(), expected);
    }
}
