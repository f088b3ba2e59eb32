//! The server's door: it refuses who is unknown, pairs who has the code, and starts a server for whom it knows.
//!
//! The door itself reads nothing but handshakes and one pairing message. A studio that is known gets a process of its
//! own, `retidiff serve --stdio`, as ssh would give it: what one studio breaks, no other one notices.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::{Connection, ServerConfig};

use super::PairedError;
use super::code::PairingCode;
use super::handshake::{self, Line, Purpose, Unknown, meet};
use super::identity::Identity;
use super::peers::Peers;
use super::reach::{PairAnswer, PairRequest};
use super::secure_line::{carry, halves};
use crate::background::{start_thread, start_thread_within};
use crate::serve::frame::{FrameReader, write_frame};
use crate::serve::message::{Reason, ToStudio, to_frame};
use crate::serve::options::ServerOptions;
use crate::serve::session::host_name;

/// Connections whose other end is not known yet; more are closed at once.
const MAX_UNKNOWN: usize = 16;
/// Studios that are served at a time.
const MAX_STUDIOS: usize = 4;
/// How long a pairing code is good for.
const CODE_TIMEOUT: Duration = Duration::from_secs(600);
const MAX_WRONG_SECRETS: u32 = 3;
/// Pause after the system could not accept a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// A door that is open.
pub struct Door {
    listener: TcpListener,
    inner: Arc<Inner>,
}

struct Inner {
    config: Arc<ServerConfig>,
    options: ServerOptions,
    studios: Peers,
    pairing: Mutex<Option<Pairing>>,
    unknown: AtomicUsize,
    served: AtomicUsize,
}

struct Pairing {
    code: PairingCode,
    until: Instant,
    wrong: u32,
}

/// Counts for as long as it is held.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        match count.fetch_add(1, Ordering::AcqRel) < most {
            true => Some(Self(count)),
            false => {
                count.fetch_sub(1, Ordering::AcqRel);
                None
            }
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Door {
    /// Opens the door at an address such as `0.0.0.0:7878`.
    ///
    /// # Errors
    /// If the address is not to be had, or the key cannot be read or made.
    pub fn open(address: &str, options: ServerOptions) -> Result<Self, PairedError> {
        let identity = Identity::in_folder(&options.folder)?;
        let config = handshake::server_config(&identity).map_err(|error| PairedError::Insecure {
            place: address.to_owned(),
            reason: error.to_string(),
        })?;
        let listener = TcpListener::bind(address)
            .map_err(|source| PairedError::Io { doing: "opening the port", source })?;
        let studios = Peers::studios(&options.folder);
        let inner = Inner {
            config,
            options,
            studios,
            pairing: Mutex::default(),
            unknown: AtomicUsize::new(0),
            served: AtomicUsize::new(0),
        };
        Ok(Self { listener, inner: Arc::new(inner) })
    }

    /// Where it is.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// How many studios it knows.
    ///
    /// # Errors
    /// If the list cannot be read.
    pub fn studios(&self) -> Result<usize, PairedError> {
        Ok(self.inner.studios.all()?.len())
    }

    /// A code by which one studio can be paired from now on.
    ///
    /// # Errors
    /// If the system has no random numbers, or the key cannot be read.
    pub fn pair_one(&self) -> Result<PairingCode, PairedError> {
        let identity = Identity::in_folder(&self.inner.options.folder)?;
        let code = PairingCode::new(&identity.public_key())?;
        let pairing = Pairing { code: code.clone(), until: Instant::now() + CODE_TIMEOUT, wrong: 0 };
        *self.inner.pairing.lock().unwrap_or_else(PoisonError::into_inner) = Some(pairing);
        Ok(code)
    }

    /// Lets studios in, for ever. A connection that the system has no room for is closed.
    pub fn serve(&self) -> ! {
        loop {
            let Ok((stream, _)) = self.listener.accept() else {
                std::thread::sleep(PAUSE);
                continue;
            };
            let inner = Arc::clone(&self.inner);
            let receiving = start_thread("serve-studio", move || {
                if let Err(error) = inner.receive(stream) {
                    // Nobody may be reading; a connection that failed is no reason to stop.
                    writeln!(io::stderr(), "note: {error}").unwrap_or_default();
                }
            });
            if receiving.is_err() {
                std::thread::sleep(PAUSE);
            }
        }
    }
}

