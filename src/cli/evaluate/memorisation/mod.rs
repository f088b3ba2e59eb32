//! `retidiff evaluate memorisation`: whether an image model draws new scans or those it was trained on.

mod distances;
mod loss_gap;
mod report;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::ensure;
use clap::Args;
use rayon::prelude::*;

use super::leak_guard::LeakGuard;
use super::measured::{DrawingArgs, load, spread, synthesize};
use super::subjects::{SplitArgs, Subjects};
use crate::dataset::samples::LabelledScan;
use crate::dataset::split::eye_of;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::model_file;
use crate::diffusion::synthesizer::Synthesizer;
use crate::metrics::memorisation::Fingerprint;
use crate::worker::models::ModelSource;
use distances::{Distances, Picture, Real};
use loss_gap::{LossRuler, ScanLoss, gaps};
use report::{REPORT_VERSION, Report, SourceFigures, table};

/// Measure whether a model draws new scans or those it was trained on, source by source.
///
/// Pictures are drawn from masks that trained and from masks of eyes that did not ("unseen"), both of the same source:
/// scans of one device and of like eyes are near to each other anyway, so a mixture of sources would look like recall.
/// Measured are the distance to the scan that the mask was drawn on, the distance to the nearest of all scans of the
/// model's training subjects in the data set (those without labels, which stage 1 saw, too), and the loss of taking
/// noise off real scans, at eight noise levels, lesions counting as any pixel. The distance is the mean squared
/// difference of small copies with mean 0 and deviation 1, in which anatomy counts and speckle does not, of the mirror
/// image if that is nearer: 0 is a copy, 2 a stranger. Intervals are 95 % bootstrap intervals that draw eyes, then
/// scans of each; with one or two unseen eyes they say little about how eyes differ.
#[derive(Debug, Args)]
pub struct MemorisationArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Subjects that stand for eyes that did not train [default: all who validate: Duke 7-8 and Tian 7 unless the split
    /// is another]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    subjects: Option<Vec<String>>,
    #[command(flatten)]
    split: SplitArgs,
    #[command(flatten)]
    guard: LeakGuard,
    /// At most so many masks of each kind and source are drawn, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(2..))]
    scans: u32,
    /// At most so many labelled scans of each kind and source whose denoising loss is taken, 0 for none
    #[arg(long, value_name = "N", default_value_t = 100)]
    loss_scans: u32,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl MemorisationArgs {
    /// Who stands for eyes that did not train, and by which split the others did.
    fn who(&self) -> anyhow::Result<Subjects> {
        let split = self.split.read(&self.data)?;
        let measured = self.subjects.clone().unwrap_or_else(|| split.validation.clone());
        Ok(Subjects { measured, split, are_named: self.subjects.is_some() })
    }
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, or the model trained on a subject that stands for those who did not.
pub fn run(args: &MemorisationArgs) -> anyhow::Result<()> {
    let report = measure(args)?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", table(&report)),
    }
    Ok(())
}

fn measure(args: &MemorisationArgs) -> anyhow::Result<Report> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.who()?;
    let unseen = who.scans(&manifest)?;
    let (device, device_name) = args.drawing.device.pick()?;
    let file = args.model.as_deref().map_or(ModelSource::Default, ModelSource::named).read()?;
    let synthesizer = load(&file, &device)?;
    let info = synthesizer.info();
    args.guard.check(Path::new(&file.1), &info.training, &who.measured)?;
    let training = training_scans(&manifest, &who, info.training.trained_on());
    ensure!(
        training.iter().any(|entry| entry.is_graded()),
        "{} holds no labelled scan that {} was trained on: name its data set, and its --split",
        manifest.dir.display(),
        file.1
    );
    // Drawing may take ways whose results differ by rounding; the loss is that of the network as it was trained.
    let (network, _) = model_file::load(&file.0, &file.1, &device)?;
    let ruler = LossRuler::new(network, info, &device).filter(|_| args.loss_scans > 0);

    let real = |entries: &[&ManifestEntry]| -> anyhow::Result<Vec<Real>> {
        entries.par_iter().map(|entry| Ok(Real::of(&LabelledScan::load(&manifest, entry)?))).collect()
    };
    let (training_prints, unseen_prints) = (real(&training)?, real(&unseen)?);
    let sources_of = |entries: &[&ManifestEntry]| -> BTreeSet<String> {
        entries.iter().map(|entry| entry.source.clone()).collect()
    };
    let (compared, trained_sources) = (sources_of(&unseen), sources_of(&training));

    let mut drawing = Drawing { args, manifest: &manifest, synthesizer: &synthesizer, drawn: 0, secs: 0.0 };
    let mut sources = Vec::new();
    for source in &compared {
        // Masks of the auto-trace are no masks a grader drew; their scans are looked for all the same.
        let (trained, unseen) = (graded_of(&training, source), graded_of(&unseen, source));
        let pictures = [drawing.pictures(&trained)?, drawing.pictures(&unseen)?];
        let distances = Distances::of(
            source,
            [&training_prints, &unseen_prints],
            [&pictures[0], &pictures[1]],
            args.drawing.seed,
        );
        let loss = match &ruler {
            Some(ruler) => {
                let [trained, unseen] = [drawing.losses(ruler, &trained)?, drawing.losses(ruler, &unseen)?];
                gaps(&trained, &unseen, &ruler.noises(), args.drawing.seed)
            }
            None => Vec::new(),
        };
        sources.push(SourceFigures { source: source.clone(), distances, loss });
    }
    Ok(Report {
        version: REPORT_VERSION,
        model: (info.name.clone(), info.tensors_sha256.clone()),
        unseen_subjects: who.measured,
        may_have_seen_them: args.guard.allow_seen,
        sampler: args.drawing.sampler.name(),
        steps: args.drawing.steps,
        seed: args.drawing.seed,
        device: device_name,
        training_scans: training.len(),
        training_subjects: training.iter().map(|entry| &entry.subject).collect::<BTreeSet<_>>().len(),
        secs_per_scan: drawing.secs / drawing.drawn.max(1) as f64,
        sources,
        not_compared: trained_sources.difference(&compared).cloned().collect(),
    })
}

