//! Mappings and schemes as people write them, and labels of any picture under every scheme that fits.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    use retidiff::formats::label_mapping::{LabelMapping, Scheme, propose};
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = (text.parse::<LabelMapping>(), text.parse::<Scheme>());
    }
    if let Ok(picture) = retidiff::formats::label_picture::read(bytes, "input.csv") {
        let _ = propose(&picture);
    }
});
