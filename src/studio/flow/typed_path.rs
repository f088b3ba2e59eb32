//! Paths as people type them: `~` is the home folder, a name without its ending is given it, and a folder is no file.

use std::ffi::OsStr;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// The path that was typed. `~` alone or before a separator stands for `home`, where there is one.
pub fn typed_path(text: &str, home: Option<&Path>) -> PathBuf {
    let text = text.trim();
    match (text.strip_prefix('~'), home) {
        (Some(""), Some(home)) => home.to_path_buf(),
        (Some(rest), Some(home)) if rest.starts_with(is_separator) => {
            home.join(rest.trim_start_matches(is_separator))
        }
        _ => PathBuf::from(text),
    }
}

/// Whether a path was typed as that of a folder: it ends with a separator.
pub fn ends_as_folder(path: &Path) -> bool {
    path.to_string_lossy().ends_with(is_separator)
}

/// A path that ends as its format does.
pub fn with_extension(path: PathBuf, extension: &str) -> PathBuf {
    match path.extension() {
        Some(found) if found.eq_ignore_ascii_case(OsStr::new(extension)) => path,
        _ => {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".");
            name.push(extension);
            path.with_file_name(name)
        }
    }
}

/// Both are understood where the system has another one.
fn is_separator(character: char) -> bool {
    character == '/' || character == MAIN_SEPARATOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_dots_keeps_them() {
        assert_eq!(with_extension("a/scan.v2".into(), "retidiff"), PathBuf::from("a/scan.v2.retidiff"));
        assert_eq!(with_extension("a/scan.RETIDIFF".into(), "retidiff"), PathBuf::from("a/scan.RETIDIFF"));
    }

    #[test]
    fn a_tilde_is_the_home_folder_and_nothing_else_is() {
        let home = Some(Path::new("/home/anna"));
        assert_eq!(typed_path(" ~/docs/case ", home), PathBuf::from("/home/anna/docs/case"));
        assert_eq!(typed_path("~", home), PathBuf::from("/home/anna"));
        assert_eq!(typed_path("~bert/case", home), PathBuf::from("~bert/case"));
        assert_eq!(typed_path("a~/case", home), PathBuf::from("a~/case"));
        assert_eq!(typed_path("~/case", None), PathBuf::from("~/case"));
        assert_eq!(typed_path("docs/my case", home), PathBuf::from("docs/my case"));
    }

    #[test]
    fn a_separator_at_the_end_means_a_folder() {
        assert!(ends_as_folder(Path::new("docs/")) && !ends_as_folder(Path::new("docs")));
    }
}
