//! What the user must still have: a disk, a journal, a user who edits, and a list of what that user is owed.
//!
//! Owed is the newest version of every work, less what was discarded in words. The work that is shown is owed by the
//! editor, every other one by the disk; when the process is killed, what had reached the disk must be found there; and
//! no file may be written over by a document that the user did not put there.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

use super::{Arrival, DocumentFlow, Effect, Event, Facts, Next, State, Then, UnsavedAnswer, Version, Wanted};

/// Files of the disk.
pub const FILES: u8 = 3;

/// What something holds of a work. Versions rise with every change; undo makes a new version with the content of an
/// old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub version: u32,
    pub content: u32,
}

impl Held {
    /// Whether it is as good as what is owed.
    pub fn is_enough(self, owed: Held) -> bool {
        self.version >= owed.version || self.content == owed.content
    }
}

/// A document as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub work: u32,
    pub held: Held,
    pub file: Option<u8>,
    /// Whether a file holds it as it is.
    pub is_saved: bool,
}

/// Work that was left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub number: u32,
    pub work: u32,
    pub held: Held,
}

/// The document shown.
#[derive(Debug)]
pub struct Shown {
    pub work: u32,
    pub held: Held,
    pub revision: u64,
    /// The content that counts as saved.
    pub saved: Option<u32>,
    pub file: Option<u8>,
}

pub struct Write {
    pub document: u64,
    pub job: u64,
    pub file: u8,
    pub work: u32,
    pub held: Held,
    pub version: Version,
}

/// What is being read.
pub struct PendingRead {
    /// What it finds, if anything is there.
    pub found: Option<Read>,
    pub recovery: Option<Left>,
    /// Its number, where it was decided about unsaved changes before.
    pub number: Option<u64>,
}

/// What may happen next.
#[derive(Clone, Debug)]
pub enum Step {
    Edit,
    /// Back to the content that counts as saved.
    Undo,
    Save,
    SaveAs,
    SaveTo(u8),
    /// A file that may be labels of the document shown: read at once.
    OpenFile(u8),
    /// A file, or a folder that is still to be chosen, in place of the document shown.
    Want(Option<u8>),
    /// The chooser of a folder that was opened first ends.
    FolderChooser(Option<u8>),
    /// The oldest reading that was decided about before is given up; it may have come too far to be stopped.
    GiveReadingUp,
    /// Something other than its own file holds the document as it is.
    KeepElsewhere,
    /// The oldest report of that comes.
    KeptElsewhere,
    OpenSample,
    Restore,
    DiscardRecovery,
    CloseRequested,
    Answer(UnsavedAnswer),
    /// The chooser that was opened first ends.
    Chooser(Option<u8>),
    WriteEnds {
        is_written: bool,
    },
    ReadEnds {
        is_read: bool,
    },
    JournalWrites,
    /// The oldest report of the journal that was not received yet.
    JournalReports,
    RemovalFails,
    StaysOpen,
    Kill,
}

#[derive(Default)]
pub struct World {
    pub flow: DocumentFlow<Read, Left>,
    pub shown: Option<Shown>,
    pub files: BTreeMap<u8, (u32, Held)>,
    /// As this process found them.
    pub files_at_start: BTreeMap<u8, (u32, Held)>,
    pub journal: Option<(u32, Held)>,
    pub journal_reports: VecDeque<u64>,
    pub left: Vec<Left>,
    pub writes: VecDeque<Write>,
    pub reads: VecDeque<PendingRead>,
    pub choosers: VecDeque<u64>,
    /// Folders that are being chosen, by the numbers of their readings.
    pub folder_choosers: VecDeque<u64>,
    /// What the user gives up for the reading of a number: this work, as it was then.
    pub given_up: Option<(u64, u32, Held)>,
    pub work_of: BTreeMap<u64, u32>,
    /// Files that the user chose for a work, or opened it from.
    pub chosen: BTreeSet<(u32, u8)>,
    /// What something other than files of their own holds of works: a set under review forgets no edit. And reports
    /// of it that were not received yet.
    pub elsewhere: Vec<(u32, Held)>,
    pub kept_reports: VecDeque<(u64, Version)>,
    /// Newest version the user is owed.
    pub owed: BTreeMap<u32, Held>,
    /// Newest version that had reached the disk.
    pub secured: BTreeMap<u32, Held>,
    /// Where a work was last saved, and which version.
    pub in_file: BTreeMap<u32, (u8, Held)>,
    pub next: u32,
    pub removal_fails: bool,
    /// Closing was begun: the request of the window comes.
    pub closes_next: bool,
    pub starts: u32,
}

