//! `retidiff convert`: scans or labels of anything that opens, written for other programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::document::Document;
use crate::formats::open::open;
use crate::formats::tiff_writer::{self, TiffDepth};
use crate::formats::volume_export::{ExportPlane, ExportVolume};
use crate::formats::{label_png, metaimage_writer, nifti_writer, scan_image, write_document, write_file};

/// Writes the scans or the labels of a file or folder in another format.
///
/// What the format cannot hold is said: greys are written with 8 bits as they are shown, laterality and the
/// scanned area are in documents alone. Labels are written as the codes 0 above ILM, 1-7 layers, 8 below BM,
/// 9 IRF, 10 SRF, 11 PED, 255 not annotated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff convert macula.vol --out macula.nii.gz\n  \
    retidiff convert case.retidiff --out labels.mha --labels\n  \
    retidiff convert scan.mhd --out pictures --format png")]
pub struct ConvertArgs {
    /// The file or folder to convert.
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The file to write, its format told by its ending (.nii.gz, .nii, .mhd, .mha, .tif, .retidiff), or a folder.
    #[arg(long, value_name = "FILE|FOLDER")]
    out: PathBuf,
    /// The format, where the ending of FILE does not say it; png in a folder unless said here.
    #[arg(long, value_enum)]
    format: Option<ConvertFormat>,
    /// Write the labels, not the scans.
    #[arg(long)]
    labels: bool,
}

/// A format that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ConvertFormat {
    /// A NIfTI-1 volume in gzip (.nii.gz).
    Nifti,
    /// A NIfTI-1 volume, not compressed (.nii).
    Nii,
    /// A MetaImage header with its voxels beside it (.mhd, .raw).
    Mhd,
    /// A MetaImage volume in one file (.mha).
    Mha,
    /// A TIFF of 8 bits, a page a B-scan (.tif).
    Tiff,
    /// The same with 16 bits.
    Tiff16,
    /// A folder of PNG files, one a B-scan.
    Png,
    /// A document of this program (.retidiff).
    Document,
}

impl ConvertFormat {
    /// The format that a file's name ends in.
    fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_lowercase();
        let endings = [
            (".nii.gz", Self::Nifti),
            (".nii", Self::Nii),
            (".mhd", Self::Mhd),
            (".mha", Self::Mha),
            (".tif", Self::Tiff),
            (".tiff", Self::Tiff),
            (".retidiff", Self::Document),
        ];
        endings.into_iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, format)| format)
    }

    /// What its files end in.
    fn ending(self) -> &'static str {
        match self {
            Self::Nifti => "nii.gz",
            Self::Nii => "nii",
            Self::Mhd => "mhd",
            Self::Mha => "mha",
            Self::Tiff | Self::Tiff16 => "tif",
            Self::Png => "png",
            Self::Document => "retidiff",
        }
    }

    /// Whether a file that ends in the other's ending may hold this format.
    fn suits(self, other: Self) -> bool {
        self.ending() == other.ending()
    }
}

/// Runs the subcommand.
///
/// # Errors
/// An input that does not open, one whose B-scans the format cannot hold, or an output that cannot be written.
pub fn run(args: ConvertArgs) -> anyhow::Result<()> {
    let (format, file) = target(&args)?;
    if let (Ok(from), Ok(to)) = (args.input.canonicalize(), file.canonicalize())
        && from == to
    {
        bail!("{}: this is the input; name another file with --out", file.display());
    }
    let opened = open(&args.input)?;
    for warning in &opened.warnings {
        eprintln!("note: {warning}");
    }
    let name = args.input.display().to_string();
    let document = &opened.document;
    if let (Some(credit), true) = (&document.credit, format != ConvertFormat::Document) {
        eprintln!("note: {name}: give credit where you pass it on: {credit}");
    }
    let has_laterality = document.pages.iter().any(|page| page.scan.laterality.is_some());
    if has_laterality && format != ConvertFormat::Document {
        eprintln!(
            "note: {name}: which eye it is, is not in the file that is written; only documents hold it"
        );
    }
    let plane = if args.labels { ExportPlane::Labels } else { ExportPlane::Scans };
    write(document, plane, format, &file, &name)?;
    let what = if args.labels { "labels" } else { "scans" };
    println!("{}: {what} of {} B-scans", file.display(), document.pages.len());
    Ok(())
}

