//! Label pictures as people have them: the stored values are taken, what they mean is asked, nothing is lost.
//!
//! The rows `labels/*` of the table of cases, on the shared files where they are there, and the same kinds made in
//! code.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::ImageFormat;
use proptest::prelude::*;
use retidiff::anatomy::{IRF, UNANNOTATED};
use retidiff::document::Page;
use retidiff::formats::label_mapping::{
    Confidence, LabelChoice, LabelMapping, Labels, Meaning, labels_of, propose, read_labels,
};
use retidiff::formats::label_picture::{self, LabelValue};
use retidiff::formats::open::{labels_onto, open, open_label_onto};
use retidiff::formats::{read_file, tian, write_file};
use retidiff::mask::{Mask, is_composite_code};
use tiff::encoder::{TiffEncoder, TiffValue, colortype};

use crate::fixtures::{self, shared_data};

/// The folder of label cases, or `None` with a note that the test is skipped.
fn cases(test: &str) -> Option<PathBuf> {
    let folder = shared_data(test)?.parent()?.join("cases/made/labels");
    if !folder.is_dir() {
        eprintln!("skipped: {test}: no cases at {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The labels of a case as they were asked to be read: `Ok` or what was said.
fn read(folder: &Path, file: &str, choice: &LabelChoice) -> Result<Labels, String> {
    let bytes = read_file(&folder.join(file)).unwrap();
    read_labels(&bytes, file, choice).map_err(|error| error.to_string())
}

fn scheme(name: &str) -> LabelChoice {
    LabelChoice::Scheme(name.parse().unwrap())
}

fn map(text: &str) -> LabelChoice {
    LabelChoice::Map(text.parse().unwrap())
}

fn refusal(folder: &Path, file: &str, choice: &LabelChoice) -> String {
    let text = read(folder, file, choice).unwrap_err();
    assert!(text.starts_with(&format!("{file}: ")), "{text}");
    text
}

fn best_scheme(folder: &Path, file: &str) -> (String, Confidence) {
    let picture = label_picture::read(&read_file(&folder.join(file)).unwrap(), file).unwrap();
    let best = propose(&picture).into_iter().next().expect("a proposal");
    (best.scheme.to_string(), best.confidence)
}

#[test]
fn stored_codes_are_taken_however_they_are_stored() {
    let Some(folder) = cases("labels/studio_codes_*") else { return };
    let truth = read(&folder, "studio_codes.png", &LabelChoice::Unsaid).unwrap();
    assert_eq!(truth.counts().len(), 10);
    for file in ["u16.png", "u16.tif", "f32.tif", "grey_alpha.png", "miniswhite_stored.tif"] {
        let labels = read(&folder, &format!("studio_codes_{file}"), &LabelChoice::Unsaid).unwrap();
        assert_eq!(labels, truth, "{file}");
    }
    assert_eq!(read(&folder, "studio_codes.csv", &LabelChoice::Unsaid).unwrap(), truth);
    assert_eq!(best_scheme(&folder, "studio_codes.csv"), ("studio".to_owned(), Confidence::Certain));
}

#[test]
fn a_white_lesion_is_asked_about_and_never_lost() {
    let Some(folder) = cases("labels/binary_*") else { return };
    for (file, white) in [("binary_0_255.png", 255), ("binary_1bit.png", 255), ("binary_0_1.png", 1)] {
        for choice in [LabelChoice::Unsaid, scheme("binary")] {
            let text = refusal(&folder, file, &choice);
            assert!(text.contains(&format!("`--map {white}=IRF`")), "{text}");
            assert!(text.contains("0 (126577 px)") && text.contains(&format!("{white} (399 px)")), "{text}");
        }
        assert_eq!(best_scheme(&folder, file), ("binary".to_owned(), Confidence::Certain));
        let labels = read(&folder, file, &map(&format!("{white}=SRF"))).unwrap();
        assert_eq!(labels.counts(), [(IRF + 1, 399), (UNANNOTATED, 126_577)]);
        assert!(labels.only_lesions);
        assert!(open(&folder.join(file)).unwrap().possible_labels.is_none());
    }
}

#[test]
fn a_lesion_mask_leaves_the_layers_of_its_scan() {
    let Some(folder) = cases("labels/binary_0_255 on a scan with layers") else { return };
    let scan = open(&folder.join("scan.png")).unwrap().document.pages[0].scan.clone();
    let truth = read(&folder, "studio_codes.png", &LabelChoice::Unsaid).unwrap();
    let (mut mask, _) = Mask::from_composite(truth.width, truth.height, &truth.codes);
    mask.lesions = Mask::unannotated(truth.width, truth.height).lesions;
    let page = Page::new((*scan).clone(), mask);
    let (read, notes) = open_label_onto(&folder.join("binary_0_255.png"), &page, map("255=IRF")).unwrap();
    assert_eq!(read.layers, page.mask.layers);
    assert_eq!(read.composite_pixels(), truth.codes, "{notes:?}");
}

#[test]
fn disorder_is_said_and_a_scheme_proposed_before_anything_is_taken() {
    let Some(folder) = cases("labels/paper_codes_0to8, upside_down_order") else { return };
    let truth = read(&folder, "studio_codes.png", &LabelChoice::Unsaid).unwrap();
    let text = refusal(&folder, "paper_codes_0to8.png", &LabelChoice::Unsaid);
    assert!(text.contains("`--scheme paper`") && text.contains("8 (399 px)"), "{text}");
    assert_eq!(best_scheme(&folder, "paper_codes_0to8.png"), ("paper".to_owned(), Confidence::Likely));
    assert_eq!(read(&folder, "paper_codes_0to8.png", &scheme("paper")).unwrap().codes, truth.codes);

    let text = refusal(&folder, "upside_down_order.png", &LabelChoice::Unsaid);
    assert!(text.contains("256 columns out of order (of 256), the first is 0"), "{text}");
    assert!(
        text.contains("upside down") && text.contains("`--scheme studio` takes them as they are"),
        "{text}"
    );
    let labels = read(&folder, "upside_down_order.png", &scheme("studio")).unwrap();
    let disorder = labels.disorder.expect("said beside the codes, before they are put anywhere");
    assert_eq!((disorder.columns, disorder.first_column, disorder.interfaces.len()), (256, 0, 8));
    assert!(truth.disorder.is_none());
}

#[test]
fn spread_greys_are_read_by_name_and_by_mapping() {
    let Some(folder) = cases("labels/steps_of_30") else { return };
    let truth = read(&folder, "studio_codes.png", &LabelChoice::Unsaid).unwrap();
    let text = refusal(&folder, "steps_of_30.png", &LabelChoice::Unsaid);
    assert!(text.contains("the value 30 at column 0, row 101 is no label"), "{text}");
    assert!(text.contains("30 (1011 px)") && text.contains("`--scheme paper*30`"), "{text}");
    let each = "30=NFL,60=GCL-IPL,90=INL,120=OPL,150=ONL-ISM,180=ISE,210=OS-RPE,240=IRF";
    for choice in [scheme("paper*30"), scheme("steps"), map(each)] {
        let labels = read(&folder, "steps_of_30.png", &choice).unwrap();
        assert_eq!(labels.codes, truth.codes, "{choice:?}");
    }
    let text = refusal(&folder, "steps_of_30.png", &map("0=background,30=NFL"));
    assert!(text.contains("the value 60 at column"), "{text}");
    let text = refusal(&folder, "steps_of_30.jpg", &map(each));
    assert!(
        text.starts_with("steps_of_30.jpg: column ") && text.contains("a JPEG changes label codes"),
        "{text}"
    );
    assert!(text.contains(", row ") && text.contains("the value "), "{text}");
}

#[test]
fn voc_colours_are_numbers_and_smoothed_ones_are_refused_by_place() {
    let Some(folder) = cases("labels/voc_*") else { return };
    let truth = read(&folder, "studio_codes.png", &LabelChoice::Unsaid).unwrap();
    for file in ["voc_palette_indexed.png", "voc_palette_rgb.png", "voc_palette_rgba.png"] {
        for choice in [LabelChoice::Unsaid, scheme("voc")] {
            let text = refusal(&folder, file, &choice);
            assert!(text.contains("#400000") && text.contains("399 px"), "{text}");
            assert!(text.contains("`--scheme paper`"), "{text}");
        }
        assert_eq!(best_scheme(&folder, file).0, "paper");
        assert_eq!(read(&folder, file, &scheme("paper")).unwrap().codes, truth.codes, "{file}");
    }
    let each = "#000000=background,#800000=NFL,#008000=GCL-IPL,#808000=INL,#000080=OPL,#800080=ONL-ISM,\
                #008080=ISE,#808080=OS-RPE,#400000=IRF";
    assert_eq!(read(&folder, "voc_palette_rgb.png", &map(each)).unwrap().codes, truth.codes);
    for choice in [LabelChoice::Unsaid, scheme("paper"), map(each)] {
        let text = refusal(&folder, "voc_rgb_antialiased.png", &choice);
        assert!(text.starts_with("voc_rgb_antialiased.png: column ") && text.contains(", row "), "{text}");
        assert!(text.contains("anti-aliased"), "{text}");
    }
}

#[test]
fn labels_of_another_size_name_both_sizes_and_what_happened() {
    let Some(folder) = cases("labels/transposed, twice_the_size") else { return };
    let page = open(&folder.join("scan.png")).unwrap().document.pages[0].clone();
    let onto = |file: &str| {
        let refused = open_label_onto(&folder.join(file), &page, LabelChoice::Unsaid);
        refused.map(drop).unwrap_err().to_string()
    };
    assert!(onto("transposed.png").contains("496x256 where the scan has 256x496: transposed?"));
    assert!(onto("twice_the_size.png").contains("512x992 where the scan has 256x496, 2 times the size"));
}

#[test]
fn boundary_files_are_read_however_their_lines_end() {
    let Some(folder) = cases("labels/boundary_*.txt, empty.txt") else { return };
    let boundary = |file: &str| tian::read_boundary(&read_file(&folder.join(file)).unwrap(), file);
    let plain = boundary("boundary_crlf.txt").unwrap();
    assert_eq!((plain.rows.len(), plain.rows[0].len()), (10, 256));
    assert_eq!(boundary("boundary_bom.txt").unwrap(), plain);
    assert_eq!(boundary("boundary_trailing_comma.txt").unwrap(), plain);
    let text = open(&folder.join("empty.txt")).unwrap_err().to_string();
    assert!(text.starts_with("empty.txt: line 1, field 1: the file holds no boundary"), "{text}");
}

fn retidiff(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_retidiff")).args(arguments).output().expect("the program starts")
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_command_line_asks_and_takes_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let at = |part: &str| folder.path().join(part);
    let put = |part: &str, bytes: &[u8]| write_file(&at(part), bytes).unwrap();
    put("source/images/eye.png", &fixtures::grey_png(24, 18));
    let white: Vec<u8> = (0..24 * 18).map(|i| if (100..110).contains(&i) { 255 } else { 0 }).collect();
    put("source/masks/eye.png", &grey8(24, 18, &white));
    put("source/images/other.png", &fixtures::grey_png(24, 18));
    put("source/masks/other.csv", csv(24, &white).as_bytes());
    let (source, out) = (at("source"), at("out"));
    let (source, out) = (source.to_str().unwrap(), out.to_str().unwrap());

    let refused = retidiff(&["import", source, "--out", out]);
    let text = text_of(&refused);
    assert!(!refused.status.success() && text.contains("`--map 255=IRF`"), "{text}");
    let text = text_of(&retidiff(&["import", source, "--out", out, "--map", "255=IRF"]));
    assert!(text.contains("2 labelled"), "{text}");
    for label in ["out/labels/eye.png", "out/labels/other.png"] {
        let bytes = read_file(&at(label)).unwrap();
        let labels = read_labels(&bytes, label, &LabelChoice::Unsaid).unwrap();
        assert_eq!(labels.counts(), [(IRF, 10), (UNANNOTATED, 24 * 18 - 10)]);
    }
    for (wrong, said) in [
        (["--map", "255=drusen"], "\"drusen\" is no label"),
        (["--map", "255"], "is no VALUE=LABEL"),
        (["--scheme", "mine"], "\"mine\" is no scheme"),
    ] {
        let text = text_of(&retidiff(&["import", source, "--out", out, wrong[0], wrong[1]]));
        assert!(text.contains(said), "{text}");
    }

    let mask = at("source/masks/eye.png");
    let mask = mask.to_str().unwrap();
    let text = text_of(&retidiff(&["info", mask]));
    assert!(text.contains("--scheme binary") && text.contains("`--map 255=IRF`"), "{text}");
    let output = retidiff(&["info", "--json", mask, "--map", "255=IRF"]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let values = &json["label_values"];
    assert_eq!((&values["values"][1]["value"], &values["values"][1]["pixels"]), (&"255".into(), &10.into()));
    assert_eq!(values["proposals"][0]["unknown_values"][0], "255");
    assert_eq!((&values["labels"][0]["name"], &values["labels"][0]["pixels"]), (&"IRF".into(), &10.into()));
}

fn tiff_of<C: colortype::ColorType>(width: u32, height: u32, samples: &[C::Inner]) -> Vec<u8>
where
    [C::Inner]: TiffValue,
{
    let mut bytes = Vec::new();
    let mut encoder = TiffEncoder::new(Cursor::new(&mut bytes)).unwrap();
    encoder.write_image::<C>(width, height, samples).unwrap();
    bytes
}

/// A label picture that was stored by other writers in every way that this program reads.
fn stored_ways(width: u32, height: u32, codes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let as_type = |number: &dyn Fn(u8) -> f64| codes.iter().map(|&code| number(code)).collect::<Vec<f64>>();
    let plain = as_type(&f64::from);
    let f32s: Vec<f32> = plain.iter().map(|&v| v as f32).collect();
    let u16s: Vec<u16> = plain.iter().map(|&v| v as u16).collect();
    let i32s: Vec<i32> = plain.iter().map(|&v| v as i32).collect();
    let grey_alpha: Vec<u8> = codes.iter().flat_map(|&code| [code, 255]).collect();
    let rgba: Vec<u8> = codes.iter().flat_map(|&code| [code, code, code, 255]).collect();
    let mut white_is_zero = tiff_of::<colortype::Gray8>(width, height, codes);
    let tag = white_is_zero.windows(4).position(|w| w == [6, 1, 3, 0]).expect("the photometric tag");
    white_is_zero[tag + 8] = 0;
    vec![
        ("grey.png", grey8(width, height, codes)),
        (
            "grey16.png",
            encoded(
                width,
                height,
                u16s.iter().flat_map(|v| v.to_ne_bytes()).collect(),
                image::ColorType::L16,
            ),
        ),
        ("alpha.png", encoded(width, height, grey_alpha, image::ColorType::La8)),
        ("rgba.png", encoded(width, height, rgba, image::ColorType::Rgba8)),
        ("table.csv", csv(width, codes).into_bytes()),
        ("grey16.tif", tiff_of::<colortype::Gray16>(width, height, &u16s)),
        ("signed.tif", tiff_of::<colortype::GrayI32>(width, height, &i32s)),
        ("float.tif", tiff_of::<colortype::Gray32Float>(width, height, &f32s)),
        ("double.tif", tiff_of::<colortype::Gray64Float>(width, height, &plain)),
        ("white_is_zero.tif", white_is_zero),
    ]
}

fn encoded(width: u32, height: u32, samples: Vec<u8>, color: image::ColorType) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image::write_buffer_with_format(&mut bytes, &samples, width, height, color, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn grey8(width: u32, height: u32, codes: &[u8]) -> Vec<u8> {
    encoded(width, height, codes.to_vec(), image::ColorType::L8)
}

fn csv(width: u32, codes: &[u8]) -> String {
    let line = |row: &[u8]| row.iter().map(u8::to_string).collect::<Vec<_>>().join(",") + "\n";
    codes.chunks_exact(width as usize).map(line).collect()
}

#[test]
fn every_way_to_store_codes_gives_the_codes() {
    let codes = fixtures::codes(24, 18);
    for (name, bytes) in stored_ways(24, 18, &codes) {
        let labels = read_labels(&bytes, name, &LabelChoice::Unsaid).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((labels.width, labels.height), (24, 18), "{name}");
        assert_eq!(labels.codes, codes, "{name}");
        assert!(labels.warnings.is_empty() && labels.disorder.is_none(), "{name}: {labels:?}");
    }
}

#[test]
fn numbers_that_are_no_codes_name_their_place() {
    let mut floats = vec![1.0_f32; 12];
    floats[7] = 1.5;
    let bytes = tiff_of::<colortype::Gray32Float>(4, 3, &floats);
    let text = read_labels(&bytes, "a.tif", &LabelChoice::Unsaid).unwrap_err().to_string();
    assert!(text.starts_with("a.tif: column 3, row 1: the value 1.5 is no whole number"), "{text}");

    let half = [9, 255, 9, 128, 0, 0, 9, 255];
    let bytes = encoded(4, 1, half.to_vec(), image::ColorType::La8);
    let text = read_labels(&bytes, "a.png", &LabelChoice::Unsaid).unwrap_err().to_string();
    assert!(text.starts_with("a.png: column 1, row 0: the value 9 is 128/255 opaque"), "{text}");
    let clear = [9, 255, 77, 0, 0, 0, 9, 255];
    let bytes = encoded(4, 1, clear.to_vec(), image::ColorType::La8);
    let labels = read_labels(&bytes, "a.png", &map("9=IRF")).unwrap();
    assert_eq!(labels.codes, [IRF, UNANNOTATED, UNANNOTATED, IRF]);
    assert!(labels.warnings[0].contains("transparent was not mapped and is taken as unannotated"));
}

#[test]
fn data_sets_with_their_own_numbers_are_recognised_and_read() {
    // Columns, from the top; AROI's layers are groups of the studio's and stay unannotated.
    let aroi = ["0112233444", "0117233444", "0112263444", "0112235444"];
    let retouch = ["0000000000", "0011000000", "0012200000", "0000033000"];
    let picture = |columns: &[&str]| {
        let codes: Vec<u8> =
            (0..10).flat_map(|y| columns.iter().map(move |column| column.as_bytes()[y] - b'0')).collect();
        label_picture::read(&grey8(columns.len() as u32, 10, &codes), "a.png").unwrap()
    };
    for (columns, name, code_0_5, code_3_5) in
        [(&aroi, "aroi", UNANNOTATED, UNANNOTATED), (&retouch, "retouch", UNANNOTATED, 11)]
    {
        let picture = picture(&columns[..]);
        let text = labels_of(&picture, "a.png", &LabelChoice::Unsaid).unwrap_err().to_string();
        assert!(text.contains(&format!("`--scheme {name}`")), "{text}");
        assert_eq!(propose(&picture)[0].scheme.to_string(), name);
        let labels = labels_of(&picture, "a.png", &scheme(name)).unwrap();
        assert_eq!((labels.codes[5 * 4], labels.codes[5 * 4 + 3]), (code_0_5, code_3_5), "{name}");
        assert_eq!(labels.only_lesions, name == "retouch");
    }
    let labels = labels_of(&picture(&aroi), "a.png", &scheme("aroi")).unwrap();
    let column: Vec<u8> = labels.codes.iter().skip(1).step_by(4).copied().collect();
    assert_eq!(column, [0, 255, 255, 9, 255, 255, 255, 8, 8, 8]);
}

#[test]
fn labels_of_a_picture_are_put_onto_a_page_of_its_size_alone() {
    let codes = fixtures::codes(24, 18);
    let labels = read_labels(&grey8(24, 18, &codes), "a.png", &LabelChoice::Unsaid).unwrap();
    let scan = retidiff::scan::BScan::from_image(fixtures::grey(18, 24), "scan".to_owned());
    let page = Page::new(scan, Mask::unannotated(18, 24));
    let text = labels_onto(labels, &page, "a.png").map(drop).unwrap_err().to_string();
    assert!(text.contains("24x18 where the scan has 18x24: transposed?"), "{text}");
}

/// Up to six different codes or colours over a small picture.
fn any_picture() -> impl Strategy<Value = (u32, Vec<LabelValue>)> {
    let code = prop_oneof![0i32..12, Just(255), 0i32..256, Just(-1), Just(1000)];
    let codes = prop::collection::vec(code.prop_map(LabelValue::Code), 1..6);
    (codes, 1u32..9, 1usize..9).prop_flat_map(|(values, width, height)| {
        let pixels = prop::collection::vec(prop::sample::select(values), width as usize * height);
        (Just(width), pixels)
    })
}

fn any_meaning() -> impl Strategy<Value = Meaning> {
    prop_oneof![(0u8..12).prop_map(Meaning::Label), Just(Meaning::Background), Just(Meaning::Unannotated)]
}

fn picture_of(width: u32, pixels: &[LabelValue]) -> label_picture::LabelPicture {
    let line =
        |row: &[LabelValue]| row.iter().map(LabelValue::to_string).collect::<Vec<_>>().join(",") + "\n";
    let text: String = pixels.chunks_exact(width as usize).map(line).collect();
    label_picture::read(text.as_bytes(), "a.csv").unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_value_is_mapped_or_reported(
        (width, pixels) in any_picture(),
        meanings in prop::collection::vec(prop::option::weighted(0.9, any_meaning()), 6),
    ) {
        let picture = picture_of(width, &pixels);
        prop_assert_eq!(picture.values.iter().map(|found| found.pixels).sum::<u64>(), pixels.len() as u64);
        let mapping: LabelMapping = picture
            .values
            .iter()
            .zip(&meanings)
            .filter_map(|(found, meaning)| Some((found.value, (*meaning)?)))
            .collect();
        prop_assert_eq!(&mapping.to_string().parse::<LabelMapping>().unwrap_or_default(), &mapping);
        match labels_of(&picture, "a.csv", &LabelChoice::Map(mapping.clone())) {
            Ok(labels) => {
                prop_assert!(mapping.covers(&picture));
                for (value, &code) in pixels.iter().zip(&labels.codes) {
                    match mapping.meaning(*value) {
                        Some(Meaning::Label(wanted)) => prop_assert_eq!(code, wanted),
                        Some(Meaning::Unannotated) => prop_assert_eq!(code, UNANNOTATED),
                        Some(Meaning::Background) => prop_assert!(is_composite_code(code)),
                        None => prop_assert!(false, "{} was read without a meaning", value),
                    }
                }
            }
            Err(error) => {
                let text = error.to_string();
                let unknown = mapping.unknown(&picture).expect("a value without a meaning");
                prop_assert!(text.contains(&format!("{}", unknown.value)), "{}", text);
                prop_assert!(text.contains("column") && text.contains("row"), "{}", text);
            }
        }
    }

    #[test]
    fn no_scheme_invents_a_code(
        (width, pixels) in any_picture(),
        name in prop::sample::select(
            vec!["studio", "paper", "retouch", "aroi", "steps", "binary", "voc", "paper*30", "studio*20"]
        ),
    ) {
        let picture = picture_of(width, &pixels);
        for choice in [scheme(name), LabelChoice::Unsaid] {
            match labels_of(&picture, "a.csv", &choice) {
                Ok(labels) => {
                    prop_assert_eq!(labels.codes.len(), pixels.len());
                    prop_assert!(labels.codes.iter().all(|&code| is_composite_code(code)));
                    // One value, one label, outside background.
                    if choice == LabelChoice::Unsaid {
                        for (value, &code) in pixels.iter().zip(&labels.codes) {
                            prop_assert_eq!(*value, LabelValue::Code(i32::from(code)));
                        }
                    }
                }
                Err(error) => prop_assert!(error.to_string().starts_with("a.csv: ")),
            }
        }
        for proposal in propose(&picture) {
            prop_assert!(proposal.unknown_values.len() == 1 || proposal.mapping.covers(&picture));
        }
    }

    #[test]
    fn what_is_typed_as_a_mapping_is_read_or_named(text in "[0-9a-fA-F#=,; NFLIRSPEDtran*.-]{0,40}") {
        if let Err(error) = text.parse::<LabelMapping>() {
            prop_assert!(error.contains("part ") && error.contains("of the mapping"), "{}", error);
        }
        if let Err(error) = text.parse::<retidiff::formats::label_mapping::Scheme>() {
            prop_assert!(error.contains("scheme") || error.contains("multiplied"), "{}", error);
        }
    }
}

#[test]
fn every_stored_way_survives_cuts_and_flips() {
    let mut numbers = fixtures::Numbers(0x1abe1);
    for (name, valid) in stored_ways(12, 9, &fixtures::codes(12, 9)) {
        for round in 0..600 {
            let mut bytes = valid.clone();
            if round % 3 == 0 {
                bytes.truncate(numbers.below(valid.len()));
            }
            for _ in 0..=round % 4 {
                let length = bytes.len();
                if length > 0 {
                    bytes[numbers.below(length)] ^= 1 << numbers.below(8);
                }
            }
            for choice in [LabelChoice::Unsaid, scheme("paper"), map("0=background,1=NFL,9=IRF")] {
                match read_labels(&bytes, name, &choice) {
                    Ok(labels) => assert!(labels.codes.iter().all(|&code| is_composite_code(code)), "{name}"),
                    Err(error) => assert!(error.to_string().contains(name), "{name}: {error}"),
                }
            }
        }
    }
}
