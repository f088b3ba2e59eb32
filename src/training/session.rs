//! The training loop: a run from its first step, or its newest checkpoint, to its end.

mod steps;

use std::any::Any;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::baselines;
use super::checkpoint;
use super::config::{RunConfig, Stage};
use super::control::Control;
use super::error::TrainingError;
use super::lineage::Lineage;
use super::live_sample::LiveSample;
use super::memorisation::{Measured, Memorisation};
use super::report::Event;
use super::run::Run;
use super::run_directory::{LaunchNote, MODEL_FILE, RunDirectory};
use super::sample_pictures::{self, on_grid};
use super::samples_sheet;
use super::saving::{Facts, Saved, baseline_info, drawing_info};
use super::segmenting;
use super::source::{DataSummary, Source, pseudo_labelled_scans};
use super::start::{keep_teacher, read_start};
use super::trainer::{Trainer, mean};
use super::validation::{StratumLoss, ValidationSet};
use crate::dataset::manifest::Manifest;
use crate::dataset::read_scans;
use crate::dataset::samples::Sample;
use crate::diffusion::ModelInfo;
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::diffusion::synthesizer::Synthesizer;
use crate::encoding::dmc::{self, DmcMode, Histogram};
use crate::encoding::style::StyleModel;
use crate::formats::atomic::write_atomically;
use crate::metrics::segmentation::FLUID;
use crate::metrics::segmentation::confusion::Confusion;
use crate::nn::perceptual::Lpips;
use crate::nn::{Baseline, Segmenter, UNet};

/// Files left out that are named.
const MAX_NAMED: usize = 5;
/// Masks on a sample sheet.
const SHEET_MASKS: u64 = 8;
/// Validation scans on a sample sheet.
const SHEET_SCANS: usize = 4;

/// How often a paused run looks whether it may go on.
const PAUSE_LOOK: Duration = Duration::from_millis(100);

/// Trains to the last step, or until it is told to stop: then saves and returns early.
///
/// # Errors
/// Whatever keeps the run from starting or going on; the newest checkpoint stays.
pub fn run(
    mut config: RunConfig,
    run: &Run,
    control: &Control,
    on_event: &mut dyn FnMut(&Event),
) -> Result<(), TrainingError> {
    // Scans alone are read in place, too: no other stage takes a tree without labels.
    let (manifest, left_out) = match config.stage {
        Stage::Pretrain => read_scans(run.data)?,
        _ => (Manifest::read(run.data)?, Vec::new()),
    };
    let manifest = Arc::new(manifest);
    if run.resume {
        LaunchNote::check_goes_on_with(run.path, &manifest)?;
    }
    let start = match config.baseline {
        None => read_start(&mut config, run)?,
        Some(_) => None,
    };
    if !config.arithmetic.is_supported_by(&run.device) {
        let reason =
            format!("{} does not compute in {}; choose f32", run.device_name, config.arithmetic.word());
        return Err(TrainingError::Config { path: run.path.to_owned(), reason });
    }
    let lineage = Lineage::of(&config, run)?;
    let mut source = Source::open(&config, &manifest)?;
    if config.stage == Stage::Distill
        && let Some(style) = start.as_ref().and_then(|(_, teacher)| teacher.style.clone())
    {
        source.follow_style(style);
    }
    let weights = baselines::begin(&mut config, &source, run)?;
    let lpips = baselines::read_lpips(&mut config, run)?;
    let given = Given { config, manifest, left_out, source, lineage, lpips, run, control };
    match given.config.stage {
        _ if given.config.baseline.is_some() => {
            begin_baseline(&given, weights).and_then(|begun| conduct(given, begun, on_event))
        }
        Stage::Segment => begin_segmenter(&given).and_then(|begun| conduct(given, begun, on_event)),
        _ => begin_drawing(&given, start).and_then(|begun| conduct(given, begun, on_event)),
    }
}

/// What a run is made of before its network.
struct Given<'a> {
    config: RunConfig,
    manifest: Arc<Manifest>,
    /// Files of a tree that are no scans.
    left_out: Vec<String>,
    source: Source,
    lineage: Lineage,
    /// By which an autoencoder learns, too.
    lpips: Option<Lpips>,
    run: &'a Run<'a>,
    control: &'a Control,
}

