//! How often the window is drawn where a software driver draws it while a scan is synthesised.
//!
//! Such a driver computes every pixel of the window on the cores that synthesis computes on, and under the brush every
//! pointer event asks for a frame: without a bound they take all of both cores, and the scan that the brush waits for
//! comes late. So while synthesis runs there, a frame begins no sooner than a set time after the one before; between
//! two frames the cores belong to synthesis. On a graphics card, and while nothing is synthesised, nothing is held back.

use std::time::{Duration, Instant};

use eframe::egui_wgpu::RenderState;

/// From the end of a frame's own work to the beginning of the next one's, at least: some twelve frames a second.
const BETWEEN_FRAMES: Duration = Duration::from_millis(66);

/// The pace of a window.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::studio) struct FramePace {
    is_software: bool,
    /// When the work on the last frame ended; its painting comes after that.
    ended: Option<Instant>,
}

impl FramePace {
    /// Of a window that is drawn with this.
    pub fn of(graphics: Option<&RenderState>) -> Self {
        let is_software =
            graphics.is_some_and(|graphics| graphics.adapter.get_info().device_type == wgpu::DeviceType::Cpu);
        Self { is_software, ended: None }
    }

    /// How long the next frame must wait.
    pub fn rest(&self, now: Instant, is_synthesising: bool) -> Duration {
        match self.ended {
            Some(ended) if self.is_software && is_synthesising => {
                BETWEEN_FRAMES.saturating_sub(now.duration_since(ended))
            }
            _ => Duration::ZERO,
        }
    }

    /// The work on a frame has ended.
    pub fn end_frame(&mut self, now: Instant) {
        self.ended = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_held_back_only_by_a_software_driver_during_synthesis() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut software = FramePace { is_software: true, ended: None };
        assert_eq!(software.rest(at(0), true), Duration::ZERO, "the first frame");
        software.end_frame(at(10));
        assert_eq!(software.rest(at(20), true), BETWEEN_FRAMES - Duration::from_millis(10));
        assert_eq!(software.rest(at(20), false), Duration::ZERO);
        assert_eq!(software.rest(at(500), true), Duration::ZERO);
        let card = FramePace { is_software: false, ended: Some(at(10)) };
        assert_eq!(card.rest(at(11), true), Duration::ZERO);
    }
}
