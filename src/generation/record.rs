//! What is known of a generation, folded from its folder: for whoever watches it or finds it again, whoever started it.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::GenerationError;
use super::conditions::RequestedConditions;
use super::event::{EVENTS_FILE, GenerationEvent};
use super::folder::{GENERATION_FILE, is_at_work, read_plan};
use super::line::GeneratedLine;
use super::pace::Pace;
use super::places::LocalPlaces;
use super::plan::{GenerationPlan, MaskPlanning};
use super::stop_order;
use crate::anatomy::IRF;
use crate::dataset::manifest::MANIFEST_FILE;
use crate::encoding::masks::MaskConditions;
use crate::formats::growing_lines::GrowingLines;
use crate::formats::json_problem;

/// Pairs whose lines are kept, the newest.
pub const NEWEST: usize = 24;
/// What is said of a process that left no word.
const BROKE_OFF: &str = "It was killed, or the machine went down. Resume goes on: what was made is whole.";

/// How a generation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GenerationState {
    /// Its process reads models and data.
    Starting,
    /// A process makes pairs.
    Running,
    /// It was told to stop and drops the pair that it is at.
    Stopping,
    /// It can go on.
    Stopped,
    /// All its pairs are there.
    Finished,
    /// It ended otherwise, and why; it can go on.
    Failed(String),
}

impl GenerationState {
    /// Whether a process works on it.
    pub fn is_alive(&self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Stopping)
    }
}

/// What a figure of all pairs amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Range {
    /// Values that were seen.
    pub count: u64,
    /// The lowest of them.
    pub low: f64,
    /// The highest of them.
    pub high: f64,
    sum: f64,
}

impl Range {
    fn take(&mut self, value: f64) {
        let is_first = self.count == 0;
        self.low = if is_first { value } else { self.low.min(value) };
        self.high = if is_first { value } else { self.high.max(value) };
        self.sum += value;
        self.count += 1;
    }

    /// The mean; 0 of nothing.
    pub fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

/// What all pairs measure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Measured {
    /// Area of fluid, least and most.
    pub fluid_mm2: Range,
    /// Connected regions of fluid.
    pub lesions: Range,
    /// Over the middle millimetre.
    pub thickness_um: Range,
    /// Pairs for whose mask a mask model had no room to meet what was requested.
    pub unmet: u64,
}

/// What is known of a generation.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationRecord {
    /// The folder.
    pub path: PathBuf,
    /// `None` while its folder holds none yet.
    pub plan: Option<GenerationPlan>,
    /// What it was begun with on this machine; without it, it cannot be resumed from here.
    pub places: Option<LocalPlaces>,
    /// How far it is.
    pub state: GenerationState,
    /// Pairs that are there.
    pub made: u64,
    /// Pairs that are wanted.
    pub pairs: u64,
    /// Masks that were drawn and not kept, by reason.
    pub rejected: BTreeMap<String, u64>,
    /// Of pictures and manifest.
    pub disk_bytes: u64,
    /// Of the masks that are there.
    pub measured: Measured,
    /// Lines of the newest pairs, oldest first.
    pub newest: VecDeque<GeneratedLine>,
    /// Of the pairs that come now, or of the last run.
    pub secs_per_pair: Option<f64>,
    /// While it runs.
    pub secs_left: Option<f64>,
    /// What is wrong with its manifest.
    pub problem: Option<String>,
}

impl GenerationRecord {
    /// Nothing known yet.
    pub fn new(path: &Path, pairs: u64) -> Self {
        Self {
            path: path.to_owned(),
            plan: None,
            places: None,
            state: GenerationState::Starting,
            made: 0,
            pairs,
            rejected: BTreeMap::new(),
            disk_bytes: 0,
            measured: Measured::default(),
            newest: VecDeque::new(),
            secs_per_pair: None,
            secs_left: None,
            problem: None,
        }
    }

    /// Its name: that of its folder.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// What a folder tells.
    ///
    /// # Errors
    /// If there is no generation in it, or its plan cannot be read.
    pub fn read(path: &Path) -> Result<Self, GenerationError> {
        Ok(Follower::begin(path)?.record)
    }

