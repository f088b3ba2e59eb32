//! Draws pictures of masks that trained and of masks that did not, and measures both.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use burn::tensor::Device;
use rayon::prelude::*;

use super::distances::{Distances, Picture, Real};
use super::loss_gap::{LossGap, LossRuler, ScanLoss, gaps};
use super::report::{MemorisationReport, REPORT_VERSION, SourceFigures};
use crate::dataset::samples::LabelledScan;
use crate::dataset::split::{are_one_eye, eye_of};
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::model_file;
use crate::diffusion::synthesizer::{SamplingSettings, Synthesizer};
use crate::evaluation::drawn_scans::{load, synthesize};
use crate::evaluation::picked::spread;
use crate::evaluation::{EvaluationError, LeakGuard, ScanDone, Subjects};
use crate::formats::FormatError;
use crate::metrics::memorisation::Fingerprint;

/// What is measured, and on how much.
#[derive(Debug)]
pub struct Memorisation<'a> {
    /// The data set that the model was trained on.
    pub manifest: &'a Manifest,
    /// Who stands for eyes that did not train, and by which split the others did.
    pub who: &'a Subjects,
    /// Labelled scans of the former, as [`Subjects::scans`] gives them.
    pub unseen: &'a [&'a ManifestEntry],
    /// Whether the model may have seen them all the same.
    pub guard: LeakGuard,
    /// At most so many masks of each kind and source are drawn, spread evenly.
    pub scans: usize,
    /// At most so many labelled scans of each kind and source whose denoising loss is taken, 0 for none.
    pub loss_scans: usize,
    /// The path from noise to picture.
    pub settings: SamplingSettings,
    /// Of the first picture's noise; the others follow.
    pub seed: u64,
}

impl Memorisation<'_> {
    /// Measures the model of a file: its bytes, and its name for messages. The device comes with its name; `on_picture` is
    /// told each picture that was drawn.
    ///
    /// # Errors
    /// If it is no image model or trained on a subject that stands for those who did not, or scans are missing or cannot be
    /// read.
    pub fn measure(
        &self,
        file: &(impl AsRef<[u8]>, String),
        (device, device_name): (Device, String),
        on_picture: &mut dyn FnMut(&ScanDone),
    ) -> Result<MemorisationReport, EvaluationError> {
        let (manifest, who, seed) = (self.manifest, self.who, self.seed);
        let synthesizer = load(file, &device)?;
        let info = synthesizer.info();
        let seen = self.guard.check(Path::new(&file.1), &info.training, &who.measured)?;
        let training = training_scans(manifest, who, info.training.trained_on());
        if !training.iter().any(|entry| entry.is_graded()) {
            return Err(EvaluationError::Refused(format!(
                "{} holds no labelled scan that {} was trained on: name its data set, and its --split",
                manifest.dir.display(),
                file.1
            )));
        }
        // Drawing may take ways whose results differ by rounding; the loss is that of the network as it was trained.
        let (network, _) = model_file::load(file.0.as_ref(), &file.1, &device)?;
        let ruler = LossRuler::new(network, info, &device).filter(|_| self.loss_scans > 0);

        let real = |entries: &[&ManifestEntry]| -> Result<Vec<Real>, FormatError> {
            entries.par_iter().map(|entry| Ok(Real::of(&LabelledScan::load(manifest, entry)?))).collect()
        };
        let (training_prints, unseen_prints) = (real(&training)?, real(self.unseen)?);
        let sources_of = |entries: &[&ManifestEntry]| -> BTreeSet<String> {
            entries.iter().map(|entry| entry.source.clone()).collect()
        };
        let (compared, trained_sources) = (sources_of(self.unseen), sources_of(&training));

        let mut drawing = Drawing { of: self, synthesizer: &synthesizer, drawn: 0, secs: 0.0 };
        let mut sources = Vec::new();
        for source in &compared {
            // Masks of the auto-trace are no masks a grader drew; their scans are looked for all the same.
            let (trained, unseen) = (graded_of(&training, source), graded_of(self.unseen, source));
            let pictures = [drawing.pictures(&trained, on_picture)?, drawing.pictures(&unseen, on_picture)?];
            let distances =
                Distances::of(source, [&training_prints, &unseen_prints], [&pictures[0], &pictures[1]], seed);
            let loss = self.loss_gaps(ruler.as_ref(), &trained, &unseen)?;
            sources.push(SourceFigures { source: source.clone(), distances, loss });
        }
        Ok(MemorisationReport {
            version: REPORT_VERSION,
            model: (info.name.clone(), info.tensors_sha256.clone()),
            unseen_subjects: who.measured.clone(),
            may_have_seen_them: self.guard.allow_seen,
            seen,
            sampler: self.settings.sampler.name(),
            steps: self.settings.steps,
            seed,
            device: device_name,
            training_scans: training.len(),
            training_subjects: eyes(&training),
            secs_per_scan: drawing.secs / drawing.drawn.max(1) as f64,
            sources,
            not_compared: trained_sources.difference(&compared).cloned().collect(),
        })
    }

    /// How much less the network errs on scans that trained; nothing where that is not measured.
    fn loss_gaps(
        &self,
        ruler: Option<&LossRuler>,
        trained: &[&ManifestEntry],
        unseen: &[&ManifestEntry],
    ) -> Result<Vec<LossGap>, EvaluationError> {
        let Some(ruler) = ruler else { return Ok(Vec::new()) };
        let [trained, unseen] = [self.losses(ruler, trained)?, self.losses(ruler, unseen)?];
        Ok(gaps(&trained, &unseen, &ruler.noises(), self.seed))
    }

    /// The denoising loss of at most `loss_scans` scans.
    fn losses(
        &self,
        ruler: &LossRuler,
        entries: &[&ManifestEntry],
    ) -> Result<Vec<ScanLoss>, EvaluationError> {
        let wanted = spread(entries, self.loss_scans);
        wanted.iter().map(|entry| Ok(ruler.measure(&LabelledScan::load(self.manifest, entry)?))).collect()
    }
}