/// The format to write, and where.
fn target(args: &ConvertArgs) -> anyhow::Result<(ConvertFormat, PathBuf)> {
    let by_name = if args.out.is_dir() { None } else { ConvertFormat::of(&args.out) };
    let format = match (args.format, by_name) {
        (Some(format), Some(named)) if !format.suits(named) => bail!(
            "{}: its ending is that of another format than --format says; end it in .{}",
            args.out.display(),
            format.ending()
        ),
        (Some(format), _) => format,
        (None, named) => named.unwrap_or(ConvertFormat::Png),
    };
    if by_name.is_some() || format == ConvertFormat::Png {
        return Ok((format, args.out.clone()));
    }
    Ok((format, args.out.join(format!("{}.{}", stem(&args.input), format.ending()))))
}

/// The name of an input without its endings.
fn stem(input: &Path) -> String {
    let name = input.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if input.is_dir() {
        return name;
    }
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned()
}

fn write(
    document: &Document,
    plane: ExportPlane,
    format: ConvertFormat,
    file: &Path,
    name: &str,
) -> anyhow::Result<()> {
    match format {
        ConvertFormat::Document => {
            write_file(file, &write_document(document))?;
            return Ok(());
        }
        ConvertFormat::Png => return write_png(document, plane, file, name),
        _ => {}
    }
    let volume = ExportVolume::of(document, plane, name)?;
    if plane == ExportPlane::Labels && format == ConvertFormat::Tiff16 {
        bail!("{name}: labels are codes of 8 bits; leave out --format tiff16");
    }
    let bytes = match format {
        ConvertFormat::Nifti => nifti_writer::write_gz(&volume, name)?,
        ConvertFormat::Nii => nifti_writer::write(&volume, name)?,
        ConvertFormat::Tiff => tiff_writer::write(&volume, TiffDepth::Eight, name)?,
        ConvertFormat::Tiff16 => tiff_writer::write(&volume, TiffDepth::Sixteen, name)?,
        ConvertFormat::Mhd => {
            let voxels = file.with_extension("raw");
            let voxels_name = voxels.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // The voxels first: a header without them would be a broken volume.
            write_file(&voxels, &volume.voxels)?;
            metaimage_writer::header(&volume, &voxels_name).into_bytes()
        }
        _ => metaimage_writer::write(&volume),
    };
    write_file(file, &bytes)?;
    Ok(())
}

/// One PNG a B-scan, numbered where there are several.
fn write_png(document: &Document, plane: ExportPlane, folder: &Path, name: &str) -> anyhow::Result<()> {
    let count = document.pages.len();
    let text: Vec<(&str, &str)> =
        document.credit.as_deref().map(|credit| ("Source", credit)).into_iter().collect();
    for (number, page) in (1..).zip(&document.pages) {
        let bytes = match plane {
            ExportPlane::Scans => scan_image::write(&page.scan.image, &text)?,
            ExportPlane::Labels => {
                let (width, height) = (page.scan.width(), page.scan.height());
                label_png::write(width, height, &page.mask.composite_pixels(), &text)?
            }
        };
        let file = if count == 1 { "b_scan.png".to_owned() } else { format!("b_scan_{number:04}.png") };
        write_file(&folder.join(file), &bytes).with_context(|| format!("{name}: B-scan {number}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Convert {
        #[command(flatten)]
        args: ConvertArgs,
    }

    fn target_of(words: &[&str]) -> anyhow::Result<(ConvertFormat, PathBuf)> {
        target(&Convert::try_parse_from(["convert"].iter().chain(words))?.args)
    }

    #[test]
    fn the_format_is_told_by_the_ending_or_the_flag() {
        let found = target_of(&["a.vol", "--out", "b.NII.GZ"]).unwrap();
        assert_eq!(found, (ConvertFormat::Nifti, PathBuf::from("b.NII.GZ")));
        let found = target_of(&["x/a.nii.gz", "--out", "folder", "--format", "mha"]).unwrap();
        assert_eq!(found, (ConvertFormat::Mha, Path::new("folder").join("a.mha")));
        assert_eq!(target_of(&["a.vol", "--out", "folder"]).unwrap().0, ConvertFormat::Png);
        let deep = target_of(&["a.vol", "--out", "b.tif", "--format", "tiff16"]).unwrap();
        assert_eq!(deep, (ConvertFormat::Tiff16, PathBuf::from("b.tif")));
        let message = target_of(&["a.vol", "--out", "b.tif", "--format", "nii"]).unwrap_err().to_string();
        assert!(message.contains("end it in .nii"), "{message}");
    }
}
