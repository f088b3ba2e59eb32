//! The journal: work that is not saved yet, on disk within two seconds, so that a crash loses nothing.
//!
//! A session is a folder of its own with the parts of a document as files. Scans are written once; a mask
//! is written anew when it has changed, under a new name; then the JSON, which names the parts that belong
//! together, is replaced in one rename. Whenever the process dies, the JSON names parts that are whole.
//! All of it happens on a thread of its own: the caller only leaves a snapshot, which is pointers.
//!
//! A session whose process lives is recognised by the lock it holds on a file in the folder; the system
//! drops that lock however the process ends.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::atomic::write_atomically;
use super::document_parts::{
    DOCUMENT_JSON, DocumentError, DocumentPart, GraderPart, LocalizerPart, PagePart, PartSource,
    SynthesisPart, encode_grey, read_json, read_parts,
};
use super::history_log::{self, HistoryLog};
use super::journal_removal::{is_discarded, remove_session};
use crate::background::{Mailbox, start_thread};
use crate::document::{Document, Editor, HistorySnapshot, KeptSynthesis, Page};
use crate::mask::{Mask, Plane};
use crate::platform;
use crate::scan::{BScan, GreyImage, Localizer};

/// Pause between two writes: a stroke is written while it is drawn, but not at every pointer event.
const PAUSE: Duration = Duration::from_millis(600);
const SESSION_PREFIX: &str = "session-";
const LOCK_FILE: &str = "lock";
/// Pause before a session that could not be removed is tried again.
const BEFORE_NEXT_TRY: Duration = Duration::from_secs(5);

/// Keeps a copy of the unsaved document in a folder.
#[derive(Debug)]
pub struct Journal {
    inbox: Arc<Mailbox<Inbox>>,
    last_noted: Option<u64>,
    thread: Option<JoinHandle<()>>,
}

/// The latest wish; older ones are superseded.
#[derive(Debug, Default)]
struct Inbox {
    wish: Option<Wish>,
    stop: bool,
    /// Number of the document that is kept: rises with every [`Journal::discard`].
    document: u64,
    /// Revision of that document that is on disk.
    written: Option<u64>,
    last_error: Option<String>,
}

#[derive(Debug)]
enum Wish {
    Keep {
        number: u64,
        document: Document,
        history: HistorySnapshot,
        revision: u64,
        original_path: Option<PathBuf>,
    },
    Discard,
}

impl Journal {
    /// Starts the thread that writes; nothing is written before the first [`Journal::note`].
    /// Sessions lie in `dir`, which is made when needed.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn start(dir: PathBuf) -> io::Result<Self> {
        let inbox: Arc<Mailbox<Inbox>> = Arc::default();
        let of_thread = Arc::clone(&inbox);
        let thread = start_thread("journal", move || keep_writing(&of_thread, &dir))?;
        Ok(Self { inbox, last_noted: None, thread: Some(thread) })
    }

    /// Leaves the document and its undo history to be written; returns at once. Call it whenever the
    /// revision may have risen, in the middle of a stroke too: what was noted last is on disk within 1.5 s.
    pub fn note(&mut self, editor: &Editor, path_of_document: Option<&Path>) {
        let revision = editor.revision();
        if self.last_noted == Some(revision) {
            return;
        }
        self.last_noted = Some(revision);
        let original_path = path_of_document.map(Path::to_path_buf);
        let (document, history) = (editor.document().clone(), editor.history_snapshot());
        let number = self.inbox.look(|inbox| inbox.document);
        self.leave(Wish::Keep { number, document, history, revision, original_path });
    }

    /// Removes what was written: the document is saved, or the user does not want it. The next
    /// [`Journal::note`] begins a new session.
    pub fn discard(&mut self) {
        self.last_noted = None;
        self.inbox.change_quietly(|inbox| {
            inbox.document += 1;
            inbox.written = None;
        });
        self.leave(Wish::Discard);
    }

    fn leave(&self, wish: Wish) {
        let superseded = self.inbox.change(|inbox| inbox.wish.replace(wish));
        // Outside the lock: dropping a snapshot takes as long as making one.
        drop(superseded);
    }

    /// The revision that is on disk of the document noted since the last [`Journal::discard`]. Another document's
    /// revisions begin anew, so that a number alone would not say whose it is.
    pub fn written_revision(&self) -> Option<u64> {
        self.inbox.look(|inbox| inbox.written)
    }

    /// Why the last write failed, if it did: to be shown, since nobody waits for the thread.
    pub fn last_error(&self) -> Option<String> {
        self.inbox.look(|inbox| inbox.last_error.clone())
    }
}

