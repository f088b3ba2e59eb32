//! The XML of a HEYEX export.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::heyex::read(bytes, std::path::Path::new("input.xml"), "input.xml");
});
