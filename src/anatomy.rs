//! The vocabulary: retinal layers, the interfaces between them, lesions; their codes, names, colours.
//!
//! Names follow the IN-OCT consensus (Staurenghi et al., Ophthalmology 2014) where it has one.

mod hatch;

pub use hatch::{HATCHES, Hatch, HatchPattern, hatch};

use serde::{Deserialize, Serialize};

/// Number of retinal layers between ILM and BM.
pub const LAYER_COUNT: usize = 7;
/// Number of interfaces that bound them.
pub const INTERFACE_COUNT: usize = 8;

/// Layer-plane code of pixels above the ILM (vitreous).
pub const ABOVE_ILM: u8 = 0;
/// Layer-plane code of pixels below Bruch's membrane (choroid and sclera).
pub const BELOW_BM: u8 = 8;
/// Layer-plane and composite code of pixels nobody annotated.
pub const UNANNOTATED: u8 = 255;
/// Composite code of the first lesion; lesion-plane code `k` is composite code `LESION_BASE + k`.
pub const LESION_BASE: u8 = 8;
/// Composite code of intraretinal fluid.
pub const IRF: u8 = 9;

/// A boundary between two layers, from the vitreous downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Interface {
    /// Inner limiting membrane: where the vitreous ends.
    Ilm,
    /// Between nerve fibres and ganglion cells.
    NflGcl,
    /// Between inner plexiform and inner nuclear layer.
    IplInl,
    /// Between inner nuclear and outer plexiform layer.
    InlOpl,
    /// Between outer plexiform and outer nuclear layer.
    OplOnl,
    /// Between the myoids and the ellipsoids of the photoreceptors.
    IsmIse,
    /// Between outer segments and retinal pigment epithelium, which are one layer here.
    OsRpe,
    /// Bruch's membrane: where the retina ends.
    Bm,
}

impl Interface {
    /// All interfaces, from the vitreous downwards.
    pub const ALL: [Interface; INTERFACE_COUNT] = [
        Interface::Ilm,
        Interface::NflGcl,
        Interface::IplInl,
        Interface::InlOpl,
        Interface::OplOnl,
        Interface::IsmIse,
        Interface::OsRpe,
        Interface::Bm,
    ];

    /// Position in [`Interface::ALL`]; the layer above it has this layer code, the one below it one more.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The field's short name.
    pub fn name(self) -> &'static str {
        ["ILM", "NFL/GCL", "IPL/INL", "INL/OPL", "OPL/ONL", "ISM/ISE", "OS/RPE", "BM"][self.index()]
    }
}

/// A lesion class of the lesion plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lesion {
    /// Intraretinal fluid.
    Irf = 1,
    /// Subretinal fluid.
    Srf = 2,
    /// Pigment epithelial detachment.
    Ped = 3,
}

impl Lesion {
    /// All lesion classes, in code order.
    pub const ALL: [Lesion; 3] = [Lesion::Irf, Lesion::Srf, Lesion::Ped];

    /// Code in the lesion plane (1..).
    pub fn code(self) -> u8 {
        self as u8
    }
}

/// One row of the label table: a composite code with its names and its default colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Composite code, as in label PNGs.
    pub code: u8,
    /// Short name, as shown in the label list.
    pub name: &'static str,
    /// The long name or the alias a clinician may know it by.
    pub alias: &'static str,
    /// Default sRGB colour, from a palette that stays distinct under colour-vision deficiencies.
    pub color: [u8; 3],
}

/// The label table in code order: above ILM, seven layers, below BM, three lesions.
///
/// Neighbouring layers differ in lightness as well as hue, so that borders stay visible to
/// deuteranopes and protanopes (hues from Okabe & Ito 2008 and Paul Tol's muted scheme). Colour alone is
/// not enough for every pair: [`hatch`] tells the rest apart.
pub const LABELS: [Label; 12] = [
    Label { code: 0, name: "Above ILM", alias: "vitreous", color: [40, 44, 52] },
    Label { code: 1, name: "NFL", alias: "nerve fibre layer", color: [230, 159, 0] },
    Label {
        code: 2,
        name: "GCL-IPL",
        alias: "ganglion cell and inner plexiform layers",
        color: [86, 180, 233],
    },
    Label { code: 3, name: "INL", alias: "inner nuclear layer", color: [136, 34, 85] },
    Label { code: 4, name: "OPL", alias: "outer plexiform layer", color: [240, 228, 66] },
    Label {
        code: 5,
        name: "ONL-ISM",
        alias: "outer nuclear layer to inner segment myoid",
        color: [0, 114, 178],
    },
    Label {
        code: 6,
        name: "ISE",
        alias: "inner segment ellipsoid (ellipsoid zone, EZ)",
        color: [204, 121, 167],
    },
    Label { code: 7, name: "OS-RPE", alias: "outer segments to pigment epithelium", color: [0, 158, 115] },
    Label { code: 8, name: "Below BM", alias: "choroid and sclera", color: [70, 60, 55] },
    Label { code: 9, name: "IRF", alias: "intraretinal fluid", color: [255, 94, 77] },
    Label { code: 10, name: "SRF", alias: "subretinal fluid", color: [150, 245, 255] },
    Label { code: 11, name: "PED", alias: "pigment epithelial detachment", color: [176, 140, 255] },
];

/// The label with a composite code, or `None` for a code outside the table (255 among them).
pub fn label(code: u8) -> Option<&'static Label> {
    LABELS.get(code as usize)
}

/// Colour of SRF in label PNGs written before it was set apart from OS-RPE's green; still read as SRF.
pub const FORMER_SRF_COLOR: [u8; 3] = [170, 240, 209];

/// The composite code that a default colour stands for, or stood for in earlier files.
pub fn code_of_color(color: [u8; 3]) -> Option<u8> {
    if color == FORMER_SRF_COLOR {
        return Some(LESION_BASE + Lesion::Srf.code());
    }
    LABELS.iter().find(|label| label.color == color).map(|label| label.code)
}

/// Whether a composite code belongs to the lesion plane.
pub fn is_lesion(code: u8) -> bool {
    (IRF..IRF + Lesion::ALL.len() as u8).contains(&code)
}

/// Whether a code may stand in the layer plane.
pub fn is_layer_plane_code(code: u8) -> bool {
    code <= BELOW_BM || code == UNANNOTATED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_table_is_in_code_order() {
        for (code, label) in LABELS.iter().enumerate() {
            assert_eq!(label.code as usize, code);
        }
        assert_eq!(label(UNANNOTATED), None);
    }

    #[test]
    fn lesions_follow_the_layers() {
        for lesion in Lesion::ALL {
            assert!(is_lesion(LESION_BASE + lesion.code()));
        }
        assert!(!is_lesion(BELOW_BM) && !is_lesion(UNANNOTATED) && !is_lesion(12));
    }
}
