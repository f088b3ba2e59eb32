//! Exactly so many cysts of exactly so much area, where a drawn mask is wettest.
//!
//! A network follows a count and an area loosely. So both are met afterwards: the deepest separate places become
//! seeds, from each a cyst grows into what is wettest next to it, and no two may touch: there is tissue between them. A cyst grows through the
//! sides of pixels, so that it is one region however regions are counted.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::flattened::OUTSIDE_RETINA;

/// A cyst has at least so many pixels: fewer are a speck, which is not counted.
pub const LEAST_CYST_PX: usize = 12;
/// A seed grows at least so far, with room for what a repair may nibble.
const LEAST_GROWN_PX: usize = LEAST_CYST_PX + 4;
/// Seeds lie at least so far apart while there is room.
const APART_UM: f32 = 90.0;
/// Nearer than this they would touch before they are cysts.
const LEAST_APART_UM: f32 = 25.0;
/// Two cysts have at least such a wall between them, and never touch.
const WALL_UM: f32 = 24.0;
/// How much a pixel further from its seed is put off, so that cysts on level ground stay compact: fluid depth per um.
const COMPACTNESS: f32 = 0.004;

/// How deep in fluid every pixel lies, and how large pixels are.
#[derive(Clone, Copy, Debug)]
pub struct FluidField<'a> {
    /// Row-major; positive is fluid, [`OUTSIDE_RETINA`] cannot be.
    pub depth: &'a [f32],
    pub width: usize,
    /// Down, across.
    pub pixel_um: [f32; 2],
}

/// What the fluid of a mask shall be; what is `None` is left to the field.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FluidWish {
    pub cysts: Option<u32>,
    pub area_px: Option<usize>,
}

