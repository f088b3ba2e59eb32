//! The command line stays thin: what measures, decides, sums up or draws figures stands in a room of the library, where
//! tests and the window reach it, too.

use super::imports::Imports;
use super::reserved::program;
use super::{code_lines, names_crate, room, rust_files};

/// Files of `cli` that use `metrics` or work in parallel, each with its reason.
const MEASURING: [(&str, &str); 2] = [
    ("src/cli/generate/judge.rs", "hands a segmenter to the judge of `generation`, which knows no network"),
    ("src/cli/segment.rs", "calls classes as `metrics` does"),
];

/// Lines of the program in a file of `cli/evaluate`, most of which are the words of its help.
const MAX_EVALUATE_LINES: usize = 230;

/// Whether a line works in parallel. How many threads there are a report may say.
fn is_parallel(line: &str) -> bool {
    names_crate(line, "rayon") && !line.contains("rayon::current_num_threads()")
}

#[test]
fn the_command_line_measures_nothing() {
    let files = rust_files("src");
    let imports = Imports::of(&files);
    let mut measuring: Vec<(String, String)> = Vec::new();
    for (file, uses) in imports.uses.iter().filter(|(file, _)| room(file) == "cli") {
        let used = uses.iter().find(|(target, _)| room(target) == "metrics");
        measuring.extend(used.map(|(target, line)| (file.clone(), format!("{file}:{line} uses {target}"))));
    }
    for (file, text) in files.iter().filter(|(file, _)| room(file) == "cli") {
        let first = code_lines(program(text)).find(|(_, line)| is_parallel(line));
        measuring.extend(first.map(|(line, _)| (file.clone(), format!("{file}:{line} names rayon"))));
    }
    let is_known = |file: &str| MEASURING.iter().any(|(known, _)| *known == file);
    let wrong: Vec<&str> =
        measuring.iter().filter(|(file, _)| !is_known(file)).map(|(_, what)| what.as_str()).collect();
    assert!(wrong.is_empty(), "move what measures to src/evaluation:\n{}", wrong.join("\n"));
    for (known, _) in MEASURING {
        assert!(
            measuring.iter().any(|(file, _)| file == known),
            "{known} measures nothing any more: take it out"
        );
    }
}

#[test]
fn a_command_that_evaluates_is_arguments_and_printing() {
    let mut long = Vec::new();
    for (file, text) in rust_files("src/cli/evaluate") {
        let lines = program(&text).lines().count();
        if lines > MAX_EVALUATE_LINES {
            long.push(format!("{file}: {lines} lines"));
        }
    }
    assert!(
        long.is_empty(),
        "past {MAX_EVALUATE_LINES} lines a command hides what it measures; move that to src/evaluation:\n{}",
        long.join("\n")
    );
}
