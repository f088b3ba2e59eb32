//! The names of the pages.

/// A page of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Editor,
    Cases,
    Generate,
    Review,
    Training,
}
