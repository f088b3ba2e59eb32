//! Tools in a notation of their own: the labels before, what the hand does, the labels after.
//!
//! The pictures are blocks of the files in `tests/tool_pictures`: after `#` what a picture shows, after `>` what the
//! hand does, then the labels side by side, before and after each line of `>`. A new tool is described there before it
//! is written, and a bug is a picture that is not as it should be. `UPDATE_TOOL_PICTURES=1 cargo test tool_pictures`
//! writes what the tools draw now into the files, to be looked at.
//!
//! Labels are letters, one a pixel: `0` to `8` as their codes, `I` IRF, `S` SRF, `P` PED, `.` not annotated. A row that
//! ends in `~` holds the shadows of vessels, a hexadecimal digit a column (`f` is black). What the hand does is words:
//! - `F`, `9`, `ArrowUp`: a key.
//! - `down 3,2`, `move 5,2`, `up`: the button and the pointer; 3,2 is the middle of the pixel in column 3 and row 2,
//!   2.5,1.5 its upper left corner. `click 3,2` and `drag 1,1 5,1 5,4` are short for the same.
//! - `size 1.5`: the radius of the brush, or half the lens of the layer warp. `choose "PED"`: a choice of the options.
//! - `Ctrl+`, `Shift+`, `Alt+` before a key or one of these is held with it; `Right+` means the right button.
//!
//! At the end of a picture everything is undone, which must lead back to how it began.

use std::path::Path;

use eframe::egui::{Event, Key, Modifiers, PointerButton, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use retidiff::anatomy::UNANNOTATED;
use retidiff::document::Document;
use retidiff::formats::{write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, GreyImage};
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::studio::shell::settings::Tool;

use crate::studio::{studio_with, wait_until};

const LETTERS: &[u8] = b"012345678ISP";

fn code_of(letter: u8) -> u8 {
    let code = LETTERS.iter().position(|known| *known == letter);
    code.map_or(UNANNOTATED, |code| code as u8)
}

fn letter_of(code: u8) -> char {
    LETTERS.get(usize::from(code)).map_or('.', |letter| char::from(*letter))
}

fn mask_of(rows: &[&str]) -> Mask {
    let codes: Vec<u8> = rows.iter().flat_map(|row| row.bytes().map(code_of)).collect();
    Mask::from_composite(rows[0].len() as u32, rows.len() as u32, &codes).0
}

/// The middle of a pixel written as "column,row".
fn pixel(word: Option<&str>) -> [f32; 2] {
    let (x, y) = word.and_then(|word| word.split_once(',')).expect("column,row");
    [x, y].map(|number| number.parse::<f32>().expect("a number") + 0.5)
}

/// What is held with a word: "Alt+Right" is the right button with Alt.
fn held_with(names: &str) -> (Modifiers, PointerButton) {
    let (mut held, mut button) = (Modifiers::NONE, PointerButton::Primary);
    for name in names.split('+').filter(|name| !name.is_empty()) {
        match name {
            "Ctrl" => held |= Modifiers::COMMAND,
            "Shift" => held |= Modifiers::SHIFT,
            "Alt" => held |= Modifiers::ALT,
            "Right" => button = PointerButton::Secondary,
            _ => panic!("{name} is nothing to be held"),
        }
    }
    (held, button)
}

/// The window, and the hand at pointer and keys.
struct Hand {
    harness: Harness<'static, Studio>,
    /// Where the pointer is, in image coordinates.
    at: [f32; 2],
}

impl Hand {
    /// The window with these labels open, and no model to wait for.
    fn before(rows: &[&str]) -> Self {
        let mask = mask_of(rows);
        let grey =
            GreyImage::new(mask.width(), mask.height(), vec![90; (mask.width() * mask.height()) as usize]);
        let shown = Document::from_scan(BScan::from_image(grey, "picture"), mask);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("picture.retidiff");
        write_file(&path, &write_document(&shown)).expect("written");
        let synthesis = SynthesisSource::None("No model in this test.".to_owned());
        let mut harness = studio_with(AppOptions { open: Some(path), data_folder: None, synthesis });
        let width = shown.pages[0].mask.width();
        wait_until(&mut harness, "the picture is open", |studio| {
            studio.session().page().mask.width() == width
        });
        harness.run_steps(3);
        Self { harness, at: [0.0, 0.0] }
    }

    /// The labels as letters, row by row, and last the shadows of vessels.
    fn picture(&self) -> Vec<String> {
        let page = self.harness.state().session().page();
        let (mask, shadows) = (&page.mask, &page.appearance.shadows);
        let row = |y: u32| (0..mask.width()).map(|x| letter_of(mask.composite(x, y))).collect::<String>();
        let digit = |x: u32| format!("{:x}", shadows.get(x as usize).copied().unwrap_or(0) >> 4);
        let shadow = (0..mask.width()).map(digit).collect::<String>();
        (0..mask.height()).map(row).chain([shadow]).collect()
    }

    fn send(&mut self, event: Event, held: Modifiers) {
        if held == Modifiers::NONE {
            self.harness.event(event);
        } else {
            self.harness.event_modifiers(event, held);
        }
        self.harness.step();
    }

    fn move_to(&mut self, at: [f32; 2], held: Modifiers) {
        self.at = at;
        let pos = self.harness.state().screen_from_image(at);
        self.send(Event::PointerMoved(pos), held);
    }

    fn button(&mut self, button: PointerButton, pressed: bool, held: Modifiers) {
        let pos = self.harness.state().screen_from_image(self.at);
        self.send(Event::PointerButton { pos, button, pressed, modifiers: held }, held);
        if !pressed {
            // Two clicks in quick succession would be a double click.
            self.harness.run_steps(30);
        }
    }

    fn size(&self) -> f32 {
        let settings = self.harness.state().settings();
        if settings.tool == Tool::LayerWarp { settings.lens_px } else { settings.radius_px }
    }

    fn does(&mut self, hand: &str) {
        // What stands between quotation marks is one word.
        let words = hand.split('"').enumerate().flat_map(|(place, part)| {
            let is_one = place % 2 == 1;
            part.split(move |sign: char| !is_one && sign.is_whitespace())
        });
        let mut words = words.filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            let (names, word) = word.rsplit_once('+').unwrap_or(("", word));
            let (held, button) = held_with(names);
            match word {
                "down" | "click" | "drag" => {
                    self.move_to(pixel(words.next()), held);
                    self.button(button, true, held);
                    while let Some(point) = words.next_if(|next| word == "drag" && next.contains(',')) {
                        self.move_to(pixel(Some(point)), held);
                    }
                    if word != "down" {
                        self.button(button, false, held);
                    }
                }
                "move" => self.move_to(pixel(words.next()), held),
                "up" => self.button(button, false, held),
                "size" => {
                    let wanted: f32 = words.next().and_then(|word| word.parse().ok()).expect("a number");
                    let factor = wanted / self.size();
                    self.harness.state_mut().perform(Action::ScaleBrush(factor));
                    self.harness.run_steps(2);
                    assert_eq!(self.size(), wanted, "another size than before, in half pixels");
                }
                "choose" => {
                    let name = words.next().expect("the name of a choice");
                    self.harness.get_by_role_and_label(Role::RadioButton, name).click();
                    self.harness.run_steps(2);
                }
                name => {
                    let key = Key::from_name(name).unwrap_or_else(|| panic!("no key {name}"));
                    self.harness.key_press_modifiers(held, key);
                    self.harness.run_steps(2);
                }
            }
        }
    }
}

