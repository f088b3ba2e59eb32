//! Kinds of files that people bring and that are not read here: known by their first bytes or their names, so that the
//! refusal can say what they are and how their scans come in.

use std::path::Path;

/// A kind that is not read.
struct Kind {
    /// What people call it.
    name: &'static str,
    /// What its content begins with, and from which byte on; nothing where only the name tells.
    starts: &'static [(usize, &'static [u8])],
    /// What its names end in, in lower case.
    endings: &'static [&'static str],
    remedy: &'static str,
}

const AS_VOLUME: &str = "convert it to NIfTI or MetaImage, for instance with 3D Slicer or SimpleITK";
const AS_PICTURE: &str = "save it as PNG or TIFF";
const FROM_DEVICE: &str = "export the scan from the device's program as DICOM, or convert it with oct-converter (Python) and open the result";

const KINDS: [Kind; 14] = [
    Kind {
        name: "a Heidelberg .e2e database",
        starts: &[(0, b"CMDb")],
        endings: &["e2e", "sdb"],
        remedy: "export the volume in Heidelberg Eye Explorer as XML (with its pictures), .vol or DICOM, or convert it \
                 with oct-converter (Python)",
    },
    Kind {
        name: "a Topcon file",
        starts: &[(0, b"FOCTFDA"), (0, b"FOCTFDS"), (0, b"FOCT")],
        endings: &["fda", "fds"],
        remedy: FROM_DEVICE,
    },
    Kind { name: "a Bioptigen or Optovue scan", starts: &[], endings: &["oct", "ioct"], remedy: FROM_DEVICE },
    Kind {
        name: "an HDF5 file",
        starts: &[(0, b"\x89HDF\r\n\x1a\n")],
        endings: &["h5", "hdf5"],
        remedy: "save its scan as NIfTI or TIFF (Python: h5py, then nibabel or tifffile)",
    },
    Kind {
        name: "an array of numpy",
        starts: &[(0, b"\x93NUMPY")],
        endings: &["npy"],
        remedy: "save it as TIFF or NIfTI (Python: tifffile.imwrite or nibabel.save)",
    },
    Kind {
        name: "an archive of numpy arrays",
        starts: &[],
        endings: &["npz"],
        remedy: "save its scan as TIFF or NIfTI (Python: tifffile.imwrite or nibabel.save)",
    },
    Kind {
        name: "an NRRD volume",
        starts: &[(0, b"NRRD000")],
        endings: &["nrrd", "nhdr"],
        remedy: AS_VOLUME,
    },
    Kind { name: "a VTK file", starts: &[(0, b"# vtk")], endings: &["vtk", "vti"], remedy: AS_VOLUME },
    Kind { name: "a GIF", starts: &[(0, b"GIF8")], endings: &["gif"], remedy: AS_PICTURE },
    Kind { name: "a WebP picture", starts: &[(8, b"WEBP")], endings: &["webp"], remedy: AS_PICTURE },
    Kind {
        name: "a JPEG 2000 picture",
        starts: &[(0, b"\0\0\0\x0cjP  "), (0, b"\xff\x4f\xff\x51")],
        endings: &["jp2", "j2k"],
        remedy: AS_PICTURE,
    },
    Kind {
        name: "a HEIC or AVIF picture",
        starts: &[(4, b"ftypheic"), (4, b"ftypmif1"), (4, b"ftypavif")],
        endings: &["heic", "heif", "avif"],
        remedy: "save it as JPEG or PNG (phones: camera settings, most compatible)",
    },
    Kind {
        name: "a PDF",
        starts: &[(0, b"%PDF-")],
        endings: &["pdf"],
        remedy: "export the scan itself: a report holds a small picture of it",
    },
    Kind {
        name: "an archive",
        starts: &[(0, b"PK\x03\x04"), (0, b"7z\xbc\xaf"), (0, b"Rar!")],
        endings: &["zip", "7z", "rar", "tar", "tgz"],
        remedy: "unpack it and open the folder",
    },
];

/// What a file is that nothing here reads, and what to do about it; the content tells before the name.
pub(super) fn recognised(bytes: &[u8], path: &Path) -> Option<(&'static str, &'static str)> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let begins = |kind: &&Kind| {
        kind.starts.iter().any(|(at, start)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(start)))
    };
    let is_named = |kind: &&Kind| kind.endings.contains(&ending.as_str());
    // An archive of arrays begins like any archive.
    let named = KINDS.iter().find(is_named).filter(|_| !bytes.is_empty());
    let kind =
        KINDS.iter().find(begins).filter(|kind| named.is_none() || kind.name != "an archive").or(named)?;
    Some((kind.name, kind.remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_named_by_its_content_or_its_name() {
        let kind_of = |bytes: &[u8], name: &str| recognised(bytes, Path::new(name)).map(|(kind, _)| kind);
        assert_eq!(kind_of(b"CMDb\0\0\0\0", "a"), Some("a Heidelberg .e2e database"));
        assert_eq!(kind_of(b"RIFF\x10\0\0\0WEBPVP8 ", "a.png"), Some("a WebP picture"));
        assert_eq!(kind_of(b"PK\x03\x04rest", "a.npz"), Some("an archive of numpy arrays"));
        assert_eq!(kind_of(b"PK\x03\x04rest", "a.zip"), Some("an archive"));
        assert_eq!(kind_of(b"anything", "EYE.OCT"), Some("a Bioptigen or Optovue scan"));
        assert_eq!(
            (kind_of(b"", "a.gif"), kind_of(b"anything", "a.docx"), kind_of(b"", "")),
            (None, None, None)
        );
    }
}
