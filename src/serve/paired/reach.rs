//! The studio's side: it pairs, and it is the pipe between `retidiff reach` and a server whose key it knows.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::time::Duration;

use rustls::Connection;
use serde::{Deserialize, Serialize};

use super::PairedError;
use super::code::PairingCode;
use super::handshake::{self, Line, Purpose, Unknown, meet};
use super::identity::Identity;
use super::peers::Peers;
use super::secure_line::{carry, halves};
use crate::background::start_thread;
use crate::serve::frame::{FrameReader, write_frame};
use crate::serve::message::to_frame;
use crate::serve::session::host_name;

/// An address that answers nothing is given up after this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A name may have several addresses: the first of them are tried.
const MAX_ADDRESSES: usize = 4;

/// What a studio that pairs says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairRequest {
    /// Of the code, hexadecimal.
    pub secret: String,
    /// What it calls itself.
    pub name: String,
}

/// What it hears.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairAnswer {
    /// What the server calls itself.
    pub name: String,
    /// Why it is not paired.
    pub problem: Option<String>,
}

/// Pairs this computer with the server at an address, and keeps its key. Returns what the server calls itself.
///
/// # Errors
/// If it cannot be reached, is not the one of the code, or does not know the code.
pub fn pair(folder: &Path, address: &str, code: &PairingCode) -> Result<String, PairedError> {
    let identity = Identity::in_folder(folder)?;
    let stream = connect(address)?;
    let insecure = |reason: String| PairedError::Insecure { place: address.to_owned(), reason };
    let mut connection =
        handshake::client(&identity, Purpose::Pair).map_err(|error| insecure(error.to_string()))?;
    let mut socket = Unknown::new(&stream);
    let met = meet(&mut connection, &mut socket).map_err(|error| insecure(error.to_string()))?;
    if !code.is_of(&met.public_key) {
        // The secret is not said to it.
        let reason = "the computer that answers is not the one that showed this code; nothing was said to it";
        return Err(insecure(reason.to_owned()));
    }
    let request = PairRequest { secret: code.secret.clone(), name: host_name() };
    let mut line = Line { connection: &mut connection, socket: &mut socket };
    write_frame(&mut line, &to_frame(&request, Vec::new()))
        .map_err(|source| PairedError::Io { doing: "saying the code", source })?;
    let frame = FrameReader::new(&mut line, address)
        .next(|| {})
        .map_err(|source| PairedError::Frame { place: address.to_owned(), source })?;
    let answer = frame.and_then(|frame| serde_json::from_slice::<PairAnswer>(&frame.head).ok());
    let answer = answer
        .ok_or_else(|| PairedError::Refused(format!("{address} gave no answer to the pairing code")))?;
    if let Some(problem) = answer.problem {
        return Err(PairedError::Refused(format!("{address}: {problem}")));
    }
    Peers::servers(folder).keep(address, &met.public_key)?;
    Ok(answer.name.chars().filter(|c| !c.is_control()).collect())
}

/// Carries `input` to the server at an address that this computer was paired with, and its answers to `output`, until
/// either side ends.
///
/// # Errors
/// If it was never paired, cannot be reached, or is another computer than then.
pub fn reach(
    folder: &Path,
    address: &str,
    mut input: impl Read + Send + 'static,
    output: &mut impl Write,
) -> Result<(), PairedError> {
    let servers = Peers::servers(folder).all()?;
    let known = servers.iter().find(|peer| peer.name == address).ok_or_else(|| {
        PairedError::Refused(format!(
            "this computer is not paired with {address}; run `retidiff serve --listen ADDRESS:PORT --pair` there, and \
             here `retidiff pair {address} CODE`"
        ))
    })?;
    let (connection, stream) = meet_known(folder, address, &known.public_key)?;
    let failed = |doing| move |source| PairedError::Io { doing, source };
    let (mut reading, mut writing, hangup) =
        halves(connection, stream).map_err(failed("preparing the connection"))?;
    // It may wait for ever for what nobody types; the process ends without it.
    start_thread("reach-outwards", move || {
        carry(&mut input, &mut writing).unwrap_or_default();
    })
    .map_err(failed("starting a thread"))?;
    let outcome = carry(&mut reading, output);
    hangup.hang_up();
    outcome.map_err(failed("the connection was cut"))
}

fn meet_known(
    folder: &Path,
    address: &str,
    public_key: &str,
) -> Result<(Connection, TcpStream), PairedError> {
    let identity = Identity::in_folder(folder)?;
    let stream = connect(address)?;
    let insecure = |reason: String| PairedError::Insecure { place: address.to_owned(), reason };
    let mut connection =
        handshake::client(&identity, Purpose::Serve).map_err(|error| insecure(error.to_string()))?;
    let mut socket = Unknown::new(&stream);
    let met = meet(&mut connection, &mut socket).map_err(|error| insecure(error.to_string()))?;
    if met.public_key != public_key {
        let reason = "the computer that answers is not the one that this one was paired with; pair them anew if it was \
                      set up again";
        return Err(insecure(reason.to_owned()));
    }
    Ok((connection, stream))
}

fn connect(address: &str) -> Result<TcpStream, PairedError> {
    let unreachable = |source| PairedError::Unreachable { place: address.to_owned(), source };
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in address.to_socket_addrs().map_err(unreachable)?.take(MAX_ADDRESSES) {
        match TcpStream::connect_timeout(&address, CONNECT_TIMEOUT) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(unreachable(last))
}
