//! The segmenter that judges what methods draw: trained on real scans alone, here or elsewhere, and never on an eye that
//! is measured.

use std::path::Path;

use burn::tensor::Device;

use super::context::Worker;
use super::error::ExperimentError;
use super::plan::Task;
use super::training::model_of;
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry, Role, Split};
use crate::diffusion::TrainingSummary;
use crate::encoding::Mapping;
use crate::evaluation::downstream::painter_of;
use crate::evaluation::features::SegmenterFeatures;
use crate::evaluation::leak_guard::{seen, unknown_ancestors};
use crate::formats::provenance::sha256_hex;
use crate::formats::{FormatError, read_file, write_file};
use crate::metrics::painter::Painter;
use crate::metrics::segmentation::LabelledPair;
use crate::metrics::segmentation::confusion::Confusion;
use crate::scan::{GreyImage, Spacing};
use crate::segmentation::labeller::ASSUMED_SPACING;
use crate::segmentation::{Labeller, SegmenterInfo, segmenter_file};

/// Name of a given judge's file beside the plan.
const JUDGE_FILE: &str = "judge.safetensors";

/// A segmenter that is to judge, in place of one that the experiment trains.
#[derive(Clone, Debug)]
pub struct GivenJudge {
    bytes: Vec<u8>,
    /// As the user named it.
    place: String,
    name: String,
    training: TrainingSummary,
}

impl GivenJudge {
    /// From the bytes of a segmenter's file; `place` is what the user called it.
    ///
    /// # Errors
    /// If it is no segmenter, or one whose features are not taken.
    pub fn read(bytes: Vec<u8>, place: String) -> Result<Self, ExperimentError> {
        let (network, info) = segmenter_file::load(&bytes, &place, &Device::flex())?;
        if !network.has_features() {
            let remedy = "choose the bundled segmenter or one of the kind `small`";
            return Err(ExperimentError::refused(&place, "features of this segmenter are not taken", remedy));
        }
        Ok(Self { bytes, place, name: info.name, training: info.training })
    }

    /// Refuses a judge that trained on an eye that is measured, or does not say on whom it trained.
    ///
    /// # Errors
    /// If so.
    pub fn check_unseen(&self, measured: &[String]) -> Result<(), ExperimentError> {
        check_unseen(&self.place, &self.training, measured)
    }

    /// The run that takes it.
    pub(super) fn task(&self) -> Task {
        Task::Segmenter {
            name: self.name.clone(),
            file: JUDGE_FILE.to_owned(),
            sha256: sha256_hex(&self.bytes),
        }
    }

    /// Puts it beside the plan, where workers find it.
    ///
    /// # Errors
    /// If another one lies there, or it cannot be written.
    pub fn keep(&self, experiment: &Path) -> Result<(), ExperimentError> {
        let path = experiment.join(JUDGE_FILE);
        if !path.exists() {
            return Ok(write_file(&path, &self.bytes)?);
        }
        match read_file(&path)? == self.bytes {
            true => Ok(()),
            false => {
                let remedy = "name another folder with --out";
                Err(ExperimentError::refused(path.display(), "another judge lies there", remedy))
            }
        }
    }
}

/// Refuses a segmenter that may know an eye that is measured.
fn check_unseen(place: &str, training: &TrainingSummary, measured: &[String]) -> Result<(), ExperimentError> {
    let trained = seen(training, measured);
    let problem = if !trained.is_empty() {
        format!("the judge trained on {}, who are measured", trained.join(", "))
    } else if training.trained_on().is_empty() || !unknown_ancestors(training).is_empty() {
        format!("the judge does not say on whom it trained, and may know {}", measured.join(", "))
    } else {
        return Ok(());
    };
    Err(ExperimentError::refused(place, problem, "name another --judge, or measure other --subjects"))
}

/// The real scans that pictures are held against, each in the columns that networks are shown: with a split those of
/// subjects who train, without one those that the judge trained on.
pub(super) fn real_scans<'a>(
    data: &'a Manifest,
    split: Option<&'a Split>,
    judge: &'a SegmenterInfo,
) -> impl Iterator<Item = Result<LabelledScan, FormatError>> + 'a {
    let is_taken = move |entry: &&ManifestEntry| {
        entry.is_graded()
            && match split {
                Some(split) => split.role(&entry.subject) == Role::Training,
                None => judge.training.trained_on().contains(&entry.subject),
            }
    };
    data.entries.iter().filter(is_taken).map(move |entry| -> Result<LabelledScan, FormatError> {
        let scan = LabelledScan::load(data, entry)?;
        let columns = match split {
            Some(_) => scan.annotated_columns(),
            None => scan.shown_columns(&judge.mapping),
        };
        Ok(scan.cropped(columns))
    })
}

