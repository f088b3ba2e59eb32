//! `retidiff evaluate downstream`: do synthetic pairs make segmenters better?

use std::path::{Path, PathBuf};

use anyhow::{anyhow, ensure};
use clap::Args;

use super::super::compute::ComputeDevice;
use super::super::masks::MASK_MODEL;
use super::super::stop_file::StopFile;
use super::guard::GuardArgs;
use super::models_at_hand::at_hand;
use super::subjects::SubjectArgs;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::MaskGenerator;
use crate::diffusion::model_file;
use crate::evaluation::SeenEyes;
use crate::evaluation::downstream::{
    Arm, ComparisonSetup, DownstreamProgress, Experiment, PairModels, Pairs, Plan, TestSet,
};
use crate::evaluation::drawn_scans::load;
use crate::evaluation::pair_makers::PairMakers;
use crate::nn::SegmenterKind;
use crate::training::Event;
use crate::training::report::Narrator;
use crate::worker::models::ModelSource;

/// The bundled model that draws scans.
const IMAGE_MODEL: &str = "live";

/// Trains segmenters on real and synthetic scans and measures them on eyes that nobody trained on.
///
/// An arm is a training set, of parts joined by +: `real` (the graders' scans), `synmaskN` (synthetic scans of N of
/// their masks, the subjects taking turns), `synN` (N synthetic pairs), `painterN` (the masks of those pairs, painted with mean greys and noise),
/// and `aug` (classical augmentation). Every arm trains for the same number of steps. Whatever is finished in --out
/// stays, and the same command goes on; more arms and seeds can be added later. The report is of those that are named.
/// Refused are models that trained on an eye that is measured, those behind the pairs of --pairs among them as far as
/// they are known here, and subjects of --subjects without a graded scan.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff evaluate downstream --data data --arms real,real+aug,syn60,real+syn60,painter60 --out out\n  \
    retidiff evaluate downstream --data data --pairs pairs --arms real,real+syn250 --network unet --out out")]
pub(super) struct DownstreamArgs {
    /// Folder of a data set, as `retidiff import` makes it: its training subjects train
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A data set to measure on instead: its graded scans of --subjects, or all of them
    #[arg(long, value_name = "DIR")]
    test_data: Option<PathBuf>,
    #[command(flatten)]
    subjects: SubjectArgs,
    /// Training sets to compare
    #[arg(long, value_name = "ARMS", value_delimiter = ',', required = true)]
    arms: Vec<Arm>,
    /// The model that makes the scans of synthetic pairs: a bundled one's name or a model file
    #[arg(long, value_name = "NAME|FILE", default_value = IMAGE_MODEL)]
    model: String,
    /// The model that makes their masks
    #[arg(long, value_name = "NAME|FILE", default_value = MASK_MODEL)]
    mask_model: String,
    /// Network evaluations of a synthetic scan
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    synthesis_steps: u32,
    /// A data set of synthetic pairs to take instead of making them, as `retidiff generate local` writes it. Refused
    /// where a model at hand that made them trained on an eye that is measured; one that is not is named in the report
    #[arg(long, value_name = "DIR")]
    pairs: Option<PathBuf>,
    /// The segmenter that is trained
    #[arg(long, value_enum, default_value = "small")]
    network: SegmenterKind,
    /// Side of the square that scans are stretched to; 0 takes them at the small network's own scale [default: 160 for
    /// small, 224 for the others]
    #[arg(long, value_name = "PX")]
    size: Option<u32>,
    /// Optimiser steps of every run
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    steps: u64,
    /// Scans in a step
    #[arg(long, value_name = "N", default_value_t = 4)]
    batch: usize,
    /// Runs of every arm, with seeds 0, 1, ..
    #[arg(long, value_name = "K", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    seeds: u64,
    #[command(flatten)]
    stop: StopFile,
    #[command(flatten)]
    guard: GuardArgs,
    /// What to compute on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    /// Folder of the comparison; made when it does not exist
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print the report as JSON instead of Markdown
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, trained or written, or eyes that are measured would train.
pub(super) fn run(args: &DownstreamArgs) -> anyhow::Result<()> {
    let data = Manifest::read(&args.data)?;
    let who = args.subjects.read(&args.data)?;
    let elsewhere = args.test_data.as_deref().map(Manifest::read).transpose()?;
    let test = match &elsewhere {
        None => TestSet::read(&data, &who.scans(&data)?)?,
        Some(other) => TestSet::read(other, &who.scans_elsewhere(other)?)?,
    };
    let training: Vec<&ManifestEntry> = data.entries.iter().filter(|entry| who.is_training(entry)).collect();
    let (device, device_name) = args.device.pick()?;
    let pairs = args.pairs(&test, &device)?;
    let experiment = Experiment {
        plan: args.plan(&training, &test, &pairs)?,
        out: &args.out,
        data: &data,
        training,
        test,
        pairs,
        device,
        device_name,
    };
    let control = args.stop.control()?;
    let mut narrator = Narrator::default();
    let report = experiment.run(&control, &mut |progress| tell(progress, &mut narrator))?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", report.markdown());
    }
    eprintln!("{}: report.json, report.md, report.html", args.out.display());
    Ok(())
}

