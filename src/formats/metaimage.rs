//! MetaImage volumes (ITK's own format; RETOUCH comes in it): `.mha` alone, `.mhd` with `.raw` or `.zraw`.
//!
//! The header names the file of its voxels. Only a file in the header's folder is taken: a header that came
//! from elsewhere must not read what its author could not.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use flate2::read::ZlibDecoder;

use super::format::Format;
use super::metaimage_header::{self, MetaImageHeader};
use super::opened::FileKind;
use super::pixel_size::LengthUnit;
use super::sample_values::SampleValues;
use super::voxel_volume::{MAX_VOXELS, VoxelVolume};
use super::{FormatError, metaimage_parts, read_file, voxel_document};

/// Deflate shrinks by at most this.
const MAX_DEFLATE: u64 = 1032;
const CUT_OFF: &str = "the file is cut off or its header lies: get a fresh copy";
const ALONE: &str = "put both files into one folder, or save the volume as .mha";

/// `.mhd` with its voxels beside it, and `.mha`.
pub(super) static FORMAT: Format = Format {
    name: "MetaImage",
    endings: &["mhd", "mha", "raw", "zraw"],
    is_in_folders: false,
    recognises: metaimage_header::is_metaimage,
    read: |input| {
        let (volume, warnings) = read(input.bytes, input.path, input.name)?;
        voxel_document::opened(volume, input.name, FileKind::MetaImage, warnings)
    },
};

/// Reads a volume, with what the user should know about it; `bytes` are those of the file at `path`, which may
/// be the voxels whose header lies beside them.
pub(super) fn read(bytes: &[u8], path: &Path, name: &str) -> Result<(VoxelVolume, Vec<String>), FormatError> {
    let is_voxels = ["raw", "zraw"]
        .iter()
        .any(|ending| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending)));
    if is_voxels && !metaimage_header::is_metaimage(bytes) {
        let Some(header) = header_of(path) else {
            let problem = "these are voxels without a header, and no .mhd of this name lies beside them";
            return Err(FormatError::malformed(name, "the folder", problem, "open the header of the volume"));
        };
        return read(&read_file(&header)?, &header, name);
    }
    let header = metaimage_header::read(bytes, name)?;
    let volume = match header.data_file.as_str() {
        "LOCAL" | "Local" | "local" => volume_of(&header, &bytes[header.end..], name)?,
        one => match metaimage_parts::named(one, &bytes[header.end..], name)? {
            Some(parts) => volume_of_parts(header.clone(), &parts, path, name)?,
            None => {
                let file = data_file(one, path, name)?;
                volume_of(&header, &read_file(&file)?, &file.display().to_string())?
            }
        },
    };
    let mut warnings = Vec::new();
    if header.blocks > 1 {
        let blocks = header.blocks;
        warnings.push(format!("{name}: {blocks} volumes in one, of which the first is read"));
    }
    if header.channels > 1 {
        let channels = header.channels;
        warnings.push(format!("{name}: {channels} values a voxel, of which the first is read"));
    }
    Ok((volume, warnings))
}

/// The header of a file of voxels; `None` where none lies beside it.
fn header_of(voxels: &Path) -> Option<PathBuf> {
    ["mhd", "MHD"].map(|ending| voxels.with_extension(ending)).into_iter().find(|path| path.is_file())
}

/// The file that a header names, in the header's folder or below it.
fn data_file(named: &str, header: &Path, name: &str) -> Result<PathBuf, FormatError> {
    let refused =
        |problem: String, remedy: &str| Err(FormatError::malformed(name, "ElementDataFile", problem, remedy));
    // Written on Windows, a folder ends in a backslash.
    let relative = PathBuf::from(named.replace('\\', "/"));
    let is_inside =
        relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_inside || named.contains(':') || relative.file_name().is_none() {
        return refused(format!("\"{named}\" lies outside the folder of the header"), ALONE);
    }
    let folder = header.parent().unwrap_or(Path::new(""));
    let file = folder.join(&relative);
    let found = if file.is_file() { Some(file) } else { of_other_case(folder, relative.file_name()) };
    let Some(found) = found else {
        return refused(format!("{named} is not beside it"), ALONE);
    };
    // A link may lead anywhere.
    let is_below = match (found.canonicalize(), folder_or_here(folder).canonicalize()) {
        (Ok(found), Ok(folder)) => found.starts_with(folder),
        _ => false,
    };
    if is_below {
        Ok(found)
    } else {
        refused(format!("\"{named}\" leads outside the folder of the header"), ALONE)
    }
}

fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// A file of a folder whose name differs in upper and lower case alone: it was copied from Windows.
fn of_other_case(folder: &Path, wanted: Option<&OsStr>) -> Option<PathBuf> {
    let wanted = wanted?.to_string_lossy().to_lowercase();
    let entries = std::fs::read_dir(folder_or_here(folder)).ok()?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    paths.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().to_lowercase() == wanted))
}

/// The volume whose voxels lie in several files, each of as many; their headers are skipped in each.
fn volume_of_parts(
    header: MetaImageHeader,
    parts: &[String],
    path: &Path,
    name: &str,
) -> Result<VoxelVolume, FormatError> {
    if header.is_compressed {
        let problem = "its voxels are compressed and lie in one file a slice";
        return Err(FormatError::malformed(name, "CompressedData", problem, "save the volume as one .mha"));
    }
    let wanted = header.dims.iter().product::<usize>() * header.number_type.bytes() * header.channels;
    let of_one = wanted.div_ceil(parts.len());
    let mut voxels = Vec::new();
    for part in parts {
        let file = data_file(part, path, name)?;
        let bytes = read_file(&file)?;
        let skipped = header.skipped.unwrap_or_else(|| bytes.len().saturating_sub(of_one));
        let found = bytes.get(skipped..).and_then(|rest| rest.get(..of_one));
        let Some(found) = found.filter(|_| of_one * parts.len() == wanted) else {
            let problem = format!(
                "{of_one} bytes of voxels are expected in each of {} files, and this holds {}",
                parts.len(),
                bytes.len()
            );
            return Err(FormatError::malformed(&file.display().to_string(), "the voxels", problem, CUT_OFF));
        };
        voxels.extend_from_slice(found);
    }
    volume_of(&MetaImageHeader { skipped: Some(0), ..header }, &voxels, name)
}

/// The first volume in the bytes of the voxels' file, which is called `name`.
fn volume_of(header: &MetaImageHeader, bytes: &[u8], name: &str) -> Result<VoxelVolume, FormatError> {
    let voxels = header.dims.iter().product::<usize>();
    let voxel_bytes = header.number_type.bytes() * header.channels;
    let wanted = voxels as u64 * voxel_bytes as u64;
    let too_short = |found: u64| {
        let [across, down, between] = header.dims;
        let problem = format!(
            "the header claims {across}x{down}x{between} voxels of {voxel_bytes} bytes, and {found} bytes are there"
        );
        FormatError::malformed(name, "the voxels", problem, CUT_OFF)
    };
    if wanted > 8 * MAX_VOXELS {
        let problem = format!("{wanted} bytes of voxels are more than are read");
        return Err(FormatError::malformed(name, "the voxels", problem, "crop the volume"));
    }
    let wanted = wanted as usize;
    let bytes = match header.skipped {
        Some(skipped) => bytes.get(skipped..).unwrap_or_default(),
        None if header.is_compressed => bytes,
        None => &bytes[bytes.len().saturating_sub(wanted)..],
    };
    let inflated;
    let data = if header.is_compressed {
        let possible = (bytes.len() as u64).saturating_mul(MAX_DEFLATE);
        if possible < wanted as u64 {
            return Err(too_short(possible));
        }
        let mut voxels = Vec::new();
        ZlibDecoder::new(bytes).take(wanted as u64).read_to_end(&mut voxels).map_err(|error| {
            FormatError::malformed(name, "the compressed voxels", error.to_string(), CUT_OFF)
        })?;
        inflated = voxels;
        &inflated[..]
    } else {
        bytes
    };
    let data = data.get(..wanted).ok_or_else(|| too_short(data.len() as u64))?;
    let values = if header.channels == 1 {
        SampleValues::from_bytes(data, header.number_type, header.order)
    } else {
        let first = |voxel: &[u8]| voxel[..header.number_type.bytes()].to_vec();
        let data: Vec<u8> = data.chunks_exact(voxel_bytes).flat_map(first).collect();
        SampleValues::from_bytes(&data, header.number_type, header.order)
    };
    let values = match header.scaling {
        Some([slope, intercept]) => values.scaled(slope, intercept),
        None => values,
    };
    Ok(VoxelVolume {
        dims: header.dims,
        values,
        direction: header.direction,
        lengths: header.lengths,
        unit: Some(LengthUnit::Millimetre),
        window: None,
    })
}
