//! PNG, JPEG, TIFF and BMP with all their pages.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::scan_image::read_pages(bytes, "input.tif");
});
