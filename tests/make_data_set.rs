//! Scans and masks of a folder become a data set on the Train page, which then has it chosen: no terminal is needed.

use std::path::{Path, PathBuf};

use eframe::egui::Event;
use egui_kittest::kittest::Queryable;
use retidiff::dataset::building::{BuildError, BuildTerms, build};
use retidiff::dataset::importing::{ImportTerms, import};
use retidiff::dataset::watch::{Progress, Tally, Watch, Work};
use retidiff::dataset::{Manifest, Role, Split};
use retidiff::encoding::noise::Rng;
use retidiff::formats::{label_png, scan_image, write_file};
use retidiff::scan::GreyImage;
use retidiff::studio::shell::action::Action;
use retidiff::studio::training::TrainingAction;

use crate::folder_opening::type_folder;
use crate::jobs::types_paths;
use crate::keeping_work::wait_for_files;
use crate::studio::{options, studio_with, wait_until};

const SUBJECTS: u64 = 6;

/// Six people with two scans each, their masks, and one scan that is none.
fn pairs(folder: &Path) -> PathBuf {
    let root = folder.join("my scans");
    let (width, height) = (48_u32, 40_u32);
    for subject in 0..SUBJECTS {
        for number in 0..2 {
            let mut rng = Rng::new(9, 0, 10 * subject + number);
            let waves: Vec<f64> = (0..6).map(|_| 1.0 + 5.0 * rng.uniform()).collect();
            let pixels = (0..width * height).map(|at| {
                let [x, y] = [at % width, at / width].map(|side| f64::from(side) / 48.0);
                let waves = waves.chunks_exact(3);
                let sum: f64 = waves.map(|wave| (wave[0] * x + wave[1] * 3.0 * y + wave[2]).sin()).sum();
                (110.0 + 35.0 * sum) as u8 + rng.below(12) as u8
            });
            let scan = GreyImage::new(width, height, pixels.collect::<Vec<u8>>());
            let codes: Vec<u8> = (0..width * height)
                .map(|at| (at / width).saturating_sub(8).div_ceil(3).min(8) as u8)
                .collect();
            let name = format!("s{subject}_{number}.png");
            let scan = scan_image::write(&scan, &[]).expect("a scan");
            write_file(&root.join("images").join(&name), &scan).expect("written");
            let labels = label_png::write(width, height, &codes, &[]).expect("labels");
            write_file(&root.join("masks").join(&name), &labels).expect("written");
        }
    }
    for part in ["images", "masks"] {
        write_file(&root.join(part).join("s9_0.png"), b"no picture").expect("written");
    }
    root
}

fn split_of(set: &Path) -> Split {
    let bytes = std::fs::read(set.join("split.json")).expect("a split");
    serde_json::from_slice(&bytes).expect("a split that can be read")
}

#[test]
fn a_data_set_is_made_and_chosen_without_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let scans = pairs(folder.path());
    let data_folder = folder.path().join("data");
    let mut harness = studio_with(retidiff::studio::shell::app::AppOptions {
        data_folder: Some(data_folder.clone()),
        ..options()
    });
    harness.get_by_label("Train").click();
    harness.run_steps(3);
    harness.get_by_label("New run").click();
    harness.run_steps(3);
    harness.get_by_label("Make data set…").click();
    harness.run_steps(3);
    harness.get_by_label("Add a folder of scans, or files.");
    if types_paths() {
        harness.get_by_label("Add folder…").click();
        // The click is seen in the next frame; only then is there somebody to wait for.
        harness.run_steps(3);
        wait_for_files(&mut harness);
        type_folder(&mut harness, &scans);
    } else {
        harness.state_mut().perform(Action::Training(TrainingAction::AddInputs(vec![scans])));
    }
    wait_until(&mut harness, "the folder is known", |studio| studio.training().data_form_problem().is_none());
    harness.run_steps(2);
    harness.get_by_label_contains("scans with masks");
    let place = harness.get_by_label("Make").rect();
    harness.get_by_label("Subject before").focus();
    harness.run_steps(2);
    harness.event(Event::Text("_".to_owned()));
    harness.run_steps(2);
    harness.get_by_label("Make").click();
    harness.run_steps(2);
    wait_until(&mut harness, "it is made", |studio| {
        !studio.training().is_making_data()
            && studio.training().chosen_data().is_some_and(|data| !data.is_empty())
    });
    harness.run_steps(3);
    harness.get_by_label("Left out: 1");
    assert_eq!(harness.get_by_label("Make").rect(), place, "what is said late has moved nothing");
    harness.get_by_label("Close").click();
    wait_until(&mut harness, "a run may start on it", |studio| {
        studio.training().form_problems().is_some_and(|problems| problems.is_empty())
    });

    let set = data_folder.join("datasets/data set");
    assert_eq!(harness.state().training().chosen_data(), set.to_str());
    let (manifest, split) = (Manifest::read(&set).expect("a data set"), split_of(&set));
    assert_eq!(manifest.entries.len(), 2 * SUBJECTS as usize);
    assert!(manifest.entries.iter().all(|entry| entry.label.is_some()));
    let sides: Vec<Role> = (0..SUBJECTS)
        .map(|subject| {
            let of = |number: u64| {
                let id = format!("s{subject}_{number}");
                let entry = manifest.entries.iter().find(|entry| entry.id == id).expect("the scan");
                split.role(&entry.subject)
            };
            assert_eq!(of(0), of(1), "both scans of a subject are on one side");
            of(0)
        })
        .collect();
    assert!(sides.contains(&Role::Validation) && sides.contains(&Role::Training), "{sides:?}");
}

