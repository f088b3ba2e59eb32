//! The page of batch generation driven as a user drives it, with real processes and the bundled models at few steps.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use retidiff::dataset::Manifest;
use retidiff::device::DeviceChoice;
use retidiff::generation::record::{GenerationRecord, GenerationState};
use retidiff::generation::{BestOf, MasksFrom, PairChoice, PlannedLooks};
use retidiff::studio::generate::GenerateAction;
use retidiff::studio::shell::action::Action;
use retidiff::studio::shell::app::{AppOptions, Studio, SynthesisSource};
use retidiff::worker::GenerationRequest;

const PROGRAM: &str = env!("CARGO_BIN_EXE_retidiff");
/// The process of a generation steps back behind everything else on the machine.
const PATIENCE: Duration = Duration::from_secs(600);

fn studio_of(folder: &Path, program: PathBuf, size: [f32; 2]) -> Harness<'static, Studio> {
    let synthesis = SynthesisSource::None("No model is bundled with this build.".to_owned());
    let options = AppOptions { open: None, data_folder: Some(folder.to_owned()), synthesis };
    let mut harness = Harness::builder()
        .with_size(size)
        .with_step_dt(1.0 / 60.0)
        .with_render_cursor(false)
        .wgpu()
        .build_eframe(|creation| Studio::new(creation, options));
    harness.state_mut().generate_mut().use_program(program);
    harness.run_steps(3);
    harness.get_by_label("Generate").click();
    harness.run_steps(3);
    wait_until(&mut harness, "the folders are looked at", |studio| studio.generate().has_looked());
    harness
}

fn studio(folder: &Path) -> Harness<'static, Studio> {
    // High enough that every control of the form is in sight.
    studio_of(folder, PROGRAM.into(), [1360.0, 1760.0])
}

fn wait_until(harness: &mut Harness<'_, Studio>, what: &str, done: impl Fn(&Studio) -> bool) {
    let started = Instant::now();
    while !done(harness.state()) {
        let selected = harness.state().generate().selected();
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}: {selected:?}");
        sleep(Duration::from_millis(10));
        harness.step();
    }
    harness.run_steps(2);
}

fn wait_for_words(harness: &mut Harness<'_, Studio>, words: &str) {
    let started = Instant::now();
    while harness.query_by_label_contains(words).is_none() {
        assert!(started.elapsed() < PATIENCE, "waited in vain for {words:?}");
        sleep(Duration::from_millis(10));
        harness.step();
    }
}

fn state(studio: &Studio) -> Option<&GenerationState> {
    studio.generate().selected().map(|record| &record.state)
}

fn perform(harness: &mut Harness<'_, Studio>, action: GenerateAction) {
    harness.state_mut().perform(Action::Generate(action));
    harness.run_steps(2);
}

/// Masks and scans that take a moment.
fn quick(pairs: u64) -> GenerationRequest {
    GenerationRequest {
        pairs,
        steps: 1,
        mask_steps: 2,
        size: [96, 64],
        device: DeviceChoice::Cpu,
        ..GenerationRequest::default()
    }
}

fn set(harness: &mut Harness<'_, Studio>, label: &str, value: f64) {
    harness.get_by_label(label).set_value_accesskit(value);
    harness.run_steps(2);
}

