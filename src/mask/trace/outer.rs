//! ISM/ISE, OS/RPE and BM: three edges of the bright outer bands, found together along their guide.

use super::field::Field;
use super::retina::Guides;
use super::surfaces::States;

/// Rows around the guide in which the ISM/ISE is looked for.
const REACH: usize = 16;
/// Thickness of the ISE and of the OS-RPE: least, and number of choices, in rows.
const ISE: (usize, usize) = (2, 12);
const OS_RPE: (usize, usize) = (3, 12);
/// Usual thickness in rows, and the price of a row more or less, squared.
const USUAL: [f32; 2] = [7.5, 8.0];
const UNUSUAL_PRICE: f32 = 0.008;
const CHANGE: [f32; 3] = [0.12, 0.12, 0.12];

/// Rows of the three interfaces, one a column.
pub fn find(field: &Field, guides: &Guides) -> [Vec<f32>; 3] {
    let first: Vec<i32> = guides.bands.iter().map(|row| row.round() as i32 - REACH as i32).collect();
    let states = States { places: 2 * REACH + 1, second: ISE, third: OS_RPE, change: CHANGE };
    let reach = states.places + ISE.0 + ISE.1 + OS_RPE.0 + OS_RPE.1;
    let lines = states.cheapest(field.width, |x, costs| {
        if field.rows(x).is_none() {
            costs.fill(0.0);
            return;
        }
        let scale = column_scale(field, guides, x);
        let edges = |price: fn(&Field, usize, usize) -> f32| -> Vec<f32> {
            (0..reach).map(|i| price(field, x, (first[x] + i as i32).max(0) as usize) / scale).collect()
        };
        let upper = edges(|field, x, y| -1.2 * field.step(x, y, 4));
        let middle = edges(|field, x, y| -0.7 * field.step(x, y, 3));
        let lower = edges(|field, x, y| 0.6 * field.step(x, y, 4) + 0.6 * field.step(x, y, 9));
        let mut costs = costs.iter_mut();
        for (place, upper) in upper.iter().enumerate().take(states.places) {
            for ise in ISE.0..ISE.0 + ISE.1 {
                let so_far = upper + middle[place + ise] + unusual(ise, USUAL[0]);
                for os_rpe in OS_RPE.0..OS_RPE.0 + OS_RPE.1 {
                    if let Some(cost) = costs.next() {
                        *cost = so_far + lower[place + ise + os_rpe] + unusual(os_rpe, USUAL[1]);
                    }
                }
            }
        }
    });
    std::array::from_fn(|line| {
        lines.iter().zip(&first).map(|(places, first)| (places[line] as i32 + first) as f32).collect()
    })
}

fn unusual(rows: usize, usual: f32) -> f32 {
    UNUSUAL_PRICE * (rows as f32 - usual).powi(2)
}

/// Contrast of the outer bands in a column: in the shadow of a vessel everything is fainter.
pub fn column_scale(field: &Field, guides: &Guides, x: usize) -> f32 {
    let row = guides.bands[x];
    let bands =
        field.mean(x, row - 2.0, row + 18.0) - field.mean(x, guides.ilm[x] - 30.0, guides.ilm[x] - 6.0);
    bands.clamp(0.35 * guides.contrast, 1.2 * guides.contrast)
}
