//! Ctrl-C, and SIGTERM where a cluster's engine ends a task: a process takes one handler, once, and each command has
//! its own wish for it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::Context;

#[cfg(feature = "cpu")]
use crate::training::{Control, Order};

type Wish = Box<dyn Fn() + Send>;

static WISH: Mutex<Option<Wish>> = Mutex::new(None);

/// What Ctrl-C does from now on.
///
/// # Errors
/// If the system takes no handler.
fn on_ctrl_c(wish: impl Fn() + Send + 'static) -> anyhow::Result<()> {
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

/// A flag that Ctrl-C sets from now on.
///
/// # Errors
/// As [`on_ctrl_c`].
pub fn stop_flag() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let on_signal = stop.clone();
    on_ctrl_c(move || on_signal.store(true, Ordering::Relaxed))?;
    Ok(stop)
}

/// The control of a training that Ctrl-C stops from now on, at its next checkpoint.
///
/// # Errors
/// As [`on_ctrl_c`].
#[cfg(feature = "cpu")]
pub fn stoppable_control() -> anyhow::Result<Arc<Control>> {
    let control = Arc::new(Control::default());
    let on_signal = control.clone();
    on_ctrl_c(move || on_signal.give(Order::Stop))?;
    Ok(control)
}
