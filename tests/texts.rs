//! The table of texts: complete in every language, used to the last entry, in plain words; nothing beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use retidiff::studio::shell::commands::COMMANDS;
use retidiff::studio::texts::{ENGLISH_TEXTS, GERMAN_TEXTS};

/// Words that the window does not say, in either language: of machine learning where a clinic has its own, of the house
/// before its glossary, and what only programmers say of files.
const NOT_IN_THE_WINDOW: [&str; 38] = [
    "rival",
    "rivals",
    "rivale",
    "konkurrent",
    "grain",
    "grains",
    "korn",
    "körnung",
    "dial",
    "dials",
    "drehregler",
    "told",
    "retinas that do not exist",
    "netzhäute, die es nicht gibt",
    "netzhäute, die nicht existieren",
    "eyes that do not exist",
    "augen, die es nicht gibt",
    "augen, die nicht existieren",
    "new eye",
    "neues auge",
    "in no file yet",
    "noch in keiner datei",
    "check the bands",
    "bänder prüfen",
    "os error",
    "os-fehler",
    "betriebssystemfehler",
    "byte 0",
    "publish",
    "published model",
    "timestep",
    "timesteps",
    "zeitschritt",
    "logits",
    "tensor",
    "tensoren",
    "denoising",
    "entrauschen",
];
/// What a clinic has no use for: samplers by name, and how they are driven. The advanced settings alone may say it.
const ADVANCED_ONLY: [&str; 8] =
    ["ddim", "ddpm", "dpm", "euler", "heun", "sampler", "guidance", "entrauschung"];

/// What a text is: its words without arguments, and the names of its arguments.
struct Text {
    words: String,
    arguments: BTreeSet<String>,
}

fn read_table(source: &str) -> BTreeMap<String, Text> {
    let resource = fluent_syntax::parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut table = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let pattern = message.value.unwrap_or_else(|| panic!("{} has no text", message.id.name));
        let mut text = Text { words: String::new(), arguments: BTreeSet::new() };
        gather(&pattern, &mut text);
        let before = table.insert(message.id.name.to_owned(), text);
        assert!(before.is_none(), "{} stands twice", message.id.name);
    }
    table
}

fn gather(pattern: &Pattern<&str>, text: &mut Text) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.words.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => gather_inline(inline, text),
                Expression::Select { selector, variants } => {
                    gather_inline(selector, text);
                    for variant in variants {
                        text.words.push(' ');
                        gather(&variant.value, text);
                    }
                }
            },
        }
    }
}

fn gather_inline(inline: &InlineExpression<&str>, text: &mut Text) {
    match inline {
        InlineExpression::VariableReference { id } => {
            text.arguments.insert(id.name.to_owned());
            text.words.push('#');
        }
        InlineExpression::StringLiteral { value } => text.words.push_str(value),
        _ => {}
    }
}

fn rust_files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let root = env!("CARGO_MANIFEST_DIR");
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            found.push((name, fs::read_to_string(&path).expect("a source")));
        }
    }
}

/// The sources of the window without their tests: (path, text).
fn window_sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    rust_files(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/studio"), &mut found);
    let is_of_tests = |name: &str| name.ends_with("_tests.rs") || name.starts_with("src/studio/texts/");
    found.retain(|(name, _)| !is_of_tests(name));
    for (_, text) in &mut found {
        if let Some(end) = text.find("#[cfg(test)]\nmod ") {
            text.truncate(end);
        }
    }
    found
}

