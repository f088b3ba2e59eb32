//! `retidiff import`: folders and files of scans and labels become one data set to train on.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::anatomy::UNANNOTATED;
use crate::dataset::manifest::{MANIFEST_VERSION, Manifest, ManifestEntry};
use crate::dataset::pseudo_labels::pseudo_labels;
use crate::formats::folder::{self, FolderKind, FolderOptions, LabelledScan};
use crate::formats::label_mapping::{LabelChoice, LabelMapping, Scheme};
use crate::formats::{clinical, label_png, mat, open, read_file, scan_image, write_file};
use crate::scan::{GreyImage, Spacing};

/// Imports B-scans, with their labels, as a data set to train on.
///
/// A source is a folder or a file that the studio opens (an image, a Heidelberg .vol, a DICOM file, a HEYEX XML
/// export, a MATLAB file, a .retidiff document). Subject_NN.mat of Duke DME, one or a folder of them, is imported
/// like the folder of its pictures.
/// Folders understood are Tian 2015 (bscans/ + boundaries/), Duke DME (bscans/ + labels_grader1/ + index.csv +
/// ignore_columns/), OCT2017 (train/CNV/CNV-PATIENT-N.jpeg ...), plain pairs (images/ + masks/ or labels/, matched by
/// file stem) and folders of images without labels. Written are images/ID.png, labels/ID.png (indexed label PNGs), scanned/ID.png (where parts of an image were not
/// scanned) and manifest.jsonl. Scans that are already in the manifest are left as they are, so a stopped
/// import is continued by running it again, and several sources can go into one data set. A scan that
/// cannot be read is reported by name and skipped.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff import tian2015 --out data\n  \
    retidiff import duke_dme --out data --unlabelled\n  \
    retidiff import case.retidiff macula.vol --out data\n  \
    retidiff import my_scans --out data --scheme paper --spacing 3.87,11.3 --subject-separator _\n  \
    retidiff import fluid_masks --out data --map 255=IRF")]
pub struct ImportArgs {
    /// The folders and files to import.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// The folder of the data set; made when it does not exist.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// What kind of folder the source is; recognised by what lies in it unless said here.
    #[arg(long, value_enum)]
    kind: Option<FolderKind>,
    /// Import scans without labels too (for pretraining or pseudo-labels).
    #[arg(long)]
    unlabelled: bool,
    /// Label scans without labels by the auto-trace: layers where it is sure, nothing elsewhere, no fluid. Such labels
    /// are marked as no grader's; training takes them only with --set pseudo_labelled=true, validation and evaluation
    /// never do.
    #[arg(long)]
    pseudo_label: bool,
    #[command(flatten)]
    labels: LabelArgs,
    /// Pixel size of the scans in µm, down and across, such as 3.87,11.3 (pairs only).
    #[arg(long, value_name = "AXIAL,LATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
    /// Pairs only: the subject is the part of the file stem before the last of these characters. Without
    /// it every file counts as its own subject, and a split cannot keep scans of one eye together.
    #[arg(long, value_name = "CHARACTER")]
    subject_separator: Option<char>,
    /// What the manifest calls the source, instead of the folder kind's name; also put before ids and before
    /// subjects. Subjects of Tian 2015 and Duke DME keep their names: a split knows the eyes that never train by them.
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: Option<String>,
}

impl ImportArgs {
    /// Everything of some inputs, labelled or not.
    pub(super) fn of_all(inputs: Vec<PathBuf>, out: PathBuf) -> Self {
        Self {
            inputs,
            out,
            kind: None,
            unlabelled: true,
            pseudo_label: false,
            labels: LabelArgs::default(),
            spacing: None,
            subject_separator: None,
            name: None,
        }
    }
}

/// What the values of label pictures mean; shared with `info`.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct LabelArgs {
    /// What the values of label pictures are: studio (0 above ILM, 1-7 layers, 8 below BM, 9 IRF, 10 SRF, 11 PED,
    /// 255 unannotated), paper (0 background, 1-7 layers, 8 fluid), retouch (1 IRF, 2 SRF, 3 PED), aroi, steps
    /// (evenly spread greys), binary, voc (colours), or numbers times a factor, such as paper*30. Unless said here
    /// or with --map, the studio's codes and colours are read and everything else is refused with what was found.
    #[arg(long, value_name = "NAME", conflicts_with = "map")]
    scheme: Option<Scheme>,
    /// Which label each value or colour of label pictures is, such as 30=NFL,60=GCL-IPL,255=IRF or '#ff0000=IRF'.
    /// Black or 0, if not mentioned, is background where layers are mapped and unannotated where lesions alone are.
    #[arg(long, value_name = "VALUE=LABEL,...")]
    map: Option<LabelMapping>,
}

