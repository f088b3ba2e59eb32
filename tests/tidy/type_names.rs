//! One type name means one thing in the whole library: who reads it in a message of the compiler, in a search or in the
//! list of all items need not ask whose it is.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::code_alone;
use super::reserved::program;
use super::rust_files;

/// Public names that types of several files have yet, with the number of files. This list may only become shorter: a new
/// type says whose it is (`SamplerStep`, `UndoStep`).
const SHARED: [(&str, usize); 30] = [
    ("Agreement", 2),
    ("Cut", 2),
    ("Decoder", 2),
    ("Direction", 2),
    ("Drawing", 2),
    ("Edit", 2),
    ("Event", 3),
    ("Extent", 2),
    ("Figures", 2),
    ("Follower", 2),
    ("Frame", 2),
    ("Group", 2),
    ("Held", 2),
    ("Job", 2),
    ("Line", 2),
    ("Look", 2),
    ("Mask", 2),
    ("Measured", 2),
    ("Memorisation", 2),
    ("Middle", 2),
    ("Page", 2),
    ("Pair", 2),
    ("Place", 2),
    ("Placement", 2),
    ("Sample", 2),
    ("Shown", 2),
    ("State", 2),
    ("Target", 2),
    ("Watch", 2),
    ("Work", 2),
];

/// The names of the public types that a file's program declares; what only its own folder sees is none of them.
fn public_types(text: &str) -> BTreeSet<String> {
    let code = code_alone(program(text));
    let declared = code.lines().filter_map(|line| line.trim_start().strip_prefix("pub "));
    let names = declared.filter_map(|rest| {
        let (kind, rest) = rest.split_once(' ')?;
        let is_type = ["struct", "enum", "trait", "type"].contains(&kind);
        is_type.then(|| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
    });
    names.collect()
}

/// The files of each public name that more than one has.
fn shared(files: &[(String, String)]) -> BTreeMap<String, Vec<&str>> {
    let mut places: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (file, text) in files {
        for name in public_types(text) {
            places.entry(name).or_default().push(file);
        }
    }
    places.retain(|_, files| files.len() > 1);
    places
}

#[test]
fn a_type_name_means_one_thing() {
    let files = rust_files("src");
    let found = shared(&files);
    println!("public type names that several files have: {}", found.len());
    let allowed = |name: &str| SHARED.iter().find(|(known, _)| *known == name).map_or(1, |(_, count)| *count);
    let mut wrong = Vec::new();
    for (name, places) in found.iter().filter(|(name, places)| places.len() > allowed(name)) {
        wrong.push(format!("{name} is declared in {}: say whose it is", places.join(", ")));
    }
    for (name, count) in SHARED {
        let left = found.get(name).map_or(1, Vec::len);
        if left < count {
            wrong.push(format!("{name} stands {left} times only, not {count}: make the list shorter"));
        }
    }
    assert!(wrong.is_empty(), "one type name, one thing:\n{}", wrong.join("\n"));
}

#[test]
fn types_are_found_where_they_are_declared() {
    let text = "pub struct Step<'a> {\n    pub step: Step,\n}\npub(super) enum Inner {}\n// pub enum Said {}\n\
                mod deep {\n    pub type Short = u8;\n}\n#[cfg(test)]\nmod tests {\n    pub struct Late;\n}";
    assert_eq!(public_types(text).into_iter().collect::<Vec<_>>(), ["Short", "Step"]);
    let files = [("a.rs", text), ("b.rs", "pub enum Step {}"), ("c.rs", "pub fn step() {}")];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    assert_eq!(shared(&files)["Step"], ["a.rs", "b.rs"]);
    assert_eq!(shared(&files).len(), 1);
}
