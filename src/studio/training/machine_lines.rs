//! What the form says of the machine that a run would start on.

use crate::studio::texts::text;

/// What the machine has: one line for the form.
pub(super) fn machine_line() -> String {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let memory = crate::platform::available_memory().map_or_else(String::new, |bytes| {
        text!("training-memory-free", gigabytes = format!("{:.1}", bytes as f64 / 1e9))
    });
    text!("training-threads", %threads, %memory)
}

/// What the machine's GPUs are; `None` as long as nobody has looked.
pub(super) fn gpu_line(gpus: Option<&[String]>) -> String {
    match gpus {
        None => text!("training-looking-for-gpu").to_owned(),
        Some([]) => text!("training-no-gpu").to_owned(),
        Some(gpus) => text!("training-gpus", gpus = %gpus.join("; ")),
    }
}
