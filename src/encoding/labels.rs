//! How composite label codes become the condition planes of a network; recorded in the model file.

use serde::{Deserialize, Serialize};

use crate::anatomy::{ABOVE_ILM, BELOW_BM, LAYER_COUNT, LESION_BASE, Lesion, is_lesion};

/// What the planes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coding {
    /// One plane per class, 1 where a pixel is of the class.
    #[default]
    OneHot,
    /// One plane for all: class `k` of `C` is `k / (C - 1)`, as the paper has it.
    Scalar,
}

impl Coding {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    fn is_one_hot(&self) -> bool {
        *self == Self::OneHot
    }
}

/// Which composite codes are which class to the network, and how it is encoded.
///
/// A code of no class (255, unannotated, first of all) is 0 in every plane: to the network, all planes
/// zero means "nothing is known here".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelScheme {
    /// For each class its composite codes.
    // Files know this as "planes": a plane a class was all there was.
    /// Composite codes of each class, the one it is written as first.
    #[serde(rename = "planes")]
    pub classes: Vec<Vec<u8>>,
    /// How a class is encoded.
    #[serde(default, skip_serializing_if = "Coding::is_one_hot")]
    pub coding: Coding,
}

impl LabelScheme {
    /// Ten one-hot planes: above ILM, the seven layers, below BM, fluid.
    ///
    /// SRF and PED light the fluid plane too: the data at hand names no other lesion than IRF, and dark
    /// fluid is the nearest to them. (What it makes of them is then as dark as they are: `diffusion/unseen_fluid.rs`.)
    pub fn studio() -> Self {
        let mut classes: Vec<Vec<u8>> = (0..=BELOW_BM).map(|code| vec![code]).collect();
        classes.push(fluid());
        Self { classes, coding: Coding::OneHot }
    }

    /// The paper's one plane of nine classes: background on both sides 0, the seven layers, fluid 1
    /// (algorithms 10). Unannotated pixels cannot be told from background in it.
    pub fn paper() -> Self {
        let mut classes = vec![vec![ABOVE_ILM, BELOW_BM]];
        classes.extend((1..=LAYER_COUNT as u8).map(|layer| vec![layer]));
        classes.push(fluid());
        Self { classes, coding: Coding::Scalar }
    }

    /// What segmenters tell apart: the paper's nine classes (background on both sides, seven layers, fluid), a plane
    /// each. Unannotated pixels are in none.
    pub fn segmenter() -> Self {
        Self { coding: Coding::OneHot, ..Self::paper() }
    }

    /// Number of condition planes.
    pub fn plane_count(&self) -> usize {
        match self.coding {
            Coding::OneHot => self.classes.len(),
            Coding::Scalar => 1,
        }
    }

    /// Whether a network can be conditioned on these classes.
    ///
    /// # Errors
    /// If the classes are too few or too many for one plane.
    pub fn check(&self) -> Result<(), String> {
        match self.coding {
            Coding::Scalar if !(2..=256).contains(&self.classes.len()) => {
                Err(format!("{} label classes on one plane, expected 2 to 256", self.classes.len()))
            }
            _ => Ok(()),
        }
    }

    /// For every class of lesions (the paper's pathological classes P) the plane it is encoded in and the value it
    /// has there: that value in that plane means nothing else.
    pub fn lesion_planes(&self) -> Vec<(usize, f32)> {
        let classes = self.classes.iter().enumerate();
        let of_lesions = classes.filter(|(_, codes)| codes.iter().any(|&code| is_lesion(code)));
        let planes = of_lesions.map(|(class, _)| match self.coding {
            Coding::OneHot => (class, 1.0),
            Coding::Scalar => (0, self.intensity(class)),
        });
        planes.filter(|(_, value)| *value > 0.0).collect()
    }

    /// Whether a network learned this lesion as IRF, having no class of its own for it.
    pub fn is_encoded_as_irf(&self, lesion: Lesion) -> bool {
        let class_of_code = self.class_of_code();
        let class = |lesion: Lesion| class_of_code[usize::from(LESION_BASE + lesion.code())];
        lesion != Lesion::Irf && class(lesion).is_some() && class(lesion) == class(Lesion::Irf)
    }

    /// The value of a class on a scalar plane.
    fn intensity(&self, class: usize) -> f32 {
        class as f32 / (self.classes.len() - 1) as f32
    }

    /// For every code its class; `None` for codes of none.
    fn class_of_code(&self) -> [Option<usize>; 256] {
        let mut class_of_code = [None; 256];
        for (class, codes) in self.classes.iter().enumerate() {
            for &code in codes {
                class_of_code[usize::from(code)] = Some(class);
            }
        }
        class_of_code
    }

    /// What [`LabelScheme::pixel_numbers`] says of a code of no class.
    pub fn nothing_known(&self) -> f32 {
        match self.coding {
            Coding::OneHot => -1.0,
            Coding::Scalar => 0.0,
        }
    }

