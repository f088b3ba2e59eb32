//! What keys are called on this system's keyboards.

/// The name of the key that commands are given with, where it is another one than Ctrl.
pub fn command_key() -> Option<&'static str> {
    cfg!(target_os = "macos").then_some("Cmd")
}
