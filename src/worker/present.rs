//! From a tensor on the window's device to a texture the window shows, without a read-back.
//!
//! The shader is `shaders/present.wgsl`; [`present_on_cpu`] is its reference and what the CPU backend uses.

use std::sync::Arc;

use burn::tensor::Tensor;
use burn_wgpu::{AutoCompiler, CubeBackend, Wgpu};
use cubecl::wgpu::WgpuServer;

use super::local_edit::Halo;
use super::protocol::PictureImage;
use super::renderer::{Edit, Failure};
use crate::background::Mailbox;
use crate::device::SharedGpu;
use crate::encoding::mapping::GridPlan;
use crate::scan::GreyImage;

/// The format of the pictures: what egui can draw as it is.
pub const PICTURE_FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// The uniform of the shader, in its layout.
#[repr(C)]
#[derive(Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
struct Frame {
    size: [u32; 2],
    content: [u32; 2],
    grid_width: u32,
    is_edit: u32,
    halo_from: [u32; 2],
    halo_to: [u32; 2],
    shown: [u32; 2],
}

impl Frame {
    fn of(plan: &GridPlan, is_edit: bool, halo: Option<&Halo>) -> Self {
        let rect = halo.map(Halo::rect).unwrap_or_default();
        Self {
            size: [plan.width, plan.height],
            content: [plan.content_width, plan.content_height],
            grid_width: plan.grid_width,
            is_edit: u32::from(is_edit),
            halo_from: [rect.x0, rect.y0],
            halo_to: [rect.x1, rect.y1],
            shown: [plan.shown.start, plan.shown.end],
        }
    }
}

/// The render pass and what it needs.
pub struct Presenter {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipeline: wgpu::RenderPipeline,
    /// Bound where there is no base and no halo.
    nothing: wgpu::Texture,
}

impl Presenter {
    /// Compiles the pass on the device that tensors and window share.
    pub fn new(gpu: &SharedGpu) -> Self {
        let (device, queue) = (gpu.device.clone(), gpu.queue.clone());
        let shader = device.create_shader_module(wgpu::include_wgsl!("../../shaders/present.wgsl"));
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("present"),
            layout: None,
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("whole_target"),
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: Default::default(),
            depth_stencil: None,
            multisample: Default::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("present"),
                compilation_options: Default::default(),
                targets: &[Some(PICTURE_FORMAT.into())],
            }),
            multiview_mask: None,
            cache: None,
        });
        let nothing =
            texture(&device, [1, 1], wgpu::TextureFormat::R8Unorm, wgpu::TextureUsages::TEXTURE_BINDING);
        Self { device, queue, pipeline, nothing }
    }

    /// Writes the grid picture `[1, 1, grid height, grid width]` of a plan into a new texture of the
    /// document's size, over `edit.base` inside `edit.halo`.
    ///
    /// # Errors
    /// When the tensor does not lie on the shared device, or the base has not the document's size there.
    pub fn present(
        &self,
        grid: Tensor<4>,
        plan: &GridPlan,
        edit: Option<Edit<'_>>,
    ) -> Result<wgpu::Texture, Failure> {
        let expected = [1, 1, plan.grid_height as usize, plan.grid_width as usize];
        assert_eq!(grid.dims(), expected, "a picture on the plan's grid");
        let base = base_of(edit, plan)?;
        let device = grid.device();
        // One axis: whatever strides fusion left, the buffer then holds plain rows.
        let grid = grid.reshape([plan.grid_len()]);
        let fused =
            grid.try_into_primitive::<Wgpu>().map_err(|_| "the picture is not on the graphics device")?;
        let client = fused.client.clone();
        let tensor = client.resolve_tensor_float::<CubeBackend>(fused);
        if !tensor.is_contiguous() {
            return Err("the picture lies scattered on the graphics device".into());
        }
        let resource = tensor
            .client
            .get_resource::<WgpuServer<AutoCompiler>>(tensor.handle.clone())
            .map_err(|error| format!("the picture's buffer is out of reach: {error:?}"))?;
        device.flush().map_err(|error| format!("the graphics device refused its work: {error:?}"))?;

        let halo = base.map(|(_, halo)| halo).filter(|halo| !halo.is_empty());
        let halo_texture = halo.map(|halo| self.upload(halo));
        let uniform = self.uniform(&Frame::of(plan, base.is_some(), halo));
        let view = |texture: &wgpu::Texture| texture.create_view(&Default::default());
        let base_view = view(base.map_or(&self.nothing, |(texture, _)| texture));
        let halo_view = view(halo_texture.as_ref().unwrap_or(&self.nothing));
        let bind_group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("present"),
            layout: &self.pipeline.get_bind_group_layout(0),
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: resource.resource().as_wgpu_bind_resource() },
                wgpu::BindGroupEntry { binding: 2, resource: wgpu::BindingResource::TextureView(&base_view) },
                wgpu::BindGroupEntry { binding: 3, resource: wgpu::BindingResource::TextureView(&halo_view) },
            ],
        });
        let picture = self.draw(&bind_group, [plan.width, plan.height]);
        // `resource` pins the pooled buffer until here: after the submission, reuse is ordered behind it.
        drop(resource);
        Ok(picture)
    }

    fn uniform(&self, frame: &Frame) -> wgpu::Buffer {
        let uniform = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("present frame"),
            size: size_of::<Frame>() as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        self.queue.write_buffer(&uniform, 0, bytemuck::bytes_of(frame));
        uniform
    }

    /// Submits the pass over a new texture of a size.
    fn draw(&self, bind_group: &wgpu::BindGroup, size: [u32; 2]) -> wgpu::Texture {
        let usage = wgpu::TextureUsages::RENDER_ATTACHMENT
            | wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::COPY_SRC;
        let picture = texture(&self.device, size, PICTURE_FORMAT, usage);
        let target = picture.create_view(&Default::default());
        let mut encoder = self.device.create_command_encoder(&Default::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("present"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &target,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            });
            pass.set_pipeline(&self.pipeline);
            pass.set_bind_group(0, bind_group, &[]);
            pass.draw(0..3, 0..1);
        }
        self.queue.submit([encoder.finish()]);
        picture
    }

    fn upload(&self, halo: &Halo) -> wgpu::Texture {
        let size = [halo.rect().width(), halo.rect().height()];
        let usage = wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST;
        let uploaded = texture(&self.device, size, wgpu::TextureFormat::R8Unorm, usage);
        self.queue.write_texture(
            uploaded.as_image_copy(),
            halo.weights(),
            wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(size[0]), rows_per_image: None },
            uploaded.size(),
        );
        uploaded
    }
}

