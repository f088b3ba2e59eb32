//! The quiz in the window: whole games by pointer and by keyboard, pages of quizzes and shared cases opened, every control
//! with a name and in reach of Tab.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use eframe::egui::{DroppedFile, Event, Id, Key, Modifiers, PointerButton, Pos2, Rect, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::cases::quiz::{Answer, Round, questions};
use retidiff::cases::{CaseRecipe, Template};
use retidiff::formats::case_file::{CaseContent, CaseFile};
use retidiff::formats::quiz_page::{self, QuizCase};
use retidiff::formats::write_atomically;
use retidiff::scan::GreyImage;
use retidiff::studio::shell::action::{Action, WindowAction};
use retidiff::studio::shell::app::Studio;
use retidiff::studio::stage::CasesAction;
use retidiff::studio::texts::LanguageChoice;

use crate::studio::{options, studio_with};

const PATIENCE: Duration = Duration::from_secs(90);

fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, is_so: impl Fn(&Harness<'_, Studio>) -> bool) {
    let started = Instant::now();
    while !is_so(harness) {
        assert!(started.elapsed() < PATIENCE, "not in time: {what}");
        sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.run_steps(3);
}

fn round<'a>(harness: &'a Harness<'_, Studio>) -> &'a Round {
    harness.state().cases().quiz().round()
}

fn click(harness: &mut Harness<'_, Studio>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn press(harness: &mut Harness<'_, Studio>, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

/// The studio with a question of the quiz about a case with cysts.
fn studio_with_question() -> Harness<'static, Studio> {
    let mut harness = studio_with(options());
    click(&mut harness, "Cases");
    click(&mut harness, "DME, severe");
    click(&mut harness, "A quiz of cases");
    click(&mut harness, "The case in the form");
    wait_until(&mut harness, "the first question", |harness| round(harness).task().is_some());
    harness
}

/// The answer that is asked for.
fn truth(harness: &Harness<'_, Studio>) -> Answer {
    round(harness).task().expect("a question").1.answer.clone()
}

/// The scan on the screen, and what a pixel of it takes there.
fn scan_on_screen(harness: &Harness<'_, Studio>) -> (Rect, f32) {
    let (sheet, _) = round(harness).task().expect("a question");
    let start = format!("B-scan of {}.", sheet.name);
    let place = harness.get_by_label_contains(&start).rect();
    (place, place.width() / sheet.width as f32)
}

fn button(harness: &mut Harness<'_, Studio>, pos: Pos2, pressed: bool) {
    harness.event(Event::PointerMoved(pos));
    harness.step();
    let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
    harness.event(Event::PointerButton { pos, button, pressed, modifiers });
    harness.step();
}

/// A stroke through points of the scan.
fn stroke(harness: &mut Harness<'_, Studio>, points: &[[f32; 2]]) {
    let (place, scale) = scan_on_screen(harness);
    let at = |[x, y]: [f32; 2]| place.min + scale * pos2(x, y).to_vec2();
    button(harness, at(points[0]), true);
    for point in points {
        harness.event(Event::PointerMoved(at(*point)));
        harness.step();
    }
    button(harness, at(points[points.len() - 1]), false);
}

fn points_of(harness: &Harness<'_, Studio>, question: &str) -> f64 {
    round(harness).results().iter().find(|line| line.question == question).expect("an answer").points
}

#[test]
fn a_game_is_played_by_pointer() {
    let mut harness = studio_with_question();
    harness.get_by_label("SYNTHETIC – not for diagnosis");
    assert!(harness.query_by_label("DME, severe").is_none(), "the gallery would tell the answer");
    let [_, of] = round(&harness).progress();
    let mut count = 0;
    while round(&harness).task().is_some() {
        count += 1;
        match truth(&harness) {
            Answer::Choice { options, correct } => click(&mut harness, &options[correct]),
            Answer::Line { rows } => {
                let known = rows.iter().enumerate().filter_map(|(x, row)| Some([x as f32 + 0.5, (*row)?]));
                let line: Vec<[f32; 2]> = known.collect();
                let line: Vec<[f32; 2]> = line.iter().step_by(6).chain(line.last()).copied().collect();
                stroke(&mut harness, &line);
                click(&mut harness, "Done");
            }
            Answer::Fluid { lesions } => {
                for lesion in lesions {
                    for &(y, x0, x1) in lesion.iter().step_by(6) {
                        let y = y as f32 + 0.5;
                        stroke(&mut harness, &[[x0 as f32 + 0.5, y], [x1 as f32 - 0.5, y]]);
                    }
                }
                click(&mut harness, "Done");
            }
        }
        assert!(round(&harness).outcome().is_some(), "question {count} is answered");
        let is_last = round(&harness).progress()[0] == round(&harness).progress()[1];
        click(&mut harness, if is_last { "Results" } else { "Next" });
    }
    let results = round(&harness).results();
    assert_eq!((results.len(), count), (of, of));
    assert!(of >= 6, "{of} questions");
    for line in results.iter().filter(|line| !["draw_ilm", "mark_fluid"].contains(&line.question)) {
        assert_eq!(line.points, 1.0, "{}", line.question);
    }
    assert!(points_of(&harness, "draw_ilm") > 0.9, "{}", points_of(&harness, "draw_ilm"));
    assert!(points_of(&harness, "mark_fluid") > 0.25, "{}", points_of(&harness, "mark_fluid"));
    assert!(harness.state().cases().quiz().is_over());
    harness.get_by_label("Save answers (CSV)");
    assert_eq!(round(&harness).csv().matches("\r\n").count(), of + 1);
    click(&mut harness, "Play again");
    assert_eq!((round(&harness).progress(), round(&harness).results().len()), ([1, of], 0));
}

/// Presses Tab until what has a name has the keyboard.
fn tab_to(harness: &mut Harness<'_, Studio>, name: &str) {
    for _ in 0..120 {
        let target = harness.query_by_label(name);
        if target.is_some_and(|target| target.accesskit_node().is_focused()) {
            return;
        }
        press(harness, Key::Tab);
    }
    panic!("Tab does not reach {name}");
}

#[test]
fn a_game_is_played_by_keyboard() {
    let mut harness = studio_with(options());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    harness.run_steps(2);
    harness.event(Event::Text("quiz".to_owned()));
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    tab_to(&mut harness, "Six cases of the gallery");
    press(&mut harness, Key::Enter);
    wait_until(&mut harness, "the first question", |harness| round(harness).task().is_some());
    // The first case to its end: others come meanwhile.
    let mut count = 0;
    while round(&harness).sheet_index() == 0 && round(&harness).task().is_some() {
        count += 1;
        match truth(&harness) {
            Answer::Choice { correct, .. } => {
                press(&mut harness, [Key::Num1, Key::Num2, Key::Num3, Key::Num4][correct])
            }
            Answer::Line { rows } => {
                draw_by_keys(&mut harness, &rows);
                press(&mut harness, Key::Enter);
                assert!(points_of(&harness, "draw_ilm") > 0.9, "{}", points_of(&harness, "draw_ilm"));
            }
            Answer::Fluid { .. } => {
                press(&mut harness, Key::Space);
                assert!(round(&harness).marked().contains(&true), "the space bar marks");
                press(&mut harness, Key::Backspace);
                assert!(!round(&harness).marked().contains(&true), "Backspace takes away");
                press(&mut harness, Key::Enter);
            }
        }
        assert!(round(&harness).outcome().is_some(), "question {count} is answered");
        press(&mut harness, Key::Enter);
        assert_eq!(round(&harness).results().len(), count);
        wait_until(&mut harness, "the next question", |harness| {
            round(harness).task().is_some() || harness.state().cases().quiz().is_over()
        });
    }
    assert!(count >= 5, "{count} questions");
    let chosen = round(&harness).results().iter().filter(|line| line.truth == line.answer);
    assert!(chosen.count() >= 4);
    tab_to(&mut harness, "Leave");
    press(&mut harness, Key::Enter);
    harness.get_by_label("Six cases of the gallery");
}

/// Goes along a line with the arrow keys, which draw as they go.
fn draw_by_keys(harness: &mut Harness<'_, Studio>, rows: &[Option<f32>]) {
    let (sheet, _) = round(harness).task().expect("a question");
    let mut at = [0.5_f32, (sheet.height as f32 / 3.0).floor()];
    while (at[0] as usize) < rows.len() - 1 {
        let wanted = rows[at[0] as usize..].iter().flatten().next().copied().unwrap_or(at[1]);
        while (at[1] - wanted).abs() > 2.0 {
            let is_below = wanted > at[1];
            harness.key_press(if is_below { Key::ArrowDown } else { Key::ArrowUp });
            harness.step();
            at[1] += if is_below { 2.0 } else { -2.0 };
        }
        harness.key_press(Key::ArrowRight);
        harness.step();
        at[0] += 4.0;
    }
    harness.run_steps(2);
}

fn quiz_page(folder: &Path) -> PathBuf {
    let recipe = Template::named("csc").expect("a template").recipe().expect("a recipe");
    let made = CaseFile::of_recipe(&recipe, None).made().expect("a case");
    let (width, height) = (made.mask.width(), made.mask.height());
    let case = QuizCase {
        name: "Case 1".to_owned(),
        scan: GreyImage::new(width, height, made.mask.composite_pixels()),
        spacing: made.frame.spacing(),
        synthetic: true,
        questions: questions(&made.mask, &made.frame),
    };
    let path = folder.join("quiz.html");
    let page = quiz_page::write("A quiz", &[case]).expect("a page");
    write_atomically(&path, page.as_bytes()).expect("written");
    path
}

#[test]
fn the_page_of_a_quiz_is_opened_and_what_is_none_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = quiz_page(folder.path());
    let mut harness = studio_with(options());
    harness.state_mut().perform(Action::OpenPath(page));
    wait_until(&mut harness, "the first question", |harness| round(harness).task().is_some());
    let [_, of] = round(&harness).progress();
    assert_eq!(of, questions_of("csc"));
    harness.state_mut().perform(Action::Window(WindowAction::ChooseLanguage(LanguageChoice::German)));
    harness.run_steps(3);
    harness.get_by_label("Ist intraretinale Flüssigkeit da?");
    press(&mut harness, Key::Num2);
    harness.get_by_label_contains("Richtig. Es ist keine da.");
    harness.state_mut().perform(Action::Window(WindowAction::ChooseLanguage(LanguageChoice::English)));
    let other = folder.path().join("other.html");
    write_atomically(&other, b"<html></html>").expect("written");
    harness.state_mut().perform(Action::Cases(CasesAction::PlayFiles(vec![other])));
    wait_until(&mut harness, "it is refused", |harness| {
        harness.query_by_label_contains("other.html: the page: it is no quiz").is_some()
    });
}

