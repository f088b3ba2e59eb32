//! Tables of label codes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::label_picture::read(bytes, "input.csv");
});