/// The picture that an edit is laid over, on the device, and where it changes.
fn base_of<'a>(
    edit: Option<Edit<'a>>,
    plan: &GridPlan,
) -> Result<Option<(&'a wgpu::Texture, &'a Halo)>, Failure> {
    match edit {
        Some(Edit { base: PictureImage::Gpu { texture, width, height }, halo }) => {
            if (*width, *height) != (plan.width, plan.height) {
                return Err("the picture on screen has another size".into());
            }
            Ok(Some((texture, halo)))
        }
        Some(Edit { base: PictureImage::Cpu(_), .. }) => {
            Err("the picture on screen is not on the graphics device".into())
        }
        None => Ok(None),
    }
}

/// The shader's reference: the same picture from the same values.
pub fn present_on_cpu(grid: &[f32], plan: &GridPlan, edit: Option<(&GreyImage, &Halo)>) -> GreyImage {
    let rendered = plan.grid_to_image(grid);
    match edit {
        Some((base, halo)) => halo.compose(base, &rendered),
        None => rendered,
    }
}

/// A picture back in memory, for a file. Waits for the device: never on the window's thread.
///
/// # Errors
/// When the device does not answer.
pub fn read_picture(gpu: &SharedGpu, picture: &wgpu::Texture) -> Result<GreyImage, Failure> {
    let (width, height) = (picture.width(), picture.height());
    let bytes_per_row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("picture read-back"),
        size: u64::from(bytes_per_row) * u64::from(height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device.create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        picture.as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &buffer,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(bytes_per_row),
                rows_per_image: None,
            },
        },
        picture.size(),
    );
    gpu.queue.submit([encoder.finish()]);
    let mapped: Arc<Mailbox<Option<Result<(), wgpu::BufferAsyncError>>>> = Arc::default();
    let answer = Arc::clone(&mapped);
    buffer.slice(..).map_async(wgpu::MapMode::Read, move |result| {
        answer.put(result);
    });
    gpu.device.poll(wgpu::PollType::wait_indefinitely())?;
    mapped.take().ok_or("the graphics device did not answer")??;
    let mapped = buffer.slice(..).get_mapped_range()?;
    let rows = mapped.chunks_exact(bytes_per_row as usize);
    let pixels: Vec<u8> = rows.flat_map(|row| row[..width as usize * 4].iter().step_by(4).copied()).collect();
    Ok(GreyImage::new(width, height, pixels))
}

fn texture(
    device: &wgpu::Device,
    [width, height]: [u32; 2],
    format: wgpu::TextureFormat,
    usage: wgpu::TextureUsages,
) -> wgpu::Texture {
    device.create_texture(&wgpu::TextureDescriptor {
        label: Some("synthetic scan"),
        size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format,
        usage,
        view_formats: &[],
    })
}
