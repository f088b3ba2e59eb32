//! A case recipe: what an eye to be designed shall look like, in the words of a clinic.
//!
//! A recipe is a small text card in TOML or JSON. All lengths are in um, positions are distances from the fovea
//! along the B-scan (to the right positive). What is not asked for is left to the seed.

use serde::{Deserialize, Serialize};

use super::extent::Extent;
use crate::anatomy::{LABELS, LAYER_COUNT};
use crate::scan::Laterality;

/// Version of the recipes that this program writes and reads.
pub const RECIPE_VERSION: u32 = 1;

/// A designed case as it is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRecipe {
    /// [`RECIPE_VERSION`]; a newer one is refused.
    pub version: u32,
    /// What the case is called.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Right or left.
    pub eye: Laterality,
    /// Of everything that the recipe leaves open. The same recipe and seed give the same mask, to the byte.
    #[serde(default)]
    pub seed: u64,
    /// Mean distance from the ILM to BM over the millimetre about the fovea, fluid included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub central_thickness_um: Option<f64>,
    /// Size and scale of the scan.
    #[serde(default)]
    pub scan: ScanFrame,
    /// The retina that the disease comes to.
    #[serde(default)]
    pub base: Base,
    /// Layers of a thickness.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<LayerWish>,
    /// Groups of intraretinal cysts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cysts: Vec<CystWish>,
    /// Domes of subretinal fluid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub srf: Vec<DomeWish>,
    /// Pigment epithelial detachments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ped: Vec<DomeWish>,
    /// Layers that are lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loss: Vec<LossWish>,
}

/// The B-scan: its pixels, and where on the eye it lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScanFrame {
    /// Of a healthy base; a base mask brings its own. 768 unless said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<u32>,
    /// 496 unless said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// Size of a pixel down the scan.
    pub axial_um_per_px: f64,
    /// Size of a pixel along the scan.
    pub lateral_um_per_px: f64,
    /// Distance of the fovea from the middle of the image, to the right positive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fovea_um: Option<f64>,
    /// Distance of the B-scan from the fovea, across it: 0 is the foveal scan.
    pub from_fovea_um: f64,
    /// Slope of the retina, in um down for each millimetre to the right; the seed's unless said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tilt_um_per_mm: Option<f64>,
}

impl Default for ScanFrame {
    fn default() -> Self {
        Self {
            columns: None,
            rows: None,
            axial_um_per_px: 3.87,
            lateral_um_per_px: 11.3,
            fovea_um: None,
            from_fovea_um: 0.0,
            tilt_um_per_mm: None,
        }
    }
}

/// The retina before the disease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Base {
    /// A label PNG whose layers are taken, without its lesions; a healthy macula unless said here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// Share of the foveal pit that is left: 1 a healthy pit, 0 inner layers that run across the fovea.
    pub pit: f64,
    /// How much seeds differ: 1 as much as eyes do, 0 not at all.
    pub variation: f64,
}

impl Default for Base {
    fn default() -> Self {
        Self { mask: None, pit: 1.0, variation: 1.0 }
    }
}

/// A layer of the seven, by its short name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LayerName {
    /// Nerve fibre layer.
    #[serde(rename = "NFL")]
    Nfl,
    /// Ganglion cell and inner plexiform layer.
    #[serde(rename = "GCL-IPL")]
    GclIpl,
    /// Inner nuclear layer.
    #[serde(rename = "INL")]
    Inl,
    /// Outer plexiform layer.
    #[serde(rename = "OPL")]
    Opl,
    /// Outer nuclear layer with the myoids of the photoreceptors.
    #[serde(rename = "ONL-ISM")]
    OnlIsm,
    /// Ellipsoids of the photoreceptors.
    #[serde(rename = "ISE")]
    Ise,
    /// Outer segments with the retinal pigment epithelium.
    #[serde(rename = "OS-RPE")]
    OsRpe,
}

impl LayerName {
    /// In order of depth.
    pub const ALL: [LayerName; LAYER_COUNT] = [
        LayerName::Nfl,
        LayerName::GclIpl,
        LayerName::Inl,
        LayerName::Opl,
        LayerName::OnlIsm,
        LayerName::Ise,
        LayerName::OsRpe,
    ];

    /// Position in [`LayerName::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// Layer-plane code, 1-7.
    pub fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The short name of the label table.
    pub fn name(self) -> &'static str {
        LABELS[usize::from(self.code())].name
    }
}

/// A layer's mean thickness over some width. Cysts in the layer count, SRF and PED do not.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerWish {
    /// Which layer.
    pub layer: LayerName,
    /// What it is to be at the middle of the width.
    pub thickness_um: f64,
    /// Middle of the width.
    #[serde(default)]
    pub at_um: f64,
    /// Over which the thickness holds; the layer goes back to its own beyond.
    #[serde(default = "default_layer_width")]
    pub width_um: f64,
}

fn default_layer_width() -> f64 {
    1000.0
}

/// A group of cysts. Together they are exactly so many connected regions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CystWish {
    /// How many.
    pub count: u32,
    /// Each cyst lies in one of them.
    #[serde(default = "default_cyst_layers")]
    pub layers: Vec<LayerName>,
    /// Along the scan: a length, or the shortest and the longest.
    #[serde(default = "default_cyst_width")]
    pub width_um: Extent,
    /// Down the scan; four to seven tenths of the width unless said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height_um: Option<Extent>,
    /// Together, in mm2; follows from the sizes unless said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_mm2: Option<f64>,
    /// Largest distance of a cyst's middle from the fovea.
    #[serde(default = "default_within")]
    pub within_um: f64,
    /// Smallest distance of a cyst's middle from the fovea.
    #[serde(default)]
    pub beyond_um: f64,
}

fn default_cyst_layers() -> Vec<LayerName> {
    vec![LayerName::Inl]
}

fn default_cyst_width() -> Extent {
    Extent::between(80.0, 240.0)
}

fn default_within() -> f64 {
    1500.0
}

/// A dome of fluid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomeWish {
    /// At its top.
    pub height_um: f64,
    /// Along the scan.
    pub width_um: f64,
    /// Its middle; near the fovea, where the seed puts it, unless said here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_um: Option<f64>,
}

/// Layers that are lost over some width, as in atrophy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossWish {
    /// Which layers are lost.
    pub layers: Vec<LayerName>,
    /// Middle of the loss, from the fovea to the right.
    #[serde(default)]
    pub at_um: f64,
    /// Over which nothing but the rest is left; the layers thin out beyond it.
    pub width_um: f64,
    /// Thickness of each layer that is left.
    #[serde(default)]
    pub left_um: f64,
}

impl CaseRecipe {
    /// The same recipe with another seed.
    pub fn with_seed(&self, seed: u64) -> Self {
        Self { seed, ..self.clone() }
    }
}
