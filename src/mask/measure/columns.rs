//! How thick every layer is in every column: the numbers beneath means, profiles and maps.

use crate::anatomy::{BELOW_BM, LAYER_COUNT};

/// What a thickness is taken of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Extent {
    /// All seven layers, from the ILM to BM.
    #[default]
    Retina,
    /// One layer, 1-7.
    Layer(u8),
}

impl Extent {
    /// As in a list of choices.
    pub fn name(self) -> &'static str {
        match self {
            Extent::Retina => "Retina",
            Extent::Layer(code) => crate::anatomy::label(code).map_or("unknown layer", |label| label.name),
        }
    }

    /// The retina, then the layers in order of depth.
    pub fn all() -> impl Iterator<Item = Extent> {
        std::iter::once(Extent::Retina).chain((1..BELOW_BM).map(Extent::Layer))
    }
}

/// Pixels of every layer in every column of a mask, lesions inside the layer included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnThickness {
    /// `layers[k][x]`: pixels of layer `k + 1` in column `x`.
    pub(super) layers: [Vec<u16>; LAYER_COUNT],
    /// Annotated pixels of every column.
    pub(super) annotated: Vec<u16>,
}

impl ColumnThickness {
    /// No thickness anywhere.
    pub fn unannotated(width: u32) -> Self {
        Self { layers: std::array::from_fn(|_| vec![0; width as usize]), annotated: vec![0; width as usize] }
    }

    /// Number of columns.
    pub fn width(&self) -> u32 {
        self.annotated.len() as u32
    }

    /// Thickness in a column in pixels; `None` where nothing is annotated.
    ///
    /// # Panics
    /// Outside the columns.
    pub fn at(&self, extent: Extent, x: u32) -> Option<u32> {
        let x = x as usize;
        (self.annotated[x] > 0).then(|| match extent {
            Extent::Retina => self.layers.iter().map(|layer| u32::from(layer[x])).sum(),
            Extent::Layer(code @ 1..BELOW_BM) => u32::from(self.layers[usize::from(code) - 1][x]),
            Extent::Layer(_) => 0,
        })
    }

    /// Mean over the annotated ones of some columns, in pixels; `None` where there are none.
    pub fn mean(&self, extent: Extent, columns: std::ops::Range<u32>) -> Option<f64> {
        let known: Vec<u32> = columns.filter_map(|x| self.at(extent, x)).collect();
        (!known.is_empty())
            .then(|| known.iter().map(|&px| u64::from(px)).sum::<u64>() as f64 / known.len() as f64)
    }

    /// Whether any column is annotated.
    pub fn is_annotated(&self) -> bool {
        self.annotated.iter().any(|&pixels| pixels > 0)
    }
}
