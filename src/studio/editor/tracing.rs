//! The auto-trace in the window: runs on a thread of its own, arrives as one step of the history, and
//! shows where it is not sure.

use std::sync::Arc;

use eframe::egui::{Context, Painter, Pos2, Rect, Shape, Stroke, vec2};

use super::canvas::view::ViewTransform;
use super::session::EditorSession;
use crate::anatomy::Interface;
use crate::background::{Job, JobControl};
use crate::document::Command;
use crate::mask::trace::{Trace, TraceError, trace_between};
use crate::mask::{Interfaces, LockedLabels};
use crate::studio::texts::text;
use crate::studio::widgets::theme;

/// Below this confidence a column is shown as not sure.
const UNSURE: f32 = 0.45;
/// Unsure segments shorter than this are not shown; gaps shorter than this are bridged.
const SHORTEST_COLUMNS: usize = 6;
/// A line this far (px) from where it was traced has been corrected: no doubt is shown there.
const CORRECTED_PX: f32 = 1.5;
/// Width of the band in points.
const BAND: f32 = 9.0;
const BAND_OPACITY: f32 = 0.22;

/// A trace under way.
struct Run {
    view_number: u64,
    job: Job<Result<Trace, TraceError>>,
}

/// A trace that was applied to the page shown.
struct Applied {
    view_number: u64,
    trace: Trace,
    /// Revision the segments below are of.
    revision: Option<u64>,
    unsure: Vec<Segment>,
    /// Column and interface of the segment that was looked at last.
    looked_at: Option<(usize, usize)>,
}

/// Columns `x0..x1` of an interface in which the trace is not sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    interface: usize,
    x0: usize,
    x1: usize,
}

/// What came of a trace.
pub enum TraceNews {
    /// To be applied to the page shown.
    Proposal(Command),
    Failed(String),
}

/// The trace under way, and the doubts of the last one.
#[derive(Default)]
pub struct Tracing {
    run: Option<Run>,
    applied: Option<Applied>,
}

impl Tracing {
    /// Traces the page shown; one that is under way is cancelled.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(&mut self, session: &EditorSession, context: &Context) -> std::io::Result<()> {
        let (scan, context) = (session.page().scan.clone(), context.clone());
        let known = session.device_lines.of_page(session.page_index(), &scan);
        let wake = Arc::new(move || context.request_repaint());
        let work = move |control: &JobControl<()>| trace_between(&scan, &known, &|| control.is_cancelled());
        let job = Job::start("auto-trace", wake, work)?;
        self.run = Some(Run { view_number: session.view_number(), job });
        Ok(())
    }

    /// Stops the trace under way.
    pub fn cancel(&mut self) {
        self.run = None;
    }

    /// Whether a trace is under way.
    pub fn is_busy(&self) -> bool {
        self.run.is_some()
    }

    /// Whether doubts are shown.
    pub fn shows_doubts(&self, session: &EditorSession) -> bool {
        self.applied
            .as_ref()
            .is_some_and(|applied| applied.view_number == session.view_number() && !applied.unsure.is_empty())
    }

    /// Forgets the doubts of the last trace.
    pub fn forget_doubts(&mut self) {
        self.applied = None;
    }

    /// What has come of the trace under way, locked labels as they are; brings the doubts up to date.
    pub fn news(&mut self, session: &EditorSession, locked: LockedLabels) -> Option<TraceNews> {
        let shown = session.view_number();
        if self.run.as_ref().is_some_and(|run| run.view_number != shown) {
            self.run = None;
        }
        if self.applied.as_ref().is_some_and(|applied| applied.view_number != shown) {
            self.applied = None;
        }
        if let Some(applied) = &mut self.applied {
            applied.follow(session);
        }
        let outcome = self.run.as_ref()?.job.answer()?;
        self.run = None;
        let Ok(outcome) = outcome else {
            return Some(TraceNews::Failed(text!("trace-stopped").to_owned()));
        };
        match outcome {
            Ok(trace) => {
                let mask = trace.applied_to(&session.page().mask, locked);
                let page = session.page_index();
                self.applied = Some(Applied {
                    view_number: shown,
                    trace,
                    revision: None,
                    unsure: Vec::new(),
                    looked_at: None,
                });
                let name = text!("step-trace-layers").to_owned();
                Some(TraceNews::Proposal(Command::ReplaceMask { page, mask, name }))
            }
            Err(TraceError::Cancelled) => None,
            Err(error) => Some(TraceNews::Failed(text!("trace-failed", %error))),
        }
    }

    /// "Uncertain: NFL/GCL, 1 of 14" of the segment that was looked at last, "Uncertain: 14 places" before; `None`
    /// without any.
    pub fn doubts_in_words(&self) -> Option<String> {
        let applied = self.applied.as_ref()?;
        let count = applied.unsure.len();
        let looked_at = applied.looked_at.and_then(|(x0, interface)| {
            let before = applied.unsure.iter().filter(|s| (s.x0, s.interface) < (x0, interface)).count();
            let is_there = applied.unsure.iter().any(|s| (s.x0, s.interface) == (x0, interface));
            is_there.then_some((before + 1, Interface::ALL[interface].name()))
        });
        match (count, looked_at) {
            (0, _) => None,
            (_, Some((number, name))) => Some(text!("trace-uncertain-at", %name, %number, %count)),
            (_, None) => Some(text!("trace-uncertain", count)),
        }
    }

    /// The next segment of doubt, from the left and from above, and around again: its columns and the rows
    /// its line runs through. `None` without any.
    pub fn next_doubt(&mut self) -> Option<[std::ops::Range<f32>; 2]> {
        let applied = self.applied.as_mut()?;
        let mut in_order: Vec<Segment> = applied.unsure.clone();
        in_order.sort_by_key(|segment| (segment.x0, segment.interface));
        let place = |segment: &Segment| (segment.x0, segment.interface);
        let after = applied.looked_at;
        let next = in_order.iter().find(|segment| after.is_none_or(|after| place(segment) > after));
        let next = *next.or(in_order.first())?;
        applied.looked_at = Some(place(&next));
        let rows = &applied.trace.interfaces.rows[next.interface][next.x0..next.x1];
        let (low, high) =
            rows.iter().fold((f32::MAX, f32::MIN), |(low, high), row| (low.min(*row), high.max(*row)));
        Some([next.x0 as f32..next.x1 as f32, low..high])
    }

    /// Draws a band along every segment of which the trace was not sure and that nobody corrected.
    pub fn paint_doubts(&self, painter: &Painter, pane: Rect, view: &ViewTransform) {
        let Some(applied) = &self.applied else { return };
        let band = Stroke::new(BAND, theme::WARNING.gamma_multiply(BAND_OPACITY));
        let (halo, edge) = (Stroke::new(3.0, theme::OVER_SCAN_SHADOW), Stroke::new(1.2, theme::WARNING));
        for segment in &applied.unsure {
            let rows = &applied.trace.interfaces.rows[segment.interface];
            let points: Vec<Pos2> = (segment.x0..segment.x1)
                .map(|x| view.screen_from_image(pane, [x as f32 + 0.5, rows[x]]))
                .collect();
            // A corridor: two edges show on white nerve fibres as well as on dark fluid.
            let side = |by: f32| points.iter().map(|point| *point + vec2(0.0, by * BAND / 2.0)).collect();
            for stroke in [halo, edge] {
                painter.extend([-1.0, 1.0].map(|by| Shape::line(side(by), stroke)));
            }
            painter.add(Shape::line(points, band));
        }
    }
}

