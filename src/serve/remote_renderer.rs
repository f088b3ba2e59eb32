//! A model on another machine, as the scheduler sees it: a renderer like any other.
//!
//! Pictures travel, not tensors: the changed rectangle of a mask goes out, the changed rectangle of a picture comes
//! back. While there is no connection a model on this machine's CPU draws, from the very call in which the connection
//! was found to be cut.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use super::command_line::CommandLine;
use super::connect::{Chosen, ConnectError, Connected, LocalFiles, choose};
use super::host::Host;
use super::line::Line;
use super::link::{Answer, Cut};
use super::message::{Reason, ToServer, corners, rect_within};
use super::packing::paste;
use crate::device;
use crate::device::DeviceInfo;
use crate::nn::Arithmetic;
use crate::scan::{GreyImage, Rect, Spacing};
use crate::worker::mailbox::SynthesisMailbox;
use crate::worker::model_renderer::ModelRenderer;
use crate::worker::renderer::{
    BetweenSteps, Destination, Edit, Failure, MakeRenderer, RenderScene, Renderer,
};
use crate::worker::{LoadedModel, ModelSource, PictureImage, load_model};

/// A model on another machine, or on this one until that is reached.
pub struct RemoteRenderer {
    source: ModelSource,
    host: Arc<Host>,
    remote: Option<Remote>,
    /// The model on this machine; loaded when it is needed.
    stand_in: OnceCell<ModelRenderer>,
}

struct Remote {
    line: Rc<RefCell<Line>>,
    chosen: Chosen,
    device: DeviceInfo,
    model: LoadedModel,
}

/// Why a picture did not come.
enum Trouble {
    Cut(Cut),
    Failed(String),
}

impl From<Cut> for Trouble {
    fn from(cut: Cut) -> Self {
        Self::Cut(cut)
    }
}

/// The maker for a synthesis thread whose pictures come from the server that a command reaches.
pub fn maker(
    command: CommandLine,
    source: ModelSource,
    mailbox: Arc<SynthesisMailbox>,
) -> MakeRenderer<RemoteRenderer> {
    let mut host: Option<Arc<Host>> = None;
    Box::new(move || {
        let host = match &host {
            Some(host) => Arc::clone(host),
            None => {
                let reached = Host::reach(command.clone(), source.clone(), Arc::clone(&mailbox))?;
                Arc::clone(host.insert(Arc::new(reached)))
            }
        };
        let renderer = RemoteRenderer {
            source: source.clone(),
            remote: host.take().map(Remote::of),
            stand_in: OnceCell::new(),
            host,
        };
        renderer.made_ready()
    })
}

impl Remote {
    fn of(connected: Connected) -> Self {
        let Connected { link, known, chosen, device, model, .. } = connected;
        Self { line: Rc::new(RefCell::new(Line::new(link, known))), chosen, device, model }
    }

