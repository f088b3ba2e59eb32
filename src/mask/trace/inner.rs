//! The inner interfaces: IPL/INL, INL/OPL and OPL/ONL together, then NFL/GCL above them.
//!
//! They are looked for on levels between ILM and ISM/ISE, so that a foveal pit and a swollen macula are
//! one shape, and a level means about the same place everywhere.

use super::field::Field;
use super::surfaces::States;

/// Levels between ILM and ISM/ISE.
const LEVELS: usize = 64;
/// Columns per step of the search.
const STRIDE: usize = 2;
/// Places of the IPL/INL, in levels from the first one on.
const FIRST: usize = 4;
const PLACES: usize = 50;
/// Thickness of INL and OPL in levels: least, and number of choices.
const INL: (usize, usize) = (1, 36);
const OPL: (usize, usize) = (1, 18);
const USUAL: [f32; 2] = [8.0, 8.0];
const UNUSUAL_PRICE: f32 = 0.002;
/// Usual level of IPL/INL and OPL/ONL, the price of a level away, squared, and the most it costs.
const USUAL_LEVELS: [f32; 2] = [26.0, 42.0];
const UNUSUAL_LEVEL: (f32, f32) = (0.0008, 0.2);
/// Weight of the darkness of the whole ONL-ISM against the OPL.
const WHOLE_ONL: f32 = 0.3;
/// Most that an unusual thickness costs: cysts and swelling happen.
const MAX_UNUSUAL_PRICE: f32 = 0.12;
const CHANGE: [f32; 3] = [0.05, 0.05, 0.05];

/// Rows of IPL/INL, INL/OPL and OPL/ONL, one a column, between the two lines given.
pub fn find(field: &Field, scale: &[f32], ilm: &[f32], ise: &[f32]) -> [Vec<f32>; 3] {
    let columns: Vec<usize> = (0..field.width).step_by(STRIDE).collect();
    let states = States { places: PLACES, second: INL, third: OPL, change: CHANGE };
    let row = |x: usize, level: f32| ilm[x] + (ise[x] - ilm[x]) * level / LEVELS as f32;
    let reach = PLACES + FIRST + INL.0 + INL.1 + OPL.0 + OPL.1;
    let lines = states.cheapest(columns.len(), |i, costs| {
        let x = columns[i];
        if field.rows(x).is_none() {
            costs.fill(0.0);
            return;
        }
        let edges = |price: fn(&Field, usize, usize) -> f32| -> Vec<f32> {
            (0..reach)
                .map(|level| price(field, x, row(x, level as f32).round().max(0.0) as usize) / scale[x])
                .collect()
        };
        let mut upper = edges(|field, x, y| field.step(x, y, 6));
        let middle = edges(|field, x, y| -field.step(x, y, 5));
        let mut lower = edges(|field, x, y| field.step(x, y, 6));
        for (level, (upper, lower)) in upper.iter_mut().zip(&mut lower).enumerate() {
            let y = row(x, level as f32);
            let onl = field.mean(x, y, (ise[x] - 3.0).max(y + 4.0)) - field.mean(x, y - 6.0, y);
            *lower += WHOLE_ONL * onl / scale[x] + unusual_level(level, USUAL_LEVELS[1]);
            *upper += unusual_level(level, USUAL_LEVELS[0]);
        }
        let mut costs = costs.iter_mut();
        for place in 0..PLACES {
            for inl in INL.0..INL.0 + INL.1 {
                let inl_end = place + FIRST + inl;
                let so_far = upper[place + FIRST] + middle[inl_end] + unusual(inl, USUAL[0]);
                for opl in OPL.0..OPL.0 + OPL.1 {
                    if let Some(cost) = costs.next() {
                        let end = inl_end + opl;
                        let fits = if end < LEVELS - 2 { 0.0 } else { 4.0 };
                        *cost = so_far + lower[end] + unusual(opl, USUAL[1]) + fits;
                    }
                }
            }
        }
    });
    std::array::from_fn(|line| {
        let level = |i: usize| (lines[i.min(lines.len() - 1)][line] + FIRST) as f32;
        (0..field.width)
            .map(|x| {
                let share = (x % STRIDE) as f32 / STRIDE as f32;
                row(x, level(x / STRIDE) * (1.0 - share) + level(x / STRIDE + 1) * share)
            })
            .collect()
    })
}

fn unusual_level(level: usize, usual: f32) -> f32 {
    (UNUSUAL_LEVEL.0 * (level as f32 - usual).powi(2)).min(UNUSUAL_LEVEL.1)
}

fn unusual(levels: usize, usual: f32) -> f32 {
    (UNUSUAL_PRICE * (levels as f32 - usual).powi(2)).min(MAX_UNUSUAL_PRICE)
}
