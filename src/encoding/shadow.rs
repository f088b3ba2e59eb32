//! Vessel shadows: how much darker each column of a scan is than its neighbourhood.
//!
//! A retinal vessel takes light from everything below it, most visibly from the bright bands of the ellipsoid zone
//! and the pigment epithelium. A mask does not say where vessels are, so a network without that condition draws none.
//! One number a column tells it, and can be painted.

use std::ops::Range;

use crate::anatomy::{Interface, LAYER_COUNT};

/// Columns of the running median that a column is compared with, to either side.
const MEDIAN_REACH: usize = 30;
/// Columns of the mean before the comparison, to either side: speckle is no shadow.
const MEAN_REACH: usize = 1;
/// Part by which columns differ without a vessel; less is no shadow.
const UNSHADOWED: f32 = 0.1;
/// Fewest pixels of the bright bands in a column that can be judged.
const LEAST_PIXELS: f32 = 3.0;

/// The shadow of every column, 0 (none) to 1 (black), of a scan with labels; columns outside `annotated`, and those
/// without the bright bands, have none. Arguments as in [`column_darkness`].
///
/// # Panics
/// If the two differ in size.
pub fn column_shadows(width: usize, image: &[u8], labels: &[u8], annotated: &Range<usize>) -> Vec<f32> {
    let shadow = |darkness: f32| ((darkness - UNSHADOWED) / (1.0 - UNSHADOWED)).clamp(0.0, 1.0);
    let columns = column_darkness(width, image, labels, annotated).into_iter();
    columns.map(|darkness| darkness.map_or(0.0, shadow)).collect()
}

/// The part of its light that a column with a shadow misses: what [`column_shadows`] took for none included, which
/// grows with the first faint shadow instead of beginning there.
pub fn darkness(shadow: f32) -> f32 {
    shadow.min(UNSHADOWED) + (1.0 - UNSHADOWED) * shadow
}

/// The part by which the bright bands of every column are darker than those around it, below 0 where they are brighter;
/// `None` outside `annotated` and where there are no bright bands.
///
/// - `image`: grey values; `labels`: composite codes; both row-major, `width` columns
///
/// # Panics
/// If the two differ in size.
pub fn column_darkness(
    width: usize,
    image: &[u8],
    labels: &[u8],
    annotated: &Range<usize>,
) -> Vec<Option<f32>> {
    assert_eq!(image.len(), labels.len(), "labels of the image");
    let mut sums = vec![(0.0_f32, 0.0_f32); width];
    let bright_bands = Interface::IsmIse.index() as u8 + 1..=LAYER_COUNT as u8;
    for (at, code) in labels.iter().enumerate() {
        let column = at % width;
        if bright_bands.contains(code) && annotated.contains(&column) {
            sums[column].0 += f32::from(image[at]);
            sums[column].1 += 1.0;
        }
    }
    let columns: Vec<usize> = annotated.clone().filter(|&x| sums[x].1 >= LEAST_PIXELS).collect();
    let brightness: Vec<f32> = around(columns.len(), MEAN_REACH)
        .map(|near| {
            let (sum, count) =
                columns[near].iter().fold((0.0, 0.0), |sum, &x| (sum.0 + sums[x].0, sum.1 + sums[x].1));
            sum / count
        })
        .collect();
    let mut darkness = vec![None; width];
    for ((&x, &grey), near) in columns.iter().zip(&brightness).zip(around(columns.len(), MEDIAN_REACH)) {
        darkness[x] = Some(1.0 - grey / median(&brightness[near]).max(1.0));
    }
    darkness
}

/// For each of `count` places the places within reach.
fn around(count: usize, reach: usize) -> impl Iterator<Item = Range<usize>> {
    (0..count).map(move |at| at.saturating_sub(reach)..(at + reach + 1).min(count))
}

fn median(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[sorted.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dark_column_is_found_and_a_slow_change_is_none() {
        let (width, height) = (160, 20);
        let mut image = vec![30_u8; width * height];
        let mut labels = vec![0_u8; width * height];
        for y in 10..16 {
            for x in 0..width {
                // Bright bands that fade slowly along the scan; a vessel of five columns takes half.
                let vessel = if (80..85).contains(&x) { 0.5 } else { 1.0 };
                image[y * width + x] = ((180.0 - 0.3 * x as f32) * vessel) as u8;
                labels[y * width + x] = if y < 13 { 6 } else { 7 };
            }
        }
        let shadows = column_shadows(width, &image, &labels, &(10..150));
        assert!((shadows[82] - (0.5 - UNSHADOWED) / (1.0 - UNSHADOWED)).abs() < 0.02, "{}", shadows[82]);
        let others: Vec<usize> = (0..width).filter(|x| !(78..87).contains(x) && shadows[*x] > 0.0).collect();
        assert!(others.is_empty(), "{others:?}");
        // What is painted back is as dark as what was found, and no shadow is no darkness.
        assert!((darkness(shadows[82]) - 0.5).abs() < 0.02);
        assert_eq!((darkness(0.0), darkness(1.0)), (0.0, 1.0));
        assert_eq!(column_shadows(width, &image, &vec![255; labels.len()], &(0..0)), vec![0.0; width]);
    }
}
