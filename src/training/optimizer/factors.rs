//! The numbers of a step of AdamW.

/// How much of the moments a step keeps unless another is chosen: of the gradient's mean and of its squares'.
pub(super) const BETAS: [f32; 2] = [0.9, 0.999];
/// Added to the root of the second moment.
pub(super) const EPSILON: f32 = 1e-8;

/// What a step does beside following the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    pub learning_rate: f64,
    /// What the gradient is multiplied with: the inverse of the loss scale, and what clipping leaves of it.
    pub scale: f64,
    /// How much of the averaged network stays; `None` makes it the network itself.
    pub average_decay: Option<f64>,
}

/// The factor that scales a gradient of this norm, itself times `factor`, to at most `largest` (0 for no limit).
pub fn clipped(norm: f64, factor: f64, largest: f64) -> f64 {
    let is_clipped = largest > 0.0 && norm.is_finite() && norm > largest;
    if is_clipped { factor * largest / norm } else { factor }
}

/// The numbers of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Factors {
    pub is_first: bool,
    pub scale: f32,
    pub betas: [f32; 2],
    /// What the moments are divided by, which begin at zero.
    pub corrections: [f32; 2],
    /// What weight decay leaves of a weight.
    pub kept: f32,
    pub rate: f32,
    /// Of the averages and of the new weights in the new averages.
    pub average: Option<[f32; 2]>,
}

impl Factors {
    pub fn of(steps: usize, weight_decay: f32, betas: [f32; 2], update: Update) -> Self {
        let Update { learning_rate, scale, average_decay } = update;
        let decay = learning_rate * f64::from(weight_decay);
        Self {
            is_first: steps == 1,
            scale: scale as f32,
            betas,
            corrections: betas.map(|beta| 1.0 - beta.powi(steps as i32)),
            kept: (1.0 - decay) as f32,
            rate: learning_rate as f32,
            average: average_decay.map(|decay| [decay as f32, (1.0 - decay) as f32]),
        }
    }
}