impl Drop for Journal {
    /// Writes what was noted last, or removes what was discarded, then ends the thread.
    fn drop(&mut self) {
        self.inbox.change(|inbox| inbox.stop = true);
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported by then; there is nothing to add to it.
            let _ = thread.join();
        }
    }
}

fn keep_writing(inbox: &Mailbox<Inbox>, dir: &Path) {
    let mut session: Option<JournalSession> = None;
    // Sessions that are not wanted and could not be removed: held, so that no other process offers them.
    let mut unwanted: Vec<JournalSession> = Vec::new();
    loop {
        let Some(wish) = next_wish(inbox, !unwanted.is_empty()) else { return };
        let result = match &wish {
            Some(Wish::Keep { document, history, original_path, .. }) => {
                keep(&mut session, dir, document, history, original_path.as_deref())
            }
            Some(Wish::Discard) => {
                unwanted.extend(session.take());
                remove_all(&mut unwanted)
            }
            None => remove_all(&mut unwanted),
        };
        inbox.change_quietly(|inbox| match (result, wish) {
            (Ok(()), Some(Wish::Keep { number, revision, .. })) => {
                inbox.last_error = None;
                if number == inbox.document {
                    inbox.written = Some(revision);
                }
            }
            (Ok(()), _) => inbox.last_error = None,
            (Err(error), wish) => {
                inbox.last_error = Some(format!("autosave to {} failed: {error}", dir.display()));
                // Tried again after the pause: a full disk may have been emptied by then.
                if let Some(wish @ Wish::Keep { .. }) = wish
                    && !inbox.stop
                {
                    inbox.wish.get_or_insert(wish);
                }
            }
        });
        // The end of the window does not wait for the pause.
        let _ = inbox.wait_at_most(PAUSE, |inbox| inbox.stop.then_some(()));
    }
}

/// Waits for the next wish; `Some(None)` when something is left to be tried again, `None` at the end.
fn next_wish(inbox: &Mailbox<Inbox>, is_something_left: bool) -> Option<Option<Wish>> {
    let next = |inbox: &mut Inbox| match inbox.wish.take() {
        Some(wish) => Some(Some(Some(wish))),
        None => inbox.stop.then_some(None),
    };
    match is_something_left {
        true => inbox.wait_at_most(BEFORE_NEXT_TRY, next).unwrap_or(Some(None)),
        false => inbox.wait(next),
    }
}

/// Removes sessions; those that could not be removed stay in the list, with the reason of the last.
fn remove_all(unwanted: &mut Vec<JournalSession>) -> io::Result<()> {
    let mut outcome = Ok(());
    unwanted.retain(|session| match remove_session(&session.folder) {
        Ok(()) => false,
        Err(error) => {
            outcome = Err(error);
            true
        }
    });
    outcome
}

fn keep(
    session: &mut Option<JournalSession>,
    dir: &Path,
    document: &Document,
    history: &HistorySnapshot,
    original_path: Option<&Path>,
) -> io::Result<()> {
    if session.as_ref().is_some_and(|session| !session.folder.is_dir()) {
        *session = None;
    }
    let session = match session {
        Some(session) => session,
        None => session.insert(JournalSession::create(dir)?),
    };
    session.write(document, history, original_path)
}

