//! The pairing code: what a person carries from the server's terminal to the studio.
//!
//! Twenty-four letters hold fifteen bytes: ten of the fingerprint of the server's key, so that nobody in between can
//! answer in its place, and five of a secret, so that nobody else can be paired. Three wrong secrets end the pairing.

use ring::rand::{SecureRandom, SystemRandom};

use super::identity::fingerprint;
use super::{PairedError, to_hex};

/// Digits of the fingerprint that the code holds.
const FINGERPRINT_BYTES: usize = 10;
const SECRET_BYTES: usize = 5;
/// Without I, L, O and U, which are misread (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP: usize = 4;

/// A code, as both sides use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairingCode {
    fingerprint: String,
    /// Hexadecimal.
    pub(super) secret: String,
}

impl PairingCode {
    /// A new one for the server with a public key.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn new(public_key: &str) -> Result<Self, PairedError> {
        let mut secret = [0; SECRET_BYTES];
        SystemRandom::new()
            .fill(&mut secret)
            .map_err(|_| PairedError::Refused("this system has no random numbers for a code".to_owned()))?;
        let fingerprint = fingerprint(public_key)[..2 * FINGERPRINT_BYTES].to_owned();
        Ok(Self { fingerprint, secret: to_hex(&secret) })
    }

    /// Whether a server's public key is the one that the code was made for.
    pub fn is_of(&self, public_key: &str) -> bool {
        fingerprint(public_key).starts_with(&self.fingerprint)
    }

    /// Six groups of four: `3F7Q-...`.
    pub fn text(&self) -> String {
        let hex = format!("{}{}", self.fingerprint, self.secret);
        let bits: Vec<u8> = hex
            .chars()
            .filter_map(|digit| digit.to_digit(16))
            .flat_map(|digit| (0..4).rev().map(move |bit| (digit >> bit & 1) as u8))
            .collect();
        let letter = |bits: &[u8]| {
            let value = bits.iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
            char::from(LETTERS[value])
        };
        let letters: Vec<char> = bits.chunks(5).map(letter).collect();
        letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// As a person typed it: case, dashes and blanks do not matter, and what is misread is read as it was meant.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut bits = Vec::new();
        for typed in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let meant = match typed.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = LETTERS.iter().position(|letter| char::from(*letter) == meant);
            let value = value.ok_or_else(|| format!("{typed:?} stands in no pairing code"))?;
            bits.extend((0..5).rev().map(|bit| (value >> bit & 1) as u8));
        }
        let wanted = 8 * (FINGERPRINT_BYTES + SECRET_BYTES);
        if bits.len() != wanted {
            return Err(format!("a pairing code has {} letters, this one {}", wanted / 5, bits.len() / 5));
        }
        let byte = |bits: &[u8]| bits.iter().fold(0_u8, |byte, bit| byte << 1 | bit);
        let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
        let (fingerprint, secret) = bytes.split_at(FINGERPRINT_BYTES);
        Ok(Self { fingerprint: to_hex(fingerprint), secret: to_hex(secret) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_written_however_it_was_typed() {
        let code = PairingCode::new("a key").unwrap();
        let text = code.text();
        assert_eq!((text.len(), text.matches('-').count()), (29, 5), "{text}");
        assert_eq!(PairingCode::parse(&text), Ok(code.clone()));
        let typed = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(PairingCode::parse(&typed), Ok(code.clone()));
        assert!(code.is_of("a key") && !code.is_of("another key"));
        assert_ne!(PairingCode::new("a key").unwrap().secret, code.secret);
        assert!(PairingCode::parse("3F7Q").unwrap_err().contains("24 letters, this one 4"));
        assert!(PairingCode::parse("U").unwrap_err().contains("'U'"));
    }
}