/// A block of a file as the tools draw it now.
fn played(block: &str) -> String {
    let (said, drawn): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.starts_with(['#', '>']));
    let labels = drawn.iter().filter(|row| !row.ends_with('~'));
    let before: Vec<&str> = labels.filter_map(|row| row.split_whitespace().next()).collect();
    let mut hand = Hand::before(&before);
    let mut pictures = vec![hand.picture()];
    for words in said.iter().filter_map(|line| line.strip_prefix('>')) {
        hand.does(words);
        pictures.push(hand.picture());
    }
    let steps = hand.harness.state().session().editor.undo_names().len();
    hand.does(&"Ctrl+Z ".repeat(steps));
    assert_eq!(hand.picture(), pictures[0], "undone at the left: {}", said.join("\n"));

    let last = pictures[0].len() - 1;
    let has_shadows = pictures.iter().any(|picture| picture[last].bytes().any(|digit| digit != b'0'));
    let rows = (0..last + usize::from(has_shadows)).map(|y| {
        let row: Vec<&str> = pictures.iter().map(|picture| picture[y].as_str()).collect();
        row.join("  ") + if y == last { "  ~" } else { "" }
    });
    said.iter().map(|line| (*line).to_owned()).chain(rows).collect::<Vec<String>>().join("\n")
}

#[test]
fn every_tool_draws_what_its_pictures_show() {
    let updates = std::env::var_os("UPDATE_TOOL_PICTURES").is_some_and(|value| value == "1");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tool_pictures");
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the pictures are there") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("a text").replace("\r\n", "\n");
        let drawn: Vec<&str> = text.trim_end().split("\n\n").collect();
        let found: Vec<String> = drawn.iter().map(|block| played(block)).collect();
        for (drawn, found) in drawn.iter().zip(&found).filter(|(drawn, found)| **drawn != found.as_str()) {
            wrong.push(format!("{}\n{drawn}\n\nbut the tools draw\n{found}", path.display()));
        }
        if updates {
            write_file(&path, (found.join("\n\n") + "\n").as_bytes()).expect("written");
        }
    }
    assert!(updates || wrong.is_empty(), "{}", wrong.join("\n\n"));
}
