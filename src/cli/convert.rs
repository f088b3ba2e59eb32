//! `retidiff convert`: scans or labels of anything that opens, written for other programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::import::parse_spacing;
use crate::document::Document;
use crate::formats::dicom_writer::{self, DicomWishes};
use crate::formats::figure::origin_of;
use crate::formats::open::open;
use crate::formats::provenance::{Provenance, ScanMarks};
use crate::formats::tiff_writer::{self, TiffDepth};
use crate::formats::volume_export::{ExportPlane, ExportVolume};
use crate::formats::{
    export, jpeg_writer, label_png, metaimage_writer, nifti_writer, npz, read_file, scan_image,
    training_folder, write_document, write_file,
};
use crate::scan::{Calibration, Laterality, Spacing};

/// Writes the scans or the labels of a file or folder in another format.
///
/// What the format cannot hold is said: greys are written with 8 bits as they are shown, laterality and the
/// scanned area are in documents alone. Labels are written as the codes 0 above ILM, 1-7 layers, 8 below BM,
/// 9 IRF, 10 SRF, 11 PED, 255 not annotated. A picture that says it is synthetic says so in PNG, JPEG, TIFF and DICOM,
/// too.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff convert macula.vol --out macula.nii.gz\n  \
    retidiff convert case.retidiff --out labels.mha --labels\n  \
    retidiff convert scan.mhd --out pictures --format png\n  \
    retidiff convert scan.png --out slide.jpg\n  \
    retidiff convert case.retidiff --out scans.dcm --eye od\n  \
    retidiff convert case.retidiff --out labels.dcm --labels --eye od\n  \
    retidiff convert case.retidiff --out interfaces.dcm --height-maps\n  \
    retidiff convert case.retidiff --out Dataset101_Retina --format nnunet")]
pub struct ConvertArgs {
    /// The file or folder to convert.
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// The file to write, its format told by its ending (.nii.gz, .nii, .mhd, .mha, .tif, .jpg, .dcm,
    /// .json for COCO, .npz, .retidiff), or a folder.
    #[arg(long, value_name = "FILE|FOLDER")]
    out: PathBuf,
    /// The format, where the ending of FILE does not say it; png in a folder unless said here.
    #[arg(long, value_enum)]
    format: Option<ConvertFormat>,
    /// With --format dicom: write the interfaces of the layers as a Height Map Segmentation, not the scans.
    #[arg(long, conflicts_with = "labels")]
    height_maps: bool,
    /// Write the labels, not the scans. COCO is of labels, .npz, nnunet and mirage of both, with and without this.
    #[arg(long)]
    labels: bool,
    /// Which eye, for documents and DICOM, where the input does not say it.
    #[arg(long, value_enum)]
    eye: Option<Eye>,
    /// Size of a pixel in um, down and across, where the input does not say it.
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
}

/// An eye on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Eye {
    /// The right eye.
    Od,
    /// The left eye.
    Os,
}

impl From<Eye> for Laterality {
    fn from(eye: Eye) -> Self {
        match eye {
            Eye::Od => Self::Right,
            Eye::Os => Self::Left,
        }
    }
}