impl FluidField<'_> {
    /// The fluid pixels, row-major. As many cysts as wished, if the retina has room for them; their area to the pixel,
    /// unless the cysts need more to be seen.
    pub fn placed(&self, wish: FluidWish) -> Vec<bool> {
        let natural = self.natural();
        if wish == FluidWish::default() {
            return lit(&natural.concat(), self.depth.len());
        }
        let natural_px: usize = natural.iter().map(Vec::len).sum();
        let count = match (wish.cysts, wish.area_px) {
            (Some(count), _) => count as usize,
            (None, Some(0)) => 0,
            (None, _) => natural.len().max(1),
        };
        let area_px = wish.area_px.unwrap_or_else(|| natural_px.max(count * 3 * LEAST_GROWN_PX));
        if count == 0 || area_px == 0 {
            return vec![false; self.depth.len()];
        }
        self.grown(&self.seeds(&natural, count), area_px)
    }

    /// The regions of the field that are fluid and no specks, largest first.
    fn natural(&self) -> Vec<Vec<usize>> {
        let mut seen: Vec<bool> = self.depth.iter().map(|&depth| depth <= 0.0).collect();
        let mut regions = Vec::new();
        for start in 0..seen.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut region = vec![start];
            let mut next = 0;
            while let Some(&pixel) = region.get(next) {
                next += 1;
                for beside in self.sides(pixel) {
                    if !std::mem::replace(&mut seen[beside], true) {
                        region.push(beside);
                    }
                }
            }
            if region.len() >= LEAST_CYST_PX {
                regions.push(region);
            }
        }
        regions.sort_by_key(|region| std::cmp::Reverse(region.len()));
        regions
    }

    /// The deepest pixel of each of the largest regions, then the deepest others that lie apart from all before.
    fn seeds(&self, natural: &[Vec<usize>], count: usize) -> Vec<usize> {
        let deepest = |region: &Vec<usize>| {
            let by_depth = |a: &&usize, b: &&usize| self.depth[**a].total_cmp(&self.depth[**b]);
            region.iter().max_by(by_depth).copied()
        };
        let mut seeds: Vec<usize> = natural.iter().take(count).filter_map(deepest).collect();
        let mut candidates: Vec<usize> =
            (0..self.depth.len()).filter(|&pixel| self.depth[pixel] > OUTSIDE_RETINA).collect();
        // Equal depths in a fixed but scattered order: level ground has no first place.
        let scattered = |pixel: usize| (pixel as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20;
        candidates.sort_by(|&a, &b| {
            self.depth[b].total_cmp(&self.depth[a]).then_with(|| scattered(a).cmp(&scattered(b)))
        });
        let mut apart_um = APART_UM;
        while seeds.len() < count && apart_um >= LEAST_APART_UM {
            for &pixel in &candidates {
                if seeds.len() == count {
                    break;
                }
                if seeds.iter().all(|&seed| self.distance_um(seed, pixel) >= apart_um) {
                    seeds.push(pixel);
                }
            }
            apart_um *= 0.7;
        }
        seeds
    }

    /// Grows a cyst from every seed: each to its least size, then all together, the wettest pixel first.
    fn grown(&self, seeds: &[usize], area_px: usize) -> Vec<bool> {
        let mut owners: Vec<Option<usize>> = vec![None; self.depth.len()];
        let mut fronts: Vec<BinaryHeap<Front>> = Vec::new();
        let mut grown_px = 0;
        for (cyst, &seed) in seeds.iter().enumerate() {
            let mut front = BinaryHeap::from([Front { level: self.depth[seed], pixel: seed, cyst }]);
            let mut size = 0;
            while size < LEAST_GROWN_PX
                && let Some(next) = front.pop()
            {
                size += usize::from(self.take(next, seeds, &mut owners, &mut front));
            }
            grown_px += size;
            fronts.push(front);
        }
        let mut front: BinaryHeap<Front> = fronts.into_iter().flatten().collect();
        while grown_px < area_px
            && let Some(next) = front.pop()
        {
            grown_px += usize::from(self.take(next, seeds, &mut owners, &mut front));
        }
        owners.into_iter().map(|owner| owner.is_some()).collect()
    }

    /// Gives a pixel to its cyst, unless it has an owner or would touch another cyst; says whether it did.
    fn take(
        &self,
        next: Front,
        seeds: &[usize],
        owners: &mut [Option<usize>],
        front: &mut BinaryHeap<Front>,
    ) -> bool {
        let is_foreign = |&at: &usize| owners[at].is_some_and(|owner| owner != next.cyst);
        if owners[next.pixel].is_some() || self.around(next.pixel).any(|at| is_foreign(&at)) {
            return false;
        }
        owners[next.pixel] = Some(next.cyst);
        for pixel in self.sides(next.pixel) {
            if owners[pixel].is_none() && self.depth[pixel] > OUTSIDE_RETINA {
                let far = COMPACTNESS * self.distance_um(seeds[next.cyst], pixel);
                front.push(Front {
                    level: (self.depth[pixel] - far).min(next.level),
                    pixel,
                    cyst: next.cyst,
                });
            }
        }
        true
    }

    fn distance_um(&self, a: usize, b: usize) -> f32 {
        let across = (a % self.width).abs_diff(b % self.width) as f32 * self.pixel_um[1];
        let down = (a / self.width).abs_diff(b / self.width) as f32 * self.pixel_um[0];
        across.hypot(down)
    }

    /// Pixels that share a side with one.
    fn sides(&self, pixel: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, count) = (self.width, self.depth.len());
        let x = pixel % width;
        let left = (x > 0).then(|| pixel - 1);
        let right = (x + 1 < width).then_some(pixel + 1);
        let below = (pixel + width < count).then_some(pixel + width);
        [left, right, pixel.checked_sub(width), below].into_iter().flatten()
    }

    /// Pixels so near to one that no other cyst may lie there.
    fn around(&self, pixel: usize) -> impl Iterator<Item = usize> + use<> {
        let (width, height) = (self.width, self.depth.len() / self.width);
        let (x, y) = (pixel % width, pixel / width);
        let [rows, columns] = self.pixel_um.map(|um| ((WALL_UM / um) as usize).max(1));
        let columns = x.saturating_sub(columns)..=(x + columns).min(width - 1);
        (y.saturating_sub(rows)..=(y + rows).min(height - 1))
            .flat_map(move |y| columns.clone().map(move |x| y * width + x))
    }
}

