//! The figures of `metrics` against numpy and scipy on a phantom (tests/reference/fidelity_reference.py).

use std::path::Path;

use retidiff::metrics::edges::{Edge, edge_distances};
use retidiff::metrics::fidelity::{Mask, PictureSet, criteria};
use retidiff::metrics::regions::{ClassGreys, correlation, fluid_ring};
use retidiff::metrics::sliced_wasserstein::{Patches, sliced_wasserstein};
use retidiff::metrics::texture::Textures;
use retidiff::scan::GreyImage;
use safetensors::SafeTensors;
use serde_json::Value;

const TOLERANCE: f64 = 1e-6;

struct Phantom {
    labels: Vec<u8>,
    valid: Vec<bool>,
    pictures: Vec<GreyImage>,
    figures: Value,
}

fn phantom() -> Phantom {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let bytes = std::fs::read(folder.join("fidelity.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let plane = |name: &str| tensors.tensor(name).unwrap().data().to_vec();
    let [height, width] = tensors.tensor("labels").unwrap().shape().try_into().unwrap();
    let figures = std::fs::read(folder.join("fidelity.json")).unwrap();
    Phantom {
        labels: plane("labels"),
        valid: plane("counted").into_iter().map(|value| value != 0).collect(),
        pictures: ["picture_0", "picture_1"]
            .map(|name| GreyImage::new(width as u32, height as u32, plane(name)))
            .into(),
        figures: serde_json::from_slice(&figures).unwrap(),
    }
}

fn assert_close(found: f64, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!(
        (found - expected).abs() <= TOLERANCE * expected.abs().max(1.0),
        "{what}: {found}, not {expected}"
    );
}

#[test]
fn figures_equal_the_reference() {
    let Phantom { labels, valid, pictures, figures } = phantom();
    let mut means = Vec::new();
    for (index, picture) in pictures.iter().enumerate() {
        let mut greys = ClassGreys::default();
        greys.add(picture, &labels, &valid);
        let mut textures = Textures::default();
        textures.add(picture, &labels, &valid);
        means.push(greys.means().map(Option::unwrap));
        for class in 0..10 {
            assert_close(means[index][class], &figures["class_means"][index][class], "class mean");
            let texture = textures.textures()[class].unwrap();
            let expected = &figures["textures"][index][class];
            assert_close(texture.contrast, &expected["contrast"], "contrast");
            let what = format!("width in class {class}");
            assert_close(texture.lateral_width_px.unwrap(), &expected["lateral_width_px"], &what);
            assert_close(texture.axial_width_px.unwrap(), &expected["axial_width_px"], &what);
        }
        let ring = fluid_ring(picture, &labels, &valid).unwrap();
        let expected = &figures["rings"][index];
        assert_eq!(ring.fluid_px as u64, expected["fluid_px"].as_u64().unwrap());
        assert_eq!(ring.ring_px as u64, expected["ring_px"].as_u64().unwrap());
        assert_close(ring.fluid_mean, &expected["fluid_mean"], "fluid");
        assert_close(ring.ring_mean, &expected["ring_mean"], "ring");
        for (edge, name) in [(Edge::Ilm, "ilm_distances"), (Edge::Bm, "bm_distances")] {
            let found = edge_distances(picture, &labels, &valid, edge);
            let expected: Vec<f64> = figures[name][index]
                .as_array()
                .unwrap()
                .iter()
                .map(|value| value.as_f64().unwrap())
                .collect();
            assert_eq!(found, expected, "{name}");
        }
    }
    let pairs: Vec<(f64, f64)> = means[0].into_iter().zip(means[1]).collect();
    assert_close(correlation(&pairs).unwrap(), &figures["correlation"], "correlation");
}

#[test]
fn a_picture_passes_against_itself_and_flat_classes_fail() {
    let Phantom { labels, valid, pictures, figures } = phantom();
    let mask = Mask { labels: &labels, scanned: &valid, valid: &valid };
    let real = &pictures[0];
    let flat: Vec<u8> = labels
        .iter()
        .map(|&code| figures["class_means"][0][usize::from(code.min(9))].as_f64().unwrap().round() as u8)
        .collect();
    let flat = GreyImage::new(real.width, real.height, flat);
    let set = |picture: &GreyImage| {
        let mut set = PictureSet::default();
        set.add(picture, mask);
        set
    };
    let real = set(real);
    for criterion in criteria(&real, &real) {
        assert!(criterion.passed, "{criterion:?}");
    }
    let verdict = criteria(&set(&flat), &real);
    let failed: Vec<&str> = verdict.iter().filter(|line| !line.passed).map(|line| line.name).collect();
    for line in ["speckle contrast", "autocorrelation width, lateral", "autocorrelation width, axial"] {
        assert!(failed.contains(&line), "painting classes flat gives no speckle: {failed:?}");
    }
    for line in ["correlation of class mean greys", "strongest edge at ILM", "strongest edge at BM"] {
        assert!(!failed.contains(&line), "it gets brightness and outer edges right: {failed:?}");
    }
    let other = set(&pictures[1]);
    let other = criteria(&other, &real);
    assert!(
        other.iter().any(|line| line.holds_between_eyes && !line.passed),
        "the two pictures differ in speckle"
    );
}

#[test]
fn the_sliced_wasserstein_distance_equals_the_reference() {
    let pictures = phantom().pictures;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/sliced_wasserstein.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let corners: Vec<[u32; 2]> = serde_json::from_value(golden["corners"].clone()).unwrap();
    let directions: Vec<f32> = serde_json::from_value(golden["directions"].clone()).unwrap();
    let side = golden["side"].as_u64().unwrap() as usize;
    let sets: Vec<Patches> = pictures
        .iter()
        .map(|picture| {
            let mut patches = Patches::new(side);
            patches.add(picture, &corners);
            patches
        })
        .collect();
    let found = sliced_wasserstein(&sets[0], &sets[1], &directions).unwrap();
    assert_close(found, &golden["distance"], "sliced Wasserstein distance");
}

#[test]
fn columns_inner_edges_and_coarse_speckle_equal_the_reference() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference");
    let bytes = std::fs::read(folder.join("columns.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let plane = |name: &str| tensors.tensor(name).unwrap().data().to_vec();
    let [height, width] = tensors.tensor("labels").unwrap().shape().try_into().unwrap();
    let golden: Value = serde_json::from_slice(&std::fs::read(folder.join("columns.json")).unwrap()).unwrap();
    let (labels, picture) = (plane("labels"), GreyImage::new(width as u32, height as u32, plane("picture")));
    let valid: Vec<bool> = plane("counted").into_iter().map(|value| value != 0).collect();
    let mut set = PictureSet::default();
    set.add(&picture, Mask { labels: &labels, scanned: &valid, valid: &valid });
    for (class, texture) in set.coarse_textures().into_iter().enumerate() {
        let (texture, expected) = (texture.unwrap(), &golden["textures"][class]);
        assert_close(texture.contrast, &expected["contrast"], &format!("contrast of class {class}"));
        for (found, name) in
            [(texture.lateral_width_px, "lateral_width_px"), (texture.axial_width_px, "axial_width_px")]
        {
            assert_eq!(found.is_none(), expected[name].is_null(), "{name} of class {class}");
            if let Some(found) = found {
                assert_close(found, &expected[name], &format!("{name} of class {class}"));
            }
        }
    }
    for (index, height) in set.inner_edge_heights().into_iter().enumerate() {
        assert_close(height.unwrap(), &golden["inner_edges"][index], &format!("inner edge {index}"));
    }
    let (columns, shadows) = (set.columns(), &golden["shadows"]);
    assert_close(columns.brightness_spread().unwrap(), &golden["brightness_spread"], "brightness of columns");
    assert_close(columns.shadows_per_hundred().unwrap(), &shadows["per_hundred"], "shadows");
    assert_close(columns.shadow_columns().unwrap(), &shadows["columns"], "width of shadows");
    assert_close(columns.shadow_depth().unwrap(), &shadows["depth"], "depth of shadows");
}
