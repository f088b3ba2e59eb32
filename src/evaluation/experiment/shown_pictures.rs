//! No row measures a picture that it learned from: what `evaluate downstream` refuses is refused here, too, for every run
//! that goes into a row, those of its judge and its painter among them.

use std::collections::HashMap;

use rayon::prelude::*;

use super::context::Worker;
use super::error::ExperimentError;
use super::plan::{ExperimentPlan, MaskOrigin, Task, Training, TrainingSet};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry, Role, Split};
use crate::evaluation::downstream::{DownstreamError, MeasuredPictures, TAKE_OUT, TestSet, check_real};
use crate::training::Stage;

/// Of a larger set for stage 1, such as OCT2017, only names are compared: to read all of it would take minutes at every start.
const MAX_READ: usize = 4096;

/// Scans that a run is shown.
#[derive(PartialEq)]
struct Shown<'a> {
    /// Whether they are of the scans for stage 1.
    is_pretraining: bool,
    split: &'a Split,
    labels: Labels,
}

/// Which of a subject's scans a run is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Labels {
    Any,
    /// A grader's or the auto-trace's.
    Given,
    Graded,
}

impl<'a> Shown<'a> {
    fn to(task: &'a Task, has_pretraining: bool) -> Option<Self> {
        let graded = |split| Some(Self { is_pretraining: false, split, labels: Labels::Graded });
        match task {
            Task::Train(Training { config, on, .. }) => match on {
                TrainingSet::Arm { arm, split, .. } => graded(split).filter(|_| arm.real),
                TrainingSet::Data | TrainingSet::Pretraining => Some(Self {
                    is_pretraining: has_pretraining && matches!(on, TrainingSet::Pretraining),
                    split: &config.split,
                    labels: match config.stage {
                        Stage::Pretrain => Labels::Any,
                        _ if config.pseudo_labelled => Labels::Given,
                        _ => Labels::Graded,
                    },
                }),
            },
            Task::Pairs { masks: MaskOrigin::Training(split), .. }
            | Task::Painted { split, .. }
            | Task::Pictures { split: Some(split), .. } => graded(split),
            Task::Pairs { .. } | Task::Pictures { .. } | Task::Segmenter { .. } | Task::Labels { .. } => None,
        }
    }

    fn has(&self, entry: &ManifestEntry) -> bool {
        let is_labelled = match self.labels {
            Labels::Any => true,
            Labels::Given => entry.label.is_some(),
            Labels::Graded => entry.is_graded(),
        };
        is_labelled && self.split.role(&entry.subject) == Role::Training
    }
}

/// Who is measured, and what the runs that go into those rows are shown.
type Measured<'a> = (&'a [String], Vec<Shown<'a>>);

fn shown_by_measured(plan: &ExperimentPlan, has_pretraining: bool) -> Vec<Measured<'_>> {
    let tasks: HashMap<&str, &Task> = plan.runs.iter().map(|run| (run.name.as_str(), &run.task)).collect();
    let mut rows: Vec<Measured> = Vec::new();
    for run in &plan.runs {
        let (Task::Pictures { measured, .. } | Task::Labels { measured, .. }) = &run.task else { continue };
        let at = rows.iter().position(|(known, _)| *known == measured.as_slice()).unwrap_or(rows.len());
        if at == rows.len() {
            rows.push((measured.as_slice(), Vec::new()));
        }
        for shown in
            with_needs(&run.task, &tasks).into_iter().filter_map(|task| Shown::to(task, has_pretraining))
        {
            if !rows[at].1.contains(&shown) {
                rows[at].1.push(shown);
            }
        }
    }
    rows
}

/// A task and all that it needs.
fn with_needs<'a>(task: &'a Task, tasks: &HashMap<&str, &'a Task>) -> Vec<&'a Task> {
    let mut found = vec![task];
    let mut at = 0;
    while let Some(&task) = found.get(at) {
        for need in task.needs().into_iter().filter_map(|name| tasks.get(name).copied()) {
            if !found.iter().any(|known| std::ptr::eq(*known, need)) {
                found.push(need);
            }
        }
        at += 1;
    }
    found
}

