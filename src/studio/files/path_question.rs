//! A path that is being typed, how far that has come, and what the user says to it.

use std::path::PathBuf;

use super::choosing::Purpose;

/// A path that is being typed.
#[derive(Debug)]
pub struct PathQuestion {
    /// What the path is for.
    pub purpose: Purpose,
    /// What is typed so far.
    pub text: String,
    /// How far the question has come.
    pub standing: PathStanding,
    /// Number of the document it is for.
    pub(super) document: u64,
}

/// How far the question has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStanding {
    /// The user types.
    Typing,
    /// The disk is asked what is there.
    Looking,
    /// A file is there: the user says whether it is replaced.
    Occupied(PathBuf),
    /// Nothing can be written there, and why.
    Unfit(String),
}

/// What the user says to a [`PathQuestion`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathAnswer {
    /// This is the path, as it was typed.
    Typed(String),
    /// The file that is there is to be replaced.
    Replace,
    /// Another path is to be typed.
    TypeAgain,
    /// No path: what it was for is given up.
    Cancel,
}
