//! What studio and server say to each other. Everything else is refused.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::exact::Exact;
use super::frame::Frame;
use super::limits::{MAX_NAME_BYTES, MAX_STEPS, is_plain_name, is_sha256, is_size_allowed};
use crate::diffusion::NoiseSpacing;
use crate::diffusion::samplers::Sampler;
use crate::document::Appearance;
use crate::encoding::style::StyleModel;
use crate::nn::Arithmetic;
use crate::scan::Rect;

/// From the studio to the server.
#[allow(missing_docs, reason = "what a message holds is said with the message")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToServer {
    /// The first message.
    Hello { program: String },
    /// A part of a model file that the server lacks; the bytes follow. The part after its last one is the next file.
    Model { sha256: String, bytes: u64, offset: u64 },
    /// Loads a model, by the SHA-256 of its file, and its student.
    Choose { model: String, student: Option<String> },
    /// What changed in the mask; the compressed codes of the rectangle follow. The hash is of the whole mask after it.
    Mask { width: u32, height: u32, rect: [u32; 4], sha256: String },
    /// A real scan to start from; compressed pixels follow, and the scanned area where there is one.
    Scan { width: u32, height: u32, has_area: bool, sha256: String },
    /// A picture of the mask sent last.
    Render(RenderJob),
    /// Ends a rendering at its next step.
    Cancel { job: u64 },
    /// Starts a training; its configuration is JSON as `retidiff train --print-config` prints it.
    Train { run: String, start: TrainStart, config: String },
    /// Asks for the lines of a run from a byte on.
    Events { run: String, from: u64 },
    /// Leaves an order for a run: pause, resume, checkpoint, stop.
    Order { run: String, order: String },
    /// Asks for a part of a file of a run.
    Fetch { run: String, file: String, from: u64 },
}

/// From the server to the studio.
#[allow(missing_docs, reason = "what a message holds is said with the message")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ToStudio {
    /// The answer to Hello.
    Hello(ServerHello),
    /// So much of a model file is there.
    Stored { sha256: String, bytes: u64 },
    /// The model is loaded.
    Ready { device: RemoteDevice, model: RemoteModel },
    /// The server is alive and at work on something.
    Beat,
    /// Step `step` of `of` of a rendering is done.
    Progress { job: u64, step: u32, of: u32 },
    /// A rectangle of the picture, 8 bit grey; the pixels follow.
    Picture { job: u64, rect: [u32; 4] },
    /// The rendering was cancelled.
    Cancelled { job: u64 },
    /// Something was not done, and why.
    Failed { job: Option<u64>, reason: Reason, message: String },
    /// The training was started, or its order left.
    Done { run: String },
    /// Lines of a run from a byte on; they follow. `bytes` is the length of the file.
    Events { run: String, from: u64, bytes: u64, is_alive: bool },
    /// A part of a file of a run; the bytes follow. `bytes` is the length of the file.
    File { run: String, file: String, from: u64, bytes: u64 },
}

/// What a program must do about something that was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The mask is not the one that was meant: send it whole.
    MaskUnknown,
    /// The scan to start from is not there: send it.
    ScanUnknown,
    /// The model is not there: send it, and choose it.
    ModelUnknown,
    /// One rendering runs and one waits already.
    Busy,
    /// The message cannot be accepted.
    Refused,
    /// It was tried and did not work.
    Broken,
}

/// Everything a picture depends on but its mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenderJob {
    /// The studio's number, rising.
    pub job: u64,
    /// SHA-256 of the file of the model that draws.
    pub model: String,
    /// Of the mask that is meant.
    pub mask_sha256: String,
    /// Down and across, µm a pixel.
    pub spacing_um: Option<[Exact; 2]>,
    /// Of the noise.
    pub seed: u64,
    /// How a step goes.
    pub sampler: Sampler,
    /// Where between noise and picture the steps lie.
    pub noise_spacing: NoiseSpacing,
    /// See [`crate::worker::Recipe::guidance`].
    pub guidance: Exact,
    /// See [`crate::worker::Recipe::lesions`].
    pub lesions: Exact,
    /// See [`crate::worker::Recipe::lesion_contrast`].
    pub lesion_contrast: Exact,
    /// Style and vessel shadows. (Studios of before do not send them.)
    #[serde(default, skip_serializing_if = "Appearance::is_plain")]
    pub appearance: Appearance,
    /// SHA-256 of the scan to start from, and how far from it the picture may go.
    pub from_scan: Option<(String, Exact)>,
    /// From noise to picture.
    pub steps: u32,
    /// Whether the model's student may draw it, in one step.
    pub is_draft: bool,
    /// The part of the picture that is wanted: x0, y0, x1, y1.
    pub rect: [u32; 4],
}

/// How the server introduces itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerHello {
    /// Its name and version.
    pub program: String,
    /// What the machine calls itself.
    pub host: String,
    /// SHA-256 of the files of the models that need not be sent.
    pub models: Vec<String>,
}

/// What computes there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteDevice {
    /// Of the processor or card.
    pub name: String,
    /// What speaks with it: Vulkan, Metal, the CPU.
    pub backend: String,
    /// Whether it is no processor.
    pub is_gpu: bool,
    /// What networks compute in.
    pub arithmetic: Arithmetic,
    /// Name and version of its driver.
    pub driver: Option<String>,
    /// What a user should know of it.
    pub note: Option<String>,
}

