//! How thickness and fluid of drawn masks are distributed beside real ones, and whether masks are copies.

use super::plots::Panel;
use super::real_masks::RealMasks;
use super::report::{DistributionLine, Nearest};
use crate::anatomy::{LAYER_COUNT, label};
use crate::metrics::masks::{MaskFigures, bootstrap, median, wasserstein};

/// A figure of a mask that some masks have.
struct Figure {
    name: &'static str,
    unit: &'static str,
    /// Decimals in tables.
    digits: usize,
    of: fn(&MaskFigures) -> Option<f64>,
}

fn figures() -> Vec<Figure> {
    let layers: [fn(&MaskFigures) -> Option<f64>; LAYER_COUNT] = [
        |mask| Some(mask.layers_um[0]),
        |mask| Some(mask.layers_um[1]),
        |mask| Some(mask.layers_um[2]),
        |mask| Some(mask.layers_um[3]),
        |mask| Some(mask.layers_um[4]),
        |mask| Some(mask.layers_um[5]),
        |mask| Some(mask.layers_um[6]),
    ];
    let named = layers.into_iter().enumerate().map(|(layer, of)| {
        let name = label(layer as u8 + 1).map_or("layer", |label| label.name);
        Figure { name, unit: "µm", digits: 1, of }
    });
    let mut figures: Vec<Figure> = named.collect();
    figures.extend([
        Figure { name: "ILM to BM", unit: "µm", digits: 1, of: |mask| Some(mask.retina_um) },
        Figure { name: "fluid", unit: "mm²", digits: 4, of: |mask| Some(mask.fluid_mm2) },
        Figure { name: "cysts", unit: "", digits: 1, of: |mask| Some(mask.cysts) },
        Figure { name: "cyst outline, 1 = round", unit: "", digits: 2, of: |mask| mask.cyst_outline },
    ]);
    figures
}

/// A figure of the masks that have it.
fn values(masks: &[MaskFigures], of: fn(&MaskFigures) -> Option<f64>) -> Vec<f64> {
    masks.iter().filter_map(of).collect()
}

/// Every figure's distribution over drawn masks beside those over real ones.
pub(super) fn distributions(drawn: &[MaskFigures], real: &RealMasks, seed: u64) -> Vec<DistributionLine> {
    let middle = |values: &[f64]| (!values.is_empty()).then(|| median(values));
    let distance =
        |a: &[f64], b: &[f64]| (!a.is_empty() && !b.is_empty()).then(|| bootstrap(a, b, seed, wasserstein));
    figures()
        .into_iter()
        .map(|Figure { name, unit, digits, of }| {
            let (drawn, training, measured) =
                (values(drawn, of), values(&real.compared, of), values(&real.measured, of));
            DistributionLine {
                figure: name,
                unit,
                digits,
                median_drawn: middle(&drawn),
                median_training: middle(&training),
                median_measured: middle(&measured),
                drawn_to_training: distance(&drawn, &training),
                drawn_to_measured: distance(&drawn, &measured),
                training_to_measured: distance(&training, &measured),
            }
        })
        .collect()
}

/// The same as curves; a figure that no mask has has none.
pub(super) fn curves(drawn: &[MaskFigures], real: &RealMasks) -> Vec<Panel> {
    let panels = figures().into_iter().map(|Figure { name, unit, of, .. }| Panel {
        title: if unit.is_empty() { name.to_owned() } else { format!("{name} ({unit})") },
        curves: [values(drawn, of), values(&real.compared, of), values(&real.measured, of)],
    });
    panels.filter(|panel| panel.curves.iter().any(|values| !values.is_empty())).collect()
}

/// How near drawn masks lie to the training masks.
pub(super) fn nearest(drawn: &[MaskFigures], real: &RealMasks, seed: u64) -> Nearest {
    let of = |masks: &[MaskFigures]| -> Vec<f64> {
        masks.iter().map(|mask| mask.nearest(&real.training)).collect()
    };
    let (near_drawn, near_measured) = (of(drawn), of(&real.measured));
    let across: Vec<f64> = real
        .training
        .iter()
        .zip(&real.subjects)
        .map(|(mask, subject)| {
            let others = real.training.iter().zip(&real.subjects).filter(|(_, other)| *other != subject);
            others.map(|(other, _)| mask.distance(other)).fold(f64::INFINITY, f64::min)
        })
        .filter(|distance| distance.is_finite())
        .collect();
    let middle = |values: &[f64]| bootstrap(values, &[], seed, |values, _| median(values));
    let least = near_measured.iter().copied().fold(f64::INFINITY, f64::min);
    Nearest {
        nearer_than_any_measured: near_drawn.iter().filter(|&&near| near < least).count() as f64
            / near_drawn.len() as f64,
        drawn_um: middle(&near_drawn),
        measured_um: middle(&near_measured),
        other_subjects_um: middle(&across),
    }
}

