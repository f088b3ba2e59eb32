//! The names of the pages.

/// A page of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// The open document and its synthetic scan.
    #[default]
    Editor,
    /// Cases made by a recipe, and quizzes of them.
    Cases,
    /// Pairs in bulk.
    Generate,
    /// The pairs of a set, to be accepted or rejected.
    Review,
    /// Runs, comparisons of segmenters, and the tables of the paper.
    Training,
}
