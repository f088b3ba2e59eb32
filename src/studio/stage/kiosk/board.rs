//! The score board of "real or synthetic?": players by number, never by name, in one small file of the data folder.
//!
//! What passers-by type on a public screen is better not shown there, and a number is nobody's data.

use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};

use crate::background::{Sender, TrySendError, queue, start_thread};
use crate::formats::write_atomically;

const FORMAT: &str = "retidiff-kiosk-scores";
const VERSION: u32 = 1;
/// The best of all players; others count, but leave no line.
const MAX_LINES: usize = 100;
const LARGEST_FILE_BYTES: u64 = 1 << 16;

/// What a player has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Players are numbered from 1 in the order in which they played.
    pub player: u64,
    /// Answers that were right.
    pub right: u32,
    /// Answers given.
    pub of: u32,
    /// Whole seconds that the answers took together.
    pub secs: u32,
}

/// Everything that lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    format: String,
    version: u32,
    players: u64,
    /// Answers of all players, and how many of them were right.
    answers: u64,
    right: u64,
    /// The best first.
    best: Vec<Score>,
}

/// The score board.
#[derive(Debug)]
pub struct Board {
    kept: Kept,
    writer: Option<Writer>,
    /// What is not with the writer yet.
    waiting: Option<Vec<u8>>,
}

impl Board {
    /// The board that is kept in a file; without one it lasts as long as the kiosk. A file that cannot be used stays as
    /// it is, and nothing is written over it.
    pub fn open(path: Option<&Path>) -> Self {
        let read = path.map(|path| (path, read(path)));
        let (kept, writer) = match read {
            None => (Kept::default(), None),
            Some((path, Ok(kept))) => (kept, Writer::start(path.to_owned())),
            Some((path, Err(error))) => {
                tracing::warn!("{}: {error}", path.display());
                (Kept::default(), None)
            }
        };
        Self { kept, writer, waiting: None }
    }

    /// Adds a game of a new player. Returns its place, from 1.
    pub fn add(&mut self, right: u32, of: u32, secs: u32) -> Place {
        let kept = &mut self.kept;
        kept.players += 1;
        kept.answers += u64::from(of);
        kept.right += u64::from(right);
        let score = Score { player: kept.players, right, of, secs };
        let place = kept.best.partition_point(|other| other.is_before(&score));
        kept.best.insert(place, score);
        kept.best.truncate(MAX_LINES);
        self.waiting = Some(to_json(kept));
        self.keep();
        Place { score, place: place as u64 + 1 }
    }

    /// The best, first.
    pub fn best(&self) -> &[Score] {
        &self.kept.best
    }

    /// How many have played.
    pub fn players(&self) -> u64 {
        self.kept.players
    }

    /// Right answers of all players in percent; `None` before the first.
    pub fn percent_right(&self) -> Option<u64> {
        (100 * self.kept.right).checked_div(self.kept.answers)
    }

    /// Hands over to the writer what it had no time for.
    pub fn keep(&mut self) {
        let (Some(writer), Some(bytes)) = (&self.writer, self.waiting.take()) else { return };
        self.waiting = writer.offer(bytes);
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        let (Some(writer), bytes) = (self.writer.take(), self.waiting.take()) else { return };
        writer.finish(bytes);
    }
}

/// Where a game has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What the game has reached.
    pub score: Score,
    /// Among all lines, from 1.
    pub place: u64,
}

impl Score {
    /// More right answers first, then the quicker; who was there before stays before.
    fn is_before(&self, other: &Self) -> bool {
        self.right > other.right || self.right == other.right && self.secs <= other.secs
    }
}

fn to_json(kept: &Kept) -> Vec<u8> {
    let kept = Kept { format: FORMAT.to_owned(), version: VERSION, ..kept.clone() };
    serde_json::to_vec_pretty(&kept).unwrap_or_default()
}

/// # Errors
/// If the file is there and is no score board of this version.
fn read(path: &Path) -> io::Result<Kept> {
    let bytes = match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Kept::default()),
        Err(error) => return Err(error),
        Ok(data) if data.len() > LARGEST_FILE_BYTES => return Err(io::ErrorKind::FileTooLarge.into()),
        Ok(_) => std::fs::read(path)?,
    };
    let mut kept: Kept = serde_json::from_slice(&bytes)?;
    if kept.format != FORMAT || kept.version != VERSION || kept.right > kept.answers {
        return Err(io::ErrorKind::InvalidData.into());
    }
    kept.best.truncate(MAX_LINES);
    kept.best.sort_by(|a, b| b.right.cmp(&a.right).then(a.secs.cmp(&b.secs)).then(a.player.cmp(&b.player)));
    Ok(kept)
}

/// A thread that writes the file, so that the window never waits for a disk.
#[derive(Debug)]
struct Writer {
    sender: Sender<Vec<u8>>,
    thread: JoinHandle<()>,
}

impl Writer {
    fn start(path: PathBuf) -> Option<Self> {
        let (sender, receiver) = queue::<Vec<u8>>(1);
        let write = move || {
            for bytes in receiver {
                let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
                if let Err(error) = folder.and_then(|()| write_atomically(&path, &bytes)) {
                    tracing::warn!("{}: {error}", path.display());
                }
            }
        };
        let started = start_thread("kiosk-scores", write);
        started.ok().map(|thread| Self { sender, thread })
    }

    /// Returns the bytes where the writer is busy.
    fn offer(&self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        match self.sender.try_send(bytes) {
            Ok(()) | Err(TrySendError::Disconnected(_)) => None,
            Err(TrySendError::Full(bytes)) => Some(bytes),
        }
    }

    /// Writes the last of it, and ends.
    fn finish(self, bytes: Option<Vec<u8>>) {
        if let Some(bytes) = bytes {
            // A thread that has ended has said why.
            let _ = self.sender.send(bytes);
        }
        drop(self.sender);
        let _ = self.thread.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_come_first_and_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("new").join("scores.json");
        let mut board = Board::open(Some(&path));
        assert_eq!(board.percent_right(), None);
        let places =
            [(3, 40), (6, 50), (6, 30), (3, 40), (0, 5)].map(|(right, secs)| board.add(right, 6, secs).place);
        assert_eq!(places, [1, 1, 1, 4, 5], "whoever was there first stays before an equal");
        let players: Vec<u64> = board.best().iter().map(|score| score.player).collect();
        assert_eq!(players, [3, 2, 1, 4, 5]);
        assert_eq!(board.percent_right(), Some(60));
        let best = board.best().to_vec();
        drop(board);

        let mut again = Board::open(Some(&path));
        assert_eq!((again.best(), again.players()), (best.as_slice(), 5));
        for _ in 0..3 * MAX_LINES {
            again.add(6, 6, 20);
        }
        assert_eq!((again.best().len(), again.players()), (MAX_LINES, 305));
    }

    #[test]
    fn a_file_that_is_no_board_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("scores.json");
        let newer =
            br#"{"format":"retidiff-kiosk-scores","version":9,"players":1,"answers":0,"right":0,"best":[]}"#;
        for hostile in [&b"{"[..], &newer[..], &b"[]"[..], &[b' '; 1 << 17][..]] {
            write_atomically(&path, hostile).expect("writable");
            let mut board = Board::open(Some(&path));
            board.add(6, 6, 1);
            drop(board);
            assert_eq!(std::fs::read(&path).expect("still there"), hostile);
        }
    }
}
