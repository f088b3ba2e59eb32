//! Surfaces of OCTExplorer.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::octexplorer::read(bytes, "input.xml");
});