/// A folder that belongs to this process.
struct JournalSession {
    folder: PathBuf,
    /// Holds the lock for as long as it is open.
    _lock: File,
    written: Vec<WrittenPage>,
    localizer: Option<(Arc<Localizer>, LocalizerPart)>,
    next_part: u64,
    log: Option<HistoryLog>,
    next_log: u64,
}

/// A page whose parts are on disk, and the values they were made from.
#[derive(Clone)]
struct WrittenPage {
    scan: Arc<BScan>,
    layers: Plane,
    lesions: Plane,
    synthesis: Option<Arc<KeptSynthesis>>,
    second_grader: Option<Arc<Mask>>,
    part: PagePart,
}

impl JournalSession {
    fn create(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let unique = format!("{SESSION_PREFIX}{}-{}", std::process::id(), since_epoch.as_nanos());
        let folder = dir.join(unique);
        // Scans are nobody else's business.
        platform::create_private_folder(&folder)?;
        let lock = File::create(folder.join(LOCK_FILE))?;
        match lock.try_lock() {
            // A file system without locks: the session is then offered while it lives, but never lost.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other("the new session is locked already"));
            }
        }
        Ok(Self {
            folder,
            _lock: lock,
            written: Vec::new(),
            localizer: None,
            next_part: 0,
            log: None,
            next_log: 0,
        })
    }

    fn write(
        &mut self,
        document: &Document,
        history: &HistorySnapshot,
        original_path: Option<&Path>,
    ) -> io::Result<()> {
        let mut pages = Vec::with_capacity(document.pages.len());
        for (index, page) in document.pages.iter().enumerate() {
            pages.push(self.write_page(index, page)?);
        }
        let mut json = DocumentPart::of(document, pages.iter().map(|page| page.part.clone()).collect());
        json.localizer = self.write_localizer(document)?;
        json.original_path = original_path.map(|path| path.to_string_lossy().into_owned());
        json.history = HistoryLog::update(&mut self.log, &self.folder, history, &mut self.next_log)?;
        platform::sync_folder(&self.folder)?;
        write_atomically(&self.folder.join(DOCUMENT_JSON), &json.to_json())?;
        let obsolete: Vec<String> = {
            let needed: HashSet<&str> = pages.iter().flat_map(|page| parts_of(&page.part)).collect();
            let known = self.written.iter().flat_map(|page| parts_of(&page.part));
            known.filter(|part| !needed.contains(part)).map(str::to_owned).collect()
        };
        self.written = pages;
        history_log::remove_others(&self.folder, json.history.as_ref());
        for part in obsolete {
            // A part that cannot be removed wastes space and does no other harm.
            let _ = fs::remove_file(self.folder.join(part));
        }
        Ok(())
    }

    /// Writes the picture of the fundus if it is not on disk yet; it belongs to the document and is never removed.
    fn write_localizer(&mut self, document: &Document) -> io::Result<Option<LocalizerPart>> {
        let Some(localizer) = &document.localizer else { return Ok(None) };
        if let Some((written, part)) = &self.localizer
            && Arc::ptr_eq(written, localizer)
        {
            return Ok(Some(part.clone()));
        }
        let GreyImage { width, height, pixels } = &localizer.image;
        let name = self.write_picture("localizer", [*width, *height], pixels)?;
        let part = LocalizerPart::of(localizer, name);
        self.localizer = Some((localizer.clone(), part.clone()));
        Ok(Some(part))
    }

    /// Writes the parts of a page that are not on disk yet.
    fn write_page(&mut self, index: usize, page: &Page) -> io::Result<WrittenPage> {
        let same_place = self.written.get(index).filter(|written| Arc::ptr_eq(&written.scan, &page.scan));
        let known = same_place
            .or_else(|| self.written.iter().find(|written| Arc::ptr_eq(&written.scan, &page.scan)))
            .cloned();
        let known = known.as_ref();
        let scan = &page.scan;
        let (scan_part, scanned_area) = match known {
            Some(known) => (known.part.scan.clone(), known.part.scanned_area.clone()),
            None => {
                let area =
                    scan.scanned_area.as_ref().map(|area| self.write_plane("scanned_area", scan, area));
                (self.write_plane("scan", scan, &scan.image.pixels)?, area.transpose()?)
            }
        };
        let layers = match known {
            Some(known) if unchanged(&page.mask.layers, &known.layers) => known.part.layers.clone(),
            _ => self.write_plane("layers", scan, &page.mask.layers.to_pixels())?,
        };
        let lesions = match known {
            Some(known) if unchanged(&page.mask.lesions, &known.lesions) => known.part.lesions.clone(),
            _ => self.write_plane("lesions", scan, &page.mask.lesions.to_pixels())?,
        };
        let synthesis = self.write_synthesis(page, known)?;
        let second_grader = self.write_second_grader(page, known)?;
        let part = PagePart {
            name: scan.name.clone(),
            width: scan.width(),
            height: scan.height(),
            spacing: scan.spacing,
            laterality: scan.laterality,
            fovea_column: scan.fovea_column,
            is_placeholder: scan.is_placeholder,
            scan: scan_part,
            scanned_area,
            layers,
            lesions,
            synthesis,
            second_grader,
            label_origin: page.label_origin,
            appearance: page.appearance.clone(),
        };
        Ok(WrittenPage {
            scan: scan.clone(),
            layers: page.mask.layers.clone(),
            lesions: page.mask.lesions.clone(),
            synthesis: page.synthesis.clone(),
            second_grader: page.second_grader.clone(),
            part,
        })
    }

    /// Writes the synthesis of a page, if it has one that is not on disk yet.
    fn write_synthesis(
        &mut self,
        page: &Page,
        known: Option<&WrittenPage>,
    ) -> io::Result<Option<SynthesisPart>> {
        let Some(now) = &page.synthesis else { return Ok(None) };
        if let Some(WrittenPage { synthesis: Some(before), part, .. }) = known
            && Arc::ptr_eq(now, before)
        {
            return Ok(part.synthesis.clone());
        }
        let image = self.write_plane("synthesis", &page.scan, &now.image.pixels)?;
        Ok(Some(SynthesisPart::of(now, image)))
    }

    /// Writes the second grader's labels of a page, if it has some that are not on disk yet.
    fn write_second_grader(
        &mut self,
        page: &Page,
        known: Option<&WrittenPage>,
    ) -> io::Result<Option<GraderPart>> {
        let Some(now) = &page.second_grader else { return Ok(None) };
        if let Some(WrittenPage { second_grader: Some(before), part, .. }) = known
            && Arc::ptr_eq(now, before)
        {
            return Ok(part.second_grader.clone());
        }
        Ok(Some(GraderPart {
            layers: self.write_plane("grader2_layers", &page.scan, &now.layers.to_pixels())?,
            lesions: self.write_plane("grader2_lesions", &page.scan, &now.lesions.to_pixels())?,
        }))
    }

    fn write_plane(&mut self, what: &str, scan: &BScan, pixels: &[u8]) -> io::Result<String> {
        self.write_picture(what, [scan.width(), scan.height()], pixels)
    }

    fn write_picture(&mut self, what: &str, [width, height]: [u32; 2], pixels: &[u8]) -> io::Result<String> {
        let part = format!("{what}-{}.png", self.next_part);
        self.next_part += 1;
        let png = encode_grey(width, height, pixels, png::Compression::Fast);
        let mut file = File::create(self.folder.join(&part))?;
        io::Write::write_all(&mut file, &png)?;
        file.sync_data()?;
        Ok(part)
    }
}

