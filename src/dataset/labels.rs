//! How composite label codes become the condition planes of a network; recorded in the model file.

use serde::{Deserialize, Serialize};

use crate::anatomy::{BELOW_BM, IRF, LESION_BASE, Lesion};

/// Which composite codes light which condition plane.
///
/// A code that no plane names (255, unannotated, first of all) lights none: to the network, all planes
/// zero means "nothing is known here".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelScheme {
    /// For each plane the composite codes that light it.
    pub planes: Vec<Vec<u8>>,
}

impl LabelScheme {
    /// Ten planes: above ILM, the seven layers, below BM, fluid.
    ///
    /// SRF and PED light the fluid plane too: the data at hand names no other lesion than IRF, and dark
    /// fluid is the nearest to them.
    pub fn studio() -> Self {
        let mut planes: Vec<Vec<u8>> = (0..=BELOW_BM).map(|code| vec![code]).collect();
        planes.push(Lesion::ALL.iter().map(|lesion| LESION_BASE + lesion.code()).collect());
        Self { planes }
    }

    /// Number of condition planes.
    pub fn plane_count(&self) -> usize {
        self.planes.len()
    }

    /// The plane that intraretinal fluid lights, if any.
    pub fn lesion_plane(&self) -> Option<usize> {
        self.planes.iter().position(|codes| codes.contains(&IRF))
    }

    /// For every code the plane it lights; `None` for codes that light none.
    fn plane_of_code(&self) -> [Option<usize>; 256] {
        let mut plane_of_code = [None; 256];
        for (plane, codes) in self.planes.iter().enumerate() {
            for &code in codes {
                plane_of_code[usize::from(code)] = Some(plane);
            }
        }
        plane_of_code
    }

    /// What [`LabelScheme::lit_planes`] says of codes that light no plane.
    pub const NO_PLANE: f32 = -1.0;

    /// For every pixel the number of the plane it lights, or [`LabelScheme::NO_PLANE`].
    pub fn lit_planes(&self, labels: &[u8]) -> Vec<f32> {
        let plane_of_code =
            self.plane_of_code().map(|plane| plane.map_or(Self::NO_PLANE, |plane| plane as f32));
        labels.iter().map(|&code| plane_of_code[usize::from(code)]).collect()
    }

    /// Writes the one-hot planes of `labels` to `out`, shape `[plane][pixel]`.
    ///
    /// # Panics
    /// If `out` does not hold [`LabelScheme::plane_count`] planes of `labels`.
    pub fn planes(&self, labels: &[u8], out: &mut [f32]) {
        assert_eq!(out.len(), labels.len() * self.plane_count(), "condition planes");
        out.fill(0.0);
        let plane_of_code = self.plane_of_code();
        for (pixel, &code) in labels.iter().enumerate() {
            if let Some(plane) = plane_of_code[usize::from(code)] {
                out[plane * labels.len() + pixel] = 1.0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::UNANNOTATED;

    #[test]
    fn every_label_lights_one_plane_and_the_unannotated_none() {
        let scheme = LabelScheme::studio();
        assert_eq!(scheme.plane_count(), 10);
        assert_eq!(scheme.lesion_plane(), Some(9));
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
}
