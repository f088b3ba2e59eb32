//! The server's side of a connection: it loads models, draws, and looks after trainings, one thing after another.
//!
//! One thread owns the tensors. Between two steps of a picture it looks at what has come meanwhile: a cancellation
//! ends the picture, and a draft is drawn at once, for somebody is painting.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;

use super::frame::FrameError;
use super::inbox::{Inbox, ReceivedMessage};
use super::limits::{MAX_NAME_BYTES, MAX_WAITING_MESSAGES};
use super::message::{
    Reason, RemoteDevice, RemoteModel, RenderJob, ServerHello, ToServer, ToStudio, corners, rect_within,
};
use super::model_store::{ModelStore, StoreError};
use super::options::ServerOptions;
use super::outlet::{Outlet, Working};
use super::packing::cut;
use super::runs::Runs;
use super::scene::{Held, Refused};
use crate::device::DeviceInfo;
use crate::formats::provenance::SOFTWARE;
use crate::platform;
use crate::worker::renderer::{Destination, Failure, RenderScene, Renderer};
use crate::worker::{LoadedModel, PictureImage};

/// Models that stay loaded: the one on screen, and one to compare with.
const MAX_LOADED: usize = 2;

/// Bytes of a model file and of its student's.
pub struct ModelFiles {
    /// The model's.
    pub model: Cow<'static, [u8]>,
    /// Of the student that draws drafts, where it is wanted.
    pub student: Option<Cow<'static, [u8]>>,
}

/// Makes a renderer of model files.
pub type LoadRenderer<R> = Box<dyn FnMut(&ModelFiles) -> Result<R, Failure>>;

/// Why a server ended, other than by the studio's leave.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// What the studio said.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// What was to be said to it.
    #[error("the studio cannot be reached any more: {0}")]
    Io(#[from] io::Error),
}

/// Serves one studio until it leaves.
///
/// # Errors
/// If what it says cannot be read on, or nothing can be said to it. That is no fault of the server: it ends.
pub fn serve<R: Renderer>(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    options: ServerOptions,
    load: LoadRenderer<R>,
) -> Result<(), ServeError> {
    let outlet = Outlet::new(output)?;
    let inbox = Inbox::new(input, outlet.clone())?;
    let store = ModelStore::in_folder(options.folder.join("models"));
    let runs = Runs::new(&options);
    let ahead = VecDeque::new();
    let mut session =
        ServerSession { outlet, inbox, store, runs, load, loaded: Vec::new(), held: Held::default(), ahead };
    let outcome = session.run();
    let error = session.inbox.take_error();
    if let Some(error) = &error {
        // It may still listen, and learn what was wrong.
        session.outlet.fail(None, Reason::Refused, error.to_string()).unwrap_or_default();
    }
    session.outlet.close();
    outcome?;
    error.map_or(Ok(()), |error| Err(error.into()))
}

/// What waits for the picture that is being drawn.
enum Ahead {
    Message(ReceivedMessage),
    Job { job: RenderJob, scene: RenderScene, working: Working },
}

struct Loaded<R> {
    model: String,
    student: Option<String>,
    renderer: Rc<R>,
}

struct ServerSession<R> {
    outlet: Outlet,
    inbox: Inbox,
    store: ModelStore,
    runs: Runs,
    load: LoadRenderer<R>,
    /// The newest last.
    loaded: Vec<Loaded<R>>,
    held: Held,
    ahead: VecDeque<Ahead>,
}

impl<R: Renderer> ServerSession<R> {
    fn run(&mut self) -> io::Result<()> {
        loop {
            match self.ahead.pop_front() {
                Some(Ahead::Job { job, scene, working }) => {
                    self.draw(&job, &scene, Nested::No)?;
                    drop(working);
                }
                Some(Ahead::Message(received)) => self.deal_with(received)?,
                None => match self.inbox.next() {
                    Some(received) => self.deal_with(received)?,
                    None => break,
                },
            }
        }
        Ok(())
    }

    /// Whether a message may be dealt with between two steps of a picture.
    fn is_quick(message: &ToServer) -> bool {
        matches!(message, ToServer::Mask { .. } | ToServer::Scan { .. } | ToServer::Render(_))
    }

