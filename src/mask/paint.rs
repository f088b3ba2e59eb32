//! Painting: one stroke segment, or a region, applied to a mask.
//!
//! Ordered mode keeps every column's layers in their anatomical order by pushing: what lies above the
//! painted span and belongs below the painted layer is cut off at it, and the other way round. Pixels
//! nobody annotated never change. A locked label never changes, neither removed, nor grown, nor pushed:
//! where a locked layer and the order conflict, the stroke is clipped at the locked layer. Locks act on
//! the plane their label lives in: a lesion may be painted over a locked layer, which stays beneath it.

use super::plane::is_uniform;
use super::stroke::capsule_runs;
use super::{Mask, Plane, Region, TILE_SIDE};
use crate::anatomy::{BELOW_BM, LESION_BASE, Lesion, UNANNOTATED};
use crate::scan::Rect;

/// What the brush leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaintTarget {
    /// A code of the layer plane, 0 above the ILM to 8 below BM.
    Layer(u8),
    /// A code of the lesion plane, 1 IRF, 2 SRF, 3 PED; over annotated pixels only.
    Lesion(u8),
    /// No lesion: reveals the layer beneath.
    EraseLesion,
}

impl PaintTarget {
    /// The target that paints a composite code, or `None` for a code outside the label table.
    pub fn from_composite(code: u8) -> Option<Self> {
        match code {
            0..=BELOW_BM => Some(Self::Layer(code)),
            _ if crate::anatomy::is_lesion(code) => Some(Self::Lesion(code - LESION_BASE)),
            _ => None,
        }
    }

    /// The composite code it paints; `None` for the eraser.
    pub fn composite(self) -> Option<u8> {
        match self {
            Self::Layer(code) => Some(code),
            Self::Lesion(code) => Some(LESION_BASE + code),
            Self::EraseLesion => None,
        }
    }

    /// Whether its code exists.
    pub fn is_valid(self) -> bool {
        match self {
            Self::Layer(code) => code <= BELOW_BM,
            Self::Lesion(code) => (1..=Lesion::ALL.len() as u8).contains(&code),
            Self::EraseLesion => true,
        }
    }
}

/// The composite codes whose pixels must not change, as a bit set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LockedLabels(u16);

impl LockedLabels {
    /// Nothing locked.
    pub const NONE: LockedLabels = LockedLabels(0);

    /// Whether a composite code is locked.
    pub fn contains(self, code: u8) -> bool {
        code < 16 && self.0 >> code & 1 == 1
    }

    /// Locks or unlocks a composite code of the label table.
    pub fn set(&mut self, code: u8, locked: bool) {
        assert!(code < 16, "composite code {code} cannot be locked");
        if locked {
            self.0 |= 1 << code;
        } else {
            self.0 &= !(1 << code);
        }
    }

    /// The set with one more code locked.
    pub fn with(mut self, code: u8) -> Self {
        self.set(code, true);
        self
    }

    fn any_layer(self) -> bool {
        self.0 & ((1 << (BELOW_BM + 1)) - 1) != 0
    }
}

/// How a stroke paints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PaintSettings {
    /// What is painted.
    pub target: PaintTarget,
    /// Radius of the brush in image pixels.
    pub radius_px: f32,
    /// Whether painting a layer keeps every column in order by pushing its neighbours.
    pub ordered: bool,
    /// What must not change.
    pub locked: LockedLabels,
}

/// Paints the swept brush between two points of image coordinates and returns the smallest rectangle
/// that holds every changed pixel.
///
/// # Panics
/// If the target's code does not exist.
pub fn paint_segment(mask: &mut Mask, from: [f32; 2], to: [f32; 2], settings: &PaintSettings) -> Rect {
    assert!(settings.target.is_valid(), "{:?} does not exist", settings.target);
    if settings.target.composite().is_some_and(|code| settings.locked.contains(code)) {
        return Rect::EMPTY;
    }
    let (radius, width, height) = (settings.radius_px, mask.width(), mask.height());
    match settings.target {
        PaintTarget::Layer(layer) if settings.ordered => {
            let spans = ColumnSpans::of_capsule(from, to, radius, width, height);
            paint_layer_ordered(&mut mask.layers, layer, spans, settings.locked)
        }
        target => paint_runs(mask, capsule_runs(from, to, radius, width, height), target, settings.locked),
    }
}

