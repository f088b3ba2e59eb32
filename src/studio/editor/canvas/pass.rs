//! The wgpu side of the canvas: textures of a pane and the pass that draws them inside egui's.
//!
//! Textures are written straight to the queue when the document changes, dirty rectangle only:
//! an egui pass that is thrown away can then lose no upload. What a frame shows is drawn from them into a picture that
//! is kept ([`super::kept_picture`]), when the frame is painted and only where something has changed.

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytemuck::bytes_of;
use eframe::egui::{PaintCallbackInfo, Shape};
use eframe::egui_wgpu::{Callback, CallbackResources, CallbackTrait, RenderState, ScreenDescriptor};
use wgpu::{TextureFormat, TextureUsages};

use super::kept_picture::{KeepingPass, KeptPicture};
use super::overlay::OverlayView;
use super::pipeline::{pipeline_of, uniform_of};
use crate::mask::Mask;
use crate::scan::{GreyImage, Rect};

/// The pipeline, shared by all panes.
#[derive(Clone)]
pub struct CanvasPass {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pipeline: wgpu::RenderPipeline,
    layout: wgpu::BindGroupLayout,
    keeping: KeepingPass,
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
        let blend = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let pipeline = pipeline_of(device, &shader, &layout, format, blend);
        let replacing = pipeline_of(device, &shader, &layout, format, None);
        Self {
            device: device.clone(),
            queue: queue.clone(),
            pipeline,
            layout,
            keeping: KeepingPass::new(device, queue, format, replacing),
            target_is_srgb: format.is_srgb(),
        }
    }
}

/// Which of the drawings of a frame: each has a view of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneDrawing {
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
    /// What [`PaneTextures::set_image`] has uploaded: the next one uploads what differs.
    shown: Option<GreyImage>,
    uniforms: [wgpu::Buffer; 2],
    bind_groups: [wgpu::BindGroup; 2],
    kept: [Arc<Mutex<KeptPicture>>; 2],
    uploaded_pixels: Cell<u64>,
}

