//! What the user must hear: errors with their remedy, warnings of a reader. Never a log line, never a modal.

/// How grave a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// One message in the bar under the top bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: u64,
    pub severity: Severity,
    pub text: String,
}

/// The messages not yet dismissed, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    shown: Vec<Notice>,
    next_id: u64,
}

/// More than this would hide the scan; the oldest give way.
const MOST: usize = 3;

impl Notices {
    /// Shows a message, once.
    pub fn add(&mut self, severity: Severity, text: impl Into<String>) {
        let text = text.into();
        if self.shown.iter().any(|notice| notice.text == text) {
            return;
        }
        if self.shown.len() == MOST {
            self.shown.remove(0);
        }
        self.shown.push(Notice { id: self.next_id, severity, text });
        self.next_id += 1;
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
