//! Whom this computer knows: the studios that a server lets in, the servers that a studio trusts.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::formats::{FormatError, read_file, write_file};

const PEERS_VERSION: u32 = 1;
/// More were not paired by people.
const MAX_PEERS: usize = 1000;
/// Longest name that is kept of another computer.
const MAX_NAME_CHARS: usize = 60;

/// Another computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// What it calls itself, or the address by which it is reached.
    pub name: String,
    /// As [`super::identity::Identity::public_key`] writes it.
    pub public_key: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PeersFile {
    version: u32,
    peers: Vec<Peer>,
}

/// A list of computers in a file.
#[derive(Clone, Debug)]
pub struct Peers {
    path: PathBuf,
}

impl Peers {
    /// The studios that the server of a folder lets in.
    pub fn studios(folder: &Path) -> Self {
        Self { path: folder.join("studios.json") }
    }

    /// The servers that the studio of a folder trusts.
    pub fn servers(folder: &Path) -> Self {
        Self { path: folder.join("servers.json") }
    }

    /// All of them; none where there is no file.
    ///
    /// # Errors
    /// If the file cannot be read or is none of this version.
    pub fn all(&self) -> Result<Vec<Peer>, FormatError> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let refuse = |problem: String| {
            let remedy = "correct it, or remove it and pair the computers anew";
            FormatError::malformed(&self.path.display().to_string(), "the list", problem, remedy)
        };
        let file: PeersFile =
            serde_json::from_slice(&read_file(&self.path)?).map_err(|error| refuse(error.to_string()))?;
        match file.version {
            PEERS_VERSION => Ok(file.peers),
            other => Err(refuse(format!("it is of version {other}, this program knows {PEERS_VERSION}"))),
        }
    }

    /// Keeps a computer; one of the same name, or of the same key, is replaced.
    ///
    /// # Errors
    /// If the list cannot be read or written, or is full.
    pub fn keep(&self, name: &str, public_key: &str) -> Result<(), FormatError> {
        let name: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME_CHARS).collect();
        let mut peers = self.all()?;
        peers.retain(|peer| peer.name != name && peer.public_key != public_key);
        if peers.len() >= MAX_PEERS {
            let place = self.path.display().to_string();
            let problem = format!("it holds {MAX_PEERS} computers");
            return Err(FormatError::malformed(&place, "the list", problem, "remove some of them"));
        }
        peers.push(Peer { name, public_key: public_key.to_owned() });
        let file = PeersFile { version: PEERS_VERSION, peers };
        let mut json = serde_json::to_vec_pretty(&file).expect("names and keys are text");
        json.push(b'\n');
        write_file(&self.path, &json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_that_is_paired_again_is_kept_once_and_a_damaged_list_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let peers = Peers::studios(folder.path());
        assert!(peers.all().unwrap().is_empty());
        peers.keep("laptop", "aa").unwrap();
        peers.keep("lap\u{1b}[2Jtop 2", "bb").unwrap();
        peers.keep("laptop", "cc").unwrap();
        let known = peers.all().unwrap();
        assert_eq!(known.len(), 2);
        assert!(known.iter().any(|peer| peer.name == "laptop" && peer.public_key == "cc"));
        assert!(known.iter().all(|peer| !peer.name.contains('\u{1b}')));
        write_file(&folder.path().join("studios.json"), b"{\"version\":9,\"peers\":[]}").unwrap();
        let error = peers.all().unwrap_err().to_string();
        assert!(error.contains("studios.json") && error.contains("version 9"), "{error}");
    }
}
