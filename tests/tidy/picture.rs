//! The picture of the house in `docs/ARCHITECTURE.md`: which room uses which, drawn from the imports.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Imports;
use super::{ROOMS, room, root, rust_files};

const START: &str = "<!-- house: drawn by `cargo test tidy`, do not edit -->\n";
const END: &str = "<!-- end of house -->\n";

/// Arrows between rooms; those that follow from others are left out.
fn picture(imports: &Imports) -> String {
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, targets) in &imports.uses {
        let from = room(file);
        for target in targets.keys().map(|target| room(target)) {
            if from != target && ROOMS.contains(&from) && ROOMS.contains(&target) {
                uses.entry(from).or_default().insert(target);
            }
        }
    }
    let mut text = String::from("```mermaid\nflowchart BT\n");
    for name in ROOMS {
        text += &format!("    {name}\n");
    }
    for name in ROOMS {
        let direct = uses.get(name).cloned().unwrap_or_default();
        let follows =
            |target: &str| direct.iter().any(|other| *other != target && reaches(&uses, other, target));
        for target in direct.iter().filter(|target| !follows(target)) {
            text += &format!("    {name} --> {target}\n");
        }
    }
    text + "```\n"
}

fn reaches(uses: &BTreeMap<&str, BTreeSet<&str>>, from: &str, to: &str) -> bool {
    uses.get(from).is_some_and(|next| next.contains(to) || next.iter().any(|next| reaches(uses, next, to)))
}

#[test]
fn the_picture_of_the_house_is_true() {
    let file = root().join("docs/ARCHITECTURE.md");
    let text =
        std::fs::read_to_string(&file).expect("docs/ARCHITECTURE.md is readable").replace("\r\n", "\n");
    let (before, rest) = text.split_once(START).expect("the picture's first line");
    let (drawn, after) = rest.split_once(END).expect("the picture's last line");
    let true_picture = picture(&Imports::of(&rust_files("src")));
    if drawn != true_picture && std::env::var_os("REDRAW").is_some() {
        let page = [before, START, &true_picture, END, after].concat();
        retidiff::formats::write_file(&file, page.as_bytes()).expect("the page is written");
        return;
    }
    assert_eq!(drawn, true_picture, "docs/ARCHITECTURE.md is out of date: run REDRAW=1 cargo test tidy");
}
