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
#[allow(clippy::manual_div_ceil, reason = "kernels are written in what every shader language has")]
fn tiled_convolution<E: Float>(
    input: &Tensor<E>,
    weight: &Tensor<E>,
    bias: &Tensor<E>,
    output: &mut Tensor<E>,
    #[comptime] tile: Tile,
) {
    let mut pixels = Shared::<[f32]>::new_slice(comptime!(tile.shared_numbers()[0]));
    let mut weights = Shared::<[f32]>::new_slice(comptime!(tile.shared_numbers()[1]));
    let mut sums = Array::<f32>::new(comptime!(UNIT_PIXELS * UNIT_CHANNELS));
    #[unroll]
    for i in 0..comptime!(UNIT_PIXELS * UNIT_CHANNELS) {
        sums[i] = 0.0f32;
    }

    let tile_channels = comptime!(TILE_CHANNELS);
    let channel_tiles = (output.shape(1) + tile_channels - 1) / tile_channels;
    let picture = CUBE_POS_Z as usize / channel_tiles;
    let first_channel = (CUBE_POS_Z as usize % channel_tiles) * tile_channels;
    let chunk = comptime!(tile.chunk);
    let chunks = (input.shape(1) + chunk - 1) / chunk;
    for step in 0..chunks {
        read_pixels::<E>(input, &mut pixels, picture, step * chunk, tile);
        read_weights::<E>(weight, &mut weights, step * chunk, first_channel, tile);
        sync_cube();
        add_products(&pixels, &weights, &mut sums, tile);
        sync_cube();
    }
    write_sums::<E>(&sums, bias, output, picture, first_channel);
}

/// A chunk of the input's channels under the tile, zero beyond the picture, into the workgroup's memory.
#[cube]
#[allow(clippy::manual_range_contains, reason = "kernels are written in what every shader language has")]
fn read_pixels<E: Float>(
    input: &Tensor<E>,
    pixels: &mut Shared<[f32]>,
    picture: usize,
    first_channel: usize,
    #[comptime] tile: Tile,
) {
    let padding = comptime!(tile.kernel / 2);
    let halo_width = comptime!(tile.halo()[0]);
    let halo = comptime!(tile.halo()[0] * tile.halo()[1]);
    let (channels, height, width) = (input.shape(1), input.shape(2), input.shape(3));
    let x0 = CUBE_POS_X as usize * comptime!(TILE_WIDTH * tile.stride);
    let y0 = CUBE_POS_Y as usize * comptime!(TILE_HEIGHT * tile.stride);
    let mut at = UNIT_POS as usize;
    while at < comptime!(tile.numbers_read()[0]) {
        let own = at / halo;
        let row = (at % halo) / halo_width;
        let column = (at % halo) % halo_width;
        let channel = first_channel + own;
        // Counted from the corner of the padding, so that nothing falls below zero.
        let y = y0 + row;
        let x = x0 + column;
        let mut value = 0.0f32;
        if channel < channels && y >= padding && y < height + padding && x >= padding && x < width + padding {
            let index = picture * input.stride(0)
                + channel * input.stride(1)
                + (y - padding) * input.stride(2)
                + (x - padding) * input.stride(3);
            value = f32::cast_from(input[index]);
        }
        pixels[own * comptime!(tile.plane()) + row * comptime!(tile.pitch()) + column] = value;
        at += comptime!(UNITS);
    }
}

/// The weights between a chunk of the input's channels and the tile's, zero for channels that do not exist.
#[cube]
fn read_weights<E: Float>(
    weight: &Tensor<E>,
    weights: &mut Shared<[f32]>,
    first_input: usize,
    first_channel: usize,
    #[comptime] tile: Tile,
) {
    let taps = comptime!(tile.taps());
    let kernel = comptime!(tile.kernel);
    let tile_channels = comptime!(TILE_CHANNELS);
    let (channels_out, channels_in) = (weight.shape(0), weight.shape(1));
    let mut at = UNIT_POS as usize;
    while at < comptime!(tile.numbers_read()[1]) {
        let tap = (at / tile_channels) % taps;
        let inner = first_input + at / comptime!(TILE_CHANNELS * tile.taps());
        let outer = first_channel + at % tile_channels;
        let mut value = 0.0f32;
        if inner < channels_in && outer < channels_out {
            let index = outer * weight.stride(0)
                + inner * weight.stride(1)
                + (tap / kernel) * weight.stride(2)
                + (tap % kernel) * weight.stride(3);
            value = f32::cast_from(weight[index]);
        }
        weights[at] = value;
        at += comptime!(UNITS);
    }
}

