//! The state of the comparisons, what they learn from threads and processes, and how what they ask for is done.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::Context;

use super::super::place::TrainingPlace;
use super::action::ComparisonAction;
use super::background::{Background, News};
use super::helps_form::HelpsForm;
use super::paper_form::PaperForm;
use crate::background::Wake;
use crate::studio::shell::notices::Severity;
use crate::studio::texts::text;
use crate::worker::{
    ComparisonKind, ComparisonLaunch, ComparisonProcess, ComparisonRecord, ComparisonRequest, ComparisonState,
};

/// Where the two kinds are kept unless another folder is named.
const USUAL_FOLDERS: [&str; 2] = ["does-it-help", "paper"];

/// A comparison whose folder is looked at, or that is at work.
struct Shown {
    process: ComparisonProcess,
    record: Arc<ComparisonRecord>,
    /// Whether what was asked for in the folder is to fill the form once it is known.
    fills_form: bool,
}

/// How a comparison came to be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ShownFrom {
    /// Its folder was named: what was asked for there fills the form.
    Folder,
    /// The form, which began it.
    Form,
}

/// Both kinds of comparisons.
pub(in crate::studio::training) struct Comparisons {
    background: Background,
    wake: Wake,
    pub(super) helps: HelpsForm,
    pub(super) paper: PaperForm,
    /// The comparison that each form names.
    shown: [Option<Shown>; 2],
}

fn place_of(kind: ComparisonKind) -> usize {
    match kind {
        ComparisonKind::Downstream => 0,
        ComparisonKind::Paper => 1,
    }
}

impl Comparisons {
    /// `folder` is where they are kept unless another one is named.
    pub fn new(context: Context, folder: Option<&Path>) -> Self {
        let usual = |name: &str| folder.map(|folder| folder.join(name).display().to_string());
        let [helps, paper] = USUAL_FOLDERS.map(|name| usual(name).unwrap_or_default());
        let wake: Wake = {
            let context = context.clone();
            Arc::new(move || context.request_repaint())
        };
        Self {
            background: Background::new(context),
            wake,
            helps: HelpsForm::new(helps),
            paper: PaperForm::new(paper),
            shown: [None, None],
        }
    }

    /// What is known of the comparison that a form names.
    pub fn record(&self, kind: ComparisonKind) -> Option<&ComparisonRecord> {
        self.shown[place_of(kind)].as_ref().map(|shown| shown.record.as_ref())
    }

    /// What keeps a form from starting.
    pub fn problems(&self, kind: ComparisonKind) -> Vec<String> {
        match kind {
            ComparisonKind::Downstream => self.helps.problems(),
            ComparisonKind::Paper => self.paper.problems(),
        }
    }

    /// Whether a process works on one of them.
    pub fn is_running(&self) -> bool {
        self.shown.iter().flatten().any(|shown| shown.record.state.is_alive())
    }

    /// Part of its runs that the one at work has done.
    pub fn progress(&self) -> Option<f32> {
        let at_work = self.shown.iter().flatten().find(|shown| shown.record.state.is_alive())?;
        Some(at_work.record.progress())
    }

    /// Whether what is shown of a kind is complete.
    pub fn is_settled(&self, kind: ComparisonKind) -> bool {
        self.record(kind).is_none_or(|record| record.state != ComparisonState::Looking)
    }

    /// Whether somebody has looked at the folder that a form names; nobody does while another one is at work.
    pub(super) fn knows_folder(&self, kind: ComparisonKind) -> bool {
        let out = self.out(kind);
        match self.record(kind) {
            Some(record) => record.state.is_alive() || record.folder == out,
            None => out.as_os_str().is_empty(),
        }
    }

    fn out(&self, kind: ComparisonKind) -> PathBuf {
        match kind {
            ComparisonKind::Downstream => self.helps.out.trim().into(),
            ComparisonKind::Paper => self.paper.out.trim().into(),
        }
    }

    /// Offers the data set of the newest run where the form names none.
    pub fn offer_data(&mut self, data: Option<String>) {
        if let (true, Some(data)) = (self.helps.data.text.trim().is_empty(), data) {
            self.helps.data.text = data;
        }
    }

    /// Does what was asked for. `program` is what compares, which is `retidiff`.
    ///
    /// # Errors
    /// A message for the user.
    pub fn perform(&mut self, action: ComparisonAction, program: Option<&Path>) -> Result<(), String> {
        match action {
            ComparisonAction::LookAtData => match self.helps.data.take_unseen() {
                Some(path) => self.background.look_at_data(path),
                None => Ok(()),
            },
            ComparisonAction::LookAtSource => match self.paper.source.take_unseen() {
                Some(path) => self.background.look_at_source(path),
                None => Ok(()),
            },
            ComparisonAction::LookAtFolder(kind) => self.look_at_folder(kind),
            ComparisonAction::Start(kind) => self.start(kind, program),
            ComparisonAction::Stop(kind) => match &self.shown[place_of(kind)] {
                Some(shown) => shown.process.stop().map_err(|error| text!("training-no-thread", %error)),
                None => Ok(()),
            },
            ComparisonAction::OpenReport(report) => self.background.show_report(report),
            // The window does it: the page has no chooser.
            ComparisonAction::Choose(_) => Ok(()),
        }
    }