/// The network of a run, and its folder; the configuration may have learned what the run began with.
struct Begun<N> {
    trainer: Trainer<N>,
    directory: RunDirectory,
    from: Option<String>,
}

/// A network that draws, fresh, with the weights of a model, or as its newest checkpoint has it.
fn begin_drawing(given: &Given, start: Option<(UNet, ModelInfo)>) -> Result<Begun<UNet>, TrainingError> {
    let (config, run) = (&given.config, given.run);
    let mut trainer = Trainer::new(config, &run.device);
    if run.resume {
        let directory = resume(&mut trainer, given)?;
        trainer.teacher = start.map(|(teacher, _)| teacher);
        return Ok(Begun { trainer, directory, from: config.from.clone() });
    }
    let mut config = config.clone();
    if let (Some(model), Some((network, info))) = (run.from, &start) {
        trainer.begin_from(&config, network).map_err(|reason| model.refused(reason))?;
        config.from = Some(info.name.clone());
        run.student.map_or(Ok(()), |student| trainer.begin_as(student))?;
        let training = &info.training;
        let saw_masks = training.stage.copied() != Some(Stage::Pretrain) || training.from.is_stated();
        if config.stage == Stage::Finetune && !saw_masks {
            trainer.forget_condition(&config.network);
        }
    }
    let directory = RunDirectory::create(run.path, &config, &given.manifest)?;
    if let (Some(model), true) = (run.from, config.has_teacher_beside()) {
        keep_teacher(model, run.path)?;
    }
    Ok(Begun { trainer, directory, from: config.from })
}

/// A segmenter, fresh or as its newest checkpoint has it.
fn begin_segmenter(given: &Given) -> Result<Begun<Segmenter>, TrainingError> {
    let (config, run) = (&given.config, given.run);
    let mut trainer = Trainer::fresh(config, &run.device);
    let directory = match run.resume {
        true => resume(&mut trainer, given)?,
        false => RunDirectory::create(run.path, config, &given.manifest)?,
    };
    Ok(Begun { trainer, directory, from: None })
}

/// A compared method's network, fresh, with the weights of a model, or as its newest checkpoint has it.
fn begin_baseline(
    given: &Given,
    weights: BTreeMap<String, Vec<f32>>,
) -> Result<Begun<Baseline>, TrainingError> {
    let (config, run) = (&given.config, given.run);
    let mut trainer = Trainer::fresh(config, &run.device);
    trainer.lpips.clone_from(&given.lpips);
    let directory = match run.resume {
        true => resume(&mut trainer, given)?,
        false => {
            baselines::take_weights(&mut trainer, weights);
            let directory = RunDirectory::create(run.path, config, &given.manifest)?;
            baselines::keep_lpips(run)?;
            directory
        }
    };
    Ok(Begun { trainer, directory, from: config.from.clone() })
}

/// Takes the newest checkpoint, if there is one, and the folder.
fn resume<N: StageNetwork>(trainer: &mut Trainer<N>, given: &Given) -> Result<RunDirectory, TrainingError> {
    let path = given.run.path;
    let checkpoints = path.join("checkpoints");
    if let Some(&newest) = checkpoint::steps_of(&checkpoints)?.last() {
        trainer.state = checkpoint::load(&checkpoints, newest, trainer.state.clone())?;
    }
    RunDirectory::resume(path, &given.config, &given.manifest, trainer.state.step)
}

