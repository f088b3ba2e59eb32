//! Masks in the files of other programs' libraries: COCO's run lengths as pycocotools writes them, numpy's arrays.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use proptest::prelude::*;
use retidiff::anatomy::{IRF, UNANNOTATED};
use retidiff::document::{Document, Page};
use retidiff::formats::coco::{self, CocoPage};
use retidiff::formats::npz;
use retidiff::mask::Mask;
use retidiff::scan::{BScan, Spacing, Volume};
use serde_json::{Value, json};

use crate::fixtures;

/// What pycocotools made of pictures of a formula (`tests/reference/coco_reference.py`).
fn golden() -> Value {
    serde_json::from_str(include_str!("reference/coco.json")).unwrap()
}

fn speckled(width: u32, height: u32) -> Vec<u8> {
    let code = |x: u32, y: u32| if (x * x * 7 + y * y * 3 + x * y) % 11 < 4 && x > 5 { IRF } else { 0 };
    (0..height).flat_map(|y| (0..width).map(move |x| code(x, y))).collect()
}

fn wide() -> Vec<u8> {
    let code = |x: u32, y: u32| if (900..903).contains(&x) && y < 2 { IRF } else { 0 };
    (0..502).flat_map(|y| (0..1103).map(move |x| code(x, y))).collect()
}

#[test]
fn runs_areas_and_boxes_are_those_of_pycocotools() {
    let golden = golden();
    let (width, height) =
        (golden["width"].as_u64().unwrap() as u32, golden["height"].as_u64().unwrap() as u32);
    for (name, width, height, codes) in [
        ("codes", width, height, fixtures::codes(width, height)),
        ("speckled", width, height, speckled(width, height)),
        ("wide", 1103, 502, wide()),
    ] {
        let page = CocoPage { file_name: "eye.png", width, height, codes: &codes };
        let file: Value = serde_json::from_slice(&coco::write(&[page])).unwrap();
        let annotations = file["annotations"].as_array().unwrap();
        for wanted in golden[name].as_array().unwrap() {
            let id = wanted["code"].as_u64().unwrap() + 1;
            let one = annotations.iter().find(|one| one["category_id"] == id).expect("an annotation");
            assert_eq!(
                one["segmentation"],
                json!({"size": [height, width], "counts": wanted["counts"]}),
                "{name}"
            );
            assert_eq!((&one["area"], &one["bbox"]), (&wanted["area"], &wanted["bbox"]), "{name} {id}");
        }
    }
}

