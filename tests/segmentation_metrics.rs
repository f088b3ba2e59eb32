//! The figures of segmenters against numpy and scipy (tests/reference/segmentation_reference.py).

use std::path::Path;

use retidiff::metrics::segmentation::confusion::Confusion;
use retidiff::metrics::segmentation::dice::{DiceKind, ImageCounts, dice};
use retidiff::metrics::segmentation::interfaces::{ColumnErrors, GeometryErrors};
use retidiff::metrics::segmentation::lesion_detection::LesionDetection;
use retidiff::metrics::segmentation::outlines::Outlines;
use retidiff::metrics::segmentation::{CLASS_COUNT, FLUID, LabelledPair};
use retidiff::scan::Spacing;
use safetensors::SafeTensors;
use serde_json::Value;

/// Distances are computed in single precision.
const TOLERANCE: f64 = 2e-6;

struct Image {
    truth: Vec<u8>,
    predicted: Vec<u8>,
    scanned: Vec<bool>,
    columns: Vec<bool>,
    size: [u32; 2],
}

impl Image {
    fn pair(&self) -> LabelledPair<'_> {
        LabelledPair {
            size: self.size,
            truth: &self.truth,
            predicted: &self.predicted,
            scanned: &self.scanned,
            columns: &self.columns,
            spacing: Spacing::checked(3.87, 11.3).unwrap(),
        }
    }
}

fn golden() -> (Vec<Image>, Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let bytes = std::fs::read(folder.join("segmentation.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let plane = |name: String| tensors.tensor(&name).unwrap().data().to_vec();
    let bits = |name: String| plane(name).into_iter().map(|value| value != 0).collect();
    let [height, width] = tensors.tensor("truth_0").unwrap().shape().try_into().unwrap();
    let images = (0..5).map(|index| Image {
        truth: plane(format!("truth_{index}")),
        predicted: plane(format!("predicted_{index}")),
        scanned: bits(format!("scanned_{index}")),
        columns: bits(format!("columns_{index}")),
        size: [width as u32, height as u32],
    });
    let figures = std::fs::read(folder.join("segmentation.json")).unwrap();
    (images.collect(), serde_json::from_slice(&figures).unwrap())
}

fn assert_close(found: Option<f64>, expected: &Value, what: &str) {
    let expected = expected.as_f64();
    let is_close = match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0),
        (found, expected) => found == expected,
    };
    assert!(is_close, "{what}: {found:?}, not {expected:?}");
}

#[test]
fn overlap_equals_the_reference_in_every_kind() {
    let (images, golden) = golden();
    let confusions: Vec<Confusion> = images.iter().map(|image| Confusion::of(&image.pair())).collect();
    let subjects: Vec<String> =
        golden["subjects"].as_array().unwrap().iter().map(|subject| subject.to_string()).collect();
    let counts: Vec<ImageCounts> = subjects
        .iter()
        .zip(&confusions)
        .map(|(subject, confusion)| ImageCounts { subject, confusion })
        .collect();
    for (kind, name) in DiceKind::ALL.into_iter().zip(["pooled", "per_image", "per_subject", "ynet_compat"]) {
        let (found, expected) = (dice(kind, &counts), &golden["dice"][name]);
        for class in 0..CLASS_COUNT {
            assert_close(
                found.classes[class],
                &expected["classes"][class],
                &format!("{name}, class {class}"),
            );
        }
        assert_close(found.mean_without_background, &expected["without"], name);
        assert_close(found.mean_with_background, &expected["with"], name);
    }
    let all = Confusion::sum(&confusions);
    for class in 0..CLASS_COUNT {
        assert_close(all.recall(class), &golden["recall"][class], "recall");
    }
    assert_close(all.pixel_accuracy(), &golden["pixel_accuracy"], "pixel accuracy");
    assert_close(all.mean_iou(), &golden["mean_iou"], "mean intersection over union");
}

#[test]
fn an_image_without_fluid_on_either_side_scores_two_only_in_the_compatible_kind() {
    let (images, _) = golden();
    let mut image = images.into_iter().next().unwrap();
    image.truth.iter_mut().chain(&mut image.predicted).filter(|code| **code == 9).for_each(|code| *code = 5);
    let confusion = Confusion::of(&image.pair());
    let counts = [ImageCounts { subject: "a", confusion: &confusion }];
    let fluid = DiceKind::ALL.map(|kind| dice(kind, &counts).classes[FLUID]);
    assert_eq!(fluid, [None, None, None, Some(2.0)]);
}

#[test]
fn outlines_equal_the_reference() {
    let (images, golden) = golden();
    for (index, image) in images.iter().enumerate() {
        for class in 0..CLASS_COUNT {
            let expected = &golden["surfaces"][index][class];
            let what = format!("image {index}, class {class}");
            match Outlines::of(&image.pair(), class) {
                Outlines::Absent => assert_eq!(expected, "absent", "{what}"),
                Outlines::OneSided => assert_eq!(expected, "one_sided", "{what}"),
                Outlines::Apart(found) => {
                    assert_close(Some(found.hd95_um), &expected["hd95_um"], &what);
                    assert_close(Some(found.assd_um), &expected["assd_um"], &what);
                    assert_close(Some(found.nsd), &expected["nsd"], &what);
                }
            }
        }
    }
}

#[test]
fn interfaces_thickness_and_area_equal_the_reference() {
    let (images, golden) = golden();
    let golden = &golden["geometry"];
    let mut errors = GeometryErrors::default();
    images.iter().for_each(|image| errors.join(&GeometryErrors::of(&image.pair())));
    let check = |found: ColumnErrors, expected: &Value, what: &str| {
        assert_eq!(found.columns as u64, expected["columns"].as_u64().unwrap(), "{what}");
        assert_close(found.mean_um, &expected["mean"], what);
        assert_close(found.bias_um, &expected["bias"], what);
    };
    for k in 0..8 {
        check(errors.interface(k), &golden["interfaces"][k], &format!("interface {k}"));
    }
    for layer in 0..7 {
        check(errors.thickness(layer), &golden["thicknesses"][layer], &format!("thickness {layer}"));
        let of_images = errors.image_thickness(layer);
        assert_close(of_images.mean, &golden["image_thicknesses"][layer], "thickness of images");
    }
    let area = errors.fluid_mm2().unwrap();
    assert_close(Some(area[0]), &golden["fluid_mm2"][0], "area");
    assert_close(Some(area[1]), &golden["fluid_mm2"][1], "area, signed");
}

#[test]
fn lesions_found_equal_the_reference() {
    let (images, golden) = golden();
    let all = images
        .iter()
        .map(|image| LesionDetection::of(&image.pair()))
        .fold(LesionDetection::default(), LesionDetection::joined);
    let counts = [all.lesions, all.found, all.predicted, all.right];
    assert_eq!(serde_json::to_value(counts).unwrap(), golden["lesions"]["counts"]);
    assert_close(all.f1(), &golden["lesions"]["f1"], "F1");
    assert_eq!(LesionDetection::default().f1(), None);
}
