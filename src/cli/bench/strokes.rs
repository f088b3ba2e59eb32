//! A day of work in the undo history: a thousand strokes on one B-scan, what they cost, and all the way back.

use std::f32::consts::TAU;
use std::time::Instant;

use anyhow::ensure;

use super::masks::layered_mask;
use super::report::{StrokeTiming, Times, milliseconds};
use crate::document::{Command, Document, Editor};
use crate::mask::{LockedLabels, PaintSettings, PaintTarget};
use crate::scan::{BScan, GreyImage};

const SIZE: (u32, u32) = (768, 496);
/// What the history must hold in 32 MB.
pub const STROKES: usize = 1000;
/// Pointer events a stroke.
const SEGMENTS: usize = 12;
const BRUSH_DIAMETER_PX: f32 = 24.0;
const STEP_PX: f32 = 9.0;

/// Paints strokes, counts and undoes them.
pub fn timing(strokes: usize) -> anyhow::Result<StrokeTiming> {
    let (width, height) = SIZE;
    let image = GreyImage::new(width, height, vec![0; width as usize * height as usize]);
    let document = Document::from_scan(BScan::from_image(image, "bench"), layered_mask(width, height));
    let first = document.clone();
    let mut editor = Editor::new(document);
    let mut times = Vec::new();
    // A stroke that changes nothing leaves no step: an eraser where no lesion is.
    for stroke in 0..2 * strokes {
        if editor.undo_steps().count() == strokes {
            break;
        }
        let started = Instant::now();
        paint(&mut editor, stroke)?;
        times.push(started.elapsed());
    }
    let bytes = editor.history_bytes();
    let undoable = editor.undo_steps().count();
    let started = Instant::now();
    while editor.undo().is_some() {}
    let undo_all_ms = milliseconds(started.elapsed());
    ensure!(*editor.document() == first, "undo to the start did not give the first document");
    Ok(StrokeTiming { width, height, strokes, undoable, bytes, undo_all_ms, times: Times::of(times) })
}

/// One stroke from press to release: cysts, layers that push their neighbours, the eraser by turns.
fn paint(editor: &mut Editor, stroke: usize) -> anyhow::Result<()> {
    let target = match stroke % 5 {
        0 | 1 => PaintTarget::Lesion(1),
        2 => PaintTarget::EraseLesion,
        layer => PaintTarget::Layer(layer as u8),
    };
    let settings = PaintSettings {
        target,
        radius_px: BRUSH_DIAMETER_PX / 2.0,
        ordered: true,
        locked: LockedLabels::NONE,
    };
    // Golden-ratio steps: over the whole retina, no two strokes in one place.
    let turn = stroke as f32 * 0.618_034;
    let mut at = [SIZE.0 as f32 * turn.fract(), SIZE.1 as f32 * (0.35 + 0.3 * (turn * 7.3).fract())];
    editor.begin(format!("stroke {stroke}"));
    for segment in 0..SEGMENTS {
        let direction = TAU * (turn + 0.05 * segment as f32).fract();
        let to = [at[0] + STEP_PX * direction.cos(), at[1] + 0.3 * STEP_PX * direction.sin()];
        editor.apply(Command::Paint { page: 0, from: at, to, settings })?;
        at = to;
    }
    editor.commit();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stroke_can_be_undone_and_a_thousand_would_stay_under_32_mb() {
        let timing = timing(STROKES / 10).unwrap();
        assert_eq!(timing.undoable, timing.strokes, "{timing:?}");
        assert!(timing.bytes * 10 < 32_000_000, "{timing:?}");
    }
}
