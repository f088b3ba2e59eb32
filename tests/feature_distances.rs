//! Fréchet and kernel distances against scipy (tests/reference/feature_distances_reference.py).

use std::path::Path;

use retidiff::metrics::feature_distances::{
    Features, frechet_by_covariances, frechet_by_nuclear_norm, kernel_distance,
};
use serde_json::Value;

#[test]
fn distances_of_features_equal_the_reference() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/feature_distances.json");
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
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