/// What a pane has cost so far, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrawCounts {
    /// Screen pixels that the overlay was computed for.
    pub shaded: u64,
    /// Image pixels that were sent to the graphics device.
    pub uploaded: u64,
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
        let uniforms = std::array::from_fn(|_| uniform_of::<OverlayView>(&pass.device, "canvas view"));
        let bind_groups = pass.bind(&image, &labels, &labels, &uniforms);
        let kept = bind_groups
            .each_ref()
            .map(|sources| Arc::new(Mutex::new(KeptPicture::new(&pass.keeping, sources.clone()))));
        Self {
            pass: pass.clone(),
            size,
            image,
            labels,
            other_labels: None,
            shown: None,
            uniforms,
            bind_groups,
            kept,
            uploaded_pixels: Cell::new(0),
        }
    }

    /// What it has cost so far.
    pub fn counts(&self) -> DrawCounts {
        let shaded = self.kept.iter().map(|kept| locked(kept).shaded_pixels()).sum();
        DrawCounts { shaded, uploaded: self.uploaded_pixels.get() }
    }

    fn note_change(&self, in_image: Rect) {
        self.kept.iter().for_each(|kept| locked(kept).note_change(in_image));
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
            self.shown = None;
            self.image = self.pass.texture(self.size, TextureFormat::R8Unorm, "scan");
            self.bind();
        }
        let changed = match &self.shown {
            Some(shown) => changed_part(shown, image),
            None => Rect::new(0, 0, image.width, image.height),
        };
        if !changed.is_empty() {
            self.write(&self.image, changed, &cut(image, changed));
            self.note_change(changed);
        }
        self.shown = Some(image.clone());
        true
    }

    /// Shows a texture that already lies on the device (red channel, 0..=1) instead of the image.
    pub fn set_texture(&mut self, texture: &wgpu::Texture) -> bool {
        if [texture.width(), texture.height()] != self.size {
            return false;
        }
        if &self.image != texture {
            self.shown = None;
            self.image = texture.clone();
            self.bind();
        }
        true
    }

    fn bind(&mut self) {
        let other = self.other_labels.as_ref().unwrap_or(&self.labels);
        self.bind_groups = self.pass.bind(&self.image, &self.labels, other, &self.uniforms);
        for (kept, sources) in self.kept.iter().zip(&self.bind_groups) {
            locked(kept).set_sources(sources.clone());
        }
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
        self.write(texture, dirty, &mask.composite_rect(dirty));
        self.note_change(dirty);
    }

    fn write(&self, texture: &wgpu::Texture, rect: Rect, bytes: &[u8]) {
        self.uploaded_pixels.set(self.uploaded_pixels.get() + bytes.len() as u64);
        self.pass.write(texture, rect, bytes);
    }

    /// The shape that draws the textures into a rectangle of the screen. One shape a frame and drawing.
    pub fn shape(&self, rect: eframe::egui::Rect, which: PaneDrawing, view: OverlayView) -> Shape {
        Shape::Callback(Callback::new_paint_callback(rect, self.kept_draw(which, view)))
    }

    fn kept_draw(&self, which: PaneDrawing, mut view: OverlayView) -> Draw {
        view.target_is_srgb = f32::from(u8::from(self.pass.target_is_srgb));
        let (kept, uniform) = (Arc::clone(&self.kept[which as usize]), self.uniforms[which as usize].clone());
        Draw { kept, uniform, view }
    }

    /// Draws the kept picture of the pane into a render pass of one's own, beginning with what must be done before:
    /// for tests and measurements.
    pub fn draw_kept(
        &self,
        view: OverlayView,
        encoder: &mut wgpu::CommandEncoder,
        target: &wgpu::RenderPassDescriptor<'_>,
    ) {
        let draw = self.kept_draw(PaneDrawing::Own, view);
        self.pass.queue.submit(draw.refresh(&self.pass.queue));
        draw.show(&mut encoder.begin_render_pass(target));
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

/// What a frame does to show a pane: nothing else writes to the picture meanwhile.
struct Draw {
    kept: Arc<Mutex<KeptPicture>>,
    uniform: wgpu::Buffer,
    view: OverlayView,
}

impl Draw {
    fn refresh(&self, queue: &wgpu::Queue) -> Option<wgpu::CommandBuffer> {
        queue.write_buffer(&self.uniform, 0, bytes_of(&self.view));
        locked(&self.kept).refresh(self.view)
    }

    fn show(&self, render_pass: &mut wgpu::RenderPass<'_>) {
        locked(&self.kept).show(render_pass);
    }
}

impl CallbackTrait for Draw {
    // All that the frame has changed is known only now.
    fn prepare(
        &self,
        _device: &wgpu::Device,
        queue: &wgpu::Queue,
        _screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        _resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        self.refresh(queue).into_iter().collect()
    }

    fn paint(
        &self,
        _info: PaintCallbackInfo,
        render_pass: &mut wgpu::RenderPass<'static>,
        _resources: &CallbackResources,
    ) {
        self.show(render_pass);
    }
}

fn locked(kept: &Mutex<KeptPicture>) -> MutexGuard<'_, KeptPicture> {
    // A panic under the lock leaves at worst an old picture.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The smallest rectangle outside of which two images of one size are equal.
fn changed_part(before: &GreyImage, after: &GreyImage) -> Rect {
    if Arc::ptr_eq(&before.pixels, &after.pixels) || after.width == 0 {
        return Rect::EMPTY;
    }
    let width = after.width as usize;
    let rows = before.pixels.chunks_exact(width).zip(after.pixels.chunks_exact(width));
    let mut changed = Rect::EMPTY;
    for (y, (before, after)) in rows.enumerate().filter(|(_, (before, after))| before != after) {
        let differs = |(before, after): (&u8, &u8)| before != after;
        let first = before.iter().zip(after).position(differs).unwrap_or(0);
        let last = before.iter().zip(after).rposition(differs).unwrap_or(width - 1);
        changed = changed.union(Rect::new(first as u32, y as u32, last as u32 + 1, y as u32 + 1));
    }
    changed
}

/// The pixels of a rectangle, row by row.
fn cut(image: &GreyImage, part: Rect) -> Vec<u8> {
    let width = image.width as usize;
    let rows = image.pixels.chunks_exact(width).skip(part.y0 as usize).take(part.height() as usize);
    rows.flat_map(|row| &row[part.x0 as usize..part.x1 as usize]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_between_two_pictures_is_sent() {
        let before = GreyImage::new(6, 4, vec![7; 24]);
        assert_eq!(changed_part(&before, &before.clone()), Rect::EMPTY);
        assert_eq!(changed_part(&before, &GreyImage::new(6, 4, vec![7; 24])), Rect::EMPTY);
        let mut pixels = vec![7; 24];
        (pixels[6 + 4], pixels[2 * 6 + 1]) = (1, 2);
        let after = GreyImage::new(6, 4, pixels);
        let part = changed_part(&before, &after);
        assert_eq!(part, Rect::new(1, 1, 5, 3));
        assert_eq!(cut(&after, part), [7, 7, 7, 1, 2, 7, 7, 7]);
    }
}
