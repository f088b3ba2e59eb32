//! Which columns of a document a network on a fixed grid is shown.
//!
//! Such a grid is stretched over what lies on it, so a mask has the geometry of the training only if the same part of it
//! lies there: in training the annotated columns, without the margins that no grader labelled (536 of 768 columns of a
//! Duke scan). Networks that map by scale are shown whole documents. A document that is annotated from edge to edge is
//! stretched as a whole, in training as well as later: it is then narrower on the grid than one with margins was.

use std::ops::Range;

use super::mapping::{GridPlan, Mapping};
use crate::anatomy::UNANNOTATED;
use crate::scan::Spacing;

impl Mapping {
    /// The columns of row-major labels that training shows: on a fixed grid the longest annotated run, where there is
    /// one, else all.
    pub fn trained_columns(&self, labels: &[u8], width: usize) -> Range<usize> {
        let annotated = longest_annotated_run(labels, width);
        if self.fixed_size.is_some() && !annotated.is_empty() { annotated } else { 0..width }
    }

    /// The columns of a mask that are drawn: on a fixed grid from the first to the last without an unannotated pixel,
    /// where there is one, else all. What lies between them may have holes, for a mask under work has them.
    pub fn drawn_columns(&self, labels: &[u8], width: usize) -> Range<usize> {
        let annotated = annotated_columns(labels, width);
        let first = annotated.iter().position(|&is_annotated| is_annotated);
        let last = annotated.iter().rposition(|&is_annotated| is_annotated);
        match (self.fixed_size, first, last) {
            (Some(_), Some(first), Some(last)) => first..last + 1,
            _ => 0..width,
        }
    }

    /// Which columns of a mask are not drawn, in words; `None` where all are.
    pub fn left_out(&self, labels: &[u8], width: usize) -> Option<String> {
        let drawn = self.drawn_columns(labels, width);
        (drawn.len() < width).then(|| {
            format!(
                "this model is shown the annotated columns alone, {} to {} of {width}, as in its training; those beside \
                 them repeat the nearest",
                drawn.start + 1,
                drawn.end
            )
        })
    }

    /// [`Mapping::plan`] of a mask that is drawn: of its [`Mapping::drawn_columns`]. The picture of the others repeats the
    /// column beside them.
    ///
    /// # Panics
    /// As [`Mapping::plan`], or if `labels` are not `size`, which is columns and rows.
    pub fn plan_of(&self, labels: &[u8], [width, height]: [u32; 2], spacing: Option<Spacing>) -> GridPlan {
        assert_eq!(labels.len(), width as usize * height as usize, "labels of the document");
        if self.fixed_size.is_none() {
            return self.plan(width, height, spacing);
        }
        let columns = self.drawn_columns(labels, width as usize);
        let shown = columns.start as u32..columns.end as u32;
        GridPlan { width, shown, ..self.plan(columns.len() as u32, height, spacing) }
    }
}

impl GridPlan {
    /// Pixels of the document that lie on the grid: columns, rows.
    pub fn shown_size(&self) -> (u32, u32) {
        (self.shown.end - self.shown.start, self.height)
    }

    /// Row-major values of the document, those that lie on the grid.
    pub(super) fn shown_part<T: Copy>(&self, values: &[T]) -> Vec<T> {
        let columns = self.shown.start as usize..self.shown.end as usize;
        values.chunks_exact(self.width as usize).flat_map(|row| &row[columns.clone()]).copied().collect()
    }

    /// Row-major values of the part that lies on the grid as values of the document: those beside it are the nearest's.
    pub(super) fn with_margins(&self, part: Vec<f32>) -> Vec<f32> {
        let columns = self.shown_size().0;
        if columns == self.width {
            return part;
        }
        let nearest = |x: u32| (x.clamp(self.shown.start, self.shown.end - 1) - self.shown.start) as usize;
        let row = |row: &[f32]| (0..self.width).map(|x| row[nearest(x)]).collect::<Vec<f32>>();
        part.chunks_exact(columns as usize).flat_map(row).collect()
    }
}

