//! NIfTI 1 and 2, plain and in gzip.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::open::open_bytes(bytes, std::path::Path::new("input.nii.gz"));
});