#[cfg(test)]
mod tests {
    use super::super::real_masks::RealMask;
    use super::*;
    use crate::dataset::{Manifest, ManifestEntry, Split};
    use crate::evaluation::Subjects;
    use crate::metrics::curvature::LineCourses;

    /// Flat layers of a thickness.
    fn mask(layer: u32) -> Vec<u8> {
        (0..64 * 100).map(|pixel| ((pixel / 64_u32).saturating_sub(8) / layer).min(8) as u8).collect()
    }

    fn figures(layer: u32) -> MaskFigures {
        MaskFigures::of(64, 100, &mask(layer), [4.0, 10.0]).unwrap()
    }

    fn entry(id: &str, subject: &str, source: &str) -> ManifestEntry {
        serde_json::from_value(serde_json::json!({
            "version": 1, "id": id, "image": "a.png", "label": "b.png", "width": 64, "height": 100,
            "subject": subject, "source": source
        }))
        .unwrap()
    }

    /// Layer thickness by id: training masks of 6 px like the measured ones, of 9 px in another source, of 11 px
    /// by the auto-trace.
    fn real(learnt_traced: bool, sources: Option<&[String]>) -> RealMasks {
        let traced = ManifestEntry { pseudo_labelled: true, ..entry("11", "train-3", "clinic") };
        let entries = vec![
            entry("6", "train-1", "clinic"),
            entry("9", "train-2", "elsewhere"),
            traced,
            entry("7", "held", "clinic"),
        ];
        let manifest = Manifest { dir: "data".into(), entries };
        let split = Split { validation: vec!["held".to_owned()], held_out: Vec::new() };
        let who = Subjects { measured: vec!["held".to_owned()], split, are_named: false };
        let of = |entry: &ManifestEntry| {
            let figures = figures(entry.id.parse().unwrap());
            Ok(Some(RealMask { figures, courses: LineCourses::default() }))
        };
        RealMasks::measured(&manifest, &who, sources, learnt_traced, of).unwrap()
    }

    #[test]
    fn a_copy_of_a_training_mask_of_any_source_is_found() {
        let all = real(false, None);
        assert_eq!((all.training.len(), all.compared.len(), all.measured.len()), (2, 1, 1));
        let copied = nearest(&[figures(9), figures(9)], &all, 1);
        assert!(copied.drawn_um.value < 1e-9, "{copied:?}");
        assert_eq!(copied.nearer_than_any_measured, 1.0);
        assert!(copied.measured_um.value > 4.0, "{copied:?}");
        // The distributions are of the source that the measured masks are of, or of those that are named.
        let lines = distributions(&[figures(9), figures(9)], &all, 1);
        assert!((lines[0].median_training.unwrap() - 24.0).abs() < 1e-9, "{:?}", lines[0]);
        let named = real(false, Some(&["elsewhere".to_owned()]));
        assert_eq!((named.training.len(), named.compared.len()), (2, 1));
        let median = distributions(&[figures(9)], &named, 1)[0].median_training;
        assert!((median.unwrap() - 36.0).abs() < 1e-9);
    }

    #[test]
    fn masks_without_cysts_have_no_say_in_their_outline() {
        let real = real(false, None);
        let with = |outline: f64| {
            let mut mask = figures(9);
            mask.cyst_outline = Some(outline);
            mask
        };
        let outline = |drawn: &[MaskFigures]| distributions(drawn, &real, 1).pop().unwrap();
        let line = outline(&[figures(9), with(1.5), with(2.5)]);
        assert_eq!((line.figure, line.median_drawn), ("cyst outline, 1 = round", Some(2.0)));
        assert!(line.median_training.is_none() && line.drawn_to_training.is_none(), "{line:?}");
        assert_eq!(outline(&[figures(9)]).median_drawn, None);
        assert_eq!(curves(&[with(1.5)], &real).len(), curves(&[figures(9)], &real).len() + 1);
    }

    #[test]
    fn masks_of_the_auto_trace_count_only_where_they_were_learnt() {
        assert!(nearest(&[figures(11)], &real(false, None), 1).drawn_um.value > 1.0);
        let learnt = real(true, None);
        assert!(nearest(&[figures(11)], &learnt, 1).drawn_um.value < 1e-9);
        assert_eq!(learnt.compared.len(), 1, "they are no measure of distributions");
    }
}
