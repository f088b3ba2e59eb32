//! How long the files that people bring take to open, from their path to the first picture, and what they cost in
//! memory: an export of HEYEX, DICOM, volumes of other programs, a TIFF of two gigabytes.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::report::{Memory, Times, milliseconds};
use super::volume::{SIZE, annotated_volume, first_picture, greys};
use crate::formats::dicom_writer::{self, DicomWishes};
use crate::formats::tiff_writer::{self, TiffDepth};
use crate::formats::volume_export::{ExportPlane, ExportVolume};
use crate::formats::{metaimage_writer, nifti_writer, open, scan_image, write_file};
use crate::scan::{GreyImage, Laterality};

/// B-scans of the export of HEYEX, as devices make them.
const HEYEX_B_SCANS: usize = 25;
const LOCALIZER_SIDE: u32 = 768;
/// A file that no memory should have to hold twice.
const LARGE_BYTES: u64 = 2_000_000_000;
const RUNS: [usize; 2] = [5, 9];

/// A file, and what it took.
#[derive(Debug, Serialize)]
struct FileTiming {
    file: &'static str,
    b_scans: usize,
    mib: f64,
    /// Warm, in this process.
    times: Times,
    /// Of a process that opens nothing else; `None` where the system does not tell.
    peak_mib: Option<f64>,
}

/// What a process of its own says of a file that it opened, or refused.
#[derive(Debug, Serialize, Deserialize)]
struct OpenedHere {
    b_scans: usize,
    ms: f64,
    peak_mib: Option<f64>,
    /// The refusal, or what the reader noted.
    said: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    files: Vec<FileTiming>,
    /// A TIFF of 2 GB.
    large: OpenedHere,
}

/// Opens a file in this process and prints what it took as JSON.
///
/// # Errors
/// If standard output cannot be written to.
pub(super) fn measure_here(path: &Path) -> anyhow::Result<()> {
    let began = Instant::now();
    let opened = open::open(path);
    let ms = milliseconds(began.elapsed());
    let peak_mib = Memory::now().map(|memory| memory.peak_resident_mib);
    let here = match opened {
        Ok(opened) => {
            OpenedHere { b_scans: opened.document.pages.len(), ms, peak_mib, said: opened.warnings }
        }
        Err(error) => OpenedHere { b_scans: 0, ms, peak_mib, said: vec![error.to_string()] },
    };
    println!("{}", serde_json::to_string(&here)?);
    Ok(())
}

/// Makes the files in a folder that is removed afterwards, opens them, and prints a table or JSON.
///
/// # Errors
/// If a file cannot be made or does not open.
pub(super) fn measure(quick: bool, json: bool) -> anyhow::Result<()> {
    let folder = tempfile::tempdir().context("making a folder for the files")?;
    let runs = RUNS[usize::from(!quick)];
    let mut files = Vec::new();
    for (file, path, b_scans) in made(folder.path())? {
        let times = (0..runs).map(|_| first_picture(&path, b_scans)).collect::<anyhow::Result<Vec<_>>>()?;
        let alone = opened_alone(&path)?;
        ensure!(alone.b_scans == b_scans, "{file}: {} of {b_scans} B-scans: {:?}", alone.b_scans, alone.said);
        let mib = size_of(&path)? as f64 / f64::from(1 << 20);
        files.push(FileTiming { file, b_scans, mib, times: Times::of(times), peak_mib: alone.peak_mib });
    }
    let large = folder.path().join("large.tif");
    write_large_tiff(&large)?;
    let report = Report { version: 1, files, large: opened_alone(&large)? };
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print_table(&report);
    }
    Ok(())
}

fn print_table(report: &Report) {
    println!(
        "from the path to the first picture, warm     B-scans      MiB   median ms      p99 ms   most MiB"
    );
    let peak = |mib: Option<f64>| mib.map_or("-".to_owned(), |mib| format!("{mib:.0}"));
    for FileTiming { file, b_scans, mib, times, peak_mib } in &report.files {
        println!(
            "{file:<42} {b_scans:>9} {mib:>8.1} {:>11.1} {:>11.1} {:>10}",
            times.median_ms,
            times.p99_ms,
            peak(*peak_mib)
        );
    }
    let OpenedHere { b_scans, ms, peak_mib, said } = &report.large;
    println!("TIFF of 2 GB: {b_scans} B-scans in {ms:.0} ms, at most {} MiB", peak(*peak_mib));
    said.iter().for_each(|said| println!("  {said}"));
}

/// Opens a file in a process of its own, so that its memory is its own.
fn opened_alone(path: &Path) -> anyhow::Result<OpenedHere> {
    let program = std::env::current_exe().context("finding this program")?;
    let output = Command::new(program).args(["bench", "--open-here"]).arg(path).output()?;
    serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "{}: the process that opened it says: {}",
            path.display(),
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// Bytes of a file, of an export those of its folder.
fn size_of(path: &Path) -> anyhow::Result<u64> {
    if path.is_file() {
        return Ok(path.metadata()?.len());
    }
    let entries = std::fs::read_dir(path)?;
    Ok(entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|found| found.len()).sum())
}

