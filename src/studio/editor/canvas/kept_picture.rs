//! The picture of a pane as it was drawn last, so that a frame draws anew only what has changed.
//!
//! Every fragment of the overlay reads up to a dozen pixels, twice where two graders are compared. A graphics card does
//! not notice; a software driver spends most of a frame on it, and under the brush every pointer event is a frame. So
//! the overlay is drawn into a texture, whole only when the view or its colours change, and where the labels or the
//! scan have changed otherwise; the window's frame copies it, one read a pixel.

use bytemuck::bytes_of;
use wgpu::{TextureFormat, TextureUsages};

use super::overlay::OverlayView;
use super::pipeline::{pipeline_of, uniform_of};
use crate::scan::Rect;

/// Sides of the texture grow in steps, so that a window that is resized does not make one a frame.
const SIDE_STEP: u32 = 128;

/// The uniform of `pane.wgsl`: size of the viewport in pixels, and nothing.
type Place = [f32; 4];

/// The two pipelines: overlay into the texture, texture into the window.
#[derive(Clone)]
pub(super) struct KeepingPass {
    device: wgpu::Device,
    queue: wgpu::Queue,
    format: TextureFormat,
    overlay: wgpu::RenderPipeline,
    show: wgpu::RenderPipeline,
    show_layout: wgpu::BindGroupLayout,
}

/// One picture.
pub(super) struct KeptPicture {
    pass: KeepingPass,
    uniform: wgpu::Buffer,
    /// What the overlay reads; its uniform holds the view.
    sources: wgpu::BindGroup,
    texture: Option<(wgpu::Texture, wgpu::BindGroup)>,
    /// What the texture shows; `None` when none of it holds.
    view: Option<OverlayView>,
    /// Part of the image that has changed since.
    changed: Rect,
    shaded_pixels: u64,
}

impl KeepingPass {
    /// For pictures like the window's target. `overlay` draws the overlay without blending.
    pub fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        format: TextureFormat,
        overlay: wgpu::RenderPipeline,
    ) -> Self {
        let shader = device.create_shader_module(wgpu::include_wgsl!("../../../../shaders/pane.wgsl"));
        let entry =
            |binding, visibility, ty| wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None };
        let show_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("pane"),
            entries: &[
                entry(
                    0,
                    wgpu::ShaderStages::VERTEX,
                    wgpu::BindingType::Buffer {
                        ty: wgpu::BufferBindingType::Uniform,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                ),
                entry(
                    1,
                    wgpu::ShaderStages::FRAGMENT,
                    wgpu::BindingType::Texture {
                        sample_type: wgpu::TextureSampleType::Float { filterable: false },
                        view_dimension: wgpu::TextureViewDimension::D2,
                        multisampled: false,
                    },
                ),
            ],
        });
        let blend = Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING);
        let show = pipeline_of(device, &shader, &show_layout, format, blend);
        Self { device: device.clone(), queue: queue.clone(), format, overlay, show, show_layout }
    }

    fn texture(&self, [width, height]: [u32; 2]) -> wgpu::Texture {
        self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("pane"),
            size: wgpu::Extent3d { width, height, depth_or_array_layers: 1 },
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: self.format,
            usage: TextureUsages::TEXTURE_BINDING | TextureUsages::RENDER_ATTACHMENT,
            view_formats: &[],
        })
    }
}

impl KeptPicture {
    /// Nothing yet of what the overlay reads from `sources`.
    pub fn new(pass: &KeepingPass, sources: wgpu::BindGroup) -> Self {
        Self {
            pass: pass.clone(),
            uniform: uniform_of::<Place>(&pass.device, "pane"),
            sources,
            texture: None,
            view: None,
            changed: Rect::EMPTY,
            shaded_pixels: 0,
        }
    }

    /// A part of the image or of its labels has changed.
    pub fn note_change(&mut self, in_image: Rect) {
        self.changed = self.changed.union(in_image);
    }

    /// The overlay reads from elsewhere: all of it has changed.
    pub fn set_sources(&mut self, sources: wgpu::BindGroup) {
        self.sources = sources;
        self.view = None;
    }

    /// Pixels that were drawn anew so far.
    pub fn shaded_pixels(&self) -> u64 {
        self.shaded_pixels
    }

    /// What must be done before the picture is shown under a view; `None` where it holds already.
    pub fn refresh(&mut self, view: OverlayView) -> Option<wgpu::CommandBuffer> {
        let size = view.viewport.map(|side| (side.round() as u32).max(1));
        self.make_room(size);
        let part = match &self.view {
            Some(shown) if *shown == view => on_screen(&view, self.changed),
            _ => Rect::new(0, 0, size[0], size[1]),
        };
        self.view = Some(view);
        self.changed = Rect::EMPTY;
        if part.is_empty() {
            return None;
        }
        let place: Place = [view.viewport[0], view.viewport[1], 0.0, 0.0];
        self.pass.queue.write_buffer(&self.uniform, 0, bytes_of(&place));
        self.draw(part, size)
    }

