//! The last step of an export that somebody signs: every synthetic scan gets a signed manifest (C2PA), and its line the
//! hash of the file that it then is.

use std::path::Path;

use serde_json::{Value, json};

use crate::dataset::manifest::MANIFEST_FILE;
use crate::formats::provenance::{Credentials, Provenance, sha256_hex};
use crate::formats::{FormatError, read_file, write_file};
use crate::review::ReviewError;

/// Signs the synthetic scans of an export in the layout of pairs. Returns how many those were.
///
/// # Errors
/// If a file cannot be read or written, or a scan cannot be signed; what was signed until then stays signed.
pub fn sign_scans(out: &Path, credentials: &Credentials) -> Result<usize, ReviewError> {
    let path = out.join(MANIFEST_FILE);
    let place = path.display().to_string();
    let bytes = read_file(&path)?;
    let (mut text, mut signed) = (Vec::new(), 0);
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let mut value: Value = serde_json::from_slice(line).map_err(|error| {
            FormatError::malformed(&place, "a line", error.to_string(), "export again into an empty folder")
        })?;
        let image = value["image"].as_str().unwrap_or_default().to_owned();
        let scan = read_file(&out.join(&image))?;
        if let Some(says) = Provenance::of_png(&scan, &image)? {
            let scan = credentials.signed(&scan, &says, &image)?;
            write_file(&out.join(&image), &scan)?;
            if value["generated"].is_object() {
                value["generated"]["image_file_sha256"] = json!(sha256_hex(&scan));
            }
            signed += 1;
        }
        serde_json::to_writer(&mut text, &value).expect("a value becomes JSON");
        text.push(b'\n');
    }
    write_file(&path, &text)?;
    Ok(signed)
}
