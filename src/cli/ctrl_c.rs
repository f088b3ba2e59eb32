//! Ctrl-C: a process takes one handler, once, and each command has its own wish for it.

use std::sync::{Mutex, OnceLock, PoisonError};

use anyhow::Context;

type Wish = Box<dyn Fn() + Send>;

static WISH: Mutex<Option<Wish>> = Mutex::new(None);

/// What Ctrl-C does from now on.
///
/// # Errors
/// If the system takes no handler.
pub fn on_ctrl_c(wish: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    static REGISTERED: OnceLock<Result<(), String>> = OnceLock::new();
    *WISH.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(wish));
    let register = || {
        let fulfil = || {
            if let Some(wish) = &*WISH.lock().unwrap_or_else(PoisonError::into_inner) {
                wish();
            }
        };
        ctrlc::set_handler(fulfil).map_err(|error| error.to_string())
    };
    REGISTERED.get_or_init(register).clone().map_err(anyhow::Error::msg).context("catching Ctrl-C")
}
