//! The house rules that a compiler does not know: who may use whom, and how long a file may be.

mod book;
mod fallible;
mod figures;
mod glossary;
mod imports;
mod picture;
mod reserved;
mod thin_cli;
mod type_names;

use std::fs;
use std::path::{Path, PathBuf};

use imports::Imports;

/// From the ground up; a room may use those before it.
const ROOMS: [&str; 23] = [
    "anatomy",
    "platform",
    "background",
    "scan",
    "mask",
    "document",
    "cases",
    "formats",
    "data_folder",
    "encoding",
    "dataset",
    "nn",
    "device",
    "diffusion",
    "segmentation",
    "metrics",
    "generation",
    "review",
    "training",
    "evaluation",
    "worker",
    "serve",
    "studio",
];

/// Rooms that may name burn, beside the subcommands that measure devices.
const BURN_ROOMS: [&str; 8] =
    ["nn", "device", "diffusion", "segmentation", "training", "evaluation", "worker", "studio"];

const LONGEST_FILE_LINES: usize = 600;
/// Files past the limit, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_under(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files_under(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

/// (path relative to the repository, text) of every Rust file of `folder`.
fn rust_files(folder: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    files_under(&root().join(folder), "rs", &mut paths);
    assert!(!paths.is_empty(), "no Rust file under {folder}");
    paths
        .into_iter()
        .map(|path| {
            let name =
                path.strip_prefix(root()).expect("under the root").to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).expect("a source file is readable"))
        })
        .collect()
}

/// The room a file of `src` belongs to ("mask" for `src/mask/plane.rs` and for `src/mask.rs`).
fn room(file: &str) -> &str {
    let inside = file.strip_prefix("src/").expect("a file of src");
    inside.split('/').next().expect("a first part").trim_end_matches(".rs")
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether `line` uses `name` as a path root (`burn::`), not as a part of a longer word.
fn names_crate(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::")).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
    })
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let imports = Imports::of(&rust_files("src"));
    let place = |file: &str| ROOMS.iter().position(|r| *r == room(file));
    let mut wrong = Vec::new();
    for (file, uses) in &imports.uses {
        // The command line is the roof; the library's first page lists all rooms.
        let Some(position) = place(file) else { continue };
        for (target, line) in uses {
            let is_above = place(target).is_some_and(|above| above > position);
            if is_above || room(target) == "cli" || room(target) == "main" {
                wrong.push(format!("{file}:{line} uses {target}"));
            }
        }
    }
    println!("arrows upward: {}", wrong.len());
    assert!(wrong.is_empty(), "the direction of dependency (src/lib.rs) is broken:\n{}", wrong.join("\n"));
}

#[test]
fn files_use_each_other_in_one_direction() {
    let imports = Imports::of(&rust_files("src"));
    let circles = imports.circles();
    let sizes: Vec<usize> = circles.iter().map(Vec::len).collect();
    println!("circles: {} (files in each: {sizes:?})", circles.len());
    let listed: Vec<String> = circles
        .iter()
        .map(|circle| {
            let arrows = circle.iter().flat_map(|file| {
                imports.uses[file]
                    .keys()
                    .filter(|used| circle.contains(used))
                    .map(move |used| format!("{file} -> {used}"))
            });
            arrows.collect::<Vec<_>>().join("\n    ")
        })
        .collect();
    assert!(circles.is_empty(), "files that import each other in a circle:\n{}", listed.join("\n--\n"));
}

#[test]
fn egui_lives_in_the_studio_and_burn_with_the_networks() {
    let mut wrong = Vec::new();
    for (file, text) in rust_files("src") {
        for (number, line) in code_lines(&text) {
            for name in ["egui", "eframe", "egui_extras", "egui_kittest", "rfd"] {
                if names_crate(line, name) && room(&file) != "studio" && file != "src/cli/screenshot.rs" {
                    wrong.push(format!("{file}:{number} names {name}"));
                }
            }
            for name in ["burn", "burn_flex", "burn_wgpu", "cubecl"] {
                if names_crate(line, name) && !BURN_ROOMS.contains(&room(&file)) && room(&file) != "cli" {
                    wrong.push(format!("{file}:{number} names {name}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn colours_are_chosen_in_the_theme() {
    let mut wrong = Vec::new();
    for (file, text) in rust_files("src/studio") {
        if file == "src/studio/widgets/theme.rs" {
            continue;
        }
        for (number, line) in code_lines(&text) {
            if line.contains("Color32::from_rgb(") || line.contains("Color32::from_gray(") {
                wrong.push(format!("{file}:{number}"));
            }
        }
    }
    assert!(wrong.is_empty(), "colours outside src/studio/widgets/theme.rs:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_small_rooms() {
    let mut long = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (file, text) in rust_files(folder) {
            let lines = text.lines().count();
            if lines > LONGEST_FILE_LINES && !LONG_FILES.iter().any(|(name, _)| *name == file) {
                long.push(format!("{file}: {lines} lines"));
            }
        }
    }
    assert!(
        long.is_empty(),
        "past {LONGEST_FILE_LINES} lines a file hides two ideas; split it:\n{}",
        long.join("\n")
    );
}

#[test]
fn nothing_is_left_unfinished() {
    // Spelt in two parts so that this file does not find itself.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["X", "XX"].concat()];
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for (file, text) in rust_files(folder) {
            for (number, line) in text.lines().enumerate() {
                if marks
                    .iter()
                    .any(|mark| line.split(|c: char| !c.is_alphanumeric()).any(|word| word == mark))
                {
                    wrong.push(format!("{file}:{}", number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "finish it or file an issue:\n{}", wrong.join("\n"));
}

#[test]
fn every_shader_has_a_reference_on_the_cpu() {
    let mut shaders = Vec::new();
    files_under(&root().join("shaders"), "wgsl", &mut shaders);
    assert!(!shaders.is_empty(), "no shader found");
    let sources = rust_files("src");
    for shader in shaders {
        let name = shader.file_stem().expect("a file name").to_string_lossy().into_owned();
        assert!(
            sources.iter().any(|(file, _)| file.ends_with(&format!("/{name}.rs"))),
            "shaders/{name}.wgsl has no CPU reference implementation of the same name in src"
        );
    }
}

#[test]
fn no_patient_marker_outside_the_tests() {
    for (file, text) in rust_files("src") {
        let production = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!production.contains("TEST-PATIENT"), "{file} names the test scans' patient marker");
    }
}
