//! One background on both sides of the retina, told apart in each column.

use crate::anatomy::{ABOVE_ILM, BELOW_BM, LAYER_COUNT, UNANNOTATED, is_lesion};

/// Stands for background among composite codes; no label has it.
pub(super) const MARK: u8 = 254;

/// Turns the background above the first layer or lesion of a column into above ILM and that below the last into
/// below BM; background between them continues what lies above it; columns with neither are unannotated.
pub(super) fn split(codes: &mut [u8], width: usize) {
    let height = codes.len() / width;
    let is_tissue = |code: u8| (1..=LAYER_COUNT as u8).contains(&code) || is_lesion(code);
    for x in 0..width {
        let (mut first, mut last) = (None, None);
        for y in (0..height).filter(|y| is_tissue(codes[y * width + x])) {
            first = first.or(Some(y));
            last = Some(y);
        }
        let mut above = ABOVE_ILM;
        for y in 0..height {
            let code = &mut codes[y * width + x];
            if *code == MARK {
                *code = match (first, last) {
                    (Some(first), _) if y < first => ABOVE_ILM,
                    (_, Some(last)) if y > last => BELOW_BM,
                    (Some(_), Some(_)) => above,
                    _ => UNANNOTATED,
                };
            }
            above = *code;
        }
    }
}

/// The codes that lie deepest in the columns that hold a layer, unannotated pixels left out.
fn deepest(codes: &[u8], width: usize) -> Vec<u8> {
    let mut deepest = vec![UNANNOTATED; width];
    let mut has_layer = vec![false; width];
    for row in codes.chunks_exact(width) {
        for (x, &code) in row.iter().enumerate().filter(|(_, code)| **code != UNANNOTATED) {
            deepest[x] = code;
            has_layer[x] |= (1..=LAYER_COUNT as u8).contains(&code);
        }
    }
    deepest.into_iter().zip(has_layer).filter(|(_, has_layer)| *has_layer).map(|(code, _)| code).collect()
}

/// Whether a code lies deepest in most columns that hold a layer.
pub(super) fn lies_deepest(wanted: u8, codes: &[u8], width: usize) -> bool {
    let deepest = deepest(codes, width);
    2 * deepest.iter().filter(|code| **code == wanted).count() > deepest.len()
}
