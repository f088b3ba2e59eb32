//! How processes are started beside this one, and how they ended.

use std::process::{Command, ExitStatus};

/// The signal that ends a process without asking it, the system's own when memory runs out among them.
pub const KILLED: i32 = 9;

/// Signals by which a fault ends its process: illegal instruction, abort, bus error (of Linux and of macOS), segmentation
/// fault.
const FAULTS: [i32; 5] = [4, 6, 7, 10, 11];

/// Whether a process ended by a fault of its own, such as a driver's; never where the system has no signals.
pub fn has_crashed(status: ExitStatus) -> bool {
    signal(status).is_some_and(|signal| FAULTS.contains(&signal))
}

/// Keeps a terminal's Ctrl-C that ends the window from ending a process it starts. Windows gives a program without a
/// terminal none, so nothing is to be done there.
pub fn apart_from_terminal(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// The signal that ended a process, if one did; `None` where the system has no signals.
pub fn signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    return std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    {
        let _ = status;
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_from_an_end() {
        let ended = |script: &str| {
            has_crashed(Command::new("sh").args(["-c", script]).status().expect("a shell starts"))
        };
        assert!(ended("kill -SEGV $$"));
        assert!(ended("kill -ABRT $$"));
        assert!(!ended("kill -TERM $$") && !ended("exit 3") && !ended("exit 0"));
    }
}
