//! The page of reviews driven as a user drives it: by its own keys, names and dialogs, on generated sets.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use eframe::egui::{Event, Key, Modifiers, PointerButton, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::anatomy::IRF;
use retidiff::dataset::Manifest;
use retidiff::dataset::samples::LabelledScan;
use retidiff::formats::write_file;
use retidiff::review::audit_log;
use retidiff::review::edits::{EDITS_FILE, history};
use retidiff::review::log::DECISIONS_FILE;
use retidiff::review::{Decision, DecisionEvent, DecisionLog, Reviewed, blind};
use retidiff::studio::review::{ReviewAction, ReviewPage, ReviewPlace};
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio};
use retidiff::studio::shell::page::Page;

use crate::generation::generate;
use crate::studio::options;

const PATIENCE: Duration = Duration::from_secs(60);

fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, is_so: impl Fn(&ReviewPage) -> bool) {
    let started = Instant::now();
    while !is_so(harness.state().review()) {
        assert!(
            started.elapsed() < PATIENCE,
            "waited in vain until {what}: {:?}",
            harness.state().first_error()
        );
        sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(2);
}

fn settle(harness: &mut Harness<'_, Studio>) {
    harness.run_steps(2);
    wait_until(harness, "all is complete", ReviewPage::is_settled);
}

/// The studio with a set open, whose reviewer is kept in a folder.
fn review(data: &Path, dir: &Path, reviewer: &str) -> Harness<'static, Studio> {
    let options = AppOptions { data_folder: Some(data.to_owned()), ..options() };
    let mut harness = Harness::builder()
        .with_size([1360.0, 820.0])
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options));
    harness.run_steps(3);
    harness.state_mut().perform(Action::Review(ReviewAction::Reviewer(reviewer.to_owned())));
    harness.state_mut().perform(Action::OpenReview(dir.to_owned()));
    settle(&mut harness);
    harness
}

fn set_of(folder: &Path, pairs: u64) -> PathBuf {
    let dir = folder.join("set");
    generate(&dir, pairs, 1);
    dir
}

fn press(harness: &mut Harness<'_, Studio>, key: Key) {
    harness.key_press(key);
    harness.step();
}

fn name(number: usize) -> String {
    format!("pair-{number:07}")
}

fn in_view(harness: &Harness<'_, Studio>) -> String {
    harness.state().review().name_in_view().unwrap_or_default().to_owned()
}

/// The last word of a reviewer on a pair, as the folder says.
fn word(dir: &Path, who: &str, number: usize) -> (Decision, Option<String>) {
    let reviewed = Reviewed::load(dir).unwrap();
    let row = reviewed.set.row_of(&name(number)).unwrap();
    let reviewer = reviewed.verdicts.reviewer(who).unwrap_or(usize::MAX);
    let (decision, reason) = reviewed.verdicts.word(reviewer, row);
    (decision, reason.map(str::to_owned))
}

#[test]
fn one_key_decides_and_goes_on_and_a_restart_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 30);
    let mut harness = review(folder.path(), &dir, "anna");
    assert_eq!(in_view(&harness), name(0));
    harness.get_by_label("pair-0000000, undecided");
    press(&mut harness, Key::F);
    press(&mut harness, Key::D);
    press(&mut harness, Key::Num3);
    press(&mut harness, Key::S);
    assert_eq!(in_view(&harness), name(4));
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::ArrowRight);
    assert_eq!(in_view(&harness), name(6), "arrows only look");
    press(&mut harness, Key::A);
    assert_eq!(in_view(&harness), name(5), "back to the one looked at before");
    press(&mut harness, Key::Tab);
    assert_eq!(in_view(&harness), name(6));
    press(&mut harness, Key::End);
    assert_eq!(in_view(&harness), name(29));
    press(&mut harness, Key::Tab);
    assert_eq!(in_view(&harness), name(4), "the next undecided, round the end");
    settle(&mut harness);
    assert_eq!(harness.state().review().standing(), [26, 1, 2, 1]);
    harness.get_by_label("pair-0000000, accepted");

    // One pair in full: the same keys, and out of it.
    press(&mut harness, Key::Enter);
    settle(&mut harness);
    assert!(harness.state().review().is_pair_shown());
    harness.get_by_label("Scan with its labels");
    press(&mut harness, Key::Space);
    harness.step();
    harness.get_by_label("Scan without labels");
    press(&mut harness, Key::F);
    assert_eq!(in_view(&harness), name(5));
    press(&mut harness, Key::Escape);
    harness.step();
    assert!(!harness.state().review().is_pair_shown());
    press(&mut harness, Key::Escape);
    assert_eq!(harness.state().page(), Page::Editor, "and out of the set");
    harness.state_mut().perform(Action::Review(ReviewAction::Toggle));
    harness.step();

    // Ctrl+G goes to a pair by its number.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    harness.run_steps(2);
    harness.event(Event::Text("21".into()));
    harness.step();
    press(&mut harness, Key::Enter);
    harness.run_steps(2);
    assert_eq!(in_view(&harness), name(20));
    settle(&mut harness);
    drop(harness);

    assert_eq!(word(&dir, "anna", 0), (Decision::Accept, None));
    assert_eq!(word(&dir, "anna", 2).1.as_deref(), Some("scan shows what the mask does not"));
    let mut harness = review(folder.path(), &dir, "anna");
    assert_eq!(harness.state().review().standing(), [25, 2, 2, 1]);
    // Undo takes back what was decided before the restart, too, the last first.
    for (pair, left) in [(4, [26, 1, 2, 1]), (3, [27, 1, 2, 0])] {
        press(&mut harness, Key::U);
        wait_until(&mut harness, "it is taken back", |page| page.standing() == left);
        assert_eq!(in_view(&harness), name(pair));
    }
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait_until(&mut harness, "the rejection is taken back", |page| page.standing() == [28, 1, 1, 0]);
    assert_eq!(word(&dir, "anna", 3).0, Decision::Undecided);
}

