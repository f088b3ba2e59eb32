//! The steps of a session: batches in, a step, what is due after it.

use std::sync::Arc;
use std::time::Instant;

use super::super::config::RunConfig;
use super::super::control::Control;
use super::super::error::TrainingError;
use super::super::memory;
use super::super::prepared;
use super::super::progress::Progress;
use super::super::repetition::{Feed, Rule};
use super::super::report::{EVENT_VERSION, Event};
use super::super::run::Run;
use super::super::run_directory::MODEL_FILE;
use super::super::source::Source;
use super::super::trainer::StepResult;
use super::{Looked, SHEET_SCANS, StageNetwork, TrainingSession};
use crate::dataset::samples::Sample;
use crate::platform;

/// Steps in a row without a finite loss after which a run gives up.
const MAX_BAD_STEPS: u32 = 20;

impl<N: StageNetwork> TrainingSession<'_, N> {
    /// Trains to the last step, or until somebody stops it, and saves.
    ///
    /// # Errors
    /// If scans cannot be read, something cannot be written, or the loss stays without a number.
    pub(super) fn train(
        &mut self,
        source: Source,
        run: &Run,
        control: &Control,
    ) -> Result<(), TrainingError> {
        let config = Arc::new(self.config.clone());
        self.tell_beginning(&source, run)?;
        self.validation = source.validation(&config)?;
        let sheet_scans = source.sheet_scans(&config, SHEET_SCANS)?;
        let (step, rule) = (self.trainer.state.step, Rule::of(&config, source.counts().0));
        let place = Feed::place(rule, self.trainer.state.place, step);
        // As many as there are steps left, for none may be repeated.
        let most = config.steps.saturating_sub(step);
        let prepared = prepared::prepare(config.clone(), Arc::new(source), place.batch, most)
            .map_err(|error| TrainingError::Batches(error.to_string()))?;

        let (mut feed, mut progress) = (Feed::new(prepared, rule, place), Progress::at(step));
        while self.trainer.state.step < config.steps && self.may_go_on(control)? {
            self.do_step(&config, &mut feed, &mut progress)?;
            self.look(&config, &sheet_scans, control)?;
            let step = self.trainer.state.step;
            let is_time = progress.is_time_to_save(config.checkpoint_minutes);
            let is_wanted = is_time || control.take_checkpoint() || step == config.steps;
            // A network that has gone astray must not replace the last good one.
            if is_wanted && progress.bad_steps() == 0 {
                self.save()?;
                progress.mark_saved(step);
            }
        }
        let step = self.trainer.state.step;
        if progress.is_worth_saving(step) {
            self.save()?;
        }
        self.tell_skipped()?;
        let model = MODEL_FILE.to_owned();
        self.emit(if step < config.steps { Event::Stopped { step } } else { Event::Finished { step, model } })
    }

    /// Says what begins, and where its memory may not do.
    fn tell_beginning(&mut self, source: &Source, run: &Run) -> Result<(), TrainingError> {
        let (training_scans, validation_scans) = source.counts();
        self.emit(Event::Started {
            version: EVENT_VERSION,
            run: run.path.display().to_string(),
            device: run.device_name.clone(),
            parameters: self.trainer.state.network.num_params() as u64,
            training_scans,
            validation_scans,
            pseudo_labelled_scans: self.pseudo_labelled_scans,
            takes_pseudo_labelled: self.config.pseudo_labelled,
            step: self.trainer.state.step,
            steps: self.config.steps,
        })?;
        match run.free_memory.and_then(|free| memory::warning(&self.config, free)) {
            Some(message) => self.emit(Event::Warning { step: self.trainer.state.step, message }),
            None => Ok(()),
        }
    }

    /// Says in the end how many steps changed nothing: a warning of one among thousands is easily missed.
    fn tell_skipped(&mut self) -> Result<(), TrainingError> {
        let (skipped, step) = (self.skipped_steps, self.trainer.state.step);
        if skipped == 0 {
            return Ok(());
        }
        let message =
            format!("{skipped} of {step} steps changed nothing, for the loss or its gradient was not finite");
        self.emit(Event::Warning { step, message })
    }

    /// One step on the next batches, and how it went.
    fn do_step(
        &mut self,
        config: &RunConfig,
        feed: &mut Feed,
        progress: &mut Progress,
    ) -> Result<(), TrainingError> {
        let began = Instant::now();
        let batches = feed.batches(config.accumulation)?;
        let batch_wait_secs = began.elapsed().as_secs_f64();
        let learning_rate = config.learning_rate_at(self.trainer.state.step);
        let StepResult { loss, gradient_norm, is_skipped } = self.trainer.step(config, batches);
        self.trainer.state.place = feed.take_step(loss);
        let step = self.trainer.state.step;
        let secs = began.elapsed().as_secs_f64();
        let pace = progress.take_step(secs, is_skipped);
        self.skipped_steps += u64::from(is_skipped);
        self.emit(Event::Step {
            step,
            loss,
            gradient_norm,
            learning_rate,
            secs,
            batch_wait_secs,
            eta_secs: config.steps.saturating_sub(step) as f64 * pace,
            memory_bytes: platform::process_memory().map(|memory| memory.resident),
            skipped_steps: self.skipped_steps,
        })?;
        if progress.bad_steps() == 1 {
            let message = "the loss or its gradient is not finite; this step changed nothing".to_owned();
            self.emit(Event::Warning { step, message })?;
        }
        match progress.bad_steps() {
            steps @ MAX_BAD_STEPS.. => Err(TrainingError::Diverged { step, steps }),
            _ => Ok(()),
        }
    }

    /// Validates and draws the sheet, where that is due after this step.
    fn look(
        &mut self,
        config: &RunConfig,
        sheet_scans: &[Sample],
        control: &Control,
    ) -> Result<(), TrainingError> {
        let step = self.trainer.state.step;
        let due = |every: u64| every > 0 && (step.is_multiple_of(every) || step == config.steps);
        if due(config.validate_every)
            && let Some(Looked { loss, strata, dice, .. }) = self.validate().cloned()
        {
            self.emit(Event::Validation { step, loss, strata })?;
            if let Some((mean, fluid)) = dice {
                self.emit(Event::Dice { step, mean, fluid })?;
            }
        }
        match due(config.sample_every) {
            true => N::show(self, sheet_scans, control),
            false => Ok(()),
        }
    }
}
