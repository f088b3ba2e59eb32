//! A folder of a form, and what a thread found in it.

use std::path::{Path, PathBuf};

use crate::studio::flow::typed_path::typed_path;

/// The field: what was typed, and what is known of a folder.
#[derive(Debug)]
pub(super) struct FolderField<T> {
    pub text: String,
    /// The folder that was looked at, and what was found once that is known.
    looked: Option<(PathBuf, Option<Result<T, String>>)>,
}

impl<T> Default for FolderField<T> {
    fn default() -> Self {
        Self { text: String::new(), looked: None }
    }
}

/// What is known of the folder that the field names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FolderState<'a, T> {
    Empty,
    Looking,
    Known(&'a T),
    Wrong(&'a str),
}

impl<T> FolderField<T> {
    /// The folder that it names.
    pub fn path(&self) -> PathBuf {
        typed_path(&self.text)
    }

    /// Whether it names a folder that nobody has looked at.
    pub fn needs_a_look(&self) -> bool {
        let path = self.path();
        !path.as_os_str().is_empty() && self.looked.as_ref().is_none_or(|(of, _)| *of != path)
    }

    /// The folder to look at, if it was not looked at yet.
    pub fn take_unseen(&mut self) -> Option<PathBuf> {
        if !self.needs_a_look() {
            return None;
        }
        let path = self.path();
        self.looked = Some((path.clone(), None));
        Some(path)
    }

    /// Takes what was found in a folder.
    pub fn learn(&mut self, path: &Path, found: Result<T, String>) {
        if let Some((of, known)) = &mut self.looked
            && of.as_path() == path
        {
            *known = Some(found);
        }
    }

    /// What is known now.
    pub fn state(&self) -> FolderState<'_, T> {
        let path = self.path();
        if path.as_os_str().is_empty() {
            return FolderState::Empty;
        }
        match &self.looked {
            Some((of, Some(found))) if *of == path => match found {
                Ok(found) => FolderState::Known(found),
                Err(problem) => FolderState::Wrong(problem),
            },
            _ => FolderState::Looking,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_of_the_folder_that_is_named() {
        let mut field: FolderField<u32> = FolderField::default();
        assert_eq!(field.take_unseen(), None);
        assert_eq!(field.state(), FolderState::Empty);
        field.text = " data ".to_owned();
        assert_eq!(field.take_unseen(), Some("data".into()));
        assert_eq!(field.take_unseen(), None, "it is being looked at");
        assert_eq!(field.state(), FolderState::Looking);
        field.learn(Path::new("other"), Ok(7));
        assert_eq!(field.state(), FolderState::Looking);
        field.learn(Path::new("data"), Ok(3));
        assert_eq!(field.state(), FolderState::Known(&3));
        field.text = "elsewhere".to_owned();
        assert_eq!(field.state(), FolderState::Looking, "it is another folder");
        field.take_unseen();
        field.learn(Path::new("elsewhere"), Err("nothing".to_owned()));
        assert_eq!(field.state(), FolderState::Wrong("nothing"));
        field.text = "~/data".to_owned();
        let path = field.take_unseen().expect("a folder that nobody has looked at");
        assert_eq!(path, typed_path("~/data"));
        field.learn(&path, Ok(5));
        assert_eq!(field.state(), FolderState::Known(&5));
    }
}
