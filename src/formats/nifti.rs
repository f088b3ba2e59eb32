//! NIfTI volumes, plain, in gzip, and as pairs of header and voxels.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::format::Format;
use super::nifti_header::{self, HEADER_BYTES, NiftiHeader, VoxelType};
use super::opened::FileKind;
use super::sample_values::SampleValues;
use super::voxel_volume::VoxelVolume;
use super::{FormatError, read_file, voxel_document};

/// Deflate shrinks by at most this: a file that claims more voxels lies.
const MAX_DEFLATE: u64 = 1032;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const CUT_OFF: &str = "the file is cut off or its header lies: get a fresh copy";

/// NIfTI-1 and 2, pairs of files among them.
pub(super) static FORMAT: Format = Format {
    name: "NIfTI",
    endings: &["nii", "nii.gz", "hdr", "img", "hdr.gz", "img.gz"],
    is_in_folders: false,
    recognises: is_nifti,
    read: |input| {
        let (volume, warnings) = read(input.bytes, input.path, input.name)?;
        voxel_document::opened(volume, input.name, FileKind::Nifti, warnings)
    },
};

/// Whether the bytes are a NIfTI file, in gzip or not.
pub(super) fn is_nifti(bytes: &[u8]) -> bool {
    nifti_header::is_nifti(bytes)
        || bytes.starts_with(&GZIP) && nifti_header::is_nifti(&beginning(bytes).unwrap_or_default())
}

/// Reads a volume, with what the user should know about it; `bytes` are those of the file at `path`, of a pair
/// either of the two.
pub(super) fn read(bytes: &[u8], path: &Path, name: &str) -> Result<(VoxelVolume, Vec<String>), FormatError> {
    if !is_nifti(bytes) && has_ending(path, "img") {
        return read_pair(&read_partner(path, "hdr", name)?, Some(bytes), path, name);
    }
    if bytes.starts_with(&GZIP) {
        let start = beginning(bytes).map_err(|error| broken_gzip(name, &error))?;
        let header = nifti_header::read(&start, false, name)?;
        if header.is_pair {
            return read_pair(&start, None, path, name);
        }
        let voxels = inflated(bytes, header.voxels_at, &header, name)?;
        return voxels_of(header, &voxels, name);
    }
    let header = nifti_header::read(bytes, has_ending(path, "hdr"), name)?;
    if header.is_pair {
        return read_pair(bytes, None, path, name);
    }
    let voxels = checked_voxels(bytes, &header, name)?;
    voxels_of(header, voxels, name)
}

/// Reads the voxels that belong to a header, from the file beside it unless they are given.
fn read_pair(
    header: &[u8],
    voxels: Option<&[u8]>,
    path: &Path,
    name: &str,
) -> Result<(VoxelVolume, Vec<String>), FormatError> {
    let header = match header.starts_with(&GZIP) {
        true => beginning(header).map_err(|error| broken_gzip(name, &error))?,
        false => header.to_vec(),
    };
    let header = nifti_header::read(&header, true, name)?;
    let read;
    let (bytes, name) = match voxels {
        Some(voxels) => (voxels, name.to_owned()),
        None => {
            read = read_partner(path, "img", name)?;
            (&read[..], partner(path, "img").file_name().unwrap_or_default().to_string_lossy().into_owned())
        }
    };
    if bytes.starts_with(&GZIP) {
        let voxels = inflated(bytes, header.voxels_at, &header, &name)?;
        return voxels_of(header, &voxels, &name);
    }
    let voxels = checked_voxels(bytes, &header, &name)?;
    voxels_of(header, voxels, &name)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.').is_some_and(|(_, found)| found == ending)
}

/// The other file of a pair: of its name, with the other ending, compressed alike where there are both.
fn partner(path: &Path, ending: &str) -> PathBuf {
    let is_compressed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let stem = if is_compressed { path.with_extension("") } else { path.to_owned() };
    let [plain, compressed] = ["", ".gz"].map(|more| {
        [ending.to_owned(), ending.to_uppercase()]
            .map(|ending| stem.with_extension(format!("{ending}{more}")))
    });
    let alike = if is_compressed { [compressed, plain] } else { [plain, compressed] };
    let first = alike[0][0].clone();
    alike.into_iter().flatten().find(|file| file.is_file()).unwrap_or(first)
}

