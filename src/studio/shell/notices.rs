//! What the user must hear: errors with their remedy, warnings of a reader. Never a log line, never a modal.
//! What was done as asked for goes away by itself; what is wrong stays until it is dismissed.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem::discriminant;
use std::time::{Duration, Instant};

use super::page::Page;
use crate::formats::in_plain_words;

/// How long an information stays.
const INFORMATION_STAYS: Duration = Duration::from_secs(6);

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Goes by itself after a while.
    Info,
    /// Stays until it is dismissed; shares a card with others where there are many.
    Warning,
    /// Stays, on a card of its own, until it is dismissed or the same thing succeeds.
    Error,
}

/// What an error is about: it is of no use any more once the same thing succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The document shown, and what its reader says of it.
    Document,
    /// Also of a document that is left: the card names the file that is not as it should be.
    Save,
    /// What keeps unsaved work against a crash.
    Journal,
    /// The writing of what is no document.
    Export,
    /// The files of an export, before they are written.
    ExportPlan,
    /// The reading of a file to be shown.
    Open,
    /// The reading of labels, the second grader's too.
    Labels,
    /// The search for work that was left behind, and its reading.
    Restore,
    /// The removal of work that was left behind.
    Removal,
    /// The choice of a place.
    Place,
    /// A synthetic scan that is kept with its page.
    Keep,
    /// A synthetic scan for a pair under review.
    ReviewScan,
    /// What the synthetic scan is compared with.
    Comparison,
    /// The line to another machine.
    Remote,
    /// An action of a page: its kind, not what it was about.
    Action(Page, u64),
}

impl Topic {
    /// Of an action of a page: the same again is the same variant of its actions.
    pub fn of_action<A>(page: Page, action: &A) -> Self {
        let mut kind = DefaultHasher::new();
        discriminant(action).hash(&mut kind);
        Self::Action(page, kind.finish())
    }

    /// Whether it is of no use once another document is shown.
    fn is_of_document(self) -> bool {
        matches!(self, Self::Document | Self::Labels | Self::Keep | Self::Comparison)
    }
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// By which it is dismissed.
    pub id: u64,
    /// How it looks and how long it stays.
    pub severity: Severity,
    /// For the user, in the language of the window.
    pub text: String,
    topic: Option<Topic>,
    since: Instant,
}

/// The messages not yet dismissed, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
    /// Warnings that gave way to newer messages: one card for all of them.
    folded: Vec<Notice>,
    next_id: u64,
}

/// More than this would hide the scan: of older messages information goes and warnings are folded. Errors stay.
const MAX_SHOWN: usize = 3;

impl Notices {
    /// Shows a message, once.
    pub fn add(&mut self, severity: Severity, text: impl Into<String>) {
        self.put(severity, text.into(), None);
    }

    /// Shows a message about the document shown, once: it goes with the document.
    pub fn add_of_document(&mut self, severity: Severity, text: impl Into<String>) {
        self.put(severity, text.into(), Some(Topic::Document));
    }

    /// Shows an error that goes when the same thing succeeds.
    pub fn fail(&mut self, topic: Topic, text: impl Into<String>) {
        self.put(Severity::Error, text.into(), Some(topic));
    }

    /// Something succeeded: takes away the errors of earlier tries.
    pub fn succeed(&mut self, topic: Topic) {
        self.retain(|notice| notice.topic != Some(topic));
    }

    fn put(&mut self, severity: Severity, text: String, topic: Option<Topic>) {
        let text = in_plain_words(&text);
        if self.shown.iter().chain(&self.folded).any(|notice| notice.text == text) {
            return;
        }
        match severity {
            Severity::Error => tracing::error!("{text}"),
            Severity::Warning => tracing::warn!("{text}"),
            Severity::Info => tracing::info!("{text}"),
        }
        while self.shown.len() >= MAX_SHOWN && self.make_room() {}
        self.shown.push(Notice { id: self.next_id, severity, text, topic, since: Instant::now() });
        self.next_id += 1;
    }

    /// Takes the oldest message away that may give way. Returns whether there was one.
    fn make_room(&mut self) -> bool {
        let oldest = |severity: Severity| self.shown.iter().position(|notice| notice.severity == severity);
        if let Some(index) = oldest(Severity::Info) {
            self.shown.remove(index);
        } else if let Some(index) = oldest(Severity::Warning) {
            let warning = self.shown.remove(index);
            self.folded.push(warning);
        } else {
            return false;
        }
        true
    }

