//! Heidelberg raw exports.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::vol::read(bytes, "input.vol");
});
