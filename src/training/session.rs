//! The training loop: a run from its first step, or its newest checkpoint, to its end.

use std::any::Any;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::module::Module;

use super::batches::Batch;
use super::checkpoint;
use super::config::{RunConfig, Stage};
use super::control::Control;
use super::error::TrainingError;
use super::live_sample::LiveSample;
use super::memorisation::Memorisation;
use super::memory;
use super::prepared;
use super::report::{EVENT_VERSION, Event};
use super::run::Run;
use super::run_directory::{MODEL_FILE, RunDirectory};
use super::samples_sheet::{self, SheetRow};
use super::source::{DataSummary, Source, pseudo_labelled_scans};
use super::start::{keep_teacher, read_start, read_teacher};
use super::trainer::{StepResult, Trainer, mean};
use super::validation::{StratumLoss, ValidationSet};
use crate::dataset::dmc::{self, DmcMode, Histogram};
use crate::dataset::manifest::Manifest;
use crate::dataset::samples::Sample;
use crate::dataset::style::StyleModel;
use crate::diffusion::NoiseSpacing;
use crate::diffusion::mask_generator::{MaskGenerator, MaskSettings};
use crate::diffusion::model_file::{self, MaskModel, ModelInfo, ModelKind, Normalisation, Precision};
use crate::diffusion::samplers::Sampler;
use crate::diffusion::synthesizer::{Settings, Synthesizer};
use crate::formats::atomic::write_atomically;
use crate::scan::GreyImage;

/// Steps in a row without a finite loss after which a run gives up.
const MAX_BAD_STEPS: u32 = 20;
/// Masks on a sample sheet.
const SHEET_MASKS: u64 = 8;
/// Validation scans on a sample sheet.
const SHEET_SCANS: usize = 4;

/// How often a paused run looks whether it may go on.
const PAUSE_LOOK: Duration = Duration::from_millis(100);
/// Weight of the newest step in the pace that tells the time left.
const PACE_SHARE: f64 = 0.1;

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
    let manifest = Arc::new(Manifest::read(run.data)?);
    let start = read_start(&mut config, run)?;
    if !config.arithmetic.is_supported_by(&run.device) {
        let reason =
            format!("{} does not compute in {}; choose f32", run.device_name, config.arithmetic.word());
        return Err(TrainingError::Config { path: run.path.to_owned(), reason });
    }
    let source = Source::open(&config, &manifest)?;
    let mut trainer = Trainer::new(&config, &run.device);
    let directory = if run.resume {
        let checkpoints = run.path.join("checkpoints");
        if let Some(&newest) = checkpoint::steps_of(&checkpoints)?.last() {
            trainer.state = checkpoint::load(&checkpoints, newest, trainer.state)?;
        }
        if config.has_teacher_beside() {
            trainer.teacher = Some(read_teacher(&config, run)?);
        }
        RunDirectory::resume(run.path, &config, run.data, trainer.state.step)?
    } else {
        if let (Some(model), Some((network, info))) = (run.from, &start) {
            trainer.start_from(network).map_err(|reason| model.refused(reason))?;
            config.from = Some(info.name.clone());
            let saw_masks =
                info.training["stage"] != Stage::Pretrain.name() || !info.training["from"].is_null();
            if config.stage == Stage::Finetune && !saw_masks {
                trainer.forget_condition(&config.network);
            }
        }
        let directory = RunDirectory::create(run.path, &config, run.data)?;
        if let (Some(model), true) = (run.from, config.has_teacher_beside()) {
            keep_teacher(model, run.path)?;
        }
        directory
    };
    let summary = DataSummary::new(&manifest, &source);
    let memorisation = Memorisation::new(&source);
    let style = source.style().cloned();
    let mut session = Session {
        pseudo_labelled_scans: pseudo_labelled_scans(&manifest, &config),
        config,
        directory,
        summary,
        trainer,
        memorisation,
        validation: ValidationSet::default(),
        validated: None,
        style,
        on_event,
    };
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

