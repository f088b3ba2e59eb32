//! The figures of the page shown, kept up with the mask, a stroke under way included.
//!
//! Only tiles that changed are counted, and only so many a frame: a large scan that has just been opened
//! is measured over a few frames, while the window goes on.

use std::sync::Arc;

use super::session::EditorSession;
use crate::document::Page;
use crate::mask::{Agreement, CentralThickness, LiveMeasure, Mask, Measurements};

/// Largest scan in which the fovea is looked for and graders are compared during a stroke; in larger ones at its end.
const LIVE_PIXELS: u64 = 1 << 20;

/// The figures of the page shown.
#[derive(Default)]
pub struct Measuring {
    live: LiveMeasure,
    known_for: Option<(u64, u64)>,
    measured: Option<Measurements>,
    /// The millimetre about the fovea.
    central: Option<CentralThickness>,
    central_for: Option<(u64, u64)>,
    compared_for: Option<(u64, u64)>,
    agreement: Option<Agreement>,
    /// The other grader that was compared with.
    compared_with: Option<Arc<Mask>>,
}

impl Measuring {
    /// Takes in the page shown. Returns whether there is more to do in the next frame.
    pub fn follow(&mut self, session: &EditorSession) -> bool {
        let now = (session.view_number(), session.editor.revision());
        let page = session.page();
        if self.known_for != Some(now) {
            if !self.live.update(&page.mask, LiveMeasure::TILES_A_FRAME) {
                return true;
            }
            self.measured = Some(self.live.measurements(page.scan.spacing));
            self.known_for = Some(now);
        }
        let may_take_long = pixels_of(page) <= LIVE_PIXELS || !session.editor.is_step_open();
        if self.central_for != Some(now) && (may_take_long || self.central.is_none()) {
            let (scan, columns) = (&page.scan, self.live.columns());
            self.central =
                Some(CentralThickness::with_fovea(&page.mask, columns, scan.spacing, scan.fovea_column));
            self.central_for = Some(now);
        }
        if let (Some(measured), Some(central)) = (&mut self.measured, &self.central) {
            measured.central = central.thickness;
        }
        let Some(other) = &page.second_grader else {
            (self.agreement, self.compared_for, self.compared_with) = (None, None, None);
            return false;
        };
        let is_same = self.compared_with.as_ref().is_some_and(|before| Arc::ptr_eq(before, other));
        if may_take_long && (self.compared_for != Some(now) || !is_same) {
            self.agreement = Some(Agreement::of(&page.mask, other));
            self.compared_for = Some(now);
            self.compared_with = Some(other.clone());
        }
        false
    }

    /// Whether the figures are older than the page.
    pub fn is_behind(&self, session: &EditorSession) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{ABOVE_ILM, BELOW_BM};
    use crate::document::{Command, Document};
    use crate::mask::Plane;
    use crate::scan::BScan;

    const SIDE: u32 = 1100;

    /// A retina so many rows thick.
    fn retina(thick: u32) -> Mask {
        let code = |row: u32| match row {
            0..100 => ABOVE_ILM,
            row if row < 100 + thick => 3,
            _ => BELOW_BM,
        };
        let pixels: Vec<u8> = (0..SIDE * SIDE).map(|pixel| code(pixel / SIDE)).collect();
        Mask { layers: Plane::from_pixels(SIDE, SIDE, &pixels), lesions: Plane::filled(SIDE, SIDE, 0) }
    }

    #[test]
    fn the_centre_of_a_large_scan_follows_at_the_end_of_a_stroke() {
        assert!(u64::from(SIDE * SIDE) > LIVE_PIXELS);
        let document = Document::from_scan(BScan::placeholder(SIDE, SIDE, "large"), retina(20));
        let mut session = EditorSession::new(document, None);
        let mut measuring = Measuring::default();
        let mut central = |session: &EditorSession| {
            while measuring.follow(session) {}
            measuring.measured().and_then(|measured| measured.central.px)
        };
        assert_eq!(central(&session), Some(20.0));
        session.editor.begin("stroke");
        let thicker = Command::ReplaceMask { page: 0, mask: retina(30), name: "thicker".to_owned() };
        session.editor.apply(thicker).expect("a mask of the scan's size");
        assert_eq!(central(&session), Some(20.0), "it waits for the end of the stroke");
        session.editor.commit();
        assert_eq!(central(&session), Some(30.0));
    }
}
