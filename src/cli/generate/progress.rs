//! How a run tells of its progress: lines for people, or events for programs; beginnings and ends to its folder, too.

use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::generation::GenerationEvent;

/// People need no more lines than this.
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// Where events go.
pub struct GenerationProgress {
    json: bool,
    last: Option<Instant>,
    /// Where beginnings and ends are kept, once the folder is this run's.
    folder: Option<PathBuf>,
}

impl GenerationProgress {
    /// Events to standard output as JSON lines, or lines to standard error.
    pub fn new(json: bool) -> Self {
        Self { json, last: None, folder: None }
    }

    /// Keeps beginnings and ends in a folder from now on.
    pub fn keep_in(&mut self, folder: PathBuf) {
        self.folder = Some(folder);
    }

    /// Tells of an event. A window that listened may be gone: that is no reason to stop.
    pub fn tell(&mut self, event: &GenerationEvent) {
        if let (true, Some(folder)) = (event.is_kept(), &self.folder)
            && let Err(error) = event.keep(folder)
        {
            let _ = writeln!(std::io::stderr(), "note: {}: {error}", folder.display());
        }
        if self.json {
            let mut out = std::io::stdout();
            let _ = writeln!(out, "{}", event.line()).and_then(|()| out.flush());
            return;
        }
        if let Some(line) = self.line(event) {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }

    fn line(&mut self, event: &GenerationEvent) -> Option<String> {
        match event {
            GenerationEvent::Started { pairs, made, .. } if *made > 0 => {
                Some(format!("{made} of {pairs} pairs are there; going on"))
            }
            GenerationEvent::Pair { made, pairs, per_second, secs_left, .. } => {
                let is_due = self.last.is_none_or(|last| last.elapsed() >= BETWEEN_LINES);
                (is_due || made == pairs).then(|| {
                    self.last = Some(Instant::now());
                    format!("{made} of {pairs} pairs{}", pace(*per_second, *secs_left))
                })
            }
            GenerationEvent::Finished { made, secs, .. } => Some(format!("{made} pairs, {secs:.1} s")),
            GenerationEvent::Stopped { made, pairs, .. } => {
                Some(format!("stopped after {made} of {pairs} pairs; --resume, or the same command, goes on"))
            }
            // The error itself is said at the end of the program.
            GenerationEvent::Started { .. } | GenerationEvent::Failed { .. } => None,
        }
    }
}

fn pace(per_second: Option<f64>, secs_left: Option<f64>) -> String {
    match (per_second, secs_left) {
        (Some(rate), Some(left)) => {
            let rate =
                if rate >= 1.0 { format!("{rate:.1} a second") } else { format!("{:.1} s each", 1.0 / rate) };
            format!(", {rate}, {} left", in_words(left))
        }
        _ => String::new(),
    }
}

/// A time as people say it: "40 s", "12 min", "3.2 h".
pub fn in_words(secs: f64) -> String {
    match secs {
        secs if secs < 90.0 => format!("{secs:.0} s"),
        secs if secs < 5400.0 => format!("{:.0} min", secs / 60.0),
        secs => format!("{:.1} h", secs / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_their_own_unit() {
        assert_eq!([in_words(40.2), in_words(720.0), in_words(11_520.0)], ["40 s", "12 min", "3.2 h"]);
        assert_eq!(pace(Some(0.5), Some(100.0)), ", 2.0 s each, 2 min left");
        assert_eq!(pace(None, None), "");
    }
}
