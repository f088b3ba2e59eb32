//! Which file uses which: every path of the sources that begins in this crate - at its root, at `super` or `self`, at a
//! child of the module, at a name that the file imports or passes on - resolved to the file that defines what it names,
//! re-exports followed.

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
        let codes: Vec<(&String, Code)> = files
            .iter()
            .map(|(file, text)| (file, Code::of(&production(text), &module_path(file), &known)))
            .collect();
        let mut modules = BTreeMap::new();
        for (file, code) in &codes {
            let (mut reexports, mut globs) = (BTreeMap::new(), Vec::new());
            for import in code.imports.iter().filter(|import| import.is_public) {
                match import.name.as_str() {
                    "*" => globs.push(import.path[..import.path.len() - 1].to_vec()),
                    name => {
                        reexports.insert(name.to_owned(), import.path.clone());
                    }
                }
            }
            modules.insert(module_path(file).join("::"), Module { file: (*file).clone(), reexports, globs });
        }
        let mut uses = BTreeMap::new();
        for (file, code) in &codes {
            let mut of_file: BTreeMap<String, usize> = BTreeMap::new();
            // What a page passes on is not what it uses, unless it names it itself.
            let imported = code.imports.iter().filter(|import| !import.is_public);
            let imported = imported.map(|import| (import.line, import.path.clone()));
            for (line, path) in imported.chain(code.named_paths(&module_path(file), &known)) {
                if let Some(target) = resolved(&modules, &path, 0).filter(|target| target != *file) {
                    of_file.entry(target).or_insert(line);
                }
            }
            uses.insert((*file).clone(), of_file);
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

/// Without tests, comments and the contents of strings; lines stay.
fn production(text: &str) -> String {
    let tests = ["#[cfg(test)]\nmod ", "#[cfg(test)]\npub"].iter().filter_map(|start| text.find(start)).min();
    code_alone(&text[..tests.unwrap_or(text.len())])
}

/// Without comments and the contents of strings; lines stay.
pub fn code_alone(text: &str) -> String {
    let mut rest = text;
    let mut code = String::new();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '"' => string_length(rest, code.rsplit_once('r').map(|(_, marks)| marks)),
            // A character that could be taken for the beginning of something; a lifetime has no second mark.
            '\'' if rest.starts_with("'\\") => 2 + rest[3..].find('\'').map_or(0, |end| end + 2),
            '\'' if rest.chars().nth(2) == Some('\'') => {
                rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at)
            }
            _ => {
                code.push(first);
                rest = &rest[first.len_utf8()..];
                continue;
            }
        };
        code.extend(rest[..length].chars().filter(|c| *c == '\n'));
        rest = &rest[length..];
    }
    code
}

