//! How the program paints an eye by itself while nobody is there: one lesion after the other, column by column.

use std::time::Duration;

use crate::mask::{Connectivity, Mask, Plane, Region};

/// The eye as it is without its lesions is shown for so long first.
const BEFORE: Duration = Duration::from_millis(1_500);
/// Then its lesions are painted in so long.
const PAINTING: Duration = Duration::from_millis(5_000);
/// And then the whole eye is shown.
const AFTER: Duration = Duration::from_millis(6_500);
/// Pictures of the labels while they are painted: each is a scan to draw.
const STEPS: u32 = 20;
/// Where no scan comes, the next eye comes after this.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the program is doing with an eye.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "what a variant holds is said with the variant")]
pub enum Moment {
    /// The labels are to be these; the brush is at a point of the image.
    Paint { mask: Mask, at: [f32; 2] },
    /// Nothing changes.
    Rest,
    /// It is time for the next eye.
    Over,
}

/// An eye that is painted by itself.
#[derive(Clone, Debug)]
pub struct SelfPainting {
    whole: Mask,
    /// From left to right.
    lesions: Vec<Region>,
    columns: u32,
    begun: Duration,
    step: u32,
}

impl SelfPainting {
    /// Of an eye that is shown from `begun` on.
    pub fn new(whole: Mask, begun: Duration) -> Self {
        let mut lesions = Region::components(&whole.lesions, |code| code != 0, Connectivity::Eight);
        lesions.sort_by_key(|lesion| lesion.bounds().x0);
        let columns = lesions.iter().map(|lesion| lesion.bounds().width()).sum();
        Self { whole, lesions, columns, begun, step: 0 }
    }

    /// The labels before anything is painted.
    pub fn bare(&self) -> Mask {
        let Mask { layers, lesions } = &self.whole;
        Mask { layers: layers.clone(), lesions: Plane::filled(lesions.width(), lesions.height(), 0) }
    }

    /// What is to be done at a time. An eye stays until it has its scan, or for [`PATIENCE`].
    pub fn at(&mut self, now: Duration, has_scan: bool) -> Moment {
        let shown = now.saturating_sub(self.begun);
        let painting = if self.lesions.is_empty() { Duration::ZERO } else { PAINTING };
        if shown >= PATIENCE || has_scan && shown >= BEFORE + painting + AFTER && self.is_whole() {
            return Moment::Over;
        }
        if self.is_whole() {
            return Moment::Rest;
        }
        let share = shown.saturating_sub(BEFORE).as_secs_f32() / PAINTING.as_secs_f32();
        let step = ((share * STEPS as f32) as u32).min(STEPS);
        if step == self.step {
            return Moment::Rest;
        }
        self.step = step;
        let (mask, at) = self.painted(self.columns * step / STEPS);
        Moment::Paint { mask, at }
    }

    /// Whether all of it is painted.
    pub fn is_whole(&self) -> bool {
        self.lesions.is_empty() || self.step == STEPS
    }

    /// With so many columns of its lesions, and where the brush is then.
    fn painted(&self, mut columns: u32) -> (Mask, [f32; 2]) {
        let mut mask = self.bare();
        let mut at = [0.0; 2];
        for lesion in &self.lesions {
            if columns == 0 {
                break;
            }
            let bounds = lesion.bounds();
            let end = bounds.x0 + columns.min(bounds.width());
            columns -= end - bounds.x0;
            for &(y, x0, x1) in lesion.runs() {
                for x in x0..x1.min(end) {
                    mask.lesions.set(x, y, self.whole.lesions.get(x, y));
                }
            }
            at = [end as f32, 0.5 * (bounds.y0 + bounds.y1) as f32];
        }
        (mask, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eye() -> Mask {
        let mut mask = Mask { layers: Plane::filled(80, 40, 4), lesions: Plane::filled(80, 40, 0) };
        for y in 10..16 {
            mask.lesions.fill_run(y, 12, 30, 1);
            mask.lesions.fill_run(y, 50, 60, 2);
        }
        mask
    }

    #[test]
    fn the_lesions_grow_until_the_eye_is_whole_and_then_it_rests() {
        let whole = eye();
        let mut painting = SelfPainting::new(whole.clone(), Duration::from_secs(10));
        assert_eq!(painting.bare().lesions.histogram()[0], 80 * 40);
        assert_eq!(painting.at(Duration::from_millis(10_900), true), Moment::Rest);
        let (mut painted, mut shown) = (0, painting.bare());
        for tenth in 115..170 {
            if let Moment::Paint { mask, at } = painting.at(Duration::from_millis(tenth * 100), true) {
                let now = 80 * 40 - mask.lesions.histogram()[0];
                assert!(now >= painted && at[0] >= 12.0 && at[0] <= 60.0, "{now} px, brush at {at:?}");
                (painted, shown) = (now, mask);
            }
        }
        assert_eq!((shown, painting.is_whole()), (whole, true));
        assert_eq!(painting.at(Duration::from_secs(18), true), Moment::Rest);
        assert_eq!(painting.at(Duration::from_secs(24), false), Moment::Rest, "its scan is still to come");
        assert_eq!(painting.at(Duration::from_secs(24), true), Moment::Over);
        assert_eq!(painting.at(Duration::from_secs(40), false), Moment::Over, "none comes");
    }

    #[test]
    fn an_eye_without_lesions_is_shown_for_a_shorter_time() {
        let healthy = Mask { layers: Plane::filled(80, 40, 4), lesions: Plane::filled(80, 40, 0) };
        let mut painting = SelfPainting::new(healthy, Duration::ZERO);
        assert_eq!(painting.at(Duration::from_secs(7), true), Moment::Rest);
        assert_eq!(painting.at(Duration::from_secs(9), true), Moment::Over);
    }
}
