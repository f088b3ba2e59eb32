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
    Info,
    Warning,
    Error,
}

/// What an error is about: it is of no use any more once the same thing succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Save,
    Export,
    /// The files of an export, before they are written.
    ExportPlan,
    Open,
    Labels,
    Restore,
    /// The removal of work that was left behind.
    Removal,
    /// The choice of a place.
    Place,
    /// A synthetic scan that is kept with its page.
    Keep,
    /// A synthetic scan for a pair under review.
    ReviewScan,
    Comparison,
    /// The line to another machine.
    Remote,
    Trace,
    TraceVolume,
    Interpolation,
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
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: u64,
    pub severity: Severity,
    pub text: String,
    topic: Option<Topic>,
    since: Instant,
}

/// The messages not yet dismissed, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
    next_id: u64,
}

/// More than this would hide the scan; the oldest give way.
const MAX_SHOWN: usize = 3;

impl Notices {
    /// Shows a message, once.
    pub fn add(&mut self, severity: Severity, text: impl Into<String>) {
        self.put(severity, text.into(), None);
    }

    /// Shows an error that goes when the same thing succeeds.
    pub fn fail(&mut self, topic: Topic, text: impl Into<String>) {
        self.put(Severity::Error, text.into(), Some(topic));
    }

    /// Something succeeded: takes away the errors of earlier tries.
    pub fn succeed(&mut self, topic: Topic) {
        self.shown.retain(|notice| notice.topic != Some(topic));
    }

    fn put(&mut self, severity: Severity, text: String, topic: Option<Topic>) {
        let text = in_plain_words(&text);
        if self.shown.iter().any(|notice| notice.text == text) {
            return;
        }
        match severity {
            Severity::Error => tracing::error!("{text}"),
            Severity::Warning => tracing::warn!("{text}"),
            Severity::Info => tracing::info!("{text}"),
        }
        if self.shown.len() == MAX_SHOWN {
            self.shown.remove(0);
        }
        self.shown.push(Notice { id: self.next_id, severity, text, topic, since: Instant::now() });
        self.next_id += 1;
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

    /// Takes a message away.
    pub fn dismiss(&mut self, id: u64) {
        self.shown.retain(|notice| notice.id != id);
    }

    /// Takes away what a file said that is no longer open.
    pub fn clear(&mut self) {
        self.shown.clear();
    }

    /// The messages, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.shown.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_goes_when_the_same_thing_succeeds_and_no_other() {
        let mut notices = Notices::default();
        notices.fail(Topic::Save, "the disk is full");
        notices.fail(Topic::Export, "no such folder");
        notices.add(Severity::Warning, "a column was repaired");
        notices.succeed(Topic::Save);
        let left: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(left, ["no such folder", "a column was repaired"]);
        notices.succeed(Topic::Save);
        assert_eq!(notices.iter().count(), 2);
    }

    #[test]
    fn an_action_of_a_page_is_known_by_its_kind() {
        let of = |page, action: Option<u8>| Topic::of_action(page, &action);
        assert_eq!(of(Page::Training, Some(1)), of(Page::Training, Some(2)));
        assert_ne!(of(Page::Training, Some(1)), of(Page::Training, None));
        assert_ne!(of(Page::Training, None), of(Page::Generate, None));
    }
}