/// Largest file that is looked through for what it says of its making; pictures are smaller.
const MAX_LOOK_BYTES: u64 = 256 << 20;

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
    /// A grey JPEG of one B-scan, to look at (.jpg): it loses greys.
    Jpeg,
    /// DICOM: Ophthalmic Tomography or, with --labels, a Segmentation, or, with --height-maps, a Height Map
    /// Segmentation (.dcm).
    Dicom,
    /// A COCO annotation file of the labels, run-length coded (.json).
    Coco,
    /// Arrays of numpy: scans, layers, lesions, labels (.npz).
    Npz,
    /// A folder for nnU-Net v2: imagesTr, labelsTr, dataset.json.
    Nnunet,
    /// A folder for MIRAGE: train/bscan, train/semseg, INFO.json.
    Mirage,
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
            (".jpg", Self::Jpeg),
            (".jpeg", Self::Jpeg),
            (".dcm", Self::Dicom),
            (".json", Self::Coco),
            (".npz", Self::Npz),
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
            Self::Jpeg => "jpg",
            Self::Dicom => "dcm",
            Self::Coco => "json",
            Self::Npz => "npz",
            Self::Nnunet | Self::Mirage => "",
            Self::Document => "retidiff",
        }
    }

    /// Whether it is a folder.
    fn is_folder(self) -> bool {
        matches!(self, Self::Png | Self::Nnunet | Self::Mirage)
    }

    /// Whether its files say which eye it is.
    fn holds_laterality(self) -> bool {
        matches!(self, Self::Document | Self::Dicom)
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
    if args.height_maps && format != ConvertFormat::Dicom {
        bail!("{}: height maps are DICOM; end the file in .dcm", file.display());
    }
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
    let mut document = opened.document;
    if let (Some(credit), true) = (&document.credit, format != ConvertFormat::Document) {
        eprintln!("note: {name}: give credit where you pass it on: {credit}");
    }
    if let Some(eye) = args.eye {
        calibrate(&mut document, |known| Calibration { laterality: Some(eye.into()), ..known });
    }
    if let Some(spacing) = args.spacing {
        calibrate(&mut document, |known| Calibration { spacing: Some(spacing), ..known });
    }
    let has_laterality = document.pages.iter().any(|page| page.scan.laterality.is_some());
    if has_laterality && !format.holds_laterality() {
        eprintln!(
            "note: {name}: which eye it is, is not in the file that is written; documents and DICOM hold it"
        );
    }
    let plane = if args.labels { ExportPlane::Labels } else { ExportPlane::Scans };
    write(&document, plane, format, &file, &args)?;
    let what = match format {
        ConvertFormat::Nnunet | ConvertFormat::Mirage | ConvertFormat::Npz => "scans and labels",
        ConvertFormat::Coco => "labels",
        _ if args.height_maps => "interfaces",
        _ if args.labels => "labels",
        _ => "scans",
    };
    println!("{}: {what} of {} B-scans", file.display(), document.pages.len());
    Ok(())
}

