//! Whether the desktop can show a chooser of files: one that is not there is found missing only after a while, the longer
//! the busier the machine.

use std::path::Path;

/// What shows one on Linux where no service of the desktop does.
const PROGRAM: &str = "zenity";

/// Whether a chooser may come up: on Linux with a session bus or that program, on all other systems always.
pub fn may_show_chooser() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let has_bus = value("DBUS_SESSION_BUS_ADDRESS").is_some()
        || value("XDG_RUNTIME_DIR").is_some_and(|folder| Path::new(&folder).join("bus").exists());
    let paths = value("PATH").unwrap_or_default();
    has_bus || std::env::split_paths(&paths).any(|folder| folder.join(PROGRAM).is_file())
}