impl Inner {
    fn receive(&self, stream: TcpStream) -> io::Result<()> {
        let Some(place) = Place::take(&self.unknown, MAX_UNKNOWN) else { return Ok(()) };
        let from = stream.peer_addr().map(|address| address.to_string()).unwrap_or_default();
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{from}: {error}"));
        let mut connection = handshake::server(&self.config).map_err(io::Error::other)?;
        let mut socket = Unknown::new(&stream);
        let met = meet(&mut connection, &mut socket).map_err(named)?;
        if met.purpose == Purpose::Pair {
            let mut line = Line { connection: &mut connection, socket: &mut socket };
            return self.pair(&mut line, &met.public_key).map_err(named);
        }
        let studios = self.studios.all().map_err(io::Error::other)?;
        let refused = match studios.iter().find(|peer| peer.public_key == met.public_key) {
            None => {
                "this computer is not paired with that one; run `retidiff serve --listen ... --pair` there, and here \
                     `retidiff pair` with the code that it shows"
            }
            Some(_) => match Place::take(&self.served, MAX_STUDIOS) {
                Some(served) => {
                    drop(place);
                    let outcome = self.give_server(connection, stream).map_err(named);
                    drop(served);
                    return outcome;
                }
                None => "so many studios as it serves at a time are served; try again when one has left",
            },
        };
        let refusal = ToStudio::Failed { job: None, reason: Reason::Refused, message: refused.to_owned() };
        let mut line = Line { connection: &mut connection, socket: &mut socket };
        write_frame(&mut line, &to_frame(&refusal, Vec::new()))
            .and_then(|()| line.say_goodbye())
            .map_err(named)
    }

    /// Hears one pairing message, and answers it.
    fn pair(&self, line: &mut Line<'_, '_>, public_key: &str) -> io::Result<()> {
        let frame =
            FrameReader::new(&mut *line, "a studio that pairs").next(|| {}).map_err(io::Error::other)?;
        let request = frame.and_then(|frame| serde_json::from_slice::<PairRequest>(&frame.head).ok());
        let outcome = match request {
            None => Err("this is no pairing message; both computers need the same RetiDiff".to_owned()),
            Some(request) => self.judge(&request).and_then(|()| {
                self.studios.keep(&request.name, public_key).map_err(|error| error.to_string())
            }),
        };
        let answer = match outcome {
            Ok(()) => PairAnswer { name: host_name(), problem: None },
            Err(problem) => PairAnswer { name: host_name(), problem: Some(problem) },
        };
        write_frame(line, &to_frame(&answer, Vec::new()))?;
        line.say_goodbye()
    }

    /// Whether a secret is the one of the code; the code is used up by it, or by too many wrong ones.
    fn judge(&self, request: &PairRequest) -> Result<(), String> {
        let mut pairing = self.pairing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = pairing.as_mut().filter(|open| Instant::now() < open.until) else {
            *pairing = None;
            let remedy = "start it with `--pair` for a new one";
            return Err(format!("no pairing code is open at that computer, or it is used up; {remedy}"));
        };
        if is_same(&open.code.secret, &request.secret) {
            *pairing = None;
            return Ok(());
        }
        open.wrong += 1;
        if open.wrong >= MAX_WRONG_SECRETS {
            *pairing = None;
        }
        Err("the pairing code is not the one that this server shows".to_owned())
    }

    /// Starts a server for a studio and carries what they say to each other until one of them leaves.
    fn give_server(&self, connection: Connection, stream: TcpStream) -> io::Result<()> {
        let (mut reading, mut writing, hangup) = halves(connection, stream)?;
        let mut child = self.start()?;
        let pipes = (child.stdin.take(), child.stdout.take());
        let (Some(mut to), Some(mut from)) = pipes else {
            return Err(io::Error::other("the server has no pipes"));
        };
        std::thread::scope(|scope| {
            let inwards = start_thread_within(scope, "serve-inwards", move || {
                // Its end closes the pipe, and the server leaves.
                carry(&mut reading, &mut to)
            });
            if inwards.is_ok() {
                // A studio that has gone is no error.
                carry(&mut from, &mut writing).unwrap_or_default();
            }
            drop(writing);
            hangup.hang_up();
            // A picture that nobody waits for is not finished.
            child.kill().unwrap_or_default();
            inwards.map(|_| ())
        })?;
        child.wait().map(|_| ())
    }

    fn start(&self) -> io::Result<Child> {
        let ServerOptions { folder, data, program, device } = &self.options;
        Command::new(program)
            .args(["serve", "--stdio", "--device", device.word()])
            .arg("--folder")
            .arg(folder)
            .arg("--data")
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
    }
}

/// Whether two secrets are equal; takes as long wherever they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |differing, (a, b)| differing | (a ^ b));
    one.len() == other.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back() {
        let count = AtomicUsize::new(0);
        let first = Place::take(&count, 1);
        assert!(first.is_some() && Place::take(&count, 1).is_none());
        drop(first);
        assert!(Place::take(&count, 1).is_some());
        assert!(is_same("ab", "ab") && !is_same("ab", "ac") && !is_same("ab", "abc") && !is_same("", "a"));
    }
}
