//! Which fields of identity a file holds: their names, never their values.
//!
//! No reader of this program passes such a field on. This list is for people who must know, before they give a file
//! away, that it still holds them.

use super::{image_identity, metaimage, vol, volume_identity};

/// A format whose fields are known.
struct Format {
    name: &'static str,
    is_one: fn(&[u8]) -> bool,
    /// The names of the fields that are not empty.
    fields: fn(&[u8]) -> Vec<&'static str>,
}

/// A format is added by its line here.
const FORMATS: [Format; 6] = [
    Format { name: "Heidelberg .vol", is_one: vol::is_vol, fields: vol::identity_fields },
    Format { name: "PNG", is_one: |bytes| bytes.starts_with(b"\x89PNG"), fields: image_identity::of_png },
    Format {
        name: "JPEG",
        is_one: |bytes| bytes.starts_with(&[0xff, 0xd8]),
        fields: image_identity::of_jpeg,
    },
    Format { name: "TIFF", is_one: is_tiff, fields: image_identity::of_tiff },
    Format { name: "NIfTI", is_one: volume_identity::is_nifti, fields: volume_identity::of_nifti },
    Format {
        name: "MetaImage",
        is_one: |bytes| (metaimage::FORMAT.recognises)(bytes),
        fields: volume_identity::of_metaimage,
    },
];

fn is_tiff(bytes: &[u8]) -> bool {
    // BigTIFF counts one further.
    [&b"II\x2a\0"[..], b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b"].iter().any(|start| bytes.starts_with(start))
}

/// What a file of a known format holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    /// The format's name.
    pub format: &'static str,
    /// Names of the fields that are not empty.
    pub fields: Vec<&'static str>,
}

/// The fields of identity in a file; `None` for formats whose fields are not known here.
pub fn identity_fields(bytes: &[u8]) -> Option<FileIdentity> {
    let format = FORMATS.iter().find(|format| (format.is_one)(bytes))?;
    Some(FileIdentity { format: format.name, fields: (format.fields)(bytes) })
}
