//! The studio without a screen: screenshots, film strips, and how long its frames take.

pub mod curation;
pub mod film;
pub mod frame_times;
pub mod kiosk_soak;
pub mod review_frames;
pub mod screenshot;
