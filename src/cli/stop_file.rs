//! A file that stops a command: for programs that start it and can send it no signal, as on Windows.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;

use super::ctrl_c::stoppable_control;
use crate::background::start_thread;
use crate::training::{Control, Order};

/// How often it is looked for the file.
const LOOK: Duration = Duration::from_millis(200);

/// What stops a command beside Ctrl-C.
#[derive(Debug, Default, Args)]
pub struct StopFile {
    /// Stops as Ctrl-C does once this file is there: for programs that can send no signal
    #[arg(long, value_name = "FILE")]
    stop_file: Option<PathBuf>,
}

impl StopFile {
    /// The control of a training that Ctrl-C and the file stop from now on.
    ///
    /// # Errors
    /// If the system takes no handler of Ctrl-C, or grants no thread.
    pub fn control(&self) -> anyhow::Result<Arc<Control>> {
        let control = stoppable_control()?;
        self.watch(&control)?;
        Ok(control)
    }

    /// Looks for the file for as long as the control is there.
    fn watch(&self, control: &Arc<Control>) -> anyhow::Result<()> {
        let Some(file) = self.stop_file.clone() else { return Ok(()) };
        let weak = Arc::downgrade(control);
        let look = move || {
            while let Some(control) = weak.upgrade() {
                if file.exists() {
                    return control.give(Order::Stop);
                }
                drop(control);
                std::thread::sleep(LOOK);
            }
        };
        start_thread("stop file", look).context("looking for the file that stops it")?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_command_stops_once_the_file_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("stop");
        let control = Arc::new(Control::default());
        StopFile { stop_file: Some(file.clone()) }.watch(&control).unwrap();
        std::thread::sleep(2 * LOOK);
        assert!(!control.is_stopped());
        crate::formats::write_file(&file, b"").unwrap();
        let began = Instant::now();
        while !control.is_stopped() {
            assert!(began.elapsed() < Duration::from_secs(60), "it does not stop");
            std::thread::sleep(LOOK / 10);
        }
    }
}