/// Paints a region; the radius of `settings` does not matter. Returns the smallest rectangle that holds
/// every changed pixel. In ordered mode the gaps a layer has within a column are painted, too: nothing
/// else may lie between two pixels of one layer.
///
/// # Panics
/// If the target's code does not exist, or the region leaves the mask.
pub fn paint_region(mask: &mut Mask, region: &Region, settings: &PaintSettings) -> Rect {
    assert!(settings.target.is_valid(), "{:?} does not exist", settings.target);
    if settings.target.composite().is_some_and(|code| settings.locked.contains(code)) {
        return Rect::EMPTY;
    }
    match settings.target {
        PaintTarget::Layer(layer) if settings.ordered => {
            let spans = ColumnSpans::of_region(region, mask.height());
            paint_layer_ordered(&mut mask.layers, layer, spans, settings.locked)
        }
        target => paint_runs(mask, region.runs().iter().copied(), target, settings.locked),
    }
}

/// Paints runs `(y, x0, x1)` as they are.
fn paint_runs(
    mask: &mut Mask,
    runs: impl Iterator<Item = (u32, u32, u32)>,
    target: PaintTarget,
    locked: LockedLabels,
) -> Rect {
    match target {
        PaintTarget::Layer(layer) => paint_layer_free(&mut mask.layers, layer, runs, locked),
        PaintTarget::Lesion(lesion) => paint_lesion(mask, lesion, runs, locked),
        PaintTarget::EraseLesion => paint_lesion(mask, 0, runs, locked),
    }
}

fn paint_layer_free(
    layers: &mut Plane,
    layer: u8,
    runs: impl Iterator<Item = (u32, u32, u32)>,
    locked: LockedLabels,
) -> Rect {
    let keep = KeepTable::new(|code| code == UNANNOTATED || locked.contains(code));
    let mut dirty = Rect::EMPTY;
    for (y, x0, x1) in runs {
        dirty =
            dirty.union(layers.edit_run(y, x0, x1, |_, code| if keep.holds(code) { code } else { layer }));
    }
    dirty
}

fn paint_lesion(
    mask: &mut Mask,
    lesion: u8,
    runs: impl Iterator<Item = (u32, u32, u32)>,
    locked: LockedLabels,
) -> Rect {
    let keep = KeepTable::new(|code| code > 0 && locked.contains(LESION_BASE.saturating_add(code)));
    let mut dirty = Rect::EMPTY;
    let Mask { layers, lesions } = mask;
    for (y, x0, x1) in runs {
        let beneath = layers.read_rect(Rect::new(x0, y, x1, y + 1));
        let changed = lesions.edit_run(y, x0, x1, |x, code| {
            let unannotated = beneath[(x - x0) as usize] == UNANNOTATED;
            if keep.holds(code) || (unannotated && lesion != 0) { code } else { lesion }
        });
        dirty = dirty.union(changed);
    }
    dirty
}

/// Which codes a stroke must leave alone.
struct KeepTable([bool; 256]);

impl KeepTable {
    fn new(keep: impl Fn(u8) -> bool) -> Self {
        Self(std::array::from_fn(|code| keep(code as u8)))
    }

    fn holds(&self, code: u8) -> bool {
        self.0[code as usize]
    }
}

/// The painted rows `top[x]..bottom[x]` of the columns `x0..x0 + top.len()`; `top == bottom` paints
/// nothing in a column. 16 bits hold any row (`MAX_SIDE_PX`) and let the tile loops run in vectors.
struct ColumnSpans {
    x0: u32,
    top: Vec<u16>,
    bottom: Vec<u16>,
}

impl ColumnSpans {
    /// The capsule seen column by column.
    fn of_capsule(from: [f32; 2], to: [f32; 2], radius: f32, width: u32, height: u32) -> Self {
        assert!(height <= u32::from(u16::MAX), "a column of {height} rows");
        let mut spans = Self { x0: 0, top: Vec::new(), bottom: Vec::new() };
        let transposed = |p: [f32; 2]| [p[1], p[0]];
        for (x, y0, y1) in capsule_runs(transposed(from), transposed(to), radius, height, width) {
            if spans.top.is_empty() {
                spans.x0 = x;
            }
            spans.top.resize((x - spans.x0) as usize, 0);
            spans.bottom.resize((x - spans.x0) as usize, 0);
            spans.top.push(y0 as u16);
            spans.bottom.push(y1 as u16);
        }
        spans
    }

    /// The hull of a region's pixels in every column.
    fn of_region(region: &Region, height: u32) -> Self {
        assert!(height <= u32::from(u16::MAX), "a column of {height} rows");
        let (x0, hulls) = region.column_hulls();
        let (top, bottom) = hulls
            .into_iter()
            .map(|(top, bottom)| if top < bottom { (top as u16, bottom as u16) } else { (0, 0) })
            .unzip();
        Self { x0, top, bottom }
    }