    /// Masks that were drawn and not kept.
    pub fn rejections(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Learns of an event.
    pub fn take(&mut self, event: &GenerationEvent) {
        match event {
            GenerationEvent::Started { pairs, .. } => {
                (self.pairs, self.state, self.secs_left) = (*pairs, GenerationState::Running, None);
            }
            GenerationEvent::Pair { per_second, secs_left, .. } => {
                self.secs_per_pair = per_second.map(|rate| 1.0 / rate).or(self.secs_per_pair);
                self.secs_left = *secs_left;
            }
            GenerationEvent::Finished { secs, made_now, .. } => {
                self.end_run(GenerationState::Finished, *secs, *made_now);
            }
            GenerationEvent::Stopped { secs, made_now, .. } => {
                self.end_run(GenerationState::Stopped, *secs, *made_now);
            }
            GenerationEvent::Failed { message } => {
                (self.state, self.secs_left) = (GenerationState::Failed(message.clone()), None);
            }
        }
    }

    fn end_run(&mut self, state: GenerationState, secs: f64, made_now: u64) {
        (self.state, self.secs_left) = (state, None);
        if made_now > 0 && secs > 0.0 {
            self.secs_per_pair = Some(secs / made_now as f64);
        }
    }

    /// Its process is gone: if it said nothing of an end, `reason` is why.
    pub fn end(&mut self, reason: &str) {
        if self.state.is_alive() {
            let is_done = self.pairs > 0 && self.made >= self.pairs;
            self.state =
                if is_done { GenerationState::Finished } else { GenerationState::Failed(reason.to_owned()) };
        }
        self.secs_left = None;
    }

    fn forget_pairs(&mut self) {
        let kept =
            Self { plan: self.plan.take(), places: self.places.take(), ..Self::new(&self.path, self.pairs) };
        *self = Self {
            state: std::mem::replace(&mut self.state, GenerationState::Starting),
            secs_per_pair: self.secs_per_pair,
            secs_left: self.secs_left,
            ..kept
        };
    }

    fn take_pair(&mut self, line: GeneratedLine) {
        self.made += 1;
        for (reason, count) in &line.generated.rejected {
            *self.rejected.entry(reason.clone()).or_default() += u64::from(*count);
        }
        let scores = &line.generated.scores;
        self.measured.fluid_mm2.take(scores.fluid_mm2());
        self.measured.lesions.take(f64::from(scores.lesions.iter().sum::<u32>()));
        scores.central_um.into_iter().for_each(|um| self.measured.thickness_um.take(um));
        // Cases are met exactly or refused.
        let of_model =
            self.plan.as_ref().is_some_and(|plan| matches!(plan.masks, MaskPlanning::Model { .. }));
        self.measured.unmet += u64::from(of_model && is_unmet(&line));
        let label = line.entry.label.as_deref().unwrap_or_default();
        for file in [line.entry.image.as_str(), label] {
            self.disk_bytes += std::fs::metadata(self.path.join(file)).map_or(0, |facts| facts.len());
        }
        if self.newest.len() == NEWEST {
            self.newest.pop_front();
        }
        self.newest.push_back(line);
    }
}

/// Whether the mask of a pair is not what was requested of it. Of a pair whose rims followed the scan the area is that of
/// the moved rims, which says nothing of what the painted mask met.
fn is_unmet(line: &GeneratedLine) -> bool {
    let RequestedConditions { fluid_mm2, cysts, thickness_um } = line.generated.requested;
    let scores = &line.generated.scores;
    let measured = MaskConditions {
        fluid_mm2: Some(scores.area_mm2[usize::from(IRF)]),
        cysts: Some(scores.lesions[0]),
        thickness_um: scores.central_um,
    };
    let fluid_mm2 = fluid_mm2.filter(|_| line.generated.relabelled.is_none());
    !MaskConditions { fluid_mm2, cysts, thickness_um }.unmet(&measured).is_empty()
}

/// Follows the folder of a generation.
#[derive(Debug)]
pub struct Follower {
    /// What was found.
    pub record: GenerationRecord,
    manifest: GrowingLines,
    events: GrowingLines,
    /// Lines of the manifest that were read.
    lines: u64,
    /// Of pairs that came while somebody looked.
    pace: Pace,
    /// When the first look was; what was there then says nothing of a pace.
    began: Option<Instant>,
}

impl Follower {
    /// Reads what there is.
    ///
    /// # Errors
    /// If there is no generation in the folder, or its plan cannot be read.
    pub fn begin(path: &Path) -> Result<Self, GenerationError> {
        let plan = read_plan(&path.join(GENERATION_FILE))?;
        let mut follower = Self::of(GenerationRecord { plan: Some(plan), ..GenerationRecord::new(path, 0) });
        follower.follow();
        Ok(follower)
    }

    /// Of a generation whose process may not have made its folder yet.
    pub fn of(record: GenerationRecord) -> Self {
        let manifest = GrowingLines::new(record.path.join(MANIFEST_FILE));
        let events = GrowingLines::new(record.path.join(EVENTS_FILE));
        Self { record, manifest, events, lines: 0, pace: Pace::default(), began: None }
    }

