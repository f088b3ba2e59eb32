//! How lines step and bend against numpy's polyfit (tests/reference/curvature_reference.py).

use std::path::Path;

use retidiff::metrics::curvature::{LineCourse, curvatures};
use serde_json::Value;

#[test]
fn steps_and_curvature_equal_the_reference() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/curvature.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let cases = golden.as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let line: Vec<f64> =
            case["line"].as_array().unwrap().iter().map(|row| row.as_f64().unwrap_or(f64::NAN)).collect();
        let column_um = case["column_um"].as_f64().unwrap();
        let assert_close = |found: f64, name: &str| {
            let expected = case[name].as_f64().unwrap();
            assert!(
                (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
                "{name}: {found}, not {expected}"
            );
        };
        let bends = curvatures(&line, column_um);
        assert_eq!(Some(bends.len() as u64), case["curvatures"].as_u64());
        assert_close(bends[0], "first");
        assert_close(bends[bends.len() - 1], "last");
        let course = LineCourse::of(&line, column_um).unwrap();
        assert_close(course.curvature, "median");
        assert_close(course.sharp_curvature, "sharp");
        assert_close(course.largest_step_um, "largest_step");
    }
}
