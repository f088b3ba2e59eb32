//! The overlay pass against its reference implementation on the CPU, pixel by pixel, on whatever adapter there is
//! (lavapipe in CI).

use eframe::egui_wgpu::{RendererOptions, wgpu};
use retidiff::anatomy::UNANNOTATED;
use retidiff::mask::Mask;
use retidiff::scan::{GreyImage, Rect};
use retidiff::studio::editor::canvas::overlay::{NEUTRAL_TONE, OverlayView};
use retidiff::studio::editor::canvas::pass::{CanvasPass, PaneTextures};
use retidiff::studio::widgets::theme;

const SIZE: [u32; 2] = [203, 151];

/// A scan of noise over slanted layers, with two lesions, an unannotated margin and every code there is.
fn scene() -> (GreyImage, Mask) {
    let [width, height] = SIZE;
    let mut noise = 12345_u32;
    let pixels: Vec<u8> = (0..width * height)
        .map(|_| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        })
        .collect();
    let mut mask = Mask::unannotated(width, height);
    for y in 0..height {
        for x in 11..width {
            let depth = (y as i32 - 40 - x as i32 / 9).clamp(-1, 79);
            mask.layers.set(x, y, ((depth + 10) / 10) as u8);
            let lesion = [(60, 80, 15, 1), (120, 95, 11, 2), (160, 70, 9, 3)]
                .into_iter()
                .find(|(cx, cy, r, _)| (x as i32 - cx).pow(2) + 2 * (y as i32 - cy).pow(2) < r * r);
            mask.lesions.set(x, y, lesion.map_or(0, |(_, _, _, code)| code));
        }
    }
    assert_eq!(mask.composite(3, 3), UNANNOTATED);
    (GreyImage::new(width, height, pixels), mask)
}

struct Graphics {
    device: wgpu::Device,
    queue: wgpu::Queue,
    pass: CanvasPass,
}

const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

fn graphics() -> Graphics {
    let state = egui_kittest::wgpu::create_render_state(
        egui_kittest::wgpu::default_wgpu_setup(),
        RendererOptions::PREDICTABLE,
    );
    let pass = CanvasPass::for_target(&state.device, &state.queue, FORMAT);
    Graphics { device: state.device.clone(), queue: state.queue.clone(), pass }
}

impl Graphics {
    /// RGBA of every pixel of the viewport, drawn anew.
    fn draw(&self, textures: &PaneTextures, view: OverlayView) -> Vec<[u8; 4]> {
        self.picture(view, |encoder, target| textures.draw(view, &mut encoder.begin_render_pass(target)))
    }

    /// The same as the pane keeps it.
    fn draw_kept(&self, textures: &PaneTextures, view: OverlayView) -> Vec<[u8; 4]> {
        self.picture(view, |encoder, target| textures.draw_kept(view, encoder, target))
    }

    fn picture(
        &self,
        view: OverlayView,
        draw: impl FnOnce(&mut wgpu::CommandEncoder, &wgpu::RenderPassDescriptor<'_>),
    ) -> Vec<[u8; 4]> {
        let [width, height] = view.viewport.map(|side| side as u32);
        let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
        let target = self.device.create_texture(&wgpu::TextureDescriptor {
            label: None,
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
            view_formats: &[],
        });
        let bytes_per_row = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: u64::from(bytes_per_row * height),
            usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
            mapped_at_creation: false,
        });
        let target_view = target.create_view(&wgpu::TextureViewDescriptor::default());
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        draw(
            &mut encoder,
            &wgpu::RenderPassDescriptor {
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &target_view,
                    depth_slice: None,
                    resolve_target: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::TRANSPARENT),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..Default::default()
            },
        );
        encoder.copy_texture_to_buffer(
            target.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(bytes_per_row),
                    rows_per_image: Some(height),
                },
            },
            size,
        );
        self.queue.submit([encoder.finish()]);
        buffer.slice(..).map_async(wgpu::MapMode::Read, |outcome| outcome.expect("the picture is mapped"));
        self.device.poll(wgpu::PollType::wait_indefinitely()).expect("the device answers");
        let data = buffer.slice(..).get_mapped_range().expect("the picture is mapped").to_vec();
        data.chunks_exact(bytes_per_row as usize)
            .flat_map(|row| row[..width as usize * 4].as_chunks::<4>().0.to_vec())
            .collect()
    }
}

fn view(origin: [f32; 2], step: [f32; 2], fill: f32, outline: f32) -> OverlayView {
    OverlayView {
        image_size: SIZE.map(|side| side as f32),
        origin,
        step,
        viewport: [240.0, 170.0],
        fill_opacity: fill,
        outline_opacity: outline,
        outline_width: 1.0,
        target_is_srgb: 0.0,
        tone: NEUTRAL_TONE,
        other_outline: [0.9, 0.95, 1.0, 0.0],
        difference: [0.9, 0.7, 0.3, 0.0],
        palette: theme::overlay_palette(|code| code != 0 && code != 8),
    }
}

