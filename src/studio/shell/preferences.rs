//! What lasts between runs: keys, scale, panels, the view, the files opened last.
//!
//! One small JSON in the folder of this program, versioned and written atomically on a thread of its own,
//! at most once a second and once more at the end.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use super::commands::keymap::KeymapChoice;
use super::settings::PanelSettings;
use crate::background::{Job, wake_nobody};
use crate::formats::label_mapping::MappingMemory;
use crate::formats::write_atomically;
use crate::serve::CommandLine;
use crate::studio::texts::{LanguageChoice, text};

const FORMAT: &str = "retidiff-settings";
const VERSION: u32 = 1;
const FILE: &str = "settings.json";
const LARGEST_FILE_BYTES: u64 = 1 << 20;
const PAUSE: Duration = Duration::from_secs(1);
/// After so many failures in a row the pause grows no more: it doubles with each.
const MAX_DOUBLINGS: u32 = 6;
const RECENT_FILES: usize = 8;
/// Of each kind; all of them are looked into at every start.
const WRITTEN_FOLDERS: usize = 8;
/// How large the letters may be, as a factor.
pub const SCALE_RANGE: std::ops::RangeInclusive<f32> = 0.7..=2.5;

/// What lasts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    pub keymap: KeymapChoice,
    pub language: LanguageChoice,
    /// Factor on the size of everything but the scans.
    pub scale: f32,
    pub side_panel_shown: bool,
    pub steps_shown: bool,
    /// The files opened or saved last, the latest first.
    pub recent: Vec<PathBuf>,
    /// The folders that files were written into last, the latest first. They are noted when the writing begins: what a
    /// process leaves there that is killed over it is removed at the next start.
    pub written_into: Vec<PathBuf>,
    /// The same of exports whose files lie in folders within.
    pub exported_into: Vec<PathBuf>,
    /// The sets reviewed last, the latest first.
    pub recent_sets: Vec<PathBuf>,
    /// Who reviews.
    pub reviewer: String,
    pub panels: PanelSettings,
    /// Command that reaches the machine whose pictures are shown; this one's without.
    pub remote: Option<String>,
    /// What the values of label files were said to be, by their folders.
    pub label_mappings: MappingMemory,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            keymap: KeymapChoice::default(),
            language: LanguageChoice::default(),
            scale: 1.0,
            side_panel_shown: true,
            steps_shown: false,
            recent: Vec::new(),
            written_into: Vec::new(),
            exported_into: Vec::new(),
            recent_sets: Vec::new(),
            reviewer: String::new(),
            panels: PanelSettings::default(),
            remote: None,
            label_mappings: MappingMemory::default(),
        }
    }
}

impl Preferences {
    /// Puts a file before the others.
    pub fn remember(&mut self, path: &Path) {
        put_first(&mut self.recent, path.to_path_buf(), RECENT_FILES);
    }

    /// A file is about to be written.
    pub fn note_write(&mut self, file: &Path) {
        if let Some(folder) = file.parent().and_then(named_for_good) {
            put_first(&mut self.written_into, folder, WRITTEN_FOLDERS);
        }
    }

    /// Files are about to be exported into a folder and those within it.
    pub fn note_export(&mut self, folder: &Path) {
        if let Some(folder) = named_for_good(folder) {
            put_first(&mut self.exported_into, folder, WRITTEN_FOLDERS);
        }
    }

    /// Puts a set before the others.
    pub fn remember_set(&mut self, dir: &Path) {
        put_first(&mut self.recent_sets, dir.to_path_buf(), RECENT_FILES);
    }

    /// Changes the scale by a factor, to whole twentieths.
    pub fn scale_by(&mut self, factor: f32) {
        let twentieths = (self.scale * factor * 20.0).round() / 20.0;
        self.scale = twentieths.clamp(*SCALE_RANGE.start(), *SCALE_RANGE.end());
    }

    /// The command to another machine, where it is one.
    pub fn remote_command(&self) -> Option<CommandLine> {
        self.remote.as_deref().and_then(|text| CommandLine::parse(text).ok())
    }

    /// With values a hand may have written into the file brought into their ranges.
    fn within_ranges(mut self) -> Self {
        let scale = if self.scale.is_finite() { self.scale } else { 1.0 };
        self.scale = scale.clamp(*SCALE_RANGE.start(), *SCALE_RANGE.end());
        self.recent.truncate(RECENT_FILES);
        self.written_into.truncate(WRITTEN_FOLDERS);
        self.exported_into.truncate(WRITTEN_FOLDERS);
        self.recent_sets.truncate(RECENT_FILES);
        self.panels.bring_into_ranges();
        self
    }
}

