//! Which file uses which: every path of the sources that begins with `crate`, `super` or `self`, resolved to the file
//! that defines what it names, re-exports followed.

use std::collections::{BTreeMap, BTreeSet};

/// The sources as a graph of files.
pub struct Imports {
    /// Module path ("mask::plane") of each file, in the order of the paths.
    pub modules: BTreeMap<String, String>,
    /// For every file those it uses, with a line of each.
    pub uses: BTreeMap<String, BTreeMap<String, usize>>,
}

/// A module's file, and what it re-exports: name to path.
struct Module {
    file: String,
    reexports: BTreeMap<String, Vec<String>>,
    /// Modules whose every name it re-exports.
    globs: Vec<Vec<String>>,
}

impl Imports {
    /// Of the files (path from the root, text) of `src`.
    pub fn of(files: &[(String, String)]) -> Self {
        let known: BTreeSet<Vec<String>> = files.iter().map(|(file, _)| module_path(file)).collect();
        let mut modules = BTreeMap::new();
        for (file, text) in files {
            let path = module_path(file);
            let (mut reexports, mut globs) = (BTreeMap::new(), Vec::new());
            for (_, used, is_public) in used_paths(&production(text), &path, &known) {
                match used.last().map(String::as_str) {
                    Some("*") if is_public => globs.push(used[..used.len() - 1].to_vec()),
                    Some(name) if is_public => {
                        reexports.insert(name.to_owned(), used.clone());
                    }
                    _ => {}
                }
            }
            modules.insert(path.join("::"), Module { file: file.clone(), reexports, globs });
        }
        let mut uses = BTreeMap::new();
        for (file, text) in files {
            let path = module_path(file);
            let mut of_file: BTreeMap<String, usize> = BTreeMap::new();
            // What a page passes on is not what it uses.
            for (line, used, is_passed_on) in used_paths(&production(text), &path, &known) {
                if is_passed_on {
                    continue;
                }
                if let Some(target) = resolved(&modules, &used, 0).filter(|target| target != file) {
                    of_file.entry(target).or_insert(line);
                }
            }
            uses.insert(file.clone(), of_file);
        }
        let modules = modules.into_iter().map(|(path, module)| (module.file, path)).collect();
        Self { modules, uses }
    }

    /// Groups of files that use each other in a circle, however long (Tarjan's strongly connected components).
    /// A module's own folder page (`mod.rs`) that only declares and re-exports is no part of one.
    pub fn circles(&self) -> Vec<Vec<String>> {
        let mut reach: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for file in self.uses.keys() {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![file.as_str()];
            while let Some(next) = waiting.pop() {
                for target in self.uses.get(next).into_iter().flat_map(BTreeMap::keys) {
                    if seen.insert(target.as_str()) {
                        waiting.push(target);
                    }
                }
            }
            reach.insert(file, seen);
        }
        let mut left: BTreeSet<&str> = self.uses.keys().map(String::as_str).collect();
        let mut circles = Vec::new();
        while let Some(first) = left.pop_first() {
            let circle: Vec<&str> = std::iter::once(first)
                .chain(
                    left.iter()
                        .copied()
                        .filter(|other| reach[first].contains(other) && reach[other].contains(first)),
                )
                .collect();
            circle.iter().for_each(|file| {
                left.remove(file);
            });
            if circle.len() > 1 {
                circles.push(circle.into_iter().map(str::to_owned).collect());
            }
        }
        circles
    }
}

/// "src/mask/plane.rs" is `["mask", "plane"]`, "src/mask/mod.rs" `["mask"]`, "src/lib.rs" `[]`.
fn module_path(file: &str) -> Vec<String> {
    let inside = file.strip_prefix("src/").expect("a file of src").trim_end_matches(".rs");
    let parts = inside.split('/').filter(|part| !["mod", "lib", "main"].contains(part));
    parts.map(str::to_owned).collect()
}

