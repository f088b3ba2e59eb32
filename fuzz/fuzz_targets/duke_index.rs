//! The index of Duke DME and its ignored columns.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::duke::read_index(bytes, "index.csv");
});
