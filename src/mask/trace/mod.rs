//! Auto-trace: all eight interfaces of a B-scan, by graph search, without any network.
//!
//! After Chiu et al., Opt. Express 18(18): 19413 (2010): interfaces are cheapest paths along the vertical
//! gradient, each in a region limited by those found before. First ILM and outer bands as a pair on a
//! coarse grid, then the three edges of the outer bands, then the inner interfaces between them; at last
//! every line is drawn again on the finest grid close to where it was found, which also says how sure it
//! is. The same scan gives the same lines on every machine.
//!
//! All constants were chosen on Tian 1-6 and 8 and Duke 1-6. Mean unsigned error on subjects that validate,
//! in px of 3.9 µm (`retidiff evaluate trace`):
//!
//! | | ILM | NFL/GCL | IPL/INL | INL/OPL | OPL/ONL | ISM/ISE | OS/RPE | BM | mean |
//! |---|---|---|---|---|---|---|---|---|---|
//! | Tian 7 (healthy) | 1.19 | 1.49 | 1.03 | 1.25 | 1.06 | 0.87 | 3.08 | 0.86 | 1.35 |
//! | Duke 7-8 (macular edema) | 0.95 | 2.04 | 1.81 | 1.91 | 2.19 | 0.82 | 1.16 | 0.79 | 1.46 |
//!
//! Tian's graders draw OS/RPE at the dark gap under the ISE, some three rows above the rise to the RPE that
//! is traced here and drawn by Duke's: a convention, not corrected for.

pub(super) mod field;
mod inner;
mod known;
mod outer;
pub(super) mod path;
mod retina;
mod snap;
mod surfaces;

pub use snap::snapped;

use crate::anatomy::{INTERFACE_COUNT, Interface, UNANNOTATED};
use crate::mask::{Interfaces, LockedLabels, Mask, beside_locked};
use crate::scan::BScan;

use field::Field;
use known::Known;
use path::{Band, Line, Smoothness, smoothed};

/// Interfaces that were proposed.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// In order; NaN in columns where nothing was scanned.
    pub interfaces: Interfaces,
    /// `confidence[k][x]`, 0..=1: how much better the line is than lines elsewhere.
    pub confidence: [Vec<f32>; INTERFACE_COUNT],
}

impl Trace {
    /// The mask with its layers as they were traced, its lesions and locked labels as they were. Where
    /// somebody annotated part of the scan, the rest stays unannotated.
    ///
    /// # Panics
    /// If the mask is not as large as the scan.
    pub fn applied_to(&self, mask: &Mask, locked: LockedLabels) -> Mask {
        let bare = mask.layers.holds_only(|code| code == UNANNOTATED);
        let layers = if bare {
            self.interfaces.rasterised(mask.height())
        } else {
            self.interfaces.to_layers(mask.width(), mask.height(), &mask.layers)
        };
        beside_locked(mask, Mask { layers, lesions: mask.lesions.clone() }, locked)
    }
}

/// Why there are no lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum TraceError {
    #[error("the scan shows too little to trace: fewer than a quarter of its columns hold a picture")]
    NothingToSee,
    #[error("the tracing was cancelled")]
    Cancelled,
}

/// Standard deviation of the final smoothing of each line, in columns.
const FINAL_SMOOTHING: [f32; INTERFACE_COUNT] = [1.5, 2.5, 2.5, 2.5, 2.5, 2.0, 3.0, 3.0];

/// Where graders put a line relative to the strongest change of brightness, in working rows: the first
/// bright row of the nerve fibres, not the middle of the rise. Measured on the tuning subjects.
pub(super) const GRADERS_OFFSET: [f32; INTERFACE_COUNT] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

/// Traces a scan. `is_cancelled` is asked between the stages, a few tens of milliseconds apart.
///
/// # Errors
/// If the scan shows too little, or the caller cancelled.
pub fn trace(scan: &BScan, is_cancelled: &dyn Fn() -> bool) -> Result<Trace, TraceError> {
    trace_between(scan, &Interfaces::unknown(scan.width()), is_cancelled)
}