/// A pixel that a cyst may take next; the wettest comes first, then the one further up and left.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Front {
    level: f32,
    pixel: usize,
    cyst: usize,
}

impl Eq for Front {}

impl Ord for Front {
    fn cmp(&self, other: &Self) -> Ordering {
        self.level
            .total_cmp(&other.level)
            .then_with(|| other.pixel.cmp(&self.pixel))
            .then_with(|| other.cyst.cmp(&self.cyst))
    }
}

impl PartialOrd for Front {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn lit(pixels: &[usize], count: usize) -> Vec<bool> {
    let mut plane = vec![false; count];
    pixels.iter().for_each(|&pixel| plane[pixel] = true);
    plane
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Connectivity, Plane, Region};

    const WIDTH: usize = 120;

    /// Two hills of fluid, a low one beside them, and nothing above row 10.
    fn field() -> Vec<f32> {
        (0..WIDTH * 60)
            .map(|at| {
                let (x, y) = ((at % WIDTH) as f32, (at / WIDTH) as f32);
                let hill = |cx: f32, cy: f32, top: f32| top - ((x - cx) / 12.0).hypot((y - cy) / 6.0);
                let depth = hill(30.0, 30.0, 0.9).max(hill(80.0, 34.0, 0.7)).max(hill(60.0, 40.0, -0.1));
                if y < 10.0 { OUTSIDE_RETINA } else { depth.max(-1.0) }
            })
            .collect()
    }

    fn regions(lit: &[bool]) -> Vec<u64> {
        let plane =
            Plane::from_pixels(WIDTH as u32, 60, &lit.iter().map(|&lit| u8::from(lit)).collect::<Vec<_>>());
        Region::components(&plane, |code| code == 1, Connectivity::Eight)
            .iter()
            .map(Region::pixel_count)
            .collect()
    }

    #[test]
    fn without_a_wish_the_field_decides() {
        let depth = field();
        let lit =
            FluidField { depth: &depth, width: WIDTH, pixel_um: [4.0, 11.0] }.placed(FluidWish::default());
        assert_eq!(regions(&lit).len(), 2);
        assert!(lit.iter().zip(&depth).all(|(&lit, &depth)| lit == (depth > 0.0)));
    }

    #[test]
    fn counts_and_areas_are_met_exactly() {
        let depth = field();
        let field = FluidField { depth: &depth, width: WIDTH, pixel_um: [4.0, 11.0] };
        for count in 0..=12 {
            for area_px in [0, 250, 700, 1500] {
                let lit = field.placed(FluidWish { cysts: Some(count), area_px: Some(area_px) });
                let found = regions(&lit);
                let expected = if area_px == 0 { 0 } else { count as usize };
                assert_eq!(found.len(), expected, "{count} cysts of {area_px} px: {found:?}");
                assert!(found.iter().all(|&size| size >= LEAST_CYST_PX as u64), "{found:?}");
                if expected > 0 {
                    assert_eq!(found.iter().sum::<u64>() as usize, area_px, "{count} cysts");
                }
                assert!(lit[..10 * WIDTH].iter().all(|&lit| !lit), "outside the retina");
            }
        }
    }

    #[test]
    fn an_area_alone_keeps_the_number_of_cysts_of_the_field() {
        let depth = field();
        let field = FluidField { depth: &depth, width: WIDTH, pixel_um: [4.0, 11.0] };
        let lit = field.placed(FluidWish { cysts: None, area_px: Some(300) });
        assert_eq!(regions(&lit).len(), 2);
        let level = vec![-1.0; depth.len()];
        let lit = FluidField { depth: &level, ..field }.placed(FluidWish { cysts: Some(3), area_px: None });
        assert_eq!(regions(&lit).len(), 3, "level ground, too");
    }
}