pub fn path_of(file: u8) -> PathBuf {
    PathBuf::from(file.to_string())
}

fn wanted_file(file: u8) -> Wanted {
    Wanted::Paths(vec![path_of(file)])
}

pub fn file_of(path: &std::path::Path) -> u8 {
    path.to_string_lossy().parse().expect("a file of the model")
}

impl World {
    pub fn new() -> Self {
        let mut world = Self::default();
        world.start();
        world
    }

    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// A process begins: a sample is shown, and what was left behind is found.
    pub fn start(&mut self) {
        self.flow = DocumentFlow::default();
        self.files_at_start = self.files.clone();
        self.writes.clear();
        self.reads.clear();
        self.choosers.clear();
        self.folder_choosers.clear();
        self.given_up = None;
        self.kept_reports.clear();
        self.journal_reports.clear();
        self.work_of.clear();
        self.closes_next = false;
        self.starts += 1;
        let sample = self.sample();
        self.show(sample);
        let found = self.left.clone();
        self.send(Event::RecoveriesFound(found));
    }

    pub fn sample(&mut self) -> Read {
        let held = Held { version: 0, content: 0 };
        Read { work: self.number(), held, file: None, is_saved: true }
    }

    pub fn show(&mut self, read: Read) {
        let Read { work, held, file, is_saved } = read;
        self.work_of.insert(self.flow.document(), work);
        self.shown = Some(Shown { work, held, revision: 0, saved: is_saved.then_some(held.content), file });
    }

    pub fn shown(&mut self) -> &mut Shown {
        self.shown.as_mut().expect("a document is always shown")
    }

    pub fn version(&self) -> Version {
        let shown = self.shown.as_ref().expect("a document is always shown");
        Version { revision: shown.revision, state: u64::from(shown.held.content) }
    }