fn unchanged(now: &Plane, written: &Plane) -> bool {
    now.bounds() == written.bounds() && now.difference(written).is_empty()
}

fn parts_of(page: &PagePart) -> impl Iterator<Item = &str> {
    let synthesis = page.synthesis.as_ref().map(|synthesis| synthesis.image.as_str());
    let grader = page.second_grader.iter().flat_map(|part| [part.layers.as_str(), part.lesions.as_str()]);
    let optional = page.scanned_area.as_deref().into_iter().chain(synthesis).chain(grader);
    [page.scan.as_str(), page.layers.as_str(), page.lesions.as_str()].into_iter().chain(optional)
}

/// Work that a process left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The folder of the session.
    pub path: PathBuf,
    /// That of the document's file, or the document's where it has none.
    pub name: String,
    /// When it was written last.
    pub modified: SystemTime,
    /// The file the document had been opened from or saved to.
    pub original_path: Option<PathBuf>,
}

/// The sessions under `dir` whose processes have ended without saving or discarding, the latest first.
/// Folders that hold no readable document are not offered.
pub fn recoverable(dir: &Path) -> Vec<Recovery> {
    let folders = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    let sessions = folders.filter(|path| {
        path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(SESSION_PREFIX))
    });
    let is_left_behind = |path: &PathBuf| !is_alive(path) && !is_discarded(path);
    let mut found: Vec<Recovery> = sessions.filter(is_left_behind).filter_map(offer).collect();
    found.sort_by_key(|recovery| std::cmp::Reverse(recovery.modified));
    found
}

