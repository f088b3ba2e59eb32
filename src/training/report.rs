//! What a run says while it works: one event stream for people, for the studio and for `metrics.jsonl`.

use serde::{Deserialize, Serialize};

/// Version of the event lines.
pub const EVENT_VERSION: u32 = 1;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run begins or goes on at `step`.
    Started {
        version: u32,
        run: String,
        device: String,
        parameters: u64,
        training_scans: usize,
        validation_scans: usize,
        step: u64,
        steps: u64,
    },
    /// A step is done; `step` counts from 1.
    Step {
        step: u64,
        loss: f64,
        gradient_norm: f64,
        learning_rate: f64,
        /// Wall time of the whole step.
        secs: f64,
        /// Part of it that was spent waiting for the batch.
        #[serde(default)]
        batch_wait_secs: f64,
    },
    /// The averaged network's loss on the validation strips.
    Validation { step: u64, loss: f64 },
    /// Pictures of validation masks were drawn; path relative to the run.
    Samples { step: u64, file: String },
    /// The run can be resumed from here; the model file holds the averaged weights.
    Checkpoint { step: u64, folder: String, model: String },
    /// A stop was asked for and the run is saved.
    Stopped { step: u64 },
    /// The last step is done.
    Finished { step: u64, model: String },
}

impl Event {
    /// The event as one line of JSON, without the line end.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an event is plain data")
    }

    /// Whether it belongs into `metrics.jsonl`.
    pub fn is_metric(&self) -> bool {
        matches!(self, Event::Step { .. } | Event::Validation { .. })
    }

    /// The step of a metric.
    pub fn step(&self) -> u64 {
        match *self {
            Event::Started { step, .. }
            | Event::Step { step, .. }
            | Event::Validation { step, .. }
            | Event::Samples { step, .. }
            | Event::Checkpoint { step, .. }
            | Event::Stopped { step }
            | Event::Finished { step, .. } => step,
        }
    }
}

/// Turns events into lines for a person: steps are summed up, not listed.
#[derive(Debug, Default)]
pub struct Narrator {
    steps: u64,
    losses: f64,
    secs: f64,
    count: u64,
}

impl Narrator {
    /// Steps summed up in a line.
    const STEPS_IN_A_LINE: u64 = 20;

    /// The line to print for an event, if it is time for one.
    pub fn line(&mut self, event: &Event) -> Option<String> {
        match event {
            Event::Started {
                run, device, parameters, training_scans, validation_scans, step, steps, ..
            } => {
                self.steps = *steps;
                Some(format!(
                    "{run}: {parameters} parameters on {device}, {training_scans} scans to train on, \
                     {validation_scans} to validate on, step {step} of {steps}"
                ))
            }
            Event::Step { step, loss, learning_rate, secs, gradient_norm, .. } => {
                self.losses += loss;
                self.secs += secs;
                self.count += 1;
                if !step.is_multiple_of(Self::STEPS_IN_A_LINE) && *step != self.steps {
                    return None;
                }
                let (loss, secs) = (self.losses / self.count as f64, self.secs / self.count as f64);
                (self.losses, self.secs, self.count) = (0.0, 0.0, 0);
                let left = self.steps.saturating_sub(*step) as f64 * secs;
                Some(format!(
                    "step {step}/{}  loss {loss:.4}  gradient {gradient_norm:.3}  rate {learning_rate:.2e}  \
                     {:.2} steps/s  {} left",
                    self.steps,
                    1.0 / secs.max(1e-9),
                    duration(left)
                ))
            }
            Event::Validation { step, loss } => Some(format!("step {step}: validation loss {loss:.4}")),
            Event::Samples { file, .. } => Some(format!("drew {file}")),
            Event::Checkpoint { folder, model, .. } => Some(format!("saved {folder} and {model}")),
            Event::Stopped { step } => Some(format!("stopped at step {step}; continue with --resume")),
            Event::Finished { step, model } => Some(format!("finished after {step} steps: {model}")),
        }
    }
}

/// "3 h 07 min", "12 min", "40 s".
fn duration(secs: f64) -> String {
    let minutes = (secs / 60.0).round() as u64;
    match (minutes / 60, minutes) {
        (0, 0..=1) => format!("{secs:.0} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {:02} min", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_survive_their_line() {
        let event = Event::Step {
            step: 3,
            loss: 0.1,
            gradient_norm: 1.0,
            learning_rate: 4e-4,
            secs: 0.5,
            batch_wait_secs: 0.0,
        };
        let line = event.to_json();
        assert!(line.starts_with(r#"{"event":"step","step":3"#), "{line}");
        assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), event);
    }

    #[test]
    fn a_person_reads_means_and_the_time_left() {
        let mut narrator = Narrator { steps: 40, ..Narrator::default() };
        let step = |step| Event::Step {
            step,
            loss: step as f64,
            gradient_norm: 1.0,
            learning_rate: 1e-4,
            secs: 30.0,
            batch_wait_secs: 0.0,
        };
        assert!((1..20).all(|at| narrator.line(&step(at)).is_none()));
        let line = narrator.line(&step(20)).unwrap();
        assert!(line.contains("loss 10.5000") && line.ends_with("10 min left"), "{line}");
        assert_eq!(duration(7640.0), "2 h 07 min");
    }
}