/// The files by name, path and B-scans.
fn made(folder: &Path) -> anyhow::Result<Vec<(&'static str, PathBuf, usize)>> {
    let document = annotated_volume();
    let count = document.pages.len();
    let volume = ExportVolume::of(&document, ExportPlane::Scans, "bench")?;
    let wishes = DicomWishes { laterality: Some(Laterality::Right), ..DicomWishes::default() };
    let mut files = vec![("HEYEX XML export, PNG and localizer", heyex_export(folder)?, HEYEX_B_SCANS)];
    for (name, file, bytes) in [
        (
            "DICOM, Ophthalmic Tomography",
            "bench.dcm",
            dicom_writer::write(&document, ExportPlane::Scans, wishes, "bench")?,
        ),
        ("NIfTI in gzip", "bench.nii.gz", nifti_writer::write_gz(&volume, "bench")?),
        ("MetaImage", "bench.mha", metaimage_writer::write(&volume)),
        ("TIFF, LZW", "bench.tif", tiff_writer::write(&volume, TiffDepth::Eight, None, "bench")?),
        (
            "TIFF of 16 bits, LZW",
            "bench16.tif",
            tiff_writer::write(&volume, TiffDepth::Sixteen, None, "bench")?,
        ),
    ] {
        write_file(&folder.join(file), &bytes)?;
        files.push((name, folder.join(file), count));
    }
    Ok(files)
}

/// A folder as HEYEX exports it: an XML, a picture for each B-scan, the localizer; lines of ILM and BM.
fn heyex_export(folder: &Path) -> anyhow::Result<PathBuf> {
    let folder = folder.join("heyex");
    let (width, height) = SIZE;
    let mut images = picture("LOCALIZER", "slo.png", [LOCALIZER_SIDE; 2], 0, "");
    let slo =
        GreyImage::new(LOCALIZER_SIDE, LOCALIZER_SIDE, vec![90; (LOCALIZER_SIDE * LOCALIZER_SIDE) as usize]);
    write_file(&folder.join("slo.png"), &scan_image::write(&slo, &[])?)?;
    let line = |name: &str, row: u32| {
        let rows = format!("{row}.5 ").repeat(width as usize);
        format!("<SegLine><Name>{name}</Name><Array>{rows}</Array></SegLine>")
    };
    let lines = format!("<Segmentation>{}{}</Segmentation>", line("ILM", 150), line("BM", 330));
    for k in 0..HEYEX_B_SCANS {
        let file = format!("b{k:03}.png");
        let scan = GreyImage::new(width, height, greys(k).collect::<Vec<u8>>());
        write_file(&folder.join(&file), &scan_image::write(&scan, &[])?)?;
        images += &picture("OCT", &file, [width, height], k, &lines);
    }
    let series = format!("<Series><Laterality>R</Laterality>{images}</Series>");
    let xml = format!(
        "<?xml version=\"1.0\"?><HEDX><BODY><Patient><Study>{series}</Study></Patient></BODY></HEDX>"
    );
    write_file(&folder.join("export.xml"), xml.as_bytes())?;
    Ok(folder)
}

/// What the XML says of one picture.
fn picture(kind: &str, file: &str, [width, height]: [u32; 2], k: usize, more: &str) -> String {
    let y = 2.0 + 0.24 * k as f64;
    let end = |name: &str, x: f64| format!("<{name}><Coord><X>{x}</X><Y>{y}</Y></Coord></{name}>");
    format!(
        "<Image><ImageType><Type>{kind}</Type></ImageType><OphthalmicAcquisitionContext><Width>{width}</Width><Height>\
         {height}</Height><ScaleX>0.0113</ScaleX><ScaleY>0.00387</ScaleY>{}{}</OphthalmicAcquisitionContext><ImageData>\
         <ExamURL>{file}</ExamURL></ImageData>{more}</Image>",
        end("Start", 0.2),
        end("End", 8.5)
    )
}

/// A TIFF of 2 GB whose pages are greys of 8 bits without compression; most of it is a hole, where the file system has
/// them.
fn write_large_tiff(path: &Path) -> anyhow::Result<()> {
    const ENTRIES: u32 = 9;
    let (width, height) = SIZE;
    let directory_bytes = 2 + 12 * ENTRIES + 4;
    let pages = (LARGE_BYTES / u64::from(width * height + directory_bytes)) as u32;
    let pixels_at = 8 + pages * directory_bytes;
    let file = File::create(path)?;
    file.set_len(LARGE_BYTES)?;
    let mut out = BufWriter::new(file);
    out.write_all(b"II\x2a\0\x08\0\0\0")?;
    for page in 0..pages {
        out.write_all(&(ENTRIES as u16).to_le_bytes())?;
        let strip = pixels_at + page * width * height;
        let entries = [
            (256, width),
            (257, height),
            (258, 8),
            (259, 1),
            (262, 1),
            (273, strip),
            (277, 1),
            (278, height),
            (279, width * height),
        ];
        for (tag, value) in entries {
            out.write_all(&u16::to_le_bytes(tag))?;
            // One long each.
            out.write_all(&[4, 0, 1, 0, 0, 0])?;
            out.write_all(&u32::to_le_bytes(value))?;
        }
        let next = if page + 1 == pages { 0 } else { 8 + (page + 1) * directory_bytes };
        out.write_all(&next.to_le_bytes())?;
    }
    out.flush()?;
    Ok(())
}