/// Says what happens, for people.
fn tell(progress: &DownstreamProgress, narrator: &mut Narrator) {
    match progress {
        DownstreamProgress::Pair { what, index, count } => eprintln!("pair {what} {} of {count}", index + 1),
        // What a run saves is no news here.
        DownstreamProgress::Run { event: Event::Checkpoint { .. }, .. } => {}
        DownstreamProgress::Run { arm, seed, event } => {
            if let Some(line) = narrator.line(event) {
                eprintln!("{arm}, seed {seed}: {line}");
            }
        }
        DownstreamProgress::Measured { arm, seed, figures } => {
            eprintln!("{arm}, seed {seed}: measured on {} scans", figures.images.len());
        }
    }
}

impl DownstreamArgs {
    /// Where pairs come from; models that saw an eye that is measured are refused, whether they make pairs now or made
    /// those of a folder.
    fn pairs(&self, test: &TestSet, device: &burn::tensor::Device) -> anyhow::Result<Pairs> {
        let folder = self.pairs.as_deref().map(Manifest::read).transpose()?;
        let mut seen = SeenEyes { allow_seen: self.guard.allow_seen, ..SeenEyes::default() };
        let mut notes = Vec::new();
        if let Some(folder) = &folder {
            let (said, saw) = self.known_of(folder, test)?;
            notes.extend(said);
            seen.join(saw);
        }
        let is_made = self.arms.iter().any(|arm| arm.of_training_masks > 0)
            || (folder.is_none() && Arm::sampled_pairs(&self.arms) > 0);
        let models = match is_made {
            true => {
                let (models, named) = self.models(test, device)?;
                for (name, saw) in named {
                    notes.extend(saw.notes(&format!("{name}, which makes pairs,"), &test.subjects));
                    seen.join(saw);
                }
                Some(Box::new(models))
            }
            false => None,
        };
        for note in &notes {
            eprintln!("note: {note}");
        }
        Ok(Pairs { models, folder, notes, seen })
    }

    /// What must be known of the models behind the pairs that arms take from a folder.
    fn known_of(&self, folder: &Manifest, test: &TestSet) -> anyhow::Result<(Vec<String>, SeenEyes)> {
        let wanted = Arm::sampled_pairs(&self.arms);
        if wanted == 0 {
            return Ok((Vec::new(), SeenEyes::default()));
        }
        let taken = &folder.entries[..wanted.min(folder.entries.len())];
        let known = at_hand(&[&self.model, &self.mask_model], &folder.dir)?;
        Ok(PairMakers::of(folder, taken).check(&known, self.guard.guard(), &test.subjects)?)
    }

    /// The models that make pairs, and what each saw of who is measured, by its name.
    fn models(
        &self,
        test: &TestSet,
        device: &burn::tensor::Device,
    ) -> anyhow::Result<(PairModels, [(&str, SeenEyes); 2])> {
        let guard = self.guard.guard();
        let image = load(&ModelSource::named(&self.model).read()?, device)?;
        let image_saw = guard.check(Path::new(&self.model), &image.info().training, &test.subjects)?;
        let (bytes, name) = ModelSource::named(&self.mask_model).read()?;
        let (unet, info) = model_file::load(&bytes, &name, device)?;
        let masks_saw = guard.check(Path::new(&self.mask_model), &info.training, &test.subjects)?;
        let masks =
            MaskGenerator::new(unet, info, device.clone()).map_err(|reason| anyhow!("{name}: {reason}"))?;
        let models = PairModels { masks, image, synthesis_steps: self.synthesis_steps };
        Ok((models, [(self.model.as_str(), image_saw), (self.mask_model.as_str(), masks_saw)]))
    }

    fn plan(&self, training: &[&ManifestEntry], test: &TestSet, pairs: &Pairs) -> anyhow::Result<Plan> {
        let mut arms = Vec::new();
        for arm in &self.arms {
            ensure!(!arms.contains(arm), "--arms names {arm} twice");
            arms.push(*arm);
        }
        let setup = ComparisonSetup {
            arms,
            seeds: self.seeds,
            network: self.network,
            size: self.size,
            steps: self.steps,
            batch: self.batch,
        };
        Ok(setup.plan(training, test, pairs)?)
    }
}