/// The string literals of a source: (start of the literal, its characters as written). Comments are skipped.
fn literals(source: &str) -> Vec<(usize, &str)> {
    let bytes = source.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = source[at..].find('\n').map_or(bytes.len(), |end| at + end);
            }
            b'\'' if bytes.get(at + 1) == Some(&b'\\') => at += 3,
            b'\'' if bytes.get(at + 1) == Some(&b'"') => at += 2,
            b'"' => {
                let start = at + 1;
                at = start;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                found.push((start, &source[start..at]));
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The names of the arguments of a `text!` whose key ends at `from`; `None` where no argument follows.
fn arguments_of_call(source: &str, from: usize) -> BTreeSet<String> {
    let (mut depth, mut part, mut parts) = (0_i32, String::new(), Vec::new());
    let mut in_literal = false;
    for character in source[from..].chars() {
        match character {
            '"' => in_literal = !in_literal,
            '(' | '[' | '{' if !in_literal => depth += 1,
            ')' if !in_literal && depth == 0 => break,
            ')' | ']' | '}' if !in_literal => depth -= 1,
            ',' if !in_literal && depth == 0 => {
                parts.push(std::mem::take(&mut part));
                continue;
            }
            _ => {}
        }
        part.push(character);
    }
    parts.push(part);
    let name = |part: &String| {
        let part = part.trim().trim_start_matches('%');
        part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    parts.iter().map(name).filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_key_that_is_asked_for_is_there_with_its_arguments_and_no_other_is() {
    let english = read_table(ENGLISH_TEXTS);
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for (file, source) in window_sources() {
        for (start, literal) in literals(&source) {
            let is_asked_for = source[..start - 1].trim_end().ends_with("text!(");
            match english.get(literal) {
                Some(text) => {
                    used.insert(literal.to_owned());
                    let given = arguments_of_call(&source, start + literal.len() + 1);
                    if is_asked_for && given != text.arguments {
                        wrong.push(format!("{file}: {literal} is given {given:?}, not {:?}", text.arguments));
                    }
                }
                None if is_asked_for => wrong.push(format!("{file}: {literal} is not in en.ftl")),
                None => {}
            }
        }
    }
    // The library names steps in English: each name is that of a text.
    let names = include_str!("../src/document/command.rs").split("pub fn name(").nth(1);
    let names = names.and_then(|rest| rest.split("\n    }\n").next()).expect("names of commands");
    for (_, literal) in literals(names) {
        let words = literal.split('{').next();
        let is_named = |text: &Text| text.words.split('#').next() == words;
        let step = english.iter().find(|(key, text)| key.starts_with("step-") && is_named(text));
        if step.is_none() {
            wrong.push(format!("en.ftl has no name for the step {literal}"));
        }
        used.extend(step.map(|(key, _)| key.clone()));
    }
    let unused = english.keys().filter(|key| !used.contains(*key));
    wrong.extend(unused.map(|key| format!("{key} of en.ftl is not asked for")));
    for command in COMMANDS {
        if command.name().starts_with("command-") {
            wrong.push(format!("the name of {} is missing", command.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn both_languages_have_the_same_texts_with_the_same_arguments() {
    let (english, german) = (read_table(ENGLISH_TEXTS), read_table(GERMAN_TEXTS));
    let mut wrong = Vec::new();
    for (key, text) in &english {
        match german.get(key) {
            None => wrong.push(format!("{key} is missing in de.ftl")),
            Some(other) if other.arguments != text.arguments => {
                wrong
                    .push(format!("{key}: {:?} in English, {:?} in German", text.arguments, other.arguments));
            }
            Some(_) => {}
        }
    }
    wrong.extend(
        german.keys().filter(|key| !english.contains_key(*key)).map(|key| format!("{key} is German only")),
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(english.len() > 1100, "{} texts", english.len());
}

#[test]
fn the_window_speaks_plain_words() {
    let mut wrong = Vec::new();
    for (language, source) in [("en", ENGLISH_TEXTS), ("de", GERMAN_TEXTS)] {
        for (key, text) in read_table(source) {
            let words = text.words.to_lowercase();
            let is_said = |word: &str| {
                words.match_indices(word).any(|(at, _)| {
                    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
                    !is_letter(words[..at].chars().next_back())
                        && !is_letter(words[at + word.len()..].chars().next())
                })
            };
            let mut forbidden: Vec<&str> =
                NOT_IN_THE_WINDOW.into_iter().filter(|word| is_said(word)).collect();
            if !key.starts_with("advanced-") {
                forbidden.extend(ADVANCED_ONLY.into_iter().filter(|name| is_said(name)));
            }
            wrong.extend(forbidden.iter().map(|word| format!("{language}, {key}: {word}")));
        }
    }
    assert!(wrong.is_empty(), "words that the window does not say:\n{}", wrong.join("\n"));
}

/// What stands before a literal that nobody reads on the screen: an identity, a name for debuggers, a failure of the
/// program itself, the log, why a lint is silent.
const NOT_SHOWN: [&str; 22] = [
    "reason =",
    "tracing::warn!(",
    "Id::unique(",
    ".expect(",
    ".name(",
    "id_salt(",
    "load_texture(",
    "dialog(",
    "Panel::top(",
    "Panel::bottom(",
    "Panel::left(",
    "Panel::right(",
    ".with(",
    "#[error(",
    "R8Uint,",
    "include_bytes!(",
    "load_texture(format!(",
    "#[must_use =",
    "let title = format!(",
    ".with_title(",
    "run_native_ext(",
    "tracing::warn!(",
];
/// Files whose literals are not texts of the window, each with its reason.
const NOT_OF_THE_WINDOW: [(&str, &str); 9] = [
    ("src/studio/offscreen/", "errors of subcommands, printed in a terminal"),
    ("src/studio/shell/window.rs", "said in a terminal, where there is no window to say it in"),
    ("src/studio/flow/model.rs", "a model that tests compare with"),
    ("src/studio/shell/commands/chord.rs", "keys as settings on disk name them"),
    ("src/studio/shell/commands/keymap.rs", "keys, as chords read them"),
    ("src/studio/shell/commands/mod.rs", "keys, as chords read them"),
    ("src/studio/review/keys.rs", "reasons as the log of decisions keeps them, whatever the window speaks"),
    ("src/studio/widgets/east_asian_font.rs", "paths"),
    ("src/studio/editor/canvas/pass.rs", "names for graphics debuggers, and a precondition"),
];
/// Literals that are the same in every language, or compared with and not shown.
const THE_SAME_EVERYWHERE: [&str; 16] = [
    "Esc",
    "ssh gpu-host retidiff serve --stdio",
    "RetiDiff",
    "ITK-SNAP",
    "PDF",
    "SVG",
    "PNG",
    "OD",
    "OS",
    "SRF",
    "PED",
    "EMA",
    "SNR",
    " um per px",
    " (os error ",
    "expected ",
];
/// What shows its first literal to the user.
const SHOWS: [&str; 18] = [
    "label(",
    "heading(",
    "caption(",
    "weak(",
    "button(",
    "Button::new(",
    "RichText::new(",
    "on_hover_text(",
    "on_disabled_hover_text(",
    "hint_text(",
    "accessible_name(",
    "row(ui,",
    "switch(ui,",
    "text_button(ui,",
    "icon_button(ui,",
    "badge(ui,",
    "set_title(",
    "Window::new(",
];

/// Whether a literal has words, once arguments and units are taken out of it.
fn has_words(literal: &str) -> bool {
    let mut plain = String::new();
    let mut depth = 0;
    for character in literal.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => plain.push(character),
            _ => {}
        }
    }
    let is_unit = |word: &&str| ["px", "µm", "mm", "um", "ms", "GB", "MB"].contains(word);
    let mut words = plain.split(|c: char| !c.is_alphabetic());
    words.any(|word| word.chars().count() > 1 && !is_unit(&word))
}

#[test]
fn no_text_of_the_window_stands_beside_the_table() {
    let keys = read_table(ENGLISH_TEXTS);
    let mut wrong = Vec::new();
    for (file, source) in window_sources() {
        if NOT_OF_THE_WINDOW.iter().any(|(place, _)| file.starts_with(place)) {
            continue;
        }
        for (start, literal) in literals(&source) {
            let before = source[..start - 1].trim_end();
            if keys.contains_key(literal)
                || THE_SAME_EVERYWHERE.contains(&literal)
                || NOT_SHOWN.iter().any(|context| before.ends_with(context))
                || !has_words(literal)
            {
                continue;
            }
            let is_sentence = literal.trim().contains(' ') || literal.starts_with(char::is_uppercase);
            let is_shown = SHOWS.iter().any(|call| before.ends_with(call));
            if is_sentence || is_shown {
                let line = source[..start].lines().count();
                wrong.push(format!("{file}:{line}: \"{literal}\""));
            }
        }
    }
    assert!(wrong.is_empty(), "move these to assets/texts (or say why not):\n{}", wrong.join("\n"));
}