#[test]
fn held_n_shows_the_nearest_reference_scan_in_the_scans_place() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 4);
    // The same plan gives the same scans: each pair has a copy of itself among them.
    let reference = folder.path().join("reference");
    generate(&reference, 4, 1);
    let mut harness = review(folder.path(), &dir, "anna");
    let chosen = ReviewAction::Use(ReviewPlace::Reference, reference);
    harness.state_mut().perform(Action::Review(chosen));
    press(&mut harness, Key::Enter);
    let started = Instant::now();
    while harness.query_all_by_label_contains("nearest reference scan pair-0000000").next().is_none() {
        assert!(started.elapsed() < PATIENCE, "no reference is near: {:?}", harness.state().first_error());
        sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.get_by_label("Scan with its labels");
    harness.key_down(Key::N);
    harness.run_steps(2);
    harness.get_by_label("Nearest reference scan");
    assert!(harness.query_by_label("Scan with its labels").is_none());
    harness.key_up(Key::N);
    harness.run_steps(2);
    harness.get_by_label("Scan with its labels");
    assert_eq!(in_view(&harness), name(0), "it is only a look");
}

#[test]
fn filters_and_orders_show_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 40);
    let mut harness = review(folder.path(), &dir, "anna");
    let reviewed = Reviewed::load(&dir).unwrap();
    let with_irf = reviewed.set.rows.iter().filter(|row| row.lesions[0] > 0).count();
    assert!((5..35).contains(&with_irf), "{with_irf}");
    harness.get_by_label("With IRF").click();
    settle(&mut harness);
    assert_eq!(harness.state().review().names().len(), with_irf);
    harness.get_by_label(&format!("{with_irf} of 40 pairs"));
    for _ in 0..3 {
        press(&mut harness, Key::F);
    }
    harness.get_by_label("Clear the filter").click();
    settle(&mut harness);
    assert_eq!(harness.state().review().names().len(), 40);

    harness.get_by_label("Decision").click();
    harness.run_steps(2);
    harness.get_by_label("accepted (3)").click();
    settle(&mut harness);
    let accepted = harness.state().review().names();
    assert_eq!(accepted.len(), 3);
    for id in &accepted {
        let row = reviewed.set.row_of(id).unwrap();
        assert!(reviewed.set.rows[row as usize].lesions[0] > 0);
    }
    harness.get_by_label("Clear the filter").click();
    settle(&mut harness);
    harness.get_by_label("Order by").click();
    harness.run_steps(2);
    harness.get_by_label("Fluid").click();
    settle(&mut harness);
    harness.get_by_label("Rising").click();
    settle(&mut harness);
    let fluid: Vec<f32> = harness
        .state()
        .review()
        .names()
        .iter()
        .map(|id| reviewed.set.rows[reviewed.set.row_of(id).unwrap() as usize].fluid_mm2)
        .collect();
    assert!(fluid.windows(2).all(|pair| pair[0] >= pair[1]) && fluid[0] > 0.0, "{fluid:?}");
}