/// Which columns have no unannotated pixel.
fn annotated_columns(labels: &[u8], width: usize) -> Vec<bool> {
    (0..width).map(|x| labels[x..].iter().step_by(width).all(|&code| code != UNANNOTATED)).collect()
}

/// The longest run of columns without an unannotated pixel; empty where there is none.
pub fn longest_annotated_run(labels: &[u8], width: usize) -> Range<usize> {
    let mut longest = 0..0;
    let mut start = 0;
    for run in annotated_columns(labels, width).split(|&is_annotated| !is_annotated) {
        if run.len() > longest.len() {
            longest = start..start + run.len();
        }
        start += run.len() + 1;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::GreyImage;

    /// Twelve columns and four rows, annotated in columns 3 to 8.
    fn labels() -> Vec<u8> {
        (0..48).map(|at| if (3..9).contains(&(at % 12)) { (at / 12) as u8 } else { UNANNOTATED }).collect()
    }

    fn fixed() -> Mapping {
        Mapping { multiple: 2, fixed_size: Some([4, 6]), ..Mapping::live() }
    }

    #[test]
    fn the_longest_annotated_run_is_found() {
        let labels = [0, UNANNOTATED, UNANNOTATED, 0, 0, 0, 0, 0, UNANNOTATED, 0, 0, UNANNOTATED];
        assert_eq!(longest_annotated_run(&labels, 6), 3..5);
        assert_eq!(longest_annotated_run(&[255; 6], 3), 0..0);
        assert_eq!(longest_annotated_run(&[0; 6], 3), 0..3);
    }

    #[test]
    fn a_fixed_grid_holds_the_annotated_columns_of_a_mask_and_the_rest_repeats_them() {
        let labels = labels();
        assert_eq!(fixed().trained_columns(&labels, 12), 3..9);
        let plan = fixed().plan_of(&labels, [12, 4], None);
        assert_eq!((plan.width, plan.shown.clone(), plan.lateral_scale), (12, 3..9, 1.0));
        let grid = plan.labels_to_grid(&labels);
        assert!((0..24).all(|at| grid[at] == (at / 6) as u8), "{grid:?}: no margin lies on the grid");
        assert!(plan.labels_to_grid_blended(&labels).iter().all(|&code| code != UNANNOTATED));
        let columns: Vec<u8> = (0..12).collect();
        assert_eq!(plan.columns_to_grid(&columns), [3, 4, 5, 6, 7, 8]);
        let image = GreyImage::new(12, 4, (0..48).map(|at| at % 12 * 20).collect::<Vec<u8>>());
        let drawn = plan.grid_to_image(&plan.image_to_grid(&image));
        let expected = [60, 60, 60, 60, 80, 100, 120, 140, 160, 160, 160, 160];
        assert_eq!(drawn.pixels[..12], expected);
        assert_eq!((drawn.width, drawn.height), (12, 4));
    }

    #[test]
    fn a_hole_in_a_mask_moves_nothing_and_a_mask_without_a_whole_column_is_shown_whole() {
        let mut labels = labels();
        labels[17] = UNANNOTATED;
        assert_eq!(fixed().trained_columns(&labels, 12), 6..9);
        assert_eq!(fixed().plan_of(&labels, [12, 4], None).shown, 3..9);
        let lone: Vec<u8> = (0..48).map(|at| if at == 17 { 9 } else { UNANNOTATED }).collect();
        assert_eq!(fixed().plan_of(&lone, [12, 4], None), fixed().plan(12, 4, None));
    }

    #[test]
    fn what_maps_by_scale_is_shown_whole_documents() {
        let live = Mapping::live();
        assert_eq!(live.trained_columns(&labels(), 12), 0..12);
        assert_eq!(live.plan_of(&labels(), [12, 4], None), live.plan(12, 4, None));
        assert_eq!(live.left_out(&labels(), 12), None);
        let note = fixed().left_out(&labels(), 12).unwrap();
        assert!(note.contains("4 to 9 of 12"), "{note}");
    }
}
