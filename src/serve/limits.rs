//! What the two ends accept of each other: nothing is allocated or begun that goes beyond.

/// Largest frame, header and head included.
pub const MAX_FRAME_BYTES: u64 = 64 << 20;
/// Largest head of a frame: the longest is the configuration of a training.
pub const MAX_HEAD_BYTES: u32 = 1 << 20;
/// Largest width or height of a mask or picture in pixels.
pub const MAX_SIDE_PX: u32 = 4096;
/// Most steps of a picture.
pub const MAX_STEPS: u32 = 1000;
/// Renderings that may be unfinished: one running and one waiting.
pub const MAX_UNFINISHED_JOBS: usize = 2;
/// Messages that wait to be read while one is worked on.
pub const MAX_WAITING_MESSAGES: usize = 4;
/// Largest model file that the server keeps.
pub const MAX_MODEL_BYTES: u64 = 2 << 30;
/// Bytes of a file in one frame.
pub const CHUNK_BYTES: usize = 1 << 20;
/// Longest name of anything, in bytes.
pub const MAX_NAME_BYTES: usize = 200;
/// What a login shell may print before the server speaks, in bytes.
pub const MAX_GREETING_BYTES: usize = 64 << 10;

/// Whether a mask or picture may have this size.
pub fn is_size_allowed(width: u32, height: u32) -> bool {
    (1..=MAX_SIDE_PX).contains(&width) && (1..=MAX_SIDE_PX).contains(&height)
}

/// Whether a text can be the name of a file in a folder of ours: no path, nothing hidden, nothing odd.
pub fn is_plain_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.starts_with('.') && name.chars().all(is_plain)
}

/// Whether a text is a SHA-256 as this program writes it.
pub fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_folder() {
        for bad in ["", "..", ".hidden", "a/b", "a\\b", "/etc/passwd", "a b", "a\0", &"x".repeat(201)] {
            assert!(!is_plain_name(bad), "{bad:?}");
        }
        assert!(is_plain_name("run-7_b.jsonl"));
        assert!(is_sha256(&"0a".repeat(32)) && !is_sha256(&"0A".repeat(32)) && !is_sha256("0a"));
    }
}