#[test]
fn another_reviewers_decisions_come_in_and_agreement_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 12);
    let mut harness = review(folder.path(), &dir, "anna");
    for key in [Key::F, Key::F, Key::D, Key::D, Key::F, Key::D] {
        press(&mut harness, key);
    }
    settle(&mut harness);
    // Another program on the same set, and one that died within a line.
    let mut log = DecisionLog::open(&dir).unwrap();
    let says = |number: usize, decision| DecisionEvent::now("ben", &name(number), decision, None);
    let all = [
        Decision::Accept,
        Decision::Accept,
        Decision::Reject,
        Decision::Accept,
        Decision::Accept,
        Decision::Reject,
    ];
    log.append(&all.into_iter().enumerate().map(|(number, word)| says(number, word)).collect::<Vec<_>>())
        .unwrap();
    let kappa = retidiff::review::kappa::cohen(&[
        (true, true),
        (true, true),
        (false, false),
        (false, true),
        (true, true),
        (false, false),
    ])
    .unwrap();
    let [figure, low, high] = [kappa.kappa, kappa.low, kappa.high].map(Option::unwrap);
    let said = format!("anna and ben, 6 pairs in common: kappa {figure:.2} [{low:.2}, {high:.2}]");
    let started = Instant::now();
    while harness.query_by_label(&said).is_none() {
        assert!(started.elapsed() < PATIENCE, "ben is not heard: {said}");
        sleep(Duration::from_millis(20));
        harness.step();
    }
    harness.get_by_label("pair-0000003, rejected");
    drop(harness);
    let mut bytes = std::fs::read(dir.join(DECISIONS_FILE)).unwrap();
    bytes.extend_from_slice(b"{\"version\":1,\"wh");
    write_file(&dir.join(DECISIONS_FILE), &bytes).unwrap();
    let mut harness = review(folder.path(), &dir, "ben");
    assert_eq!(harness.state().review().standing(), [6, 3, 3, 0], "nothing is lost");
    harness.get_by_label("0 lines of the decisions cannot be read, and its last line is cut off");
    harness.get_by_label("pair-0000003, accepted, rejected by others");
    press(&mut harness, Key::End);
    press(&mut harness, Key::F);
    settle(&mut harness);
    assert_eq!(word(&dir, "ben", 11).0, Decision::Accept);
}

#[test]
fn missing_and_changed_files_are_said_and_the_rest_stays_usable() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 8);
    let file = |kind: &str, number: usize| dir.join(kind).join(format!("{}.png", name(number)));
    std::fs::copy(file("images", 5), file("images", 2)).unwrap();
    std::fs::remove_file(file("labels", 3)).unwrap();
    write_file(&file("images", 4), b"no picture").unwrap();
    let mut harness = review(folder.path(), &dir, "anna");
    harness.get_by_label("pair-0000002, undecided, a file was changed");
    harness.get_by_label("pair-0000003, undecided, a file is missing");
    harness.get_by_label("Files missing: 1 pairs, changed since scored: 2 pairs so far");
    harness.get_by_label("Check files").click();
    settle(&mut harness);
    harness.get_by_label("Files missing: 1 pairs, changed since scored: 2 pairs");
    press(&mut harness, Key::Enter);
    for number in 0..8 {
        settle(&mut harness);
        assert_eq!(in_view(&harness), name(number));
        let is_shown = harness.query_by_label("Scan with its labels").is_some();
        assert_eq!(is_shown, number != 4, "{number}");
        press(&mut harness, Key::F);
    }
    settle(&mut harness);
    assert_eq!(harness.state().review().standing(), [0, 8, 0, 0]);
    assert_eq!(harness.state().first_error(), None);

    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    harness.state_mut().perform(Action::OpenReview(empty));
    settle(&mut harness);
    assert!(harness.query_by_label_contains("cannot be reviewed").is_some());
    harness.get_by_label("Open a set");
}

#[test]
fn a_set_that_grows_is_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 9);
    let manifest = dir.join("manifest.jsonl");
    let whole = std::fs::read(&manifest).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|&byte| byte == b'\n').collect();
    write_file(&manifest, &lines[..4].concat()).unwrap();
    let mut harness = review(folder.path(), &dir, "anna");
    press(&mut harness, Key::F);
    press(&mut harness, Key::D);
    settle(&mut harness);
    write_file(&manifest, &whole).unwrap();
    let grown = |harness: &mut Harness<'_, Studio>| {
        harness.query_by_label("The set has grown: F5 reads the new pairs").is_some()
    };
    let started = Instant::now();
    while !grown(&mut harness) {
        assert!(started.elapsed() < PATIENCE, "it was not noticed");
        sleep(Duration::from_millis(20));
        harness.step();
    }
    press(&mut harness, Key::F5);
    wait_until(&mut harness, "all pairs are there", |page| page.names().len() == 9);
    assert_eq!(harness.state().review().standing(), [7, 1, 1, 0]);
    assert_eq!(in_view(&harness), name(2), "one stands where one stood");
}

