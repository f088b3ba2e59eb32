//! From a command to a server that is ready to draw: greeting, the model files it lacks, the model loaded.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::command_line::CommandLine;
use super::limits::CHUNK_BYTES;
use super::link::{Cut, Link};
use super::message::{RemoteDevice, RemoteModel, ServerHello, ToServer, ToStudio};
use crate::device::DeviceInfo;
use crate::formats::provenance::{SOFTWARE, sha256_hex};
use crate::worker::models::ModelSourceError;
use crate::worker::{LoadedModel, ModelSource};

/// A login, a bastion and a queue may take this long before the server speaks.
const FIRST_WORD: Duration = Duration::from_secs(60);
/// Silence after which a connection that is being made is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No such program.
    #[error("the command could not be started: {0}")]
    Start(#[from] io::Error),
    /// The connection ended.
    #[error(transparent)]
    Cut(#[from] Cut),
    /// The model that is wanted is not there.
    #[error(transparent)]
    Model(#[from] ModelSourceError),
    /// The server answered, and did not do it.
    #[error("{0}")]
    Refused(String),
}

/// A model's file and its student's, as they are named and sent.
pub(super) struct LocalFiles {
    model: (String, Cow<'static, [u8]>),
    student: Option<(String, Cow<'static, [u8]>)>,
}

/// The model files by which a renderer on a server is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub model: String,
}

impl LocalFiles {
    /// Of a model alone.
    ///
    /// # Errors
    /// When there is no such model, or its file cannot be read.
    pub fn of_model(source: &ModelSource) -> Result<Self, ModelSourceError> {
        Ok(Self { model: named(source.read()?.0), student: None })
    }

    /// Of a model, and of the student that draws its drafts.
    ///
    /// # Errors
    /// When there is no such model, or its file cannot be read.
    pub fn with_student(source: &ModelSource) -> Result<Self, ModelSourceError> {
        let student = source.read_student().map(|(bytes, _)| named(bytes));
        Ok(Self { student, ..Self::of_model(source)? })
    }
}

fn named(bytes: Cow<'static, [u8]>) -> (String, Cow<'static, [u8]>) {
    (sha256_hex(&bytes), bytes)
}

/// A server that is ready to draw.
pub struct Connected {
    /// The connection.
    pub link: Link,
    /// What people call the machine.
    pub host: String,
    /// Model files that it has.
    pub(super) known: Vec<String>,
    pub(super) chosen: Chosen,
    /// What computes there.
    pub device: DeviceInfo,
    /// What draws there.
    pub model: LoadedModel,
}

/// Starts the command and greets the server.
///
/// # Errors
/// If the command cannot be started or no server answers.
pub fn greet(command: &CommandLine, stop: Arc<AtomicBool>) -> Result<(Link, ServerHello), ConnectError> {
    let link = Link::start(command, stop)?;
    let hello = hello(&link)?;
    Ok((link, hello))
}

/// Greets the server at the other end of a link.
///
/// # Errors
/// If no server answers.
pub fn hello(link: &Link) -> Result<ServerHello, ConnectError> {
    link.say(&ToServer::Hello { program: SOFTWARE.to_owned() }, Vec::new())?;
    match link.receive_reply(FIRST_WORD)?.0 {
        ToStudio::Hello(hello) => Ok(hello),
        other => Err(unexpected(other)),
    }
}

/// Makes a server ready to draw with a model.
///
/// # Errors
/// If the model is not there, the server refuses it, or the connection is cut.
pub fn make_ready(
    link: Link,
    hello: ServerHello,
    host: String,
    source: &ModelSource,
) -> Result<Connected, ConnectError> {
    let files = LocalFiles::with_student(source)?;
    let mut known = hello.models;
    let (chosen, device, model) = choose(&link, &mut known, &files, &host)?;
    Ok(Connected { link, host, known, chosen, device, model })
}

/// Sends what the server lacks of a model's files, and has it loaded.
///
/// # Errors
/// If the server refuses it, or the connection is cut.
pub(super) fn choose(
    link: &Link,
    known: &mut Vec<String>,
    files: &LocalFiles,
    host: &str,
) -> Result<(Chosen, DeviceInfo, LoadedModel), ConnectError> {
    for (sha256, bytes) in std::iter::once(&files.model).chain(&files.student) {
        if !known.contains(sha256) {
            send(link, sha256, bytes)?;
            known.push(sha256.clone());
        }
    }
    let model = files.model.0.clone();
    let student = files.student.as_ref().map(|(sha256, _)| sha256.clone());
    link.say(&ToServer::Choose { model: model.clone(), student }, Vec::new())?;
    match link.receive_reply(PATIENCE)?.0 {
        ToStudio::Ready { device, model: loaded } => {
            Ok((Chosen { model }, device_of(device, host), model_of(loaded)))
        }
        other => Err(unexpected(other)),
    }
}

fn send(link: &Link, sha256: &str, bytes: &[u8]) -> Result<(), ConnectError> {
    let mut offset = 0;
    for part in bytes.chunks(CHUNK_BYTES) {
        let message = ToServer::Model { sha256: sha256.to_owned(), bytes: bytes.len() as u64, offset };
        link.say(&message, part.to_vec())?;
        offset += part.len() as u64;
        match link.receive_reply(PATIENCE)?.0 {
            ToStudio::Stored { bytes, .. } if bytes == offset => {}
            other => return Err(unexpected(other)),
        }
    }
    Ok(())
}

/// An answer that is none to what was asked, in words.
pub(super) fn unexpected(message: ToStudio) -> ConnectError {
    match message {
        ToStudio::Failed { message, .. } => ConnectError::Refused(message),
        other => {
            let kind = format!("{other:?}");
            let kind: String = kind.chars().take_while(|c| c.is_alphanumeric()).collect();
            ConnectError::Refused(format!(
                "the server answered with {kind}; both machines need the same RetiDiff"
            ))
        }
    }
}

/// Longest text that is taken from a server for display.
const MAX_SHOWN_CHARS: usize = 200;

/// A text of a server, fit to be shown.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN_CHARS).collect()
}

fn device_of(device: RemoteDevice, host: &str) -> DeviceInfo {
    DeviceInfo {
        name: shown(&device.name),
        backend: shown(&device.backend),
        is_gpu: device.is_gpu,
        is_stand_in: false,
        arithmetic: device.arithmetic,
        driver: device.driver.as_deref().map(shown),
        note: device.note.as_deref().map(shown),
        host: Some(host.to_owned()),
    }
}

fn model_of(model: RemoteModel) -> LoadedModel {
    LoadedModel {
        name: shown(&model.name),
        preset: shown(&model.preset),
        sha256: shown(&model.sha256),
        takes_guidance: model.takes_guidance,
        student: model.student.map(|(name, sha256)| (shown(&name), shown(&sha256))),
        style: model.style.filter(|style| style.check().is_ok()).map(|style| Arc::new(*style)),
        takes_shadows: model.takes_shadows,
    }
}
