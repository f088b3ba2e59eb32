//! One run after the other, measured and kept.

use std::path::{Path, PathBuf};

use super::arms::{AblationArm, Conditions, MeasuredRun, Trained};
use super::figures::Ruler;
use super::report::AblationReport;
use crate::dataset::Manifest;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::evaluation::{EvaluationError, LeakGuard, SeenEyes, Subjects};
use crate::formats::{read_file, write_file};

/// Version of the JSON report and of the kept figures.
const REPORT_VERSION: u32 = 1;
/// Folder of the kept figures.
const KEPT: &str = "figures";
/// Characters of a hash in the name of a file of figures.
const HASH_IN_NAME: usize = 16;

/// How an ablation comes by the figures of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunMeasurement {
    /// They are those of an earlier call.
    Kept,
    /// The masks of so many scans are drawn.
    Drawing(usize),
}

/// What all runs are measured by.
pub struct Ablation {
    ruler: Ruler,
    conditions: Conditions,
    settings: SamplingSettings,
    guard: LeakGuard,
    /// Where the figures of runs are kept.
    kept: PathBuf,
}

impl Ablation {
    /// Reads at most `most` labelled scans of the subjects, spread evenly. Figures are kept in `out`, where nothing is made
    /// before there are some. Pictures are drawn by `settings` from noise of `seed` and those that follow.
    ///
    /// # Errors
    /// If a scan cannot be read or there is none.
    pub fn begin(
        manifest: &Manifest,
        who: &Subjects,
        most: usize,
        (settings, seed): (SamplingSettings, u64),
        guard: LeakGuard,
        out: &Path,
    ) -> Result<Self, EvaluationError> {
        let ruler = Ruler::new(manifest, who, most)?;
        let conditions = Conditions {
            version: REPORT_VERSION,
            subjects: who.measured.clone(),
            scans: ruler.ids(),
            sampler: settings.sampler.name().to_owned(),
            steps: settings.steps,
            seed,
        };
        Ok(Self { ruler, conditions, settings, guard, kept: out.join(KEPT) })
    }

    /// The figures of a run's model, whose file is `path`: kept ones, or new ones that are kept from now on. `on_begin` is
    /// told which before they are drawn.
    ///
    /// # Errors
    /// If the run trained on a subject that is measured or is not finished, or the figures cannot be written.
    pub fn measure(
        &self,
        path: &Path,
        synthesizer: &Synthesizer,
        on_begin: impl FnOnce(RunMeasurement),
    ) -> Result<MeasuredRun, EvaluationError> {
        let info = synthesizer.info();
        let seen = self.guard.check(path, &info.training, &self.conditions.subjects)?;
        let short = &info.tensors_sha256[..info.tensors_sha256.len().min(HASH_IN_NAME)];
        let file = self.kept.join(format!("{short}.json"));
        let trained = Trained::of(&info.name, &info.training);
        if trained.steps < trained.of_steps {
            return Err(EvaluationError::Refused(format!(
                "{} has {} of {} steps: resume its training first",
                path.display(),
                trained.steps,
                trained.of_steps
            )));
        }
        if let Some(known) = read_kept(&file, &self.conditions, &info.tensors_sha256) {
            on_begin(RunMeasurement::Kept);
            return Ok(MeasuredRun { seen, ..known });
        }
        on_begin(RunMeasurement::Drawing(self.conditions.scans.len()));
        let (tensors_sha256, validation_loss) =
            (info.tensors_sha256.clone(), info.training.validation_loss.copied());
        let (figures, secs_per_scan) =
            self.ruler.measure(synthesizer, self.settings, self.conditions.seed, validation_loss);
        let conditions = self.conditions.clone();
        let measured = MeasuredRun { conditions, tensors_sha256, trained, seen, secs_per_scan, figures };
        write_file(&file, &serde_json::to_vec_pretty(&measured)?)?;
        Ok(measured)
    }

    /// The tables of all arms, with the device as shown to the user and a sentence of theirs.
    pub fn report(self, device: String, note: Option<String>, arms: Vec<AblationArm>) -> AblationReport {
        let mut seen = SeenEyes { allow_seen: self.guard.allow_seen, ..SeenEyes::default() };
        arms.iter().flat_map(|arm| &arm.runs).for_each(|run| seen.join(run.seen.clone()));
        AblationReport {
            version: REPORT_VERSION,
            device,
            note,
            conditions: self.conditions,
            seen,
            real_of_training_subjects: self.ruler.control(),
            arms,
        }
    }
}

/// Figures of an earlier call, if they are of the same weights under the same conditions.
fn read_kept(file: &Path, conditions: &Conditions, tensors_sha256: &str) -> Option<MeasuredRun> {
    let known: MeasuredRun = serde_json::from_slice(&read_file(file).ok()?).ok()?;
    (known.conditions == *conditions && known.tensors_sha256 == tensors_sha256).then_some(known)
}
