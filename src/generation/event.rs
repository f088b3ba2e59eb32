//! What a run tells: lines of JSON on its standard output, the same for command line and window.
//!
//! Beginnings and ends are kept in the generation's folder, too: whoever finds it later learns from them how it ended and
//! how fast it went. They hold times, so they are no part of what is the same to the byte.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Version of the events.
pub const EVENT_VERSION: u32 = 1;
/// Beginnings and ends of the runs in a folder.
pub const EVENTS_FILE: &str = "generation.events.jsonl";

/// What a run tells of its progress; a line of JSON each.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum GenerationEvent {
    /// The run begins; `made` of `pairs` pairs are there.
    Started {
        /// [`EVENT_VERSION`].
        version: u32,
        /// Of the plan.
        plan_sha256: String,
        /// Of the plan.
        pairs: u64,
        /// Those that were there.
        made: u64,
    },
    /// A pair is there, with all pairs before it.
    Pair {
        /// Its number in the plan, from 0.
        index: u64,
        /// The seed it was made with.
        seed: u64,
        /// Masks that were drawn for it and not kept.
        #[serde(default)]
        rejected: u32,
        /// Pairs there are now.
        made: u64,
        /// Of the plan.
        pairs: u64,
        /// Pairs, lately; `None` at the beginning.
        per_second: Option<f64>,
        /// Until all are there, at that pace.
        secs_left: Option<f64>,
    },
    /// All pairs are there.
    Finished {
        /// Pairs that are there.
        made: u64,
        /// Of the plan.
        pairs: u64,
        /// Of this run.
        secs: f64,
        /// Pairs of this run.
        #[serde(default)]
        made_now: u64,
    },
    /// Someone asked it to stop; the folder is whole.
    Stopped {
        /// Pairs that are there.
        made: u64,
        /// Of the plan.
        pairs: u64,
        /// Of this run.
        #[serde(default)]
        secs: f64,
        /// Pairs of this run.
        #[serde(default)]
        made_now: u64,
    },
    /// It ended by an error; what was made before is kept.
    Failed { message: String },
}

impl GenerationEvent {
    /// From a line of JSON; `None` of one that is no event of this version.
    pub fn of_line(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    /// As a line of JSON without its end.
    pub fn line(&self) -> String {
        serde_json::to_string(self).expect("an event is strings and numbers")
    }

    /// Whether it is a beginning or an end, which is kept.
    pub fn is_kept(&self) -> bool {
        !matches!(self, Self::Pair { .. })
    }

    /// Adds it to those of a folder.
    ///
    /// # Errors
    /// If the disk is full or the folder cannot be written.
    pub fn keep(&self, dir: &Path) -> std::io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(dir.join(EVENTS_FILE))?;
        file.write_all(format!("{}\n", self.line()).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_back_those_of_before_too() {
        let folder = tempfile::tempdir().unwrap();
        let ends = [
            GenerationEvent::Started { version: 1, plan_sha256: "ab".into(), pairs: 3, made: 0 },
            GenerationEvent::Failed { message: "the disk is full".into() },
        ];
        for event in &ends {
            event.keep(folder.path()).unwrap();
        }
        let text = std::fs::read_to_string(folder.path().join(EVENTS_FILE)).unwrap();
        let read: Vec<_> = text.lines().filter_map(GenerationEvent::of_line).collect();
        assert_eq!(read, ends);
        let before =
            r#"{"event":"pair","index":4,"seed":5,"made":1,"pairs":3,"per_second":null,"secs_left":null}"#;
        let pair = GenerationEvent::of_line(before).unwrap();
        assert!(matches!(pair, GenerationEvent::Pair { rejected: 0, .. }) && !pair.is_kept());
        assert_eq!(GenerationEvent::of_line("no event"), None);
    }
}
