//! The names of the pages.

/// A page of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    #[default]
    Editor,
    Cases,
    Generate,
    Review,
    Training,
}
