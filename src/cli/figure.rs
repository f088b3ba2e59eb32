//! `retidiff figure`: a picture for a slide.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::import::parse_spacing;
use crate::anatomy::UNANNOTATED;
use crate::document::Page;
use crate::formats::figure::{
    Figure, FigureFormat, LabelStyle, MAX_WIDTH_PX, MIN_WIDTH_PX, Origin, Panel, PanelLabels, Proportions,
    origin_of, size_in_words,
};
use crate::formats::open::{FileKind, Opened, open, open_label_onto};
use crate::formats::sector_files::{SectorFile, SectorReport};
use crate::formats::{read_file, write_file};
use crate::mask::measure::Extent;
use crate::mask::{CentralThickness, Mask};
use crate::scan::Spacing;

/// Makes a picture for a slide: scan and labels with scale bars, legend and caption, as PNG, SVG or PDF.
///
/// Scale bars are drawn in both directions, for a pixel of an OCT is wider than it is tall; they need the pixel
/// size, from the file or by --spacing. Labels differ by hatching as well as by colour. A scan or a mask that says
/// that it is synthetic is marked so, visibly and in the file. Text is set in the program's own typeface.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff figure case.retidiff --out slide.png\n  \
    retidiff figure scan.png --labels mask.png --layout overlay --spacing 3.87x11.3 --out slide.pdf\n  \
    retidiff figure macula.vol --b-scan 25 --layout scan --caption \"Fovea, OD\" --out slide.svg\n  \
    retidiff figure macula.retidiff --thickness-map --out etdrs.png")]
pub struct FigureArgs {
    /// A scan, a label map, a document or a volume
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The picture to write; its ending (.png, .svg, .pdf) says which kind. A map may end in .csv, too: the means of
    /// retina and layers over the nine fields
    #[arg(long, value_name = "FIGURE")]
    out: PathBuf,
    /// A label map to be put onto the scan
    #[arg(long, value_name = "MASK")]
    labels: Option<PathBuf>,
    /// What is shown; beside unless said here, or what there is
    #[arg(long, value_enum)]
    layout: Option<Layout>,
    /// Width of a PNG in pixels; its height follows
    #[arg(long, value_name = "PX", default_value_t = 1920,
        value_parser = clap::value_parser!(u32).range(i64::from(MIN_WIDTH_PX)..=i64::from(MAX_WIDTH_PX)))]
    width: u32,
    /// Words below the picture, in place of the size and origin of the scan
    #[arg(long)]
    caption: Option<String>,
    /// Which B-scan of a volume, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    b_scan: u32,
    /// Size of a pixel in um, down and across, where the file does not say it
    #[arg(long, value_name = "AXIALxLATERAL", value_parser = parse_spacing)]
    spacing: Option<Spacing>,
    /// Square pixels, as OCT is usually shown, or true proportions, as the eye is
    #[arg(long, value_enum, default_value_t)]
    proportions: Proportions,
    /// Bracket the millimetre about the fovea and tell its mean thickness
    #[arg(long)]
    fovea: bool,
    /// The thickness map of a labelled volume with the ETDRS grid
    #[arg(long, conflicts_with_all = ["layout", "labels", "b_scan", "caption", "fovea"])]
    thickness_map: bool,
    /// The first B-scan of a map is its superior one; it is the inferior one unless said here, as the Spectralis records
    #[arg(long)]
    superior_first: bool,
}

/// What a figure shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Layout {
    /// The scan alone.
    Scan,
    /// Labels over the scan.
    Overlay,
    /// Outlines of the labels over the scan.
    Outlines,
    /// Scan and labels side by side.
    Beside,
    /// The labels alone.
    Labels,
}

/// Runs the subcommand.
///
/// # Errors
/// If a file cannot be read or written, the labels are of another size, or there is nothing to show.
pub fn run(args: FigureArgs) -> anyhow::Result<()> {
    if args.thickness_map {
        return write_map(&args);
    }
    let Some(format) = FigureFormat::of(&args.out) else {
        bail!("{}: end the name in .png, .svg or .pdf: it says what is written", args.out.display());
    };
    let opened = open(&args.file)?;
    opened.warnings.iter().for_each(|warning| eprintln!("note: {warning}"));
    let pages = opened.document.pages.len();
    let Some(page) = opened.document.pages.get(args.b_scan as usize - 1) else {
        bail!("{} holds {pages} B-scans: there is no B-scan {}", args.file.display(), args.b_scan);
    };
    let mask = mask_of(&args, page)?;
    let spacing = args.spacing.or(page.scan.spacing);
    if args.proportions == Proportions::True && spacing.is_none() {
        bail!("{}: true proportions need the pixel size; say it with --spacing", args.file.display());
    }
    if spacing.is_none() {
        eprintln!("note: {}: no scale bars, the pixel size is unknown (--spacing)", args.file.display());
    }
    let is_annotated =
        !mask.layers.holds_only(|code| code == UNANNOTATED) || !mask.lesions.holds_only(|code| code == 0);
    let layout = layout_of(&args, opened.kind, is_annotated)?;
    let origins =
        [Some(&args.file), args.labels.as_ref()].map(|file| file.map_or(Origin::default(), |f| origin(f)));
    let caption = match &args.caption {
        Some(caption) => caption.clone(),
        None => caption(&opened, page, spacing, &origins),
    };
    let figure = Figure {
        panels: panels(layout, page, &mask, spacing, &args),
        columns: if layout == Layout::Beside { 2 } else { 1 },
        table: &opened.document.labels,
        caption,
        synthetic: origins.iter().any(|origin| origin.synthetic),
    };
    let drawing = figure.drawn();
    if !drawing.missing_letters().is_empty() {
        let letters: String = drawing.missing_letters().iter().collect();
        eprintln!("note: the typeface has no letters for {letters}: they are left blank");
    }
    let bytes = drawing.encoded(format, args.width)?;
    write_file(&args.out, &bytes)?;
    let size = match format {
        FigureFormat::Png => format!("{} px wide", args.width),
        FigureFormat::Svg | FigureFormat::Pdf => "any size".to_owned(),
    };
    println!("{}: {size}, {} KB", args.out.display(), bytes.len().div_ceil(1000));
    Ok(())
}