#[test]
fn accepted_pairs_are_exported_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 10);
    let mut harness = review(folder.path(), &dir, "anna");
    for key in [Key::F, Key::F, Key::F, Key::D, Key::F] {
        press(&mut harness, key);
    }
    settle(&mut harness);
    harness.get_by_label("Export the set").click();
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("4 pairs will be written").is_some());
    assert!(harness.query_by_label_contains("1 rejected or flagged, 5 not accepted").is_some());
    let out = folder.path().join("out");
    harness.get_by_label("Folder of the export").focus();
    harness.run_steps(2);
    harness.event(Event::Text(out.display().to_string()));
    harness.run_steps(2);
    harness.get_by_label("Export pairs").click();
    let started = Instant::now();
    while !out.join("datasheet.html").exists() {
        assert!(started.elapsed() < PATIENCE, "nothing was exported: {:?}", harness.state().first_error());
        sleep(Duration::from_millis(10));
        harness.step();
    }
    settle(&mut harness);
    let manifest = Manifest::read(&out).unwrap();
    let ids: Vec<&str> = manifest.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, [0, 1, 2, 4].map(name));
    for entry in &manifest.entries {
        LabelledScan::load(&manifest, entry).unwrap();
    }
}

#[test]
fn a_pair_goes_to_the_editor_and_comes_back_with_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 6);
    let mut harness = review(folder.path(), &dir, "anna");
    press(&mut harness, Key::ArrowRight);
    press(&mut harness, Key::F);
    press(&mut harness, Key::A);
    assert_eq!(in_view(&harness), name(1));
    press(&mut harness, Key::E);
    let started = Instant::now();
    while harness.state().session().editor.document().name != name(1) {
        assert!(started.elapsed() < PATIENCE, "it was not opened: {:?}", harness.state().first_error());
        sleep(Duration::from_millis(5));
        harness.step();
    }
    harness.run_steps(3);
    let page = harness.state().session().editor.document().pages[0].clone();
    assert!(
        page.scan.is_placeholder && page.synthesis.is_some(),
        "no synthetic scan is taken for a real one"
    );
    // A cyst is painted by hand: the label, then a stroke of the brush.
    harness.state_mut().perform(Action::SelectLabel(IRF));
    harness.state_mut().perform(Action::ScaleBrush(0.25));
    harness.run_steps(2);
    let at = |x: f32| [x, 24.0];
    crate::studio::stroke(&mut harness, &[at(20.0), at(24.0), at(28.0)], PointerButton::Primary);
    let painted = harness.state().session().editor.document().pages[0].mask.clone();
    assert_ne!(painted, page.mask);
    sleep(Duration::from_millis(1100));
    let journal = folder.path().join("journal");
    let kept_by_the_journal = || std::fs::read_dir(&journal).map_or(0, |sessions| sessions.count());
    assert_eq!(kept_by_the_journal(), 1, "until the set keeps it");
    press(&mut harness, Key::F4);
    wait_until(&mut harness, "the edit is kept", |_| dir.join(EDITS_FILE).exists());
    settle(&mut harness);
    wait_until(&mut harness, "it is to be decided again", |page| page.standing() == [6, 0, 0, 0]);
    assert_eq!(in_view(&harness), name(1));
    let reviewed = Reviewed::load(&dir).unwrap();
    assert!((reviewed.set.rows[1].fluid_mm2, reviewed.verdicts.outdated) > (0.0, 0));
    let facts = history(&reviewed.set, &name(1)).unwrap();
    assert_eq!(
        (facts.len(), facts[0].who.as_str(), facts[0].steps.as_slice()),
        (1, "anna", &["brush: IRF".to_owned()][..])
    );
    let line = &reviewed.set.lines(&[1]).unwrap()[0];
    assert!(dir.join(&line.image).exists() && line.image.starts_with("edits/"));
    assert!(dir.join(format!("images/{}.png", name(1))).exists(), "the scan before is still there");
    assert!(!harness.state().session().editor.has_unsaved_changes(), "the set keeps the mask");
    press(&mut harness, Key::F);
    settle(&mut harness);
    assert_eq!(word(&dir, "anna", 1).0, Decision::Accept);
    drop(harness);
    assert_eq!(kept_by_the_journal(), 0, "the next start offers nothing that the set keeps");
}