    fn retain(&mut self, stays: impl Fn(&Notice) -> bool) {
        self.shown.retain(&stays);
        self.folded.retain(&stays);
    }

    /// Takes away information that was there long enough. Returns when to ask again.
    pub fn drop_old_ones(&mut self) -> Option<Duration> {
        let stays = |notice: &Notice| match notice.severity {
            Severity::Info => Some(INFORMATION_STAYS.saturating_sub(notice.since.elapsed())),
            Severity::Warning | Severity::Error => None,
        };
        self.shown.retain(|notice| stays(notice) != Some(Duration::ZERO));
        self.shown.iter().filter_map(stays).min()
    }

    /// Takes a message away; with one that is folded, all that are.
    pub fn dismiss(&mut self, id: u64) {
        self.shown.retain(|notice| notice.id != id);
        if self.folded.iter().any(|notice| notice.id == id) {
            self.folded.clear();
        }
    }

    /// Takes away what was said of a document that is no longer open.
    pub fn leave_document(&mut self) {
        self.retain(|notice| !notice.topic.is_some_and(Topic::is_of_document));
    }

    /// The messages with a card of their own, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.shown.iter()
    }

    /// The warnings that share a card, oldest first.
    pub fn folded(&self) -> &[Notice] {
        &self.folded
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> Vec<&'a str> {
        notices.into_iter().map(|notice| notice.text.as_str()).collect()
    }

    #[test]
    fn an_error_goes_when_the_same_thing_succeeds_and_no_other() {
        let mut notices = Notices::default();
        notices.fail(Topic::Save, "the disk is full");
        notices.fail(Topic::Export, "no such folder");
        notices.add(Severity::Warning, "a column was repaired");
        notices.succeed(Topic::Save);
        assert_eq!(texts(notices.iter()), ["no such folder", "a column was repaired"]);
        notices.succeed(Topic::Save);
        assert_eq!(notices.iter().count(), 2);
    }

    #[test]
    fn nothing_that_is_wrong_goes_by_itself() {
        let mut notices = Notices::default();
        notices.fail(Topic::Save, "e1");
        for (severity, text) in [
            (Severity::Info, "i1"),
            (Severity::Warning, "w1"),
            (Severity::Warning, "w2"),
            (Severity::Warning, "w3"),
            (Severity::Info, "i2"),
            (Severity::Info, "i3"),
        ] {
            notices.add(severity, text);
        }
        assert_eq!(texts(notices.iter()), ["e1", "w3", "i3"], "information goes before a warning is folded");
        assert_eq!(texts(notices.folded()), ["w1", "w2"]);
        notices.add(Severity::Warning, "w1");
        assert_eq!(texts(notices.iter()), ["e1", "w3", "i3"], "it is there already");
        for text in ["e2", "e3", "e4"] {
            notices.fail(Topic::Export, text);
        }
        notices.add(Severity::Info, "i4");
        assert_eq!(texts(notices.iter()), ["e1", "e2", "e3", "e4", "i4"]);
        assert_eq!(texts(notices.folded()), ["w1", "w2", "w3"]);
        notices.dismiss(notices.folded()[1].id);
        assert!(notices.folded().is_empty() && notices.iter().count() == 5);
    }

    #[test]
    fn a_document_that_is_left_takes_its_own_messages_and_no_others() {
        let mut notices = Notices::default();
        notices.add_of_document(Severity::Warning, "a column was repaired");
        notices.fail(Topic::Labels, "no labels");
        notices.fail(Topic::Export, "no such folder");
        notices.add(Severity::Error, "the training failed");
        notices.leave_document();
        assert_eq!(texts(notices.iter()), ["no such folder", "the training failed"]);
        assert!(notices.folded().is_empty());
    }

    #[test]
    fn an_action_of_a_page_is_known_by_its_kind() {
        let of = |page, action: Option<u8>| Topic::of_action(page, &action);
        assert_eq!(of(Page::Training, Some(1)), of(Page::Training, Some(2)));
        assert_ne!(of(Page::Training, Some(1)), of(Page::Training, None));
        assert_ne!(of(Page::Training, None), of(Page::Generate, None));
    }
}