/// The segmenter that judges.
pub(super) struct Judge {
    labeller: Labeller,
    features: SegmenterFeatures,
}

impl Judge {
    /// The one of a run that is done.
    ///
    /// # Errors
    /// If it cannot be read, has no features, or may know an eye that is measured.
    pub fn load(worker: &Worker, run: &str, measured: &[String]) -> Result<Self, ExperimentError> {
        let file = model_of(worker.folder, run);
        let name = file.display().to_string();
        let (network, info) = segmenter_file::load(&read_file(&file)?, &name, &worker.device)?;
        check_unseen(&name, &info.training, measured)?;
        if !network.has_features() {
            let problem = "a network whose features are not taken";
            return Err(ExperimentError::plan("the segmenter that judges", problem));
        }
        let labeller = Labeller::new(network.clone(), info.clone(), worker.device.clone());
        Ok(Self { labeller, features: SegmenterFeatures::new(network, info, worker.device.clone()) })
    }

    fn mapping(&self) -> &Mapping {
        &self.labeller.info().mapping
    }

    /// Which class of a mask the segmenter takes for which in the scan drawn from it.
    pub fn agreement(&self, scan: &LabelledScan, picture: &GreyImage) -> Confusion {
        let shown = scan.shown_columns(self.mapping());
        let drawn = LabelledScan { image: picture.clone(), ..scan.clone() };
        let found = self.labeller.label(&drawn.cropped(shown.clone()).image, scan.entry.spacing).codes;
        let width = scan.image.width as usize;
        // Columns that the segmenter is not shown are not judged.
        let mut codes = scan.labels.clone();
        for (row, found) in codes.chunks_exact_mut(width).zip(found.chunks_exact(shown.len())) {
            row[shown.clone()].copy_from_slice(found);
        }
        let columns: Vec<bool> = (0..scan.image.width).map(|x| scan.is_column_valid(x)).collect();
        Confusion::of(&LabelledPair {
            size: [scan.image.width, scan.image.height],
            truth: &scan.labels,
            predicted: &codes,
            scanned: &scan.scanned,
            columns: &columns,
            spacing: scan.entry.spacing.unwrap_or(ASSUMED_SPACING),
        })
    }

    /// The painter of [`real_scans`].
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn painter(&self, data: &Manifest, split: Option<&Split>) -> Result<Painter, ExperimentError> {
        Ok(painter_of(real_scans(data, split, self.features.info()))?)
    }

    /// Features of drawn pairs.
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn features_of_pairs(&self, pairs: &Manifest) -> Result<Vec<Vec<f64>>, ExperimentError> {
        let of_entry = |entry: &ManifestEntry| -> Result<Vec<f64>, ExperimentError> {
            Ok(self.features_of(&LabelledScan::load(pairs, entry)?.image, entry.spacing))
        };
        pairs.entries.iter().map(of_entry).collect()
    }

    /// Features of [`real_scans`].
    ///
    /// # Errors
    /// If one cannot be read.
    pub fn features_of_real(
        &self,
        data: &Manifest,
        split: Option<&Split>,
    ) -> Result<Vec<Vec<f64>>, ExperimentError> {
        real_scans(data, split, self.features.info())
            .map(|scan| -> Result<Vec<f64>, ExperimentError> {
                let scan = scan?;
                Ok(self.features_of(&scan.filled_image(), scan.entry.spacing))
            })
            .collect()
    }

