//! How much of the processor the work behind the window may take.
//!
//! Synthesis on a CPU computes on every core it is given, and a training does so for hours. The window draws
//! with what is left, and on a machine without a GPU its driver computes on these cores, too: where nothing
//! is left, the brush stutters while the scan follows it. So the window's process leaves one core out of the
//! pool where there are three or more. Of two cores neither can be spared, for a draft would take twice as
//! long; there the pool's threads step back instead, as the threads and processes of background work do
//! everywhere: the system gives them all that nobody else wants, and little of what the window wants. A training
//! steps further back than synthesis, which somebody is looking at.

use std::thread::available_parallelism;

use crate::platform;

/// Cores from which on one is left to the window.
const SPARING_CORES: usize = 3;
/// Variable by which a user says how many threads compute; it is obeyed.
const THREADS_VARIABLE: &str = "RAYON_NUM_THREADS";

/// What a thread, or a process it starts, is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Pictures that somebody waits for.
    Synthesis,
    /// What goes on for hours.
    Training,
}

impl Work {
    /// How many steps of courtesy ("nice") behind the window.
    fn steps_back(self) -> i32 {
        match self {
            Work::Synthesis => 5,
            Work::Training => 10,
        }
    }
}

/// Sizes the pool of this process so that a window in it stays quick. Call it before anything computes; a
/// pool that exists already stays as it is.
pub fn leave_room_for_window() {
    let cores = available_parallelism().map_or(1, usize::from);
    let says_how_many = std::env::var_os(THREADS_VARIABLE).is_some();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(if says_how_many { 0 } else { threads(cores) });
    let pool = match cores < SPARING_CORES {
        true => pool.start_handler(|_| step_back(Work::Synthesis)),
        false => pool,
    };
    // Fails only where there is a pool already, which then serves.
    let _ = pool.build_global();
}

/// Threads of the pool on a machine with so many cores.
fn threads(cores: usize) -> usize {
    if cores < SPARING_CORES { cores } else { cores - 1 }
}

/// Lets the window go before this thread, and before the processes it starts from now on. It cannot be taken
/// back, and a second time adds to the first.
pub fn step_back(work: Work) {
    platform::step_back(work.steps_back());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_of_three_is_left_to_the_window_and_none_of_two() {
        let found: Vec<usize> = [1, 2, 3, 4, 16].into_iter().map(threads).collect();
        assert_eq!(found, [1, 2, 2, 3, 15]);
    }

    /// How nice the children of a thread are that stepped back.
    #[cfg(target_os = "linux")]
    fn courtesy_of_a_child(work: Option<Work>) -> i32 {
        let thread = std::thread::Builder::new().name("stepping back".into());
        let ask = move || {
            if let Some(work) = work {
                step_back(work);
            }
            let said = std::process::Command::new("nice").output().unwrap().stdout;
            String::from_utf8(said).unwrap().trim().parse().unwrap()
        };
        thread.spawn(ask).unwrap().join().unwrap()
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_of_training_is_behind_synthesis_and_both_behind_the_window() {
        let window = courtesy_of_a_child(None);
        // Tests may be run nicely themselves; nothing is nicer than 19.
        let behind = |work: Work| (window + work.steps_back()).min(19);
        assert_eq!(courtesy_of_a_child(Some(Work::Synthesis)), behind(Work::Synthesis));
        assert_eq!(courtesy_of_a_child(Some(Work::Training)), behind(Work::Training));
        assert_eq!(courtesy_of_a_child(None), window, "this thread has not stepped back");
    }
}
