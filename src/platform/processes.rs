//! How processes are started beside this one, and how they ended.

use std::process::{Command, ExitStatus};

/// The signal that ends a process without asking it, the system's own when memory runs out among them.
pub const KILLED: i32 = 9;

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
