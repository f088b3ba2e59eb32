//! What a server says to a studio, behind whatever a login shell prints first.
#![no_main]

use retidiff::serve::frame::FrameReader;
use retidiff::serve::message::to_studio;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut frames = FrameReader::new(bytes, "a server");
    if frames.skip_greeting().is_err() {
        return;
    }
    while let Ok(Some(frame)) = frames.next(|| {}) {
        let _ = to_studio(&frame);
    }
});
