//! Why a recipe cannot be met: which wish stands against which, and what would do.

use std::fmt;

use serde::Serialize;

/// Two wishes that cannot both be met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// A place in the recipe, such as `cysts[0].count`.
    pub wish: String,
    /// What it stands against: another place, or a limit of the eye.
    pub against: String,
    /// What the two cannot both be, in words.
    pub why: String,
    /// What to change in the recipe, in words.
    pub remedy: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} conflicts with {}: {}; {}", self.wish, self.against, self.why, self.remedy)
    }
}

/// A recipe that makes no case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum CaseError {
    /// The text is no recipe.
    #[error("{file}: {problem}")]
    Text { file: String, problem: String },
    /// Values out of bounds, one a line.
    #[error("the recipe asks for what cannot be:\n{}", lines(.0))]
    OutOfBounds(Vec<String>),
    /// Wishes that exclude each other.
    #[error("the recipe cannot be met:\n{}", lines(.0))]
    Conflicts(Vec<Conflict>),
    /// The base mask cannot be built upon.
    #[error("base.mask: {0}")]
    Base(String),
}

fn lines<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(|item| format!("  - {item}")).collect::<Vec<_>>().join("\n")
}