/// The model that is loaded there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteModel {
    /// The model's name.
    pub name: String,
    /// The preset it was trained by.
    pub preset: String,
    /// Of its tensors.
    pub sha256: String,
    /// See [`crate::worker::LoadedModel::takes_guidance`].
    pub takes_guidance: bool,
    /// Name and tensor hash of the student that draws drafts.
    pub student: Option<(String, String)>,
    /// See [`crate::worker::LoadedModel::style`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<Box<StyleModel>>,
    /// See [`crate::worker::LoadedModel::takes_shadows`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takes_shadows: bool,
}

/// How a training begins.
#[allow(missing_docs, reason = "what a message holds is said with the message")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "start", rename_all = "snake_case", deny_unknown_fields)]
pub enum TrainStart {
    /// On a data set of the server's data folder, with the weights of a bundled model or fresh ones.
    New { data: String, from: Option<String> },
    /// Where the run stopped.
    Resume,
    /// At a checkpoint of another run of the server.
    Branch { run: String, step: u64 },
}

/// Why a message is refused.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum MessageError {
    /// No message of the protocol.
    #[error("a message of {bytes} bytes cannot be read: {reason}; both machines need the same RetiDiff")]
    Unreadable { bytes: usize, reason: String },
    /// A message beyond a limit.
    #[error("a message names {what} {found}, which is not allowed: {rule}")]
    NotAllowed { what: &'static str, found: String, rule: &'static str },
}

/// A message in its frame.
///
/// # Panics
/// Never: messages are strings, numbers and lists.
pub fn to_frame(message: &impl Serialize, body: Vec<u8>) -> Frame {
    Frame { head: serde_json::to_vec(message).expect("a message is strings, numbers and lists"), body }
}

fn read<T: DeserializeOwned>(frame: &Frame) -> Result<T, MessageError> {
    serde_json::from_slice(&frame.head).map_err(|error| MessageError::Unreadable {
        bytes: frame.head.len(),
        reason: error.to_string().chars().take(200).collect(),
    })
}

/// Reads what a studio says, within the limits.
///
/// # Errors
/// If it is no such message, or goes beyond a limit.
pub fn to_server(frame: &Frame) -> Result<ToServer, MessageError> {
    let message: ToServer = read(frame)?;
    let allow = |is_allowed: bool, what, found: &str, rule| match is_allowed {
        true => Ok(()),
        false => {
            Err(MessageError::NotAllowed { what, found: found.chars().take(MAX_NAME_BYTES).collect(), rule })
        }
    };
    let hash = |text: &str| allow(is_sha256(text), "the hash", text, "64 hexadecimal digits");
    let name = |text: &str| {
        allow(is_plain_name(text), "the name", text, "letters, digits, dots, dashes and no path")
    };
    let size = |width: u32, height: u32| {
        let found = format!("{width}x{height}");
        allow(is_size_allowed(width, height), "the size", &found, "1x1 to 4096x4096")
    };
    match &message {
        ToServer::Hello { .. } | ToServer::Cancel { .. } => {}
        ToServer::Model { sha256, .. } => hash(sha256)?,
        ToServer::Choose { model, student } => {
            hash(model)?;
            student.as_deref().map_or(Ok(()), hash)?;
        }
        ToServer::Mask { width, height, rect, sha256 } => {
            size(*width, *height)?;
            hash(sha256)?;
            let is_inside = rect_within(*rect, *width, *height).is_some();
            allow(is_inside, "the rectangle", &format!("{rect:?}"), "inside the mask, not empty")?;
        }
        ToServer::Scan { width, height, sha256, .. } => {
            size(*width, *height)?;
            hash(sha256)?;
        }
        ToServer::Render(job) => {
            hash(&job.model)?;
            hash(&job.mask_sha256)?;
            job.from_scan.as_ref().map_or(Ok(()), |(scan, _)| hash(scan))?;
            let steps = job.steps.to_string();
            allow((1..=MAX_STEPS).contains(&job.steps), "steps", &steps, "1 to 1000")?;
            let numbers = [job.guidance.0, job.lesions.0, job.lesion_contrast.0];
            let is_usual = numbers.iter().all(|number| (0.0..=100.0).contains(number));
            allow(is_usual, "guidance, lesions and contrast", &format!("{numbers:?}"), "0 to 100")?;
            let fits = job.appearance.fits(job.appearance.shadows.len() as u32);
            allow(fits, "style", &format!("{:?}", job.appearance.style), "at most 8 numbers of -3 to 3")?;
        }
        ToServer::Train { run, start, .. } => {
            name(run)?;
            match start {
                TrainStart::New { data, from } => {
                    name(data)?;
                    from.as_deref().map_or(Ok(()), name)?;
                }
                TrainStart::Branch { run, .. } => name(run)?,
                TrainStart::Resume => {}
            }
        }
        ToServer::Events { run, .. } | ToServer::Order { run, .. } => name(run)?,
        ToServer::Fetch { run, file, .. } => {
            name(run)?;
            file.split('/').try_for_each(name)?;
        }
    }
    Ok(message)
}

/// Reads what a server says.
///
/// # Errors
/// If it is no such message.
pub fn to_studio(frame: &Frame) -> Result<ToStudio, MessageError> {
    read(frame)
}

/// A rectangle that is not empty and lies inside an image.
pub fn rect_within([x0, y0, x1, y1]: [u32; 4], width: u32, height: u32) -> Option<Rect> {
    (x0 < x1 && y0 < y1 && x1 <= width && y1 <= height).then(|| Rect::new(x0, y0, x1, y1))
}

/// A rectangle as it travels.
pub fn corners(rect: Rect) -> [u32; 4] {
    [rect.x0, rect.y0, rect.x1, rect.y1]
}
