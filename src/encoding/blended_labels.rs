//! Labels on a network's grid as the published code of YNet has them: class numbers interpolated as if they were grey
//! values, and rounded.
//!
//! Between two layers that are not neighbours, and around fluid, that makes pixels of the classes in between, which are
//! not there (algorithms 0.4). It is here to repeat published figures; labels are otherwise taken from the nearest pixel
//! ([`GridPlan::labels_to_grid`]).

use super::{GridPlan, LabelScheme};
use crate::anatomy::UNANNOTATED;

/// Where a place of the grid lies between two pixels: the first, the second, and the second's share.
type Between = (usize, usize, f32);

impl GridPlan {
    /// Composite codes of the document on the grid, blended: bilinearly between pixel centres without antialiasing, as
    /// torchvision 0.9 resizes integers, halves rounded to the even class. Classes are those of
    /// [`LabelScheme::segmenter`], each written as its first code; a pixel that an unannotated one has part in is
    /// unannotated.
    ///
    /// # Panics
    /// If `labels` has not the document's size.
    pub fn labels_to_grid_blended(&self, labels: &[u8]) -> Vec<u8> {
        assert_eq!(labels.len(), self.width as usize * self.height as usize, "labels of the document");
        let scheme = LabelScheme::segmenter();
        let classes = scheme.pixel_numbers(labels);
        let nothing_known = scheme.nothing_known();
        let first = self.shown.start as usize;
        let columns: Vec<Between> = between(self.shown_size().0, self.content_width, self.grid_width)
            .into_iter()
            .map(|(left, right, across)| (first + left, first + right, across))
            .collect();
        let rows = between(self.height, self.content_height, self.grid_height);
        let class_at = |row: usize, column: usize| classes[row * self.width as usize + column];
        let mut grid = Vec::with_capacity(self.grid_len());
        for &(above, below, down) in &rows {
            for &(left, right, across) in &columns {
                let corners = [(above, left), (above, right), (below, left), (below, right)]
                    .map(|(row, column)| class_at(row, column));
                if corners.contains(&nothing_known) {
                    grid.push(UNANNOTATED);
                    continue;
                }
                let [top, bottom] = [[corners[0], corners[1]], [corners[2], corners[3]]]
                    .map(|[left, right]| (1.0 - across) * left + across * right);
                let class = ((1.0 - down) * top + down * bottom).round_ties_even() as usize;
                grid.push(scheme.classes[class][0]);
            }
        }
        grid
    }
}

/// For each of `padded` places, of which the first `to` lie over the extent of `from` pixels and the rest repeat the last,
/// where it lies between them.
fn between(from: u32, to: u32, padded: u32) -> Vec<Between> {
    let scale = from as f32 / to as f32;
    let last = from as usize - 1;
    (0..padded)
        .map(|place| {
            let at = (scale * (place.min(to - 1) as f32 + 0.5) - 0.5).max(0.0);
            let first = (at as usize).min(last);
            let share = at - first as f32;
            // A neighbour without a share has no part in it.
            let second = if share > 0.0 { (first + 1).min(last) } else { first };
            (first, second, share)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::Mapping;

    fn rows(value: &serde_json::Value) -> Vec<Vec<u8>> {
        serde_json::from_value(value.clone()).unwrap()
    }

    fn plan(from: &[Vec<u8>], [height, width]: [usize; 2], multiple: u32) -> GridPlan {
        let fixed_size = Some([height as u32, width as u32]);
        let mapping = Mapping { multiple, fixed_size, ..Mapping::live() };
        mapping.plan(from[0].len() as u32, from.len() as u32, None)
    }

    #[test]
    fn labels_are_those_of_the_published_way_to_resize_them() {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/reference/label_resize.json")).unwrap();
        for case in golden["cases"].as_array().unwrap() {
            let (codes, expected) = (rows(&case["codes"]), rows(&case["resized"]));
            let plan = plan(&codes, [expected.len(), expected[0].len()], 1);
            assert_eq!(plan.labels_to_grid_blended(&codes.concat()), expected.concat());
        }
    }

    #[test]
    fn classes_that_are_not_there_appear_where_others_meet_and_padding_repeats() {
        // Above the retina and the outermost layer, half as wide.
        let codes = [vec![0, 0, 0, 7, 7, 7]];
        let plan = plan(&codes, [1, 4], 4);
        assert_eq!((plan.grid_width, plan.grid_height), (4, 4));
        let blended = plan.labels_to_grid_blended(&codes.concat());
        // Places 0.25, 1.75, 3.25 and 4.75 of pixels 0 to 5.
        assert_eq!(blended[..4], [0, 0, 7, 7]);
        assert!(blended.chunks_exact(4).all(|row| row == &blended[..4]), "rows are padded by the last");
        let plan = Mapping { multiple: 1, fixed_size: Some([1, 3]), ..Mapping::live() }.plan(4, 1, None);
        assert_eq!(plan.labels_to_grid(&[0, 0, 7, 7]), [0, 7, 7]);
        assert_eq!(plan.labels_to_grid_blended(&[0, 0, 7, 7]), [0, 4, 7], "a layer that is not there");
    }
}
