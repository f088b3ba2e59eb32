//! Trainings of a server: begun as processes of their own, so that they outlive the connection, each in its folder.
//!
//! The folder of a run is the truth about it, here as on one machine: a studio asks for the bytes of its files that it
//! has not seen.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::limits::CHUNK_BYTES;
use super::message::{ToServer, ToStudio, TrainStart};
use super::options::ServerOptions;
use crate::device::DeviceChoice;
use crate::training::run_directory::{EVENTS_FILE, RunDirectory};
use crate::training::{Order, RunConfig, run_lock};
use crate::worker::{Launch, Start, TrainerProcess};

/// Why a run was not begun, or its file not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum RunsError {
    #[error("the server has no data set {0:?}; copy it into the data folder of the server")]
    NoData(String),
    #[error("the server has no run {0:?}; `retidiff train --remote` begins one")]
    NoRun(String),
    #[error("the server has a run {0:?} already; choose another name, or resume it")]
    RunExists(String),
    #[error("these settings cannot be trained: {0}")]
    Config(String),
    #[error("{0:?} is no order; pause, resume, checkpoint and stop are")]
    Order(String),
    #[error("{file} of the run {run:?}: {source}")]
    File { run: String, file: String, source: io::Error },
    #[error("the server does not do this with runs")]
    NotOfRuns,
}

/// The runs below a server's folder.
pub(super) struct Runs {
    folder: PathBuf,
    data: PathBuf,
    program: PathBuf,
    device: DeviceChoice,
    /// Those begun here. Dropping them leaves the trainers alone.
    begun: Vec<TrainerProcess>,
}

impl Runs {
    /// In the folders of a server.
    pub fn new(options: &ServerOptions) -> Self {
        Self {
            folder: options.folder.join("runs"),
            data: options.data.clone(),
            program: options.program.clone(),
            device: options.device,
            begun: Vec::new(),
        }
    }

    /// Does what a message asks of a run; returns the answer and its bytes. Names are checked already.
    ///
    /// # Errors
    /// If the run or the data is not there, or the folder cannot be read or written.
    pub fn deal_with(&mut self, message: ToServer) -> Result<(ToStudio, Vec<u8>), RunsError> {
        match message {
            ToServer::Train { run, start, config } => {
                self.train(&run, &start, &config)?;
                Ok((ToStudio::Done { run }, Vec::new()))
            }
            ToServer::Order { run, order } => {
                let word = Order::of_line(&order).ok_or(RunsError::Order(order))?;
                let folder = self.folder_of(&run)?;
                let file = "order".to_owned();
                word.leave(&folder).map_err(|source| RunsError::File { run: run.clone(), file, source })?;
                Ok((ToStudio::Done { run }, Vec::new()))
            }
            ToServer::Events { run, from } => {
                let folder = self.folder_of(&run)?;
                // Looked at first: what the process wrote before it ended is then read below.
                let is_alive = run_lock::is_alive(&folder);
                let (part, bytes) = read_part(&folder, &run, EVENTS_FILE, from)?;
                Ok((ToStudio::Events { run, from, bytes, is_alive }, part))
            }
            ToServer::Fetch { run, file, from } => {
                let folder = self.folder_of(&run)?;
                let (part, bytes) = read_part(&folder, &run, &file, from)?;
                Ok((ToStudio::File { run, file, from, bytes }, part))
            }
            _ => Err(RunsError::NotOfRuns),
        }
    }

    fn folder_of(&self, run: &str) -> Result<PathBuf, RunsError> {
        let folder = self.folder.join(run);
        match folder.is_dir() {
            true => Ok(folder),
            false => Err(RunsError::NoRun(run.to_owned())),
        }
    }