/// All scans of subjects that train, labelled or not: those that the model says it learnt from, where it says so, since
/// the data set may hold more.
fn training_scans<'a>(manifest: &'a Manifest, who: &Subjects, learnt: &[String]) -> Vec<&'a ManifestEntry> {
    let is_learnt =
        |subject: &str| learnt.is_empty() || learnt.iter().any(|name| eye_of(name) == eye_of(subject));
    let is_training = |entry: &&ManifestEntry| who.trains(&entry.subject) && is_learnt(&entry.subject);
    manifest.entries.iter().filter(is_training).collect()
}

/// Those of a source that a grader labelled.
fn graded_of<'a>(entries: &[&'a ManifestEntry], source: &str) -> Vec<&'a ManifestEntry> {
    entries.iter().copied().filter(|entry| entry.is_graded() && entry.source == source).collect()
}

/// Draws pictures of masks, one noise after the other, and looks at their scans.
struct Drawing<'a> {
    args: &'a MemorisationArgs,
    manifest: &'a Manifest,
    synthesizer: &'a Synthesizer,
    /// Pictures so far.
    drawn: u64,
    secs: f64,
}

impl Drawing<'_> {
    /// A picture of each of at most `--scans` masks.
    fn pictures(&mut self, entries: &[&ManifestEntry]) -> anyhow::Result<Vec<Picture>> {
        let settings = self.args.drawing.settings();
        let wanted = spread(entries, self.args.scans as usize);
        let mut pictures = Vec::new();
        for (index, entry) in wanted.iter().enumerate() {
            let scan = LabelledScan::load(self.manifest, entry)?;
            let began = Instant::now();
            let seed = self.args.drawing.seed.wrapping_add(self.drawn);
            let drawn = synthesize(self.synthesizer, &scan, settings, seed);
            (self.drawn, self.secs) = (self.drawn + 1, self.secs + began.elapsed().as_secs_f64());
            pictures.push(Picture {
                subject: entry.subject.clone(),
                print: Fingerprint::of(&drawn),
                own: Fingerprint::of(&scan.filled_image()),
            });
            if !self.args.json {
                eprintln!("{}: {} ({} of {})", entry.source, entry.id, index + 1, wanted.len());
            }
        }
        Ok(pictures)
    }

    /// The denoising loss of at most `--loss-scans` scans.
    fn losses(&self, ruler: &LossRuler, entries: &[&ManifestEntry]) -> anyhow::Result<Vec<ScanLoss>> {
        let wanted = spread(entries, self.args.loss_scans as usize);
        wanted.iter().map(|entry| Ok(ruler.measure(&LabelledScan::load(self.manifest, entry)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use clap::Parser;

    use super::*;
    use crate::dataset::Split;
    use crate::dataset::split::SPLIT_FILE;
    use crate::diffusion::model_file::{MODEL_FILE_VERSION, ModelInfo, ModelKind, Normalisation, Precision};
    use crate::diffusion::{Prediction, Schedule};
    use crate::encoding::noise::Rng;
    use crate::encoding::{LabelScheme, Mapping};
    use crate::formats::{label_png, scan_image, write_file};
    use crate::nn::{UNetConfig, fresh_weights};
    use crate::scan::GreyImage;

    const SIZE: [u32; 2] = [48, 32];

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: MemorisationArgs,
    }

    fn args(folder: &Path, words: &[&str]) -> MemorisationArgs {
        let (data, model) = (folder.join("data"), folder.join("model.safetensors"));
        let (data, model) = (data.display().to_string(), model.display().to_string());
        let usual = ["memorisation", "--data", &data, "--model", &model, "--steps", "2", "--device", "cpu"];
        Command::try_parse_from(usual.iter().chain(words)).expect("the words of the command line").args
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
        let report = measure(&args(folder.path(), &[])).unwrap();
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
        assert!(table(&report).contains("healthy: 4 training scans, 1 of them without a grader's labels"));
    }

    #[test]
    fn a_student_has_no_denoising_loss_and_a_model_that_saw_the_eyes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        write_data(folder.path());
        write_model(folder.path(), &["a", "b", "d", "e", "g"], true);
        let report = measure(&args(folder.path(), &["--subjects", "c", "--scans", "2"])).unwrap();
        assert_eq!(report.sources.len(), 1);
        assert_eq!(report.sources[0].distances.trained.pictures, 2);
        assert!(report.sources[0].loss.is_empty());
        assert_eq!(report.not_compared, ["ill", "other"]);
        write_model(folder.path(), &["a", "c"], false);
        let refused = measure(&args(folder.path(), &["--loss-scans", "0"])).unwrap_err().to_string();
        assert!(refused.contains("trained on c"), "{refused}");
        let allowed = measure(&args(folder.path(), &["--loss-scans", "0", "--allow-seen"])).unwrap();
        assert!(allowed.may_have_seen_them && allowed.sources.iter().all(|figures| figures.loss.is_empty()));
    }

    #[test]
    fn by_the_programs_own_split_all_who_validate_are_measured() {
        let folder = tempfile::tempdir().unwrap();
        let who = args(folder.path(), &[]).who().unwrap();
        assert_eq!(who.measured, ["duke-7", "duke-8", "tian-7"]);
        assert!(who.trains("tian-1") && !who.trains("tian-7") && !who.trains("duke-9"));
    }
}
