//! The figures that say whether the house is kept, and the table of `docs/ARCHITECTURE.md` that states them: it must be
//! true, and what it calls a ceiling may only be lowered.

use std::fs;

use super::imports::{Imports, code_alone};
use super::reserved::program;
use super::{ROOMS, room, root, rust_files};

const START: &str = "<!-- figures: counted by `cargo test tidy` -->\n";
const END: &str = "<!-- end of figures -->\n";
/// A ceiling begins with it; other figures must be met.
const CEILING: &str = "at most ";

const LONG_FUNCTION_LINES: usize = 60;

/// What is counted, in the order of the table.
struct HouseFigures {
    figures: [(&'static str, usize); 7],
    /// (lines, place) of the functions past the limit, the longest first.
    long: Vec<(usize, String)>,
}

impl HouseFigures {
    fn of(files: &[(String, String)]) -> Self {
        let imports = Imports::of(files);
        let fields = files.iter().find_map(|(_, text)| text.split("pub struct Studio {").nth(1));
        let fields = fields.and_then(|text| text.split("\n}").next()).expect("the studio's struct");
        let is_field = |line: &&str| line.trim_end().ends_with(',') && !line.trim_start().starts_with("//");
        let blocks: Vec<usize> =
            files.iter().flat_map(|(_, text)| methods_of_studio(program(text))).collect();
        let mut long: Vec<(usize, String)> =
            files.iter().flat_map(|(file, text)| functions(file, text)).collect();
        long.retain(|(lines, _)| *lines > LONG_FUNCTION_LINES);
        long.sort_by(|a, b| b.cmp(a));
        let longest = long.first().map_or(LONG_FUNCTION_LINES, |(lines, _)| *lines);
        let figures = [
            ("circles of files that import each other", imports.circles().len()),
            ("arrows upward between rooms", arrows_upward(&imports)),
            ("fields of `Studio`, the window's struct", fields.lines().filter(is_field).count()),
            ("`impl Studio` blocks", blocks.len()),
            ("methods in them", blocks.iter().sum::<usize>()),
            ("functions past 60 lines", long.len()),
            ("longest function, in lines", longest),
        ];
        Self { figures, long }
    }

    /// What is wrong with the rows of the page, one line each.
    fn held_against(&self, rows: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, count) in self.figures {
            let Some((now, stated)) = stated(rows, name) else {
                wrong.push(format!("no row says how many: {name}"));
                continue;
            };
            let is_kept = if now.starts_with(CEILING) { count <= stated } else { count == stated };
            if !is_kept {
                wrong.push(format!("{name}: the page says \"{now}\", counted are {count}"));
            }
        }
        wrong
    }
}

/// The last cell of the row of a figure, and the first number in it.
fn stated<'a>(rows: &'a str, name: &str) -> Option<(&'a str, usize)> {
    let row = rows.lines().find(|row| row.trim_start_matches("| ").starts_with(&format!("{name} |")))?;
    let now = row.trim_end_matches(" |").rsplit("| ").next()?;
    let digits = now.trim_start_matches(CEILING).split(|c: char| !c.is_ascii_digit()).next()?;
    Some((now, digits.parse().ok()?))
}

fn arrows_upward(imports: &Imports) -> usize {
    let place = |file: &str| ROOMS.iter().position(|r| *r == room(file));
    let uses = imports.uses.iter().filter_map(|(file, uses)| Some((place(file)?, uses)));
    uses.map(|(from, uses)| {
        uses.keys().filter(|target| place(target.as_str()).is_some_and(|to| to > from)).count()
    })
    .sum()
}

/// The number of methods in each `impl Studio` of a file.
fn methods_of_studio(text: &str) -> Vec<usize> {
    let code = code_alone(text);
    let blocks = code.split("\nimpl Studio {\n").skip(1).filter_map(|rest| rest.split("\n}").next());
    let is_method = |line: &&str| {
        let code = line.strip_prefix("    ").filter(|code| !code.starts_with(' '));
        code.is_some_and(|code| code.starts_with("fn ") || code.starts_with("pub") && code.contains("fn "))
    };
    blocks.map(|block| block.lines().filter(is_method).count()).collect()
}

/// The functions of a file as `rustfmt` lays them out: lines from the signature to the closing brace, and the place.
fn functions(file: &str, text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let indent = line.len() - line.trim_start().len();
        let code = line.trim_start();
        let is_function = code.starts_with("fn ")
            || code.starts_with("pub") && code.contains("fn ") && !code.contains(" = ");
        if is_function && open.is_none() {
            let name = code.split("fn ").nth(1).unwrap_or_default();
            let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            open = Some((indent, number, name));
        }
        if let Some((at, first, name)) = open.take_if(|(at, ..)| indent == *at && code.starts_with('}')) {
            let _ = at;
            found.push((number + 1 - first, format!("{file}:{first} {name}")));
        }
        open.take_if(|(at, first, _)| indent == *at && *first < number && is_function);
    }
    found
}

/// Prints the figures (`cargo test tidy -- --nocapture`) and holds the page to them.
#[test]
fn the_figures_of_the_house_are_those_of_the_page() {
    let house = HouseFigures::of(&rust_files("src"));
    for (name, count) in house.figures {
        println!("{name}: {count}");
    }
    for (lines, place) in &house.long {
        println!("    {lines:4} {place}");
    }
    let file = root().join("docs/ARCHITECTURE.md");
    let text = fs::read_to_string(file).expect("docs/ARCHITECTURE.md is readable").replace("\r\n", "\n");
    let rows =
        text.split_once(START).and_then(|(_, rest)| rest.split_once(END)).expect("the table of figures").0;
    let wrong = house.held_against(rows);
    assert!(
        wrong.is_empty(),
        "the house grew, or the table in docs/ARCHITECTURE.md is out of date; better, lower the figure, else correct the \
         last cell:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn figures_are_counted_and_held_to_what_the_page_says() {
    let text = "use a;\nimpl Studio {\n    pub fn a(&self) {\n        fn inner() {}\n    }\n\n    pub(super) fn b() {}\n\
                }\n\nimpl Studio {\n    fn c() {}\n}\nimpl Other {\n    fn d() {}\n}\n";
    assert_eq!(methods_of_studio(text), [2, 1]);
    let rows = "| | then | now |\n|---|---|---|\n| longest, in lines | 203 (`x`) | at most 214 (3 of them) |\n\
                | circles | 5 | 0 |\n";
    assert_eq!(stated(rows, "longest, in lines"), Some(("at most 214 (3 of them)", 214)));
    assert_eq!((stated(rows, "circles"), stated(rows, "fields")), (Some(("0", 0)), None));
}
