//! Pictures for a slide: what they show, and what they refuse.

use std::path::Path;

use clap::Parser;
use retidiff::cli::figure::{self, FigureArgs};
use retidiff::document::Document;
use retidiff::formats::figure::{Figure, FigureFormat, LabelStyle, Panel, PanelLabels, Proportions};
use retidiff::formats::label_png::CodeScheme;
use retidiff::formats::{label_png, scan_image, write_document, write_file};
use retidiff::mask::Mask;
use retidiff::scan::{BScan, Spacing};

use crate::fixtures;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: FigureArgs,
}

fn figure(folder: &Path, words: &[&str]) -> Result<(), String> {
    let words = words.iter().map(|word| match word.strip_prefix('@') {
        Some(file) => folder.join(file).display().to_string(),
        None => (*word).to_owned(),
    });
    let args = Command::try_parse_from(std::iter::once("figure".to_owned()).chain(words));
    figure::run(args.map_err(|e| e.to_string())?.args).map_err(|error| format!("{error:#}"))
}

/// A folder with a scan, its labels and a scan that says that it is synthetic.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let grey = fixtures::grey(120, 80);
    let synthetic = [("Synthetic", "true"), ("Seed", "41")];
    for (name, bytes) in [
        ("scan.png", fixtures::grey_png(120, 80)),
        ("labels.png", fixtures::label_png(120, 80)),
        ("made.png", scan_image::write(&grey, &synthetic).unwrap()),
        ("small.png", label_png::write(20, 10, &fixtures::codes(20, 10), &[]).unwrap()),
    ] {
        write_file(&folder.path().join(name), &bytes).unwrap();
    }
    folder
}

#[test]
fn every_layout_is_written_in_every_format() {
    let folder = folder();
    for layout in ["scan", "overlay", "outlines", "beside"] {
        for ending in ["png", "svg", "pdf"] {
            let out = format!("@as-{layout}.{ending}");
            let words = ["@scan.png", "--labels", "@labels.png", "--spacing", "3.9x11.5", "--layout", layout];
            figure(folder.path(), &[&words[..], &["--out", &out, "--width", "640", "--fovea"]].concat())
                .unwrap();
        }
        let read = |ending: &str| std::fs::read(folder.path().join(format!("as-{layout}.{ending}"))).unwrap();
        let picture = image::load_from_memory(&read("png")).unwrap().to_rgb8();
        assert_eq!(picture.width(), 640);
        let colours: std::collections::HashSet<_> = picture.pixels().map(|p| p.0).collect();
        assert!(picture.get_pixel(0, 0).0 == [255; 3] && colours.len() > 60, "{layout}: {}", colours.len());
        let svg = String::from_utf8(read("svg")).unwrap();
        assert!(svg.contains("data:image/png;base64,") && !svg.contains("<text"), "{layout}");
        assert!(!svg.contains("SYNTHETIC"));
        assert!(read("pdf").starts_with(b"%PDF-"), "{layout}");
    }
    figure(folder.path(), &["@labels.png", "--out", "@alone.svg"]).unwrap();
    let svg = std::fs::read_to_string(folder.path().join("alone.svg")).unwrap();
    assert!(svg.contains("<pattern") && !svg.contains("<image"), "labels alone need no scan");
}

#[test]
fn what_is_synthetic_says_so_in_picture_and_file() {
    let folder = folder();
    for ending in ["png", "svg", "pdf"] {
        figure(folder.path(), &["@made.png", "--out", &format!("@made-slide.{ending}")]).unwrap();
        let bytes = std::fs::read(folder.path().join(format!("made-slide.{ending}"))).unwrap();
        let holds = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
        assert!(holds(b"SYNTHETIC"), "{ending}");
        assert!(ending == "pdf" || holds(b"seed 41"), "{ending}");
    }
    // The plate is in the picture: its vermillion is nowhere in the same figure of a recorded scan.
    let plate = |file: &str| {
        let picture = image::open(folder.path().join(file)).unwrap().to_rgb8();
        picture.pixels().filter(|p| p.0 == [0xb3, 0x44, 0x0b]).count()
    };
    figure(folder.path(), &["@scan.png", "--out", "@slide.png"]).unwrap();
    assert_eq!(plate("slide.png"), 0);
    assert!(plate("made-slide.png") > 2000, "{}", plate("made-slide.png"));
}