/// Whether the process of a session still holds its lock.
fn is_alive(folder: &Path) -> bool {
    match File::open(folder.join(LOCK_FILE)) {
        Ok(lock) => matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(_) => false,
    }
}

fn offer(path: PathBuf) -> Option<Recovery> {
    let modified = fs::metadata(path.join(DOCUMENT_JSON)).and_then(|data| data.modified()).ok()?;
    let json = read_json(&FolderParts { folder: &path }, &path.display().to_string()).ok()?;
    let original_path = json.original_path.map(PathBuf::from);
    let of_file = original_path.as_deref().and_then(Path::file_name);
    let name = of_file.map_or(json.name, |file| file.to_string_lossy().into_owned());
    Some(Recovery { path, name, modified, original_path })
}

impl Recovery {
    /// Reads the document back with its undo history, and what was left out. The session stays until
    /// [`Recovery::discard`]: discard it once the document is saved, or once the new session's journal has
    /// written it.
    ///
    /// # Errors
    /// If a part is missing or damaged. A damaged undo history is only a warning.
    pub fn load(&self) -> Result<(Editor, Vec<String>), DocumentError> {
        let name = self.path.display().to_string();
        let parts = FolderParts { folder: &self.path };
        let history = read_json(&parts, &name)?.history;
        let (document, mut warnings) = read_parts(&parts, &name)?;
        let history = history.map(|part| history_log::read(&self.path, &part, &document)).transpose();
        let history = history.unwrap_or_else(|reason| {
            warnings.push(format!(
                "The undo history of {} was left out: {reason}. The document is not concerned.",
                self.name
            ));
            None
        });
        let mut editor = Editor::with_history(document, history.unwrap_or_default());
        editor.mark_unsaved();
        Ok((editor, warnings))
    }

    /// Removes the session.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn discard(&self) -> io::Result<()> {
        remove_session(&self.path)
    }
}

struct FolderParts<'a> {
    folder: &'a Path,
}

impl PartSource for FolderParts<'_> {
    fn read(&self, part: &str, limit: u64) -> Result<Vec<u8>, String> {
        let is_plain_name = Path::new(part).file_name() == Some(OsStr::new(part));
        if !is_plain_name {
            return Err(format!("{part} does not lie in the folder"));
        }
        let file = File::open(self.folder.join(part)).map_err(|error| format!("{part}: {error}"))?;
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(file, limit + 1), &mut bytes)
            .map_err(|error| error.to_string())?;
        if bytes.len() as u64 > limit {
            return Err(format!("{part} is longer than the {limit} bytes it may have"));
        }
        Ok(bytes)
    }
}
