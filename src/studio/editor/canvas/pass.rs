//! The wgpu side of the canvas: textures of a pane and the pass that draws them inside egui's.
//!
//! Textures are written straight to the queue when the document changes, dirty rectangle only:
//! an egui pass that is thrown away can then lose no upload.

use bytemuck::bytes_of;
use eframe::egui::{PaintCallbackInfo, Shape};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, RenderState};
use wgpu::{BufferUsages, TextureFormat, TextureUsages};

use super::overlay::OverlayView;
use crate::mask::Mask;
use crate::scan::{GreyImage, Rect};

/// The pipeline, shared by all panes.
#[derive(Clone)]
pub struct CanvasPass {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    target_is_srgb: bool,
}

impl CanvasPass {
    /// Builds the pipeline for the window's device and surface format.
    pub fn new(state: &RenderState) -> Self {
        Self::for_target(&state.device, &state.queue, state.target_format)
    }

    /// The device it draws on.
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// Builds the pipeline for a target format.
    pub fn for_target(device: &wgpu::Device, queue: &wgpu::Queue, format: TextureFormat) -> Self {
        let shader = device.create_shader_module(wgpu::include_wgsl!("../../../../shaders/overlay.wgsl"));
        let texture = |binding, sample_type| wgpu::BindGroupLayoutEntry {
            binding,
            visibility: wgpu::ShaderStages::FRAGMENT,
            ty: wgpu::BindingType::Texture {
                sample_type,
                view_dimension: wgpu::TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        };
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("canvas"),
            entries: &[
                wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                    ty: wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                },
                texture(1, wgpu::TextureSampleType::Float { filterable: false }),
                texture(2, wgpu::TextureSampleType::Uint),
                texture(3, wgpu::TextureSampleType::Uint),
            ],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("canvas"),
            bind_group_layouts: &[Some(&layout)],
            ..Default::default()
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("canvas"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &shader,
                entry_point: Some("vertex"),
                compilation_options: Default::default(),
                buffers: &[],
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &shader,
                entry_point: Some("fragment"),
                compilation_options: Default::default(),
                targets: &[Some(wgpu::ColorTargetState {
                    format,
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
            }),
            multiview_mask: None,
            cache: None,
        });
        Self {
            device: device.clone(),
            queue: queue.clone(),
            pipeline,
            layout,
            target_is_srgb: format.is_srgb(),
        }
    }
}

/// Which of the drawings of a frame: each has a view of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// In the pane the textures belong to.
    Own,
    /// Laid over the other pane, to compare.
    Compared,
}

/// What one pane shows: a grey image and a plane of composite codes of the same size; where there is
/// another grader, that one's codes.
pub struct PaneTextures {
    pass: CanvasPass,
    size: [u32; 2],
    image: wgpu::Texture,
    labels: wgpu::Texture,
    other_labels: Option<wgpu::Texture>,
    uniforms: [wgpu::Buffer; 2],
    bind_groups: [wgpu::BindGroup; 2],
}

impl PaneTextures {
    /// Uploads an image and a mask of the same size.
    pub fn new(pass: &CanvasPass, image: &GreyImage, mask: &Mask) -> Self {
        let size = [image.width, image.height];
        let image_texture = pass.texture(size, TextureFormat::R8Unorm, "scan");
        let mut pane = Self::with_texture(pass, image_texture, size);
        pane.set_image(image);
        pane.set_labels(mask, mask.layers.bounds());
        pane
    }

