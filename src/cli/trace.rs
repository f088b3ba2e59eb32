//! `retidiff trace`: layer labels proposed for a scan, without a window.

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Serialize;

use crate::anatomy::Interface;
use crate::formats::open::open;
use crate::formats::{label_png, write_file};
use crate::mask::Interfaces;
use crate::mask::trace::{Trace, trace_between};

/// Proposes the eight interfaces of a B-scan by graph search, without a network.
///
/// Where the scan's device traced some of them (ILM, NFL/GCL and BM, mostly), these are kept and the rest is found
/// between them. Written is a label PNG (layers only: fluid is not looked for). The lines are a proposal to be corrected;
/// the confidence says where they are weak. The same scan gives the same labels on every machine.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    retidiff trace scan.png --out mask.png\n  \
    retidiff trace macula.vol --b-scan 25 --out mask.png --json > lines.json")]
pub struct TraceArgs {
    /// An image, a Heidelberg .vol, a .retidiff document or a folder of scans.
    #[arg(value_name = "SCAN")]
    scan: PathBuf,
    /// Where the label PNG goes.
    #[arg(long, value_name = "MASK.png")]
    out: PathBuf,
    /// Which B-scan of a volume, from 1.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    b_scan: u32,
    /// Print rows and confidence of every interface and column as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Report<'a> {
    scan: &'a str,
    width: u32,
    height: u32,
    interfaces: Vec<Line<'a>>,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    interface: &'static str,
    /// Columns in which the line is the device's, not found here.
    device_columns: usize,
    /// Where the layer below begins in every column, px from the top; null where nothing was scanned.
    rows: &'a [f32],
    confidence: &'a [f32],
}

/// Runs the subcommand.
///
/// # Errors
/// If the scan cannot be read, shows nothing to trace, or the labels cannot be written.
pub fn run(args: TraceArgs) -> anyhow::Result<()> {
    let opened = open(&args.scan)?;
    let pages = opened.document.pages.len();
    let Some(page) = opened.document.pages.get(args.b_scan as usize - 1) else {
        bail!("{} holds {pages} B-scans: there is no B-scan {}", args.scan.display(), args.b_scan);
    };
    let scan = &page.scan;
    let unknown = Interfaces::unknown(scan.width());
    let all = opened.partly_traced.as_deref().unwrap_or_default();
    let known = all.get(args.b_scan as usize - 1).filter(|lines| lines.width() == scan.width());
    let known = known.unwrap_or(&unknown);
    let traced = trace_between(scan, known, &|| false).with_context(|| args.scan.display().to_string())?;
    let codes = traced.interfaces.rasterised(scan.height()).to_pixels();
    let about =
        [("Software", "RetiDiff Studio"), ("Comment", "layers proposed by auto-trace, not corrected")];
    let bytes = label_png::write(scan.width(), scan.height(), &codes, &about)
        .with_context(|| format!("{} could not be encoded", args.out.display()))?;
    write_file(&args.out, &bytes)?;
    if args.json {
        let interfaces = Interface::ALL.map(|interface| Line {
            interface: interface.name(),
            device_columns: device_columns(known, interface),
            rows: &traced.interfaces.rows[interface.index()],
            confidence: &traced.confidence[interface.index()],
        });
        let (width, height) = (scan.width(), scan.height());
        let report = Report { scan: &scan.name, width, height, interfaces: interfaces.into() };
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", summary(&traced, known));
    }
    Ok(())
}

/// Columns in which the device traced an interface.
fn device_columns(known: &Interfaces, interface: Interface) -> usize {
    known.rows[interface.index()].iter().filter(|row| row.is_finite()).count()
}

/// Mean confidence of each interface, for people.
fn summary(traced: &Trace, device: &Interfaces) -> String {
    let mut text = String::from("interface   confidence\n");
    for interface in Interface::ALL {
        let known: Vec<f32> = traced.interfaces.rows[interface.index()]
            .iter()
            .zip(&traced.confidence[interface.index()])
            .filter_map(|(row, &sure)| row.is_finite().then_some(sure))
            .collect();
        let mean = known.iter().sum::<f32>() / known.len().max(1) as f32;
        let by_device = match device_columns(device, interface) {
            0 => String::new(),
            columns => format!("  by the device in {columns} columns"),
        };
        text += &format!("{:<12}{:>9.0} %{by_device}\n", interface.name(), mean * 100.0);
    }
    text
}
