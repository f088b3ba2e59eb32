//! How far the runs of a comparison or of an experiment are, as their folder tells it: for whoever watches, whoever works.

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It was not begun, or was stopped and goes on when somebody takes it.
    Waiting,
    /// A process works on it.
    Running,
    /// It is whole.
    Done,
}

/// A run, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStanding {
    /// As its folder is called.
    pub name: String,
    /// What it does, as plans have it: `train`, `pairs`, `pictures` or `labels`.
    pub kind: &'static str,
    /// How far it is.
    pub standing: Standing,
}

impl RunStanding {
    /// Of a run that is whole or not; whether a process works on it is asked only where it is not.
    pub(in crate::evaluation) fn new(
        name: String,
        kind: &'static str,
        is_done: bool,
        is_at_work: impl FnOnce() -> bool,
    ) -> Self {
        let standing = match is_done {
            true => Standing::Done,
            false if is_at_work() => Standing::Running,
            false => Standing::Waiting,
        };
        Self { name, kind, standing }
    }
}