    fn deal_with(&mut self, received: ReceivedMessage) -> io::Result<()> {
        let ReceivedMessage { message, body, working } = received;
        match message {
            ToServer::Render(job) => match self.held.scene(&job) {
                Ok(scene) => self.draw(&job, &scene, Nested::No)?,
                Err(Refused((reason, message))) => self.not_drawn(&job, reason, message)?,
            },
            message => self.deal_with_rest(message, &body)?,
        }
        drop(working);
        Ok(())
    }

    fn deal_with_rest(&mut self, message: ToServer, body: &[u8]) -> io::Result<()> {
        let outcome = match message {
            ToServer::Hello { .. } => {
                let models = self.store.known();
                let hello = ServerHello { program: SOFTWARE.to_owned(), host: host_name(), models };
                return self.outlet.say(&ToStudio::Hello(hello), Vec::new());
            }
            ToServer::Model { sha256, bytes, offset } => {
                match self.store.take(&sha256, bytes, offset, body) {
                    Ok(bytes) => return self.outlet.say(&ToStudio::Stored { sha256, bytes }, Vec::new()),
                    Err(error) => Err((Reason::Broken, error.to_string())),
                }
            }
            ToServer::Choose { model, student } => match self.choose(&model, student.as_deref()) {
                Ok(renderer) => {
                    let (device, model) = (remote_device(&renderer.device()), remote_model(renderer.model()));
                    return self.outlet.say(&ToStudio::Ready { device, model }, Vec::new());
                }
                Err(refusal) => Err(refusal),
            },
            ToServer::Mask { width, height, rect, sha256 } => {
                self.held.take_mask((width, height), rect, &sha256, body).map_err(|Refused(refusal)| refusal)
            }
            ToServer::Scan { width, height, has_area, sha256 } => self
                .held
                .take_scan((width, height), has_area, &sha256, body)
                .map_err(|Refused(refusal)| refusal),
            // The reader deals with cancellations, and renderings went another way.
            ToServer::Cancel { .. } | ToServer::Render(_) => Ok(()),
            message => match self.runs.deal_with(message) {
                Ok((answer, body)) => return self.outlet.say(&answer, body),
                Err(error) => Err((Reason::Broken, error.to_string())),
            },
        };
        match outcome {
            Ok(()) => Ok(()),
            Err((reason, message)) => self.outlet.fail(None, reason, message),
        }
    }

    /// The renderer of a model with its student, loaded if it is not.
    fn choose(&mut self, model: &str, student: Option<&str>) -> Result<Rc<R>, (Reason, String)> {
        let is_it = |loaded: &Loaded<R>| loaded.model == model && loaded.student.as_deref() == student;
        if let Some(at) = self.loaded.iter().position(is_it) {
            let loaded = self.loaded.remove(at);
            let renderer = Rc::clone(&loaded.renderer);
            self.loaded.push(loaded);
            return Ok(renderer);
        }
        let reason = |error: StoreError| match error {
            StoreError::Unknown { .. } | StoreError::OtherHash { .. } => {
                (Reason::ModelUnknown, error.to_string())
            }
            error => (Reason::Broken, error.to_string()),
        };
        let files = ModelFiles {
            model: self.store.read(model).map_err(reason)?,
            student: student.map(|student| self.store.read(student)).transpose().map_err(reason)?,
        };
        let attempt = catch_unwind(AssertUnwindSafe(|| (self.load)(&files)));
        let renderer = match attempt {
            Ok(Ok(renderer)) => Rc::new(renderer),
            Ok(Err(failure)) => return Err((Reason::Broken, failure.to_string())),
            Err(_) => return Err((Reason::Broken, "loading the model stopped unexpectedly".to_owned())),
        };
        // One model drawn with two students would be two answers to one name.
        self.loaded.retain(|loaded| loaded.model != model);
        if self.loaded.len() == MAX_LOADED {
            self.loaded.remove(0);
        }
        self.loaded.push(Loaded {
            model: model.to_owned(),
            student: student.map(str::to_owned),
            renderer: Rc::clone(&renderer),
        });
        Ok(renderer)
    }

    fn not_drawn(&mut self, job: &RenderJob, reason: Reason, message: String) -> io::Result<()> {
        self.inbox.finish(job.job);
        self.outlet.fail(Some(job.job), reason, message)
    }

