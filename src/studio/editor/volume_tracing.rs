//! All B-scans of a volume labelled at once: traced where nothing lies on both sides, else interpolated and drawn to
//! the edges of their own scan. On a thread of its own, with progress and cancel; what comes is one step.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread;

use eframe::egui::Context;

use super::session::Session;
use super::slices::{LabelledPage, annotated_pages, is_bare};
use crate::document::{Document, LabelOrigin};
use crate::mask::interpolate::Interpolation;
use crate::mask::trace::{TraceError, snapped, trace_between};
use crate::mask::{Interfaces, LockedLabels};
use crate::studio::shell::app::Studio;
use crate::studio::shell::notices::Severity;
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
struct Job {
    done: Arc<AtomicUsize>,
    of: usize,
    is_cancelled: Arc<AtomicBool>,
    answer: Receiver<VolumeLabels>,
    document_number: u64,
    revision: u64,
}

impl Drop for Job {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
    }
}

/// The run under way, if there is one.
#[derive(Default)]
pub struct VolumeTracing {
    job: Option<Job>,
}

impl VolumeTracing {
    /// Starts on the B-scans without labels; false where there are none.
    ///
    /// # Errors
    /// If no thread can be started.
    pub fn start(&mut self, session: &Session, context: &Context) -> std::io::Result<bool> {
        let document = session.editor.document().clone();
        let bare: Vec<usize> =
            (0..document.pages.len()).filter(|&page| is_bare(&document.pages[page].mask)).collect();
        if bare.is_empty() {
            return Ok(false);
        }
        let (sender, answer) = sync_channel(1);
        let (done, is_cancelled) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (of, counter, asked, context) = (bare.len(), done.clone(), is_cancelled.clone(), context.clone());
        let lines = session.device_lines.clone();
        thread::Builder::new().name("volume-trace".to_owned()).spawn(texts::in_this_language(move || {
            let annotated = annotated_pages(&document);
            let mut labels = VolumeLabels::default();
            for page in bare {
                let known = lines.of_page(page, &document.pages[page].scan);
                match labelled(&document, page, &known, &annotated, &asked) {
                    Ok(made) => labels.labelled.push(made),
                    Err(TraceError::Cancelled) => return,
                    Err(error) => {
                        labels.failures.push(text!("volume-not-traced-b-scan", number = %page + 1, %error))
                    }
                }
                counter.fetch_add(1, Ordering::Relaxed);
                context.request_repaint();
            }
            // Nobody waits for it when it was cancelled.
            let _ = sender.send(labels);
            context.request_repaint();
        }))?;
        let (document_number, revision) = (session.document_number(), session.editor.revision());
        self.job = Some(Job { done, of, is_cancelled, answer, document_number, revision });
        Ok(true)
    }

    /// Stops the run under way; nothing of it is taken.
    pub fn cancel(&mut self) {
        self.job = None;
    }

    /// B-scans done and to be done, while a run is under way.
    pub fn progress(&self) -> Option<[usize; 2]> {
        self.job.as_ref().map(|job| [job.done.load(Ordering::Relaxed), job.of])
    }

    /// What has come of the run under way.
    pub fn news(&mut self, session: &Session) -> Option<VolumeNews> {
        let job = self.job.as_ref()?;
        let outcome = match job.answer.try_recv() {
            Err(TryRecvError::Empty) => return None,
            outcome => outcome.ok(),
        };
        let is_current =
            job.document_number == session.document_number() && job.revision == session.editor.revision();
        self.job = None;
        Some(match outcome {
            None => VolumeNews::Failed,
            Some(_) if !is_current => VolumeNews::Outdated,
            Some(labels) => VolumeNews::Done(labels),
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
    is_cancelled: &AtomicBool,
) -> Result<LabelledPage, TraceError> {
    let scan = &document.pages[page].scan;
    let mask = &document.pages[page].mask;
    let traced = trace_between(scan, known, &|| is_cancelled.load(Ordering::Relaxed));
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

impl Studio {
    /// Starts on every B-scan without labels.
    pub(in crate::studio) fn label_volume(&mut self) {
        self.with_tools(|tools, bench| tools.release(bench));
        match self.editor.volume_tracing.start(&self.session, &self.context) {
            Ok(true) => {}
            Ok(false) => self.chrome.notices.add(Severity::Info, text!("volume-trace-none")),
            Err(error) => {
                self.chrome.notices.add(Severity::Error, text!("shell-tracing-cannot-start", %error));
            }
        }
    }

    /// Whether all B-scans are being traced.
    pub fn is_labelling_volume(&self) -> bool {
        self.editor.volume_tracing.progress().is_some()
    }

    /// Takes the labels of all B-scans, as one step.
    pub(in crate::studio) fn take_volume_labels(&mut self) {
        let labels = match self.editor.volume_tracing.news(&self.session) {
            None => return,
            Some(VolumeNews::Done(labels)) => labels,
            Some(VolumeNews::Outdated) => {
                self.chrome.notices.add(Severity::Warning, text!("volume-trace-changed"));
                return;
            }
            Some(VolumeNews::Failed) => {
                self.chrome.notices.add(Severity::Error, text!("volume-trace-failed"));
                return;
            }
        };
        self.take_labels(text!("step-trace-all"), labels.labelled);
        if !labels.failures.is_empty() {
            let text = text!("volume-not-traced", b_scans = labels.failures.join("; "));
            self.chrome.notices.add(Severity::Warning, text);
        }
    }
}