#[test]
fn an_empty_page_says_how_to_begin_and_a_form_what_is_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio(folder.path());
    harness.get_by_label("Make a data set");
    harness.get_by_label("New generation").click();
    harness.run_steps(3);
    harness.get_by_label("Time and disk are known once two pairs were measured.");
    assert!(!harness.get_by_label("Start generating").accesskit_node().is_disabled());
    let [cancel, start] = ["Cancel", "Start generating"].map(|name| harness.get_by_label(name).rect());
    assert!(cancel.right() < start.left(), "as on the Train page");
    harness.get_by_label("Masks of a data set, bent").click();
    harness.run_steps(3);
    harness.get_by_label("Choose the data set whose masks are to be bent.");
    assert!(harness.get_by_label("Start generating").accesskit_node().is_disabled());
    assert!(harness.query_by_label("Central thickness").is_none(), "bent masks are asked for nothing");
    harness.get_by_label("Masks that meet a case recipe").click();
    harness.run_steps(3);
    harness.get_by_label("Choose a case, or the file of a recipe.");
    harness.get_by_label("Masks of a mask model").click();
    harness.run_steps(3);
    harness.get_by_label("Central thickness").click();
    harness.run_steps(3);
    set(&mut harness, "Central thickness: from", 420.0);
    set(&mut harness, "Central thickness: to", 300.0);
    harness.get_by_label("Central thickness: the first number is larger than the second.");
    set(&mut harness, "Central thickness: to", 450.0);
    let request = harness.state().generate().request().expect("a form");
    assert_eq!(request.conditions.thickness_um, Some([420.0, 450.0]));
    harness.get_by_label("Draft quality").click();
    harness.get_by_label("Another style and vessels for each pair").click();
    harness.run_steps(2);
    let request = harness.state().generate().request().expect("a form");
    assert_eq!((request.steps, request.looks), (1, PlannedLooks::Plain));
    for label in ["Keep the best", "Found again at least", "Rims of fluid as they are seen"] {
        harness.get_by_label(label).click();
        harness.run_steps(2);
    }
    let choice = harness.state().generate().request().expect("a form").choice;
    let best = Some(BestOf { kept: 6, of: 10 });
    assert_eq!(choice, PairChoice { best, least_dice: Some(0.6), relabel: true });
    harness.get_by_label("Keep the best").click();
    harness.run_steps(2);
    assert_eq!(harness.state().generate().request().expect("a form").choice.best, None);
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    assert!(harness.state().generate().request().is_none());
    harness.get_by_label("Generate").click();
    harness.run_steps(2);
    harness.get_by_label(retidiff::studio::editor_pane());
}

#[test]
fn three_pairs_are_made_by_the_pages_own_controls() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio(folder.path());
    harness.get_by_label("New generation").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Mask steps").is_none(), "what few change is behind a switch");
    harness.get_by_label("Advanced").click();
    harness.run_steps(3);
    for (label, value) in [
        ("Pairs", 3.0),
        ("Columns in pixels", 96.0),
        ("Rows in pixels", 64.0),
        ("Steps", 1.0),
        ("Mask steps", 2.0),
    ] {
        set(&mut harness, label, value);
    }
    harness.get_by_label("Generate on the CPU").click();
    harness.get_by_label("Cysts").click();
    harness.run_steps(3);
    let mut expected = quick(3);
    expected.conditions.cysts = Some([1.0, 8.0]);
    assert_eq!(harness.state().generate().request(), Some(expected));

    harness.get_by_label("Measure").click();
    harness.run_steps(2);
    harness.get_by_label("Two pairs are being made…");
    wait_for_words(&mut harness, "measured on two pairs just now");
    harness.get_by_label_contains("for 3 pairs");
    harness.get_by_label("Start generating").click();
    wait_until(&mut harness, "three pairs are there", |studio| {
        state(studio) == Some(&GenerationState::Finished) && studio.generate().is_settled()
    });
    harness.get_by_label("FINISHED");
    harness.get_by_label("3 of 3");
    harness.get_by_label("3 of 3 pairs are made");
    let generation = folder.path().join("generations/pairs-1");
    let manifest = Manifest::read(&generation).expect("a data set");
    assert_eq!(manifest.entries.len(), 3);
    assert_eq!((manifest.entries[0].width, manifest.entries[0].height), (96, 64));
    let record = GenerationRecord::read(&generation).expect("a generation");
    assert!(
        record.newest.iter().all(|line| line
            .generated
            .requested
            .cysts
            .is_some_and(|count| (1..=8).contains(&count)))
    );
    assert!(record.secs_per_pair.is_some() && record.disk_bytes > 1000);

    harness.get_by_label("Measure coverage").click();
    wait_for_words(&mut harness, "The nearest other mask is");
    harness.get_by_label("Review these");
    // Another one like it is estimated by its pace.
    harness.get_by_label("New like this").click();
    harness.run_steps(3);
    harness.get_by_label_contains("by the pace of “pairs-1”");
    assert_eq!(harness.state().generate().request().expect("a form").seed, 1);
    harness.get_by_label("Cancel").click();
    harness.run_steps(2);
    harness.get_by_label("Pair 2: open in the editor").click();
    harness.run_steps(2);
    wait_until(&mut harness, "the pair is open", |studio| studio.session().page().scan.width() == 96);
    assert!(!harness.state().generate().is_running());
}

