//! The gesture of the lesion tools: a click places one of the chosen size, a drag draws one out from where it began.

/// A lesion that is being drawn out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct DrawingOut {
    /// Where it was pressed, in image coordinates.
    pub centre: [f32; 2],
    /// `None` until the pointer has moved away from where it was pressed.
    pub towards: Option<[f32; 2]>,
}

impl DrawingOut {
    /// Pressed here.
    pub fn at(centre: [f32; 2]) -> Self {
        Self { centre, towards: None }
    }

    /// Follows the pointer; answers whether it is drawn out now. A hand that only clicks moves by less than half a
    /// reach (image pixels along each axis).
    pub fn drag(&mut self, at: [f32; 2], reach: [f32; 2]) -> bool {
        let away = [0, 1].map(|axis| (at[axis] - self.centre[axis]) / reach[axis]);
        if self.towards.is_some() || away[0].hypot(away[1]) > 0.5 {
            self.towards = Some(at);
        }
        self.towards.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_that_trembles_draws_nothing_out_and_a_drag_may_come_back() {
        let mut drawing = DrawingOut::at([10.0, 20.0]);
        assert!(!drawing.drag([12.0, 20.5], [8.0, 4.0]));
        assert!(drawing.drag([15.0, 20.0], [8.0, 4.0]));
        assert!(drawing.drag([10.0, 20.0], [8.0, 4.0]), "it began");
        assert_eq!(drawing.towards, Some([10.0, 20.0]));
    }
}