/// All scans of subjects that train, labelled or not: those that the model says it learnt from, where it says so, since
/// the data set may hold more.
fn training_scans<'a>(manifest: &'a Manifest, who: &Subjects, learnt: &[String]) -> Vec<&'a ManifestEntry> {
    let is_learnt = |subject: &str| learnt.is_empty() || learnt.iter().any(|name| are_one_eye(name, subject));
    let is_training = |entry: &&ManifestEntry| who.trains(&entry.subject) && is_learnt(&entry.subject);
    manifest.entries.iter().filter(is_training).collect()
}

/// How many eyes scans are of.
fn eyes(entries: &[&ManifestEntry]) -> usize {
    entries.iter().map(|entry| eye_of(&entry.subject)).collect::<BTreeSet<_>>().len()
}

/// Those of a source that a grader labelled.
fn graded_of<'a>(entries: &[&'a ManifestEntry], source: &str) -> Vec<&'a ManifestEntry> {
    entries.iter().copied().filter(|entry| entry.is_graded() && entry.source == source).collect()
}

/// Draws pictures of masks, one noise after the other.
struct Drawing<'a> {
    of: &'a Memorisation<'a>,
    synthesizer: &'a Synthesizer,
    /// Pictures so far.
    drawn: u64,
    secs: f64,
}