impl Applied {
    fn follow(&mut self, session: &EditorSession) {
        let revision = session.editor.revision();
        if self.revision.replace(revision) == Some(revision) {
            return;
        }
        let drawn = Interfaces::from_layers(&session.page().mask.layers);
        self.unsure = unsure_segments(&self.trace, &drawn);
    }
}

/// Where the trace is not sure and the line still lies where it was traced.
fn unsure_segments(trace: &Trace, drawn: &Interfaces) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (interface, sure) in trace.confidence.iter().enumerate() {
        let (traced, drawn) = (&trace.interfaces.rows[interface], &drawn.rows[interface]);
        let is_unsure = |x: usize| sure[x] < UNSURE && (traced[x] - drawn[x]).abs() < CORRECTED_PX;
        let mut open: Option<Segment> = None;
        for x in (0..sure.len()).filter(|&x| is_unsure(x)) {
            match &mut open {
                Some(segment) if x < segment.x1 + SHORTEST_COLUMNS => segment.x1 = x + 1,
                _ => {
                    segments.extend(open.take());
                    open = Some(Segment { interface, x0: x, x1: x + 1 });
                }
            }
        }
        segments.extend(open);
    }
    segments.retain(|segment| segment.x1 - segment.x0 >= SHORTEST_COLUMNS);
    segments
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::studio::editor::device_lines::DeviceLines;
    use crate::studio::files::samples;

    #[test]
    fn doubts_end_where_a_line_was_corrected() {
        let mut interfaces = Interfaces::unknown(40);
        interfaces.rows.iter_mut().for_each(|rows| rows.fill(10.0));
        let mut confidence: [Vec<f32>; 8] = std::array::from_fn(|_| vec![0.9; 40]);
        confidence[2][5..25].fill(0.1);
        confidence[2][12] = 0.8;
        confidence[4][30..33].fill(0.0);
        let trace = Trace { interfaces: interfaces.clone(), confidence };
        let mut drawn = interfaces;
        assert_eq!(unsure_segments(&trace, &drawn), [Segment { interface: 2, x0: 5, x1: 25 }]);
        drawn.rows[2][15..40].fill(14.0);
        assert_eq!(unsure_segments(&trace, &drawn), [Segment { interface: 2, x0: 5, x1: 15 }]);
    }

    #[test]
    fn lines_that_the_device_traced_stay_where_they_are() {
        let document = samples::ALL[0].document().expect("a sample");
        let drawn = Interfaces::from_layers(&document.pages[0].mask.layers);
        let mut device = Interfaces::unknown(drawn.width());
        device.rows[0].copy_from_slice(&drawn.rows[0]);
        let mut session = EditorSession::new(document, None);
        session.device_lines = DeviceLines::new(Some(vec![device.clone()]));
        let mut tracing = Tracing::default();
        tracing.start(&session, &Context::default()).expect("a thread");
        let began = Instant::now();
        while tracing.news(&session, LockedLabels::NONE).is_none() {
            assert!(began.elapsed() < Duration::from_secs(60), "the trace does not come");
            std::thread::sleep(Duration::from_millis(2));
        }
        let traced = &tracing.applied.expect("it is applied").trace;
        let known = device.rows[0].iter().enumerate().filter(|(_, row)| row.is_finite());
        let moved = known.clone().filter(|(x, row)| traced.interfaces.rows[0][*x] != **row).count();
        assert!(known.count() > 300 && moved == 0, "{moved} columns of the ILM have moved");
    }
}