fn questions_of(template: &str) -> usize {
    let recipe = Template::named(template).expect("a template").recipe().expect("a recipe");
    let made = CaseFile::of_recipe(&recipe, None).made().expect("a case");
    questions(&made.mask, &made.frame).len()
}

/// A file let go over the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

fn drop_files(harness: &mut Harness<'_, Studio>, paths: &[PathBuf]) {
    for path in paths {
        harness.input_mut().dropped_files.push(Arc::new(Dropped(path.clone())));
    }
    harness.run_steps(3);
}

fn shared(folder: &Path, template: &str, seed: u64) -> (PathBuf, CaseRecipe) {
    let recipe = Template::named(template).expect("a template").recipe().expect("a recipe").with_seed(seed);
    let path = folder.join(format!("{template}.retidiff-case"));
    let text = CaseFile::of_recipe(&recipe, None).to_text().expect("text");
    write_atomically(&path, text.as_bytes()).expect("written");
    (path, recipe)
}

#[test]
fn a_shared_case_opens_in_the_form_the_editor_and_the_quiz() {
    let folder = tempfile::tempdir().expect("a folder");
    let (csc, recipe) = shared(folder.path(), "csc", 4321);
    let (ped, _) = shared(folder.path(), "ped-only", 7);
    let mut harness = studio_with(options());
    harness.state_mut().perform(Action::OpenPath(csc.clone()));
    wait_until(&mut harness, "it is open", |harness| {
        harness.state().session().editor.document().name == recipe.name
    });
    assert!(harness.state().session().page().scan.is_placeholder);
    assert_eq!(harness.state().session().editor.document().noise_seed, 4321);

    click(&mut harness, "Cases");
    drop_files(&mut harness, std::slice::from_ref(&csc));
    wait_until(&mut harness, "it is in the form and solved", |harness| {
        harness.state().cases().case().is_some_and(|(of, _)| *of == recipe)
    });
    let CaseContent::Recipe { recipe: sent, .. } = harness.state().cases().shared().expect("a case").content
    else {
        panic!("a recipe is sent");
    };
    assert_eq!(*sent, recipe);

    drop_files(&mut harness, &[csc, ped]);
    let both = questions_of("csc") + questions_of("ped-only");
    wait_until(&mut harness, "both are asked about", |harness| round(harness).progress()[1] == both);
    let broken = folder.path().join("broken.retidiff-case");
    write_atomically(&broken, b"format = \"retidiff-case\"\nversion = 9\n").expect("written");
    click(&mut harness, "One case");
    drop_files(&mut harness, &[broken]);
    wait_until(&mut harness, "it is refused", |harness| {
        harness.query_by_label_contains("broken.retidiff-case: the start: version 9").is_some()
    });
}

