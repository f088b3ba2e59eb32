//! COCO annotation files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::coco::read(bytes, "input.json").map(|all| all.iter().filter(|p| p.width < 2048 && p.height < 2048).map(|p| p.labels("input.json").codes.len()).sum::<usize>());
});
