//! `retidiff import`: folders and files of scans and labels become one data set to train on.

use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::dataset::importing::{ImportTerms, import};
use crate::dataset::watch::{Progress, Tally, Watch};
use crate::formats::folder::FolderKind;
use crate::formats::label_mapping::{LabelChoice, LabelMapping, Scheme};
use crate::scan::Spacing;

/// Imports B-scans, with their labels, as a data set to train on.
///
/// A source is a folder or a file that the studio opens (an image, a Heidelberg .vol, a DICOM file, a HEYEX XML
/// export, a MATLAB file, a .retidiff document). Subject_NN.mat of Duke DME, one or a folder of them, is imported
/// like the folder of its pictures.
/// Folders understood are Tian 2015 (bscans/ + boundaries/), Duke DME (bscans/ + labels_grader1/ + index.csv +
/// ignore_columns/), OCT2017 (train/CNV/CNV-PATIENT-N.jpeg ...), plain pairs (images/ + masks/ or labels/, matched by
/// file stem), RETOUCH (a folder a case with oct.mhd and reference.mhd), volumes with their labels (nnU-Net's imagesTr/ +
/// labelsTr/, images/ + masks/, EYE.nii.gz + EYE_labels.nii.gz) and folders of images without labels. Written are images/ID.png, labels/ID.png (indexed label PNGs), scanned/ID.png (where parts of an image were not
/// scanned) and manifest.jsonl. Scans that are already in the manifest are left as they are, so a stopped
/// import is continued by running it again, and several sources can go into one data set. A scan that
/// cannot be read is reported by name and skipped; with --strict the command then fails, once everything else is
/// imported. Where a Subject_NN.mat cannot be read nothing is imported, unless --skip-damaged is given.
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
    /// Scans in whose corners text seems to stand, too. Such text may be a name: without this they are listed and left
    /// out, until you have looked at them.
    #[arg(long)]
    with_text: bool,
    /// Fail when anything was skipped (exit code 1): for scripts whose figures need every scan. What could be read is
    /// imported all the same.
    #[arg(long)]
    strict: bool,
    /// Leave out a Subject_NN.mat that cannot be read, and import the others.
    #[arg(long)]
    skip_damaged: bool,
}

impl ImportArgs {
    fn terms(&self) -> ImportTerms {
        ImportTerms {
            out: self.out.clone(),
            kind: self.kind,
            unlabelled: self.unlabelled,
            pseudo_label: self.pseudo_label,
            labels: self.labels.choice(),
            spacing: self.spacing,
            subject_separator: self.subject_separator,
            name: self.name.clone(),
            with_text: self.with_text,
            skip_damaged: self.skip_damaged,
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

/// Runs the subcommand.
///
/// # Errors
/// An input that is nothing importable, one that gave not a single scan, or a data set that cannot be written; with
/// `--strict` anything that was skipped.
pub fn run(args: ImportArgs) -> anyhow::Result<()> {
    let mut terminal = Terminal { out: &args.out, traces: args.pseudo_label, skipped: 0 };
    import(&args.inputs, &args.terms(), &mut terminal)?;
    ensure!(
        !args.strict || terminal.skipped == 0,
        "{} files or scans were skipped (named above), so {} is not whole: get fresh copies of them and import again, or \
         leave out --strict",
        terminal.skipped,
        args.out.display()
    );
    Ok(())
}

/// Prints what an import says.
pub(super) struct Terminal<'a> {
    pub out: &'a Path,
    /// Whether scans without labels are labelled by the auto-trace.
    pub traces: bool,
    /// What was left out so far.
    pub skipped: usize,
}

impl Watch for Terminal<'_> {
    fn note(&mut self, text: &str) {
        eprintln!("note: {text}");
    }

    fn skipped(&mut self, text: &str) {
        self.skipped += 1;
        eprintln!("skipped: {text}");
    }

    fn imported(&mut self, _input: &Path, tally: &Tally) {
        let traced = match self.traces {
            true => format!(", {} labelled by the auto-trace", tally.pseudo_labelled),
            false => String::new(),
        };
        println!(
            "{}: {} labelled{traced} and {} unlabelled scans imported into {}, {} already there, {} skipped",
            tally.source,
            tally.labelled,
            tally.unlabelled,
            self.out.display(),
            tally.already_there,
            tally.unreadable
        );
        if tally.with_text > 0 {
            eprintln!(
                "note: {} of these have text in a corner, perhaps names: look at them, then run this again with \
                 --with-text, or without those files",
                tally.with_text
            );
        }
    }

    fn goes_on(&mut self, _progress: Progress) -> bool {
        true
    }
}
