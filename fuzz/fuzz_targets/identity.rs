//! Names of fields of identity in any file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::identity::identity_fields(bytes);
    let _ = retidiff::formats::heyex::identity_fields(bytes, "input.xml");
    let _ = retidiff::formats::mat::identity_fields(bytes, "input.mat");
});
