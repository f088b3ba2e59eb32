//! Label maps of every picture format.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::label_png::read(bytes, "input.png", Default::default());
});
