//! DMC against an independent implementation (`reference/dmc_reference.py`), the failure of the paper's
//! literal rule included.

use retidiff::encoding::dmc::{Codebook, DmcMode, Histogram, centroids};
use serde_json::Value;

const CLASSES: usize = 9;

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/dmc.json")).expect("the reference is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("an array").iter().map(|number| number.as_f64().expect("a number")).collect()
}

/// Labels from runs: a letter for the label, how often it follows itself.
fn labels(value: &Value) -> Vec<u8> {
    let mut labels = Vec::new();
    for run in value.as_str().expect("runs").split_inclusive(|letter: char| letter.is_ascii_digit()) {
        // A digit ends a part; the digits of a longer number follow on their own.
        let digit = run.as_bytes()[run.len() - 1] - b'0';
        match run.as_bytes() {
            [letter, _] => labels.push((letter - b'a', usize::from(digit))),
            _ => {
                let (_, count) = labels.last_mut().expect("a letter before its number");
                *count = *count * 10 + usize::from(digit);
            }
        }
    }
    labels.into_iter().flat_map(|(label, count)| std::iter::repeat_n(label, count)).collect()
}

fn values(case: &Value) -> Vec<f32> {
    numbers(&case["values"]).iter().map(|value| (value / 1023.0) as f32).collect()
}

/// Mean Dice over the classes that are there, background aside.
fn dice(found: &[u8], truth: &[u8]) -> f64 {
    let scores: Vec<f64> = (1..CLASSES as u8)
        .filter(|class| truth.contains(class))
        .map(|class| {
            let count = |labels: &[u8]| labels.iter().filter(|&&label| label == class).count();
            let both = found.iter().zip(truth).filter(|&(&a, &b)| a == class && b == class).count();
            2.0 * both as f64 / (count(found) + count(truth)) as f64
        })
        .collect();
    scores.iter().sum::<f64>() / scores.len() as f64
}

#[test]
fn every_mode_gives_the_reference_labels() {
    let golden = golden();
    let cases = golden["cases"].as_array().expect("cases");
    let mut pooled = Histogram::default();
    for case in cases {
        pooled.add(&values(case));
    }
    for (found, expected) in centroids(&pooled, CLASSES).iter().zip(numbers(&golden["pooled"])) {
        assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
    }
    for case in cases {
        let values = values(case);
        for (found, expected) in
            centroids(&Histogram::of(&values), CLASSES).iter().zip(numbers(&case["centres"]))
        {
            assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
        }
        for mode in [DmcMode::PaperSorted, DmcMode::Snap, DmcMode::Pooled, DmcMode::Quantise] {
            let found = Codebook::of_mode(mode, &values, &pooled, CLASSES).decode(&values);
            assert_eq!(found, labels(&case["labels"][mode.name()]), "{mode:?}");
            let expected = case["dice"][mode.name()].as_f64().expect("a number");
            assert!((dice(&found, &labels(&case["truth"])) - expected).abs() < 1e-9);
        }
    }
}

#[test]
fn the_literal_rule_fails_without_fluid_and_the_default_does_not() {
    let golden = golden();
    let without_fluid = |case: &&Value| case["fluid"] == false && case["sigma"] == 0.01;
    let case = golden["cases"].as_array().expect("cases").iter().find(without_fluid).expect("a case");
    let (values, truth) = (values(case), labels(&case["truth"]));
    let score = |mode| {
        dice(&Codebook::of_mode(mode, &values, &Histogram::default(), CLASSES).decode(&values), &truth)
    };
    assert!(score(DmcMode::PaperSorted) < 0.3, "{}", score(DmcMode::PaperSorted));
    assert!(score(DmcMode::Quantise) > 0.9, "{}", score(DmcMode::Quantise));
}