/// Trains what was begun.
fn conduct<N: StageNetwork>(
    given: Given,
    begun: Begun<N>,
    on_event: &mut dyn FnMut(&Event),
) -> Result<(), TrainingError> {
    let Given { config, manifest, left_out, source, lineage, run, control, .. } = given;
    let Begun { trainer, directory, from } = begun;
    lineage.write(run.path)?;
    let summary = DataSummary::new(&manifest, &source);
    let memorisation = match config.stage {
        // A segmenter draws nothing that could be a copy.
        Stage::Segment => Memorisation::none(),
        _ => Memorisation::new(&source, source.watched_scans(&config, SHEET_SCANS)),
    };
    let style = source.style().cloned();
    let mut session = TrainingSession {
        skipped_steps: directory.skipped_steps(),
        pseudo_labelled_scans: pseudo_labelled_scans(&manifest, &config),
        config: RunConfig { from, ..config },
        directory,
        summary,
        lineage,
        trainer,
        memorisation,
        validation: ValidationSet::default(),
        validated: None,
        style,
        on_event,
    };
    session.tell_left_out(&left_out)?;
    // A device that runs out of memory, or a driver that fails, panics.
    let outcome = catch_unwind(AssertUnwindSafe(|| session.train(source, run, control)))
        .unwrap_or_else(|panic| Err(TrainingError::Panicked { reason: panic_text(panic.as_ref()) }));
    if let Err(error) = &outcome {
        let (step, message) = (session.trainer.state.step, error.to_string());
        // The disk may be what failed: then whoever listens hears it all the same.
        let event = Event::Error { step, message };
        session.directory.record(&event).unwrap_or_default();
        (session.on_event)(&event);
    }
    outcome
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

/// What the newest look at the validation strips said.
#[derive(Clone, Debug)]
struct Looked {
    step: u64,
    loss: f64,
    strata: Vec<StratumLoss>,
    /// Of a segmenter: mean Dice of the classes that are not background, and of fluid.
    dice: Option<(f64, Option<f64>)>,
}

/// A network that a run can be about: it has a model file, and something to show on the way.
trait StageNetwork: Saved {
    /// Draws the sheet of the step and tells of it.
    fn show(
        session: &mut TrainingSession<Self>,
        scans: &[Sample],
        control: &Control,
    ) -> Result<(), TrainingError>;
}

impl StageNetwork for UNet {
    fn show(
        session: &mut TrainingSession<Self>,
        scans: &[Sample],
        control: &Control,
    ) -> Result<(), TrainingError> {
        match session.config.stage {
            Stage::Masks => session.draw_masks(control),
            _ => session.draw_samples(scans, control),
        }
    }
}

impl StageNetwork for Segmenter {
    fn show(session: &mut TrainingSession<Self>, scans: &[Sample], _: &Control) -> Result<(), TrainingError> {
        let (step, trainer) = (session.trainer.state.step, &session.trainer);
        let file = RunDirectory::sample_file(step);
        let path = session.directory.path().join(&file);
        let sheet = segmenting::draw(&trainer.state.average, &session.config, scans, &trainer.device);
        let Some(bytes) = sheet.map_err(TrainingError::io(&path, "drawing"))? else { return Ok(()) };
        write_atomically(&path, &bytes).map_err(TrainingError::io(&path, "writing"))?;
        session.emit(Event::Samples { step, file })
    }
}

impl StageNetwork for Baseline {
    fn show(
        session: &mut TrainingSession<Self>,
        scans: &[Sample],
        control: &Control,
    ) -> Result<(), TrainingError> {
        let (step, trainer) = (session.trainer.state.step, &session.trainer);
        let info = baseline_info(&Facts { validated: None, dice: None, ..session.facts() });
        let is_stopped = || {
            control.take_left(session.directory.path());
            control.is_stopped()
        };
        let average = &trainer.state.average;
        let drawn = baselines::rows(average, info, &session.config, scans, &trainer.device, &is_stopped);
        let Some(rows) = drawn.filter(|rows| !rows.is_empty()) else { return Ok(()) };
        let file = RunDirectory::sample_file(step);
        let path = session.directory.path().join(&file);
        samples_sheet::encode(&rows)
            .and_then(|bytes| write_atomically(&path, &bytes))
            .map_err(TrainingError::io(&path, "writing"))?;
        session.emit(Event::Samples { step, file })
    }
}

/// Mean Dice of the classes that are not background and are on either side, and that of fluid.
fn dice_of(confusion: &Confusion) -> Option<(f64, Option<f64>)> {
    Some((confusion.mean_dice()?, confusion.dice(FLUID)))
}

/// A run in progress.
struct TrainingSession<'a, N> {
    config: RunConfig,
    directory: RunDirectory,
    summary: DataSummary,
    /// The runs that went into this one.
    lineage: Lineage,
    /// Scans of training subjects that the auto-trace labelled, taken or not.
    pseudo_labelled_scans: usize,
    /// Steps of the run that changed nothing, for their loss or gradient was not finite.
    skipped_steps: u64,
    trainer: Trainer<N>,
    memorisation: Memorisation,
    validation: ValidationSet,
    validated: Option<Looked>,
    style: Option<StyleModel>,
    on_event: &'a mut dyn FnMut(&Event),
}

