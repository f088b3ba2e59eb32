//! Boundary files of Tian 2015.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::tian::read_boundary(bytes, "Subject1_3.txt");
});
