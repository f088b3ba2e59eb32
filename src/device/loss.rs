//! Whether a graphics device is gone (its driver was reset, a kernel ran too long, the card fell off the bus) or its
//! memory is full.
//!
//! wgpu tells it once, through a callback, of which a device has one; what is called afterwards does nothing, or
//! complains of what the lost calls did not make. burn puts its own callbacks in the place of others when it takes
//! a device (cubecl-wgpu's `PoisonWatch`), so whoever registers a device with burn watches it again. burn itself
//! does not hear of the loss then: who draws on the device asks here whether a picture can be trusted.
//!
//! A device whose memory is full lives on, and the window with it; what was computed on it meanwhile is worth nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::background::Wake;

/// In wgpu's words of a buffer that the device has no room for.
const TOO_LARGE: &str = "greater than the maximum buffer size";
/// How long the news of a loss may take from the thread that met it to another one's error.
const NEWS_TAKE: Duration = Duration::from_millis(50);

/// The news of a loss. Clones share it.
#[derive(Clone, Default)]
pub struct DeviceLoss {
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_lost: AtomicBool,
    is_out_of_memory: AtomicBool,
    wake: OnceLock<Wake>,
}

impl std::fmt::Debug for DeviceLoss {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DeviceLoss").field("is_lost", &self.is_lost()).finish_non_exhaustive()
    }
}

impl DeviceLoss {
    /// Of a device that is watched from now on.
    pub fn of(device: &wgpu::Device) -> Self {
        let loss = Self::default();
        loss.watch(device);
        loss
    }

    /// Whether the device is gone.
    pub fn is_lost(&self) -> bool {
        self.state.is_lost.load(Ordering::Acquire)
    }

    /// Whether a buffer or texture found no room on the device.
    pub fn is_out_of_memory(&self) -> bool {
        self.state.is_out_of_memory.load(Ordering::Acquire)
    }

    /// Why nothing computed on the device of this name can be trusted, and what helps; `None` while it can.
    pub fn failure(&self, name: &str) -> Option<String> {
        if self.is_lost() {
            return Some("the graphics device was lost".to_owned());
        }
        self.is_out_of_memory().then(|| out_of_memory(name))
    }

    /// Calls `wake` when the device goes, from whichever thread meets the loss; it must not block. The first
    /// one counts.
    pub fn wake_with(&self, wake: Wake) {
        let wake = self.state.wake.get_or_init(|| wake);
        if self.is_lost() {
            wake();
        }
    }

    /// Watches the device, in the place of who watched it before.
    pub fn watch(&self, device: &wgpu::Device) {
        let watcher = self.clone();
        device.set_device_lost_callback(move |_, _| watcher.tell());
        let watcher = self.clone();
        device.on_uncaptured_error(Arc::new(move |error| watcher.judge(&error)));
        // wgpu has told another watcher if the device went before.
        if !answers(device) {
            self.tell();
        }
    }

    /// Loses the device, to try what happens then. Returns when it is told.
    pub fn cause(&self, device: &wgpu::Device) {
        device.destroy();
        // wgpu tells it in the first poll that finds no work under way.
        let wait = wgpu::PollType::Wait { submission_index: None, timeout: Some(Duration::from_secs(5)) };
        if device.poll(wait).is_err() || !self.is_lost() {
            self.tell();
        }
    }

    fn tell(&self) {
        self.state.is_lost.store(true, Ordering::Release);
        if let Some(wake) = self.state.wake.get() {
            wake();
        }
    }

    /// An error of a device that is gone means nothing, and one for lack of memory is for who computes to tell. Any
    /// other is a mistake of this program's: it stops the thread, as it does without a handler, since what would be
    /// shown or computed afterwards could be anything.
    fn judge(&self, error: &wgpu::Error) {
        if is_about_memory(error) {
            self.state.is_out_of_memory.store(true, Ordering::Release);
        }
        if self.is_out_of_memory() {
            // What is called on the buffer that was not made complains, too.
            tracing::warn!(%error, "the memory of the graphics device is full");
            return;
        }
        let met = Instant::now();
        while !self.is_lost() && met.elapsed() < NEWS_TAKE {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(self.is_lost(), "wgpu error: {error}");
    }
}

/// Whether the device still makes a buffer; a lost one makes none, and says nothing of it.
fn answers(device: &wgpu::Device) -> bool {
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("does the device answer"),
        size: 4,
        usage: wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: true,
    });
    buffer.get_mapped_range(..).is_ok()
}

/// Whether something found no room: a full memory, or a buffer larger than the device has any.
fn is_about_memory(error: &wgpu::Error) -> bool {
    match error {
        wgpu::Error::OutOfMemory { .. } => true,
        wgpu::Error::Validation { description, .. } => description.contains(TOO_LARGE),
        wgpu::Error::Internal { .. } => false,
    }
}

/// What to say of a device without memory, and what helps.
fn out_of_memory(name: &str) -> String {
    format!(
        "the memory of {name} is full; the CPU draws from now on. Close other programs that use the GPU or open a \
         smaller scan, then start again"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> Box<dyn std::error::Error + Send + Sync> {
        text.into()
    }

    #[test]
    fn a_full_memory_is_a_message_with_a_remedy_and_what_follows_it_is_no_mistake() {
        let loss = DeviceLoss::default();
        assert_eq!(loss.failure("GPU A"), None);
        loss.judge(&wgpu::Error::OutOfMemory { source: error("no room") });
        loss.judge(&wgpu::Error::Validation {
            source: error("invalid"),
            description: "invalid buffer".into(),
        });
        let failure = loss.failure("GPU A").unwrap();
        assert!(failure.contains("GPU A is full") && failure.contains("Close other programs"), "{failure}");
        assert!(!loss.is_lost(), "the window goes on drawing on it");
    }

    #[test]
    fn a_buffer_that_no_memory_could_hold_is_no_mistake_either() {
        let description =
            "Buffer size 5000000000 is greater than the maximum buffer size (2147483647)".to_owned();
        let loss = DeviceLoss::default();
        loss.judge(&wgpu::Error::Validation { source: error("too large"), description });
        assert!(loss.is_out_of_memory());
    }

    #[test]
    #[should_panic(expected = "wgpu error")]
    fn any_other_error_stops_the_thread() {
        let mistake =
            wgpu::Error::Validation { source: error("wrong"), description: "a mistake of ours".into() };
        DeviceLoss::default().judge(&mistake);
    }
}
