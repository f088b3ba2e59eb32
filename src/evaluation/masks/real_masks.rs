//! The masks that graders drew, which drawn ones are held against.

use std::path::Path;

use crate::dataset::mask_samples::{MaskCut, MaskSample};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::mask_generator::MaskGenerator;
use crate::encoding::dmc::{DmcMode, Histogram};
use crate::encoding::masks::{DrawnMask, MaskPlan};
use crate::evaluation::{EvaluationError, LeakGuard, SeenEyes, Subjects};
use crate::metrics::curvature::{LineCourse, LineCourses};
use crate::metrics::masks::MaskFigures;

/// Real masks through the model's grid, and their lines as they were drawn.
#[derive(Default)]
pub(super) struct RealMasks {
    /// All that a model may have learnt by heart.
    pub training: Vec<MaskFigures>,
    /// Subject of each training mask.
    pub subjects: Vec<String>,
    /// The training masks of the compared sources: graders of other sources draw otherwise.
    pub compared: Vec<MaskFigures>,
    pub measured: Vec<MaskFigures>,
    /// How the lines of the compared masks run, with the subject of each.
    pub compared_courses: Vec<(String, LineCourses)>,
    /// The same of the measured masks.
    pub measured_courses: Vec<LineCourses>,
    /// Whether the model was taken although it saw the measured eyes, or may have.
    pub seen: SeenEyes,
}

/// What is known of one real mask.
#[derive(Clone)]
pub(super) struct RealMask {
    /// Through the model's grid.
    pub figures: MaskFigures,
    /// As the grader drew the lines, at the training scale.
    pub courses: LineCourses,
}

impl RealMasks {
    /// Those of a data set, for a model that has not seen the measured eyes.
    ///
    /// # Errors
    /// If the model may have seen them, or masks are missing or cannot be read.
    pub fn of_data(
        manifest: &Manifest,
        who: &Subjects,
        sources: Option<&[String]>,
        guard: LeakGuard,
        generator: &MaskGenerator,
        plan: &MaskPlan,
    ) -> Result<Self, EvaluationError> {
        who.check_named(manifest)?;
        let info = generator.info();
        let seen = guard.check(Path::new(&info.name), &info.training, &who.measured)?;
        let (mapping, mask) = (&info.mapping, generator.mask());
        // Masks of the auto-trace are no measure of masks, but a model that learnt them may copy them.
        let learnt_traced = info.training.pseudo_labelled_scans.copied().unwrap_or(0) > 0;
        let figures = |entry: &ManifestEntry| -> Result<Option<RealMask>, EvaluationError> {
            let Some(sample) = MaskSample::new(&LabelledScan::load(manifest, entry)?, mapping) else {
                return Ok(None);
            };
            let spare = sample.known.len().saturating_sub(plan.width as usize);
            let cut = MaskCut::at((sample.known.start + spare / 2) as f64);
            let grid_mask = cut.grid_mask(&sample, mask.coding, &mask.grid, mapping);
            let codes = DrawnMask::new(mask.coding, &grid_mask.planes, plan)
                .codes(DmcMode::default(), &Histogram::default());
            let first = sample.known.start + spare / 2;
            let columns = first..(first + plan.width as usize).min(sample.known.end);
            let pixel_um = [mapping.axial_um_per_px, mapping.lateral_um_per_px];
            let courses = LineCourse::of_lines(&sample.lines, columns, pixel_um);
            let figures = MaskFigures::of(plan.width, plan.height, &codes, plan.pixel_um);
            Ok(figures.map(|figures| RealMask { figures, courses }))
        };
        let real = Self::measured(manifest, who, sources, learnt_traced, figures)?;
        Ok(Self { seen, ..real })
    }

    /// The figures of the real masks of a data set, `figures` of each; `sources` are those whose distributions are
    /// compared, the measured masks' own where none are named.
    ///
    /// # Errors
    /// If `figures` has some, or masks are missing.
    pub fn measured(
        manifest: &Manifest,
        who: &Subjects,
        sources: Option<&[String]>,
        learnt_traced: bool,
        figures: impl Fn(&ManifestEntry) -> Result<Option<RealMask>, EvaluationError>,
    ) -> Result<Self, EvaluationError> {
        let sources: Vec<&String> = match sources {
            Some(sources) => sources.iter().collect(),
            None => who.scans(manifest)?.iter().map(|entry| &entry.source).collect(),
        };
        let mut real = Self::default();
        for entry in manifest.entries.iter().filter(|entry| entry.label.is_some()) {
            let is_traced = entry.pseudo_labelled && learnt_traced && who.trains(&entry.subject);
            if who.is_training(entry) || is_traced {
                let Some(RealMask { figures, courses }) = figures(entry)? else { continue };
                if !entry.pseudo_labelled && sources.contains(&&entry.source) {
                    real.compared.push(figures.clone());
                    real.compared_courses.push((entry.subject.clone(), courses));
                }
                real.training.push(figures);
                real.subjects.push(entry.subject.clone());
            } else if who.is_measured(entry) {
                let Some(RealMask { figures, courses }) = figures(entry)? else { continue };
                real.measured.push(figures);
                real.measured_courses.push(courses);
            }
        }
        let place = manifest.dir.display();
        if real.training.is_empty() || real.measured.is_empty() {
            return Err(EvaluationError::Refused(format!(
                "{place} needs labelled scans of training subjects and of {}",
                who.measured.join(", ")
            )));
        }
        if real.compared.is_empty() {
            return Err(EvaluationError::Refused(format!(
                "{place} has no labelled scans of training subjects like the measured ones; name other --sources"
            )));
        }
        Ok(real)
    }
}