/// Puts a path before the others of a list that keeps so many.
fn put_first(list: &mut Vec<PathBuf>, path: PathBuf, most: usize) {
    list.retain(|known| *known != path);
    list.insert(0, path);
    list.truncate(most);
}

/// A folder as a later process finds it, which may begin elsewhere. None where its name is no Unicode: the file of the
/// settings could not hold it, and nothing else of them would be kept.
fn named_for_good(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    std::path::absolute(folder).ok().filter(|folder| folder.to_str().is_some())
}

#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    version: u32,
    #[serde(flatten)]
    preferences: &'a Preferences,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u64,
}

fn to_json(preferences: &Preferences) -> Vec<u8> {
    let written = Written { format: FORMAT, version: VERSION, preferences };
    // Paths that are no Unicode cannot be written; then nothing is kept rather than something wrong.
    serde_json::to_vec_pretty(&written).unwrap_or_default()
}

fn from_json(bytes: &[u8]) -> Result<Preferences, String> {
    let head: Head = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if head.format != FORMAT {
        return Err(text!("settings-of-other", format = %head.format));
    }
    if head.version > u64::from(VERSION) {
        return Err(text!("settings-newer", version = %head.version));
    }
    let preferences: Preferences = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(preferences.within_ranges())
}

/// A write under way: its outcome, and what it writes.
#[derive(Debug)]
struct Writing {
    job: Job<io::Result<()>>,
    bytes: Vec<u8>,
}

/// Writes the preferences whenever they have changed.
#[derive(Debug, Default)]
pub struct PreferenceFile {
    /// `None` where nothing is kept.
    path: Option<PathBuf>,
    on_disk: Vec<u8>,
    wanted: Vec<u8>,
    last_write: Option<Instant>,
    writing: Option<Writing>,
    /// Writes in a row that failed.
    failures: u32,
}

