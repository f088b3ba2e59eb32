//! How what the page asks for is done.

use std::path::PathBuf;

use super::action::GenerateAction;
use super::form::Form;
use super::place::GeneratePlace;
use super::state::{CoverageState, GeneratePage, Generation, data_of};
use crate::studio::texts::text;
use crate::worker::{GenerationLaunch, GenerationProcess, GenerationRequest, GenerationStart};

impl GeneratePage {
    /// Does what was asked for.
    ///
    /// # Errors
    /// A message for the user.
    pub(in crate::studio) fn perform(&mut self, action: GenerateAction) -> Result<(), String> {
        match action {
            GenerateAction::Select(path) => {
                self.form = None;
                self.selected = Some(path);
            }
            GenerateAction::New => self.open_form(GenerationRequest::default(), "pairs"),
            GenerateAction::NewWith(request) => self.open_form(*request, "pairs"),
            GenerateAction::NewLikeThis => {
                let record = self.selected().ok_or(text!("generate-choose-first"))?;
                let plan = record.plan.as_ref().ok_or(text!("generate-no-plan"))?;
                let mut request = GenerationRequest::of(plan, record.places.as_ref());
                // The same plan would be the same pairs.
                request.seed += 1;
                let name = record.name();
                self.open_form(request, &name);
            }
            GenerateAction::CloseForm => self.form = None,
            GenerateAction::Use(place, path) => {
                let shown = path.display().to_string();
                match place {
                    GeneratePlace::Generation => self.add(path)?,
                    GeneratePlace::Parent => self.with_form(|form| form.parent = shown),
                    GeneratePlace::Data => self.with_form(|form| form.data = shown),
                    GeneratePlace::Recipe => self.with_form(|form| form.recipe = shown),
                }
            }
            GenerateAction::Measure => self.measure()?,
            GenerateAction::Start => self.start()?,
            GenerateAction::Pause => self.pause()?,
            GenerateAction::Resume => {
                let record = self.selected().ok_or(text!("generate-choose-first"))?;
                let folder = record.path.clone();
                self.launch(folder, GenerationStart::Resume)?;
            }
            GenerateAction::Add(generation) => self.add(generation)?,
            GenerateAction::ToggleLabels => self.sheet.toggle_labels(),
            GenerateAction::MeasureCoverage => {
                let record = self.selected().ok_or(text!("generate-choose-first"))?;
                let (folder, reference) = (record.path.clone(), data_of(record));
                self.background.measure_coverage(folder.clone(), reference)?;
                self.coverage = Some((folder, CoverageState::Measuring));
            }
            GenerateAction::ShowFolder(folder) => self.background.show_folder(folder)?,
            // The window does these: the page has no chooser, no editor and no review, and knows of no other page.
            GenerateAction::Toggle
            | GenerateAction::Choose(_)
            | GenerateAction::OpenReview(_)
            | GenerateAction::OpenPair(_) => {}
        }
        Ok(())
    }

    /// The page is shown: the command line may have made generations since it was.
    ///
    /// # Errors
    /// A message for the user.
    pub(in crate::studio) fn look_again(&mut self) -> Result<(), String> {
        if let (false, Some(places)) = (self.is_looking, &self.places) {
            self.background.find(places.folder.clone())?;
            self.is_looking = true;
        }
        Ok(())
    }

    /// Adds the generation in a folder to the list.
    fn add(&self, generation: PathBuf) -> Result<(), String> {
        let folder = self.own_folder()?;
        self.background.add(folder, generation)
    }

    fn own_folder(&self) -> Result<PathBuf, String> {
        let places = self.places.as_ref().ok_or(text!("generate-no-place"))?;
        Ok(places.folder.clone())
    }

    fn open_form(&mut self, request: GenerationRequest, stem: &str) {
        let parent = self.places.as_ref().map(|places| places.folder.display().to_string());
        let is_taken = |name: &str| self.generations.iter().any(|one| one.record.name() == name);
        let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-').to_owned();
        let free = (1..).map(|number| format!("{stem}-{number}")).find(|name| !is_taken(name));
        self.form = Some(Form::new(request, free.unwrap_or_default(), parent.unwrap_or_default()));
    }

    fn measure(&mut self) -> Result<(), String> {
        let places = self.places.as_ref().ok_or(text!("generate-no-place"))?;
        let Some(form) = &mut self.form else { return Ok(()) };
        let request = form.request();
        self.background.estimate(places.program.clone(), request.clone())?;
        form.wait_for_estimate(request);
        Ok(())
    }

    fn start(&mut self) -> Result<(), String> {
        let form = self.form.as_ref().ok_or(text!("generate-no-form"))?;
        if let Some(problem) = form.problems().into_iter().next() {
            return Err(problem);
        }
        let (folder, request) = (form.folder()?, form.request());
        let own = self.own_folder()?;
        self.launch(folder.clone(), GenerationStart::New(Box::new(request)))?;
        self.background.keep(own, folder)?;
        self.form = None;
        Ok(())
    }

    /// Starts a process for the generation in a folder and shows it.
    fn launch(&mut self, folder: PathBuf, start: GenerationStart) -> Result<(), String> {
        let places = self.places.as_ref().ok_or(text!("generate-no-place"))?;
        if self.is_at_work(&folder) {
            return Err(text!("generate-at-work", folder = %folder.display()));
        }
        let launch = GenerationLaunch { program: places.program.clone(), folder: folder.clone(), start };
        let process = GenerationProcess::launch(launch, self.wake.clone())
            .map_err(|error| text!("generate-no-thread", %error))?;
        self.generations.retain(|known| known.record.path != folder);
        self.generations.insert(0, Generation { record: process.record(), process: Some(process) });
        self.selected = Some(folder);
        Ok(())
    }

    fn is_at_work(&self, folder: &std::path::Path) -> bool {
        self.generations.iter().any(|one| one.record.path == folder && one.record.state.is_alive())
    }

    fn pause(&mut self) -> Result<(), String> {
        let path = self.selected.clone().ok_or(text!("generate-choose-first"))?;
        let chosen = self.generations.iter().find(|one| one.record.path == path);
        let Some(Generation { process: Some(process), .. }) = chosen else {
            return Err(text!("generate-no-process").to_owned());
        };
        process.stop().map_err(|error| text!("generate-no-thread", %error))
    }

    /// Stops every generation at work, as when the window closes.
    ///
    /// # Errors
    /// If the system grants no thread.
    pub(in crate::studio) fn stop_all(&self) -> Result<(), String> {
        for one in self.generations.iter().filter(|one| one.record.state.is_alive()) {
            if let Some(process) = &one.process {
                process.stop().map_err(|error| text!("generate-no-thread", %error))?;
            }
        }
        Ok(())
    }
}
