//! The places that the page needs a path for. The window asks for them: by the system's chooser, or by itself where the
//! system shows none.

use crate::studio::texts::text;

/// A place that the page needs a path for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratePlace {
    /// Folder of a generation that was made elsewhere.
    Generation,
    /// Folder that generations are kept in.
    Parent,
    /// Folder of the data set whose masks are bent.
    Data,
    /// File of a case recipe.
    Recipe,
}

impl GeneratePlace {
    /// As the title of a chooser.
    pub fn title(self) -> &'static str {
        match self {
            Self::Generation => text!("generate-choose-generation"),
            Self::Parent => text!("generate-choose-parent"),
            Self::Data => text!("generate-choose-data"),
            Self::Recipe => text!("generate-choose-recipe"),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(self) -> bool {
        self != Self::Recipe
    }
}