impl PreferenceFile {
    /// The preferences in a folder with the file that keeps them, and what to tell the user. A file that
    /// cannot be used is kept as it is for this run: nothing is written over it.
    pub fn open(folder: &Path) -> (Preferences, Self, Option<String>) {
        let path = folder.join(FILE);
        let read = fs::metadata(&path).and_then(|data| {
            if data.len() > LARGEST_FILE_BYTES {
                return Err(io::Error::other(text!("settings-too-long")));
            }
            fs::read(&path)
        });
        let outcome = match read {
            Ok(bytes) => from_json(&bytes).map(|preferences| (preferences, bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((Preferences::default(), Vec::new())),
            Err(error) => Err(error.to_string()),
        };
        match outcome {
            Ok((preferences, on_disk)) => {
                let wanted = on_disk.clone();
                let (last_write, writing, failures) = (None, None, 0);
                let file = Self { path: Some(path), on_disk, wanted, last_write, writing, failures };
                (preferences, file, None)
            }
            Err(reason) => {
                let message = text!("settings-unusable", file = %path.display(), %reason);
                (Preferences::default(), Self::default(), Some(message))
            }
        }
    }

    /// Notes the preferences of the moment; they are written in a while, and again after a while where that failed.
    /// Returns when to be called again, if something is still to be written, and why the first write of those that
    /// failed did.
    pub fn note(&mut self, preferences: &Preferences) -> (Option<Duration>, Option<String>) {
        let Some(path) = self.path.clone() else { return (None, None) };
        let error = self.take_outcome().filter(|_| self.failures == 1);
        let complaint = error.map(|error| text!("settings-not-kept", file = %path.display(), %error));
        self.wanted = to_json(preferences);
        if self.wanted == self.on_disk || self.wanted.is_empty() {
            return (None, complaint);
        }
        let pause = PAUSE * 2_u32.pow(self.failures.min(MAX_DOUBLINGS));
        let rests = self.last_write.is_none_or(|last| last.elapsed() >= pause);
        if rests && self.writing.is_none() {
            let (bytes, written) = (self.wanted.clone(), self.wanted.clone());
            // The window asks again by itself.
            let started = Job::start("studio-settings", wake_nobody(), move |_| write(&path, &written));
            self.writing = started.ok().map(|job| Writing { job, bytes });
            self.last_write = Some(Instant::now());
        }
        (Some(pause), complaint)
    }

    /// Takes the outcome of the write under way, if it has ended. Returns its error.
    fn take_outcome(&mut self) -> Option<io::Error> {
        let outcome = self.writing.as_ref()?.job.answer()?;
        let outcome = outcome.unwrap_or_else(|_| Err(io::Error::other(text!("settings-thread-ended"))));
        let Writing { bytes, .. } = self.writing.take()?;
        match outcome {
            Ok(()) => {
                (self.on_disk, self.failures) = (bytes, 0);
                None
            }
            Err(error) => {
                // What is on disk now may be the old or nothing: everything is to be written again.
                self.failures += 1;
                Some(error)
            }
        }
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    write_atomically(path, bytes)
}

impl Drop for PreferenceFile {
    /// The window is gone: what is not on disk yet is written now.
    fn drop(&mut self) {
        if let Some(Writing { job, bytes }) = self.writing.take()
            && matches!(job.wait(), Ok(Ok(())))
        {
            self.on_disk = bytes;
        }
        if let Some(path) = self.path.as_ref().filter(|_| self.wanted != self.on_disk)
            && !self.wanted.is_empty()
        {
            // There is no window left to show an error.
            let _ = write(path, &self.wanted);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::studio::shell::commands::keymap::KeymapPreset;

    #[test]
    fn a_write_that_failed_is_tried_again_and_complained_of_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("settings");
        let (mut preferences, mut file, _) = PreferenceFile::open(&place);
        // A file where the folder should be: nothing can be written.
        write_atomically(&place, b"in the way").expect("written");
        preferences.scale_by(1.3);
        let mut complaints = Vec::new();
        let begun = Instant::now();
        while file.failures < 2 {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is not tried again");
            complaints.extend(file.note(&preferences).1);
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        fs::remove_file(&place).expect("removable");
        while file.note(&preferences).0.is_some() {
            assert!(begun.elapsed() < Duration::from_secs(20), "it is never written");
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(PreferenceFile::open(&place).0.scale, 1.3);
    }

    #[test]
    fn folders_that_are_written_into_are_noted_once_and_not_without_end() {
        let mut preferences = Preferences::default();
        for number in 0..20 {
            preferences.note_write(Path::new(&format!("/a/{number}/b.retidiff")));
            preferences.note_export(Path::new(&format!("/out/{number}")));
        }
        preferences.note_write(Path::new("/a/15/c.png"));
        assert_eq!(preferences.written_into.len(), WRITTEN_FOLDERS);
        assert_eq!(preferences.exported_into.len(), WRITTEN_FOLDERS);
        let folder = std::path::absolute("/a/15").expect("a path");
        assert_eq!(preferences.written_into[0], folder);
        assert_eq!(preferences.written_into.iter().filter(|known| **known == folder).count(), 1);
        preferences.note_write(Path::new("here.retidiff"));
        assert_eq!(preferences.written_into[0], std::env::current_dir().expect("a folder"));
    }

    #[test]
    fn preferences_last_and_hostile_ones_are_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("new");
        let (mut preferences, mut file, message) = PreferenceFile::open(&place);
        assert!(message.is_none());
        preferences.keymap.preset = KeymapPreset::Napari;
        preferences.scale_by(1.3);
        preferences.panels.radius_px = 20.0;
        preferences.remember(Path::new("/a/b.retidiff"));
        file.note(&preferences);
        preferences.scale_by(1.1);
        file.note(&preferences);
        drop(file);

        let (read, _, message) = PreferenceFile::open(&place);
        assert!(message.is_none());
        assert_eq!((read.keymap.preset, read.scale), (KeymapPreset::Napari, 1.45));
        assert_eq!((read.panels.radius_px, read.recent.len()), (20.0, 1));

        let path = place.join(FILE);
        for hostile in [
            &b"{"[..],
            br#"{"format":"retidiff-settings","version":9}"#,
            br#"{"format":"other","version":1}"#,
            br#"{"format":"retidiff-settings","version":1,"scale":"big"}"#,
        ] {
            write_atomically(&path, hostile).expect("writable");
            let (mut read, mut file, message) = PreferenceFile::open(&place);
            assert!(message.expect("a reason").contains("settings.json"));
            read.scale_by(2.0);
            file.note(&read);
            drop(file);
            assert_eq!(fs::read(&path).expect("still there"), hostile, "it is not written over");
        }
        let odd = br#"{"format":"retidiff-settings","version":1,"scale":1e9,"panels":{"radius_px":-4,"overlay_opacity":7}}"#;
        write_atomically(&path, odd).expect("writable");
        let (read, _, _) = PreferenceFile::open(&place);
        assert_eq!(read.scale, *SCALE_RANGE.end());
        assert_eq!((read.panels.radius_px, read.panels.overlay_opacity), (0.5, 1.0));
    }
}