/// A run in progress.
struct Session<'a> {
    config: RunConfig,
    directory: RunDirectory,
    summary: DataSummary,
    /// Scans of training subjects that the auto-trace labelled, taken or not.
    pseudo_labelled_scans: usize,
    trainer: Trainer,
    memorisation: Memorisation,
    validation: ValidationSet,
    /// The newest validation loss, with its step.
    validated: Option<(u64, f64, Vec<StratumLoss>)>,
    style: Option<StyleModel>,
    on_event: &'a mut dyn FnMut(&Event),
}

impl Session<'_> {
    fn train(&mut self, source: Source, run: &Run, control: &Control) -> Result<(), TrainingError> {
        let config = Arc::new(self.config.clone());
        let parameters = self.trainer.state.network.num_params() as u64;
        self.emit(Event::Started {
            version: EVENT_VERSION,
            run: run.path.display().to_string(),
            device: run.device_name.clone(),
            parameters,
            training_scans: source.counts().0,
            validation_scans: source.counts().1,
            pseudo_labelled_scans: self.pseudo_labelled_scans,
            takes_pseudo_labelled: config.pseudo_labelled,
            step: self.trainer.state.step,
            steps: config.steps,
        })?;
        if let Some(message) = run.free_memory.and_then(|free| memory::warning(&config, free)) {
            self.emit(Event::Warning { step: self.trainer.state.step, message })?;
        }
        self.validation = source.validation(&config)?;
        let sheet_scans = source.sheet_scans(&config, SHEET_SCANS)?;
        let prepared = prepared::prepare(config.clone(), Arc::new(source), self.trainer.state.step)
            .map_err(|error| TrainingError::Batches(error.to_string()))?;

        let mut saved_at = Instant::now();
        let mut saved_step = self.trainer.state.step;
        let mut bad_steps = 0;
        let mut pace_secs = None;
        while self.trainer.state.step < config.steps && self.may_go_on(control)? {
            let began = Instant::now();
            let batches: Vec<Batch> = (0..config.accumulation)
                .map(|_| prepared.recv().map_err(|error| TrainingError::Batches(error.to_string()))?)
                .collect::<Result<_, TrainingError>>()?;
            let batch_wait_secs = began.elapsed().as_secs_f64();
            let learning_rate = config.learning_rate_at(self.trainer.state.step);
            let result = self.trainer.step(&config, &batches);
            let step = self.trainer.state.step;
            bad_steps = if result.is_skipped { bad_steps + 1 } else { 0 };
            let secs = began.elapsed().as_secs_f64();
            let pace = pace_secs.map_or(secs, |pace: f64| pace + PACE_SHARE * (secs - pace));
            pace_secs = Some(pace);
            let StepResult { loss, gradient_norm, .. } = result;
            self.emit(Event::Step {
                step,
                loss,
                gradient_norm,
                learning_rate,
                secs,
                batch_wait_secs,
                eta_secs: config.steps.saturating_sub(step) as f64 * pace,
                memory_bytes: memory::of_this_process().map(|memory| memory.resident),
            })?;
            if bad_steps == 1 {
                let message = "the loss or its gradient is not finite; this step changed nothing".to_owned();
                self.emit(Event::Warning { step, message })?;
            }
            if bad_steps >= MAX_BAD_STEPS {
                return Err(TrainingError::Diverged { step, steps: bad_steps });
            }

            let last = step == config.steps;
            let due = |every: u64| every > 0 && (step.is_multiple_of(every) || last);
            if due(config.validate_every)
                && let Some((loss, strata)) = self.validation_loss()
            {
                self.emit(Event::Validation { step, loss, strata })?;
            }
            if due(config.sample_every) {
                if config.stage == Stage::Masks {
                    self.draw_masks(control)?;
                } else {
                    self.draw_samples(&sheet_scans, control)?;
                }
            }
            let is_time = saved_at.elapsed() >= Duration::from_secs_f64(60.0 * config.checkpoint_minutes);
            // A network that has gone astray must not replace the last good one.
            if (is_time || control.take_checkpoint() || last) && bad_steps == 0 {
                self.save()?;
                (saved_at, saved_step) = (Instant::now(), step);
            }
        }
        let step = self.trainer.state.step;
        if saved_step != step && bad_steps == 0 {
            self.save()?;
        }
        let model = MODEL_FILE.to_owned();
        self.emit(if step < config.steps { Event::Stopped { step } } else { Event::Finished { step, model } })
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

    /// The loss of the averaged network as it is now, and by strata; measured once a step. `None` without scans to
    /// validate on.
    fn validation_loss(&mut self) -> Option<(f64, Vec<StratumLoss>)> {
        if self.validation.batches.is_empty() {
            return None;
        }
        let now = self.trainer.state.step;
        if self.validated.as_ref().is_none_or(|(step, ..)| *step != now) {
            let losses = self.trainer.strip_losses(&self.config, &self.validation.batches);
            let strata = self.validation.strata(&self.config, &losses);
            self.validated = Some((now, mean(&losses), strata));
        }
        self.validated.as_ref().map(|(_, loss, strata)| (*loss, strata.clone()))
    }

    /// Writes a checkpoint and the model file, which says how the averaged network validates.
    fn save(&mut self) -> Result<(), TrainingError> {
        self.directory.flush()?;
        let step = self.trainer.state.step;
        checkpoint::save(&self.directory.checkpoints(), &self.trainer.state)?;
        // A checkpoint every few minutes must not cost a look at every scan at every noise level each time.
        if self.config.validation_levels == 0 {
            self.validation_loss();
        }
        let info = self.model_info(self.validated.as_ref().map(|(step, loss, _)| (*step, *loss)));
        let path = self.directory.path().join(MODEL_FILE);
        model_file::save(&path, &self.trainer.state.average, &info, Precision::F16)?;
        let folder = format!("checkpoints/{}", checkpoint::folder_name(step));
        // The checkpoint keeps its model, so that it can be published when a newer one is there.
        let kept = self.directory.path().join(&folder).join(MODEL_FILE);
        std::fs::hard_link(&path, &kept)
            .or_else(|_| std::fs::copy(&path, &kept).map(|_| ()))
            .map_err(TrainingError::io(&kept, "copying"))?;
        self.emit(Event::Checkpoint { step, folder, model: MODEL_FILE.to_owned() })
    }

    /// The description of the averaged network as it is now; `validated` is the step of the newest validation loss,
    /// and the loss.
    fn model_info(&self, validated: Option<(u64, f64)>) -> ModelInfo {
        let config = &self.config;
        let preset = config.preset.word();
        let summary = &self.summary;
        let is_mask = config.stage == Stage::Masks;
        ModelInfo {
            version: model_file::MODEL_FILE_VERSION,
            name: match config.stage {
                Stage::Finetune => format!("{preset} {} steps", self.trainer.state.step),
                stage => format!("{preset} {} {} steps", stage.name(), self.trainer.state.step),
            },
            kind: if is_mask { ModelKind::Mask } else { ModelKind::Image },
            mask: is_mask.then_some(MaskModel { coding: config.masks.coding, grid: config.masks.grid }),
            preset: preset.to_owned(),
            network: config.network.clone(),
            labels: config.labels.clone(),
            mapping: config.mapping.clone(),
            normalisation: Normalisation::MinusOneToOne,
            schedule: config.schedule,
            prediction: config.prediction,
            style: self.style.clone(),
            shadow: config.style.shadow && !is_mask,
            training: serde_json::json!({
                "stage": config.stage.name(),
                "from": config.from,
                "teacher_sha256": config.teacher_sha256,
                "distillation": (config.stage == Stage::Distill).then_some(config.distillation),
                "mask_dropout": config.mask_dropout,
                "style_dropout": (config.style.components > 0).then_some(config.style.dropout),
                "lesion_edges": (!is_mask).then_some(config.lesion_edges),
                "high_noise": (!is_mask && config.high_noise.share > 0.0).then_some(config.high_noise),
                "wide": (!is_mask && config.wide.every > 0).then_some(config.wide),
                "accumulation": config.accumulation,
                "mask_augmentation": is_mask.then_some(&config.masks.augmentation),
                "steps": self.trainer.state.step,
                "of_steps": config.steps,
                "batch": config.batch,
                "strip_px": (!is_mask).then_some([config.crop_columns, config.crop_rows]),
                "seed": config.seed,
                "lesion_weight": (!is_mask).then_some(config.lesion_weight),
                "learning_rate": config.learning_rate,
                "arithmetic": config.arithmetic,
                "ema_decay": config.ema_decay,
                "weights": match config.ema_decay > 0.0 {
                    true => "exponential moving average",
                    false => "of the last step",
                },
                "drm": (config.stage == Stage::Finetune).then_some(config.drm),
                "augmentation": (!is_mask).then_some(&config.augmentation),
                "validation_loss": validated.map(|(_, loss)| loss),
                "validation_step": validated.map(|(step, _)| step),
                "sources": summary.sources,
                "credits": summary.credits,
                "training_subjects": summary.training_subjects,
                "validation_subjects": summary.validation_subjects,
                "training_scans": summary.training_scans,
                "pseudo_labelled_scans": summary.pseudo_labelled_scans,
            }),
            tensors_sha256: String::new(),
        }
    }

    /// Draws the live sample and validation masks with the averaged network, the same noise every time,
    /// and measures how near the pictures are to what was trained on.
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
            self.model_info(None),
            self.trainer.device.clone(),
        );
        let settings = Settings {
            sampler: Sampler::Ddim,
            spacing: NoiseSpacing::Time,
            steps: self.config.sample_steps as u32,
        };
        // Validation samples lie on the grid already.
        let grid_sample = |scan: &Sample| LiveSample {
            labels: scan.labels.clone(),
            image: GreyImage::new(scan.width as u32, scan.height as u32, scan.image.clone()),
            spacing: None,
        };
        let of_document = usize::from(live.is_some());
        let mut rows = Vec::new();
        for sample in live.into_iter().chain(scans.iter().map(grid_sample)) {
            let plan = self.config.mapping.plan(sample.image.width, sample.image.height, sample.spacing);
            let scene = synthesizer.scene(&plan.labels_to_grid(&sample.labels), &plan);
            let noise = synthesizer.noise(self.config.seed, &plan);
            let picture = synthesizer.synthesize(&scene, &noise, settings, None, |_| {
                control.take_left(self.directory.path());
                if control.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            let ControlFlow::Continue(picture) = picture else { return Ok(()) };
            rows.push(SheetRow {
                labels: sample.labels,
                real: sample.image,
                synthetic: plan.grid_to_image(&picture),
            });
        }
        if rows.is_empty() {
            return Ok(());
        }
        let file = RunDirectory::sample_file(step);
        let path = self.directory.path().join(&file);
        samples_sheet::encode(&rows)
            .and_then(|bytes| write_atomically(&path, &bytes))
            .map_err(TrainingError::io(&path, "writing"))?;
        self.emit(Event::Samples { step, file })?;
        let synthetic = rows[of_document..].iter().map(|row| &row.synthetic);
        if let Some((synthetic, held_out)) = self.memorisation.measure(synthetic) {
            self.emit(Event::Memorisation { step, synthetic, held_out })?;
            if self.memorisation.asks_to_stop(self.config.memorisation_stop) {
                let message = format!(
                    "stopped early: the pictures are nearer to training scans ({synthetic:.4}) than scans \
                     nobody trained on ({held_out:.4}), so the network memorises"
                );
                self.emit(Event::Warning { step, message })?;
            }
        }
        Ok(())
    }

    /// Draws masks with the averaged network from the same noise every time, as labels.
    fn draw_masks(&mut self, control: &Control) -> Result<(), TrainingError> {
        let device = self.trainer.device.clone();
        let Ok(generator) =
            MaskGenerator::new(self.trainer.state.average.clone(), self.model_info(None), device)
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