impl Drawing<'_> {
    /// A picture of each of at most as many masks as are wanted.
    fn pictures(
        &mut self,
        entries: &[&ManifestEntry],
        on_picture: &mut dyn FnMut(&ScanDone),
    ) -> Result<Vec<Picture>, EvaluationError> {
        let wanted = spread(entries, self.of.scans);
        let mut pictures = Vec::new();
        for (index, entry) in wanted.iter().enumerate() {
            let scan = LabelledScan::load(self.of.manifest, entry)?;
            let began = Instant::now();
            let seed = self.of.seed.wrapping_add(self.drawn);
            let drawn = synthesize(self.synthesizer, &scan, self.of.settings, seed);
            (self.drawn, self.secs) = (self.drawn + 1, self.secs + began.elapsed().as_secs_f64());
            pictures.push(Picture {
                subject: entry.subject.clone(),
                print: Fingerprint::of(&drawn),
                own: Fingerprint::of(&scan.filled_image()),
            });
            on_picture(&ScanDone { entry, index, count: wanted.len() });
        }
        Ok(pictures)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::Split;
    use crate::dataset::split::SPLIT_FILE;
    use crate::diffusion::model_file::{MODEL_FILE_VERSION, ModelInfo, ModelKind, Normalisation, Precision};
    use crate::diffusion::samplers::Sampler;
    use crate::diffusion::{NoiseSpacing, Prediction, Schedule};
    use crate::encoding::noise::Rng;
    use crate::encoding::{LabelScheme, Mapping};
    use crate::formats::{label_png, read_file, scan_image, write_file};
    use crate::nn::{UNetConfig, fresh_weights};
    use crate::scan::GreyImage;

    const SIZE: [u32; 2] = [48, 32];

    /// Measures the data and the model of a folder on as much as the command line would; some subjects may be named.
    fn measured(
        folder: &Path,
        named: Option<Vec<String>>,
        set: impl FnOnce(&mut Memorisation),
    ) -> Result<MemorisationReport, EvaluationError> {
        let data = folder.join("data");
        let (manifest, split) = (Manifest::read(&data)?, read_file(&data.join(SPLIT_FILE))?);
        let who = Subjects::validating(serde_json::from_slice(&split)?, named);
        let unseen = who.scans(&manifest)?;
        let settings =
            SamplingSettings { sampler: Sampler::default(), spacing: NoiseSpacing::default(), steps: 2 };
        let mut memorisation = Memorisation {
            manifest: &manifest,
            who: &who,
            unseen: &unseen,
            guard: LeakGuard::default(),
            scans: 22,
            loss_scans: 100,
            settings,
            seed: 0,
        };
        set(&mut memorisation);
        let file = (read_file(&folder.join("model.safetensors"))?, "model.safetensors".to_owned());
        memorisation.measure(&file, (Device::flex(), "CPU".to_owned()), &mut |_| {})
    }

    /// Striped scans of two sources with eyes that train and eyes that validate, and of one that only trains.
    fn write_data(folder: &Path) {
        let data = folder.join("data");
        for part in ["images", "labels"] {
            std::fs::create_dir_all(data.join(part)).unwrap();
        }
        let mut manifest = Manifest::open_for_appending(&data).unwrap();
        let scans = [
            ("a", "healthy", true),
            ("a", "healthy", true),
            ("a", "healthy", false),
            ("b", "healthy", true),
            ("c", "healthy", true),
            ("c", "healthy", true),
            ("d", "ill", true),
            ("e", "ill", true),
            ("f", "ill", true),
            ("g", "other", true),
            ("never-seen", "healthy", true),
        ];
        for (number, (subject, source, is_labelled)) in scans.into_iter().enumerate() {
            let id = format!("scan-{number}");
            let mut rng = Rng::new(1, 0, number as u64);
            let labels: Vec<u8> = (0..SIZE[0] * SIZE[1]).map(|at| (at / SIZE[0] / 4).min(8) as u8).collect();
            let pixels: Vec<u8> = labels.iter().map(|&code| 20 * code + rng.below(30) as u8).collect();
            let image = scan_image::write(&GreyImage::new(SIZE[0], SIZE[1], pixels), &[]).unwrap();
            write_file(&data.join(format!("images/{id}.png")), &image).unwrap();
            let label = label_png::write(SIZE[0], SIZE[1], &labels, &[]).unwrap();
            write_file(&data.join(format!("labels/{id}.png")), &label).unwrap();
            let entry = serde_json::json!({
                "version": 1, "id": id, "image": format!("images/{id}.png"),
                "label": is_labelled.then(|| format!("labels/{id}.png")),
                "width": SIZE[0], "height": SIZE[1], "subject": subject, "source": source,
            });
            manifest.append(serde_json::from_value(entry).unwrap()).unwrap();
        }
        let split = Split { validation: vec!["c".to_owned(), "f".to_owned()], held_out: Vec::new() };
        write_file(&data.join(SPLIT_FILE), &serde_json::to_vec(&split).unwrap()).unwrap();
    }

    /// An untrained network that says on whom it trained.
    fn write_model(folder: &Path, subjects: &[&str], student: bool) {
        let info = ModelInfo {
            version: MODEL_FILE_VERSION,
            name: "tiny".to_owned(),
            kind: ModelKind::Image,
            preset: "live".to_owned(),
            network: UNetConfig {
                unshuffle: 2,
                widths: vec![8, 16],
                attention: vec![false; 2],
                groups: 4,
                sinusoid_channels: 8,
                time_channels: 16,
                ..UNetConfig::live()
            },
            labels: LabelScheme::studio(),
            mapping: Mapping::live(),
            normalisation: Normalisation::MinusOneToOne,
            schedule: Schedule::live(),
            prediction: Prediction::V,
            style: None,
            shadow: false,
            mask: None,
            training: serde_json::json!({
                "training_subjects": subjects, "strip_px": [16, 32], "teacher_sha256": student.then_some("abc"),
            })
            .into(),
            tensors_sha256: String::new(),
        };
        let network = fresh_weights::drawn(info.network.init(&Device::flex()), 3);
        model_file::save(&folder.join("model.safetensors"), &network, &info, Precision::F32).unwrap();
    }

    #[test]
    fn figures_are_by_source_and_every_scan_of_a_training_eye_is_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        write_data(folder.path());
        write_model(folder.path(), &["a", "b", "d", "e", "g"], false);
        let report = measured(folder.path(), None, |_| {}).unwrap();
        assert_eq!(report.unseen_subjects, ["c", "f"], "all who validate");
        assert_eq!((report.training_scans, report.training_subjects), (7, 5), "not who was never seen");
        assert_eq!(report.not_compared, ["other"]);
        let names: Vec<&str> = report.sources.iter().map(|figures| figures.source.as_str()).collect();
        assert_eq!(names, ["healthy", "ill"]);
        let healthy = &report.sources[0].distances;
        assert_eq!((healthy.training_scans, healthy.ungraded_training_scans), (4, 1));
        assert_eq!((healthy.trained.pictures, healthy.trained.subjects), (3, 2));
        assert_eq!((healthy.unseen.pictures, healthy.unseen.subjects), (2, 1));
        for SourceFigures { distances, loss, .. } in &report.sources {
            assert!(distances.own_difference.is_some() && distances.unseen_scans.is_some());
            assert_eq!(loss.len(), 9, "eight levels and their mean");
            assert!(loss.iter().all(|line| line.trained > 0.0 && line.unseen > 0.0), "{loss:?}");
        }
        assert!(report.table().contains("healthy: 4 training scans, 1 of them without a grader's labels"));
    }

    #[test]
    fn a_student_has_no_denoising_loss_and_a_model_that_saw_the_eyes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        write_data(folder.path());
        write_model(folder.path(), &["a", "b", "d", "e", "g"], true);
        let report = measured(folder.path(), Some(vec!["c".to_owned()]), |of| of.scans = 2).unwrap();
        assert_eq!(report.sources.len(), 1);
        assert_eq!(report.sources[0].distances.trained.pictures, 2);
        assert!(report.sources[0].loss.is_empty());
        assert_eq!(report.not_compared, ["ill", "other"]);
        write_model(folder.path(), &["a", "c"], false);
        let refused = measured(folder.path(), None, |of| of.loss_scans = 0).unwrap_err().to_string();
        assert!(refused.contains("trained on c"), "{refused}");
        let allowed = measured(folder.path(), None, |of| {
            (of.loss_scans, of.guard) = (0, LeakGuard { allow_seen: true });
        })
        .unwrap();
        assert!(allowed.may_have_seen_them && allowed.sources.iter().all(|figures| figures.loss.is_empty()));
    }
}