impl<N: StageNetwork> TrainingSession<'_, N> {
    /// Says which files of a tree are no scans: the first few by name.
    fn tell_left_out(&mut self, left_out: &[String]) -> Result<(), TrainingError> {
        let step = self.trainer.state.step;
        for problem in left_out.iter().take(MAX_NAMED) {
            self.emit(Event::Warning { step, message: format!("left out: {problem}") })?;
        }
        match left_out.len().saturating_sub(MAX_NAMED) {
            0 => Ok(()),
            more => self.emit(Event::Warning { step, message: format!("left out: {more} more files") }),
        }
    }

    /// Obeys the orders of others: waits while paused, answers whether there is to be another step.
    fn may_go_on(&mut self, control: &Control) -> Result<bool, TrainingError> {
        let step = self.trainer.state.step;
        control.take_left(self.directory.path());
        if control.is_paused() && !control.is_stopped() {
            self.emit(Event::Paused { step })?;
            while control.is_paused() && !control.is_stopped() {
                std::thread::sleep(PAUSE_LOOK);
                control.take_left(self.directory.path());
            }
            self.emit(Event::Resumed { step })?;
        }
        Ok(!control.is_stopped() && !self.memorisation.asks_to_stop(self.config.memorisation_stop))
    }

    fn emit(&mut self, event: Event) -> Result<(), TrainingError> {
        self.directory.record(&event)?;
        (self.on_event)(&event);
        Ok(())
    }

    /// What the averaged network makes of the validation strips as it is now; looked at once a step. `None` without
    /// scans to validate on.
    fn validate(&mut self) -> Option<&Looked> {
        if self.validation.batches.is_empty() {
            return None;
        }
        let step = self.trainer.state.step;
        if self.validated.as_ref().is_none_or(|looked| looked.step != step) {
            let found = self.trainer.validate(&self.config, &self.validation.batches);
            self.validated = Some(Looked {
                step,
                loss: mean(&found.losses),
                strata: self.validation.strata(&self.config, &found.losses),
                dice: found.confusion.as_ref().and_then(dice_of),
            });
        }
        self.validated.as_ref()
    }

    /// Writes a checkpoint and the model file, which says how the averaged network validates.
    fn save(&mut self) -> Result<(), TrainingError> {
        self.directory.flush()?;
        let step = self.trainer.state.step;
        checkpoint::save(&self.directory.checkpoints(), &self.trainer.state)?;
        // A checkpoint every few minutes must not cost a look at every scan at every noise level; the last one may.
        if self.config.validation_levels == 0 || step == self.config.steps {
            self.validate();
        }
        let path = self.directory.path().join(MODEL_FILE);
        self.trainer.state.average.save(&path, &self.facts())?;
        let folder = format!("checkpoints/{}", checkpoint::folder_name(step));
        // The checkpoint keeps its model, so that it can be published when a newer one is there.
        let kept = self.directory.path().join(&folder).join(MODEL_FILE);
        std::fs::hard_link(&path, &kept)
            .or_else(|_| std::fs::copy(&path, &kept).map(|_| ()))
            .map_err(TrainingError::io(&kept, "copying"))?;
        self.emit(Event::Checkpoint { step, folder, model: MODEL_FILE.to_owned() })
    }

    /// The run as it is now.
    fn facts(&self) -> Facts<'_> {
        Facts {
            config: &self.config,
            summary: &self.summary,
            lineage: &self.lineage,
            style: self.style.as_ref(),
            step: self.trainer.state.step,
            skipped_steps: self.skipped_steps,
            validated: self.validated.as_ref().map(|looked| (looked.step, looked.loss)),
            dice: self.validated.as_ref().and_then(|looked| looked.dice),
        }
    }
}