#[test]
fn a_generation_is_paused_found_again_and_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio(folder.path());
    perform(&mut harness, GenerateAction::NewWith(Box::new(quick(100_000))));
    harness.get_by_label("Start generating").click();
    wait_until(&mut harness, "some pairs are there", |studio| {
        studio.generate().selected().is_some_and(|record| record.made >= 3)
    });
    drop(harness);

    // The window is gone; another one finds the generation at work.
    let mut harness = studio(folder.path());
    let made = harness.state().generate().selected().expect("it is found").made;
    assert_eq!(state(harness.state()), Some(&GenerationState::Running));
    wait_until(&mut harness, "it goes on without its window", |studio| {
        studio
            .generate()
            .selected()
            .is_some_and(|record| record.made > made + 2 && record.secs_left.is_some())
    });
    harness.get_by_label("Pause").click();
    wait_until(&mut harness, "it pauses", |studio| state(studio) == Some(&GenerationState::Stopped));
    drop(harness);
    let generation = folder.path().join("generations/pairs-1");
    let paused = GenerationRecord::read(&generation).expect("a generation");
    assert_eq!(paused.state, GenerationState::Stopped);

    let mut harness = studio(folder.path());
    harness.get_by_label("PAUSED");
    harness.get_by_label("Resume").click();
    wait_until(&mut harness, "it goes on", |studio| {
        studio.generate().selected().is_some_and(|record| record.made > paused.made + 2)
    });
    harness.get_by_label("Pause").click();
    wait_until(&mut harness, "it pauses again", |studio| state(studio) == Some(&GenerationState::Stopped));
    let manifest = Manifest::read(&generation).expect("a data set");
    let mut ids: Vec<&str> = manifest.entries.iter().map(|entry| entry.id.as_str()).collect();
    ids.dedup();
    assert_eq!(
        ids.len() as u64,
        harness.state().generate().selected().expect("it is shown").made,
        "nothing twice"
    );
    assert_eq!(ids[0], "pair-0000000");
}

#[test]
fn several_generations_stand_in_the_list_those_of_the_command_line_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = folder.path().join("disk/by hand");
    let arguments = quick(2).arguments();
    let status = std::process::Command::new(PROGRAM)
        .args(["generate", "local", "--out"])
        .arg(&elsewhere)
        .args(arguments)
        .stderr(std::process::Stdio::null())
        .status()
        .expect("a process");
    assert!(status.success());
    let mut harness = studio(folder.path());
    perform(&mut harness, GenerateAction::Add(folder.path().to_owned()));
    wait_until(&mut harness, "a folder without pairs is refused", |studio| {
        studio.first_error().is_some_and(|text| text.contains("holds no generated pairs"))
    });
    perform(&mut harness, GenerateAction::Add(elsewhere.clone()));
    wait_until(&mut harness, "it is in the list", |studio| studio.generate().selected().is_some());
    harness.get_by_label("Generation by hand");
    let request = GenerationRequest { masks: MasksFrom::Recipe("csc".into()), ..quick(1) };
    perform(&mut harness, GenerateAction::NewWith(Box::new(request)));
    harness.get_by_label("Start generating").click();
    harness.run_steps(3);
    assert!(harness.state().generate().is_running(), "the new one is shown");
    wait_until(&mut harness, "a pair of the case is there", |studio| {
        state(studio) == Some(&GenerationState::Finished)
    });
    harness.get_by_label("Generation by hand").click();
    harness.run_steps(2);
    assert_eq!(harness.state().generate().selected().map(|record| record.path.clone()), Some(elsewhere));
    drop(harness);
    let mut harness = studio(folder.path());
    harness.run_steps(2);
    harness.get_by_label("Generation by hand");
    harness.get_by_label("Generation pairs-1");
}

