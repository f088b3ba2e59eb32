//! What the operating system decides. Conditional compilation by system and `std::os` stand here and nowhere else
//! (`tests/tidy` looks), so that a port to another system reads one room, and every other room reads alike on all.
//!
//! Where a system has no such thing, a function does nothing or answers `None`, and says so.

mod choosers;
mod drivers;
mod files;
mod keyboard;
mod machine;
mod memory;
mod priority;
mod processes;
mod session_folder;

pub use choosers::may_show_chooser;
pub use drivers::{driver_folders, driver_versions};
pub use files::{create_private_folder, let_others_read, others_may_read, sync_folder};
pub use keyboard::command_key;
pub use machine::host_name;
pub use memory::{ProcessMemory, available_memory, process_memory};
pub use priority::step_back;
pub use processes::{KILLED, apart_from_terminal, has_crashed, signal};
pub use session_folder::have_session_folder;
