//! The identity fields of a DICOM file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::dicom::identity_fields(bytes, "input.dcm");
});