/// Row and first column of the unit's pixels in the tile, and its first channel.
#[cube]
fn own_place() -> (usize, usize, usize) {
    let unit = UNIT_POS as usize;
    let pixels = unit % comptime!(TILE_WIDTH * TILE_HEIGHT / UNIT_PIXELS);
    let in_row = comptime!(TILE_WIDTH / UNIT_PIXELS);
    let channels = unit / comptime!(TILE_WIDTH * TILE_HEIGHT / UNIT_PIXELS);
    (pixels / in_row, (pixels % in_row) * comptime!(UNIT_PIXELS), channels * comptime!(UNIT_CHANNELS))
}

/// The products of a chunk: a row of pixels, once read, serves all taps of the kernel's row.
#[cube]
#[allow(clippy::needless_range_loop, reason = "kernels are written in what every shader language has")]
fn add_products(
    pixels: &Shared<[f32]>,
    weights: &Shared<[f32]>,
    sums: &mut Array<f32>,
    #[comptime] tile: Tile,
) {
    let (own_row, own_column, own_channel) = own_place();
    let mut seen = Array::<f32>::new(comptime!(tile.reach()));
    for channel in 0..comptime!(tile.chunk) {
        #[unroll]
        for down in 0..comptime!(tile.kernel) {
            let row = own_row * comptime!(tile.stride) + down;
            let from = channel * comptime!(tile.plane())
                + row * comptime!(tile.pitch())
                + own_column * comptime!(tile.stride);
            #[unroll]
            for i in 0..comptime!(tile.reach()) {
                seen[i] = pixels[from + i];
            }
            #[unroll]
            for across in 0..comptime!(tile.kernel) {
                let tap = comptime!(down * tile.kernel + across);
                let of_tap =
                    (channel * comptime!(tile.taps()) + tap) * comptime!(TILE_CHANNELS) + own_channel;
                let w0 = weights[of_tap];
                let w1 = weights[of_tap + 1];
                let w2 = weights[of_tap + 2];
                let w3 = weights[of_tap + 3];
                #[unroll]
                for p in 0..comptime!(UNIT_PIXELS) {
                    let value = seen[comptime!(p * tile.stride + across)];
                    sums[comptime!(p * UNIT_CHANNELS)] += value * w0;
                    sums[comptime!(p * UNIT_CHANNELS + 1)] += value * w1;
                    sums[comptime!(p * UNIT_CHANNELS + 2)] += value * w2;
                    sums[comptime!(p * UNIT_CHANNELS + 3)] += value * w3;
                }
            }
        }
    }
}

/// The unit's sums with their biases, where the output has such pixels and channels.
#[cube]
fn write_sums<E: Float>(
    sums: &Array<f32>,
    bias: &Tensor<E>,
    output: &mut Tensor<E>,
    picture: usize,
    first_channel: usize,
) {
    let (own_row, own_column, own_channel) = own_place();
    let (channels, height, width) = (output.shape(1), output.shape(2), output.shape(3));
    let y = CUBE_POS_Y as usize * comptime!(TILE_HEIGHT) + own_row;
    let x0 = CUBE_POS_X as usize * comptime!(TILE_WIDTH) + own_column;
    #[unroll]
    for p in 0..comptime!(UNIT_PIXELS) {
        #[unroll]
        for c in 0..comptime!(UNIT_CHANNELS) {
            let x = x0 + p;
            let channel = first_channel + own_channel + c;
            if x < width && y < height && channel < channels {
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
            tile,
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
        tile,
    );
    let text = define_kernel(&kernel).and_then(|mut definition| {
        definition.settings.execution_mode = ExecutionMode::Unchecked;
        WgslCompiler.compile(definition, &WgpuCompilationOptions::default())
    });
    Some(text.map(|shader| shader.to_string()).map_err(|error| error.to_string()))
}
