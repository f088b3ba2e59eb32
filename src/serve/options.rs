//! What a server works with.

use std::path::PathBuf;

use crate::device::DeviceChoice;

/// What a server works with.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// The only folder it writes to: models, runs.
    pub folder: PathBuf,
    /// Where the data sets lie that trainings may name.
    pub data: PathBuf,
    /// This program, which trains.
    pub program: PathBuf,
    /// What to compute on.
    pub device: DeviceChoice,
}
