//! A folder of a form, and what a thread found in it.

use std::path::{Path, PathBuf};

/// The field: what was typed, and what is known of a folder.
#[derive(Debug)]
pub(super) struct FolderField<T> {
    pub text: String,
    /// The folder that was looked at, as it was typed, and what was found once that is known.
    looked: Option<(String, Option<Result<T, String>>)>,
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
        PathBuf::from(self.text.trim())
    }

    /// Whether it names a folder that nobody has looked at.
    pub fn needs_a_look(&self) -> bool {
        let text = self.text.trim();
        !text.is_empty() && self.looked.as_ref().is_none_or(|(of, _)| of != text)
    }

    /// The folder to look at, if it was not looked at yet.
    pub fn take_unseen(&mut self) -> Option<PathBuf> {
        if !self.needs_a_look() {
            return None;
        }
        self.looked = Some((self.text.trim().to_owned(), None));
        Some(self.path())
    }

    /// Takes what was found in a folder.
    pub fn learn(&mut self, path: &Path, found: Result<T, String>) {
        if let Some((of, known)) = &mut self.looked
            && Path::new(of.as_str()) == path
        {
            *known = Some(found);
        }
    }

    /// What is known now.
    pub fn state(&self) -> FolderState<'_, T> {
        if self.text.trim().is_empty() {
            return FolderState::Empty;
        }
        match &self.looked {
            Some((of, Some(found))) if of == self.text.trim() => match found {
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
    }
}