    fn with_texture(pass: &CanvasPass, image: wgpu::Texture, size: [u32; 2]) -> Self {
        let labels = pass.texture(size, TextureFormat::R8Uint, "labels");
        let uniforms = std::array::from_fn(|_| {
            pass.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("canvas view"),
                size: size_of::<OverlayView>() as u64,
                usage: BufferUsages::UNIFORM | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            })
        });
        let bind_groups = pass.bind(&image, &labels, &labels, &uniforms);
        Self { pass: pass.clone(), size, image, labels, other_labels: None, uniforms, bind_groups }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// Replaces the image; one of another size is ignored by returning `false`.
    pub fn set_image(&mut self, image: &GreyImage) -> bool {
        if [image.width, image.height] != self.size {
            return false;
        }
        if self.image.format() != TextureFormat::R8Unorm {
            self.image = self.pass.texture(self.size, TextureFormat::R8Unorm, "scan");
            self.bind();
        }
        let bounds = Rect::new(0, 0, image.width, image.height);
        self.pass.write(&self.image, bounds, &image.pixels);
        true
    }

    /// Shows a texture that already lies on the device (red channel, 0..=1) instead of the image.
    pub fn set_texture(&mut self, texture: &wgpu::Texture) -> bool {
        if [texture.width(), texture.height()] != self.size {
            return false;
        }
        if &self.image != texture {
            self.image = texture.clone();
            self.bind();
        }
        true
    }

    fn bind(&mut self) {
        let other = self.other_labels.as_ref().unwrap_or(&self.labels);
        self.bind_groups = self.pass.bind(&self.image, &self.labels, other, &self.uniforms);
    }

    /// Queues the composite codes of a rectangle.
    pub fn set_labels(&self, mask: &Mask, dirty: Rect) {
        self.write_labels(&self.labels, mask, dirty);
    }

    /// Takes the codes of another grader of the same scan, or forgets them.
    ///
    /// # Panics
    /// If the mask has another size.
    pub fn set_other_labels(&mut self, mask: Option<&Mask>) {
        self.other_labels = mask.map(|mask| {
            assert_eq!([mask.width(), mask.height()], self.size, "a mask of the scan");
            let texture = self.pass.texture(self.size, TextureFormat::R8Uint, "other labels");
            self.write_labels(&texture, mask, mask.layers.bounds());
            texture
        });
        self.bind();
    }

    fn write_labels(&self, texture: &wgpu::Texture, mask: &Mask, dirty: Rect) {
        let dirty = dirty.intersect(mask.layers.bounds());
        if dirty.is_empty() {
            return;
        }
        self.pass.write(texture, dirty, &mask.composite_rect(dirty));
    }

    /// The shape that draws the textures into a rectangle of the screen. One shape a frame and slot.
    pub fn shape(&self, rect: eframe::egui::Rect, slot: Slot, mut view: OverlayView) -> Shape {
        view.target_is_srgb = f32::from(u8::from(self.pass.target_is_srgb));
        self.pass.queue.write_buffer(&self.uniforms[slot as usize], 0, bytes_of(&view));
        let bind_group = self.bind_groups[slot as usize].clone();
        let draw = Draw { pipeline: self.pass.pipeline.clone(), bind_group };
        Shape::Callback(Callback::new_paint_callback(rect, draw))
    }

    /// Draws the pane into a render pass of one's own: for tests and measurements.
    pub fn draw(&self, mut view: OverlayView, render_pass: &mut wgpu::RenderPass<'_>) {
        view.target_is_srgb = f32::from(u8::from(self.pass.target_is_srgb));
        self.pass.queue.write_buffer(&self.uniforms[0], 0, bytes_of(&view));
        render_pass.set_pipeline(&self.pass.pipeline);
        render_pass.set_bind_group(0, &self.bind_groups[0], &[]);
        render_pass.draw(0..3, 0..1);
    }
}

impl CanvasPass {
    fn texture(&self, size: [u32; 2], format: TextureFormat, label: &str) -> wgpu::Texture {
        self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some(label),
            size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format,
            usage: TextureUsages::TEXTURE_BINDING | TextureUsages::COPY_DST,
            view_formats: &[],
        })
    }

    fn bind(
        &self,
        image: &wgpu::Texture,
        labels: &wgpu::Texture,
        other_labels: &wgpu::Texture,
        uniforms: &[wgpu::Buffer; 2],
    ) -> [wgpu::BindGroup; 2] {
        let views = [image, labels, other_labels]
            .map(|texture| texture.create_view(&wgpu::TextureViewDescriptor::default()));
        uniforms.each_ref().map(|uniforms| {
            let texture = |index: usize| wgpu::BindGroupEntry {
                binding: index as u32 + 1,
                resource: wgpu::BindingResource::TextureView(&views[index]),
            };
            let block = wgpu::BindGroupEntry { binding: 0, resource: uniforms.as_entire_binding() };
            self.device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("canvas"),
                layout: &self.layout,
                entries: &[block, texture(0), texture(1), texture(2)],
            })
        })
    }

    /// Writes one byte a pixel into a rectangle of a texture.
    fn write(&self, texture: &wgpu::Texture, rect: Rect, bytes: &[u8]) {
        self.queue.write_texture(
            wgpu::TexelCopyTextureInfo {
                texture,
                mip_level: 0,
                origin: wgpu::Origin3d { x: rect.x0, y: rect.y0, z: 0 },
                aspect: wgpu::TextureAspect::All,
            },
            bytes,
            wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(rect.width()),
                rows_per_image: Some(rect.height()),
            },
            wgpu::Extent3d { width: rect.width(), height: rect.height(), depth_or_array_layers: 1 },
        );
    }
}

struct Draw {
    pipeline: wgpu::RenderPipeline,
    bind_group: wgpu::BindGroup,
}

impl CallbackTrait for Draw {
    fn paint(
        &self,
        _info: PaintCallbackInfo,
        render_pass: &mut wgpu::RenderPass<'static>,
        _resources: &CallbackResources,
    ) {
        render_pass.set_pipeline(&self.pipeline);
        render_pass.set_bind_group(0, &self.bind_group, &[]);
        render_pass.draw(0..3, 0..1);
    }
}
