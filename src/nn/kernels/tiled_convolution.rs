//! A convolution as a tiled product: a workgroup computes 16 x 8 pixels of 32 channels from chunks of input and weights
//! in its own memory, each unit 4 pixels of 4 channels in registers.
//!
//! Reference implementation: [`crate::nn::fast_cpu`]; `tests/kernels.rs` compares the two on any adapter there is.

use burn::backend::DispatchDevice;
use burn::tensor::{DType, Device, Shape};
use burn_wgpu::CubeTensor;
use cubecl::prelude::*;
use cubecl::wgpu::WgslCompiler;
use cubecl::{Compiler, WgpuCompilationOptions, define_kernel};

use super::tile::{TILE_CHANNELS, TILE_HEIGHT, TILE_WIDTH, Tile, UNIT_CHANNELS, UNIT_PIXELS, UNITS};

/// Tensors `[batch, channels, height, width]` of any strides, weights `[channels out, channels in, kernel, kernel]`.
#[cube(launch_unchecked, create_dummy_kernel)]
#[allow(
    clippy::manual_div_ceil,
    clippy::manual_range_contains,
    clippy::needless_range_loop,
    reason = "kernels are written in what every shader language has"
)]
fn tiled_convolution<E: Float>(
    input: &Tensor<E>,
    weight: &Tensor<E>,
    bias: &Tensor<E>,
    output: &mut Tensor<E>,
    #[comptime] kernel: usize,
    #[comptime] stride: usize,
    #[comptime] chunk: usize,
) {
    let padding = comptime!(kernel / 2);
    let taps = comptime!(kernel * kernel);
    let halo_width = comptime!((TILE_WIDTH - 1) * stride + kernel);
    let halo = comptime!(((TILE_HEIGHT - 1) * stride + kernel) * ((TILE_WIDTH - 1) * stride + kernel));
    let pixel_count = comptime!(chunk * halo);
    let pitch = comptime!(((TILE_WIDTH - 1) * stride + kernel) | 1);
    let plane = comptime!(((TILE_HEIGHT - 1) * stride + kernel) * (((TILE_WIDTH - 1) * stride + kernel) | 1));
    let reach = comptime!((UNIT_PIXELS - 1) * stride + kernel);
    let weight_count = comptime!(chunk * taps * TILE_CHANNELS);
    let tile_width = comptime!(TILE_WIDTH);
    let tile_height = comptime!(TILE_HEIGHT);
    let tile_channels = comptime!(TILE_CHANNELS);
    let units = comptime!(UNITS);
    let groups_in_row = comptime!(TILE_WIDTH / UNIT_PIXELS);
    let pixel_groups = comptime!(TILE_WIDTH * TILE_HEIGHT / UNIT_PIXELS);
    let unit_pixels = comptime!(UNIT_PIXELS);
    let unit_channels = comptime!(UNIT_CHANNELS);

    let mut pixels = Shared::<[f32]>::new_slice(comptime!(chunk * plane));
    let mut weights = Shared::<[f32]>::new_slice(weight_count);

    let unit = UNIT_POS as usize;
    let pixel_group = unit % pixel_groups;
    let own_row = pixel_group / groups_in_row;
    let own_column = (pixel_group % groups_in_row) * unit_pixels;
    let own_channel = (unit / pixel_groups) * unit_channels;

    let channels_in = input.shape(1);
    let height = input.shape(2);
    let width = input.shape(3);
    let channels_out = output.shape(1);
    let channel_tiles = (channels_out + tile_channels - 1) / tile_channels;
    let picture = CUBE_POS_Z as usize / channel_tiles;
    let first_channel = (CUBE_POS_Z as usize % channel_tiles) * tile_channels;
    let x0 = CUBE_POS_X as usize * tile_width;
    let y0 = CUBE_POS_Y as usize * tile_height;

    let mut sums = Array::<f32>::new(comptime!(UNIT_PIXELS * UNIT_CHANNELS));
    #[unroll]
    for i in 0..comptime!(UNIT_PIXELS * UNIT_CHANNELS) {
        sums[i] = 0.0f32;
    }

    let mut seen = Array::<f32>::new(reach);

    let chunks = (channels_in + chunk - 1) / chunk;
    for step in 0..chunks {
        let first_input = step * chunk;

        let mut at = unit;
        while at < pixel_count {
            let channel = first_input + at / halo;
            let place = at % halo;
            // Counted from the corner of the padding, so that nothing falls below zero.
            let y = y0 * stride + place / halo_width;
            let x = x0 * stride + place % halo_width;
            let mut value = 0.0f32;
            if channel < channels_in
                && y >= padding
                && y < height + padding
                && x >= padding
                && x < width + padding
            {
                let index = picture * input.stride(0)
                    + channel * input.stride(1)
                    + (y - padding) * input.stride(2)
                    + (x - padding) * input.stride(3);
                value = f32::cast_from(input[index]);
            }
            pixels[(at / halo) * plane + (place / halo_width) * pitch + place % halo_width] = value;
            at += units;
        }

        let mut at = unit;
        while at < weight_count {
            let own = at % tile_channels;
            let tap = (at / tile_channels) % taps;
            let inner = first_input + at / comptime!(TILE_CHANNELS * taps);
            let outer = first_channel + own;
            let mut value = 0.0f32;
            if inner < channels_in && outer < channels_out {
                let index = outer * weight.stride(0)
                    + inner * weight.stride(1)
                    + (tap / kernel) * weight.stride(2)
                    + (tap % kernel) * weight.stride(3);
                value = f32::cast_from(weight[index]);
            }
            weights[at] = value;
            at += units;
        }
        sync_cube();

        for channel in 0..chunk {
            #[unroll]
            for down in 0..kernel {
                let from = channel * plane + (own_row * stride + down) * pitch + own_column * stride;
                #[unroll]
                for i in 0..reach {
                    seen[i] = pixels[from + i];
                }
                #[unroll]
                for across in 0..kernel {
                    let tap = comptime!(down * kernel + across);
                    let of_tap = (channel * taps + tap) * tile_channels + own_channel;
                    let w0 = weights[of_tap];
                    let w1 = weights[of_tap + 1];
                    let w2 = weights[of_tap + 2];
                    let w3 = weights[of_tap + 3];
                    #[unroll]
                    for p in 0..unit_pixels {
                        let value = seen[comptime!(p * stride + across)];
                        sums[comptime!(p * UNIT_CHANNELS)] += value * w0;
                        sums[comptime!(p * UNIT_CHANNELS + 1)] += value * w1;
                        sums[comptime!(p * UNIT_CHANNELS + 2)] += value * w2;
                        sums[comptime!(p * UNIT_CHANNELS + 3)] += value * w3;
                    }
                }
            }
        }
        sync_cube();
    }

    let y = y0 + own_row;
    #[unroll]
    for p in 0..unit_pixels {
        let x = x0 + own_column + p;
        #[unroll]
        for c in 0..unit_channels {
            let channel = first_channel + own_channel + c;
            if x < output.shape(3) && y < output.shape(2) && channel < channels_out {
                let index = picture * output.stride(0)
                    + channel * output.stride(1)
                    + y * output.stride(2)
                    + x * output.stride(3);
                let sum = sums[comptime!(p * UNIT_CHANNELS + c)] + f32::cast_from(bias[channel]);
                output[index] = E::cast_from(sum);
            }
        }
    }
}

