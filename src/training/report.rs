//! What a run says while it works: one event stream for people, for the studio and for `metrics.jsonl`.

use serde::{Deserialize, Serialize};

use super::validation::StratumLoss;

/// Version of the event lines.
///
/// 2: memory, time left and memorisation; pauses, warnings and errors are events.
pub const EVENT_VERSION: u32 = 2;

/// One thing that happened.
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The run begins or goes on at `step`.
    Started {
        /// [`EVENT_VERSION`].
        version: u32,
        /// Folder of the run.
        run: String,
        /// What computes.
        device: String,
        /// Of the network.
        parameters: u64,
        /// Scans it trains on.
        training_scans: usize,
        /// Scans it validates on.
        validation_scans: usize,
        /// Scans of training subjects that the auto-trace labelled.
        #[serde(default)]
        pseudo_labelled_scans: usize,
        /// Whether those are among the ones to train on.
        #[serde(default)]
        takes_pseudo_labelled: bool,
        /// Where it begins, or goes on.
        step: u64,
        /// In all.
        steps: u64,
    },
    /// A step is done; `step` counts from 1.
    Step {
        /// Steps done, this one with them.
        step: u64,
        /// Of its batches.
        #[serde(deserialize_with = "number_or_nan")]
        loss: f64,
        /// Before it was clipped.
        #[serde(deserialize_with = "number_or_nan")]
        gradient_norm: f64,
        /// Of this step.
        learning_rate: f64,
        /// Wall time of the whole step.
        secs: f64,
        /// Part of it that was spent waiting for the batch.
        #[serde(default)]
        batch_wait_secs: f64,
        /// Until the last step, at the pace of the last steps.
        #[serde(default)]
        eta_secs: f64,
        /// Memory of the process, where the system tells.
        #[serde(default)]
        memory_bytes: Option<u64>,
        /// Steps of the run up to this one that changed nothing, for their loss or gradient was not finite.
        #[serde(default, skip_serializing_if = "is_zero")]
        skipped_steps: u64,
    },
    /// The averaged network's loss on the validation strips.
    Validation {
        /// Steps done.
        step: u64,
        /// Mean over noise levels.
        #[serde(deserialize_with = "number_or_nan")]
        loss: f64,
        /// The same by data set and noise level, where it was measured so.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        strata: Vec<StratumLoss>,
    },
    /// How well the averaged segmenter labels the validation strips: Dice of all their pixels together, mean of the
    /// classes that are not background, and fluid where there is any.
    Dice { step: u64, mean: f64, fluid: Option<f64> },
    /// Distance to the nearest training scan: of the sample pictures, and of validation scans for scale.
    Memorisation {
        step: u64,
        synthetic: f64,
        held_out: f64,
        /// Distance to the own scan of pictures of training masks and of validation masks, where a run may end by it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<[f64; 2]>,
    },
    /// Pictures of validation masks were drawn; path relative to the run.
    Samples { step: u64, file: String },
    /// The run can be resumed from here; the model file holds the averaged weights.
    Checkpoint { step: u64, folder: String, model: String },
    /// The run waits, as it was told.
    Paused { step: u64 },
    /// The run goes on after a pause.
    Resumed { step: u64 },
    /// Something a person should know, with what can be done.
    Warning { step: u64, message: String },
    /// The run ended with an error; the newest checkpoint is whole.
    Error { step: u64, message: String },
    /// A stop was asked for and the run is saved.
    Stopped { step: u64 },
    /// The last step is done.
    Finished { step: u64, model: String },
}