    fn x1(&self) -> u32 {
        self.x0 + self.top.len() as u32
    }
}

fn paint_layer_ordered(layers: &mut Plane, layer: u8, mut spans: ColumnSpans, locked: LockedLabels) -> Rect {
    if locked.any_layer() {
        clip_at_locked(layers, &mut spans, layer, locked);
    }
    drop_unannotated(layers, &mut spans);
    push_and_paint(layers, &spans, layer)
}

/// Clips every span to the rows between the last locked layer that belongs above and the first one
/// that belongs below. Afterwards neither painting nor pushing can meet a locked pixel.
fn clip_at_locked(layers: &Plane, spans: &mut ColumnSpans, layer: u8, locked: LockedLabels) {
    let above = KeepTable::new(|code| code < layer && locked.contains(code));
    let below = KeepTable::new(|code| code > layer && locked.contains(code));
    let mut first = vec![0_u16; spans.top.len()];
    let mut end = vec![u16::MAX; spans.top.len()];
    layers.visit_columns(spans.x0, spans.x1(), |x, y, codes| {
        let start = (x - spans.x0) as usize;
        let (first, end) = (&mut first[start..][..codes.len()], &mut end[start..][..codes.len()]);
        if is_uniform(codes) {
            if above.holds(codes[0]) {
                first.fill(y as u16 + 1);
            } else if below.holds(codes[0]) {
                end.iter_mut().for_each(|end| *end = (*end).min(y as u16));
            }
            return;
        }
        for ((first, end), &code) in first.iter_mut().zip(end).zip(codes) {
            if above.holds(code) {
                *first = y as u16 + 1;
            } else if below.holds(code) {
                *end = (*end).min(y as u16);
            }
        }
    });
    for column in 0..spans.top.len() {
        spans.top[column] = spans.top[column].max(first[column]);
        spans.bottom[column] = spans.bottom[column].min(end[column]).max(spans.top[column]);
    }
}

/// Empties the spans that meet no annotated pixel: they would push without having painted.
fn drop_unannotated(layers: &Plane, spans: &mut ColumnSpans) {
    for column in 0..spans.top.len() {
        let x = spans.x0 + column as u32;
        let rows = u32::from(spans.top[column])..u32::from(spans.bottom[column]);
        if !rows.into_iter().any(|y| layers.get(x, y) != UNANNOTATED) {
            spans.top[column] = 0;
            spans.bottom[column] = 0;
        }
    }
}

/// Paints the spans and pushes what is out of order with them, tile by tile.
fn push_and_paint(layers: &mut Plane, spans: &ColumnSpans, layer: u8) -> Rect {
    let mut dirty = Rect::EMPTY;
    let mut x = spans.x0;
    while x < spans.x1() {
        let end = ((x / TILE_SIDE + 1) * TILE_SIDE).min(spans.x1());
        let columns = (x - spans.x0) as usize..(end - spans.x0) as usize;
        let (top, bottom) = (&spans.top[columns.clone()], &spans.bottom[columns]);
        // A column without a span has floor 0 and rows from 0 on "below" it: it stays as it is.
        let floor: Vec<u8> =
            top.iter().zip(bottom).map(|(top, bottom)| if top < bottom { layer } else { 0 }).collect();
        let painted = || top.iter().zip(bottom).filter(|(top, bottom)| top < bottom);
        let first = painted().map(|(top, _)| u32::from(*top)).min();
        let last = painted().map(|(_, bottom)| u32::from(*bottom)).max();
        if let (Some(first), Some(last)) = (first, last) {
            for y in 0..layers.height() {
                // Most rows beside the spans are in order with them already.
                let codes = layers.row_segment(x, end, y);
                if (y < first && !codes.iter().fold(false, |any, &c| any | (c > layer && c != UNANNOTATED)))
                    || (y >= last && !codes.iter().fold(false, |any, &c| any | (c < layer)))
                {
                    continue;
                }
                let row = y as u16;
                let changed = layers.edit_run(y, x, end, |at, code| {
                    let column = (at - x) as usize;
                    let ordered = if row >= bottom[column] {
                        code.max(floor[column])
                    } else if row >= top[column] {
                        layer
                    } else {
                        code.min(layer)
                    };
                    if code == UNANNOTATED { code } else { ordered }
                });
                dirty = dirty.union(changed);
            }
        }
        x = end;
    }
    dirty
}
