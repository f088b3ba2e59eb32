//! The window's end of the synthesis thread: what was asked, what came back, how it stands.
//!
//! The window never waits for it: a request is a copy of pointers put into a mailbox, a picture is
//! taken when it lies there.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::comparison_picture::ComparisonPicture;
use super::picture_requests::PictureRequests;
use crate::device::DeviceInfo;
use crate::document::{Appearance, KeptSynthesis};
use crate::formats::provenance::Provenance;
use crate::mask::Mask;
use crate::scan::GreyImage;
use crate::studio::editor::session::EditorSession;
use crate::studio::shell::notices::Topic;
use crate::studio::shell::settings::PanelSettings;
use crate::studio::stage::StageScan;
use crate::studio::texts::text;
use crate::worker::{
    Event, FromScan, LoadedModel, Picture, PictureImage, PictureKind, Recipe, Request, SynthesisWorker,
    marking,
};

/// How the synthesis stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// The model is being loaded.
    Starting,
    /// The model is there.
    Ready,
    /// There is none, and why.
    Unavailable(String),
}

/// What is known of the picture on screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShownPicture {
    /// How it was drawn, if at all.
    pub kind: PictureKind,
    /// Zero when it was remembered.
    pub duration: Duration,
    /// No better picture of the same request will come.
    pub complete: bool,
    /// Whether it belongs to the mask as it is now.
    pub current: bool,
}

