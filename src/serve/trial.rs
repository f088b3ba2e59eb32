//! Whether a command reaches a server: tried beside the window, before anybody relies on it.

use std::io;
use std::time::{Duration, Instant};

use super::command_line::CommandLine;
use super::connect::{greet, shown};
use crate::background::{Job, JobControl, Wake};
use crate::formats::{FormatError, in_plain_words};

/// A server that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Its name and version, as it says them.
    pub program: String,
    /// From the start of the command to its answer, a login included.
    pub took: Duration,
}

/// A trial under way. Dropping it ends the command.
#[derive(Debug)]
pub struct Trial {
    job: Job<Result<Reached, String>>,
}

impl Trial {
    /// Starts the command on a thread of its own; `wake` is called when there is an answer.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn start(command: CommandLine, wake: Wake) -> io::Result<Self> {
        let ask = move |control: &JobControl<()>| {
            let began = Instant::now();
            match greet(&command, control.cancel_flag()) {
                Ok((_, hello)) => Ok(Reached { program: shown(&hello.program), took: began.elapsed() }),
                Err(error) => Err(in_plain_words(&error.to_string())),
            }
        };
        Ok(Self { job: Job::start("remote-trial", wake, ask)? })
    }

    /// How it went, once; `None` until it is known.
    pub fn answer(&self) -> Option<Result<Reached, String>> {
        let answer = self.job.answer()?;
        Some(answer.unwrap_or_else(|_| Err("the trial stopped unexpectedly".to_owned())))
    }
}

/// Addresses of the servers that this computer was paired with; none in a program that cannot pair.
///
/// # Errors
/// If their list cannot be read.
pub fn paired_addresses() -> Result<Vec<String>, FormatError> {
    #[cfg(feature = "tls")]
    if let Some(folder) = crate::data_folder::data_folder() {
        let servers = super::paired::peers::Peers::servers(&folder).all()?;
        return Ok(servers.into_iter().map(|server| server.name).collect());
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::background::wake_nobody;

    fn answer_of(command: &str) -> Result<Reached, String> {
        let trial = Trial::start(CommandLine::parse(command).unwrap(), wake_nobody()).unwrap();
        let began = Instant::now();
        loop {
            if let Some(answer) = trial.answer() {
                return answer;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "no answer of {command}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_command_that_reaches_nobody_says_why() {
        let missing = answer_of("/nowhere/at/all serve --stdio").unwrap_err();
        assert!(missing.contains("could not be started"), "{missing}");
        #[cfg(unix)]
        {
            let said = answer_of("sh -c 'echo Permission denied >&2; exit 255'").unwrap_err();
            assert!(said.contains("Permission denied"), "{said}");
        }
    }
}
