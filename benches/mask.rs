//! Paint latency: what one pointer event costs, at the size of a Duke B-scan and at 4096 x 4096.

use divan::Bencher;
use retidiff::anatomy::Interface;
use retidiff::document::{Command, Document, Editor};
use retidiff::mask::livewire::LiveWire;
use retidiff::mask::{
    Connectivity, Interfaces, LiveMeasure, LockedLabels, Mask, Measurements, PaintSettings, PaintTarget,
    Placement, Plane, Region, SmoothSettings, fill_region, paint_region, paint_segment, smooth,
};
use retidiff::scan::{BScan, GreyImage};

fn main() {
    divan::main();
}

const SIZES: [(u32, u32); 2] = [(768, 496), (4096, 4096)];

fn layered(width: u32, height: u32) -> Mask {
    let mut mask = Mask { layers: Plane::filled(width, height, 0), lesions: Plane::filled(width, height, 0) };
    for y in 0..height {
        mask.layers.map_run(y, 0, width, |x, _| {
            let wave = (x as f32 / 70.0).sin() * height as f32 / 40.0;
            ((y as f32 + wave) / height as f32 * 13.0 - 2.0).clamp(0.0, 8.0) as u8
        });
    }
    mask
}

/// A brush 300 px across.
fn settings(target: PaintTarget, locked: LockedLabels, ordered: bool) -> PaintSettings {
    PaintSettings { target, radius_px: 150.0, ordered, locked }
}

/// One segment of 40 px in the middle of a mask nobody painted in yet: nothing is shared-free, every
/// changed tile is copied.
fn segment(bencher: Bencher, (width, height): (u32, u32), settings: PaintSettings) {
    let mask = layered(width, height);
    let (x, y) = (width as f32 / 2.0, height as f32 / 2.0);
    bencher.with_inputs(|| mask.clone()).bench_local_values(|mut mask| {
        (paint_segment(&mut mask, [x, y], [x + 40.0, y + 5.0], &settings), mask)
    });
}

#[divan::bench(args = SIZES)]
fn ordered_layer(bencher: Bencher, size: (u32, u32)) {
    segment(bencher, size, settings(PaintTarget::Layer(3), LockedLabels::NONE, true));
}

#[divan::bench(args = SIZES)]
fn ordered_layer_with_locks(bencher: Bencher, size: (u32, u32)) {
    segment(bencher, size, settings(PaintTarget::Layer(3), LockedLabels::NONE.with(0).with(8).with(5), true));
}

#[divan::bench(args = SIZES)]
fn free_layer(bencher: Bencher, size: (u32, u32)) {
    segment(bencher, size, settings(PaintTarget::Layer(3), LockedLabels::NONE, false));
}

#[divan::bench(args = SIZES)]
fn lesion(bencher: Bencher, size: (u32, u32)) {
    segment(bencher, size, settings(PaintTarget::Lesion(1), LockedLabels::NONE, true));
}

/// A pointer event as the studio sees it: the command, and a snapshot for journal and synthesis.
#[divan::bench(args = SIZES)]
fn pointer_event(bencher: Bencher, (width, height): (u32, u32)) {
    let image = GreyImage::new(width, height, vec![0; width as usize * height as usize]);
    let scan = BScan::from_image(image, "bench");
    let mut editor = Editor::new(Document::from_scan(scan, layered(width, height)));
    editor.begin("brush");
    let settings = settings(PaintTarget::Layer(3), LockedLabels::NONE, true);
    let mut snapshot = None;
    let mut at = 0.0_f32;
    bencher.bench_local(|| {
        let along =
            |t: f32| [width as f32 * (0.5 + 0.45 * t.sin()), height as f32 * (0.5 + 0.3 * (t * 1.7).cos())];
        let (from, to) = (along(at), along(at + 0.01));
        at += 0.01;
        let change = editor.apply(Command::Paint { page: 0, from, to, settings });
        snapshot = Some(editor.document().clone());
        change.is_ok()
    });
    drop(snapshot);
}

#[divan::bench(args = SIZES)]
fn commit_and_undo(bencher: Bencher, (width, height): (u32, u32)) {
    let image = GreyImage::new(width, height, vec![0; width as usize * height as usize]);
    let scan = BScan::from_image(image, "bench");
    let mut editor = Editor::new(Document::from_scan(scan, layered(width, height)));
    let settings = settings(PaintTarget::Layer(3), LockedLabels::NONE, true);
    let (from, to) = ([width as f32 * 0.3, height as f32 * 0.5], [width as f32 * 0.7, height as f32 * 0.5]);
    bencher.bench_local(|| {
        let change = editor.apply(Command::Paint { page: 0, from, to, settings });
        (change.is_ok(), editor.undo())
    });
}

