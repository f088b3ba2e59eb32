//! Attention of every position to every other, a block of positions at a time.
//!
//! The scores of 14,400 positions (a 480-pixel picture at a quarter of its sides) take 3.3 GB a picture with four
//! heads; a block of rows is as much as is looked at together. A position may be kept from attending to itself
//! (locality self-attention), which only changes the block's own diagonal.

use burn::tensor::{Device, Tensor, TensorData, activation};

/// Scores that are held together, per head and picture.
const MAX_SCORES: usize = 1 << 22;
/// Added where a position must not attend: nothing is left of it after the softmax.
const NEVER: f32 = -1e9;

/// Whether a position may attend to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPosition {
    /// A position attends to itself.
    Seen,
    /// Lee et al. 2021 ("Vision Transformer for Small-Size Datasets"), locality self-attention.
    Hidden,
}

/// The mean of `value` by the softmax of `query key^T`. The scale of the scores is in the query already.
///
/// `query`, `key`, `value`: `[batch, heads, positions, channels]`; returns their shape.
pub fn attend(query: Tensor<4>, key: Tensor<4>, value: Tensor<4>, own: OwnPosition) -> Tensor<4> {
    let positions = query.dims()[2];
    let block = (MAX_SCORES / positions.max(1)).clamp(1, positions);
    let key = key.swap_dims(2, 3);
    let device = query.device();
    let of_block = |first: usize| {
        let rows = block.min(positions - first);
        let mut scores = query.clone().narrow(2, first, rows).matmul(key.clone());
        if own == OwnPosition::Hidden {
            scores = scores + own_positions(first, rows, positions, &device);
        }
        activation::softmax(scores, 3).matmul(value.clone())
    };
    let mut blocks: Vec<Tensor<4>> = (0..positions).step_by(block).map(of_block).collect();
    match blocks.len() {
        1 => blocks.remove(0),
        _ => Tensor::cat(blocks, 2),
    }
}

/// `[1, 1, rows, positions]`: [`NEVER`] where row `first + i` meets itself.
fn own_positions(first: usize, rows: usize, positions: usize, device: &Device) -> Tensor<4> {
    let mut values = vec![0.0_f32; rows * positions];
    for row in 0..rows {
        values[row * positions + first + row] = NEVER;
    }
    Tensor::from_data(TensorData::new(values, [1, 1, rows, positions]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_that_does_not_see_itself_takes_the_mean_of_the_others() {
        let device = Device::flex();
        let zeros = Tensor::<4>::zeros([1, 1, 3, 2], &device);
        let values = TensorData::new(vec![1.0_f32, 10.0, 2.0, 20.0, 6.0, 60.0], [1, 1, 3, 2]);
        let value = Tensor::<4>::from_data(values, &device);
        let numbers = |own| -> Vec<f32> {
            attend(zeros.clone(), zeros.clone(), value.clone(), own).into_data().iter::<f32>().collect()
        };
        let seen = numbers(OwnPosition::Seen);
        assert!(seen.iter().zip([3.0, 30.0, 3.0, 30.0, 3.0, 30.0]).all(|(a, b)| (a - b).abs() < 1e-4));
        let hidden = numbers(OwnPosition::Hidden);
        assert!(hidden.iter().zip([4.0, 40.0, 3.5, 35.0, 1.5, 15.0]).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}
