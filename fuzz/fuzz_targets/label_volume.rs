//! Label maps of all B-scans of a volume.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for name in ["input.nii", "input.mha"] {
        let _ = retidiff::formats::label_volume::pictures(bytes, std::path::Path::new(name), name);
    }
});
