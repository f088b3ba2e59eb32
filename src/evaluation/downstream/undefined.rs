//! Where figures of an arm cannot be computed, counted: a mean over the rest alone would flatter a segmenter that does
//! not find a class at all.

use serde::{Deserialize, Serialize};

use super::measure::{ImageFigures, RunFigures};
use crate::anatomy::Interface;
use crate::metrics::segmentation::{BACKGROUND, CLASS_COUNT, class_name};

/// In how many images a figure of one class, interface or layer is undefined; those of every seed count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndefinedCount {
    /// Name of the class, interface or layer.
    pub of: String,
    /// Images without the figure.
    pub undefined: usize,
    /// Images that could have it: of a class those in which either side has it, else all.
    pub images: usize,
}

/// The same for every column that is a mean of what is defined. A column without an entry has a value everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UndefinedCounts {
    /// One side alone has the class.
    pub hd95_um: Vec<UndefinedCount>,
    /// One side alone has the class.
    pub assd_um: Vec<UndefinedCount>,
    /// One side alone has the class.
    pub nsd: Vec<UndefinedCount>,
    /// No column shows the grader's interface, for lesions hide it.
    pub interfaces_um: Vec<UndefinedCount>,
    /// No column shows both of the grader's interfaces.
    pub thickness_um: Vec<UndefinedCount>,
}

impl UndefinedCounts {
    /// Of an arm's runs, one a seed.
    pub(super) fn of(runs: &[RunFigures]) -> Self {
        let images: Vec<&ImageFigures> = runs.iter().flat_map(|run| &run.images).collect();
        Self {
            hd95_um: of_classes(&images, |image| &image.hd95_um),
            assd_um: of_classes(&images, |image| &image.assd_um),
            nsd: of_classes(&images, |image| &image.nsd),
            interfaces_um: of_places(&images, |image| &image.interfaces_um, |k| Interface::ALL[k].name()),
            // Classes count from the background, layers from the first one.
            thickness_um: of_places(&images, |image| &image.thickness_um, |layer| class_name(layer + 1)),
        }
    }
}

/// Classes without background that one side alone has in some image.
fn of_classes(
    images: &[&ImageFigures],
    figure: fn(&ImageFigures) -> &[Option<f64>; CLASS_COUNT],
) -> Vec<UndefinedCount> {
    let count = |class: usize| {
        let is_there =
            |image: &&&ImageFigures| image.confusion.truth(class) + image.confusion.predicted(class) > 0;
        let there: Vec<&&ImageFigures> = images.iter().filter(is_there).collect();
        UndefinedCount {
            of: class_name(class).to_owned(),
            undefined: there.iter().filter(|image| figure(image)[class].is_none()).count(),
            images: there.len(),
        }
    };
    (BACKGROUND + 1..CLASS_COUNT).map(count).filter(|count| count.undefined > 0).collect()
}

/// Interfaces or layers that some image has no value of.
fn of_places<const N: usize>(
    images: &[&ImageFigures],
    figure: fn(&ImageFigures) -> &[Option<f64>; N],
    name: fn(usize) -> &'static str,
) -> Vec<UndefinedCount> {
    let count = |place: usize| UndefinedCount {
        of: name(place).to_owned(),
        undefined: images.iter().filter(|image| figure(image)[place].is_none()).count(),
        images: images.len(),
    };
    (0..N).map(count).filter(|count| count.undefined > 0).collect()
}

#[cfg(test)]
pub(in crate::evaluation) mod tests {
    use super::*;
    use crate::anatomy::{INTERFACE_COUNT, LAYER_COUNT};
    use crate::metrics::segmentation::confusion::Confusion;
    use crate::metrics::segmentation::lesion_detection::LesionDetection;
    use crate::metrics::segmentation::{FLUID, LabelledPair};
    use crate::scan::Spacing;

    /// An image with INL on both sides; the grader saw fluid where asked for, the network none.
    fn image(id: &str, has_fluid: bool) -> ImageFigures {
        let inl = 3;
        let truth = [3, 3, if has_fluid { 9 } else { 3 }, 3];
        let pair = LabelledPair {
            size: [4, 1],
            truth: &truth,
            predicted: &[3; 4],
            scanned: &[true; 4],
            columns: &[true; 4],
            spacing: Spacing::checked(4.0, 11.0).unwrap(),
        };
        let mut distances = [None; CLASS_COUNT];
        distances[inl] = Some(17.8);
        ImageFigures {
            id: id.to_owned(),
            subject: "a".to_owned(),
            confusion: Confusion::of(&pair),
            hd95_um: distances,
            assd_um: distances,
            nsd: distances,
            interfaces_um: [Some(2.5); INTERFACE_COUNT],
            thickness_um: std::array::from_fn(|layer| (layer + 1 < LAYER_COUNT).then_some(3.0)),
            fluid_mm2: 0.0,
            lesions: LesionDetection::default(),
        }
    }

    /// Of a network that finds no fluid: two images have some, one has none.
    pub fn blind_to_fluid() -> RunFigures {
        RunFigures::of_images(vec![image("1", true), image("2", true), image("3", false)])
    }

    #[test]
    fn a_class_that_is_never_found_is_counted_and_one_that_nobody_has_is_not() {
        let counts = UndefinedCounts::of(&[blind_to_fluid(), blind_to_fluid()]);
        let fluid = UndefinedCount { of: class_name(FLUID).to_owned(), undefined: 4, images: 4 };
        assert_eq!((&counts.hd95_um, &counts.nsd), (&vec![fluid.clone()], &vec![fluid]));
        assert!(counts.interfaces_um.is_empty());
        let last = UndefinedCount { of: class_name(LAYER_COUNT).to_owned(), undefined: 6, images: 6 };
        assert_eq!(counts.thickness_um, [last]);
        let read: UndefinedCounts = serde_json::from_str("{}").unwrap();
        assert_eq!(read, UndefinedCounts::default());
    }
}