impl LabelArgs {
    /// What was said.
    pub(super) fn choice(&self) -> LabelChoice {
        match (self.scheme, &self.map) {
            (Some(scheme), _) => LabelChoice::Scheme(scheme),
            (None, Some(mapping)) => LabelChoice::Map(mapping.clone()),
            (None, None) => LabelChoice::Unsaid,
        }
    }
}

pub(super) fn parse_spacing(text: &str) -> Result<Spacing, String> {
    let wrong =
        || format!("\"{text}\" is no pixel size: give two numbers between 0.1 and 1000, such as 3.87,11.3");
    let (axial, lateral) = text.split_once([',', 'x']).ok_or_else(wrong)?;
    let (axial, lateral) =
        (axial.trim().parse().map_err(|_| wrong())?, lateral.trim().parse().map_err(|_| wrong())?);
    Spacing::checked(axial, lateral).ok_or_else(wrong)
}

fn parse_name(text: &str) -> Result<String, String> {
    let is_plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    is_plain
        .then(|| text.to_owned())
        .ok_or_else(|| format!("\"{text}\" cannot begin a file name: use letters, digits, - and _"))
}

/// What an import did.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    labelled: usize,
    /// By the auto-trace.
    pseudo_labelled: usize,
    unlabelled: usize,
    already_there: usize,
    unreadable: usize,
}

/// Runs the subcommand.
///
/// # Errors
/// An input that is nothing importable, one that gave not a single scan, or a data set that cannot be written.
pub fn run(args: ImportArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.out).with_context(|| format!("making {}", args.out.display()))?;
    let mut manifest = Manifest::open_for_appending(&args.out)?;
    for input in &args.inputs {
        let mut tally = Tally::default();
        let source = if let Some(subjects) = duke_subjects(&args, input) {
            import_duke_subjects(&args, &subjects, &mut manifest, &mut tally)?
        } else if input.is_file() || (args.kind.is_none() && clinical::is_export_folder(input)) {
            import_file(&args, input, &mut manifest, &mut tally)?
        } else {
            import_folder(&args, input, &mut manifest, &mut tally)?
        };
        let traced = match args.pseudo_label {
            true => format!(", {} labelled by the auto-trace", tally.pseudo_labelled),
            false => String::new(),
        };
        println!(
            "{source}: {} labelled{traced} and {} unlabelled scans imported into {}, {} already there, {} skipped",
            tally.labelled,
            tally.unlabelled,
            args.out.display(),
            tally.already_there,
            tally.unreadable
        );
        if tally.labelled + tally.pseudo_labelled + tally.unlabelled + tally.already_there == 0 {
            bail!("{}: nothing could be imported", input.display());
        }
    }
    Ok(())
}