    /// Reads what was added and looks whether its process lives; answers whether anything changed.
    pub fn follow(&mut self) -> bool {
        // Asked first: what the process wrote before it ended is then read below.
        let is_alive = is_at_work(&self.record.path);
        let before = (self.record.state.clone(), self.record.made);
        self.follow_pairs();
        loop {
            let lines = self.events.next_lines();
            if lines.is_empty() {
                break;
            }
            lines
                .iter()
                .filter_map(|line| GenerationEvent::of_line(line))
                .for_each(|event| self.record.take(&event));
        }
        let record = &mut self.record;
        match (is_alive, stop_order::is_left(&record.path)) {
            (true, true) => record.state = GenerationState::Stopping,
            (true, false) if !record.state.is_alive() => record.state = GenerationState::Running,
            (true, false) => {}
            (false, _) if record.state == GenerationState::Starting && record.made < record.pairs => {
                // Made by a program that kept no events, or copied without them.
                record.state = GenerationState::Stopped;
            }
            (false, _) => record.end(BROKE_OFF),
        }
        before != (self.record.state.clone(), self.record.made)
    }

    /// Reads the pairs that were added, and the plan once it is there.
    pub fn follow_pairs(&mut self) {
        if self.record.plan.is_none() {
            self.record.plan = read_plan(&self.record.path.join(GENERATION_FILE)).ok();
        }
        if self.record.places.is_none() {
            self.record.places = LocalPlaces::read(&self.record.path).ok();
        }
        if let Some(plan) = &self.record.plan {
            self.record.pairs = plan.pairs;
        }
        if self.manifest.was_replaced() {
            self.record.forget_pairs();
            self.lines = 0;
        }
        let before = self.record.made;
        loop {
            let lines = self.manifest.next_lines();
            if lines.is_empty() {
                break;
            }
            for line in lines {
                self.take_line(&line);
            }
        }
        let Some(began) = self.began else {
            self.began = Some(Instant::now());
            return;
        };
        for _ in before..self.record.made {
            self.pace.done(began.elapsed());
        }
        if self.record.made > before && self.pace.per_second().is_some() {
            self.record.secs_per_pair = self.pace.per_second().map(|rate| 1.0 / rate);
            self.record.secs_left = self.pace.secs_left(self.record.pairs.saturating_sub(self.record.made));
        }
    }

    fn take_line(&mut self, line: &str) {
        self.lines += 1;
        if line.trim().is_empty() {
            return;
        }
        match serde_json::from_str::<GeneratedLine>(line) {
            Ok(line) => self.record.take_pair(line),
            Err(error) => {
                let place = self.record.path.join(MANIFEST_FILE);
                self.record.problem = Some(format!(
                    "{}, line {}: {}; correct the line, or generate into an empty folder",
                    place.display(),
                    self.lines,
                    json_problem(&error)
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::filters::Rejections;
    use crate::generation::line::GeneratedFacts;
    use crate::generation::relabelling::Relabelled;
    use crate::generation::scores::Scores;

    #[test]
    fn a_mask_that_lacks_what_was_requested_is_found() {
        let line = |fluid_mm2: f64, cysts: u32| {
            let mut scores = Scores { lesions: [cysts, 0, 0], central_um: Some(301.0), ..Scores::default() };
            scores.area_mm2[usize::from(IRF)] = fluid_mm2;
            let entry = serde_json::json!({
                "version": 1, "id": "a", "image": "a.png", "label": "b.png", "width": 64, "height": 100,
                "subject": "synthetic-1", "source": "synthetic"
            });
            let text = String::new;
            GeneratedLine {
                entry: serde_json::from_value(entry).unwrap(),
                generated: GeneratedFacts {
                    synthetic: true,
                    plan_sha256: text(),
                    index: 0,
                    candidate: None,
                    attempt: 0,
                    seed: 0,
                    mask_sha256: text(),
                    image_file_sha256: text(),
                    label_file_sha256: text(),
                    model_sha256: text(),
                    arithmetic: None,
                    requested: RequestedConditions {
                        fluid_mm2: Some(0.3),
                        cysts: Some(2),
                        thickness_um: Some(300.0),
                    },
                    rejected: Rejections::default(),
                    relabelled: None,
                    scores,
                },
            }
        };
        assert!(!is_unmet(&line(0.299, 2)));
        assert!(is_unmet(&line(0.22, 2)) && is_unmet(&line(0.3, 1)));

        let followed = |mut line: GeneratedLine| {
            let [segmenter, segmenter_sha256, painted_mask_sha256] = [(); 3].map(|()| String::new());
            line.generated.relabelled =
                Some(Relabelled { segmenter, segmenter_sha256, pixels: 9, painted_mask_sha256 });
            line
        };
        assert!(!is_unmet(&followed(line(0.22, 2))) && is_unmet(&followed(line(0.22, 1))));
    }
}
