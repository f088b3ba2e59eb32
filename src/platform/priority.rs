//! Which threads go before others.
//!
//! Priorities are lowered on Linux, where each thread has its own and children inherit that of the thread that
//! starts them; elsewhere nothing is done.

/// Lets others go before the calling thread and the processes it starts, by so many steps of courtesy ("nice"). It
/// cannot be taken back, and a second time adds to the first.
pub fn step_back(steps: i32) {
    #[cfg(target_os = "linux")]
    linux::be_nice(steps);
    #[cfg(not(target_os = "linux"))]
    let _ = steps;
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::c_int;

    // Of the C library that the standard library links anyway. It speaks of the process, but on Linux it is
    // the calling thread that it changes.
    unsafe extern "C" {
        safe fn nice(steps: c_int) -> c_int;
    }

    /// Adds to the steps of courtesy of the calling thread; there is an end to them, which is as well.
    pub(super) fn be_nice(steps: c_int) {
        let _ = nice(steps);
    }
}