impl Event {
    /// The event as one line of JSON with the version, without the line end.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&Line { v: EVENT_VERSION, event: self }).expect("an event is plain data")
    }

    /// The event of a line.
    ///
    /// # Errors
    /// If it is no event, or one of a newer program.
    pub fn of_line(line: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            #[serde(default)]
            v: u32,
        }
        let Versioned { v } = serde_json::from_str(line).map_err(|error| error.to_string())?;
        if v > EVENT_VERSION {
            return Err(format!("it has version {v}, this program reads {EVENT_VERSION}: update it"));
        }
        serde_json::from_str(line).map_err(|error| error.to_string())
    }

    /// Whether it belongs into `metrics.jsonl`.
    pub fn is_metric(&self) -> bool {
        matches!(
            self,
            Event::Step { .. } | Event::Validation { .. } | Event::Dice { .. } | Event::Memorisation { .. }
        )
    }

    /// The step it happened at.
    pub fn step(&self) -> u64 {
        match *self {
            Event::Started { step, .. }
            | Event::Step { step, .. }
            | Event::Validation { step, .. }
            | Event::Dice { step, .. }
            | Event::Memorisation { step, .. }
            | Event::Paused { step }
            | Event::Resumed { step }
            | Event::Warning { step, .. }
            | Event::Error { step, .. }
            | Event::Samples { step, .. }
            | Event::Checkpoint { step, .. }
            | Event::Stopped { step }
            | Event::Finished { step, .. } => step,
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    v: u32,
    #[serde(flatten)]
    event: &'a Event,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// JSON has no number for "not a number" and says null.
fn number_or_nan<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
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
                    "{run}: {parameters} parameters on {device}, {training_scans} scans to train on{}, \
                     {validation_scans} to validate on, step {step} of {steps}",
                    pseudo_labelled_note(event)
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
            Event::Validation { step, loss, .. } => Some(format!("step {step}: validation loss {loss:.4}")),
            Event::Dice { step, mean, fluid } => {
                let fluid = fluid.map_or("none to see".to_owned(), |fluid| format!("{fluid:.3}"));
                Some(format!("step {step}: validation Dice {mean:.3}, fluid {fluid}"))
            }
            Event::Memorisation { step, synthetic, held_out, own } => {
                let own = own.map_or_else(String::new, |[trained, unseen]| {
                    format!(", own scan at {trained:.4} for training masks (validation masks: {unseen:.4})")
                });
                Some(format!(
                    "step {step}: nearest training scan at {synthetic:.4} (a validation scan: {held_out:.4}){own}"
                ))
            }
            Event::Paused { step } => Some(format!("paused at step {step}")),
            Event::Resumed { step } => Some(format!("goes on at step {step}")),
            Event::Warning { step, message } => Some(format!("warning at step {step}: {message}")),
            // The program's own last line says it.
            Event::Error { .. } => None,
            Event::Samples { file, .. } => Some(format!("drew {file}")),
            Event::Checkpoint { folder, model, .. } => Some(format!("saved {folder} and {model}")),
            Event::Stopped { step } => Some(format!("stopped at step {step}; continue with --resume")),
            Event::Finished { step, model } => Some(format!("finished after {step} steps: {model}")),
        }
    }
}

/// What the first line says of scans that the auto-trace labelled.
fn pseudo_labelled_note(event: &Event) -> String {
    match event {
        Event::Started { pseudo_labelled_scans: count @ 1.., takes_pseudo_labelled: true, .. } => {
            format!(" ({count} of them labelled by the auto-trace)")
        }
        Event::Started { pseudo_labelled_scans: count @ 1.., .. } => {
            format!(
                " ({count} more that the auto-trace labelled are left out; --set pseudo_labelled=true takes them)"
            )
        }
        _ => String::new(),
    }
}

/// "3 h 07 min", "12 min", "40 s".
pub fn duration(secs: f64) -> String {
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
            eta_secs: 0.0,
            memory_bytes: None,
            skipped_steps: 0,
        };
        let line = event.to_json();
        assert!(line.starts_with(r#"{"v":2,"event":"step","step":3"#), "{line}");
        assert!(!line.contains("skipped"), "programs of before wrote no such number: {line}");
        assert_eq!(Event::of_line(&line), Ok(event));
        let newer = line.replace("\"v\":2", "\"v\":99");
        assert!(Event::of_line(&newer).is_err_and(|reason| reason.contains("update")));
        let lost = Event::Validation { step: 1, loss: f64::NAN, strata: Vec::new() }.to_json();
        assert!(matches!(Event::of_line(&lost), Ok(Event::Validation { loss, .. }) if loss.is_nan()));
    }

    #[test]
    fn labels_of_the_auto_trace_are_told_apart() {
        let started = |pseudo_labelled_scans, takes_pseudo_labelled| Event::Started {
            version: EVENT_VERSION,
            run: "run".to_owned(),
            device: "CPU".to_owned(),
            parameters: 10,
            training_scans: 9,
            validation_scans: 1,
            pseudo_labelled_scans,
            takes_pseudo_labelled,
            step: 0,
            steps: 40,
        };
        let line = |event: &Event| Narrator::default().line(event).unwrap();
        assert!(!line(&started(0, true)).contains("auto-trace"));
        assert!(
            line(&started(5, true)).contains("9 scans to train on (5 of them labelled by the auto-trace)")
        );
        assert!(line(&started(5, false)).contains("5 more that the auto-trace labelled are left out"));
        let before = started(0, false).to_json().replace(r#""pseudo_labelled_scans":0,"#, "");
        assert_eq!(Event::of_line(&before), Ok(started(0, false)));
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
            eta_secs: 0.0,
            memory_bytes: None,
            skipped_steps: 0,
        };
        assert!((1..20).all(|at| narrator.line(&step(at)).is_none()));
        let line = narrator.line(&step(20)).unwrap();
        assert!(line.contains("loss 10.5000") && line.ends_with("10 min left"), "{line}");
        assert_eq!(duration(7640.0), "2 h 07 min");
    }
}
