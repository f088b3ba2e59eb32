//! Watches whether a run begins to draw the scans it was trained on.
//!
//! Two things are looked at, each beside its like from eyes that did not train: how near pictures of validation masks
//! lie to any training scan, and how near pictures of training masks lie to the scans their masks are of. A network
//! that knows its scans by heart shows it first where it is shown a mask that trained.

use rayon::prelude::*;

use super::samples_sheet::SheetRow;
use super::source::Source;
use crate::dataset::samples::Sample;
use crate::metrics::memorisation::{Fingerprint, nearest_training_distance};
use crate::metrics::quantile::quantile;
use crate::scan::GreyImage;

/// Sheets in a row that must agree before a run ends early.
const SHEETS_IN_A_ROW: usize = 2;

/// The scans of a run as small copies, and what was measured so far.
#[derive(Debug)]
pub struct Memorisation {
    training: Vec<Fingerprint>,
    /// Training scans whose masks are drawn, too.
    watched: Vec<Sample>,
    /// Distance of validation scans to their nearest training scan.
    held_out: Option<f64>,
    /// Of each sheet the smaller of its ratios, oldest first.
    ratios: Vec<f64>,
}

/// What a sheet showed; medians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Distance of the pictures of validation masks to the nearest training scan.
    pub synthetic: f64,
    /// The same of validation scans.
    pub held_out: f64,
    /// Distance to the own scan: of pictures of training masks, and of those of validation masks.
    pub own: Option<[f64; 2]>,
}

impl Measured {
    /// What is nearest of what may be recalled, as a part of its like from eyes that did not train.
    fn ratio(&self) -> f64 {
        let nearest = self.synthetic / self.held_out;
        match self.own {
            Some([trained, unseen]) if unseen > 0.0 => nearest.min(trained / unseen),
            _ => nearest,
        }
    }

    /// Why a run ends, in words.
    pub fn reason(&self) -> String {
        let Self { synthetic, held_out, own } = self;
        let own = own.map_or_else(String::new, |[trained, unseen]| {
            format!(
                ", pictures of training masks to their own scans at {trained:.4} (of other masks {unseen:.4})"
            )
        });
        format!(
            "stopped early: the pictures lie nearer to training scans than scans do that nobody trained on, so the \
             network memorises (nearest at {synthetic:.4}, validation scans {held_out:.4}{own})"
        )
    }
}

impl Memorisation {
    /// Watches nothing.
    pub fn none() -> Self {
        Self { training: Vec::new(), watched: Vec::new(), held_out: None, ratios: Vec::new() }
    }

    /// Nothing measured yet; `watched` are training scans whose masks will be drawn, too.
    ///
    /// Scans that are streamed and masks are not watched: they have no labelled scans to be near to.
    pub fn new(source: &Source, watched: Vec<Sample>) -> Self {
        let Source::Labelled(samples) = source else {
            return Self::none();
        };
        let prints = |samples: &[Sample]| -> Vec<Fingerprint> {
            samples
                .par_iter()
                .map(|sample| {
                    let (width, height) = (sample.width as u32, sample.height as u32);
                    Fingerprint::of(&GreyImage::new(width, height, sample.image.clone()))
                })
                .collect()
        };
        let training = prints(&samples.training);
        let held_out = nearest_training_distance(&prints(&samples.validation), &training);
        Self { training, watched, held_out, ratios: Vec::new() }
    }

    /// Training scans whose masks are to be drawn for [`Memorisation::measure`].
    pub fn watched(&self) -> &[Sample] {
        &self.watched
    }

    /// Distances of the pictures of validation masks (`sheet`) and of training masks (`watched`); `None` without
    /// pictures or without validation scans.
    pub fn measure(&mut self, sheet: &[SheetRow], watched: &[SheetRow]) -> Option<Measured> {
        let prints: Vec<Fingerprint> = sheet.iter().map(|row| Fingerprint::of(&row.synthetic)).collect();
        let synthetic = nearest_training_distance(&prints, &self.training)?;
        let held_out = self.held_out.filter(|&distance| distance > 0.0)?;
        let own = own_distance(watched).zip(own_distance(sheet)).map(|(trained, unseen)| [trained, unseen]);
        let measured = Measured { synthetic, held_out, own };
        self.ratios.push(measured.ratio());
        Some(measured)
    }

    /// Whether the last sheets lay nearer than the part `stop` of what eyes that did not train lie at; never for 0.
    pub fn asks_to_stop(&self, stop: f64) -> bool {
        stop > 0.0
            && self.ratios.len() >= SHEETS_IN_A_ROW
            && self.ratios.iter().rev().take(SHEETS_IN_A_ROW).all(|&ratio| ratio < stop)
    }
}

/// The median distance of pictures to the scans of their masks; `None` of none.
fn own_distance(rows: &[SheetRow]) -> Option<f64> {
    let of = |row: &SheetRow| Fingerprint::of(&row.synthetic).distance(&Fingerprint::of(&row.real));
    quantile(&rows.iter().map(of).collect::<Vec<_>>(), 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::memorisation::tests::scan;

    #[test]
    fn two_near_sheets_in_a_row_end_a_run_if_it_is_asked_for() {
        let with = |ratios: &[f64]| Memorisation {
            held_out: Some(1.0),
            ratios: ratios.to_vec(),
            ..Memorisation::none()
        };
        assert!(!with(&[0.1]).asks_to_stop(0.5));
        assert!(!with(&[0.1, 0.9]).asks_to_stop(0.5));
        assert!(with(&[0.9, 0.2, 0.1]).asks_to_stop(0.5));
        assert!(!with(&[0.2, 0.1]).asks_to_stop(0.0));
    }

    #[test]
    fn a_training_mask_that_brings_back_its_scan_is_noticed_though_new_masks_draw_new_scans() {
        let print = |number: u64| Fingerprint::of(&scan(number, number));
        // Of the mask of scan `own` the network draws the anatomy of scan `shown`.
        let row = |own: u64, shown: u64| SheetRow {
            labels: Vec::new(),
            real: scan(own, own),
            synthetic: scan(shown, 5000 + shown),
        };
        let mut watch = Memorisation {
            training: (0..12).map(print).collect(),
            held_out: nearest_training_distance(
                &(100..112).map(print).collect::<Vec<_>>(),
                &(0..12).map(print).collect::<Vec<_>>(),
            ),
            ..Memorisation::none()
        };
        let new: Vec<SheetRow> = (0..12).map(|at| row(100 + at, 200 + at)).collect();
        let alone = watch.measure(&new, &[]).unwrap();
        assert!(alone.own.is_none() && alone.ratio() > 0.5, "{alone:?}");
        let recalled: Vec<SheetRow> = (0..12).map(|at| row(at, at)).collect();
        let found = watch.measure(&new, &recalled).unwrap();
        assert_eq!((found.synthetic, found.held_out), (alone.synthetic, alone.held_out));
        assert!(found.ratio() < 0.3, "{found:?}");
        assert!(!watch.asks_to_stop(0.3));
        watch.measure(&new, &recalled);
        assert!(watch.asks_to_stop(0.3));
        assert!(found.reason().contains("of other masks"), "{}", found.reason());
        let elsewhere: Vec<SheetRow> = (0..12).map(|at| row(at, 300 + at)).collect();
        assert!(watch.measure(&new, &elsewhere).unwrap().ratio() > 0.3, "new scans of training masks");
    }
}
