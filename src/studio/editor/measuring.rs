//! The figures of the page shown, kept up with the mask, a stroke under way included.
//!
//! Only tiles that changed are counted, and only so many a frame: a large scan that has just been opened
//! is measured over a few frames, while the window goes on.

use std::sync::Arc;

use super::session::Session;
use crate::document::Page;
use crate::mask::{Agreement, CentralThickness, LiveMeasure, Mask, Measurements};

/// Largest scan whose graders are compared during a stroke; larger ones are compared at its end.
const LIVE_COMPARISON_PIXELS: u64 = 1 << 20;

/// The figures of the page shown.
#[derive(Default)]
pub struct Measuring {
    live: LiveMeasure,
    known_for: Option<(u64, u64)>,
    measured: Option<Measurements>,
    /// The millimetre about the fovea.
    central: Option<CentralThickness>,
    compared_for: Option<(u64, u64)>,
    agreement: Option<Agreement>,
    /// The other grader that was compared with.
    compared_with: Option<Arc<Mask>>,
}

impl Measuring {
    /// Takes in the page shown. Returns whether there is more to do in the next frame.
    pub fn follow(&mut self, session: &Session) -> bool {
        let now = (session.view_number(), session.editor.revision());
        let page = session.page();
        if self.known_for != Some(now) {
            if !self.live.update(&page.mask, LiveMeasure::TILES_A_FRAME) {
                return true;
            }
            let spacing = page.scan.spacing;
            let is_quick = pixels_of(page) <= LIVE_COMPARISON_PIXELS || !session.editor.is_step_open();
            if is_quick || self.central.is_none() {
                let fovea = page.scan.fovea_column;
                self.central =
                    Some(CentralThickness::with_fovea(&page.mask, self.live.columns(), spacing, fovea));
            }
            let mut measured = self.live.measurements(spacing);
            if let Some(central) = &self.central {
                measured.central = central.thickness;
            }
            self.measured = Some(measured);
            self.known_for = Some(now);
        }
        let Some(other) = &page.second_grader else {
            (self.agreement, self.compared_for, self.compared_with) = (None, None, None);
            return false;
        };
        let may_compare = pixels_of(page) <= LIVE_COMPARISON_PIXELS || !session.editor.is_step_open();
        let is_same = self.compared_with.as_ref().is_some_and(|before| Arc::ptr_eq(before, other));
        if may_compare && (self.compared_for != Some(now) || !is_same) {
            self.agreement = Some(Agreement::of(&page.mask, other));
            self.compared_for = Some(now);
            self.compared_with = Some(other.clone());
        }
        false
    }

    /// Whether the figures are older than the page.
    pub fn is_behind(&self, session: &Session) -> bool {
        self.known_for != Some((session.view_number(), session.editor.revision()))
    }

    /// The figures; `None` until the first page is measured.
    pub fn measured(&self) -> Option<&Measurements> {
        self.measured.as_ref()
    }

    /// The millimetre about the fovea of the page measured last.
    pub fn central(&self) -> Option<&CentralThickness> {
        self.central.as_ref()
    }

    /// Thickness by column, of the mask that was last taken in.
    pub fn live(&self) -> &LiveMeasure {
        &self.live
    }

    /// How far the graders agree, where there are two.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.agreement.as_ref()
    }
}

fn pixels_of(page: &Page) -> u64 {
    u64::from(page.mask.width()) * u64::from(page.mask.height())
}
