//! Fréchet and kernel distances against scipy (tests/reference/feature_distances_reference.py), in memory and by the
//! command, which reads them from files or has a network look at pictures.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use retidiff::formats::write_file;
use retidiff::metrics::feature_distances::{
    Features, frechet_by_covariances, frechet_by_nuclear_norm, kernel_distance,
};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_retidiff");

fn golden_cases() -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/feature_distances.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[test]
fn distances_of_features_equal_the_reference() {
    let cases = golden_cases();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let number = |value: &Value| value.as_f64().unwrap();
        let set = |name: &str, index: usize| {
            let values: Vec<f64> = case[name].as_array().unwrap().iter().map(number).collect();
            let count = case["counts"][index].as_u64().unwrap() as usize;
            Features::new(count, case["dimension"].as_u64().unwrap() as usize, values).unwrap()
        };
        let (first, second) = (set("first", 0), set("second", 1));
        let expected = number(&case["frechet"]);
        for found in [frechet_by_nuclear_norm(&first, &second), frechet_by_covariances(&first, &second)] {
            let found = found.unwrap();
            assert!((found - expected).abs() < 1e-7 * expected, "{found}, not {expected}");
        }
        if first.count() == second.count() {
            let found = kernel_distance(&first, &second, 10, 1000, 0).unwrap();
            let expected = number(&case["discrepancy"]);
            assert!((found.mean - expected).abs() < 1e-10 * expected.abs(), "{found:?}, not {expected}");
        }
    }
}