/// Traces what is not known of a scan: lines that a device or a grader drew stay as they are, wherever they are
/// finite, and guide the others, which are found between them.
///
/// # Errors
/// If the scan shows too little, or the caller cancelled.
///
/// # Panics
/// If the lines have another number of columns than the scan.
pub fn trace_between(
    scan: &BScan,
    known: &Interfaces,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Trace, TraceError> {
    assert_eq!(known.width(), scan.width(), "columns of the known lines");
    let go_on = || if is_cancelled() { Err(TraceError::Cancelled) } else { Ok(()) };
    let field = Field::of(scan).ok_or(TraceError::NothingToSee)?;
    let known = Known::of(known, &field, scan.height());
    go_on()?;
    let mut guides = retina::find(&field);
    known.guide(&mut guides);
    go_on()?;
    let scale: Vec<f32> = (0..field.width).map(|x| outer::column_scale(&field, &guides, x)).collect();
    let [mut ise, mut os_rpe, mut bm] = outer::find(&field, &guides);
    for (rows, interface) in
        [(&mut ise, Interface::IsmIse), (&mut os_rpe, Interface::OsRpe), (&mut bm, Interface::Bm)]
    {
        known.keep(rows, interface);
    }
    go_on()?;
    let mut ilm = redraw(&field, &guides.ilm, 16, &scale, Interface::Ilm);
    known.keep(&mut ilm.rows, Interface::Ilm);
    let [mut ipl, inl, opl] = inner::find(&field, &scale, &ilm.rows, &ise);
    known.keep(&mut ipl, Interface::IplInl);
    go_on()?;
    let nfl = nerve_fibre_layer(&field, &scale, &ilm.rows, &ipl);
    let near = |rows: &[f32], interface| redraw(&field, rows, 4, &scale, interface);
    let lines = [
        ilm,
        nfl,
        near(&ipl, Interface::IplInl),
        near(&inl, Interface::InlOpl),
        near(&opl, Interface::OplOnl),
        near(&ise, Interface::IsmIse),
        near(&os_rpe, Interface::OsRpe),
        near(&bm, Interface::Bm),
    ];
    Ok(finished(&field, scan, &known, lines))
}

/// Draws a line again on the finest grid, within `reach` rows of where it was found.
fn redraw(field: &Field, found: &[f32], reach: i32, scale: &[f32], interface: Interface) -> Line {
    let count = 2 * reach as usize + 1;
    let first: Vec<i32> = found.iter().map(|row| row.round() as i32 - reach).collect();
    let mut costs = vec![0.0; count * field.width];
    for (x, costs) in costs.chunks_exact_mut(count).enumerate() {
        let Some((top, end)) = field.rows(x) else { continue };
        for (i, cost) in costs.iter_mut().enumerate() {
            let row = first[x] + i as i32;
            *cost = if row <= top as i32 || row >= end as i32 {
                1.0
            } else {
                edge_cost(field, x, row as usize, interface) / scale[x]
            };
        }
    }
    Band { count, first, costs }.cheapest(Smoothness { steepest: 2, cost: 0.1 })
}

/// What it costs to put an interface at an edge: little where the brightness changes as it should.
pub(super) fn edge_cost(field: &Field, x: usize, y: usize, interface: Interface) -> f32 {
    let step = |span: usize| field.step(x, y, span);
    match interface {
        Interface::Ilm => -(step(3) + step(8)),
        Interface::NflGcl => step(4) + 0.5 * step(7),
        Interface::IplInl => step(3) + step(6),
        Interface::InlOpl => -(step(3) + step(5)),
        Interface::OplOnl => step(3) + step(6),
        Interface::IsmIse => -1.5 * step(3),
        Interface::OsRpe => -1.5 * step(3),
        Interface::Bm => step(4) + 0.5 * step(8),
    }
}

/// The NFL/GCL interface: the darkening below the nerve fibres, close to the ILM rather than far.
fn nerve_fibre_layer(field: &Field, scale: &[f32], ilm: &[f32], ipl: &[f32]) -> Line {
    const DEEPEST: usize = 44;
    let first: Vec<i32> = ilm.iter().map(|row| row.round() as i32 + 2).collect();
    let mut costs = vec![0.0; DEEPEST * field.width];
    for (x, costs) in costs.chunks_exact_mut(DEEPEST).enumerate() {
        if field.rows(x).is_none() {
            continue;
        }
        let room = (ipl[x] - ilm[x] - 4.0).max(2.0);
        for (i, cost) in costs.iter_mut().enumerate() {
            let row = (first[x] + i as i32).max(0) as usize;
            *cost = edge_cost(field, x, row, Interface::NflGcl) / scale[x] + 0.004 * i as f32;
            if i as f32 + 2.0 > room {
                *cost += 1.0 + i as f32 + 2.0 - room;
            }
        }
    }
    Band { count: DEEPEST, first, costs }.cheapest(Smoothness { steepest: 2, cost: 0.12 })
}

/// Lines smoothed, in order, in image rows; those that were known as they were.
fn finished(field: &Field, scan: &BScan, known: &Known, lines: [Line; INTERFACE_COUNT]) -> Trace {
    let mut interfaces = Interfaces::unknown(scan.width());
    for (k, (rows, line)) in interfaces.rows.iter_mut().zip(&lines).enumerate() {
        *rows = smoothed(&line.rows, FINAL_SMOOTHING[k]);
        let offset = GRADERS_OFFSET[k];
        rows.iter_mut()
            .for_each(|row| *row = ((*row + offset) * field.row_scale).clamp(0.0, scan.height() as f32));
    }
    known.restore(&mut interfaces);
    interfaces.repair();
    let mut confidence = lines.map(|line| line.confidence);
    known.vouch(&mut confidence);
    for x in (0..field.width).filter(|&x| field.rows(x).is_none()) {
        interfaces.rows.iter_mut().for_each(|rows| rows[x] = f32::NAN);
        confidence.iter_mut().for_each(|values| values[x] = 0.0);
    }
    Trace { interfaces, confidence }
}
