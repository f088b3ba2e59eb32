//! Names that the glossary replaced stay replaced: a reader never has to guess what a word of the house's own means.

use super::imports::code_alone;
use super::rust_files;

/// What must not be a name any more, nor a part of one, and what is said instead.
const REPLACED: [(&str, &str); 12] = [
    ("Draws", "Rng"),
    ("Exchange", "Mailbox"),
    ("Classroom", "TeacherAndStudent"),
    ("Lesson", "DistillationTarget"),
    ("rival", "comparison"),
    ("easel", "overlay"),
    ("MOST_", "MAX_"),
    ("_TAKES", "_TIMEOUT"),
    ("abouts", "position"),
    ("dials", "conditions"),
    ("grain", "speckle"),
    ("twin", "reference"),
];
/// What must not be a whole name. As a part of one it may be plain English: `is_asked_about` makes nobody guess.
const NO_NAMES: [(&str, &str); 11] = [
    ("Asked", "RequestedConditions"),
    ("Dials", "MaskConditions"),
    ("Laid", "what was done: placed, encoded, rendered"),
    ("Scene", "which scene, such as RenderScene"),
    ("Session", "whose session, such as TrainingSession"),
    ("Settings", "whose settings, such as PanelSettings"),
    ("asked", "requested, or what it is"),
    ("counted", "valid, or loss weights"),
    ("laid", "what was done: placed, encoded, rendered"),
    ("told", "what it is: conditions, a message, reported"),
    ("untold", "what it is: unconditional, unknown"),
];

/// The word that a line of code, without its texts, uses as a name, or as a part of one.
fn replaced_word(code: &str) -> Option<(&'static str, &'static str)> {
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.split(|letter| !is_of_name(letter)).find_map(|name| {
        let part = REPLACED.into_iter().find(|(word, _)| is_called(name, word));
        part.or_else(|| NO_NAMES.into_iter().find(|(word, _)| name == *word && !is_argument(code, word)))
    })
}

/// Whether a word is the name of a text's argument, which is that of the table: `text!("key", asked = %value)`.
fn is_argument(code: &str, word: &str) -> bool {
    code.contains("text!(") && code.contains(&format!(", {word} = "))
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
            for (number, line) in (1..).zip(code_alone(&text).lines()) {
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
    assert_eq!(replaced_word(&code_alone("assert!(text.contains(\"Draws\") && arrival > 0);")), None);
    assert_eq!(replaced_word("let session = Session::new(asked);").map(|(word, _)| word), Some("Session"));
    assert_eq!(replaced_word("let session = EditorSession::new(is_asked_about);"), None);
    assert_eq!(replaced_word("text!(, name, asked = requested.as_str())"), None);
    assert_eq!(replaced_word("let asked = 3;").map(|(word, _)| word), Some("asked"));
}
