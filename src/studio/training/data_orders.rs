//! How what the form of a data set asks for is done, and what comes of it.

use std::sync::Arc;

use super::TrainingPage;
use super::background::News;
use super::data_form::{DataForm, DataWork};
use super::data_making::Making;
use super::orders::TrainingAction;
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;

impl TrainingPage {
    /// Does what the form of a data set asks for.
    ///
    /// # Errors
    /// A message for the user.
    pub(super) fn perform_on_data(&mut self, action: TrainingAction) -> Result<(), String> {
        match action {
            TrainingAction::MakeData => {
                let parent = self.places.as_ref().map(|places| places.data_sets.as_path());
                let new = || DataForm::new(parent, text!("data-usual-name").to_owned());
                self.data_form.get_or_insert_with(new);
            }
            TrainingAction::AddInputs(paths) => self.background.look_at_inputs(paths)?,
            TrainingAction::RemoveInput(index) => {
                if let Some(form) = &mut self.data_form
                    && index < form.inputs.len()
                {
                    form.inputs.remove(index);
                }
            }
            TrainingAction::StartMaking => self.start_making()?,
            TrainingAction::CloseDataForm => self.data_form = None,
            _ => {}
        }
        Ok(())
    }

    fn start_making(&mut self) -> Result<(), String> {
        let Some(form) = self.data_form.as_mut().filter(|form| !form.is_busy()) else { return Ok(()) };
        let terms = form.terms()?;
        let (making, out) = (Arc::new(Making::default()), terms.out.clone());
        self.background.make_data_set(terms, Arc::clone(&making))?;
        form.work = DataWork::Making { making, out };
        Ok(())
    }

    /// Takes what threads report to the form of a data set; answers what the user must hear.
    pub(super) fn take_data_news(&mut self, news: News) -> Vec<(Severity, String)> {
        let Some(form) = &mut self.data_form else { return Vec::new() };
        match news {
            News::Inputs(inputs) => form.add(inputs),
            News::Made(outcome) => {
                let words = outcome.as_ref().map(|made| made.words.clone()).unwrap_or_default();
                let made = form.take(outcome);
                let is_clean = form.is_clean();
                let Some(out) = made else { return Vec::new() };
                if is_clean {
                    self.data_form = None;
                }
                return self.use_made_data(&out, words);
            }
            _ => {}
        }
        Vec::new()
    }

    /// Chooses a data set that was made in the form of a run, which is opened where there is none.
    fn use_made_data(&mut self, out: &std::path::Path, words: String) -> Vec<(Severity, String)> {
        if self.form.is_none()
            && let Err(message) = self.perform(TrainingAction::NewRun)
        {
            return vec![(Severity::Error, message)];
        }
        if let Some(form) = &mut self.form {
            form.data = out.display().to_string();
        }
        let looked = self.look_at_data();
        let failed = looked.err().map(|message| (Severity::Error, message));
        std::iter::once((Severity::Info, words)).chain(failed).collect()
    }

    /// The form of a data set in words, for tests: what is said at its foot.
    pub fn data_form_problem(&self) -> Option<String> {
        self.data_form.as_ref().and_then(DataForm::problem)
    }

    /// Whether the form of a data set takes scans: those that are dropped are for it.
    pub(in crate::studio) fn collects_inputs(&self) -> bool {
        self.data_form.as_ref().is_some_and(|form| !form.is_busy())
    }

    /// Whether a data set is being made.
    pub fn is_making_data(&self) -> bool {
        self.data_form.as_ref().is_some_and(DataForm::is_busy)
    }

    /// Folder of the data set that the form of a run has chosen.
    pub fn chosen_data(&self) -> Option<&str> {
        self.form.as_ref().map(|form| form.data.trim())
    }
}
