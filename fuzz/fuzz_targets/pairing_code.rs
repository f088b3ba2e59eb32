//! Pairing codes as people type them.
#![no_main]

use retidiff::serve::paired::code::PairingCode;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(code) = PairingCode::parse(text) {
        assert_eq!(PairingCode::parse(&code.text()), Ok(code));
    }
});