/// Views whose pixel centres keep clear of the image's pixel borders, where a rounding decides.
fn views() -> [(&'static str, OverlayView); 8] {
    let toned = |tone, view: OverlayView| OverlayView { tone, ..view };
    let mut compared = view([20.21, 33.17], [0.237, 0.237], 0.3, 0.95);
    compared.other_outline[3] = 0.9;
    compared.difference[3] = 0.5;
    [
        ("windowed, with gamma", toned([0.2, 2.5, 0.6, 0.0], view([3.3, 2.4], [0.9, 0.9], 0.2, 0.9))),
        ("inverted", toned([0.1, 1.25, 1.0, 1.0], view([3.3, 2.4], [0.9, 0.9], 0.0, 0.0))),
        ("with the other grader", compared),
        ("one to one", view([-7.3, 4.4], [1.0, 1.0], 0.4, 0.0)),
        ("enlarged, with outlines", view([20.21, 33.17], [0.237, 0.237], 0.3, 0.95)),
        ("reduced, with outlines", view([-11.13, -8.29], [1.73, 1.73], 0.3, 0.95)),
        ("stretched to true proportions", view([5.31, -3.77], [0.391, 1.113], 0.0, 0.95)),
        ("without labels", view([-20.3, -3.7], [0.81, 0.81], 0.0, 0.0)),
    ]
}

#[test]
fn the_overlay_pass_agrees_with_its_cpu_reference() {
    let graphics = graphics();
    let (scan, mask) = scene();
    let mut textures = PaneTextures::new(&graphics.pass, &scan, &mask);
    let mut second = mask.clone();
    for y in 0..mask.height() {
        second.layers.map_run(y, 40, 120, |_, code| if code == 255 { code } else { (code + 1).min(8) });
    }
    for (name, view) in views() {
        let other = (view.difference[3] > 0.0).then_some(&second);
        textures.set_other_labels(other);
        let drawn = graphics.draw(&textures, view);
        let width = view.viewport[0] as usize;
        let mut wrong = 0;
        for (index, pixel) in drawn.iter().enumerate() {
            let screen = [(index % width) as u32, (index / width) as u32];
            let expected = match view.shade(&scan, &mask, other, screen) {
                Some([r, g, b]) => [r, g, b, 1.0].map(|v| (v * 255.0).round() as i32),
                None => [0; 4],
            };
            wrong += usize::from(pixel.iter().zip(expected).any(|(&a, b)| (i32::from(a) - b).abs() > 1));
        }
        let share = wrong as f64 / drawn.len() as f64;
        assert!(share < 0.001, "{name}: {wrong} of {} pixels differ", drawn.len());
    }
}

#[test]
fn a_dirty_rectangle_updates_the_labels_as_a_whole_upload_does() {
    let graphics = graphics();
    let (scan, mut mask) = scene();
    let updated = PaneTextures::new(&graphics.pass, &scan, &mask);
    let dirty = Rect::new(90, 50, 131, 77);
    for y in dirty.y0..dirty.y1 {
        mask.lesions.fill_run(y, dirty.x0, dirty.x1, 1);
    }
    updated.set_labels(&mask, dirty);
    let fresh = PaneTextures::new(&graphics.pass, &scan, &mask);
    let view = view([0.4, 0.4], [1.0, 1.0], 0.5, 0.9);
    assert!(graphics.draw(&updated, view) == graphics.draw(&fresh, view));
}

/// Screen pixels of the test's viewport.
const VIEWPORT_PIXELS: u64 = 240 * 170;

#[test]
fn a_pane_draws_anew_only_what_has_changed_and_shows_what_it_would_draw() {
    let graphics = graphics();
    let (scan, mut mask) = scene();
    let mut textures = PaneTextures::new(&graphics.pass, &scan, &mask);
    let whole_upload = textures.counts().uploaded;
    assert_eq!(whole_upload, 2 * u64::from(SIZE[0] * SIZE[1]), "greys and labels");
    let (_, one) = views()[4];
    let same = |textures: &PaneTextures, view: OverlayView, what: &str| {
        assert!(graphics.draw(textures, view) == graphics.draw_kept(textures, view), "{what}");
        textures.counts().shaded
    };
    assert_eq!(same(&textures, one, "the first frame"), VIEWPORT_PIXELS);
    assert_eq!(same(&textures, one, "a frame without a change"), VIEWPORT_PIXELS, "nothing is drawn anew");

    let dab = Rect::new(30, 45, 36, 50);
    for y in dab.y0..dab.y1 {
        (dab.x0..dab.x1).for_each(|x| mask.lesions.set(x, y, 2));
    }
    textures.set_labels(&mask, dab);
    let after_dab = same(&textures, one, "a dab of the brush");
    let drawn = after_dab - VIEWPORT_PIXELS;
    // Six by five pixels, about four screen pixels each, with what outlines and blending reach.
    assert!((1..VIEWPORT_PIXELS / 8).contains(&drawn), "{drawn} of {VIEWPORT_PIXELS} pixels");

    let mut greys = scan.pixels.to_vec();
    greys[(60 * SIZE[0] + 40) as usize] ^= 0x80;
    let before = textures.counts().uploaded;
    assert!(textures.set_image(&GreyImage::new(SIZE[0], SIZE[1], greys)));
    assert_eq!(textures.counts().uploaded - before, 1, "one pixel differs");
    let after_grey = same(&textures, one, "one grey");
    assert!(after_grey > after_dab && after_grey - after_dab < 400, "{after_dab} {after_grey}");

    let (_, another) = views()[5];
    assert_eq!(same(&textures, another, "another view"), after_grey + VIEWPORT_PIXELS);
    let mut second = mask.clone();
    second.lesions.set(60, 60, 1);
    textures.set_other_labels(Some(&second));
    assert_eq!(same(&textures, another, "another grader"), after_grey + 2 * VIEWPORT_PIXELS);
}