#[test]
fn a_group_is_accepted_by_its_sample_and_a_lasso_filters() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 24);
    let mut harness = review(folder.path(), &dir, "anna");
    harness.get_by_label("Audit").click();
    settle(&mut harness);
    assert!(harness.query_by_label_contains("59 at random are looked at").is_some());
    harness.get_by_label("Look at the sample of group 1").click();
    settle(&mut harness);
    let sample = harness.state().review().names();
    assert!(!sample.is_empty() && sample.len() < 24);
    for _ in 0..sample.len() {
        press(&mut harness, Key::F);
    }
    settle(&mut harness);
    harness.get_by_label("Audit").click();
    settle(&mut harness);
    harness.get_by_label("accepted: all were looked at");
    harness.get_by_label("Record accepted groups").click();
    wait_until(&mut harness, "the group is recorded", |_| {
        audit_log::read(&dir).is_ok_and(|(groups, _)| groups.len() == 1)
    });
    assert_eq!(audit_log::read(&dir).unwrap().0[0].pairs, sample.len());
    press(&mut harness, Key::Escape);
    harness.get_by_label("Blind test").click();
    settle(&mut harness);
    assert!(harness.query_by_label_contains("that the filter shows").is_some());
    harness.get_by_label("Back to the pairs").click();
    harness.run_steps(2);
    harness.get_by_label("Clear the filter").click();
    settle(&mut harness);

    harness.get_by_label("Map").click();
    settle(&mut harness);
    assert!(harness.query_by_label_contains("no segmenter has looked").is_some());
    assert!(harness.query_all_by_label("rejected").next().is_some());
    let place = harness
        .query_all_by_label("Map of the set")
        .map(|node| node.rect())
        .max_by(|a, b| a.area().total_cmp(&b.area()));
    let place = place.expect("the map");
    // Around all of it.
    let corners = [vec2(0.01, 0.01), vec2(0.99, 0.01), vec2(0.99, 0.99), vec2(0.01, 0.99)];
    let at = |corner: eframe::egui::Vec2| place.min + corner * place.size();
    harness.event(Event::PointerMoved(at(corners[0])));
    harness.step();
    let button = |pressed, pos| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(button(true, at(corners[0])));
    harness.step();
    for corner in corners {
        harness.event(Event::PointerMoved(at(corner)));
        harness.step();
    }
    harness.event(button(false, at(corners[3])));
    harness.run_steps(2);
    settle(&mut harness);
    assert_eq!(harness.state().review().names().len(), 24, "all lie within");
    harness.get_by_label("Drawn around: 24");
}

#[test]
fn the_blind_test_is_answered_by_keys_and_told_with_intervals() {
    let folder = tempfile::tempdir().unwrap();
    let dir = set_of(folder.path(), 10);
    let real = folder.path().join("real");
    std::fs::create_dir(&real).unwrap();
    for number in 0..10 {
        let scan = format!("{}.png", name(number));
        std::fs::copy(dir.join("images").join(&scan), real.join(format!("scan-{number}.png"))).unwrap();
    }
    let mut harness = review(folder.path(), &dir, "anna");
    harness.get_by_label("Blind test").click();
    harness.state_mut().perform(Action::Review(ReviewAction::Use(ReviewPlace::RealScans, real)));
    let started = Instant::now();
    while harness.query_by_label("10 real scans in real").is_none() {
        assert!(started.elapsed() < PATIENCE);
        sleep(Duration::from_millis(5));
        harness.step();
    }
    assert!(harness.query_by_label_contains("10 of each will be shown").is_some());
    harness.get_by_label("Start the test").click();
    harness.run_steps(2);
    for number in 1..=20 {
        let started = Instant::now();
        // The buttons can be pressed once the scan is shown.
        while harness.query_by_label("Real").is_none_or(|button| button.accesskit_node().is_disabled()) {
            assert!(started.elapsed() < PATIENCE, "{number}");
            sleep(Duration::from_millis(3));
            harness.step();
        }
        press(&mut harness, if number % 2 == 0 { Key::R } else { Key::S });
    }
    wait_until(&mut harness, "20 answers are kept", |_| {
        blind::read(&dir).is_ok_and(|(all, _)| all.len() == 20)
    });
    let (answers, _) = blind::read(&dir).unwrap();
    assert_eq!(answers.iter().filter(|answer| answer.is_synthetic).count(), 10);
    assert_eq!(answers.iter().filter(|answer| answer.said_synthetic).count(), 10);
    assert!(harness.query_by_label_contains("anna: right in").is_some());
    let table = folder.path().join("answers.csv");
    harness.state_mut().perform(Action::Review(ReviewAction::Use(ReviewPlace::BlindTable, table.clone())));
    wait_until(&mut harness, "the table is written", |_| table.exists());
    assert_eq!(std::fs::read_to_string(&table).unwrap().lines().count(), 21);
}
