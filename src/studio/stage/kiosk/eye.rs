//! The eye on show: its labels as a document, and the hand that changes them.
//!
//! A hand that has never seen a label must not break anatomy: cysts stay within the retina, fluid beneath it lifts the
//! layers above, and a pushed layer takes its neighbours along.

use std::sync::Arc;

use crate::anatomy::{LAYER_COUNT, Lesion};
use crate::document::{Command, Document};
use crate::mask::{
    Dome, LayerWarp, LockedLabels, Mask, PaintSettings, PaintTarget, Region, WarpMode, capsule_runs,
};
use crate::scan::Rect;
use crate::studio::editor::session::EditorSession;
use crate::studio::texts::text;

/// What a hand does to the labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KioskBrush {
    /// Paints intraretinal fluid.
    Cyst,
    /// Raises subretinal fluid.
    Fluid,
    /// Pushes the layer under the finger.
    Push,
    /// Takes fluid away.
    Erase,
}

impl KioskBrush {
    /// As they stand in the row of buttons.
    pub const ALL: [KioskBrush; 4] =
        [KioskBrush::Cyst, KioskBrush::Fluid, KioskBrush::Push, KioskBrush::Erase];

    /// Radius of what it paints, in image pixels; `None` where it paints no disc.
    pub fn radius_px(self) -> Option<f32> {
        match self {
            Self::Cyst => Some(9.0),
            Self::Erase => Some(14.0),
            Self::Fluid | Self::Push => None,
        }
    }
}

/// Columns and rows of the fluid that a touch raises, before it is drawn out.
const FLUID_PX: [f64; 2] = [90.0, 26.0];
/// How far fluid can be drawn out.
const WIDEST_FLUID_PX: [f64; 2] = [320.0, 150.0];
/// Half the width of the part of a layer that is pushed, in columns.
const LENS_PX: f32 = 60.0;

/// What a finger that is down holds.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hold {
    Paint {
        brush: KioskBrush,
        last: [f32; 2],
    },
    Fluid {
        from: [f32; 2],
    },
    Push {
        from: [f32; 2],
        warp: LayerWarp,
    },
    /// Pressed where there is nothing to do.
    Nothing,
}

/// The eye on show.
pub struct Eye {
    session: EditorSession,
    /// What "start again" goes back to.
    start: Mask,
    hold: Option<Hold>,
    /// Where the labels on the screen are out of date.
    dirty: Rect,
}

impl Eye {
    /// An eye as it came.
    pub fn new(document: Document) -> Self {
        let start = document.pages[0].mask.clone();
        Self { session: EditorSession::new(document, None), start, hold: None, dirty: Rect::EMPTY }
    }

    /// Shows another eye in place of this one.
    pub fn replace(&mut self, document: Document) {
        self.end();
        self.start = document.pages[0].mask.clone();
        let number = self.session.document_number() + 1;
        self.session.replace(EditorSession::new(document, None), number);
    }

    /// The document with its history.
    pub fn session(&self) -> &EditorSession {
        &self.session
    }

    /// The labels as they are now.
    pub fn mask(&self) -> &Mask {
        &self.session.page().mask
    }

    /// The labels as the eye came.
    pub fn start(&self) -> &Mask {
        &self.start
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        self.session.editor.undo_name().is_some()
    }

    /// Whether it is no longer as it came.
    pub fn is_changed(&self) -> bool {
        self.mask() != &self.start
    }

    /// Where the labels have changed since the last call.
    pub fn take_dirty(&mut self) -> Rect {
        std::mem::replace(&mut self.dirty, Rect::EMPTY)
    }

    /// A finger comes down at a point of the image.
    pub fn begin(&mut self, brush: KioskBrush, at: [f32; 2]) {
        self.end();
        let Some(at) = self.near(at) else { return };
        self.hold = Some(match brush {
            KioskBrush::Cyst | KioskBrush::Erase => Hold::Paint { brush, last: at },
            KioskBrush::Fluid => Hold::Fluid { from: at },
            KioskBrush::Push => self.layer_at(at).map_or(Hold::Nothing, |layer| {
                let warp = LayerWarp {
                    layer,
                    mode: WarpMode::Push,
                    center_x: at[0],
                    radius_px: LENS_PX,
                    amount_px: 0.0,
                };
                Hold::Push { from: at, warp }
            }),
        });
        self.drag_to(at);
    }

    /// The finger that is down has moved to a point of the image.
    pub fn drag_to(&mut self, at: [f32; 2]) {
        let Some(at) = self.near(at) else { return };
        match self.hold {
            Some(Hold::Paint { brush, last }) => self.paint(brush, last, at),
            Some(Hold::Fluid { from }) => self.raise(from, at),
            Some(Hold::Push { from, warp }) => self.push(from, warp, at),
            Some(Hold::Nothing) | None => {}
        }
    }

