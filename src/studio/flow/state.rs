//! The words of the flow: its states, what may happen to it, and what it wants done.

use std::path::{Path, PathBuf};

/// Where the document stands. There is no other flag about saving, closing, opening or restoring.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum State<D, R> {
    /// Nothing is under way.
    Editing,
    /// Changes are given up for what this reading brings, if they are still those of this revision when it comes. For
    /// anything else the document is as unsaved as it is.
    Reading { reading: u64, revision: u64 },
    /// The question about unsaved changes stands; the answer decides about what comes next.
    Undecided { next: Next<D, R> },
    /// A place to save to is being chosen; what comes once it is saved, where the user chose to save first.
    ChoosingPlace { next: Option<Next<D, R>> },
    /// The document is being written, by the job of this number.
    Saving {
        job: u64,
        path: PathBuf,
        /// Where it is to be written after that.
        more: Vec<PathBuf>,
        then: Then<D, R>,
    },
    /// The window is about to close. `discards`: with changes that are not wanted.
    Closing { discards: bool },
}

/// What waits until it is decided about unsaved changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<D, R> {
    /// The window closes.
    Close,
    /// To be read, by the reading of this number: it may take long, so it is decided before.
    Read {
        /// Rises from reading to reading.
        reading: u64,
        /// What it reads.
        wanted: Wanted,
    },
    /// A document that was read already.
    Show(Arrival<D, R>),
}

/// What is to be read in place of the document shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A folder that is still to be chosen.
    Folder,
    /// These, together.
    Paths(Vec<PathBuf>),
}

/// What comes after a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then<D, R> {
    /// The document stays.
    Stay,
    /// It came during the write: the user decides if changes are left by then.
    Decide(Next<D, R>),
    /// The user chose to save first: what is changed during the write is saved, too.
    GoOn(Next<D, R>),
}

/// A document that was read and is to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival<D, R> {
    /// What was read.
    pub document: D,
    /// The work left behind that it was read from.
    pub recovery: Option<R>,
    /// The reading that it comes from, where it was decided about unsaved changes before.
    pub reading: Option<u64>,
}

/// A moment of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Rises with every visible change.
    pub revision: u64,
    /// Identity of the state that undo and redo come back to.
    pub state: u64,
}

/// What is true of the document shown at the time of an event.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Its moment.
    pub version: Version,
    /// Whether closing now would lose work.
    pub has_unsaved_changes: bool,
    /// The file it is saved to.
    pub path: Option<&'a Path>,
}

/// The answer to the question about unsaved changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsavedAnswer {
    /// Write the document first.
    Save,
    /// Go on without its changes.
    Discard,
    /// Stay, and forget what waits.
    Cancel,
}

/// What happens. What belongs to a document carries its number: it may come late.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum Event<D, R> {
    /// Ctrl+S: to the file that the document is of, or to a place still to be chosen.
    Save,
    /// A place is to be chosen first.
    SaveAs,
    /// A place was named with the wish.
    SaveTo(PathBuf),
    /// A chooser that [`Effect::ChoosePlace`] opened has an answer.
    PlaceChosen { document: u64, path: PathBuf },
    /// That chooser was closed without one.
    PlaceNotChosen { document: u64 },
    /// A job ended; `is_written` says how.
    Written {
        document: u64,
        job: u64,
        path: PathBuf,
        /// What was written.
        version: Version,
        is_written: bool,
    },
    /// Something other than the document's own file holds it as it was then: the set under review that it is of.
    Kept { document: u64, version: Version },
    /// Something is to be read in place of the document shown; `reading` is the one whose folder was chosen.
    Wanted { wanted: Wanted, reading: Option<u64> },
    /// Nothing more comes of a reading, whether it brought a document, failed or was given up.
    ReadingEnded { reading: u64 },
    /// A document was read, or made.
    Arrived(Arrival<D, R>),
    /// The window is asked to close.
    CloseRequested,
    /// Something else keeps the window open that was told to close.
    StaysOpen,
    /// The user answers [`Question::Unsaved`].
    Answer(UnsavedAnswer),
    /// Work that earlier processes left behind, the latest first.
    RecoveriesFound(Vec<R>),
    /// The work on offer is to be opened.
    Restore,
    /// The work cannot be read, and is on offer again.
    RecoveryUnreadable(R),
    /// The work on offer is not wanted.
    DiscardRecovery,
    /// The journal on disk holds this document.
    Journalled { document: u64 },
}

/// What is to be done now, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum Effect<D, R> {
    /// Have a place chosen; answered by [`Event::PlaceChosen`] or [`Event::PlaceNotChosen`].
    ChoosePlace,
    /// Write the document as it is now; answered by [`Event::Written`].
    Write { job: u64, path: PathBuf },
    /// As it was then, the document is in this file, which is its own from now on.
    MarkSaved { path: PathBuf, version: Version },
    /// As it was then, the document needs no file of its own.
    MarkKept { version: Version },
    /// Answered by [`Event::Arrived`], [`Event::ReadingEnded`] or, where a folder is chosen first, by
    /// [`Event::Wanted`].
    Read { reading: u64, wanted: Wanted },
    /// It will not be read, for something else was wanted since: say so.
    NotRead(Wanted),
    /// Show a document in place of the one shown, under the flow's next number.
    Show(D),
    /// A document was read, but something else was wanted since: say so.
    NotShown(D),
    /// What the journal holds of the document shown is not needed any more.
    DropJournal,
    /// Answered by [`Event::Arrived`] or [`Event::RecoveryUnreadable`].
    ReadRecovery(R),
    /// Something safer holds this work, or nobody wants it: it goes from the disk.
    RemoveRecovery(R),
    /// Close the window; its request to close comes back as [`Event::CloseRequested`].
    Close,
    /// Refuse the request to close.
    KeepOpen,
}

/// What the window asks the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question<'a> {
    /// Save changes first?
    Unsaved,
    /// Wait for the file that is being written?
    StillSaving(&'a Path),
    /// Wait until a place is chosen?
    StillChoosing,
}
