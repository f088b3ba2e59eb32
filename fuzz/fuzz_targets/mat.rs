//! MATLAB files: the largest array.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::mat::read(bytes, None, "input.mat");
});
