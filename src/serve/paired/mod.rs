//! Where SSH is not allowed: the same frames over TCP and TLS 1.3, between two computers that know each other's keys.
//!
//! There are no certificates and no passwords. Each side has an Ed25519 key of its own (RFC 7250, raw public keys) and a
//! list of those it was paired with; everybody else is refused before a frame of theirs is read. A pairing code, shown
//! once by the server and carried to the studio by a person, holds the fingerprint of the server's key and a secret that
//! is good for one pairing within ten minutes.
//!
//! | file | one idea |
//! |---|---|
//! | `identity`, `code`, `peers` | who one is, how two meet, whom one knows |
//! | `handshake`, `secure_line` | TLS with pinned keys; its two directions |
//! | `listen` | the server: refuses, pairs, or starts `retidiff serve --stdio` for a studio |
//! | `reach` | the studio: pairs, or is the pipe that `retidiff reach` is |

pub mod code;
mod handshake;
pub mod identity;
pub mod listen;
pub mod peers;
pub mod reach;
mod secure_line;

use std::io;

use super::frame::FrameError;
use crate::formats::FormatError;

/// Why two computers do not come together. Every message says what helps.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum PairedError {
    /// A key or a list cannot be read or written.
    #[error(transparent)]
    File(#[from] FormatError),
    /// Nobody answers.
    #[error(
        "{place}: {source}; is `retidiff serve --listen` running there, and does a firewall let it through?"
    )]
    Unreachable { place: String, source: io::Error },
    /// Somebody answers who proves nothing, or is somebody else.
    #[error("{place}: no secure connection: {reason}")]
    Insecure { place: String, reason: String },
    /// What came is no frame.
    #[error("{place}: {source}")]
    Frame { place: String, source: FrameError },
    /// The other side, or this one, says no.
    #[error("{0}")]
    Refused(String),
    /// The system failed.
    #[error("{doing}: {source}")]
    Io { doing: &'static str, source: io::Error },
}

/// Hexadecimal, as keys and secrets are kept.
fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
