//! Names that the glossary replaced stay replaced: a reader never has to guess what a word of the house's own means.

use super::imports::code_alone;
use super::rust_files;

/// What must not be a name any more, nor a part of one, and what is said instead.
const REPLACED: [(&str, &str); 24] = [
    ("Draws", "Rng"),
    ("Exchange", "Mailbox"),
    ("Classroom", "TeacherAndStudent"),
    ("Lesson", "DistillationTarget"),
    ("Slot", "Mailbox, or what lies in it"),
    ("rival", "comparison"),
    ("easel", "overlay"),
    ("workbench", "tool_context"),
    ("MOST", "MAX_"),
    ("_TAKES", "_TIMEOUT"),
    ("abouts", "position"),
    ("classroom", "teacher_and_student"),
    ("dials", "conditions"),
    ("grain", "speckle"),
    ("in_hand", "active"),
    ("know_page", "refresh_page_facts"),
    ("lesson", "target of the distillation"),
    ("lessons", "targets of the distillation"),
    ("let_go", "release"),
    ("slot", "mailbox, or what lies in it"),
    ("slots", "mailboxes, or what lies in them"),
    ("taught", "student"),
    ("twin", "reference"),
    ("untold", "what it is: unconditional, unknown"),
];
/// What must not be a part of a short name either. The name of a test is a sentence, and may say that something is told
/// apart.
const NOT_IN_SHORT_NAMES: [(&str, &str); 2] =
    [("heard", "received"), ("told", "what it is: conditions, a message, reported")];
/// Words of the longest name that is no sentence.
const SHORT_NAME_WORDS: usize = 4;
/// What must not be a whole name. As a part of one it may be plain English: `is_asked_about` makes nobody guess.
const NO_NAMES: [(&str, &str); 11] = [
    ("Asked", "RequestedConditions"),
    ("Dials", "MaskConditions"),
    ("Heard", "what it is: ReceivedMessage, LogOutcome"),
    ("Laid", "what was done: placed, encoded, rendered"),
    ("Scene", "which scene, such as RenderScene"),
    ("Session", "whose session, such as TrainingSession"),
    ("Settings", "whose settings, such as PanelSettings"),
    ("asked", "requested, or what it is"),
    ("counted", "valid, or loss weights"),
    ("exchange", "Mailbox, or what is done: replace"),
    ("laid", "what was done: placed, encoded, rendered"),
];

/// The word that a line of code, without its texts, uses as a name, or as a part of one.
fn replaced_word(code: &str) -> Option<(&'static str, &'static str)> {
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    code.split(|letter| !is_of_name(letter)).find_map(|name| {
        let is_short = name.split('_').count() <= SHORT_NAME_WORDS;
        let part = REPLACED.into_iter().find(|(word, _)| is_called(name, word));
        let of_short = NOT_IN_SHORT_NAMES.into_iter().filter(|(word, _)| is_short && is_called(name, word));
        let whole = NO_NAMES.into_iter().filter(|(word, _)| name == *word);
        part.or_else(|| of_short.chain(whole).find(|(word, _)| !is_argument(code, word)))
    })
}

/// Whether a word is the name of a text's argument, which is that of the table: `text!("key", asked = %value)`.
fn is_argument(code: &str, word: &str) -> bool {
    code.contains("text!(") && code.contains(&format!(", {word} = "))
}

fn is_called(name: &str, word: &str) -> bool {
    match word {
        _ if word.starts_with('_') => name.ends_with(word),
        _ => name.match_indices(word).any(|(at, _)| {
            let (before, after) = (&name[..at], &name[at + word.len()..]);
            (before.is_empty() || before.ends_with('_')) && (after.is_empty() || after.starts_with('_'))
        }),
    }
}

#[test]
fn names_are_the_glossarys() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests"] {
        for (file, text) in rust_files(folder) {
            for (number, line) in (1..).zip(code_alone(&text).lines()) {
                let found = replaced_word(line).filter(|_| !file.ends_with("glossary.rs"));
                if let Some((word, instead)) = found {
                    wrong.push(format!("{file}:{number} {word}: say {instead}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "the glossary has other names:\n{}", wrong.join("\n"));
    assert_eq!(replaced_word("let rng = Draws::new(1);"), Some(("Draws", "Rng")));
    assert_eq!(replaced_word("const MOST_PICTURES: usize = 3;"), Some(("MOST", "MAX_")));
    assert_eq!(replaced_word("const UNUSUAL_MOST: f32 = 0.1;"), Some(("MOST", "MAX_")));
    assert_eq!(replaced_word("fn paint_easel(x: u8) {"), Some(("easel", "overlay")));
    assert_eq!(replaced_word("self.brush_in_hand = None;"), Some(("in_hand", "active")));
    assert_eq!(replaced_word("let is_told = heard.is_some();").map(|(word, _)| word), Some("told"));
    assert_eq!(replaced_word("fn a_fault_is_told_from_an_end() {"), None);
    assert_eq!(replaced_word(&code_alone("assert!(text.contains(\"Draws\") && arrival > 0);")), None);
    assert_eq!(replaced_word("let session = Session::new(asked);").map(|(word, _)| word), Some("Session"));
    assert_eq!(replaced_word("let session = EditorSession::new(is_asked_about);"), None);
    assert_eq!(replaced_word("text!(, name, asked = requested.as_str())"), None);
    assert_eq!(replaced_word("let asked = 3;").map(|(word, _)| word), Some("asked"));
}