impl TrainingSession<'_, UNet> {
    /// The description of the averaged network as it is now, without figures.
    fn drawing_info(&self) -> ModelInfo {
        drawing_info(&Facts { validated: None, dice: None, ..self.facts() })
    }

    /// Draws the live sample and validation masks with the averaged network, the same noise every time, and measures how
    /// near the pictures are to what was trained on; where that may end the run, training masks are drawn, too.
    fn draw_samples(&mut self, scans: &[Sample], control: &Control) -> Result<(), TrainingError> {
        let step = self.trainer.state.step;
        let live = match LiveSample::read(self.directory.path()) {
            Ok(live) => live,
            Err(message) => {
                self.emit(Event::Warning { step, message })?;
                None
            }
        };
        let synthesizer = Synthesizer::new(
            self.trainer.state.average.clone(),
            self.drawing_info(),
            self.trainer.device.clone(),
        );
        let is_stopped = || {
            control.take_left(self.directory.path());
            control.is_stopped()
        };
        let of_document = usize::from(live.is_some());
        let shown = live.into_iter().chain(scans.iter().map(on_grid));
        let watched = self.memorisation.watched().iter().map(on_grid);
        let Some(rows) = sample_pictures::rows(&synthesizer, &self.config, shown, &is_stopped) else {
            return Ok(());
        };
        let Some(watched) = sample_pictures::rows(&synthesizer, &self.config, watched, &is_stopped) else {
            return Ok(());
        };
        if rows.is_empty() {
            return Ok(());
        }
        let file = RunDirectory::sample_file(step);
        let path = self.directory.path().join(&file);
        samples_sheet::encode(&rows)
            .and_then(|bytes| write_atomically(&path, &bytes))
            .map_err(TrainingError::io(&path, "writing"))?;
        self.emit(Event::Samples { step, file })?;
        if let Some(measured) = self.memorisation.measure(&rows[of_document..], &watched) {
            let Measured { synthetic, held_out, own } = measured;
            self.emit(Event::Memorisation { step, synthetic, held_out, own })?;
            if self.memorisation.asks_to_stop(self.config.memorisation_stop) {
                self.emit(Event::Warning { step, message: measured.reason() })?;
            }
        }
        Ok(())
    }

    /// Draws masks with the averaged network from the same noise every time, as labels.
    fn draw_masks(&mut self, control: &Control) -> Result<(), TrainingError> {
        let device = self.trainer.device.clone();
        let Ok(generator) =
            MaskGenerator::new(self.trainer.state.average.clone(), self.drawing_info(), device)
        else {
            return Ok(());
        };
        let [rows, columns] = self.config.masks.grid.size_px().map(|side| side as u32);
        let plan = generator.plan(columns, rows, None);
        let mut drawn = Vec::new();
        for index in 0..SHEET_MASKS {
            let settings = MaskSettings {
                seed: self.config.seed + index,
                steps: self.config.sample_steps as u32,
                ..MaskSettings::default()
            };
            let mask = generator.draw(&plan, &settings, None, |_| {
                control.take_left(self.directory.path());
                if control.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            let ControlFlow::Continue(mask) = mask else { return Ok(()) };
            let codes = mask.codes(DmcMode::default(), &Histogram::default());
            drawn.push(dmc::repair(columns, rows, &codes, dmc::Repair::default()).0.composite_pixels());
        }
        let step = self.trainer.state.step;
        let file = RunDirectory::sample_file(step);
        let path = self.directory.path().join(&file);
        samples_sheet::encode_masks(columns, rows, &drawn)
            .and_then(|bytes| write_atomically(&path, &bytes))
            .map_err(TrainingError::io(&path, "writing"))?;
        self.emit(Event::Samples { step, file })
    }
}