    /// One number a pixel that says all the planes: the number of the plane that is 1, or the scalar.
    pub fn pixel_numbers(&self, labels: &[u8]) -> Vec<f32> {
        let number_of_code = self.class_of_code().map(|class| match (class, self.coding) {
            (None, _) => self.nothing_known(),
            (Some(class), Coding::OneHot) => class as f32,
            (Some(class), Coding::Scalar) => self.intensity(class),
        });
        labels.iter().map(|&code| number_of_code[usize::from(code)]).collect()
    }

    /// For one-hot planes, the number of the plane that is 1 at every pixel, 255 where none is; `None` for other
    /// codings and for more planes than that can name.
    pub fn plane_of_pixels(&self, labels: &[u8]) -> Option<Vec<u8>> {
        if self.coding != Coding::OneHot || self.classes.len() > usize::from(u8::MAX) {
            return None;
        }
        let plane_of_code = self.class_of_code().map(|class| class.map_or(u8::MAX, |class| class as u8));
        Some(labels.iter().map(|&code| plane_of_code[usize::from(code)]).collect())
    }

    /// Writes the planes of `labels` to `out`, shape `[plane][pixel]`.
    ///
    /// # Panics
    /// If `out` does not hold [`LabelScheme::plane_count`] planes of `labels`.
    pub fn planes(&self, labels: &[u8], out: &mut [f32]) {
        assert_eq!(out.len(), labels.len() * self.plane_count(), "condition planes");
        if self.coding == Coding::Scalar {
            out.copy_from_slice(&self.pixel_numbers(labels));
            return;
        }
        out.fill(0.0);
        let class_of_code = self.class_of_code();
        for (pixel, &code) in labels.iter().enumerate() {
            if let Some(plane) = class_of_code[usize::from(code)] {
                out[plane * labels.len() + pixel] = 1.0;
            }
        }
    }
}

/// The composite codes of all lesions.
fn fluid() -> Vec<u8> {
    Lesion::ALL.iter().map(|lesion| LESION_BASE + lesion.code()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::UNANNOTATED;

    #[test]
    fn every_label_lights_one_plane_and_the_unannotated_none() {
        let scheme = LabelScheme::studio();
        assert_eq!(scheme.plane_count(), 10);
        assert_eq!(scheme.lesion_planes(), [(9, 1.0)]);
        let classes = vec![vec![9], vec![0, 1], vec![10, 11]];
        let apart = LabelScheme { classes, coding: Coding::OneHot };
        assert_eq!(apart.lesion_planes(), [(0, 1.0), (2, 1.0)]);
        let scalar = LabelScheme { coding: Coding::Scalar, ..apart };
        assert_eq!(scalar.lesion_planes(), [(0, 1.0)], "a class encoded as 0 cannot be dimmed");
        let labels = [0, 8, 9, 10, 11, UNANNOTATED];
        let mut out = vec![9.0; labels.len() * 10];
        scheme.planes(&labels, &mut out);
        let lit = |pixel: usize| -> Vec<usize> {
            (0..10).filter(|plane| out[plane * labels.len() + pixel] == 1.0).collect()
        };
        assert_eq!(lit(0), [0]);
        assert_eq!(lit(1), [8]);
        for fluid in 2..5 {
            assert_eq!(lit(fluid), [9]);
        }
        assert!(lit(5).is_empty());
        assert_eq!(out.iter().sum::<f32>(), 5.0);
    }

    #[test]
    fn the_paper_tells_nine_classes_in_eighths() {
        let scheme = LabelScheme::paper();
        assert_eq!((scheme.classes.len(), scheme.plane_count()), (9, 1));
        assert_eq!(scheme.lesion_planes(), [(0, 1.0)]);
        let labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, UNANNOTATED];
        let mut out = vec![9.0; labels.len()];
        scheme.planes(&labels, &mut out);
        let eighths: Vec<f32> = out.iter().map(|value| 8.0 * value).collect();
        assert_eq!(eighths, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 0.0, 8.0, 8.0, 8.0, 0.0]);
        assert_eq!(scheme.pixel_numbers(&labels), out);
    }

    #[test]
    fn files_from_before_there_was_a_choice_are_one_hot_and_stay_as_they_were() {
        let json = serde_json::to_string(&LabelScheme::studio()).unwrap();
        assert!(json.starts_with(r#"{"planes":[[0],[1],"#) && !json.contains("coding"), "{json}");
        assert_eq!(serde_json::from_str::<LabelScheme>(&json).unwrap(), LabelScheme::studio());
        let json = serde_json::to_string(&LabelScheme::paper()).unwrap();
        assert_eq!(serde_json::from_str::<LabelScheme>(&json).unwrap(), LabelScheme::paper());
        let lone = LabelScheme { classes: vec![vec![9]], coding: Coding::Scalar };
        assert!(lone.check().unwrap_err().contains("1 label classes"));
    }
}