#[test]
fn masks_come_back_and_what_is_wrong_is_named() {
    let codes = fixtures::codes(24, 18);
    let page = CocoPage { file_name: "eye.png", width: 24, height: 18, codes: &codes };
    let bytes = coco::write(&[page, CocoPage { file_name: "other.png", ..page }]);
    let pictures = coco::read(&bytes, "a.json").unwrap();
    assert_eq!((pictures.len(), &pictures[1].file_name[..]), (2, "other.png"));
    let labels = pictures[0].labels("a.json");
    assert_eq!(labels.codes, codes);
    assert!(labels.warnings.is_empty() && !labels.only_lesions);

    let plain = |segmentation: Value, category: &str| {
        let file = json!({
            "images": [{"id": 7, "file_name": "e.png", "width": 3, "height": 2}],
            "categories": [{"id": 4, "name": category}],
            "annotations": [{"id": 1, "image_id": 7, "category_id": 4, "segmentation": segmentation}],
        });
        coco::read(&serde_json::to_vec(&file).unwrap(), "a.json")
    };
    let read = plain(json!({"size": [2, 3], "counts": [1, 2, 3]}), "irf").unwrap();
    let labels = read[0].labels("a.json");
    assert_eq!(labels.codes, [UNANNOTATED, IRF, UNANNOTATED, IRF, UNANNOTATED, UNANNOTATED]);
    assert!(labels.only_lesions);
    let refusal =
        |segmentation: Value, category: &str| plain(segmentation, category).unwrap_err().to_string();
    let runs = |counts: Value| json!({"size": [2, 3], "counts": counts});
    assert!(
        refusal(runs(json!([1, 2])), "IRF").contains("annotation 1 (id 1): its runs have 3 pixels where")
    );
    assert!(refusal(runs(json!("!")), "IRF").contains("letter 1 of its counts"));
    assert!(refusal(runs(json!([6])), "drusen").contains("its category \"drusen\" is no label"));
    assert!(refusal(json!({"size": [3, 2], "counts": [6]}), "IRF").contains("2x3 where its image has 3x2"));
    assert!(refusal(json!([[0.0, 0.0, 2.0, 0.0, 2.0, 2.0]]), "IRF").contains("it is a polygon"));
    assert!(coco::read(b"{}", "a.json").unwrap_err().to_string().starts_with("a.json: line 1, column 2"));
    let lying =
        json!({"images": [{"id": 1, "width": 99999, "height": 2}], "categories": [], "annotations": []});
    assert!(coco::read(&serde_json::to_vec(&lying).unwrap(), "a.json").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_mask_comes_back(
        (width, codes) in (1u32..30, 1usize..20).prop_flat_map(|(width, height)| {
            let code = prop_oneof![0u8..12, Just(UNANNOTATED)];
            (Just(width), prop::collection::vec(code, width as usize * height))
        })
    ) {
        let height = codes.len() as u32 / width;
        let bytes = coco::write(&[CocoPage { file_name: "a.png", width, height, codes: &codes }]);
        prop_assert_eq!(&coco::read(&bytes, "a.json").unwrap()[0].labels("a.json").codes, &codes);
    }

    #[test]
    fn flipped_annotation_files_are_survived(at in any::<prop::sample::Index>(), bit in 0u8..8, cut in any::<bool>()) {
        let codes = fixtures::codes(24, 18);
        let mut bytes = coco::write(&[CocoPage { file_name: "a.png", width: 24, height: 18, codes: &codes }]);
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if cut {
            bytes.truncate(at);
        }
        match coco::read(&bytes, "a.json") {
            Ok(pictures) => prop_assert!(pictures.iter().all(|p| p.labels("a.json").codes.len() < 1 << 26)),
            Err(error) => prop_assert!(error.to_string().starts_with("a.json: ")),
        }
    }
}

/// The heads and bytes of the arrays of an `.npz` file.
fn arrays(bytes: &[u8]) -> HashMap<String, (String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = HashMap::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().to_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let end = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        let head = String::from_utf8(bytes[10..end].to_vec()).unwrap().trim_end().to_owned();
        found.insert(name, (head, bytes[end..].to_vec()));
    }
    found
}

#[test]
fn a_documents_arrays_have_their_shapes_and_values() {
    let scan = |width, height| {
        let mut scan = BScan::from_image(fixtures::grey(width, height), "eye".to_owned());
        scan.spacing = Spacing::checked(3.9, 11.5);
        scan
    };
    let volume = Volume { b_scans: vec![scan(24, 18), scan(24, 18)], b_scan_distance_um: Some(120.0) };
    let mut document = Document::from_volume(volume);
    document.pages[1].mask = Mask::from_composite(24, 18, &fixtures::codes(24, 18)).0;
    let bytes = npz::write(&document);
    assert_eq!(bytes, npz::write(&document), "the same bytes for the same document");
    let found = arrays(&bytes);
    assert_eq!(found.len(), 6);
    let (head, labels) = &found["labels.npy"];
    assert_eq!(head, "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 18, 24), }");
    assert!(labels[..24 * 18].iter().all(|&code| code == UNANNOTATED));
    assert_eq!(labels[24 * 18..], fixtures::codes(24, 18));
    assert_eq!(found["scans.npy"].1[..24 * 18], fixtures::grey(24, 18).pixels[..]);
    let (head, spacing) = &found["spacing_um.npy"];
    assert_eq!(head, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }");
    assert_eq!(spacing[..8], [3.9_f32.to_le_bytes(), 11.5_f32.to_le_bytes()].concat());
    assert_eq!(found["b_scan_distance_um.npy"].1, 120.0_f32.to_le_bytes());

    document.pages.push(Page::new(scan(8, 9), Mask::unannotated(8, 9)));
    let found = arrays(&npz::write(&document));
    assert_eq!(found["labels_003.npy"].0, "{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8), }");
    assert_eq!(found.len(), 4 * 3 + 2);
}
