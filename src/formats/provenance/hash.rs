//! Hashes by which a picture names its mask, and a manifest its files.

use sha2::{Digest, Sha256};

/// SHA-256 of bytes, hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// SHA-256 of a mask's size and composite codes, hexadecimal: the same for the same mask, however its file is packed.
pub fn mask_sha256(width: u32, height: u32, codes: &[u8]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(width.to_le_bytes());
    hasher.update(height.to_le_bytes());
    hasher.update(codes);
    hexadecimal(&hasher.finalize())
}

/// Bytes in hexadecimal digits.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, B.1.
    #[test]
    fn it_is_the_published_hash() {
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), abc);
    }

    #[test]
    fn the_hash_of_a_mask_depends_on_its_shape() {
        assert_ne!(mask_sha256(2, 3, &[1; 6]), mask_sha256(3, 2, &[1; 6]));
        assert_eq!(mask_sha256(1, 1, &[4]).len(), 64);
    }
}