/// An array of 64 bit numbers as numpy writes it.
fn npy([rows, columns]: [usize; 2], values: &[f64]) -> Vec<u8> {
    let head = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {columns}), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((head.len() as u16).to_le_bytes());
    bytes.extend(head.bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

fn distances(real: &Path, drawn: &Path, further: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(["evaluate", "distances", "--real"])
        .arg(real)
        .arg("--drawn")
        .arg(drawn)
        .args(further)
        .output()
        .unwrap()
}

fn report(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refusal(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    said
}

fn written(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    write_file(&path, bytes).unwrap();
    path
}

#[test]
fn the_command_takes_features_of_files_and_says_what_they_are_worth() {
    let folder = tempfile::tempdir().unwrap();
    for case in golden_cases() {
        let number = |value: &Value| value.as_f64().unwrap();
        let set = |name: &str, index: usize| {
            let values: Vec<f64> = case[name].as_array().unwrap().iter().map(number).collect();
            ([case["counts"][index].as_u64().unwrap() as usize, 6], values)
        };
        let (first, second) = (set("first", 0), set("second", 1));
        let real = written(folder.path(), "real.npy", &npy(first.0, &first.1));
        let bytes: Vec<u8> = second.1.iter().flat_map(|value| value.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F64, second.0.to_vec(), &bytes).unwrap();
        let tensors = safetensors::serialize([("features", view)], None).unwrap();
        let drawn = written(folder.path(), "drawn.safetensors", &tensors);
        let found = report(&distances(&real, &drawn, &["--json", "--subset-size", "1000"]));
        let expected = number(&case["frechet"]);
        assert!((number(&found["frechet"]) - expected).abs() < 1e-7 * expected, "{found}");
        assert_eq!(found["features"], 6);
        assert_eq!(found["network"], Value::Null);
        let counts = [&found["real"]["pictures"], &found["drawn"]["pictures"]];
        assert_eq!(counts, [&case["counts"][0], &case["counts"][1]]);
        let is_even = case["counts"][0] == case["counts"][1];
        assert_eq!(found["warnings"].as_array().unwrap().len(), usize::from(!is_even), "{found}");
        if is_even {
            let expected = number(&case["discrepancy"]);
            assert!((number(&found["kernel"]["mean"]) - expected).abs() < 1e-10 * expected.abs(), "{found}");
        }
    }
}

#[test]
fn few_pictures_are_warned_of_and_files_that_lie_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let values: Vec<f64> = (0..24).map(|index| f64::from(index * index % 11)).collect();
    let few = written(folder.path(), "few.npy", &npy([3, 8], &values));
    let output = distances(&few, &few, &[]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    assert!(said.contains("3 real pictures are fewer than the 8 features"), "{said}");
    assert!(said.contains("trust the kernel distance first"), "{said}");

    let other = written(folder.path(), "other.npy", &npy([4, 6], &values));
    let said = refusal(&distances(&few, &other, &[]));
    assert!(said.contains("few.npy and ") && said.contains("take both from one network"), "{said}");
    let lie = written(folder.path(), "lie.npy", &npy([1 << 40, 1 << 20], &values));
    let said = refusal(&distances(&lie, &few, &[]));
    assert!(said.contains("lie.npy: the array: ") && said.contains("192 bytes follow"), "{said}");
    let mut broken = values.clone();
    broken[17] = f64::NAN;
    let broken = written(folder.path(), "broken.npy", &npy([3, 8], &broken));
    let said = refusal(&distances(&broken, &few, &[]));
    assert!(said.contains("broken.npy") && said.contains("feature 1 of picture 2"), "{said}");
    let said = refusal(&distances(&folder.path().join("absent.npy"), &few, &[]));
    assert!(said.contains("absent.npy: no such folder or file"), "{said}");
}

#[cfg(feature = "cpu")]
mod of_pictures {
    use super::*;
    use burn::tensor::Device;
    use retidiff::diffusion::model_file::Precision;
    use retidiff::encoding::Mapping;
    use retidiff::nn::SegmenterConfig;
    use retidiff::nn::segmenter::SmallConfig;
    use retidiff::segmentation::segmenter_file::{self, SegmenterInfo};

    use crate::fixtures;

    /// A segmenter with fresh weights, eight features a picture.
    fn segmenter(path: &Path, network: SegmenterConfig) {
        let mapping = Mapping { multiple: 16, ..Mapping::live() };
        let info = SegmenterInfo::untrained("tiny", network, mapping);
        segmenter_file::save(path, &info.network.init(9, &Device::flex()), &info, Precision::F32).unwrap();
    }

    #[test]
    fn a_segmenter_sees_the_pictures_of_folders() {
        let folder = tempfile::tempdir().unwrap();
        let model = folder.path().join("tiny.safetensors");
        let small = SmallConfig { widths: vec![8, 8], groups: 4, ..SmallConfig::default() };
        segmenter(&model, SegmenterConfig::Small(small));
        let (real, drawn) = (folder.path().join("real"), folder.path().join("drawn"));
        for (index, width) in [(0, 40), (1, 56), (2, 48)] {
            written(&real, &format!("{index}.png"), &fixtures::grey_png(width, 32));
            written(&drawn, &format!("{index}.PNG"), &fixtures::grey_png(width, 40));
        }
        written(&drawn, "notes.txt", b"no picture");
        let of_model = ["--network", model.to_str().unwrap(), "--device", "cpu", "--json"];
        let apart = report(&distances(&real, &drawn, &of_model));
        assert_eq!(apart["network"][0], "tiny");
        assert_eq!((&apart["features"], &apart["drawn"]["pictures"]), (&8.into(), &3.into()));
        assert!(apart["frechet"].as_f64().unwrap() > 0.0, "{apart}");
        let none = report(&distances(&real, &real, &of_model));
        assert!(none["frechet"].as_f64().unwrap().abs() < 1e-9, "{none}");

        written(&real, "3.png", b"no picture");
        let said = refusal(&distances(&real, &drawn, &of_model));
        assert!(said.contains("3.png"), "{said}");
        let empty = folder.path().join("empty");
        written(&empty, "notes.txt", b"no picture");
        let said = refusal(&distances(&empty, &drawn, &of_model));
        assert!(said.contains("empty: the folder: it holds no picture"), "{said}");
        let unet = folder.path().join("unet.safetensors");
        segmenter(&unet, SegmenterConfig::Unet);
        let of_unet = ["--network", unet.to_str().unwrap(), "--device", "cpu"];
        let said = refusal(&distances(&drawn, &drawn, &of_unet));
        assert!(said.contains("unet.safetensors") && said.contains("of the kind `small`"), "{said}");
        let array = written(folder.path(), "a.npy", &npy([2, 2], &[0.0, 1.0, 2.0, 4.0]));
        let said = refusal(&distances(&array, &array, &of_model));
        assert!(said.contains("leave it out, or name folders"), "{said}");
    }
}
