//! A dozen recipes to start from; each is met by the solver with any seed that was tried.

use super::conflict::CaseError;
use super::recipe::CaseRecipe;

/// A bundled recipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// By which the command line knows it; also the name of its file, without the ending.
    pub key: &'static str,
    /// TOML.
    pub text: &'static str,
}

impl Template {
    /// The recipe.
    ///
    /// # Errors
    /// If the bundled text is damaged.
    pub fn recipe(&self) -> Result<CaseRecipe, CaseError> {
        CaseRecipe::read(self.text, self.key)
    }

    /// The template of a key.
    pub fn named(key: &str) -> Option<&'static Template> {
        TEMPLATES.iter().find(|template| template.key == key)
    }
}

macro_rules! template {
    ($key:literal) => {
        Template { key: $key, text: include_str!(concat!("../../assets/cases/", $key, ".toml")) }
    };
}

/// From healthy to severe.
pub const TEMPLATES: [Template; 12] = [
    template!("healthy-young"),
    template!("healthy-old"),
    template!("dme-mild"),
    template!("dme-moderate"),
    template!("dme-severe"),
    template!("macular-oedema-diffuse"),
    template!("csc"),
    template!("namd-ped"),
    template!("epiretinal-traction"),
    template!("geographic-atrophy"),
    template!("srf-only"),
    template!("ped-only"),
];
