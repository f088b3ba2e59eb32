//! Numbers that must come out as they went in.
//!
//! A picture is the same to the byte only if guidance and spacing are the same to the bit. JSON's own numbers are
//! rounded by its reader in the last place, so these travel as text that the standard library writes and reads.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A finite number, to the bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact(pub f64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Self(number)),
            _ => Err(D::Error::custom(format!("{text:?} is no finite number"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_every_bit() {
        let mut bits: u64 = 0x9E37_79B9_7F4A_7C15;
        for _ in 0..2000 {
            bits = bits.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let number = f64::from_bits(bits);
            if number.is_finite() {
                let text = serde_json::to_string(&Exact(number)).unwrap();
                let back: Exact = serde_json::from_str(&text).unwrap();
                assert_eq!(back.0.to_bits(), number.to_bits(), "{text}");
            }
        }
        assert!(serde_json::from_str::<Exact>("\"NaN\"").is_err());
        assert!(serde_json::from_str::<Exact>("\"inf\"").is_err());
        assert!(serde_json::from_str::<Exact>("1.5").is_err());
    }
}
