//! DICOM: elements, transfer syntaxes, frames.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::dicom::read(bytes, "input.dcm");
});
