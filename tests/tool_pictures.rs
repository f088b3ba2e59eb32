//! Tools in a notation of their own: the labels before, what the hand does, the labels after.
//!
//! Labels are drawn as letters, one a pixel: `0` to `8` as their codes, `I` IRF, `S` SRF, `P` PED, `.` not annotated.
//! What the hand does is words: `F` or `9` a key, `Ctrl+Z` a key with others, `click 3,2` and `right 3,2` the left and
//! the right button on a pixel (column, row), `drag 1,1 5,1 5,4` the left button held through pixels. So a new tool is
//! described before it is written, and a bug is a picture that is not as it should be.

use eframe::egui::{Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use retidiff::anatomy::UNANNOTATED;
use retidiff::document::Document;
use retidiff::formats::{write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, GreyImage};
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};

use crate::studio::{document, press, stroke, studio_with, wait_until};

const LETTERS: &[u8] = b"012345678ISP";

fn code_of(letter: u8) -> u8 {
    let code = LETTERS.iter().position(|known| *known == letter);
    code.map_or(UNANNOTATED, |code| code as u8)
}

fn letter_of(code: u8) -> char {
    LETTERS.get(usize::from(code)).map_or('.', |letter| char::from(*letter))
}

fn rows(picture: &str) -> Vec<&str> {
    picture.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

fn mask_of(picture: &str) -> Mask {
    let rows = rows(picture);
    let codes: Vec<u8> = rows.iter().flat_map(|row| row.bytes().map(code_of)).collect();
    Mask::from_composite(rows[0].len() as u32, rows.len() as u32, &codes).0
}

fn picture_of(mask: &Mask) -> Vec<String> {
    (0..mask.height()).map(|y| (0..mask.width()).map(|x| letter_of(mask.composite(x, y))).collect()).collect()
}

/// The window with these labels open, and no model to wait for.
fn opened(before: &str) -> Harness<'static, Studio> {
    let mask = mask_of(before);
    let grey = GreyImage::new(mask.width(), mask.height(), vec![90; (mask.width() * mask.height()) as usize]);
    let shown = Document::from_scan(BScan::from_image(grey, "picture"), mask);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("picture.retidiff");
    write_file(&path, &write_document(&shown)).expect("written");
    let synthesis = SynthesisSource::None("No model in this test.".to_owned());
    let mut harness = studio_with(AppOptions { open: Some(path), data_folder: None, synthesis });
    let width = shown.pages[0].mask.width();
    wait_until(&mut harness, "the picture is open", |studio| studio.session().page().mask.width() == width);
    harness.run_steps(3);
    harness
}

/// The middle of a pixel written as "column,row".
fn pixel(text: &str) -> [f32; 2] {
    let (x, y) = text.split_once(',').expect("column,row");
    [x, y].map(|number| number.parse::<f32>().expect("a number") + 0.5)
}

fn press_key(harness: &mut Harness<'_, Studio>, word: &str) {
    let (modifiers, name) = match word.rsplit_once('+') {
        Some(("Ctrl", name)) => (Modifiers::COMMAND, name),
        Some(("Ctrl+Shift", name)) => (Modifiers::COMMAND | Modifiers::SHIFT, name),
        Some(("Shift", name)) => (Modifiers::SHIFT, name),
        _ => (Modifiers::NONE, word),
    };
    harness.key_press_modifiers(modifiers, Key::from_name(name).unwrap_or_else(|| panic!("no key {name}")));
    harness.run_steps(2);
}

fn does(harness: &mut Harness<'_, Studio>, hand: &str) {
    let mut words = hand.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let button = if word == "right" { PointerButton::Secondary } else { PointerButton::Primary };
        match word {
            "click" | "right" => {
                let at = pixel(words.next().expect("a pixel"));
                press(harness, at, button, true);
                press(harness, at, button, false);
                // Two clicks in quick succession would be a double click.
                harness.run_steps(30);
            }
            "drag" => {
                let mut points = Vec::new();
                while let Some(point) = words.next_if(|word| word.contains(',')) {
                    points.push(pixel(point));
                }
                stroke(harness, &points, button);
                harness.run_steps(30);
            }
            key => press_key(harness, key),
        }
    }
}

/// The labels before, what the hand does, the labels after.
fn assert_drawn(before: &str, hand: &str, after: &str) {
    let mut harness = opened(before);
    does(&mut harness, hand);
    let found = picture_of(&document(&harness).pages[0].mask);
    assert_eq!(found, rows(after), "{hand}: found at the left, drawn at the right");
}

const RING: &str = "
    33333333
    33IIII33
    33I33I33
    33I44I44
    44IIII44
    44444444";
const DISC: &str = "
    33333333
    33IIII33
    33IIII33
    33IIII44
    44IIII44
    44444444";
#[test]
fn a_picture_is_the_mask_it_shows() {
    for picture in [RING, DISC] {
        assert_eq!(picture_of(&mask_of(picture)), rows(picture));
    }
}

#[test]
fn fill_closes_a_ring_across_layers_and_undo_opens_it() {
    assert_drawn(RING, "9 F click 3,2", DISC);
    assert_drawn(RING, "9 F click 3,2 Ctrl+Z", RING);
    assert_drawn(RING, "9 F click 3,2 Ctrl+Z Ctrl+Shift+Z", DISC);
}

#[test]
fn the_right_button_of_fill_takes_a_lesion_away() {
    let mut harness = opened(DISC);
    does(&mut harness, "9 F right 3,2");
    assert_eq!(document(&harness).pages[0].mask.lesions.histogram()[1], 0);
    does(&mut harness, "Ctrl+Z");
    assert_eq!(picture_of(&document(&harness).pages[0].mask), rows(DISC));
}

#[test]
fn a_selected_lesion_is_deleted_with_what_lies_beneath_it_kept() {
    let mut harness = opened(RING);
    let layers = document(&harness).pages[0].mask.layers.clone();
    does(&mut harness, "V click 2,1 Delete");
    let mask = document(&harness).pages[0].mask.clone();
    assert_eq!(mask.lesions.histogram()[1], 0);
    assert!(mask.layers.difference(&layers).is_empty());
}
