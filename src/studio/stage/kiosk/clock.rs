//! The kiosk's time: what the frames of its window say, and what a test or a measurement adds to it.

use std::time::Duration;

/// A clock that follows frames and can be put forward.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    elapsed: Duration,
    /// What the last frame's clock showed; a window that is opened anew begins at 0 again.
    frame_secs: Option<f64>,
}

impl Clock {
    /// Time since the kiosk began.
    pub fn now(&self) -> Duration {
        self.elapsed
    }

    /// Goes on by what has passed since the frame before; never back.
    pub fn follow(&mut self, frame_secs: f64) {
        let before = self.frame_secs.replace(frame_secs).unwrap_or(frame_secs);
        self.advance(Duration::try_from_secs_f64(frame_secs - before).unwrap_or_default());
    }

    /// Puts it forward.
    pub fn advance(&mut self, by: Duration) {
        self.elapsed = self.elapsed.saturating_add(by);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_frames_is_put_forward_and_never_goes_back() {
        let mut clock = Clock::default();
        clock.follow(100.0);
        assert_eq!(clock.now(), Duration::ZERO, "the kiosk begins with its first frame");
        clock.follow(100.5);
        clock.advance(Duration::from_secs(3600));
        assert_eq!(clock.now(), Duration::from_millis(3_600_500));
        clock.follow(0.0);
        clock.follow(0.25);
        assert_eq!(clock.now(), Duration::from_millis(3_600_750), "a window opened anew goes on");
        clock.follow(f64::NAN);
        clock.follow(0.5);
        assert_eq!(clock.now(), Duration::from_millis(3_600_750));
    }
}