/// What the thread reported and the window must act on.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum News {
    /// A picture for the page shown.
    Picture(Picture),
    /// The picture to compare with has come.
    Comparison,
    /// A full-frame picture that was requested to be exported.
    Exported { path: PathBuf, image: GreyImage, provenance: Vec<(&'static str, String)> },
    /// A full-frame picture that was asked for to be kept with a page of a document.
    Kept { document_number: u64, page: usize, synthesis: Arc<KeptSynthesis> },
    /// A full-frame picture of a pair under review.
    ForReview { image: GreyImage, provenance: Provenance },
    /// A full-frame picture for a game of the kiosk, and its labels.
    ForGame { image: GreyImage, mask: Mask },
    /// A full-frame picture that the page of cases wished for, or why there is none.
    ForStage { number: u64, outcome: Result<GreyImage, String> },
    /// Something failed; the text names the remedy. Without a topic nothing that comes later makes it untrue.
    Failed { topic: Option<Topic>, message: String },
    /// The other machine answers again.
    HostBack(String),
    /// Something changed that the user should know.
    Notice(String),
}

/// Everything a picture of a page depends on; equal keys need no new picture.
#[derive(Clone, Debug, PartialEq)]
struct PictureKey {
    revision: u64,
    steps: u32,
    recipe: Recipe,
    seed: u64,
}

struct PendingExport {
    purpose: ExportPurpose,
    request: Request,
}

/// What a full-frame picture was asked for.
#[derive(Clone)]
enum ExportPurpose {
    /// To be written to a file.
    File(PathBuf),
    /// To be kept with the page, of the document of this number.
    Keep { document_number: u64 },
    /// To be kept with a set under review.
    Review,
    /// To be guessed in a game of the kiosk.
    Game,
    /// For the page of cases, which knows it by its number.
    Stage { number: u64 },
}

impl ExportPurpose {
    /// What the window says of it when there is no picture.
    fn topic(&self) -> Option<Topic> {
        match self {
            Self::File(_) => Some(Topic::Export),
            Self::Keep { .. } => Some(Topic::Keep),
            Self::Review => Some(Topic::ReviewScan),
            // The page of cases says it itself, and nobody at a kiosk can do anything about it.
            Self::Game | Self::Stage { .. } => None,
        }
    }
}

/// The window's end of the synthesis thread.
pub struct Synthesis {
    worker: Option<SynthesisWorker>,
    status: Status,
    device: Option<DeviceInfo>,
    model: Option<LoadedModel>,
    busy: bool,
    /// Job, step and number of steps of the last report.
    progress: Option<(u64, u32, u32)>,
    requests: PictureRequests<PictureKey>,
    shown: Option<ShownPicture>,
    /// What is on screen, as it came.
    picture: Option<Picture>,
    exports: HashMap<u64, PendingExport>,
    /// What was asked for last.
    last_request: Option<Request>,
    /// What the picture on screen is compared with.
    pub comparison: ComparisonPicture,
    /// Looks in place of the page's, while a slider is held.
    preview: Option<Arc<Appearance>>,
}

impl Synthesis {
    /// With a thread that loads its model by itself, or without one when the system grants none.
    pub fn with_worker(worker: std::io::Result<SynthesisWorker>) -> Self {
        match worker {
            Ok(worker) => {
                Self { worker: Some(worker), status: Status::Starting, ..Self::without_worker(String::new()) }
            }
            Err(error) => Self::without_worker(text!("synthesis-no-thread", %error)),
        }
    }

    /// A window without synthesis, and why.
    pub fn without_worker(reason: String) -> Self {
        Self {
            worker: None,
            status: Status::Unavailable(reason),
            device: None,
            model: None,
            busy: false,
            progress: None,
            requests: PictureRequests::default(),
            shown: None,
            picture: None,
            exports: HashMap::new(),
            last_request: None,
            comparison: ComparisonPicture::default(),
            preview: None,
        }
    }

    /// Ends the thread; what it was asked for stays noted. A picture on the graphics device is forgotten.
    pub fn stop(&mut self) {
        self.worker = None;
        self.comparison.start_over();
        if self.picture.as_ref().is_some_and(|picture| picture.image.is_on_device()) {
            self.picture = None;
            self.shown = None;
        }
    }

    /// Hands over to another one: what was asked for and not answered is asked of it. Answers how many exports
    /// found no room.
    pub fn hand_over(self, next: &mut Self) -> usize {
        next.requests = self.requests;
        next.requests.start_over();
        next.comparison = self.comparison;
        next.shown = self.shown.map(|shown| ShownPicture { current: false, ..shown });
        next.picture = self.picture;
        let mut exports: Vec<(u64, PendingExport)> = self.exports.into_iter().collect();
        exports.sort_by_key(|(job, _)| *job);
        let before = exports.len();
        exports.retain(|(_, export)| {
            next.worker.as_ref().is_some_and(|worker| worker.submit_export(export.request.clone()))
        });
        next.exports = exports.into_iter().collect();
        before - next.exports.len()
    }

    /// How it stands.
    pub fn status(&self) -> &Status {
        &self.status
    }

    /// The device that computes, once it is known.
    pub fn device(&self) -> Option<&DeviceInfo> {
        self.device.as_ref()
    }

    /// The model that answers.
    pub fn model(&self) -> Option<&LoadedModel> {
        self.model.as_ref()
    }

    /// Whether it computes.
    pub fn is_busy(&self) -> bool {
        self.busy
    }

    /// Step and number of steps of what it computes, where that is still waited for: the newest picture, an export or a
    /// comparison.
    pub fn progress(&self) -> Option<(u32, u32)> {
        let (job, step, of) = self.progress.filter(|_| self.busy)?;
        let is_awaited = self.requests.is_newest(job)
            || self.exports.contains_key(&job)
            || self.comparison.is_waiting_for(job);
        is_awaited.then_some((step, of))
    }

    /// What is on screen.
    pub fn shown(&self) -> Option<ShownPicture> {
        self.shown
    }

    /// The picture on screen.
    pub fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }

    /// The picture on screen with its steps, where it is complete and of the mask as it is. A kept synthesis of the page
    /// is not meant.
    pub fn complete_picture(&self) -> Option<(GreyImage, u32)> {
        let shown = self.shown.filter(|shown| shown.complete && shown.current)?;
        let PictureKind::Refined { steps } = shown.kind else { return None };
        match &self.picture.as_ref()?.image {
            PictureImage::Cpu(image) => Some((image.clone(), steps)),
            #[cfg(feature = "gpu")]
            PictureImage::Gpu { .. } => None,
        }
    }

    /// Whether a picture is still being drawn to be exported or kept.
    pub fn is_exporting(&self) -> bool {
        !self.exports.is_empty()
    }

    /// Another model draws what is shown from now on; exports stay here.
    pub fn hand_view_to(&mut self, next: &mut Self) {
        next.requests = std::mem::take(&mut self.requests);
        next.requests.start_over();
        next.comparison = std::mem::take(&mut self.comparison);
        next.comparison.start_over();
        next.shown = self.shown.take().map(|shown| ShownPicture { current: false, ..shown });
        next.picture = self.picture.take();
    }

    /// A view is shown: the picture of another one is forgotten.
    pub fn look_at(&mut self, view_number: u64) {
        if self.requests.look_at(view_number) {
            self.forget_pictures();
        }
    }

    /// Views of another session come: whatever is shown then is requested anew.
    pub fn leave_view(&mut self) {
        self.requests.leave_view();
        self.forget_pictures();
    }

    fn forget_pictures(&mut self) {
        self.shown = None;
        self.picture = None;
        self.progress = None;
        self.comparison.forget();
    }

    /// Asks for the picture of the mask as it is, unless it was asked already.
    pub fn follow(&mut self, session: &EditorSession, settings: &PanelSettings) {
        self.look_at(session.view_number());
        let Some(worker) = &self.worker else { return };
        if matches!(self.status, Status::Unavailable(_)) {
            return;
        }
        let key = PictureKey {
            revision: session.editor.revision(),
            steps: settings.steps,
            recipe: self.recipe(session, settings),
            seed: session.editor.document().noise_seed,
        };
        let Some(job) = self.requests.request(key) else { return };
        let request = self.request(job, session, settings);
        if let Some(shown) = &mut self.shown {
            shown.current = false;
        }
        self.last_request = Some(request.clone());
        worker.submit(request);
    }

    /// What a picture on screen answers, if it is the newest.
    pub fn request_of(&self, picture: &Picture) -> Option<&Request> {
        self.last_request.as_ref().filter(|_| self.requests.is_newest(picture.job))
    }

    /// Asks for the picture to compare with, once the one on screen is complete.
    pub fn follow_comparison(&mut self) {
        let is_settled = self.shown.is_some_and(|shown| shown.complete && shown.current);
        let (Some(worker), Some(request), true) = (&self.worker, &self.last_request, is_settled) else {
            return;
        };
        let Some((mut request, model)) = self.comparison.wanted(request) else { return };
        request.job = self.requests.other_job();
        let is_accepted = match model {
            Some(model) => worker.submit_export_by(request.clone(), model),
            None => worker.submit_export(request.clone()),
        };
        if is_accepted {
            self.comparison.note_request(request.job, request);
        }
    }

    /// Asks for the whole frame at all steps, to be written to a file.
    ///
    /// # Errors
    /// A message when there is no synthesis or too many exports wait.
    pub fn export(
        &mut self,
        session: &EditorSession,
        settings: &PanelSettings,
        path: PathBuf,
    ) -> Result<(), String> {
        self.ask_full_frame(session, settings, ExportPurpose::File(path))
    }

    /// Asks for the whole frame at all steps, to be kept with the page.
    ///
    /// # Errors
    /// As [`Synthesis::export`].
    pub fn keep(&mut self, session: &EditorSession, settings: &PanelSettings) -> Result<(), String> {
        let document_number = session.document_number();
        self.ask_full_frame(session, settings, ExportPurpose::Keep { document_number })
    }

    /// Asks for the whole frame of a pair under review: pure synthesis, in as many steps as the pair had before.
    ///
    /// # Errors
    /// As [`Synthesis::export`].
    pub fn synthesise_for_review(
        &mut self,
        session: &EditorSession,
        settings: &PanelSettings,
        steps: u32,
    ) -> Result<(), String> {
        let settings = PanelSettings { strength: 1.0, steps, ..settings.clone() };
        self.ask_full_frame(session, &settings, ExportPurpose::Review)
    }

    /// Asks for the whole frame at all steps, for a game of the kiosk.
    ///
    /// # Errors
    /// As [`Synthesis::export`].
    pub fn synthesise_for_game(
        &mut self,
        session: &EditorSession,
        settings: &PanelSettings,
    ) -> Result<(), String> {
        self.ask_full_frame(session, settings, ExportPurpose::Game)
    }

    /// Asks for a whole frame for the page of cases: drawn from its labels alone, as `retidiff case build` draws it.
    ///
    /// # Errors
    /// As [`Synthesis::export`].
    pub fn synthesise_for_stage(&mut self, wished: &StageScan) -> Result<(), String> {
        let request = Request {
            job: 0,
            page: 0,
            mask: wished.mask.clone(),
            spacing: Some(wished.spacing),
            seed: wished.picture.seed,
            refine_steps: wished.picture.steps,
            recipe: Recipe::usual(),
            full_frame: true,
        };
        self.submit_full_frame(request, ExportPurpose::Stage { number: wished.number })
    }

    fn ask_full_frame(
        &mut self,
        session: &EditorSession,
        settings: &PanelSettings,
        purpose: ExportPurpose,
    ) -> Result<(), String> {
        let request = self.request(0, session, settings);
        if request.recipe.unchanged_scan().is_some() {
            return Err(text!("synthesis-strength-zero").to_owned());
        }
        self.submit_full_frame(request, purpose)
    }

    fn submit_full_frame(&mut self, mut request: Request, purpose: ExportPurpose) -> Result<(), String> {
        let worker = match (&self.worker, &self.status) {
            (Some(worker), Status::Starting | Status::Ready) => worker,
            _ => return Err(text!("synthesis-no-model").to_owned()),
        };
        request.full_frame = true;
        request.job = self.requests.other_job();
        if !worker.submit_export(request.clone()) {
            return Err(text!("synthesis-too-many").to_owned());
        }
        self.exports.insert(request.job, PendingExport { purpose, request });
        Ok(())
    }

    /// What came back since the last call, for the page shown.
    pub fn news(&mut self) -> Vec<News> {
        let Some(worker) = &self.worker else { return Vec::new() };
        let (events, picture) = (worker.events(), worker.latest());
        let mut news = Vec::new();
        for event in events {
            self.take(event, &mut news);
        }
        if let Some(picture) = picture.filter(|picture| self.requests.is_of_view(picture.job)) {
            self.shown = Some(ShownPicture {
                kind: picture.kind,
                duration: picture.duration,
                complete: picture.complete,
                current: self.requests.is_newest(picture.job),
            });
            self.picture = Some(picture.clone());
            news.push(News::Picture(picture));
        }
        news
    }

    fn take(&mut self, event: Event, news: &mut Vec<News>) {
        match event {
            Event::Ready { device, model } => {
                self.device = Some(device);
                self.model = Some(model);
                self.status = Status::Ready;
            }
            Event::Busy(busy) => self.busy = busy,
            Event::Progress { job, step, of } => self.progress = Some((job, step, of)),
            Event::Exported { job, image, model, device, .. } => {
                if self.comparison.take(job, &image, &model) {
                    news.push(News::Comparison);
                } else if let Some(export) = self.exports.remove(&job) {
                    news.push(self.finished(export, image, &device));
                }
            }
            Event::Failed { job: None, message } => {
                self.busy = false;
                self.status = Status::Unavailable(message);
            }
            Event::Failed { job: Some(job), message } => {
                let purpose = self.exports.remove(&job).map(|export| export.purpose);
                if let Some(ExportPurpose::Stage { number }) = purpose {
                    news.push(News::ForStage { number, outcome: Err(message) });
                    return;
                }
                let (topic, message) = match self.comparison.fail(job) {
                    true => (Some(Topic::Comparison), text!("synthesis-comparison-failed", message)),
                    false => {
                        (purpose.and_then(|purpose| purpose.topic()), text!("synthesis-scan-failed", message))
                    }
                };
                news.push(News::Failed { topic, message });
            }
            Event::HostLost { host, why } => news.push(News::Notice(text!("remote-cut", %host, %why))),
            Event::HostUnreachable { host, why } => {
                let message = text!("remote-unreachable", %host, %why);
                news.push(News::Failed { topic: Some(Topic::Remote), message });
            }
            Event::HostBack { host } => {
                news.push(News::HostBack(text!("remote-back", %host)));
            }
            Event::DeviceLost => {
                self.device = None;
                let message = text!("synthesis-device-lost").to_owned();
                news.push(News::Failed { topic: None, message });
            }
        }
    }

    /// A full-frame picture for what it was asked for.
    fn finished(&self, export: PendingExport, image: GreyImage, device: &DeviceInfo) -> News {
        let request = &export.request;
        match export.purpose {
            ExportPurpose::File(path) => {
                let provenance = marking::of_request(request, self.model.as_ref(), Some(device)).text();
                News::Exported { path, image, provenance }
            }
            ExportPurpose::Review => {
                let provenance = marking::of_request(request, self.model.as_ref(), Some(device));
                News::ForReview { image, provenance }
            }
            ExportPurpose::Stage { number } => News::ForStage { number, outcome: Ok(image) },
            ExportPurpose::Game => News::ForGame { image, mask: request.mask.clone() },
            ExportPurpose::Keep { document_number } => {
                let (model, model_sha256) = self
                    .model
                    .as_ref()
                    .map_or_else(Default::default, |model| (model.name.clone(), model.sha256.clone()));
                let synthesis = KeptSynthesis {
                    image,
                    model,
                    model_sha256,
                    seed: request.seed,
                    steps: request.refine_steps,
                    sampler: request.recipe.sampler.name().to_owned(),
                };
                News::Kept { document_number, page: request.page, synthesis: Arc::new(synthesis) }
            }
        }
    }

    /// Looks in place of the page's; `None` takes the page's again.
    pub fn preview(&mut self, appearance: Option<Arc<Appearance>>) {
        self.preview = appearance;
    }

    /// The looks that are shown in place of the page's.
    pub fn previewed(&self) -> Option<&Arc<Appearance>> {
        self.preview.as_ref()
    }

    fn request(&self, job: u64, session: &EditorSession, settings: &PanelSettings) -> Request {
        let page = session.page();
        Request {
            job,
            page: session.page_index(),
            mask: page.mask.clone(),
            spacing: page.scan.spacing,
            seed: session.editor.document().noise_seed,
            refine_steps: settings.steps,
            recipe: self.recipe(session, settings),
            full_frame: false,
        }
    }

    /// How the settings draw the page shown.
    fn recipe(&self, session: &EditorSession, settings: &PanelSettings) -> Recipe {
        let scan = &session.page().scan;
        // Where there is no scan, there is none to begin with, whatever the slider said on the page before.
        let strength = if scan.is_placeholder { 1.0 } else { f64::from(settings.strength) };
        let from_scan = (strength < 1.0).then(|| FromScan {
            image: scan.image.clone(),
            scanned_area: scan.scanned_area.clone(),
            strength,
        });
        // The setting stays as it is for the next model that takes it.
        let takes_guidance = self.model.as_ref().is_none_or(|model| model.takes_guidance);
        let guidance = if takes_guidance { f64::from(settings.guidance) } else { 1.0 };
        let lesion_contrast = f64::from(settings.lesion_contrast);
        let appearance = Arc::clone(self.preview.as_ref().unwrap_or(&session.page().appearance));
        let (sampler, spacing) = (settings.sampler, settings.noise_spacing);
        Recipe { sampler, spacing, guidance, lesion_contrast, from_scan, appearance, ..Recipe::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_that_of_what_is_waited_for() {
        let mut synthesis = Synthesis::without_worker(String::new());
        let key = |seed| PictureKey { revision: 0, steps: 8, recipe: Recipe::default(), seed };
        let report = |synthesis: &mut Synthesis, job, step| {
            synthesis.take(Event::Progress { job, step, of: 8 }, &mut Vec::new());
            synthesis.progress()
        };
        synthesis.look_at(1);
        synthesis.take(Event::Busy(true), &mut Vec::new());
        let job = synthesis.requests.request(key(1)).expect("a picture");
        assert_eq!(report(&mut synthesis, job, 8), Some((8, 8)));
        let next = synthesis.requests.request(key(2)).expect("another one");
        assert_eq!(synthesis.progress(), None, "the next picture has not begun");
        assert_eq!(report(&mut synthesis, job, 8), None, "a late report is of the picture before");
        assert_eq!(report(&mut synthesis, next, 1), Some((1, 8)));
        synthesis.look_at(2);
        assert_eq!(synthesis.progress(), None, "it goes with the picture of the view before");
    }
}
