//! The labelled scans of a data set, by what they are for, with what is made of all of them together.

use rayon::prelude::*;

use super::lumens::LumenBank;
use super::manifest::{Manifest, ManifestEntry};
use super::samples::{LabelledScan, Sample, SampleOptions};
use super::split::{Role, Split};
use crate::encoding::mapping::Mapping;
use crate::encoding::style::{StyleFigures, StyleModel};
use crate::formats::FormatError;

/// The labelled scans of a data set by role.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// Scans to train on.
    pub training: Vec<Sample>,
    /// Scans to validate on.
    pub validation: Vec<Sample>,
    /// How the training scans differ, where a network is conditioned on it.
    pub style: Option<StyleModel>,
    /// Lumens of the training scans.
    pub lumens: LumenBank,
}

impl Samples {
    /// Loads every labelled scan of a manifest that is not held out, in the manifest's order. Those that no grader
    /// labelled train only if the options say so, and never validate.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn load(
        manifest: &Manifest,
        split: &Split,
        mapping: &Mapping,
        options: SampleOptions,
    ) -> Result<Self, FormatError> {
        let make = |scan: &LabelledScan| Some(Sample::with_options(scan, mapping, options));
        let [training, validation] = load_by_role(manifest, split, options.pseudo_labelled, make)?;
        let style = (options.style_components > 0)
            .then(|| {
                let figures: Vec<(&str, StyleFigures)> =
                    training.iter().filter_map(|s| Some((s.subject.as_str(), s.figures?))).collect();
                StyleModel::of(&figures, options.style_components)
            })
            .flatten();
        let lumens = if options.lumens { LumenBank::of(&training) } else { LumenBank::default() };
        let mut samples = Self { training, validation, style: None, lumens };
        if let Some(style) = style {
            samples.follow_style(style);
        }
        Ok(samples)
    }

    /// Describes the style of every scan along the directions of `style`.
    pub fn follow_style(&mut self, style: StyleModel) {
        for sample in self.training.iter_mut().chain(&mut self.validation) {
            sample.style =
                style.channel_values(sample.figures.map(|figures| style.style(&figures)).as_deref());
        }
        self.style = Some(style);
    }
}

/// What `make` makes of every labelled scan that is not held out, in the manifest's order: those of training
/// subjects, then those of validation subjects. Scans of which it makes nothing are left out; those that no grader
/// labelled train only if `pseudo_labelled`, and never validate.
///
/// # Errors
/// The first file that cannot be read.
pub(super) fn load_by_role<T: Send>(
    manifest: &Manifest,
    split: &Split,
    pseudo_labelled: bool,
    make: impl Fn(&LabelledScan) -> Option<T> + Sync,
) -> Result<[Vec<T>; 2], FormatError> {
    let wanted: Vec<(&ManifestEntry, Role)> = manifest
        .entries
        .iter()
        .filter(|entry| entry.label.is_some())
        .map(|entry| (entry, split.role(&entry.subject)))
        .filter(|(entry, role)| match role {
            Role::Training => pseudo_labelled || !entry.pseudo_labelled,
            Role::Validation => !entry.pseudo_labelled,
            Role::HeldOut => false,
        })
        .collect();
    let made: Vec<Option<T>> = wanted
        .par_iter()
        .map(|(entry, _)| Ok(make(&LabelledScan::load(manifest, entry)?)))
        .collect::<Result<_, FormatError>>()?;
    let mut by_role = [Vec::new(), Vec::new()];
    for ((_, role), made) in wanted.iter().zip(made) {
        by_role[usize::from(*role != Role::Training)].extend(made);
    }
    Ok(by_role)
}