#[test]
fn every_control_of_cases_course_and_quiz_has_a_name_and_tab_reaches_it() {
    let mut harness = studio_with(options());
    click(&mut harness, "Cases");
    wait_until(&mut harness, "the case is solved", |harness| harness.state().cases().case().is_some());
    reach_everything(&mut harness, "the case", &["Open case", "Share case", "Copy recipe", "Another seed"]);
    click(&mut harness, "Show the synthetic scan of the case");
    wait_until(&mut harness, "the scan of the case is there", |harness| {
        !harness.state().cases().course_scans().is_empty()
    });
    harness.get_by_label("Synthetic scan of the case");
    reach_everything(&mut harness, "the scan", &["Poster PDF", "Show the labels of the case"]);
    click(&mut harness, "One eye over time");
    wait_until(&mut harness, "the scans of the visits are there", |harness| {
        !harness.state().cases().course_scans().is_empty()
    });
    reach_everything(&mut harness, "the course", &["Poster PNG", "Film", "Show the labels of the visits"]);
    click(&mut harness, "A quiz of cases");
    reach_everything(&mut harness, "the choice", &["The case in the form", "Open a quiz or a case…"]);
    click(&mut harness, "The case in the form");
    wait_until(&mut harness, "the first question", |harness| round(harness).task().is_some());
    reach_everything(&mut harness, "a question", &["Yes", "No", "Leave"]);
    while !matches!(truth(&harness), Answer::Line { .. }) {
        press(&mut harness, Key::Num1);
        click(&mut harness, "Next");
    }
    reach_everything(&mut harness, "a line", &["Done", "Leave"]);
}

/// No control is without a name, and Tab comes to those that are named here.
fn reach_everything(harness: &mut Harness<'_, Studio>, what: &str, names: &[&str]) {
    harness.run_steps(3);
    assert!(harness.unnamed_widgets().is_empty(), "{what}: {:#?}", harness.unnamed_widgets());
    let mut reached: HashSet<Id> = HashSet::new();
    let mut waiting: HashSet<&str> = names.iter().copied().collect();
    for _ in 0..160 {
        harness.key_press(Key::Tab);
        harness.step();
        reached.extend(harness.ctx.memory(|memory| memory.focused()));
        waiting
            .retain(|name| !harness.query_all_by_label(name).any(|node| node.accesskit_node().is_focused()));
        if waiting.is_empty() {
            break;
        }
    }
    assert!(waiting.is_empty(), "{what}: Tab does not reach {waiting:?} ({} others)", reached.len());
    // Nothing below is pressed by chance.
    if let Some(id) = harness.ctx.memory(|memory| memory.focused()) {
        harness.ctx.memory_mut(|memory| memory.surrender_focus(id));
    }
    harness.run_steps(2);
}
