//! MATLAB files of Duke DME.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::mat::read_duke(bytes, "input.mat");
});