/// Queues the kernel; `output` is `[batch, channels out, height out, width out]`. All tensors are of `E`.
pub(super) fn launch<E: Float>(
    tile: Tile,
    [input, weight, bias]: [CubeTensor; 3],
    output: CubeTensor,
    [batch, channels_out, height_out, width_out]: [usize; 4],
) {
    let client = output.client.clone();
    let cubes = CubeCount::Static(
        width_out.div_ceil(TILE_WIDTH) as u32,
        height_out.div_ceil(TILE_HEIGHT) as u32,
        (batch * channels_out.div_ceil(TILE_CHANNELS)) as u32,
    );
    // SAFETY: every read and write is guarded by the tensors' own shapes, and the units of a cube meet at each barrier.
    unsafe {
        tiled_convolution::launch_unchecked::<E>(
            &client,
            cubes,
            CubeDim::new_1d(UNITS as u32),
            input.into_tensor_arg(),
            weight.into_tensor_arg(),
            bias.into_tensor_arg(),
            output.into_tensor_arg(),
            tile.kernel,
            tile.stride,
            tile.chunk,
        );
    }
}

/// The kernel in the language of WebGPU, as wgpu is handed it where no compiler for the device's own language is built
/// in: what tests translate for graphics interfaces that they cannot run on. `None` on the CPU.
///
/// # Errors
/// If cubecl refuses to compile it.
pub fn as_wgsl<E: Float>(tile: Tile, device: &Device, dtype: DType) -> Option<Result<String, String>> {
    let DispatchDevice::Cube(device) = device.as_dispatch() else { return None };
    let client = device.client();
    let number = || {
        let (client, device) = (client.clone(), device.clone());
        let handle = client.empty(dtype.size());
        CubeTensor::new_contiguous(client, device, Shape::from(vec![1; 4]), handle, dtype).into_tensor_arg()
    };
    let kernel = tiled_convolution::create_dummy_kernel::<E>(
        client.properties_shared(),
        client.target_properties_shared(),
        CubeCount::Static(1, 1, 1),
        CubeDim::new_1d(UNITS as u32),
        number(),
        number(),
        number(),
        number(),
        tile.kernel,
        tile.stride,
        tile.chunk,
    );
    let text = define_kernel(&kernel).and_then(|mut definition| {
        definition.settings.execution_mode = ExecutionMode::Unchecked;
        WgslCompiler.compile(definition, &WgpuCompilationOptions::default())
    });
    Some(text.map(|shader| shader.to_string()).map_err(|error| error.to_string()))
}