    /// Asks for the pixels of a rectangle; `None` when `between_steps` broke off.
    fn ask(
        &self,
        scene: &RenderScene,
        (steps, is_draft): (u32, bool),
        rect: Rect,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<Vec<u8>>, Trouble> {
        let mut is_first = true;
        loop {
            let requested_at = Instant::now();
            let job = self.line.borrow_mut().begin(scene, &self.chosen, (steps, is_draft), rect)?;
            let outcome = self.follow(job, requested_at, rect, between_steps);
            self.line.borrow_mut().link.forget_job(job);
            match outcome {
                Err(Retry::Document) if is_first => {
                    self.line.borrow_mut().forget_document();
                    is_first = false;
                }
                Err(Retry::Document) => {
                    return Err(Trouble::Failed("the server does not take the mask".to_owned()));
                }
                Err(Retry::Never(trouble)) => return Err(trouble),
                Ok(pixels) => return Ok(pixels),
            }
        }
    }

    fn follow(
        &self,
        job: u64,
        requested_at: Instant,
        rect: Rect,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<Vec<u8>>, Retry> {
        loop {
            // Not borrowed while `between_steps` runs: a draft may be asked for from there.
            let answer = self.line.borrow_mut().link.answer(job, requested_at);
            match answer.map_err(|cut| Retry::Never(cut.into()))? {
                Answer::Progress { step, of } => {
                    if between_steps(step, of).is_break() {
                        let cancel = self.line.borrow().link.say(&ToServer::Cancel { job }, Vec::new());
                        cancel.map_err(|cut| Retry::Never(cut.into()))?;
                        return Ok(None);
                    }
                }
                Answer::Picture { rect: found, pixels } => {
                    let is_whole = pixels.len() == rect.width() as usize * rect.height() as usize;
                    return match is_whole && found == corners(rect) {
                        true => Ok(Some(pixels)),
                        false => {
                            let cut = Cut("it sent another part of the picture than was wanted".to_owned());
                            Err(Retry::Never(cut.into()))
                        }
                    };
                }
                Answer::Cancelled => return Ok(None),
                Answer::Failed { reason: Reason::MaskUnknown | Reason::ScanUnknown, .. } => {
                    return Err(Retry::Document);
                }
                // A server that has lost its model is made ready anew with the connection.
                Answer::Failed { reason: Reason::ModelUnknown, message } => {
                    return Err(Retry::Never(Cut(message).into()));
                }
                Answer::Failed { message, .. } => return Err(Retry::Never(Trouble::Failed(message))),
            }
        }
    }
}

/// Whether a rendering may be tried once more.
enum Retry {
    /// With the whole document.
    Document,
    Never(Trouble),
}

impl RemoteRenderer {
    /// The model on this machine's CPU.
    fn stand_in(&self) -> Result<&ModelRenderer, Failure> {
        if let Some(renderer) = self.stand_in.get() {
            return Ok(renderer);
        }
        let note = format!("{} is being connected, this computer draws meanwhile", self.host.name);
        let renderer = load_model(&self.source, &device::cpu(Some(note)), Arithmetic::F32)?;
        Ok(self.stand_in.get_or_init(|| renderer))
    }

    /// Loads the model here, too, so that a cut costs no time for it. Where the server draws, a model that this machine
    /// cannot load is no reason to refuse.
    fn made_ready(self) -> Result<Self, Failure> {
        let loaded = self.stand_in().map(|_| ());
        match self.remote {
            Some(_) => Ok(self),
            None => loaded.map(|()| self),
        }
    }

    /// The remote side, unless its connection was cut.
    fn remote(&self) -> Option<&Remote> {
        self.remote.as_ref().filter(|remote| !remote.line.borrow().is_cut)
    }

    /// A picture of the server's; `None` where the connection was cut, which is then known.
    fn remotely(
        &self,
        scene: &RenderScene,
        drawing: (u32, bool),
        edit: Option<Edit<'_>>,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<Option<PictureImage>>, Failure> {
        let Some(remote) = self.remote() else { return Ok(None) };
        let rect = match edit {
            // Nothing takes the new rendering.
            Some(Edit { base, halo }) if halo.is_empty() => return Ok(Some(Some(base.clone()))),
            Some(Edit { halo, .. }) => halo.rect(),
            None => Rect::new(0, 0, scene.width, scene.height),
        };
        if rect_within(corners(rect), scene.width, scene.height).is_none() {
            return Err("the changed part does not lie in the picture".into());
        }
        let pixels = match remote.ask(scene, drawing, rect, between_steps) {
            Ok(Some(pixels)) => pixels,
            Ok(None) => return Ok(Some(None)),
            Err(Trouble::Failed(message)) => return Err(message.into()),
            Err(Trouble::Cut(Cut(why))) => {
                if !std::mem::replace(&mut remote.line.borrow_mut().is_cut, true) {
                    self.host.lost(why);
                }
                return Ok(None);
            }
        };
        let image = match edit {
            None => GreyImage::new(scene.width, scene.height, pixels),
            Some(Edit { base: PictureImage::Cpu(base), halo }) => {
                let mut rendered = base.pixels.to_vec();
                paste(&mut rendered, base.width, rect, &pixels);
                halo.compose(base, &GreyImage::new(base.width, base.height, rendered))
            }
            #[cfg(feature = "gpu")]
            Some(Edit { base: PictureImage::Gpu { .. }, .. }) => {
                return Err("the picture on screen lies on a device that the server does not use".into());
            }
        };
        Ok(Some(Some(PictureImage::Cpu(image))))
    }
}

impl Renderer for RemoteRenderer {
    fn device(&self) -> DeviceInfo {
        match self.remote() {
            Some(remote) => remote.device.clone(),
            None => {
                let stand_in = self.stand_in.get().map(Renderer::device).unwrap_or_default();
                DeviceInfo { is_stand_in: true, ..stand_in }
            }
        }
    }

    fn model(&self) -> LoadedModel {
        match (self.remote(), self.stand_in.get()) {
            (Some(remote), _) => remote.model.clone(),
            (None, stand_in) => stand_in.map(Renderer::model).unwrap_or_default(),
        }
    }

    fn render(
        &self,
        scene: &RenderScene,
        steps: u32,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        match self.remotely(scene, (steps, false), edit, between_steps)? {
            Some(picture) => Ok(picture),
            None => self.stand_in()?.render(scene, steps, edit, destination, between_steps),
        }
    }

    fn breakable_draft(
        &self,
        scene: &RenderScene,
        edit: Option<Edit<'_>>,
        destination: Destination,
        between_steps: BetweenSteps<'_>,
    ) -> Result<Option<PictureImage>, Failure> {
        match self.remotely(scene, (1, true), edit, between_steps)? {
            Some(picture) => Ok(picture),
            None => self.stand_in()?.breakable_draft(scene, edit, destination, between_steps),
        }
    }

    fn grid_pixels(&self, width: u32, height: u32, spacing: Option<Spacing>) -> usize {
        let whole = width as usize * height as usize;
        self.stand_in.get().map_or(whole, |stand_in| stand_in.grid_pixels(width, height, spacing))
    }

    fn with_model(&self, source: &ModelSource) -> Result<Self, Failure> {
        let remote = match self.remote() {
            None => None,
            Some(remote) => {
                let files = LocalFiles::of_model(source)?;
                let mut line = remote.line.borrow_mut();
                let Line { link, known_models, .. } = &mut *line;
                let (chosen, device, model) = match choose(link, known_models, &files, &self.host.name) {
                    Ok(ready) => ready,
                    Err(ConnectError::Cut(Cut(why))) => {
                        line.is_cut = true;
                        self.host.lost(why.clone());
                        return Err(format!("the connection to {} was cut ({why})", self.host.name).into());
                    }
                    Err(error) => return Err(error.into()),
                };
                Some(Remote { line: Rc::clone(&remote.line), chosen, device, model })
            }
        };
        let (source, host) = (source.clone(), Arc::clone(&self.host));
        Self { source, host, remote, stand_in: OnceCell::new() }.made_ready()
    }

    fn is_outdated(&self) -> bool {
        match &self.remote {
            Some(remote) => remote.line.borrow().is_cut,
            None => self.host.is_ready(),
        }
    }
}