    pub fn is_unsaved(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| shown.saved != Some(shown.held.content))
    }

    /// Hands the flow an event and does what it wants done.
    pub fn send(&mut self, event: Event<Read, Left>) {
        let is_close = event == Event::CloseRequested;
        let path = self.shown().file.map(path_of);
        let facts =
            Facts { version: self.version(), has_unsaved_changes: self.is_unsaved(), path: path.as_deref() };
        let effects = self.flow.on(event, facts);
        let is_kept_open = effects.contains(&Effect::KeepOpen);
        for effect in effects {
            self.perform(effect);
        }
        if is_close && !is_kept_open {
            self.end();
        }
    }

    pub fn perform(&mut self, effect: Effect<Read, Left>) {
        match effect {
            Effect::ChoosePlace => self.choosers.push_back(self.flow.document()),
            Effect::Write { job, path } => {
                let (version, document) = (self.version(), self.flow.document());
                let (work, held, file) = (self.shown().work, self.shown().held, file_of(&path));
                assert!(self.chosen.contains(&(work, file)), "work {work} is written to {file} unbidden");
                self.writes.push_back(Write { document, job, file, work, held, version });
            }
            Effect::MarkSaved { path, version } => {
                let (work, file) = (self.shown().work, file_of(&path));
                assert!(self.chosen.contains(&(work, file)), "work {work} bears the name of {file}");
                (self.shown().saved, self.shown().file) = (Some(version.state as u32), Some(file));
            }
            Effect::MarkKept { version } => self.shown().saved = Some(version.state as u32),
            Effect::Read { reading, wanted: Wanted::Folder } => self.folder_choosers.push_back(reading),
            Effect::Read { reading, wanted: Wanted::Paths(paths) } => {
                self.begin_to_read(file_of(&paths[0]), Some(reading));
            }
            Effect::Show(read) => self.show(read),
            Effect::NotRead(_) | Effect::NotShown(_) | Effect::KeepOpen => {}
            Effect::DropJournal => self.journal = None,
            Effect::ReadRecovery(left) => {
                let read = Read { work: left.work, held: left.held, file: None, is_saved: false };
                self.reads.push_back(PendingRead { found: Some(read), recovery: Some(left), number: None });
            }
            Effect::RemoveRecovery(left) => {
                if !std::mem::take(&mut self.removal_fails) {
                    self.left.retain(|other| *other != left);
                }
            }
            Effect::Close => self.closes_next = true,
        }
    }

    /// The process ends in order, or is killed; another one begins.
    pub fn end(&mut self) {
        self.forget_what_is_in_memory();
        self.start();
    }

    pub fn forget_what_is_in_memory(&mut self) {
        self.shown = None;
        if let Some((work, held)) = self.journal.take() {
            let number = self.number();
            self.left.insert(0, Left { number, work, held });
        }
        self.check();
    }

    pub fn secure(&mut self, work: u32, held: Held) {
        let secured = self.secured.entry(work).or_insert(held);
        if held.version > secured.version {
            *secured = held;
        }
    }

    /// The user gives up what is in no file of a work.
    pub fn discard(&mut self, work: u32) {
        for list in [&mut self.owed, &mut self.secured] {
            match self.in_file.get(&work) {
                Some((_, held)) if list.contains_key(&work) => drop(list.insert(work, *held)),
                _ => drop(list.remove(&work)),
            }
        }
    }

    pub fn put(&mut self, file: u8, work: u32, held: Held) {
        let replaced = self.files.insert(file, (work, held));
        if let Some((before, newer)) = replaced
            && before == work
            && newer.version > held.version
            && self.files_at_start.get(&file) == Some(&(work, newer))
        {
            // Work of the journal, restored, was older than its file of an earlier process, and the user was asked
            // before it took the file's place.
            for list in [&mut self.owed, &mut self.secured] {
                if list.get(&work).is_some_and(|owed| newer.is_enough(*owed)) {
                    list.insert(work, held);
                }
            }
        }
        if let Some((before, _)) = replaced
            && before != work
            && let Some((_, lost)) = self.in_file.remove(&before)
        {
            // The user put another work in its place.
            for list in [&mut self.owed, &mut self.secured] {
                if list.get(&before).is_some_and(|owed| lost.is_enough(*owed)) {
                    list.remove(&before);
                }
            }
        }
        self.in_file.insert(work, (file, held));
        self.secure(work, held);
    }

    /// Whether the disk holds a work as it is owed, or newer.
    pub fn is_on_disk(&self, work: u32, owed: Held) -> bool {
        let is_it = |(other, held): (u32, Held)| other == work && held.is_enough(owed);
        self.files.values().chain(&self.elsewhere).copied().chain(self.journal).any(is_it)
            || self.left.iter().any(|left| is_it((left.work, left.held)))
    }

    pub fn check(&self) {
        for (&work, &held) in &self.secured {
            assert!(self.is_on_disk(work, held), "work {work} was on disk as {held:?} and is no more");
        }
        for (&work, &owed) in &self.owed {
            let is_it = |shown: &Shown| shown.work == work && shown.held.is_enough(owed);
            let is_shown = self.shown.as_ref().is_some_and(is_it);
            assert!(is_shown || self.is_on_disk(work, owed), "work {work} is lost as {owed:?}");
        }
    }

    pub fn step(&mut self, step: Step) {
        let asks_to_close = std::mem::take(&mut self.closes_next);
        match step {
            // Behind a question, or in the last frame, the pointer does nothing.
            Step::Edit if self.flow.keeps_journal() => {
                let number = self.number();
                self.change(Held { version: number, content: number });
            }
            Step::Undo if self.flow.keeps_journal() && self.is_unsaved() => self.undo(),
            Step::Edit | Step::Undo => {}
            Step::Save => self.send(Event::Save),
            Step::SaveAs => self.send(Event::SaveAs),
            Step::SaveTo(file) => {
                let work = self.shown().work;
                self.chosen.insert((work, file));
                self.send(Event::SaveTo(path_of(file)));
            }
            Step::OpenFile(file) => self.begin_to_read(file, None),
            Step::Want(file) => {
                let wanted = file.map_or(Wanted::Folder, wanted_file);
                self.send(Event::Wanted { wanted, reading: None });
            }
            Step::FolderChooser(file) => self.answer_folder_chooser(file),
            Step::GiveReadingUp => {
                if let Some(reading) = self.reads.iter().find_map(|read| read.number) {
                    if self.given_up.is_some_and(|(number, ..)| number == reading) {
                        self.given_up = None;
                    }
                    self.send(Event::ReadingEnded { reading });
                }
            }
            Step::KeepElsewhere => self.keep_elsewhere(),
            Step::KeptElsewhere => {
                if let Some((document, version)) = self.kept_reports.pop_front() {
                    self.send(Event::Kept { document, version });
                }
            }
            Step::OpenSample => {
                let document = self.sample();
                self.send(Event::Arrived(Arrival { document, recovery: None, reading: None }));
            }
            Step::Restore => self.send(Event::Restore),
            Step::DiscardRecovery => {
                if let Some(work) = self.flow.offer().map(|left| left.work) {
                    self.discard(work);
                }
                self.send(Event::DiscardRecovery);
            }
            Step::CloseRequested => self.send(Event::CloseRequested),
            Step::Answer(answer) => {
                if answer == UnsavedAnswer::Discard && self.flow.question().is_some() {
                    let (work, held) = (self.shown().work, self.shown().held);
                    match self.reading_in_question() {
                        // Until it comes everything is still there.
                        Some(reading) => self.given_up = Some((reading, work, held)),
                        None => self.discard(work),
                    }
                }
                self.send(Event::Answer(answer));
            }
            Step::Chooser(file) => self.answer_chooser(file),
            Step::WriteEnds { is_written } => self.end_write(is_written),
            Step::ReadEnds { is_read } => self.end_read(is_read),
            Step::JournalWrites => self.write_journal(),
            Step::JournalReports => {
                if let Some(document) = self.journal_reports.pop_front() {
                    self.send(Event::Journalled { document });
                }
            }
            Step::RemovalFails => self.removal_fails = true,
            Step::StaysOpen => self.send(Event::StaysOpen),
            Step::Kill => {
                self.owed = self.secured.clone();
                self.end();
            }
        }
        self.check();
        if asks_to_close {
            self.send(Event::CloseRequested);
            self.check();
        }
    }

    fn undo(&mut self) {
        if let Some(content) = self.shown().saved {
            let version = self.number();
            self.change(Held { version, content });
            // What was taken back is owed no more; as it was opened, nothing is.
            let work = self.shown().work;
            self.discard(work);
        }
    }

    fn begin_to_read(&mut self, file: u8, number: Option<u64>) {
        let found = self.files.get(&file).copied().map(|(_, held)| {
            let work = self.number();
            self.chosen.insert((work, file));
            Read { work, held, file: Some(file), is_saved: true }
        });
        self.reads.push_back(PendingRead { found, recovery: None, number });
    }

    fn end_read(&mut self, is_read: bool) {
        let Some(PendingRead { found, recovery, number: reading }) = self.reads.pop_front() else { return };
        match (found.filter(|_| is_read), recovery) {
            (Some(document), recovery) => {
                let (work, held) = (self.shown().work, self.shown().held);
                if reading.is_some_and(|reading| self.given_up == Some((reading, work, held))) {
                    self.discard(work);
                }
                self.send(Event::Arrived(Arrival { document, recovery, reading }));
            }
            (None, Some(left)) => self.send(Event::RecoveryUnreadable(left)),
            (None, None) => {}
        }
        if let Some(reading) = reading {
            self.send(Event::ReadingEnded { reading });
        }
    }

    /// The reading that the question about unsaved changes is about.
    fn reading_in_question(&self) -> Option<u64> {
        match self.flow.state() {
            State::Undecided { next: Next::Read { reading, .. } }
            | State::ChoosingPlace { next: Some(Next::Read { reading, .. }) }
            | State::Saving {
                then: Then::Decide(Next::Read { reading, .. }) | Then::GoOn(Next::Read { reading, .. }),
                ..
            } => Some(*reading),
            _ => None,
        }
    }

    fn answer_folder_chooser(&mut self, file: Option<u8>) {
        if let Some(reading) = self.folder_choosers.pop_front() {
            self.send(match file.map(wanted_file) {
                Some(wanted) => Event::Wanted { wanted, reading: Some(reading) },
                None => Event::ReadingEnded { reading },
            });
        }
    }

    /// In a file that no window ever opens.
    fn keep_elsewhere(&mut self) {
        let (work, held, version) = (self.shown().work, self.shown().held, self.version());
        self.elsewhere.push((work, held));
        self.secure(work, held);
        self.kept_reports.push_back((self.flow.document(), version));
    }

    fn answer_chooser(&mut self, file: Option<u8>) {
        if let Some(document) = self.choosers.pop_front() {
            let work = self.work_of[&document];
            self.chosen.extend(file.map(|file| (work, file)));
            self.send(match file.map(path_of) {
                Some(path) => Event::PlaceChosen { document, path },
                None => Event::PlaceNotChosen { document },
            });
        }
    }

    fn write_journal(&mut self) {
        if self.flow.keeps_journal() && self.is_unsaved() {
            let (work, held) = (self.shown().work, self.shown().held);
            self.journal = Some((work, held));
            self.secure(work, held);
            self.journal_reports.push_back(self.flow.document());
        }
    }

    pub fn change(&mut self, held: Held) {
        let shown = self.shown();
        (shown.held, shown.revision) = (held, shown.revision + 1);
        let work = shown.work;
        self.owed.insert(work, held);
    }

    pub fn end_write(&mut self, is_written: bool) {
        let Some(Write { document, job, file, work, held, version }) = self.writes.pop_front() else {
            return;
        };
        if is_written {
            self.put(file, work, held);
        }
        self.send(Event::Written { document, job, path: path_of(file), version, is_written });
    }
}