    /// The finger is lifted: one step to take back.
    pub fn end(&mut self) {
        self.session.editor.commit();
        self.hold = None;
    }

    /// Takes the last step back.
    pub fn undo(&mut self) {
        self.end();
        let dirty = self.session.undo();
        self.dirty = self.dirty.union(dirty);
    }

    /// Goes back to the eye as it came, which can be taken back, too.
    pub fn start_again(&mut self) {
        self.end();
        let (mask, name) = (self.start.clone(), text!("kiosk-start-again").to_owned());
        self.apply(Command::ReplaceMask { page: 0, mask, name });
    }

    /// Shows labels that the program paints by itself: all of them one step, until [`Eye::end`].
    pub fn paint_by_itself(&mut self, mask: Mask) {
        let name = text!("kiosk-name").to_owned();
        if !self.session.editor.is_step_open() {
            self.session.editor.begin(name.clone());
        }
        self.apply(Command::ReplaceMask { page: 0, mask, name });
    }

    /// The point, or the nearest to it that a finger on the picture may mean; `None` of what is no point.
    fn near(&self, at: [f32; 2]) -> Option<[f32; 2]> {
        let (width, height) = (self.mask().width() as f32, self.mask().height() as f32);
        let near = [at[0].clamp(-width, 2.0 * width), at[1].clamp(-height, 2.0 * height)];
        at.iter().all(|value| value.is_finite()).then_some(near)
    }

    fn layer_at(&self, at: [f32; 2]) -> Option<u8> {
        let (x, y) = self.session.pixel_at(at)?;
        Some(self.mask().layers.get(x, y)).filter(|code| is_retina(*code))
    }

    fn paint(&mut self, brush: KioskBrush, from: [f32; 2], to: [f32; 2]) {
        self.hold = Some(Hold::Paint { brush, last: to });
        let radius_px = brush.radius_px().unwrap_or_default();
        let mask = self.mask();
        let swept = capsule_runs(from, to, radius_px, mask.width(), mask.height()).collect();
        let region = Region::from_runs(swept).filtered(|x, y| is_retina(mask.layers.get(x, y)));
        let target = match brush {
            KioskBrush::Erase => PaintTarget::EraseLesion,
            _ => PaintTarget::Lesion(Lesion::Irf.code()),
        };
        let settings = PaintSettings { target, radius_px, ordered: true, locked: LockedLabels::NONE };
        let name = String::new();
        if !self.session.editor.is_step_open() {
            self.session.editor.begin(name.clone());
        }
        self.apply(Command::PaintRegion { page: 0, region: Arc::new(region), settings, name });
    }

    /// Fluid from where the finger came down: sideways it grows wider, upwards higher.
    fn raise(&mut self, from: [f32; 2], to: [f32; 2]) {
        let [along, up] = [f64::from((to[0] - from[0]).abs()), f64::from(from[1] - to[1])];
        let dome = Dome {
            lesion: Lesion::Srf,
            center_x: f64::from(from[0]),
            width_px: (FLUID_PX[0] + 2.0 * along).min(WIDEST_FLUID_PX[0]),
            height_px: (FLUID_PX[1] + up).clamp(4.0, WIDEST_FLUID_PX[1]),
            lean: 0.0,
        };
        self.anew(Command::RaiseDome { page: 0, dome, locked: LockedLabels::NONE });
    }

    fn push(&mut self, from: [f32; 2], warp: LayerWarp, to: [f32; 2]) {
        let warp = LayerWarp { amount_px: (from[1] - to[1]).round(), ..warp };
        self.anew(Command::WarpLayer { page: 0, warp, locked: LockedLabels::NONE });
    }

    /// A command in place of the one before of the same touch: a drag there and back leaves nothing behind.
    fn anew(&mut self, command: Command) {
        let dirty = if self.session.editor.is_step_open() { self.session.abort() } else { Rect::EMPTY };
        self.dirty = self.dirty.union(dirty);
        self.session.editor.begin(String::new());
        self.apply(command);
    }

    fn apply(&mut self, command: Command) {
        match self.session.editor.apply(command) {
            Ok(change) => self.dirty = self.dirty.union(change.dirty),
            // A touch that fits no retina has no effect; the log says why.
            Err(error) => tracing::warn!("{error}"),
        }
    }
}

fn is_retina(layer: u8) -> bool {
    (1..=LAYER_COUNT as u8).contains(&layer)
}