#[test]
fn what_keeps_pairs_from_being_made_is_said_in_plain_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut harness = studio(folder.path());
    // A folder that cannot be made: its parent is a file.
    let file = folder.path().join("a file");
    retidiff::formats::write_atomically(&file, b"text").expect("written");
    perform(&mut harness, GenerateAction::Start);
    let refused = harness.state().first_error().expect("no form is open").to_owned();
    perform(&mut harness, GenerateAction::NewWith(Box::new(quick(3))));
    assert_eq!(harness.state().first_error(), Some(refused.as_str()), "something else has succeeded");
    harness.state_mut().generate_mut().keep_in(&file);
    harness.run_steps(2);
    harness.get_by_label("Start generating").click();
    wait_for_words(&mut harness, "keep the pairs elsewhere");
    assert_ne!(harness.state().first_error(), Some(refused.as_str()), "a start has succeeded since");
    harness.get_by_label("BROKE OFF");

    // A model that is not there.
    let request = GenerationRequest { model: Some("no/such.safetensors".into()), ..quick(3) };
    perform(&mut harness, GenerateAction::NewWith(Box::new(request)));
    harness.get_by_label("Measure").click();
    wait_for_words(&mut harness, "the model file cannot be read");
}

/// The program with a shell's limits, as on a full disk.
#[cfg(unix)]
fn on_a_full_disk(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let script = folder.join("limited.sh");
    let text = format!("#!/bin/sh\ntrap '' XFSZ; ulimit -f 4\nexec '{PROGRAM}' \"$@\"\n");
    retidiff::formats::write_file(&script, text.as_bytes()).expect("written");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("executable");
    script
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_said_and_the_generation_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = on_a_full_disk(folder.path());
    let mut harness = studio_of(folder.path(), program, [1360.0, 820.0]);
    perform(&mut harness, GenerateAction::NewWith(Box::new(quick(3))));
    harness.get_by_label("Start generating").click();
    wait_until(&mut harness, "it breaks off", |studio| {
        matches!(state(studio), Some(GenerationState::Failed(_)))
    });
    let Some(GenerationState::Failed(message)) = state(harness.state()).cloned() else { unreachable!() };
    assert!(message.contains("images") && message.contains("free some space"), "{message}");
    harness.get_by_label_contains("free some space");
    harness.state_mut().generate_mut().use_program(PROGRAM.into());
    harness.get_by_label("Resume").click();
    wait_until(&mut harness, "all pairs are there", |studio| {
        state(studio) == Some(&GenerationState::Finished)
    });
    assert_eq!(harness.state().generate().selected().map(|record| record.made), Some(3));
}

/// Draws the picture of the documentation, which is then reduced to 128 colours and 1088 columns; minutes long, so only
/// when it is asked for.
#[test]
#[ignore = "draws docs/pictures/generate.png"]
fn the_picture_of_the_page() {
    // A data folder with a generation at work, or one is begun here.
    let begun = std::env::var_os("GENERATIONS_OF_PICTURE").map(PathBuf::from);
    let folder = tempfile::tempdir().expect("a folder");
    let home = begun.clone().unwrap_or_else(|| folder.path().to_owned());
    let out = home.join("generations/fluid");
    let mut child = None;
    if begun.is_none() {
        let mut request =
            GenerationRequest { pairs: 60, steps: 8, mask_steps: 12, ..GenerationRequest::default() };
        request.conditions.fluid_mm2 = Some([0.02, 0.3]);
        request.conditions.thickness_um = Some([280.0, 420.0]);
        request.filters.thickness_um = Some([220.0, 500.0]);
        request.device = DeviceChoice::Cpu;
        let mut command = std::process::Command::new(PROGRAM);
        command.args(["generate", "local", "--json", "--out"]).arg(&out).args(request.arguments());
        child = Some(command.stdout(std::process::Stdio::null()).spawn().expect("a process"));
    }
    while GenerationRecord::read(&out).map_or(0, |record| record.made) < 9 {
        sleep(Duration::from_millis(200));
    }
    let mut harness = studio_of(&home, PROGRAM.into(), [1360.0, 820.0]);
    wait_until(&mut harness, "the sheet is drawn", |studio| {
        studio.generate().is_settled()
            && studio.generate().selected().is_some_and(|record| record.secs_left.is_some())
    });
    let image = harness.render().expect("a picture");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures/generate.png");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    image.save(&path).expect("written");
    harness.get_by_label("Pause").click();
    wait_until(&mut harness, "it pauses", |studio| state(studio) == Some(&GenerationState::Stopped));
    if let Some(mut child) = child {
        child.wait().expect("it has ended");
    }
}
