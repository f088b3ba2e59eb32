//! Whatever opens, told by its content.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::open::open_bytes(bytes, std::path::Path::new("input"));
});