/// Imports every scan of a folder; returns what the manifest calls the source.
fn import_folder(
    args: &ImportArgs,
    folder: &Path,
    manifest: &mut Manifest,
    tally: &mut Tally,
) -> anyhow::Result<String> {
    let Some(kind) = args.kind.or_else(|| FolderKind::recognise(folder)) else {
        bail!(
            "{}: not a folder that can be imported; expected bscans/ + boundaries/ (Tian 2015), bscans/ + \
             labels_grader1/ (Duke DME), train/CNV/ and the like (OCT2017), images/ + masks/ (pairs) or images",
            folder.display()
        );
    };
    // A folder that holds nothing but scans has nothing else to give.
    let is_bare = matches!(kind, FolderKind::Images | FolderKind::Oct2017);
    if is_bare && !args.unlabelled && !args.pseudo_label {
        eprintln!("note: {}: no labels; its scans are imported without", folder.display());
    }
    let options = FolderOptions {
        unlabelled: args.unlabelled || args.pseudo_label || is_bare,
        labels: args.labels.choice(),
        subject_separator: args.subject_separator,
        spacing: args.spacing,
    };
    let source = args.name.as_deref().unwrap_or(kind.source());
    let listing = folder::list(folder, kind, &options)?;
    tally.unreadable += listing.problems.len();
    for problem in &listing.problems {
        eprintln!("skipped: {problem}");
    }
    let known: HashSet<String> = manifest.entries.iter().map(|entry| entry.id.clone()).collect();
    let window = folder::common_window(&listing.items);
    for item in &listing.items {
        let id = args.named(&item.id);
        if known.contains(&id) {
            tally.already_there += 1;
            continue;
        }
        match item.read_shown_by(window) {
            Ok(scan) => {
                let origin = Origin {
                    id: &id,
                    subject: args.subject(kind, &item.subject),
                    b_scan: item.b_scan,
                    source,
                    credit: kind.credit(),
                };
                append_scan(args, manifest, tally, origin, scan)?;
            }
            Err(error) => {
                tally.unreadable += 1;
                eprintln!("skipped: {error}");
            }
        }
    }
    Ok(source.to_owned())
}

/// The files of Duke DME subjects (`Subject_NN.mat`) that an input is or holds.
fn duke_subjects(args: &ImportArgs, input: &Path) -> Option<Vec<PathBuf>> {
    if input.is_dir() {
        return Some(mat::subject_files(input)).filter(|files| !files.is_empty() && args.kind.is_none());
    }
    let is_mat = input.extension().is_some_and(|e| e.eq_ignore_ascii_case("mat"));
    (is_mat && mat::is_duke(&read_file(input).ok()?)).then(|| vec![input.to_owned()])
}

/// Imports subjects of Duke DME under the ids that the folder of pictures gives them. Returns what the
/// manifest calls the source.
fn import_duke_subjects(
    args: &ImportArgs,
    files: &[PathBuf],
    manifest: &mut Manifest,
    tally: &mut Tally,
) -> anyhow::Result<String> {
    let kind = FolderKind::DukeDme;
    let source = args.name.as_deref().unwrap_or(kind.source());
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let read = read_file(file).and_then(|bytes| mat::read_duke(&bytes, &name));
        let subject = match read {
            Ok(subject) => subject,
            Err(error) => {
                tally.unreadable += 1;
                eprintln!("skipped: {error}");
                continue;
            }
        };
        subject.notes.iter().for_each(|note| eprintln!("note: {note}"));
        for slice in &subject.slices {
            let id = args.named(&subject.id(slice.b_scan));
            if slice.scan.labels.is_none() && !args.unlabelled && !args.pseudo_label {
                continue;
            }
            if manifest.entries.iter().any(|entry| entry.id == id) {
                tally.already_there += 1;
                continue;
            }
            let origin = Origin {
                id: &id,
                subject: args.named(&subject.subject()),
                b_scan: Some(slice.b_scan),
                source,
                credit: kind.credit(),
            };
            append_scan(args, manifest, tally, origin, slice.scan.clone())?;
        }
    }
    Ok(source.to_owned())
}

/// Imports every B-scan of a file; the file counts as one subject. Returns what the manifest calls the source.
fn import_file(
    args: &ImportArgs,
    file: &Path,
    manifest: &mut Manifest,
    tally: &mut Tally,
) -> anyhow::Result<String> {
    let opened = open::open(file)?;
    for warning in &opened.warnings {
        eprintln!("note: {warning}");
    }
    let stem: String = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' })
        .collect();
    let subject = args.named(&stem);
    let source = args.name.clone().unwrap_or_else(|| "file".to_owned());
    let pages = opened.document.pages.len();
    for (index, page) in opened.document.pages.iter().enumerate() {
        let id = if pages == 1 { subject.clone() } else { format!("{subject}_{:03}", index + 1) };
        if manifest.entries.iter().any(|entry| entry.id == id) {
            tally.already_there += 1;
            continue;
        }
        let mut scan = (*page.scan).clone();
        scan.spacing = scan.spacing.or(args.spacing);
        let labels = page.mask.composite_pixels();
        let is_labelled = labels.iter().any(|&code| code != UNANNOTATED);
        let read = LabelledScan {
            scan,
            labels: is_labelled.then_some(labels),
            second_grader: None,
            ignored_columns: Vec::new(),
            warnings: Vec::new(),
        };
        let origin = Origin {
            id: &id,
            subject: subject.clone(),
            b_scan: (pages > 1).then_some(index as u32 + 1),
            source: &source,
            credit: opened.document.credit.as_deref(),
        };
        append_scan(args, manifest, tally, origin, read)?;
    }
    Ok(source)
}

