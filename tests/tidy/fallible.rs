//! What can fail says when: a public function that gives a `Result` has a section `# Errors` in its documentation. The
//! window is let off: its messages are for the user and said in its texts.

use super::reserved::program;
use super::{room, rust_files};

/// What a signature gives back, on one line; nothing where it gives nothing.
fn returned(signature: &str) -> Option<&str> {
    let signature = signature.split(" where ").next()?;
    let mut depth = 0_i32;
    for (at, letter) in signature.char_indices() {
        match letter {
            '-' if depth == 0 && signature[at..].starts_with("->") => {
                return Some(signature[at + 2..].trim());
            }
            '(' | '<' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '>' if !signature[..at].ends_with('-') => depth -= 1,
            _ => {}
        }
    }
    None
}

fn is_fallible(signature: &str) -> bool {
    let path = returned(signature).and_then(|given| given.split('<').next());
    path.and_then(|path| path.rsplit("::").next()) == Some("Result")
}

/// Lines, counted from 1, of the public functions of a text that can fail and do not say when.
fn silent(text: &str) -> Vec<usize> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let is_public = |line: &str| {
        ["pub fn ", "pub const fn ", "pub async fn ", "pub unsafe fn "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let is_silent = |at: &usize| {
        let end = lines[*at..].iter().position(|line| line.ends_with('{') || line.ends_with(';'));
        let signature = lines[*at..=*at + end.unwrap_or_default()].join(" ");
        let ends = |line: &str| line.is_empty() || !line.starts_with("//") && line.ends_with(['}', '{', ';']);
        let mut before = lines[..*at].iter().rev().take_while(|line| !ends(line));
        is_fallible(&signature) && !before.any(|line| *line == "/// # Errors")
    };
    let functions = (0..lines.len()).filter(|at| is_public(lines[*at]));
    functions.filter(is_silent).map(|at| at + 1).collect()
}

#[test]
fn what_can_fail_says_when() {
    let mut wrong = Vec::new();
    for (file, text) in rust_files("src") {
        if !["cli", "studio"].contains(&room(&file)) {
            wrong.extend(silent(program(&text)).into_iter().map(|line| format!("{file}:{line}")));
        }
    }
    assert!(wrong.is_empty(), "say when it fails, in a section `# Errors`:\n{}", wrong.join("\n"));
}

#[test]
fn a_function_that_can_fail_is_known_by_what_it_gives() {
    assert!(is_fallible("pub fn read(bytes: &[u8]) -> std::io::Result<()> {"));
    assert!(is_fallible("pub fn read<F: Fn(u8) -> u8>(f: F) -> Result<Vec<u8>, Error> where F: Sync {"));
    assert!(!is_fallible("pub fn read(f: impl Fn(u8) -> Result<u8, Error>) {"));
    assert!(!is_fallible("pub fn read() -> Option<Result<u8, Error>> {"));
    let text = "/// Reads.\n///\n/// # Errors\n/// Never.\n#[inline]\npub fn a() -> Result<u8, E> {\n}\n\n/// Reads.\npub fn b(\n    c: u8,\n) -> Result<u8, E> {\n}";
    assert_eq!(silent(text), [10]);
}