fn read_partner(path: &Path, ending: &str, name: &str) -> Result<Vec<u8>, FormatError> {
    let other = partner(path, ending);
    if !other.is_file() {
        let wanted = other.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let problem = format!("it is one of a pair of files, and {wanted} is not beside it");
        return Err(FormatError::malformed(name, "the folder", problem, "put both files into one folder"));
    }
    read_file(&other)
}

/// Bytes of all voxels of one block.
fn voxel_bytes(header: &NiftiHeader) -> usize {
    // Checked with the header: the product fits.
    header.dims.iter().product::<usize>() * header.voxel_type.bytes()
}

fn too_short(header: &NiftiHeader, found: u64, name: &str) -> FormatError {
    let [across, down, between] = header.dims;
    let problem = format!(
        "the header claims {across}x{down}x{between} voxels of {} bytes, and {found} bytes are there",
        header.voxel_type.bytes()
    );
    FormatError::malformed(name, format!("byte {}", header.voxels_at), problem, CUT_OFF)
}

fn checked_voxels<'a>(bytes: &'a [u8], header: &NiftiHeader, name: &str) -> Result<&'a [u8], FormatError> {
    let rest = bytes.get(header.voxels_at..).unwrap_or_default();
    rest.get(..voxel_bytes(header)).ok_or_else(|| too_short(header, rest.len() as u64, name))
}

/// The first bytes of what a gzip holds, as many as a header has at most.
fn beginning(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::new();
    MultiGzDecoder::new(bytes).take(HEADER_BYTES as u64).read_to_end(&mut start)?;
    Ok(start)
}

fn broken_gzip(name: &str, error: &std::io::Error) -> FormatError {
    FormatError::malformed(
        name,
        "the gzip",
        error.to_string(),
        "the file is damaged or cut off: get a fresh copy",
    )
}

/// The voxels in a gzip; nothing is inflated beyond them, and nothing where the gzip cannot hold them.
fn inflated(bytes: &[u8], skipped: usize, header: &NiftiHeader, name: &str) -> Result<Vec<u8>, FormatError> {
    let wanted = voxel_bytes(header);
    let possible = (bytes.len() as u64).saturating_mul(MAX_DEFLATE);
    if possible < (skipped as u64).saturating_add(wanted as u64) {
        return Err(too_short(header, possible, name));
    }
    let mut decoder = MultiGzDecoder::new(bytes);
    let broken = |error: std::io::Error| broken_gzip(name, &error);
    std::io::copy(&mut decoder.by_ref().take(skipped as u64), &mut std::io::sink()).map_err(broken)?;
    let mut voxels = Vec::new();
    decoder.take(wanted as u64).read_to_end(&mut voxels).map_err(broken)?;
    if voxels.len() < wanted {
        return Err(too_short(header, voxels.len() as u64, name));
    }
    Ok(voxels)
}

fn voxels_of(
    header: NiftiHeader,
    voxels: &[u8],
    name: &str,
) -> Result<(VoxelVolume, Vec<String>), FormatError> {
    let mut warnings = Vec::new();
    if header.blocks > 1 {
        let blocks = header.blocks;
        warnings.push(format!(
            "{name}: {blocks} volumes (points in time or channels), of which the first is read"
        ));
    }
    if header.is_size_missing {
        warnings.push(format!(
            "{name}: its voxel size is 0: the spacing stays unknown until it is set, though its matrix has one"
        ));
    }
    let values = match header.voxel_type {
        VoxelType::Number(number_type) => SampleValues::from_bytes(voxels, number_type, header.order),
        VoxelType::Color { samples } => {
            let luma = |color: &[u8]| {
                let part = |index: usize| f32::from(color[index]);
                (0.2126 * part(0) + 0.7152 * part(1) + 0.0722 * part(2)).round() as u8
            };
            SampleValues::U8(voxels.chunks_exact(samples).map(luma).collect())
        }
    };
    let values = match header.scaling {
        Some([slope, intercept]) => values.scaled(slope, intercept),
        None => values,
    };
    let NiftiHeader { dims, lengths, unit, direction, window, .. } = header;
    Ok((VoxelVolume { dims, values, direction, lengths, unit, window }, warnings))
}
