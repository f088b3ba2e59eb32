//! What happens inside, written down for those who help: `--log LEVEL` to stderr, and for the studio a file of warnings
//! in its data folder. wgpu, burn and the window speak through `log`, whose words would be lost otherwise.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// The log file of the studio, and the one before it.
const FILE: &str = "retidiff.log";
const FILE_BEFORE: &str = "retidiff.log.old";
/// A log file larger than this is set aside at the next start.
const LARGEST_BYTES: u64 = 1 << 20;

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What may fail, too.
    Warn,
    /// What is done, too.
    Info,
    /// What is tried and how, too.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    fn filter(self) -> LevelFilter {
        match self {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        }
    }
}

/// Starts writing: to stderr at the level that was asked for, and into `folder` (the studio's) at that level or
/// warnings at least. Without either nothing is written. A folder that cannot be written is no reason not to start.
pub fn start(level: Option<LogLevel>, folder: Option<&Path>) {
    let to_stderr = level
        .map(|level| fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_filter(level.filter()));
    let file_level = level.map_or(LevelFilter::WARN, |level| level.filter().max(LevelFilter::WARN));
    let to_file = folder
        .and_then(|folder| log_file(folder).ok())
        .map(|file| fmt::layer().with_writer(Mutex::new(file)).with_ansi(false).with_filter(file_level));
    // Set by somebody else already only in tests that run the program twice in one process.
    let _ = tracing_subscriber::registry().with(to_stderr).with(to_file).try_init();
}

/// The log file of a folder, written on at its end.
fn log_file(folder: &Path) -> std::io::Result<File> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(FILE);
    if path.metadata().is_ok_and(|metadata| metadata.len() > LARGEST_BYTES) {
        std::fs::rename(&path, folder.join(FILE_BEFORE))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn a_log_that_has_grown_is_set_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut file = log_file(folder.path()).expect("a file");
        file.write_all(&vec![b'x'; LARGEST_BYTES as usize + 1]).expect("written");
        drop(file);
        let file = log_file(folder.path()).expect("a new file");
        assert_eq!(file.metadata().expect("its size").len(), 0);
        assert!(folder.path().join(FILE_BEFORE).is_file());
    }
}