#[test]
fn refusals_name_the_remedy() {
    let folder = folder();
    let refusal = |words: &[&str]| figure(folder.path(), words).unwrap_err();
    assert!(refusal(&["@scan.png", "--out", "@a.gif"]).contains("end the name in .png, .svg or .pdf"));
    assert!(
        refusal(&["@scan.png", "--out", "@a.png", "--layout", "overlay"]).contains("name some with --labels")
    );
    let other = refusal(&["@scan.png", "--labels", "@small.png", "--out", "@a.png"]);
    assert!(other.contains("20x10") && other.contains("120x80"), "{other}");
    assert!(refusal(&["@labels.png", "--out", "@a.png", "--layout", "beside"]).contains("without its scan"));
    assert!(refusal(&["@scan.png", "--out", "@a.png", "--proportions", "true"]).contains("--spacing"));
    assert!(refusal(&["@scan.png", "--out", "@a.png", "--b-scan", "2"]).contains("holds 1 B-scans"));
    assert!(refusal(&["@scan.png", "--out", "@a.png", "--width", "50"]).contains("200..=8192"));
}

#[test]
fn scale_bars_are_as_long_as_they_say() {
    // 4 um down and 20 across: a picture of 2000 um by 400, of bars that are 200 and 50 um long.
    let scan = retidiff::scan::GreyImage::new(100, 100, vec![0; 10_000]);
    let mask = Mask::unannotated(100, 100);
    let table = retidiff::document::LabelTable::default();
    let panel = Panel {
        size: [100, 100],
        scan: Some(&scan),
        labels: Some(PanelLabels { mask: &mask, style: LabelStyle::Outlines }),
        spacing: Spacing::checked(4.0, 20.0),
        proportions: Proportions::Pixels,
        has_scale_bars: true,
        ..Panel::default()
    };
    let figure =
        Figure { panels: vec![panel], columns: 1, table: &table, caption: String::new(), synthetic: false };
    let bytes = figure.drawn().encoded(FigureFormat::Png, 1600).unwrap();
    let picture = image::load_from_memory(&bytes).unwrap().to_rgb8();
    let is_ink = |p: &image::Rgb<u8>| p.0.iter().all(|&value| value > 250);
    // The picture's rows and columns that hold the longest white runs, page margins left out.
    let (mut across, mut down) = (0, 0);
    for y in (0..picture.height()).filter(|&y| (100..1215).contains(&y)) {
        across = across.max(longest((60..1150).map(|x| is_ink(picture.get_pixel(x, y)))));
    }
    for x in 50..1150 {
        down = down.max(longest((100..1215).map(|y| is_ink(picture.get_pixel(x, y)))));
    }
    let side = f64::from(picture.height()) - 48.0 - 28.0 - 36.0;
    let (wanted_across, wanted_down) = (side * 200.0 / 2000.0, side * 50.0 / 400.0);
    assert!((f64::from(across) - wanted_across).abs() < 8.0, "{across} for {wanted_across}");
    assert!((f64::from(down) - wanted_down).abs() < 8.0, "{down} for {wanted_down}");
}

/// The longest run of what is true.
fn longest(values: impl Iterator<Item = bool>) -> u32 {
    let (mut best, mut run) = (0, 0);
    for value in values {
        run = if value { run + 1 } else { 0 };
        best = best.max(run);
    }
    best
}

#[test]
fn a_volume_has_its_thickness_map_and_its_table() {
    let folder = tempfile::tempdir().unwrap();
    let image = scan_image::read(include_bytes!("../assets/samples/fovea.png"), "fovea.png").unwrap();
    let labels = include_bytes!("../assets/samples/fovea-labels.png");
    let labels = label_png::read(labels, "labels", CodeScheme::Studio).unwrap();
    let mask = Mask::from_composite(labels.width, labels.height, &labels.codes).0;
    let scan = BScan { spacing: Spacing::checked(3.9, 11.0), ..BScan::from_image(image, "fovea") };
    let sample = Document::from_scan(scan, mask);
    let mut volume = sample.clone();
    volume.pages = vec![sample.pages[0].clone(); 5];
    volume.b_scan_distance_um = Some(120.0);
    for (name, document) in [("volume.retidiff", &volume), ("one.retidiff", &sample)] {
        write_file(&folder.path().join(name), &write_document(document)).unwrap();
    }
    for out in ["map.png", "map.svg", "map.pdf", "map.csv"] {
        figure(folder.path(), &["@volume.retidiff", "--thickness-map", "--out", &format!("@{out}")]).unwrap();
    }
    let table = std::fs::read_to_string(folder.path().join("map.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 8 * 9);
    let refused = figure(folder.path(), &["@one.retidiff", "--thickness-map", "--out", "@one.png"]);
    assert!(refused.unwrap_err().contains("distance of the B-scans is unknown"));
}