    /// Shows what was drawn last in a render pass whose viewport is that of the view.
    pub fn show(&self, render_pass: &mut wgpu::RenderPass<'_>) {
        let Some((_, bind_group)) = &self.texture else { return };
        render_pass.set_pipeline(&self.pass.show);
        render_pass.set_bind_group(0, bind_group, &[]);
        render_pass.draw(0..3, 0..1);
    }

    /// A texture that is large enough; a new one holds nothing.
    fn make_room(&mut self, size: [u32; 2]) {
        let has_room = |(texture, _): &(wgpu::Texture, wgpu::BindGroup)| {
            texture.width() >= size[0] && texture.height() >= size[1]
        };
        if self.texture.as_ref().is_some_and(has_room) {
            return;
        }
        let most = self.pass.device.limits().max_texture_dimension_2d;
        let texture =
            self.pass.texture(size.map(|side| side.next_multiple_of(SIDE_STEP).min(most).max(side)));
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let bind_group = self.pass.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("pane"),
            layout: &self.pass.show_layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: self.uniform.as_entire_binding() },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::TextureView(&view) },
            ],
        });
        self.view = None;
        self.texture = Some((texture, bind_group));
    }

    fn draw(&mut self, part: Rect, size: [u32; 2]) -> Option<wgpu::CommandBuffer> {
        let (texture, _) = self.texture.as_ref()?;
        let target = texture.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = self.pass.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        {
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("pane"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &target,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations { load: wgpu::LoadOp::Load, store: wgpu::StoreOp::Store },
                })],
                ..Default::default()
            });
            pass.set_viewport(0.0, 0.0, size[0] as f32, size[1] as f32, 0.0, 1.0);
            pass.set_scissor_rect(part.x0, part.y0, part.width(), part.height());
            pass.set_pipeline(&self.pass.overlay);
            pass.set_bind_group(0, &self.sources, &[]);
            pass.draw(0..3, 0..1);
        }
        self.shaded_pixels += u64::from(part.width()) * u64::from(part.height());
        Some(encoder.finish())
    }
}

/// The screen pixels of a view whose colour a part of the image decides: the greys of neighbours are blended, and
/// outlines reach beyond the pixels they belong to.
pub(super) fn on_screen(view: &OverlayView, in_image: Rect) -> Rect {
    if in_image.is_empty() {
        return Rect::EMPTY;
    }
    let side = |axis: usize, first: u32, end: u32| {
        let (reach, most) = (view.outline_width + 1.0, view.viewport[axis].round());
        let screen = |image: f32| (image - view.origin[axis]) / view.step[axis];
        let from = (screen(first as f32 - 1.0) - reach).floor().clamp(0.0, most);
        let to = (screen(end as f32 + 1.0) + reach).ceil().clamp(0.0, most);
        [from as u32, to as u32]
    };
    let ([x0, x1], [y0, y1]) = (side(0, in_image.x0, in_image.x1), side(1, in_image.y0, in_image.y1));
    if x0 < x1 && y0 < y1 { Rect::new(x0, y0, x1, y1) } else { Rect::EMPTY }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::editor::canvas::overlay::NEUTRAL_TONE;

    fn view(origin: f32, step: f32) -> OverlayView {
        OverlayView {
            image_size: [100.0; 2],
            origin: [origin; 2],
            step: [step; 2],
            viewport: [200.0; 2],
            fill_opacity: 0.5,
            outline_opacity: 1.0,
            outline_width: 1.0,
            target_is_srgb: 0.0,
            tone: NEUTRAL_TONE,
            other_outline: [0.0; 4],
            difference: [0.0; 4],
            palette: [[0.0; 4]; 16],
        }
    }

    #[test]
    fn a_changed_part_reaches_a_little_beyond_itself_on_screen() {
        // Two screen pixels an image pixel: ten to twenty, one more on each side, and two screen pixels.
        let part = on_screen(&view(0.0, 0.5), Rect::new(10, 10, 20, 20));
        assert_eq!(part, Rect::new(16, 16, 44, 44));
        assert_eq!(on_screen(&view(0.0, 0.5), Rect::EMPTY), Rect::EMPTY);
        assert_eq!(on_screen(&view(50.0, 0.5), Rect::new(0, 0, 10, 10)), Rect::EMPTY, "out of sight");
        let all = on_screen(&view(10.0, 0.1), Rect::new(0, 0, 100, 100));
        assert_eq!(all, Rect::new(0, 0, 200, 200), "cut to the viewport");
    }
}