    fn train(&mut self, run: &str, start: &TrainStart, config: &str) -> Result<(), RunsError> {
        let config = RunConfig::from_record(config).map_err(RunsError::Config)?;
        config.check().map_err(RunsError::Config)?;
        let folder = self.folder.join(run);
        let is_there = RunDirectory::is_run(&folder);
        let start = match start {
            TrainStart::Resume if !is_there => return Err(RunsError::NoRun(run.to_owned())),
            TrainStart::Resume => Start::Resume,
            _ if is_there => return Err(RunsError::RunExists(run.to_owned())),
            TrainStart::New { data, from } => {
                let folder = self.data.join(data);
                if !folder.is_dir() {
                    return Err(RunsError::NoData(data.clone()));
                }
                Start::New { data: folder, from: from.clone() }
            }
            TrainStart::Branch { run, step } => Start::Branch { from: self.folder_of(run)?, step: *step },
        };
        let failed = |source| RunsError::File { run: run.to_owned(), file: "its folder".to_owned(), source };
        // Here and not by the process, so that whoever follows finds a run from the first moment.
        fs::create_dir_all(&folder).map_err(failed)?;
        let launch = Launch {
            program: self.program.clone(),
            run: folder,
            start,
            config,
            device: self.device,
            remote: None,
            live: None,
        };
        let failed = |source| RunsError::File { run: run.to_owned(), file: "its process".to_owned(), source };
        let process = TrainerProcess::launch(launch, Arc::new(|| {})).map_err(failed)?;
        self.begun.retain(|process| process.record().state.is_alive());
        self.begun.push(process);
        Ok(())
    }
}

/// A part of a file below a run's folder from a byte on, and the length of the whole. A file that is not there yet is
/// empty; one that a link leads to elsewhere is refused.
fn read_part(folder: &Path, run: &str, file: &str, from: u64) -> Result<(Vec<u8>, u64), RunsError> {
    let failed = |source| RunsError::File { run: run.to_owned(), file: file.to_owned(), source };
    let path = folder.join(file);
    let real = match fs::canonicalize(&path) {
        Ok(real) => real,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(failed(error)),
    };
    if !real.starts_with(fs::canonicalize(folder).map_err(failed)?) || !real.is_file() {
        return Err(failed(io::Error::other("it is no file of the run")));
    }
    let mut opened = File::open(&real).map_err(failed)?;
    let bytes = opened.metadata().map_err(failed)?.len();
    opened.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut part = Vec::new();
    opened.take(CHUNK_BYTES as u64).read_to_end(&mut part).map_err(failed)?;
    Ok((part, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::atomic::write_atomically;

    fn runs(folder: &Path) -> Runs {
        Runs::new(&ServerOptions {
            folder: folder.to_owned(),
            data: folder.join("data"),
            program: "retidiff".into(),
            device: DeviceChoice::Cpu,
        })
    }

    #[test]
    fn files_of_a_run_come_in_parts_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let mut runs = runs(folder.path());
        let run = folder.path().join("runs/a");
        fs::create_dir_all(&run).unwrap();
        write_atomically(&run.join(EVENTS_FILE), b"one\ntwo\n").unwrap();
        write_atomically(&folder.path().join("secret"), b"key").unwrap();
        let ask =
            |runs: &mut Runs, from| runs.deal_with(ToServer::Events { run: "a".to_owned(), from }).unwrap();
        let (answer, part) = ask(&mut runs, 4);
        assert_eq!(part, b"two\n");
        assert!(matches!(answer, ToStudio::Events { bytes: 8, is_alive: false, .. }));
        assert!(ask(&mut runs, 100).1.is_empty());
        let missing = runs.deal_with(ToServer::Events { run: "b".to_owned(), from: 0 });
        assert!(missing.is_err_and(|error| error.to_string().contains("no run \"b\"")));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret"), run.join("link")).unwrap();
            let fetched =
                runs.deal_with(ToServer::Fetch { run: "a".to_owned(), file: "link".to_owned(), from: 0 });
            assert!(fetched.is_err(), "a link leads nowhere else");
        }
    }

    #[test]
    fn what_cannot_be_trained_is_refused_before_a_process_begins() {
        let folder = tempfile::tempdir().unwrap();
        let mut runs = runs(folder.path());
        let config = serde_json::to_string(&RunConfig::live()).unwrap();
        let mut train = |start, config: &str| {
            let message = ToServer::Train { run: "a".to_owned(), start, config: config.to_owned() };
            runs.deal_with(message).map(|_| ()).unwrap_err().to_string()
        };
        let new = || TrainStart::New { data: "nothing".to_owned(), from: None };
        assert!(train(new(), &config).contains("no data set \"nothing\""));
        assert!(train(new(), "{").contains("cannot be trained"));
        assert!(train(TrainStart::Resume, &config).contains("no run \"a\""));
        assert!(!folder.path().join("runs/a").exists());
    }
}
