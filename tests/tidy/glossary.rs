//! Names that the glossary replaced stay replaced: a reader never has to guess what a word of the house's own means.

use super::{code_lines, rust_files};

/// What must not be a name any more, and what is said instead.
const REPLACED: [(&str, &str); 9] = [
    ("Draws", "Rng"),
    ("Exchange", "Mailbox"),
    ("Classroom", "TeacherAndStudent"),
    ("Lesson", "DistillationTarget"),
    ("rival", "comparison"),
    ("easel", "overlay"),
    ("MOST_", "MAX_"),
    ("_TAKES", "_TIMEOUT"),
    ("abouts", "position"),
];

/// The word that a line of code uses as a name, or as a part of one.
fn replaced_word(line: &str) -> Option<(&'static str, &'static str)> {
    // Texts are no names.
    let code: String = line.split('"').step_by(2).collect();
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let names = code.split(|letter| !is_of_name(letter));
    names.flat_map(|name| REPLACED.into_iter().filter(move |(word, _)| is_called(name, word))).next()
}

fn is_called(name: &str, word: &str) -> bool {
    match word {
        _ if word.starts_with('_') => name.ends_with(word),
        _ if word.ends_with('_') => name.starts_with(word),
        _ => name == word || name.split('_').any(|part| part == word),
    }
}

#[test]
fn names_are_the_glossarys() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests"] {
        for (file, text) in rust_files(folder) {
            for (number, line) in code_lines(&text) {
                if let Some((word, instead)) = replaced_word(line).filter(|_| !file.ends_with("glossary.rs"))
                {
                    wrong.push(format!("{file}:{number} {word}: say {instead}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "the glossary has other names:\n{}", wrong.join("\n"));
    assert_eq!(replaced_word("let rng = Draws::new(1);"), Some(("Draws", "Rng")));
    assert_eq!(replaced_word("const MOST_PICTURES: usize = 3;"), Some(("MOST_", "MAX_")));
    assert_eq!(replaced_word("fn paint_easel(x: u8) {"), Some(("easel", "overlay")));
    assert_eq!(replaced_word("assert!(text.contains(\"Draws\") && arrival > 0);"), None);
}
