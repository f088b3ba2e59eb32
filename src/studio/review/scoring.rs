//! A second look at every pair of a set, on a thread, kept beside the manifest.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use super::jobs::{Jobs, News, Progress};
use super::loading;
use super::looker::{Reference, doubt_of, locked};
use crate::review::doubt::{self, DoubtLine};
use crate::review::nearest::{self, nearest_of_rows};
use crate::review::{ReviewSet, Row};
use crate::segmentation::Labeller;
use crate::studio::texts::text;

/// Pairs that are compared at once, on all cores.
const AT_ONCE: usize = 64;

/// Compares every pair with reference scans.
pub(super) fn nearest(set: &Arc<ReviewSet>, reference: Arc<Reference>, jobs: &Jobs) -> Progress {
    let progress = Progress::new(text!("review-job-nearest"), set.len());
    let (done, stop) = (Arc::clone(&progress.done), Arc::clone(&progress.stop));
    let set = Arc::clone(set);
    let work = move || {
        let rows: Vec<u32> = (0..set.len() as u32).collect();
        let (mut lines, mut unreadable) = (Vec::new(), 0);
        for part in rows.chunks(AT_ONCE) {
            if stop.load(Ordering::Relaxed) {
                return stopped();
            }
            match nearest_of_rows(&set, part, &reference.scans) {
                Ok((found, problems)) => {
                    unreadable += problems.len();
                    lines.extend(found);
                }
                Err(error) => return News::Scored(Err(error.to_string())),
            }
            done.fetch_add(part.len(), Ordering::Relaxed);
        }
        let near = lines.iter().filter(|line| line.flagged).count();
        let text = text!("review-compared", pairs = lines.len(), near, unreadable);
        News::Scored(nearest::keep(&set.dir, &lines).map(|()| text).map_err(|error| error.to_string()))
    };
    jobs.run(work, |why| News::Scored(Err(why)));
    progress
}

/// Has a segmenter look at every pair.
pub(super) fn doubt(set: &Arc<ReviewSet>, segmenter: Arc<Mutex<Labeller>>, jobs: &Jobs) -> Progress {
    let rows: Vec<u32> =
        (0..set.len() as u32).filter(|&row| set.rows[row as usize].has(Row::HAS_LABEL)).collect();
    let progress = Progress::new(text!("review-job-doubt"), rows.len());
    let (done, stop) = (Arc::clone(&progress.done), Arc::clone(&progress.stop));
    let set = Arc::clone(set);
    let work = move || {
        let (mut lines, mut unreadable) = (Vec::new(), 0);
        for row in rows {
            if stop.load(Ordering::Relaxed) {
                return stopped();
            }
            done.fetch_add(1, Ordering::Relaxed);
            let pair = loading::load(&set, row, loading::PairParts::Content);
            let (Some(scan), Some(codes), Some(line)) = (&pair.scan, &pair.codes, &pair.line) else {
                unreadable += 1;
                continue;
            };
            if (scan.width, scan.height) != (line.width, line.height) {
                unreadable += 1;
                continue;
            }
            let doubt = doubt_of(&locked(&segmenter), scan, codes, line.spacing);
            let hash = line.generated.as_ref().map_or("", |facts| facts.image_file_sha256.as_str());
            lines.push(DoubtLine::new(&line.id, hash, doubt.agreement));
        }
        let text = text!("review-looked", pairs = lines.len(), unreadable);
        News::Scored(doubt::keep(&set.dir, &lines).map(|()| text).map_err(|error| error.to_string()))
    };
    jobs.run(work, |why| News::Scored(Err(why)));
    progress
}

fn stopped() -> News {
    News::Scored(Err(text!("review-stopped").to_owned()))
}
