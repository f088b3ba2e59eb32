//! What helps when this process gets no more memory: said by the program's allocator, which must not
//! allocate to say it.

use std::sync::OnceLock;

/// Unless a subcommand knows better.
const REMEDY: &str = "close other programs, or work on a smaller picture";

static KNOWN: OnceLock<&'static str> = OnceLock::new();

/// Knows what helps in this process; the first to know is believed.
pub fn know_remedy(remedy: &'static str) {
    KNOWN.get_or_init(|| remedy);
}

/// What helps.
pub fn remedy() -> &'static str {
    KNOWN.get().copied().unwrap_or(REMEDY)
}
