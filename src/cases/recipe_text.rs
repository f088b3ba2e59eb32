//! Recipes as text: TOML for people, JSON for programs.

use super::conflict::CaseError;
use super::recipe::{CaseRecipe, RECIPE_VERSION};

/// Largest text that is read as a recipe.
pub const MAX_RECIPE_BYTES: usize = 1 << 20;

/// How a recipe is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipeSyntax {
    /// `key = value` lines under headings.
    Toml,
    /// JSON.
    Json,
}

impl RecipeSyntax {
    /// JSON where the text begins with a brace, else TOML.
    pub fn of(text: &str) -> Self {
        if text.trim_start().starts_with('{') { Self::Json } else { Self::Toml }
    }
}

impl CaseRecipe {
    /// Reads a recipe. Values are not yet checked: [`super::solve`] does. `file` is the name for messages.
    ///
    /// # Errors
    /// If the text is too long, is no recipe, has a field that no recipe has (those it may have are listed), or
    /// is of a newer version.
    pub fn read(text: &str, file: &str) -> Result<Self, CaseError> {
        let problem = |problem: String| CaseError::Text { file: file.to_owned(), problem };
        if text.len() > MAX_RECIPE_BYTES {
            return Err(problem(format!(
                "{} bytes are no recipe, which is a card of a few lines; `retidiff case templates` has a dozen",
                text.len()
            )));
        }
        let text = text.trim_start_matches('\u{feff}');
        let syntax = RecipeSyntax::of(text);
        if let Some(version) = version_of(text, syntax)
            && version > u64::from(RECIPE_VERSION)
        {
            return Err(problem(format!(
                "version {version} of the recipe is newer than this program, which reads version {RECIPE_VERSION}; \
                 update the program"
            )));
        }
        match syntax {
            RecipeSyntax::Json => serde_json::from_str(text).map_err(|error| problem(error.to_string())),
            RecipeSyntax::Toml => {
                toml::from_str(text).map_err(|error| problem(error.to_string().trim_end().to_owned()))
            }
        }
    }

    /// The recipe as TOML.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The recipe as JSON, indented.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

/// The version, even where nothing else can be understood.
fn version_of(text: &str, syntax: RecipeSyntax) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u64,
    }
    match syntax {
        RecipeSyntax::Json => serde_json::from_str::<Versioned>(text).ok(),
        RecipeSyntax::Toml => toml::from_str::<Versioned>(text).ok(),
    }
    .map(|found| found.version)
}