/// Hears everything, and stops at a scan.
#[derive(Default)]
struct Stopping {
    at: Option<(Work, usize)>,
    skipped: Vec<String>,
}

impl Watch for Stopping {
    fn note(&mut self, _text: &str) {}

    fn skipped(&mut self, text: &str) {
        self.skipped.push(text.to_owned());
    }

    fn imported(&mut self, _input: &Path, _tally: &Tally) {}

    fn goes_on(&mut self, progress: Progress) -> bool {
        self.at.is_none_or(|(work, done)| progress.work != work || progress.done < done)
    }
}

#[test]
fn a_scan_with_text_in_its_corner_waits_until_somebody_has_looked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (scans, out) = (folder.path().join("scans"), folder.path().join("set"));
    let (width, height) = (256_usize, 200_usize);
    for (name, strokes) in [("plain", 0), ("named", 6)] {
        let mut pixels = vec![30_u8; width * height];
        pixels[90 * width..110 * width].fill(140);
        // Strokes of one height side by side, as of a number on a screen.
        for stroke in 0..strokes {
            for y in 4..16 {
                let x = 8 + 6 * stroke;
                pixels[y * width + x..y * width + x + 2].fill(250);
            }
        }
        let scan = scan_image::write(&GreyImage::new(width as u32, height as u32, pixels), &[]);
        write_file(&scans.join(format!("{name}.png")), &scan.expect("a scan")).expect("written");
    }
    let terms = ImportTerms { out: out.clone(), unlabelled: true, ..ImportTerms::default() };
    let mut watch = Stopping::default();
    import(std::slice::from_ref(&scans), &terms, &mut watch).expect("imported");
    assert_eq!(Manifest::read(&out).expect("a set").entries.len(), 1);
    assert_eq!(watch.skipped.len(), 1, "{:?}", watch.skipped);
    assert!(watch.skipped[0].contains("named: text seems to stand"), "{:?}", watch.skipped);
    let terms = ImportTerms { with_text: true, ..terms };
    import(&[scans], &terms, &mut Stopping::default()).expect("imported");
    assert_eq!(Manifest::read(&out).expect("a set").entries.len(), 2);
}

#[test]
fn a_build_that_is_stopped_goes_on_where_it_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let terms = BuildTerms {
        inputs: vec![pairs(folder.path())],
        out: folder.path().join("set"),
        import: ImportTerms { subject_separator: Some('_'), ..ImportTerms::default() },
        ..BuildTerms::default()
    };
    let mut watch = Stopping { at: Some((Work::Importing, 4)), ..Stopping::default() };
    let stopped = build(&terms, &mut watch);
    assert!(matches!(stopped, Err(BuildError::Import(_))), "{stopped:?}");
    let mut watch = Stopping { at: Some((Work::Framing, 5)), ..Stopping::default() };
    let stopped = build(&terms, &mut watch);
    assert!(matches!(stopped, Err(BuildError::Stopped(5))), "{stopped:?}");
    assert_eq!(Manifest::read(&terms.out).expect("so far").entries.len(), 5);
    let mut watch = Stopping::default();
    let built = build(&terms, &mut watch).expect("the rest");
    assert_eq!(built.manifest.entries.len(), 2 * SUBJECTS as usize);
    assert_eq!(built.split, split_of(&terms.out));
    assert_eq!(watch.skipped.len(), 1, "{:?}", watch.skipped);
    assert!(watch.skipped[0].contains("s9_0"), "{:?}", watch.skipped);
}
