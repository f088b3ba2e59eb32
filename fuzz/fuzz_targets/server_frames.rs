//! What a studio says to a server: frames, messages, the mask, the scan and the job in them.
#![no_main]

use retidiff::serve::frame::FrameReader;
use retidiff::serve::message::{ToServer, to_server};
use retidiff::serve::scene::Held;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut frames = FrameReader::new(bytes, "a studio");
    let mut held = Held::default();
    while let Ok(Some(frame)) = frames.next(|| {}) {
        match to_server(&frame) {
            Ok(ToServer::Mask { width, height, rect, sha256 }) => {
                let _ = held.take_mask((width, height), rect, &sha256, &frame.body);
            }
            Ok(ToServer::Scan { width, height, has_area, sha256 }) => {
                let _ = held.take_scan((width, height), has_area, &sha256, &frame.body);
            }
            Ok(ToServer::Render(job)) => {
                let _ = held.scene(&job);
            }
            _ => {}
        }
    }
});