    /// Takes a path that was chosen.
    pub fn use_place(&mut self, place: TrainingPlace, path: &Path) {
        let shown = path.display().to_string();
        match place {
            TrainingPlace::ComparisonData => self.helps.data.text = shown,
            TrainingPlace::ComparisonTestData => self.helps.test_data = shown,
            TrainingPlace::ComparisonPairs => self.helps.pairs_folder = shown,
            TrainingPlace::ComparisonDrawer => self.helps.model = shown,
            TrainingPlace::ComparisonOut => self.helps.out = shown,
            TrainingPlace::PaperSource => self.paper.source.text = shown,
            TrainingPlace::PaperScans => self.paper.scans = shown,
            TrainingPlace::PaperOut => self.paper.out = shown,
            // The other parts of the page ask for these.
            _ => {}
        }
    }

    fn look_at_folder(&mut self, kind: ComparisonKind) -> Result<(), String> {
        if self.knows_folder(kind) {
            return Ok(());
        }
        let out = self.out(kind);
        if out.as_os_str().is_empty() {
            self.shown[place_of(kind)] = None;
            return Ok(());
        }
        let process = ComparisonProcess::attach(kind, &out, self.wake.clone());
        self.show_process(kind, process, ShownFrom::Folder)
    }

    fn start(&mut self, kind: ComparisonKind, program: Option<&Path>) -> Result<(), String> {
        if let Some(problem) = self.problems(kind).into_iter().next() {
            return Err(problem);
        }
        if self.record(kind).is_some_and(|record| record.state.is_alive()) {
            return Err(text!("comparisons-at-work").to_owned());
        }
        let program = program.ok_or(text!("training-no-runs-folder"))?.to_owned();
        let request = match kind {
            ComparisonKind::Downstream => self.helps.request(),
            ComparisonKind::Paper => self.paper.request(),
        };
        let process = ComparisonProcess::launch(ComparisonLaunch { program, request }, self.wake.clone());
        self.show_process(kind, process, ShownFrom::Form)
    }

    fn show_process(
        &mut self,
        kind: ComparisonKind,
        process: std::io::Result<ComparisonProcess>,
        from: ShownFrom,
    ) -> Result<(), String> {
        let process = process.map_err(|error| text!("training-no-thread", %error))?;
        let fills_form = from == ShownFrom::Folder;
        self.shown[place_of(kind)] = Some(Shown { record: process.record(), process, fills_form });
        Ok(())
    }

    /// Stops what is at work, as when the window closes.
    ///
    /// # Errors
    /// If the system grants no thread.
    pub fn stop_all(&self) -> Result<(), String> {
        for shown in self.shown.iter().flatten().filter(|shown| shown.record.state.is_alive()) {
            shown.process.stop().map_err(|error| text!("training-no-thread", %error))?;
        }
        Ok(())
    }

    /// Takes what threads and processes report; answers what the user must hear, which the page shows by itself where it
    /// is in the window.
    pub fn follow(&mut self, is_page_shown: bool) -> Vec<(Severity, String)> {
        let mut notices = Vec::new();
        for news in self.background.news() {
            match news {
                News::Data { path, found } => self.helps.data.learn(&path, found),
                News::Source { path, found } => self.paper.source.learn(&path, found),
                News::Failed(message) => notices.push((Severity::Error, message)),
            }
        }
        for shown in self.shown.iter_mut().flatten() {
            let was_alive = shown.record.state.is_alive();
            shown.record = shown.process.record();
            if was_alive && !is_page_shown {
                notices.extend(end_of(&shown.record));
            }
            let Some(request) = shown.record.request.as_ref().filter(|_| shown.fills_form) else { continue };
            match request {
                ComparisonRequest::Downstream(request) => self.helps.use_request(request),
                ComparisonRequest::Paper(request) => self.paper.use_request(request),
            }
            shown.fills_form = false;
        }
        notices
    }
}

/// What the user must hear of a comparison that ended behind another page.
fn end_of(record: &ComparisonRecord) -> Option<(Severity, String)> {
    let name = record.name();
    match &record.state {
        ComparisonState::Finished => Some((Severity::Info, text!("comparisons-finished", name))),
        ComparisonState::Failed(message) => {
            Some((Severity::Error, text!("comparisons-failed", name, message = message.as_str())))
        }
        _ => None,
    }
}