/// The thickness map of a volume, or its table.
fn write_map(args: &FigureArgs) -> anyhow::Result<()> {
    let is_table = args.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let file = match (is_table, FigureFormat::of(&args.out)) {
        (true, _) => SectorFile::Table,
        (false, Some(format)) => SectorFile::Picture(format),
        (false, None) => bail!("{}: end the name in .png, .svg, .pdf or .csv", args.out.display()),
    };
    let opened = open(&args.file)?;
    opened.warnings.iter().for_each(|warning| eprintln!("note: {warning}"));
    let report = SectorReport::of(&opened.document, !args.superior_first);
    let bytes = report.encoded(file, Extent::Retina, args.width)?;
    write_file(&args.out, &bytes)?;
    println!(
        "{}: {} B-scans, {} KB",
        args.out.display(),
        opened.document.pages.len(),
        bytes.len().div_ceil(1000)
    );
    Ok(())
}

/// The labels to be shown: those of --labels, else those of the page.
fn mask_of(args: &FigureArgs, page: &Page) -> anyhow::Result<Mask> {
    let Some(labels) = &args.labels else { return Ok(page.mask.clone()) };
    let (mask, warnings) = open_label_onto(labels, page, crate::formats::label_mapping::LabelChoice::Unsaid)
        .with_context(|| format!("--labels of {}", args.file.display()))?;
    warnings.iter().for_each(|warning| eprintln!("note: {warning}"));
    Ok(mask)
}

fn layout_of(args: &FigureArgs, kind: FileKind, is_annotated: bool) -> anyhow::Result<Layout> {
    let is_label_map = kind == FileKind::LabelMap;
    match args.layout {
        None if is_label_map => Ok(Layout::Labels),
        None if is_annotated => Ok(Layout::Beside),
        None => Ok(Layout::Scan),
        Some(layout) if layout != Layout::Scan && !is_annotated => {
            bail!("{}: it has no labels; name some with --labels MASK", args.file.display())
        }
        Some(layout) if layout != Layout::Labels && is_label_map => bail!(
            "{}: this is a label map without its scan; name the scan as FILE and this with --labels",
            args.file.display()
        ),
        Some(layout) => Ok(layout),
    }
}

fn panels<'a>(
    layout: Layout,
    page: &'a Page,
    mask: &'a Mask,
    spacing: Option<Spacing>,
    args: &FigureArgs,
) -> Vec<Panel<'a>> {
    let central = args.fovea.then(|| {
        // Labels from elsewhere lie on the same scan, and so on the same fovea.
        CentralThickness::of_mask(mask, spacing, page.scan.fovea_column)
    });
    let eye = page.scan.laterality.map_or(String::new(), |eye| format!(", {}", eye.name()));
    let scan = Panel {
        heading: format!("B-scan{eye}"),
        size: [mask.width(), mask.height()],
        scan: Some(&page.scan.image),
        labels: None,
        spacing,
        proportions: args.proportions,
        has_scale_bars: true,
        central,
    };
    let labelled = |heading: &str, style, scan: Panel<'a>| Panel {
        heading: format!("{heading}{eye}"),
        labels: Some(PanelLabels { mask, style }),
        ..scan
    };
    match layout {
        Layout::Scan => vec![scan],
        Layout::Overlay => vec![labelled("B-scan with labels", LabelStyle::Overlay, scan)],
        Layout::Outlines => vec![labelled("B-scan with outlines", LabelStyle::Outlines, scan)],
        Layout::Labels => vec![labelled("Labels", LabelStyle::Filled, Panel { scan: None, ..scan })],
        Layout::Beside => scan.beside_labels(mask),
    }
}

/// What a file says of its making; documents and volumes say nothing here.
fn origin(path: &Path) -> Origin {
    if path.is_file() {
        read_file(path).map(|bytes| origin_of(&bytes)).unwrap_or_default()
    } else {
        Origin::default()
    }
}

/// Size, pixel size and origin: never a name of a file, which may be that of a patient.
fn caption(opened: &Opened, page: &Page, spacing: Option<Spacing>, origins: &[Origin]) -> String {
    let said =
        |field: fn(&Origin) -> &Option<String>| origins.iter().find_map(|origin| field(origin).clone());
    let mut parts: Vec<String> = said(|origin| &origin.title).into_iter().collect();
    parts.extend(size_in_words(&page.scan, spacing));
    parts.extend(said(|origin| &origin.seed).map(|seed| format!("seed {seed}")));
    parts.extend(said(|origin| &origin.model).map(|model| format!("model {model}")));
    let credit = opened.document.credit.clone().or_else(|| said(|origin| &origin.credit));
    parts.extend(credit.map(|credit| format!("source: {credit}")));
    parts.join(" · ")
}