impl Worker<'_> {
    /// Refuses scans that a row's runs are shown and that are of an eye that the row measures, or the picture of a scan
    /// that it measures under another name. Every scan is read once.
    pub(super) fn check_shown_pictures(&self) -> Result<(), ExperimentError> {
        let rows = shown_by_measured(self.plan, self.pretraining.is_some());
        let tests: Vec<TestSet> = rows
            .iter()
            .map(|(measured, _)| self.test_set(measured))
            .collect::<Result<_, ExperimentError>>()?;
        let guards: Vec<(&TestSet, MeasuredPictures, &[Shown])> = tests
            .iter()
            .zip(&rows)
            .map(|(test, (_, shown))| (test, MeasuredPictures::of(test), shown.as_slice()))
            .collect();
        let sets: [(bool, Option<&Manifest>); 2] = [(false, Some(self.data)), (true, self.pretraining)];
        for (is_pretraining, scans) in sets.into_iter().filter_map(|(is, scans)| Some((is, scans?))) {
            let check = |entry: &ManifestEntry| -> Result<(), DownstreamError> {
                let is_shown = |shown: &Shown| shown.is_pretraining == is_pretraining && shown.has(entry);
                let concerned: Vec<_> =
                    guards.iter().filter(|(_, _, shown)| shown.iter().any(&is_shown)).collect();
                if concerned.is_empty() {
                    return Ok(());
                }
                if is_pretraining && scans.entries.len() > MAX_READ {
                    return concerned.into_iter().try_for_each(|(test, ..)| test.check_unseen(scans, entry));
                }
                if !is_pretraining && entry.is_graded() {
                    check_real(scans, entry, TAKE_OUT)?;
                }
                // Labels do not say whether it is the same picture.
                let bare = ManifestEntry { label: None, scanned_area: None, ..entry.clone() };
                let scan = LabelledScan::load(scans, &bare)?;
                concerned.into_iter().try_for_each(|(test, pictures, _)| {
                    test.check_unseen(scans, entry)?;
                    pictures.check(scans, &scan)
                })
            };
            scans.entries.par_iter().try_for_each(check)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use burn::tensor::Device;

    use super::*;
    use crate::dataset::manifest::SYNTHETIC;
    use crate::encoding::noise::Rng;
    use crate::evaluation::downstream::Arm;
    use crate::evaluation::experiment::plan::{ArmRow, PlannedRun};
    use crate::formats::{label_png, scan_image, write_file};
    use crate::scan::GreyImage;
    use crate::training::{Preset, RunConfig};

    const SIDE: u32 = 32;

    /// A data set of a scan for each subject, called as the subject, all different.
    fn data_set(folder: &Path, subjects: &[&str], seed: u64, is_graded: bool) -> Manifest {
        let entry = |(number, subject): (usize, &&str)| -> ManifestEntry {
            let mut rng = Rng::new(seed, 0, number as u64);
            let pixels: Vec<u8> = (0..SIDE * SIDE).map(|_| rng.below(256) as u8).collect();
            let image = scan_image::write(&GreyImage::new(SIDE, SIDE, pixels), &[]).unwrap();
            write_file(&folder.join(format!("{subject}.png")), &image).unwrap();
            let labels = label_png::write(SIDE, SIDE, &[3; (SIDE * SIDE) as usize], &[]).unwrap();
            write_file(&folder.join("labels.png"), &labels).unwrap();
            let label = is_graded.then_some("labels.png");
            serde_json::from_value(serde_json::json!({
                "version": 1, "id": subject, "image": format!("{subject}.png"), "label": label, "width": SIDE,
                "height": SIDE, "subject": subject, "source": "made"
            }))
            .unwrap()
        };
        let entries = subjects.iter().enumerate().map(entry).collect();
        Manifest { dir: folder.to_owned(), entries }
    }

    fn train(name: &str, from: Option<&str>, stage: Stage, on: TrainingSet) -> PlannedRun {
        let config = Box::new(RunConfig::of(Preset::PaperSmall, stage));
        let training = Training { config, from: from.map(str::to_owned), on };
        PlannedRun { name: name.to_owned(), task: Task::Train(training) }
    }

    #[test]
    fn a_copy_of_a_measured_scan_is_refused_whichever_run_of_a_row_is_shown_it() {
        let folder = tempfile::tempdir().unwrap();
        let [data, others] = ["data", "others"].map(|name| folder.path().join(name));
        let scans = data_set(&data, &["duke-1", "duke-7", "duke-9"], 1, true);
        let pretraining = data_set(&others, &["patient-1"], 2, false);
        let real = TrainingSet::Arm {
            arm: Arm::REAL,
            sampled: None,
            of_masks: None,
            painted: None,
            split: Split::default(),
        };
        let row = ArmRow { network: "n".to_owned(), arm: Arm::REAL, training_scans: 1 };
        let measured = vec!["duke-9".to_owned()];
        let labels = Task::Labels { row, segmenter: "segmenter".to_owned(), measured };
        let runs = vec![
            train("first", None, Stage::Pretrain, TrainingSet::Pretraining),
            train("segmenter", Some("first"), Stage::Finetune, real),
            PlannedRun { name: "row".to_owned(), task: labels },
        ];
        let check_in = |data: &Manifest| {
            let plan = ExperimentPlan::new("t".to_owned(), data, Some(&pretraining), runs.clone());
            let worker = Worker {
                plan: &plan,
                folder: folder.path(),
                data,
                pretraining: Some(&pretraining),
                device: Device::flex(),
                device_name: String::new(),
            };
            worker.check().map(drop).map_err(|error| error.to_string())
        };
        let check = || check_in(&scans);
        let measured = std::fs::read(data.join("duke-9.png")).unwrap();
        assert_eq!(check(), Ok(()));
        // Nobody trains on a scan that only validates.
        write_file(&data.join("duke-7.png"), &measured).unwrap();
        assert_eq!(check(), Ok(()));
        for copy in [data.join("duke-1.png"), others.join("patient-1.png")] {
            let own = std::fs::read(&copy).unwrap();
            write_file(&copy, &measured).unwrap();
            let error = check().unwrap_err();
            assert!(error.starts_with(&*copy.display().to_string()), "{error}");
            assert!(error.contains("pixel by pixel") && error.contains("duke-9.png"), "{error}");
            assert!(error.contains("measure other subjects (--subjects)"), "{error}");
            write_file(&copy, &own).unwrap();
        }
        assert_eq!(check(), Ok(()));

        let mut with_pair = scans.clone();
        with_pair.entries[0].source = SYNTHETIC.to_owned();
        let error = check_in(&with_pair).unwrap_err();
        assert!(error.contains("\"duke-1\" is a synthetic pair"), "{error}");
    }
}