/// Without tests, comments and strings' contents: blanks in their place, so that lines stay.
fn production(text: &str) -> String {
    let tests = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub"].iter().filter_map(|start| text.find(start)).min();
    let text = &text[..tests.unwrap_or(text.len())];
    text.lines()
        .map(|line| if line.trim_start().starts_with("//") { "" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Every path of a text that begins in this crate: (line, absolute path, whether it is re-exported).
fn used_paths(
    text: &str,
    module: &[String],
    known: &BTreeSet<Vec<String>>,
) -> Vec<(usize, Vec<String>, bool)> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut at = 0;
    while let Some(next) = text[at..].find(|c: char| c.is_alphabetic() || c == '_' || c == '\n') {
        at += next;
        if text.as_bytes()[at] == b'\n' {
            (line, at) = (line + 1, at + 1);
            continue;
        }
        let word: String = text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let after = &text[at + word.len()..];
        let is_use = word == "use" && after.starts_with(char::is_whitespace);
        let is_path = ["crate", "super", "self"].contains(&word.as_str()) && after.starts_with("::");
        if is_use {
            let end = after.find(';').unwrap_or(after.len());
            let before = text[..at].trim_end();
            let is_public = before.ends_with("pub")
                || before.ends_with(')')
                    && before.rsplit('\n').next().is_some_and(|l| l.trim_start().starts_with("pub("));
            // In a module within the file `super` is the file itself.
            let is_within = text[..at].rsplit('\n').next().is_some_and(|start| start.starts_with("    "));
            let is_own = |path: &[String]| is_within && path.first().is_some_and(|first| first == "super");
            for path in expanded(&after[..end]).into_iter().filter(|path| !is_own(path)) {
                found.extend(absolute(&path, module, known).map(|path| (line, path, is_public)));
            }
            line += after[..end].matches('\n').count();
            at += word.len() + end;
        } else if is_path {
            let path: String =
                text[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == ':').collect();
            let parts: Vec<String> = path.trim_end_matches(':').split("::").map(str::to_owned).collect();
            found.extend(absolute(&parts, module, known).map(|path| (line, path, false)));
            at += path.len();
        } else {
            at += word.len();
        }
    }
    found
}

/// The paths of a use tree: `a::{b, c::{d, self}, e as f}` is `a::b`, `a::c::d`, `a::c`, `a::e`.
fn expanded(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let mut parts: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
            parts.pop();
        }
        return vec![parts];
    };
    let prefix: Vec<String> =
        tree[..open].split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    let inside = tree[open + 1..].trim_end().trim_end_matches('}');
    let (mut depth, mut start, mut paths) = (0_i32, 0, Vec::new());
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 || at == inside.len() => {
                let part = inside[start..at].trim();
                if !part.is_empty() {
                    for path in expanded(part) {
                        let path = if path == ["self"] { Vec::new() } else { path };
                        paths.push([prefix.clone(), path].concat());
                    }
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    paths
}

/// A path from the crate's root; `None` for one of another crate. A path may begin with a module's own child.
fn absolute(path: &[String], module: &[String], known: &BTreeSet<Vec<String>>) -> Option<Vec<String>> {
    let mut base = match path.first()?.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        child if known.contains(&[module, &[child.to_owned()]].concat()) => {
            return Some([module, path].concat());
        }
        _ => return None,
    };
    let mut rest = &path[1..];
    while rest.first().is_some_and(|part| part == "super") {
        base.pop();
        rest = &rest[1..];
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The file that defines what a path names.
fn resolved(modules: &BTreeMap<String, Module>, path: &[String], depth: usize) -> Option<String> {
    let length = (0..=path.len()).rev().find(|&length| modules.contains_key(&path[..length].join("::")))?;
    let module = &modules[&path[..length].join("::")];
    let Some(name) = path.get(length) else { return Some(module.file.clone()) };
    if depth < 8 {
        if let Some(target) = module.reexports.get(name) {
            let target = [target, &path[length + 1..]].concat();
            return resolved(modules, &target, depth + 1);
        }
        let in_glob = module.globs.iter().find_map(|glob| {
            let target = [glob.as_slice(), &path[length..]].concat();
            let length = (0..=target.len()).rev().find(|&l| modules.contains_key(&target[..l].join("::")))?;
            let holder = &modules[&target[..length].join("::")];
            holder.reexports.contains_key(name).then(|| resolved(modules, &target, depth + 1)).flatten()
        });
        if in_glob.is_some() {
            return in_glob;
        }
    }
    Some(module.file.clone())
}

#[test]
fn paths_are_found_in_every_form() {
    let files = [
        ("src/lib.rs", "pub mod a;\npub mod b;"),
        ("src/a/mod.rs", "mod inner;\npub use inner::{Deep, More};\npub fn plain() {}"),
        ("src/a/inner.rs", "use super::super::b::Thing;\npub struct Deep;"),
        (
            "src/b.rs",
            "use crate::{\n    a::{Deep, plain},\n};\nfn f() { crate::a::More::new(); }\n#[cfg(test)]\nmod tests { use crate::c::X; }",
        ),
    ];
    let files = files.map(|(file, text)| (file.to_owned(), text.to_owned()));
    let imports = Imports::of(&files);
    let used = |file: &str| imports.uses[file].keys().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(used("src/b.rs"), ["src/a/inner.rs", "src/a/mod.rs"]);
    assert_eq!(used("src/a/inner.rs"), ["src/b.rs"]);
    assert_eq!(imports.circles().len(), 1);
    assert_eq!(imports.modules["src/a/inner.rs"], "a::inner");
}