impl ImportArgs {
    /// An id or a subject with the name that was asked for before it.
    fn named(&self, text: &str) -> String {
        match &self.name {
            Some(name) => format!("{name}_{text}"),
            None => text.to_owned(),
        }
    }

    /// A subject of a folder. Eyes of public data sets are the same eyes under any name.
    fn subject(&self, kind: FolderKind, name: &str) -> String {
        match kind {
            FolderKind::Tian2015 | FolderKind::DukeDme => name.to_owned(),
            FolderKind::Pairs | FolderKind::Oct2017 | FolderKind::Images => self.named(name),
        }
    }
}

/// Writes a scan and its line of the manifest; one without labels gets those of the auto-trace, if that was asked for.
fn append_scan(
    args: &ImportArgs,
    manifest: &mut Manifest,
    tally: &mut Tally,
    origin: Origin,
    mut scan: LabelledScan,
) -> anyhow::Result<()> {
    for warning in &scan.warnings {
        eprintln!("note: {warning}");
    }
    let is_traced = args.pseudo_label && scan.labels.is_none();
    if is_traced {
        scan.labels = pseudo_labels(&scan.scan);
        if scan.labels.is_none() {
            eprintln!("note: {}: the auto-trace is not sure of it, so it stays without labels", origin.id);
        }
    }
    *match (scan.labels.is_some(), is_traced) {
        (true, false) => &mut tally.labelled,
        (true, true) => &mut tally.pseudo_labelled,
        (false, _) => &mut tally.unlabelled,
    } += 1;
    let pseudo_labelled = is_traced && scan.labels.is_some();
    let entry = write_scan(&args.out, origin, &scan, pseudo_labelled)?;
    manifest.append(entry)?;
    Ok(())
}

/// Where a scan comes from and what it is called in the data set.
struct Origin<'a> {
    id: &'a str,
    subject: String,
    b_scan: Option<u32>,
    source: &'a str,
    credit: Option<&'a str>,
}

/// Writes the files of a scan and returns the line that names them.
fn write_scan(
    out: &Path,
    origin: Origin,
    read: &LabelledScan,
    pseudo_labelled: bool,
) -> anyhow::Result<ManifestEntry> {
    let (id, scan) = (origin.id, &read.scan);
    let (width, height) = (scan.width(), scan.height());
    let text: Vec<(&str, &str)> = origin.credit.map(|credit| ("Source", credit)).into_iter().collect();
    let image = format!("images/{id}.png");
    write_file(&out.join(&image), &scan_image::write(&scan.image, &text)?)?;
    let label = match &read.labels {
        Some(codes) => {
            let label = format!("labels/{id}.png");
            let traced = ("Comment", "layers proposed by auto-trace where it is sure, not corrected");
            let text: Vec<(&str, &str)> =
                text.iter().copied().chain(pseudo_labelled.then_some(traced)).collect();
            write_file(&out.join(&label), &label_png::write(width, height, codes, &text)?)?;
            Some(label)
        }
        None => None,
    };
    let scanned_area = match &scan.scanned_area {
        Some(area) => {
            let scanned = format!("scanned/{id}.png");
            let visible: Vec<u8> = area.iter().map(|&inside| inside * u8::MAX).collect();
            write_file(
                &out.join(&scanned),
                &scan_image::write(&GreyImage::new(width, height, visible), &[])?,
            )?;
            Some(scanned)
        }
        None => None,
    };
    Ok(ManifestEntry {
        version: MANIFEST_VERSION,
        id: id.to_owned(),
        image,
        label,
        scanned_area,
        width,
        height,
        spacing: scan.spacing,
        laterality: scan.laterality,
        subject: origin.subject,
        b_scan: origin.b_scan,
        source: origin.source.to_owned(),
        credit: origin.credit.map(str::to_owned),
        ignored_columns: read.ignored_columns.clone(),
        pseudo_labelled,
    })
}