/// The format to write, and where.
fn target(args: &ConvertArgs) -> anyhow::Result<(ConvertFormat, PathBuf)> {
    let by_name = if args.out.is_dir() { None } else { ConvertFormat::of(&args.out) };
    let format = match (args.format, by_name) {
        (Some(format), Some(_)) if format.is_folder() => {
            bail!("{}: this format is a folder; name one without an ending of a file", args.out.display())
        }
        (Some(format), Some(named)) if !format.suits(named) => bail!(
            "{}: its ending is that of another format than --format says; end it in .{}",
            args.out.display(),
            format.ending()
        ),
        (Some(format), _) => format,
        (None, named) => named.unwrap_or(ConvertFormat::Png),
    };
    if by_name.is_some() || format.is_folder() {
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

/// Changes what is known of every B-scan beside its pixels.
fn calibrate(document: &mut Document, changed: impl Fn(Calibration) -> Calibration) {
    for page in &mut document.pages {
        page.scan = page.scan.with_calibration(changed(page.scan.calibration())).into();
    }
}

fn write(
    document: &Document,
    plane: ExportPlane,
    format: ConvertFormat,
    file: &Path,
    args: &ConvertArgs,
) -> anyhow::Result<()> {
    let name = args.input.display().to_string();
    let marks = &marks_of(&args.input, document);
    match format {
        ConvertFormat::Document => write_file(file, &write_document(document))?,
        ConvertFormat::Png => write_png(document, marks, plane, file, &name)?,
        ConvertFormat::Jpeg => write_jpeg(document, marks, plane, file, &name)?,
        ConvertFormat::Npz => write_file(file, &npz::write(document))?,
        ConvertFormat::Coco => write_file(file, &export::coco_file(document, &name)?)?,
        ConvertFormat::Dicom => {
            let wishes = DicomWishes { synthetic: marks.is_any(), ..DicomWishes::default() };
            let bytes = match args.height_maps {
                true => dicom_writer::write_height_maps(document, wishes, &name)?,
                false => dicom_writer::write(document, plane, wishes, &name)?,
            };
            write_file(file, &bytes)?;
        }
        ConvertFormat::Nnunet | ConvertFormat::Mirage => {
            let case = export::plain_name(&stem(&args.input));
            let files = match format {
                ConvertFormat::Nnunet => training_folder::nnunet(document, marks, &case, &name)?,
                _ => training_folder::mirage(document, marks, &case, &name)?,
            };
            for (path, bytes) in files {
                write_file(&file.join(path), &bytes)?;
            }
        }
        _ => write_volume(document, marks, plane, format, file, &name)?,
    }
    Ok(())
}

/// Formats of one block of voxels.
fn write_volume(
    document: &Document,
    marks: &ScanMarks,
    plane: ExportPlane,
    format: ConvertFormat,
    file: &Path,
    name: &str,
) -> anyhow::Result<()> {
    let volume = ExportVolume::of(document, plane, name)?;
    if plane == ExportPlane::Labels && format == ConvertFormat::Tiff16 {
        bail!("{name}: labels are codes of 8 bits; leave out --format tiff16");
    }
    // Labels are drawn by hand or designed; the mark is of scans.
    let xmp = marks.xmp().filter(|_| plane == ExportPlane::Scans);
    let bytes = match format {
        ConvertFormat::Nifti => nifti_writer::write_gz(&volume, name)?,
        ConvertFormat::Nii => nifti_writer::write(&volume, name)?,
        ConvertFormat::Tiff => tiff_writer::write(&volume, TiffDepth::Eight, xmp, name)?,
        ConvertFormat::Tiff16 => tiff_writer::write(&volume, TiffDepth::Sixteen, xmp, name)?,
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

/// What the scans of the input say of their making: what made them where a picture tells, or that they are synthetic.
fn marks_of(input: &Path, document: &Document) -> ScanMarks {
    let is_small = |input: &Path| input.metadata().is_ok_and(|found| found.len() <= MAX_LOOK_BYTES);
    let may_say = input.is_file() && is_small(input);
    let bytes = if may_say { read_file(input).unwrap_or_default() } else { Vec::new() };
    // Of other files than PNG only the mark is known, and of most not that.
    match Provenance::of_png(&bytes, &input.display().to_string()) {
        Ok(Some(says)) => ScanMarks::of_picture(document, &says),
        _ => ScanMarks::of_document(document, origin_of(&bytes).synthetic),
    }
}

/// The scan or the labels of the only B-scan as a JPEG.
fn write_jpeg(
    document: &Document,
    marks: &ScanMarks,
    plane: ExportPlane,
    file: &Path,
    name: &str,
) -> anyhow::Result<()> {
    let [page] = document.pages.as_slice() else {
        bail!("{name}: {} B-scans, and a JPEG holds one; write PNG files", document.pages.len())
    };
    if plane == ExportPlane::Labels {
        bail!("{name}: a JPEG changes greys, and labels are codes; write a PNG");
    }
    let credit = document.credit.as_deref().map(|credit| ("Source", credit));
    let text: Vec<(&str, &str)> = marks.of(0).into_iter().chain(credit).collect();
    Ok(write_file(file, &jpeg_writer::write(&page.scan.image, &text, name)?)?)
}

/// One PNG a B-scan, numbered where there are several.
fn write_png(
    document: &Document,
    marks: &ScanMarks,
    plane: ExportPlane,
    folder: &Path,
    name: &str,
) -> anyhow::Result<()> {
    let count = document.pages.len();
    let text: Vec<(&str, &str)> =
        document.credit.as_deref().map(|credit| ("Source", credit)).into_iter().collect();
    for (number, page) in (1..).zip(&document.pages) {
        let bytes = match plane {
            ExportPlane::Scans => {
                let text = [marks.of(number - 1), text.clone()].concat();
                scan_image::write(&page.scan.image, &text)?
            }
            ExportPlane::Labels => {
                let (width, height) = (page.scan.width(), page.scan.height());
                label_png::write(width, height, &page.mask.composite_pixels(), &text)?
            }
        };
        let file = export::picture_name(number, count);
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
