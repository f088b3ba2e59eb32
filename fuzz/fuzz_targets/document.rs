//! The documents of this program: zip, JSON, planes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::read_document(bytes, "input.retidiff");
});
