//! The window in German: bars, panel, dialogs and palette, with no English word left; one picture shows that nothing is cut.

use std::collections::BTreeSet;

use eframe::egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::document::Command;
use retidiff::studio::editor::look::Tab;
use retidiff::studio::generate::GenerateAction;
use retidiff::studio::review::{ReviewAction, ReviewPlace};
use retidiff::studio::shell::action::{Action, WindowAction};
use retidiff::studio::shell::app::Studio;
use retidiff::studio::texts::{ENGLISH_TEXTS, GERMAN_TEXTS, LanguageChoice};
use retidiff::studio::training::TrainingAction;

use crate::studio::{has_whole_picture, looks, options, wait_until};

/// The texts of a table that need no arguments.
fn plain_texts(source: &str) -> BTreeSet<String> {
    let lines = source.lines().filter_map(|line| line.split_once(" = "));
    lines.filter(|(_, text)| !text.contains('{')).map(|(_, text)| text.to_owned()).collect()
}

/// What a screen reader would say of the window that is English and nothing in German.
fn english_in(harness: &Harness<'_, Studio>) -> BTreeSet<String> {
    let (english, german) = (plain_texts(ENGLISH_TEXTS), plain_texts(GERMAN_TEXTS));
    let said = harness.root().children_recursive().filter_map(|node| node.accesskit_node().label());
    said.filter(|label| english.contains(label.as_str()) && !german.contains(label.as_str())).collect()
}

fn german_window() -> Harness<'static, Studio> {
    let mut harness = Harness::builder()
        .with_size([1280.0, 720.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options()));
    harness.run_steps(2);
    harness.state_mut().perform(Action::Window(WindowAction::ChooseLanguage(LanguageChoice::German)));
    wait_until(&mut harness, "the picture is there", has_whole_picture);
    harness.run_steps(20);
    harness
}

fn assert_german(harness: &Harness<'_, Studio>, place: &str, expected: &[&str]) {
    for label in expected {
        assert!(harness.query_all_by_label(label).next().is_some(), "{place}: {label} is not shown");
    }
    let english = english_in(harness);
    assert!(english.is_empty(), "{place} says in English: {english:?}");
}

#[test]
fn bars_panels_dialogs_and_palette_are_german() {
    let mut harness = german_window();
    assert_german(&harness, "edit", &["Rückgängig", "Exportieren", "Editor", "Erweitert", "Maskeneditor"]);
    harness.state_mut().perform(Action::Set(|settings| {
        // The dark speckle falls to black: a picture of it would be most of the bytes.
        settings.look.tone.window = 140.0;
        settings.look.tone.level = 140.0;
    }));
    harness.run_steps(4);
    looks(&mut harness, "german");
    harness.state_mut().perform(Action::Set(|settings| settings.look.tab = Tab::Measure));
    harness.run_steps(6);
    assert_german(&harness, "measure", &["Profil unter dem Scan", "Messwerte kopieren"]);
    harness.state_mut().perform(Action::Set(|settings| settings.look.tab = Tab::View));
    harness.run_steps(6);
    assert_german(&harness, "view", &["Umkehren", "Automatische Grauwerte"]);
    harness.state_mut().perform(Action::ToggleCalibration);
    harness.run_steps(4);
    assert_german(&harness, "dialog", &["Übernehmen", "Abbrechen", "Rechtes Auge, OD"]);
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(4);
    assert_german(&harness, "palette", &["Befehle durchsuchen", "Scan, Maske oder Dokument öffnen"]);
    harness.key_press(Key::Escape);
    harness.run_steps(4);
    harness.state_mut().perform(Action::Edit(Command::RerollNoise { seed: 7 }));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::H);
    harness.run_steps(4);
    assert_german(&harness, "history", &["anderes Rauschen, jetzt", "Zurück zu Wie geöffnet"]);
}

#[test]
fn the_pages_of_generation_and_review_are_german() {
    let mut harness = german_window();
    harness.state_mut().perform(Action::Generate(GenerateAction::Toggle));
    harness.run_steps(4);
    assert_german(&harness, "generate", &["Einen Datensatz erzeugen", "Neue Erzeugung"]);
    harness.state_mut().perform(Action::Generate(GenerateAction::New));
    harness.run_steps(4);
    assert_german(&harness, "form", &["Zentrale Dicke", "Erzeugen starten", "Abbrechen"]);
    harness.state_mut().perform(Action::Review(ReviewAction::Toggle));
    harness.run_steps(4);
    assert_german(&harness, "review", &["Paare aus Scan und Maske begutachten", "Einen Satz öffnen"]);
    let set = tempfile::tempdir().expect("a folder");
    retidiff::review::made_rows::write(set.path(), 6).expect("rows");
    harness.state_mut().perform(Action::Review(ReviewAction::Use(ReviewPlace::Set, set.path().to_owned())));
    wait_until(&mut harness, "the set is open", |studio| studio.review().names().len() == 6);
    harness.run_steps(4);
    assert_german(&harness, "set", &["Stichprobe", "Den Satz exportieren", "Ordnen nach"]);
}

#[test]
fn what_files_name_in_english_is_german_in_the_window() {
    let mut harness = german_window();
    assert_german(&harness, "labels", &["über ILM", "unter BM"]);
    harness.get_by_label("Fälle").click();
    harness.run_steps(4);
    assert_german(&harness, "cases", &["DMÖ, leicht", "Nur SRF"]);
    for action in [TrainingAction::Toggle, TrainingAction::NewRun] {
        harness.state_mut().perform(Action::Training(action));
        harness.run_steps(4);
    }
    assert_german(&harness, "training", &["Lernrate", "Spalten des Ausschnitts"]);
}

#[test]
fn the_language_changes_back() {
    let mut harness = german_window();
    harness.get_by_label("Tasten").click();
    harness.run_steps(4);
    harness.get_by_label("Sprache: English").click();
    harness.run_steps(4);
    harness.get_by_label("Undo");
    assert!(harness.query_all_by_label("Rückgängig").next().is_none());
}
