//! What a segmenter's run is made of, network by network.

use super::task::{LabelResize, SegmentTask};
use crate::dataset::augmentation::Augmentation;
use crate::dataset::lumens::PasteLumens;
use crate::diffusion::drm::Drm;
use crate::encoding::{LabelScheme, Mapping};
use crate::nn::{SegmenterConfig, SegmenterKind};
use crate::segmentation::segmenter_file::check_parts;
use crate::training::config::{RunConfig, Stage, even};

/// Scale of the small segmenter's grid: every second pixel of a Spectralis scan along either axis. Its scores come
/// back to the scan's pixels by interpolation, so interfaces are not bound to the grid.
const SMALL_AXIAL_UM_PER_PX: f32 = 7.74;
const SMALL_LATERAL_UM_PER_PX: f32 = 22.6;

/// Side of the square that published segmenters see.
const PUBLISHED_SIDE_PX: u32 = 224;

impl RunConfig {
    /// The recipe of a segmenter: the small one's own scale, or the square of the published ones.
    pub fn segmenter(kind: SegmenterKind) -> Self {
        match kind {
            SegmenterKind::Small => Self::small_segmenter(),
            _ => Self::square_segmenter(kind, PUBLISHED_SIDE_PX),
        }
    }

    fn small_segmenter() -> Self {
        let mapping = Mapping {
            axial_um_per_px: SMALL_AXIAL_UM_PER_PX,
            lateral_um_per_px: SMALL_LATERAL_UM_PER_PX,
            multiple: 8,
            ..Mapping::live()
        };
        Self {
            stage: Stage::Segment,
            steps: 4000,
            batch: 2,
            crop_rows: 248,
            crop_columns: 256,
            learning_rate: 1.5e-3,
            warmup_steps: 50,
            ema_decay: 0.99,
            lesion_weight: even(),
            labels: LabelScheme::segmenter(),
            mapping,
            drm: Drm { apply_probability: 0.0, ..Drm::default() },
            mask_dropout: 0.0,
            lesion_edges: false,
            augmentation: Augmentation::classical(),
            segmenter: SegmentTask::default(),
            validate_every: 250,
            validation_levels: 0,
            sample_every: 1000,
            ..Self::live()
        }
    }

    /// A segmenter with every scan stretched to a square of `side` pixels, as published segmenters are trained; the
    /// columns that no grader labelled are cut off. The published networks learn by the common protocol of algorithms
    /// 4.5: AdamW at 5e-4 along a half cosine, without averaged weights.
    pub fn square_segmenter(kind: SegmenterKind, side: u32) -> Self {
        let base = Self::small_segmenter();
        let network = SegmenterConfig::of(kind);
        let multiple = network.side_multiple() as u32;
        let window = side.max(2 * base.mapping.overlap + 1).next_multiple_of(multiple);
        let mapping = Mapping {
            multiple,
            fixed_size: Some([side; 2]),
            max_window: base.mapping.max_window.map(|most| most.next_multiple_of(multiple).max(window)),
            ..Mapping::live()
        };
        let square = Self {
            crop_rows: side as usize,
            crop_columns: side as usize,
            mapping,
            segmenter: SegmentTask { network, ..SegmentTask::default() },
            ..base
        };
        match kind {
            SegmenterKind::Small => square,
            _ => Self { batch: 4, learning_rate: 5e-4, weight_decay: 1e-4, ema_decay: 0.0, ..square },
        }
    }

    /// Whether the numbers of a segmenter's run make sense together; the message says which do not.
    pub(in crate::training) fn check_segmenting(&self) -> Result<(), String> {
        let network = &self.segmenter.network;
        check_parts(network, &self.labels, &self.mapping)?;
        self.check_crop(network.side_multiple())?;
        self.augmentation.check()?;
        self.segmenter.loss.check()?;
        if self.segmenter.label_resize == LabelResize::Compat && self.labels != LabelScheme::segmenter() {
            let reason =
                "segmenter.label_resize=compat is of nine classes: leave labels alone, or set it to nearest";
            return Err(reason.to_owned());
        }
        let draws_only = [
            ("drm.apply_probability", self.drm.apply_probability > 0.0),
            ("mask_dropout", self.mask_dropout > 0.0),
            ("style.components", self.style.components > 0),
            ("style.shadow", self.style.shadow),
            ("wide.every", self.wide.every > 0),
            ("validation_levels", self.validation_levels > 0),
        ];
        match draws_only.iter().find(|(_, is_set)| *is_set) {
            Some((name, _)) => {
                Err(format!("{name} is for models that draw, a segmenter has none: set it to 0"))
            }
            None => Ok(()),
        }
    }
}

impl Augmentation {
    /// The classical augmentation of segmenters: flip, shift, grey values, rotation, stretch, bending, speckle.
    /// Strips lie in what a grader annotated, over fluid more often than chance would have it.
    pub fn classical() -> Self {
        Self {
            flip_probability: 0.5,
            shift_px: 20,
            gain: 0.15,
            lesion_probability: 0.3,
            anywhere_probability: 0.0,
            rotation_degrees: 6.0,
            lateral_stretch: 0.1,
            elastic_px: 2.0,
            speckle: 0.1,
            paste: PasteLumens { probability: 0.0, ..PasteLumens::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipes_are_sound_and_a_segmenter_has_no_conditions() {
        let config = RunConfig::segmenter(SegmenterKind::Small);
        assert_eq!(config.check(), Ok(()));
        let all = [
            SegmenterKind::Small,
            SegmenterKind::Unet,
            SegmenterKind::Ynet,
            SegmenterKind::Relaynet,
            SegmenterKind::Gdnet,
        ];
        for kind in all {
            assert_eq!(RunConfig::segmenter(kind).check(), Ok(()), "{kind:?}");
            for side in [48, 160, 224, 480] {
                assert_eq!(RunConfig::square_segmenter(kind, side).check(), Ok(()), "{kind:?} {side}");
            }
        }
        let with_drm = RunConfig { drm: Drm::default(), ..config.clone() };
        assert!(with_drm.check().unwrap_err().contains("drm.apply_probability"));
        let blended = config.with_setting("segmenter.label_resize", "compat").unwrap();
        assert_eq!(blended.check(), Ok(()));
        let others = RunConfig { labels: LabelScheme::studio(), ..blended };
        assert!(others.check().unwrap_err().contains("segmenter.label_resize"));
        let odd = RunConfig { crop_columns: 250, ..config };
        assert!(odd.check().unwrap_err().contains("multiple of 8"));
    }
}
