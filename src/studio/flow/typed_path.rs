//! Paths as people type them: `~` is the home folder, a name without its ending is given it, and a folder is no file.

use std::ffi::OsStr;
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// The path that was typed into a text field; every field that names a path is read by this. `~` alone or before a
/// separator stands for the user's home folder, where there is one.
pub fn typed_path(text: &str) -> PathBuf {
    with_home(text, || directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf()))
}

/// The same with a home folder that is looked up only where it is needed: forms ask in every frame.
fn with_home(text: &str, home: impl FnOnce() -> Option<PathBuf>) -> PathBuf {
    let text = text.trim();
    match below_home(text).and_then(|rest| Some((rest.trim_start_matches(is_separator), home()?))) {
        Some(("", home)) => home,
        Some((rest, home)) => home.join(rest),
        None => PathBuf::from(text),
    }
}

/// What stands behind a `~` that is the home folder.
fn below_home(text: &str) -> Option<&str> {
    text.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with(is_separator))
}

/// The path in a field that began with `offered`, a folder or a file in one. What stands for itself (an absolute path,
/// or one of the home folder) does so behind the offer, too: people type and paste where the caret is.
pub fn typed_behind(offered: &str, text: &str) -> PathBuf {
    typed_path(without_offer(offered, text.trim()))
}

fn without_offer<'a>(offered: &str, text: &'a str) -> &'a str {
    let folder = &offered[..offered.rfind(is_separator).map_or(0, |at| at + 1)];
    let stands_for_itself = |rest: &&str| Path::new(rest).is_absolute() || below_home(rest).is_some();
    let offers = [offered, folder].into_iter().filter(|offer| !offer.is_empty());
    offers.filter_map(|offer| text.strip_prefix(offer)).find(stands_for_itself).unwrap_or(text)
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
        let of_anna = |text: &str| with_home(text, || Some("/home/anna".into()));
        assert_eq!(of_anna(" ~/docs/case "), PathBuf::from("/home/anna/docs/case"));
        assert_eq!(of_anna("~"), PathBuf::from("/home/anna"));
        assert_eq!(of_anna("~/"), PathBuf::from("/home/anna"));
        assert_eq!(of_anna("~bert/case"), PathBuf::from("~bert/case"));
        assert_eq!(of_anna("a~/case"), PathBuf::from("a~/case"));
        assert_eq!(with_home("~/case", || None), PathBuf::from("~/case"));
        assert_eq!(of_anna("docs/my case"), PathBuf::from("docs/my case"));
        let asked_for_nothing = || -> Option<PathBuf> { panic!("no home folder is needed") };
        assert_eq!(with_home("docs/my case", asked_for_nothing), PathBuf::from("docs/my case"));
        let own = directories::BaseDirs::new().map(|dirs| dirs.home_dir().to_path_buf());
        assert_eq!(typed_path(" ~/x "), own.map_or_else(|| "~/x".into(), |home| home.join("x")));
    }

    #[test]
    fn what_stands_for_itself_does_so_behind_what_was_offered() {
        let (folder, file) = ("/home/anna/", "/home/anna/case.retidiff");
        // On Windows a path is absolute that begins with a drive.
        let drive = if Path::new("/").is_absolute() { "" } else { "C:" };
        for own in [format!("{drive}/tmp//x"), "~/x".to_owned(), "~".to_owned()] {
            for (offered, before) in [(folder, folder), (file, file), (file, folder)] {
                assert_eq!(typed_behind(offered, &format!(" {before}{own}")), typed_path(&own), "{before}");
            }
            assert_eq!(typed_behind(folder, &own), typed_path(&own), "typed in place of the offer");
        }
        for text in [folder, file, "/home/anna/docs/x", "/home/anna/~bert", "/data//sets", "docs//x"] {
            for offered in [folder, file, ""] {
                assert_eq!(typed_behind(offered, text), PathBuf::from(text), "behind {offered}");
            }
        }
    }

    #[test]
    fn a_separator_at_the_end_means_a_folder() {
        assert!(ends_as_folder(Path::new("docs/")) && !ends_as_folder(Path::new("docs")));
    }
}
