//! What a synthetic picture says of its making.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::provenance::Provenance::of_png(bytes, "input.png");
});
