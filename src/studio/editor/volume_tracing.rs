//! All B-scans of a volume labelled at once: traced where nothing lies on both sides, else interpolated and drawn to
//! the edges of their own scan. On a thread of its own, with progress and cancel; what comes is one step.

use std::sync::Arc;

use eframe::egui::Context;

use super::labelled_pages::{LabelledPage, annotated_pages, is_bare};
use super::session::EditorSession;
use crate::background::{Job, JobControl};
use crate::document::{Document, LabelOrigin};
use crate::mask::interpolate::Interpolation;
use crate::mask::trace::{TraceError, snapped, trace_between};
use crate::mask::{Interfaces, LockedLabels};
use crate::studio::texts::{self, text};

/// What became of the B-scans.
#[derive(Clone, Debug, Default)]
pub struct VolumeLabels {
    pub labelled: Vec<LabelledPage>,
    /// "B-scan 4: ..." of those that could not be traced.
    pub failures: Vec<String>,
}

/// What has come of a run.
pub enum VolumeNews {
    Done(VolumeLabels),
    /// The labels changed meanwhile, or another document was opened.
    Outdated,
    Failed,
}

/// A run over the B-scans of a volume.
struct Run {
    done: usize,
    of: usize,
    /// Its progress is the number of B-scans done.
    job: Job<VolumeLabels, usize>,
    document_number: u64,
    revision: u64,
}

/// The run under way, if there is one.
#[derive(Default)]
pub struct VolumeTracing {
    run: Option<Run>,
}

impl VolumeTracing {
    /// Starts on the B-scans without labels; false where there are none.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(&mut self, session: &EditorSession, context: &Context) -> std::io::Result<bool> {
        let document = session.editor.document().clone();
        let bare: Vec<usize> =
            (0..document.pages.len()).filter(|&page| is_bare(&document.pages[page].mask)).collect();
        if bare.is_empty() {
            return Ok(false);
        }
        let (of, context) = (bare.len(), context.clone());
        let lines = session.device_lines.clone();
        let wake = Arc::new(move || context.request_repaint());
        let work = move |control: &JobControl<usize>| {
            let annotated = annotated_pages(&document);
            let mut labels = VolumeLabels::default();
            for (done, page) in (1..).zip(bare) {
                let known = lines.of_page(page, &document.pages[page].scan);
                match labelled(&document, page, &known, &annotated, control) {
                    Ok(made) => labels.labelled.push(made),
                    Err(TraceError::Cancelled) => break,
                    Err(error) => {
                        labels.failures.push(text!("volume-not-traced-b-scan", number = %page + 1, %error))
                    }
                }
                control.report(done);
            }
            labels
        };
        let job = Job::start("volume-trace", wake, texts::job_in_this_language(work))?;
        let (document_number, revision) = (session.document_number(), session.editor.revision());
        self.run = Some(Run { done: 0, of, job, document_number, revision });
        Ok(true)
    }

    /// Stops the run under way; nothing of it is taken.
    pub fn cancel(&mut self) {
        self.run = None;
    }

    /// B-scans done and to be done, while a run is under way.
    pub fn progress(&self) -> Option<[usize; 2]> {
        self.run.as_ref().map(|run| [run.done, run.of])
    }

    /// What has come of the run under way.
    pub fn news(&mut self, session: &EditorSession) -> Option<VolumeNews> {
        let run = self.run.as_mut()?;
        run.done = run.job.progress().unwrap_or(run.done);
        let outcome = run.job.answer()?;
        let is_current =
            run.document_number == session.document_number() && run.revision == session.editor.revision();
        self.run = None;
        Some(match outcome {
            Err(_) => VolumeNews::Failed,
            Ok(_) if !is_current => VolumeNews::Outdated,
            Ok(labels) => VolumeNews::Done(labels),
        })
    }
}

/// The labels of one B-scan: between two labelled ones interpolated and drawn to its edges, else traced between the
/// lines that are known of it.
fn labelled(
    document: &Document,
    page: usize,
    known: &Interfaces,
    annotated: &[usize],
    control: &JobControl<usize>,
) -> Result<LabelledPage, TraceError> {
    let scan = &document.pages[page].scan;
    let mask = &document.pages[page].mask;
    let traced = trace_between(scan, known, &|| control.is_cancelled());
    let before = annotated.iter().rev().find(|&&other| other < page);
    let after = annotated.iter().find(|&&other| other > page);
    let size = |other: usize| document.pages[other].mask.layers.bounds();
    let between = before.zip(after).filter(|(before, after)| {
        size(**before) == mask.layers.bounds() && size(**after) == mask.layers.bounds()
    });
    let Some((&before, &after)) = between else {
        let mask = traced?.applied_to(mask, LockedLabels::NONE);
        return Ok(LabelledPage { page, mask, origin: LabelOrigin::Traced });
    };
    let [first, second] = [before, after].map(|other| &document.pages[other].mask);
    let share = (page - before) as f32 / (after - before) as f32;
    let mut mask = Interpolation::between(first, second, scan.spacing).at(share);
    match traced {
        Ok(traced) => {
            let lines = Interfaces::from_layers(&mask.layers);
            let axial_um = scan.spacing.map(|spacing| spacing.axial_um_per_px);
            let lines = snapped(&lines, &traced, axial_um);
            mask.layers = lines.to_layers(mask.width(), mask.height(), &mask.layers);
        }
        Err(TraceError::Cancelled) => return Err(TraceError::Cancelled),
        // What the scan does not show is taken from its neighbours.
        Err(TraceError::NothingToSee) => {}
    }
    Ok(LabelledPage { page, mask, origin: LabelOrigin::Interpolated })
}
