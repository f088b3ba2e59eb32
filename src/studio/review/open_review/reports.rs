//! What threads report to a set that is open, and what is asked of them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{OpenReview, View};
use crate::review::export::ExportReport;
use crate::review::files::{TroubledFile, check};
use crate::studio::review::actions::ReviewAction;
use crate::studio::review::jobs::{Jobs, News, Progress};
use crate::studio::texts::text;

impl OpenReview {
    pub(super) fn check_files(&mut self, jobs: &Jobs) {
        let set = Arc::clone(&self.open.set);
        let progress = Progress::new(text!("review-job-files"), set.len());
        let (done, stop) = (Arc::clone(&progress.done), Arc::clone(&progress.stop));
        self.job = Some(progress);
        let work = move || {
            let rows: Vec<u32> = (0..set.len() as u32).collect();
            let mut found = Vec::new();
            for part in rows.chunks(256) {
                if stop.load(Ordering::Relaxed) {
                    return News::Checked(Err(text!("review-files-stopped").to_owned()));
                }
                match check(&set, part) {
                    Ok(troubled) => found.extend(troubled),
                    Err(error) => return News::Checked(Err(error.to_string())),
                }
                done.fetch_add(part.len(), Ordering::Relaxed);
            }
            News::Checked(Ok(found))
        };
        jobs.run(work, |why| News::Checked(Err(why)));
    }

    /// Takes news of what it has done elsewhere. Returns what the window is to do.
    pub fn take(&mut self, news: News, jobs: &Jobs) -> Option<ReviewAction> {
        match news {
            News::Ordered { ticket, order } => {
                self.take_order(ticket, order);
                None
            }
            News::Checked(outcome) => {
                self.job = None;
                Some(self.take_checked(outcome))
            }
            News::Audited { ticket, audit } => {
                self.audit.take(ticket, *audit);
                None
            }
            News::Recorded(outcome) => {
                self.refresh(jobs);
                Some(match outcome {
                    Ok(count) => ReviewAction::Tell(text!("review-recorded", count)),
                    Err(message) => ReviewAction::Complain(message),
                })
            }
            News::Exported { out, outcome } => {
                self.job = None;
                self.take_exported(out, outcome)
            }
            News::Mapped { outcome } => match outcome {
                Ok(map) => {
                    self.map.take(map);
                    None
                }
                Err(message) => {
                    self.view = View::Grid;
                    Some(ReviewAction::Complain(message))
                }
            },
            News::Scored(outcome) => {
                self.job = None;
                self.refresh(jobs);
                Some(match outcome {
                    Ok(text) => ReviewAction::Tell(text),
                    Err(message) => ReviewAction::Complain(message),
                })
            }
            News::Blind(outcome) => self.blind.take(outcome).err().map(ReviewAction::Complain),
            News::Answers(outcome) => {
                self.blind.take_answers(outcome);
                None
            }
            _ => None,
        }
    }

    fn take_checked(&mut self, outcome: Result<Vec<TroubledFile>, String>) -> ReviewAction {
        let troubled = match outcome {
            Ok(troubled) => troubled,
            Err(message) => return ReviewAction::Complain(message),
        };
        self.open.is_checked = true;
        self.open.troubles = troubled.iter().map(|file| (file.row, file.trouble)).collect();
        ReviewAction::Tell(match troubled.len() {
            0 => text!("review-files-fine").to_owned(),
            count => text!("review-files-troubled", count),
        })
    }

    fn take_exported(&mut self, out: PathBuf, outcome: Result<ExportReport, String>) -> Option<ReviewAction> {
        match outcome {
            Ok(report) => {
                self.export = None;
                Some(ReviewAction::Tell(
                    text!("review-exported", pairs = %report.pairs, folder = %out.display()),
                ))
            }
            Err(message) => {
                if let Some(export) = &mut self.export {
                    export.failed(message);
                    return None;
                }
                Some(ReviewAction::Complain(message))
            }
        }
    }
}