/// Bytes of the string that a text begins with. What stands between the last `r` and it are the marks that a raw one ends
/// with, too, if it is one.
fn string_length(text: &str, since_r: Option<&str>) -> usize {
    if let Some(marks) = since_r.filter(|marks| marks.chars().all(|c| c == '#')) {
        let end = format!("\"{marks}");
        return text[1..].find(&end).map_or(text.len(), |at| 1 + at + end.len());
    }
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// One name of a `use`.
struct Import {
    line: usize,
    /// From the crate's root.
    path: Vec<String>,
    /// What the file calls it.
    name: String,
    is_public: bool,
}

/// A file's `use`s, and what is left of it without them.
struct Code {
    imports: Vec<Import>,
    rest: String,
}

impl Code {
    fn of(text: &str, module: &[String], known: &BTreeSet<Vec<String>>) -> Self {
        let (mut imports, mut rest, mut at) = (Vec::new(), String::new(), 0);
        while let Some(next) = text[at..].find("use ").map(|next| at + next) {
            let before = &text[at..next];
            rest += before;
            let is_word = text[..next].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
            if !is_word {
                rest += "use ";
                at = next + 4;
                continue;
            }
            let end = text[next..].find(';').map_or(text.len(), |end| next + end);
            let line = text[..next].matches('\n').count() + 1;
            let start_of_line = text[..next].rsplit('\n').next().unwrap_or_default();
            let is_public = start_of_line.trim_start().starts_with("pub");
            // In a module within the file `super` is the file itself.
            let is_within = start_of_line.starts_with("    ");
            for (path, name) in expanded(&text[next + 4..end]) {
                let is_own = is_within && path.first().is_some_and(|first| first == "super");
                if let Some(path) = absolute(&path, module, known).filter(|_| !is_own) {
                    imports.push(Import { line, path, name, is_public });
                }
            }
            rest.extend(text[next..end].chars().filter(|c| *c == '\n'));
            at = end;
        }
        rest += &text[at..];
        Self { imports, rest }
    }

    /// (line, path from the crate's root) of everything that is named outside of the `use`s.
    fn named_paths(&self, module: &[String], known: &BTreeSet<Vec<String>>) -> Vec<(usize, Vec<String>)> {
        let names: BTreeMap<&str, &[String]> =
            self.imports.iter().map(|import| (import.name.as_str(), import.path.as_slice())).collect();
        let mut found = Vec::new();
        for (number, line) in (1..).zip(self.rest.lines()) {
            for (before, path) in paths_of_line(line) {
                let parts: Vec<String> = path.split("::").map(str::to_owned).collect();
                let is_rooted = ["crate", "super", "self"].contains(&parts[0].as_str());
                let is_child = || known.contains(&[module, &parts[..1]].concat());
                let path = match names.get(parts[0].as_str()) {
                    // Who may see something is no use of it.
                    _ if before.ends_with("(in ") => None,
                    _ if is_rooted && parts.len() > 1 => absolute(&parts, module, known),
                    Some(path) => Some([*path, &parts[1..]].concat()),
                    None if parts.len() > 1 && is_child() => Some([module, parts.as_slice()].concat()),
                    None => None,
                };
                found.extend(path.map(|path| (number, path)));
            }
        }
        found
    }
}

/// (what stands before, path) of every path of a line: `a::b` in `x.y(a::b::<T>())`. Fields, methods, lifetimes and what is
/// declared are none.
fn paths_of_line(line: &str) -> Vec<(&str, &str)> {
    const DECLARING: [&str; 9] = ["fn", "mod", "struct", "enum", "trait", "type", "const", "static", "let"];
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(start) = line[at..].find(is_part).map(|next| at + next) {
        let mut end = start;
        loop {
            end += line[end..].find(|c| !is_part(c)).unwrap_or(line.len() - end);
            let goes_on = line[end..].strip_prefix("::").is_some_and(|rest| rest.starts_with(is_part));
            if !goes_on {
                break;
            }
            end += 2;
        }
        at = end;
        let (before, path, after) = (&line[..start], &line[start..end], &line[end..]);
        let is_member = before.ends_with('.') && !before.ends_with("..");
        let is_foreign = before.ends_with("::") || before.ends_with('\'');
        let is_declared = before.ends_with(' ')
            && before.trim_end().rsplit(|c| !is_part(c)).next().is_some_and(|word| DECLARING.contains(&word));
        let is_field = !path.contains("::") && after.starts_with(':') && !after.starts_with("::");
        if !is_member && !is_foreign && !is_declared && !is_field {
            found.push((before, path));
        }
    }
    found
}

/// The paths of a use tree with the names they get: `a::{b, c::{d, self}, e as f}` is `a::b`, `a::c::d`, `a::c`, and `a::e`
/// as `f`.
fn expanded(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let (path, name) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
        let mut parts: Vec<String> = path.split("::").map(|part| part.trim().to_owned()).collect();
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
            parts.pop();
        }
        let name =
            name.map_or_else(|| parts.last().cloned().unwrap_or_default(), |name| name.trim().to_owned());
        return vec![(parts, name)];
    };
    let prefix: Vec<String> =
        tree[..open].split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    let inside = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut start, mut paths) = (0_i32, 0, Vec::new());
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 || at == inside.len() => {
                let part = inside[start..at].trim();
                if !part.is_empty() {
                    for (path, name) in expanded(part) {
                        if path == ["self"] {
                            let own = prefix.last().cloned().unwrap_or_default();
                            paths.push((prefix.clone(), if name == "self" { own } else { name }));
                        } else {
                            paths.push(([prefix.clone(), path].concat(), name));
                        }
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

#[test]
fn a_circle_is_found_through_children_imported_modules_and_what_is_passed_on() {
    let circles = |files: &[(&str, &str)]| {
        let files: Vec<_> =
            files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect();
        Imports::of(&files).circles().len()
    };
    let child = "use super::SIDE;\npub struct Tile;\npub fn placed() -> usize { SIDE }";
    let circle_of =
        |page: &str| circles(&[("src/lib.rs", ""), ("src/a/mod.rs", page), ("src/a/child.rs", child)]);
    assert_eq!(circle_of("mod child;\nconst SIDE: usize = 1;\nfn f() { child::placed(); }"), 1);
    assert_eq!(circle_of("mod child;\npub use child::Tile;\nfn f(tile: &Tile) {}"), 1);
    assert_eq!(circle_of("mod child;\npub use child::Tile as Plate;\nfn f() { g(Plate::new()) }"), 1);
    assert_eq!(
        circle_of("mod child;\npub use child::Tile;\nconst SIDE: usize = 1;"),
        0,
        "it only passes it on"
    );
    assert_eq!(
        circle_of(
            "mod child;\npub use child::Tile;\nfn f() { a.Tile; say(\"child::placed, Tile\"); } // Tile"
        ),
        0
    );
    let shown_to = "pub(in crate::a) fn placed() {}";
    let page = "mod child;\nfn f() { child::placed(); }";
    let sources = [("src/lib.rs", ""), ("src/a/mod.rs", page), ("src/a/child.rs", shown_to)];
    assert_eq!(circles(&sources), 0, "who may see it is no use");
    let page = "mod deep;\npub use deep::read;";
    let deep = "use crate::folder::Scan;\npub fn read() -> Scan {}";
    let table = "use crate::mat;\nfn open() { mat::read() }";
    let folder = "use crate::table;\npub struct Scan;";
    let sources = [
        ("src/mat/mod.rs", page),
        ("src/mat/deep.rs", deep),
        ("src/table.rs", table),
        ("src/folder.rs", folder),
    ];
    assert_eq!(circles(&sources), 1, "table -> deep -> folder -> table");
}

#[test]
fn code_is_what_is_left_of_a_text() {
    let text = "let a = \"x // \\\" y\"; // z\nlet b = r#\"\"c\"#; let d = '\"'; let e: &'f str = \"\";\n#[cfg(test)]\nmod tests {}";
    assert_eq!(production(text), "let a = ; \nlet b = r#; let d = ; let e: &'f str = ;\n");
}
