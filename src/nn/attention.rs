//! Self-attention over the positions of a feature map.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::module::attention;
use burn::tensor::ops::AttentionModuleOptions;
use burn::tensor::{Device, Tensor};

use super::norm_act::NormAct;
use super::unet_config::UNetConfig;

/// Norm, multi-head attention of every position to every other, and a residual connection.
#[derive(Module, Debug)]
pub struct AttentionBlock {
    norm: NormAct,
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    heads: usize,
}

impl AttentionBlock {
    /// With fresh weights.
    pub fn new(config: &UNetConfig, channels: usize, device: &Device) -> Self {
        assert!(channels.is_multiple_of(config.head_channels), "{channels} channels in whole heads");
        let linear = || LinearConfig::new(channels, channels).init(device);
        Self {
            norm: NormAct::new(channels, config.groups, config.norm_epsilon, device),
            query: linear(),
            key: linear(),
            value: linear(),
            output: linear(),
            heads: channels / config.head_channels,
        }
    }

    /// `[batch, channels, height, width]`, same shape out. Costs `(height * width)^2`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [batch, channels, height, width] = x.dims();
        let positions = height * width;
        let tokens =
            self.norm.forward_linear(x.clone()).reshape([batch, channels, positions]).swap_dims(1, 2);

        let split = |projected: Tensor<3>| {
            projected.reshape([batch, positions, self.heads, channels / self.heads]).swap_dims(1, 2)
        };
        let query = split(self.query.forward(tokens.clone()));
        let key = split(self.key.forward(tokens.clone()));
        let value = split(self.value.forward(tokens));
        let mixed = attention(query, key, value, None, None, AttentionModuleOptions::default());

        let mixed = self.output.forward(mixed.swap_dims(1, 2).reshape([batch, positions, channels]));
        x + mixed.swap_dims(1, 2).reshape([batch, channels, height, width])
    }
}
