//! How a run tells of its progress: lines for people, or events for programs.

use std::time::{Duration, Instant};

use crate::generation::GenerationEvent;

/// People need no more lines than this.
const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// Where events go.
pub struct Progress {
    json: bool,
    last: Option<Instant>,
}

impl Progress {
    /// Events to standard output as JSON lines, or lines to standard error.
    pub fn new(json: bool) -> Self {
        Self { json, last: None }
    }

    /// Tells of an event.
    pub fn tell(&mut self, event: &GenerationEvent) {
        if self.json {
            println!("{}", serde_json::to_string(event).expect("an event is strings and numbers"));
            return;
        }
        match event {
            GenerationEvent::Started { pairs, made, .. } if *made > 0 => {
                eprintln!("{made} of {pairs} pairs are there; going on");
            }
            GenerationEvent::Started { .. } => {}
            GenerationEvent::Pair { made, pairs, per_second, secs_left, .. } => {
                let is_due = self.last.is_none_or(|last| last.elapsed() >= BETWEEN_LINES);
                if is_due || made == pairs {
                    self.last = Some(Instant::now());
                    eprintln!("{made} of {pairs} pairs{}", pace(*per_second, *secs_left));
                }
            }
            GenerationEvent::Finished { made, secs, .. } => eprintln!("{made} pairs, {secs:.1} s"),
            GenerationEvent::Stopped { made, pairs } => {
                eprintln!("stopped after {made} of {pairs} pairs; the same command goes on");
            }
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
