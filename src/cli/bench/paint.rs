//! What one pointer event of a stroke costs the window's thread, alone and while the synthesis thread draws.

use std::f32::consts::TAU;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::masks::{PICTURE_SIZES, REFINED_STEPS, layered_mask};
use super::report::{PaintTiming, Times};
use crate::device::DeviceChoice;
use crate::document::{Command, Document, Editor};
use crate::formats::journal::Journal;
use crate::formats::write_file;
use crate::mask::{LiveMeasure, LockedLabels, Mask, PaintSettings, PaintTarget};
use crate::scan::{BScan, GreyImage};
use crate::worker::models::ModelSource;
use crate::worker::{Event, PictureKind, Recipe, Request, SynthesisWorker, WorkerOptions};

const SIZES: [(u32, u32); 2] = [(768, 496), (4096, 4096)];
/// The largest brush of the studio.
const BRUSH_DIAMETER_PX: f32 = 300.0;
/// Strokes come with the pointer's events, not back to back.
const BETWEEN_EVENTS: Duration = Duration::from_millis(4);
/// The panes that show the labels.
const PANES: usize = 2;

/// Times a stroke of many events, small and large scan, without and with synthesis.
pub(super) fn timings(model: &[u8], choice: DeviceChoice, quick: bool) -> anyhow::Result<Vec<PaintTiming>> {
    let events = if quick { 20 } else { 400 };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bench.safetensors");
    write_file(&file, model)?;
    let mut timings = Vec::new();
    for (width, height) in SIZES {
        for during_synthesis in [false, true] {
            let worker = if during_synthesis { Some(start_worker(&file, choice)?) } else { None };
            let mut window = Window::of(width, height, folder.path().join("journal"), worker)?;
            let point = |event: u32| {
                let turn = event as f32 / events as f32 * TAU;
                [width as f32 * (0.5 + 0.4 * turn.sin()), height as f32 * (0.5 + 0.1 * (3.0 * turn).sin())]
            };
            let mut times = Vec::new();
            window.editor.begin("stroke");
            for event in 0..events {
                let started = Instant::now();
                window.stroke_event(point(event), point(event + 1))?;
                times.push(started.elapsed());
                if during_synthesis {
                    std::thread::sleep(BETWEEN_EVENTS);
                }
            }
            window.close();
            timings.push(PaintTiming {
                width,
                height,
                brush_px: BRUSH_DIAMETER_PX,
                during_synthesis,
                times: Times::of(times),
            });
        }
    }
    Ok(timings)
}

/// What of the studio works when the brush moves, without its panels and its graphics.
struct Window {
    editor: Editor,
    journal: Journal,
    measure: LiveMeasure,
    worker: Option<SynthesisWorker>,
    job: u64,
}

impl Window {
    fn of(
        width: u32,
        height: u32,
        journal: std::path::PathBuf,
        worker: Option<SynthesisWorker>,
    ) -> anyhow::Result<Self> {
        let image = GreyImage::new(width, height, vec![0; width as usize * height as usize]);
        let mask = layered_mask(width, height);
        let mut measure = LiveMeasure::default();
        measure.update(&mask, usize::MAX);
        let editor = Editor::new(Document::from_scan(BScan::from_image(image, "bench"), mask));
        Ok(Self { editor, journal: Journal::start(journal)?, measure, worker, job: 1 })
    }

    /// Paints, and does all that follows from it: the changed rectangle as codes for both panes, the journal's
    /// snapshot, the figures of the page, the request for a picture.
    fn stroke_event(&mut self, from: [f32; 2], to: [f32; 2]) -> anyhow::Result<()> {
        let settings = PaintSettings {
            target: PaintTarget::Layer(5),
            radius_px: BRUSH_DIAMETER_PX / 2.0,
            ordered: true,
            locked: LockedLabels::default(),
        };
        let change = self.editor.apply(Command::Paint { page: 0, from, to, settings })?;
        let page = &self.editor.document().pages[0];
        for _ in 0..PANES {
            std::hint::black_box(page.mask.composite_rect(change.dirty));
        }
        if self.measure.update(&page.mask, LiveMeasure::TILES_A_FRAME) {
            std::hint::black_box(self.measure.measurements(page.scan.spacing));
        }
        self.job += 1;
        if let Some(worker) = &self.worker {
            worker.submit(request(self.job, &page.mask));
        }
        self.journal.note(&self.editor, None);
        Ok(())
    }

    fn close(mut self) {
        self.editor.commit();
        self.journal.discard();
        if let Some(worker) = self.worker {
            worker.join();
        }
    }
}

/// A worker that is drawing its first refinement.
fn start_worker(model: &Path, device: DeviceChoice) -> anyhow::Result<SynthesisWorker> {
    let worker = SynthesisWorker::start(WorkerOptions {
        model: ModelSource::File(model.into()),
        device,
        arithmetic: None,
        shared_gpu: None,
        wake: Arc::new(|| {}),
    })?;
    worker.submit(request(1, &layered_mask(PICTURE_SIZES[0][0], PICTURE_SIZES[0][1])));
    loop {
        if worker.latest().is_some_and(|picture| picture.kind == PictureKind::Draft) {
            return Ok(worker);
        }
        for event in worker.events() {
            if let Event::Failed { message, .. } = event {
                return Err(anyhow!(message));
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn request(job: u64, mask: &Mask) -> Request {
    Request {
        job,
        page: 0,
        mask: mask.clone(),
        spacing: None,
        seed: 1,
        refine_steps: REFINED_STEPS,
        recipe: Recipe::default(),
        full_frame: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_paints_and_leaves_its_work_to_the_journal() {
        let folder = tempfile::tempdir().unwrap();
        let journal = folder.path().join("journal");
        let mut window = Window::of(400, 300, journal.clone(), None).unwrap();
        let before = window.editor.document().pages[0].mask.clone();
        window.editor.begin("stroke");
        window.stroke_event([100.0, 120.0], [110.0, 120.0]).unwrap();
        assert_ne!(window.editor.document().pages[0].mask, before);
        let patience = Instant::now() + Duration::from_secs(20);
        while window.journal.written_revision() != Some(window.editor.revision()) {
            assert!(Instant::now() < patience, "the journal was told of the event");
            std::thread::sleep(Duration::from_millis(10));
        }
        window.close();
        assert_eq!(std::fs::read_dir(&journal).map_or(0, Iterator::count), 0, "nothing is left behind");
    }
}