#[divan::bench(args = SIZES)]
fn interfaces(bencher: Bencher, (width, height): (u32, u32)) {
    let mask = layered(width, height);
    bencher.bench_local(|| Interfaces::from_layers(&mask.layers));
}

#[divan::bench(args = SIZES)]
fn measurements(bencher: Bencher, (width, height): (u32, u32)) {
    let mut mask = layered(width, height);
    let settings = settings(PaintTarget::Lesion(1), LockedLabels::NONE, true);
    paint_segment(&mut mask, [0.0, 0.0], [width as f32, height as f32], &settings);
    bencher.bench_local(|| Measurements::of(&mask, None));
}

/// What the panel costs a frame of a stroke with a brush of 300 px: the changed tiles, then the figures.
#[divan::bench(args = SIZES)]
fn measurements_during_a_stroke(bencher: Bencher, (width, height): (u32, u32)) {
    let mut mask = layered(width, height);
    let mut settings = settings(PaintTarget::Lesion(1), LockedLabels::NONE, true);
    settings.radius_px = 150.0;
    paint_segment(&mut mask, [0.0, 0.0], [width as f32, height as f32], &settings);
    let mut live = LiveMeasure::default();
    live.update(&mask, usize::MAX);
    let mut step = 0;
    bencher
        .with_inputs(|| {
            step += 1;
            let mut settings = settings;
            settings.target = PaintTarget::Lesion(1 + (step % 2) as u8);
            let at = [width as f32 * 0.5 + (step % 40) as f32, height as f32 * 0.5];
            paint_segment(&mut mask, at, [at[0] + 3.0, at[1]], &settings);
            (live.clone(), mask.clone())
        })
        .bench_local_values(|(mut live, mask)| {
            live.update(&mask, usize::MAX);
            (live.measurements(None), live)
        });
}

/// One application of a lens of 240 px over a border of layers and the edge of a lesion.
#[divan::bench(args = SIZES)]
fn smooth_lens(bencher: Bencher, (width, height): (u32, u32)) {
    let mut mask = layered(width, height);
    let (x, y) = (width as f32 / 2.0, height as f32 / 2.0);
    let blob = settings(PaintTarget::Lesion(1), LockedLabels::NONE, true);
    paint_segment(&mut mask, [x, y], [x + 40.0, y], &blob);
    let (lesions, layers, locked) = (true, true, LockedLabels::NONE);
    let smoothing = SmoothSettings { lesions, layers, reach_px: 3, ordered: true, locked };
    bencher
        .with_inputs(|| mask.clone())
        .bench_local_values(|mut mask| (smooth(&mut mask, [x - 150.0, y], 120.0, &smoothing), mask));
}

/// The region a click floods: one layer across the whole scan.
#[divan::bench(args = SIZES)]
fn fill_layer(bencher: Bencher, (width, height): (u32, u32)) {
    let mask = layered(width, height);
    bencher.bench_local(|| fill_region(&mask, width / 2, height / 2, PaintTarget::Layer(2)));
}

/// One pointer event of turning a lesion 300 px across: taken away, placed anew.
#[divan::bench(args = SIZES)]
fn turn_lesion(bencher: Bencher, (width, height): (u32, u32)) {
    let mut mask = layered(width, height);
    let (x, y) = (width as f32 / 2.0, height as f32 / 2.0);
    let blob = settings(PaintTarget::Lesion(1), LockedLabels::NONE, true);
    paint_segment(&mut mask, [x, y], [x + 90.0, y], &blob);
    let region = Region::connected(&mask.lesions, width / 2, height / 2, Connectivity::Eight);
    let placement = Placement { angle: 0.3, ..Placement::identity([x, y], 2.0) };
    let erase = settings(PaintTarget::EraseLesion, LockedLabels::NONE, true);
    bencher.with_inputs(|| mask.clone()).bench_local_values(|mut mask| {
        let placed = placement.place(&region, width, height);
        (paint_region(&mut mask, &region, &erase), paint_region(&mut mask, &placed, &blob), mask)
    });
}

/// The live-wire's line across the bundled scan of a fovea, which the pointer waits for.
#[divan::bench]
fn live_wire_across_a_scan(bencher: Bencher) {
    let picture = image::load_from_memory(include_bytes!("../assets/samples/fovea.png"));
    let Ok(picture) = picture.map(image::DynamicImage::into_luma8) else { return };
    let (width, height) = picture.dimensions();
    let scan = BScan::from_image(GreyImage::new(width, height, picture.into_raw()), "fovea");
    let Some(wire) = LiveWire::of(&scan) else { return };
    let clicks = [[0.5, 170.0], [width as f32 - 0.5, 170.0]];
    bencher.bench_local(|| wire.path(Interface::Ilm, None, clicks[0], clicks[1]));
}
