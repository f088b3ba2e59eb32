//! Text and bytes as HTML, SVG and XML take them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A text as content or attribute of markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Bytes in the 64 letters of RFC 4648.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that [`base64`] makes such letters of; `None` of anything else.
pub fn from_base64(letters: &str) -> Option<Vec<u8>> {
    STANDARD.decode(letters).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_be_markup() {
        assert_eq!(escaped("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }

    #[test]
    fn other_letters_are_no_bytes() {
        for letters in ["§", "Zg", "Zg= =", "g=="] {
            assert_eq!(from_base64(letters), None, "{letters}");
        }
    }

    #[test]
    fn bytes_become_letters_as_the_standard_has_them() {
        // RFC 4648, section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).as_deref(), Some(bytes.as_bytes()));
        }
    }
}
