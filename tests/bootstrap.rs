//! Intervals by resampled subjects and paired comparisons against numpy (tests/reference/bootstrap.py), which draws the
//! same subjects and images by a generator of its own.

use std::cell::RefCell;

use retidiff::metrics::quantile::quantile;
use retidiff::metrics::segmentation::bootstrap::{
    Interval, RESAMPLES, SeedsOfImage, cluster_bootstrap, difference_between_groups, paired_difference,
    seeded_bootstrap, seeded_difference,
};
use retidiff::metrics::segmentation::mean;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("reference/bootstrap.json")).expect("the reference is JSON")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// Subjects, each with what `image` makes of its images.
fn subjects<T>(value: &Value, image: impl Fn(&Value) -> T) -> Vec<Vec<T>> {
    let list = |value: &Value| value.as_array().expect("a list").clone();
    list(value).iter().map(|subject| list(subject).iter().map(&image).collect()).collect()
}

fn mean_of(images: &[&f64]) -> Option<f64> {
    mean(&images.iter().map(|value| **value).collect::<Vec<_>>())
}

fn assert_same(found: Option<Interval>, expected: &Value, what: &str) {
    let found = found.unwrap_or_else(|| panic!("{what}: no interval"));
    let figures = [("estimate", found.estimate), ("low", found.low), ("high", found.high)];
    for (name, value) in figures {
        let expected = number(&expected[name]);
        assert!((value - expected).abs() < 1e-9, "{what}, {name}: {value}, not {expected}");
    }
    assert_eq!(expected["resamples"], found.resamples, "{what}");
}

#[test]
fn subjects_are_drawn_first_and_then_as_many_images_of_each_as_it_has() {
    let golden = golden();
    let seed = golden["seed"].as_u64().expect("a seed");
    let places: Vec<Vec<[usize; 2]>> = subjects(&golden["scores"], number)
        .iter()
        .enumerate()
        .map(|(subject, images)| (0..images.len()).map(|image| [subject, image]).collect())
        .collect();
    let drawn: RefCell<Vec<Vec<[usize; 2]>>> = RefCell::default();
    cluster_bootstrap(&places, seed, |images| {
        drawn.borrow_mut().push(images.iter().map(|place| **place).collect());
        Some(0.0)
    });
    let drawn = drawn.into_inner();
    assert_eq!((drawn.len(), &drawn[0]), (RESAMPLES + 1, &places.concat()), "first all images as they are");
    let expected: Vec<Vec<[usize; 2]>> =
        serde_json::from_value(golden["first_resamples"].clone()).expect("places");
    assert_eq!(drawn[1..=expected.len()], expected[..]);
}

#[test]
fn intervals_are_those_of_an_independent_reference() {
    let golden = golden();
    let seed = golden["seed"].as_u64().expect("a seed");
    let mut scores = subjects(&golden["scores"], number);
    let found = cluster_bootstrap(&scores, seed, mean_of);
    assert_same(found, &golden["mean"], "mean");
    for (found, expected) in
        found.map(|found| [found.low, found.high]).into_iter().flatten().zip([0_usize, 1])
    {
        let expected = number(&golden["mean_by_numpys_generator"][expected]);
        assert!((found - expected).abs() < 0.01, "{found}, by numpy's own generator {expected}");
    }
    scores.insert(1, Vec::new());
    assert_same(cluster_bootstrap(&scores, seed, mean_of), &golden["mean"], "an eye without images is none");

    // A ratio of sums, which some resamples leave undefined.
    let fluid = subjects(&golden["fluid"], |image| [0, 1].map(|side| number(&image[side])));
    let pooled_dice = |images: &[&[f64; 2]]| {
        let [both, together] = [0, 1].map(|side| images.iter().map(|image| image[side]).sum::<f64>());
        (together > 0.0).then(|| 2.0 * both / together)
    };
    let found = cluster_bootstrap(&fluid, seed, pooled_dice);
    assert_same(found, &golden["pooled_dice"], "pooled Dice");
    assert!(found.is_some_and(|found| found.resamples < RESAMPLES));
}

#[test]
fn comparisons_are_those_of_an_independent_reference() {
    let golden = golden();
    let seed = golden["seed"].as_u64().expect("a seed");
    let pairs = subjects(&golden["pairs"], |pair| (number(&pair[0]), number(&pair[1])));
    let found = paired_difference(&pairs, seed).expect("images");
    assert_same(Some(found.difference), &golden["paired"]["difference"], "paired difference");
    let share = number(&golden["paired"]["share_above_zero"]);
    assert!((found.share_above_zero - share).abs() < 1e-9, "{}", found.share_above_zero);

    let [first, second] = ["scores", "others"].map(|name| subjects(&golden[name], number));
    let found = difference_between_groups(&first, &second, seed, mean_of);
    assert_same(found, &golden["groups"], "difference between groups");
}

#[test]
fn seeds_are_drawn_before_eyes_and_images_as_an_independent_reference_does() {
    let golden = golden();
    let seed = golden["seed"].as_u64().expect("a seed");
    let trained: Vec<Vec<SeedsOfImage>> =
        serde_json::from_value(golden["trained"].clone()).expect("trainings of two sides");
    let found = seeded_difference(&trained, seed).map(|found| found.difference);
    assert_same(found, &golden["seeded"]["difference"], "difference");
    let own = |seeds: &[usize], images: &[&SeedsOfImage]| {
        let of_seed =
            |&seed: &usize| mean(&images.iter().filter_map(|image| image[0][seed]).collect::<Vec<_>>());
        mean(&seeds.iter().filter_map(of_seed).collect::<Vec<_>>())
    };
    let found = seeded_bootstrap(3, &trained, seed, own);
    assert_same(found, &golden["seeded"]["own"], "the first side alone");
}

#[test]
fn percentiles_are_numpys() {
    let golden = golden();
    let values = subjects(&golden["scores"], number).concat();
    for pair in golden["quantiles"].as_array().expect("a list") {
        let found = quantile(&values, number(&pair[0])).expect("values");
        assert!((found - number(&pair[1])).abs() < 1e-12, "{pair}: {found}");
    }
}