    /// On a square every picture has one size; a judge with a scale of its own sees pictures of any size at that, or
    /// small ones would differ from real scans by their size alone.
    fn features_of(&self, image: &GreyImage, spacing: Option<Spacing>) -> Vec<f64> {
        let spacing = spacing.filter(|_| self.mapping().fixed_size.is_none());
        self.features.of_spaced(image, spacing)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::diffusion::model_file::Precision;
    use crate::evaluation::experiment::plan::ExperimentPlan;
    use crate::metrics::segmentation::CLASS_COUNT;
    use crate::nn::SegmenterConfig;
    use crate::nn::segmenter::SmallConfig;

    pub fn segmenter(training: serde_json::Value) -> Vec<u8> {
        let small = SmallConfig { widths: vec![8, 8], groups: 4, ..SmallConfig::default() };
        let network = SegmenterConfig::Small(small);
        let untrained = SegmenterInfo::untrained("elsewhere", network.clone(), Mapping::live());
        let info = SegmenterInfo { training: training.into(), ..untrained };
        segmenter_file::encode(&network.init(CLASS_COUNT, &Device::flex()), &info, Precision::F32)
    }

    fn given(training: serde_json::Value) -> GivenJudge {
        GivenJudge::read(segmenter(training), "mine".to_owned()).unwrap()
    }

    #[test]
    fn a_judge_that_may_know_a_measured_eye_is_refused() {
        let measured = ["duke-7".to_owned(), "tian-8".to_owned()];
        let refused = |training| given(training).check_unseen(&measured).unwrap_err().to_string();
        let said = refused(serde_json::json!({"training_subjects": ["duke-1", "mine_duke-7"]}));
        assert!(said.contains("mine: the judge trained on duke-7") && said.contains("--judge"), "{said}");
        let said = refused(serde_json::json!({"training_subjects": ["tian-1"]}));
        assert!(said.contains("tian-8"), "another name of the same eye: {said}");
        assert!(refused(serde_json::json!({})).contains("does not say on whom it trained"));
        let unknown = serde_json::json!({
            "training_subjects": ["duke-1"], "lineage": [{"name": "old", "training_subjects": null}],
        });
        assert!(refused(unknown).contains("does not say"));
        given(serde_json::json!({"training_subjects": ["duke-1"]})).check_unseen(&measured).unwrap();
        assert!(GivenJudge::read(b"no model".to_vec(), "mine".to_owned()).is_err());
    }

    #[test]
    fn a_given_judge_lies_beside_the_plan_and_is_taken_by_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let judge = given(serde_json::json!({"training_subjects": ["duke-1"]}));
        judge.keep(folder.path()).unwrap();
        judge.keep(folder.path()).unwrap();
        let other = given(serde_json::json!({"training_subjects": ["duke-2"]}));
        assert!(other.keep(folder.path()).unwrap_err().to_string().contains("another judge"));
        let Task::Segmenter { name, file, sha256 } = judge.task() else { panic!("it is taken") };
        assert_eq!((name.as_str(), file.as_str()), ("elsewhere", JUDGE_FILE));
        assert_eq!(sha256, sha256_hex(&read_file(&folder.path().join(file)).unwrap()));
    }

    /// Half the pixels of twice the size are the same scan to a judge with a scale of its own. Flat ones are so exactly,
    /// whatever the weights, and only the share of the border tells how large the grid was.
    #[test]
    fn pictures_are_judged_at_the_judges_scale() {
        let data = Manifest { dir: "d".into(), entries: Vec::new() };
        let plan = ExperimentPlan::new("t".to_owned(), &data, None, Vec::new());
        let folder = tempfile::tempdir().unwrap();
        let bytes = segmenter(serde_json::json!({"training_subjects": ["duke-1"]}));
        write_file(&model_of(folder.path(), "judge"), &bytes).unwrap();
        let worker = Worker {
            plan: &plan,
            folder: folder.path(),
            data: &data,
            pretraining: None,
            device: Device::flex(),
            device_name: "CPU".to_owned(),
        };
        let judge = Judge::load(&worker, "judge", &["duke-7".to_owned()]).unwrap();
        assert!(Judge::load(&worker, "judge", &["duke-1".to_owned()]).is_err());
        let flat = |side: u32| GreyImage::new(side, side, vec![200; (side * side) as usize]);
        let own = Spacing::checked(3.87, 11.3);
        let whole = judge.features_of(&flat(128), own);
        let half = judge.features_of(&flat(64), Spacing::checked(2.0 * 3.87, 2.0 * 11.3));
        let blind = judge.features_of(&flat(64), None);
        let apart = |other: &[f64]| whole.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        assert!(apart(&half) < 1e-6 && apart(&blind) > 1e-4, "{} and {}", apart(&half), apart(&blind));
        assert_eq!(judge.features_of(&flat(64), own), blind, "its own scale changes nothing");
    }
}
