//! Features of pictures: numpy arrays and safetensors.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::feature_file::read(bytes, "input.npy");
});