    fn draw(&mut self, job: &RenderJob, scene: &RenderScene, nested: Nested) -> io::Result<()> {
        let loaded = self.loaded.iter().find(|loaded| loaded.model == job.model);
        let Some(renderer) = loaded.map(|loaded| Rc::clone(&loaded.renderer)) else {
            return self.not_drawn(
                job,
                Reason::ModelUnknown,
                "this model is not loaded: choose it".to_owned(),
            );
        };
        let attempt = catch_unwind(AssertUnwindSafe(|| match job.is_draft {
            true => renderer.draft(scene, None, Destination::Memory).map(Some),
            false => renderer.render(scene, job.steps, None, Destination::Memory, &mut |step, of| {
                self.between_steps(job.job, step, of, nested)
            }),
        }));
        let rendered = match attempt {
            Ok(Ok(rendered)) => rendered,
            Ok(Err(failure)) => return self.not_drawn(job, Reason::Broken, failure.to_string()),
            Err(_) => {
                // What a panic left of a renderer cannot be trusted.
                self.loaded.clear();
                let message = "the renderer stopped unexpectedly; it is loaded anew".to_owned();
                return self.not_drawn(job, Reason::ModelUnknown, message);
            }
        };
        match (rendered, rect_within(job.rect, scene.width, scene.height)) {
            (Some(PictureImage::Cpu(image)), Some(rect)) => {
                self.inbox.finish(job.job);
                let message = ToStudio::Picture { job: job.job, rect: corners(rect) };
                self.outlet.say(&message, cut(&image.pixels, image.width, rect))
            }
            (None, _) => {
                self.inbox.finish(job.job);
                self.outlet.say(&ToStudio::Cancelled { job: job.job }, Vec::new())
            }
            _ => self.not_drawn(job, Reason::Broken, "the picture did not come back to memory".to_owned()),
        }
    }

    /// Tells of a step, and deals with what cannot wait for the picture.
    fn between_steps(&mut self, job: u64, step: u32, of: u32, nested: Nested) -> ControlFlow<()> {
        let sent = self.outlet.say(&ToStudio::Progress { job, step, of }, Vec::new());
        if sent.is_err() || self.inbox.is_cancelled(job) {
            return ControlFlow::Break(());
        }
        if nested == Nested::No {
            while self.ahead.len() < MAX_WAITING_MESSAGES {
                let Some(received) = self.inbox.next_that_is_here() else { break };
                if self.deal_with_meanwhile(received).is_err() {
                    return ControlFlow::Break(());
                }
            }
        }
        match self.inbox.is_cancelled(job) || self.outlet.is_closed() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    /// Masks are taken, drafts drawn; the rest waits, renderings with the mask of their moment.
    fn deal_with_meanwhile(&mut self, received: ReceivedMessage) -> io::Result<()> {
        if !Self::is_quick(&received.message) {
            self.ahead.push_back(Ahead::Message(received));
            return Ok(());
        }
        let ReceivedMessage { message, body, working } = received;
        let ToServer::Render(job) = message else {
            return self.deal_with_rest(message, &body);
        };
        match self.held.scene(&job) {
            Err(Refused((reason, message))) => self.not_drawn(&job, reason, message),
            Ok(scene) if job.is_draft || job.steps == 1 => self.draw(&job, &scene, Nested::Yes),
            Ok(scene) => {
                self.ahead.push_back(Ahead::Job { job, scene, working });
                Ok(())
            }
        }
    }
}

/// Whether a picture is drawn between two steps of another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nested {
    No,
    Yes,
}

fn remote_device(device: &DeviceInfo) -> RemoteDevice {
    RemoteDevice {
        name: device.name.clone(),
        backend: device.backend.clone(),
        is_gpu: device.is_gpu,
        arithmetic: device.arithmetic,
        driver: device.driver.clone(),
        note: device.note.clone(),
    }
}

fn remote_model(model: LoadedModel) -> RemoteModel {
    let LoadedModel { name, preset, sha256, takes_guidance, student, style, takes_shadows } = model;
    let style = style.map(|style| Box::new(Arc::unwrap_or_clone(style)));
    RemoteModel { name, preset, sha256, takes_guidance, student, style, takes_shadows }
}

/// What this machine calls itself.
pub(super) fn host_name() -> String {
    let name: String = platform::host_name().chars().filter(|c| !c.is_control()).collect();
    match name.is_empty() {
        true => "the server".to_owned(),
        false => name.chars().take(MAX_NAME_BYTES / 4).collect(),
    }
}
