//! A signed manifest in a scan (C2PA, "content credentials"): who says that it is synthetic, in a way that cannot be forged.
//!
//! Texts and XMP packets can be written by anybody. Whoever publishes pictures may sign them with a certificate of their
//! own; verifiers then show the scan as made by a model and by whom it was signed. It is the last step: any later change of
//! the file breaks the signature.

use std::io::Cursor;

use c2pa::{BoxedSigner, Builder, Context, SigningAlg, create_signer};
use serde_json::json;

use super::Provenance;
use crate::formats::FormatError;

/// What keys may be; the first that fits a key signs.
const ALGORITHMS: [SigningAlg; 5] =
    [SigningAlg::Es256, SigningAlg::Es384, SigningAlg::Es512, SigningAlg::Ed25519, SigningAlg::Ps256];
const REMEDY: &str =
    "give a chain of certificates in PEM, the signer's first, and its private key in PEM (PKCS #8)";

/// A certificate with its private key.
pub struct Credentials {
    signer: BoxedSigner,
}

impl Credentials {
    /// From a chain of certificates, the signer's first, and the private key, both PEM. `name` is the key's file for
    /// messages.
    ///
    /// # Errors
    /// If they do not belong together or are of a kind that C2PA does not know.
    pub fn of_pem(certificates: &[u8], key: &[u8], name: &str) -> Result<Self, FormatError> {
        let signer = ALGORITHMS
            .into_iter()
            .find_map(|algorithm| create_signer::from_keys(certificates, key, algorithm, None).ok());
        let signer = signer.ok_or_else(|| {
            FormatError::malformed(name, "the key", "it cannot sign a C2PA manifest", REMEDY)
        })?;
        Ok(Self { signer })
    }

    /// The bytes of a PNG with a signed manifest that says how it was made. `name` is the file's name for messages and in
    /// the manifest.
    ///
    /// # Errors
    /// If the certificate is not one for signing contents, or the PNG cannot be read.
    pub fn signed(&self, png: &[u8], says: &Provenance, name: &str) -> Result<Vec<u8>, FormatError> {
        let software = json!({ "name": "RetiDiff Studio", "version": env!("CARGO_PKG_VERSION") });
        let created = json!({
            "action": "c2pa.created",
            "digitalSourceType": says.digital_source().address(),
            "softwareAgent": software,
        });
        let definition = json!({
            "title": name,
            "claim_generator_info": [software],
            "assertions": [{ "label": "c2pa.actions.v2", "data": { "actions": [created] } }],
        });
        let refuse =
            |error: c2pa::Error| FormatError::malformed(name, "the C2PA manifest", error.to_string(), REMEDY);
        let builder = Builder::from_context(Context::new()).with_definition(definition.to_string());
        let mut signed = Cursor::new(Vec::new());
        builder
            .and_then(|mut builder| {
                builder.sign(&*self.signer, "image/png", &mut Cursor::new(png), &mut signed)
            })
            .map_err(refuse)?;
        Ok(signed.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use c2pa::{Reader, ValidationState};

    use super::super::borrowed;
    use super::*;
    use crate::formats::scan_image;
    use crate::scan::GreyImage;

    /// A certificate whose root nobody trusts, made for this test with openssl.
    const CHAIN: &[u8] = include_bytes!("../../../tests/fixtures/c2pa/chain.pem");
    const KEY: &[u8] = include_bytes!("../../../tests/fixtures/c2pa/key.pem");

    fn read(png: &[u8]) -> Reader {
        let reader = Reader::from_context(Context::new());
        reader.with_stream("image/png", Cursor::new(png)).expect("it has a manifest")
    }

    #[test]
    fn a_signed_scan_says_what_made_it_and_a_changed_one_is_found() {
        let says = Provenance { seed: 7, steps: 8, ..Provenance::default() };
        let scan = GreyImage::new(40, 30, (0..1200_u32).map(|at| (at % 251) as u8).collect());
        let plain = scan_image::write(&scan, &borrowed(&says.text())).unwrap();
        let credentials = Credentials::of_pem(CHAIN, KEY, "key.pem").unwrap();
        let signed = credentials.signed(&plain, &says, "scan.png").unwrap();

        let manifest = read(&signed);
        assert_eq!(manifest.validation_state(), ValidationState::Valid, "{}", manifest.json());
        assert!(manifest.json().contains(&says.digital_source().address()), "{}", manifest.json());
        // Grey values and texts are those of before.
        assert_eq!(Provenance::of_png(&signed, "scan.png").unwrap(), Some(says));
        let greys = |png: &[u8]| image::load_from_memory(png).unwrap().into_luma8().into_raw();
        assert_eq!(greys(&signed), greys(&plain));

        let mut changed = signed.clone();
        let data = changed.windows(4).position(|four| four == b"IDAT").unwrap();
        changed[data + 12] ^= 1;
        assert_eq!(read(&changed).validation_state(), ValidationState::Invalid);
    }

    #[test]
    fn what_is_no_key_is_refused_with_what_is_wanted() {
        let refused = Credentials::of_pem(b"no certificate", b"no key", "key.pem").err();
        let message = refused.expect("no key").to_string();
        assert!(message.starts_with("key.pem") && message.contains("PKCS #8"), "{message}");
    }
}
