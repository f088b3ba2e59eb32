//! The bright line under subretinal fluid and over a detached pigment epithelium.
//!
//! On a scan SRF is a dark dome over the bright line of the pigment epithelium, and a PED lifts that line. A network that
//! takes both for IRF (see [`super::unseen_fluid`]) knows no such line beside fluid and draws it at a half to three quarters
//! of its brightness. So what came is measured along the line, and what it misses of the mean of the same layer in the columns
//! without such fluid is multiplied into it: beneath the SRF of a column and above its PED, and nowhere else. What the
//! network drew as bright stays as it is, and so do speckle and shadows that are narrower than [`REACH_COLUMNS`].

use crate::anatomy::{BELOW_BM, LESION_BASE, Lesion};
use crate::encoding::labels::LabelScheme;

/// The layer that SRF splits and a PED lifts.
const OS_RPE: u8 = BELOW_BM - 1;
/// Columns to either side over which the line is measured: less is speckle.
const REACH_COLUMNS: usize = 8;
/// Columns over which the line passes into what lies beside the fluid, where the network draws it nearly as bright as usual.
const END_COLUMNS: f32 = 6.0;
/// Share of its factor that the first and the last row of the line get: a scan has no sharper edges.
const EDGE_SHARE: f32 = 2.0 / 3.0;
/// Rows that may lie between the fluid and the line, as where fluid was painted over layers instead of lifting them.
const GAP_ROWS: usize = 8;
/// What a grey may be multiplied by at most.
const MAX_FACTOR: f32 = 2.5;
/// Fewer pixels without fluid above or below are nothing to compare with.
const LEAST_OUTSIDE: usize = 50;
/// A grey, as a share of white, that can be divided by.
const LEAST_GREY: f32 = 0.01;

/// The lines of a mask that are to be bright.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BrightLines {
    /// Pixels of the layer in columns without SRF and PED.
    outside: Vec<usize>,
    /// Columns beside each other with such fluid, from the left.
    domes: Vec<Vec<Column>>,
    /// How much of what is missing is added, 0 to 1.
    share: f32,
}

/// The line in one column of fluid.
#[derive(Clone, Debug, PartialEq)]
struct Column {
    /// Its pixels from above; none where the fluid has no line.
    pixels: Vec<usize>,
    /// How much of its factor it gets, less towards the ends of the fluid.
    part: f32,
}

/// Where in a column fluid that a network takes for IRF lies.
#[derive(Clone, Copy, Debug)]
struct Fluid {
    last_srf: Option<usize>,
    first_ped: Option<usize>,
}

impl BrightLines {
    /// The lines beside SRF and PED that a network takes for IRF, of composite codes on a grid, row-major; `None` where
    /// there are none, `share` is 0, or too little of the layer lies outside of them.
    pub fn of(scheme: &LabelScheme, labels: &[u8], width: usize, share: f64) -> Option<Self> {
        let kinds = [Lesion::Srf, Lesion::Ped];
        let [srf, ped] = kinds.map(|lesion| LESION_BASE + lesion.code());
        let [takes_srf, takes_ped] = kinds.map(|lesion| scheme.is_encoded_as_irf(lesion));
        let has_fluid = labels.iter().any(|&code| (code == srf && takes_srf) || (code == ped && takes_ped));
        if share <= 0.0 || !has_fluid {
            return None;
        }
        let height = labels.len() / width;
        let mut outside = Vec::new();
        let mut lines: Vec<Option<Vec<usize>>> = Vec::with_capacity(width);
        for x in 0..width {
            let codes: Vec<u8> = (0..height).map(|y| labels[y * width + x]).collect();
            let pixels = |rows: Vec<usize>| rows.into_iter().map(|y| y * width + x).collect::<Vec<usize>>();
            let last_srf = codes.iter().rposition(|&code| code == srf);
            let first_ped = codes.iter().position(|&code| code == ped);
            if last_srf.is_none() && first_ped.is_none() {
                outside.extend(pixels(rows_of_layer(&codes, 0, height)));
            }
            let last_srf = last_srf.filter(|_| takes_srf);
            let first_ped = first_ped.filter(|_| takes_ped);
            let has_dome = last_srf.is_some() || first_ped.is_some();
            lines.push(has_dome.then(|| pixels(Fluid { last_srf, first_ped }.rows_of_line(&codes))));
        }
        let has_line = lines.iter().flatten().any(|line| !line.is_empty());
        (has_line && outside.len() >= LEAST_OUTSIDE).then(|| Self {
            outside,
            domes: domes(lines),
            share: share.min(1.0) as f32,
        })
    }

    /// Changes a picture, row-major in `[-1, 1]`, so that its lines are bright; `share` of it, so that what is left of a
    /// real scan is not changed once more.
    pub fn meet(&self, picture: &mut [f32], share: f32) {
        let usual = self.outside.iter().map(|&at| grey(picture, at)).sum::<f32>() / self.outside.len() as f32;
        for dome in &self.domes {
            let sums: Vec<(usize, f32)> = dome
                .iter()
                .map(|column| {
                    let greys = column.pixels.iter().map(|&at| grey(picture, at));
                    (column.pixels.len(), greys.sum())
                })
                .collect();
            for (index, column) in dome.iter().enumerate() {
                let near = index.saturating_sub(REACH_COLUMNS)..(index + REACH_COLUMNS + 1).min(dome.len());
                let (count, sum) =
                    sums[near].iter().fold((0_usize, 0.0_f32), |sums, one| (sums.0 + one.0, sums.1 + one.1));
                if count == 0 {
                    continue;
                }
                let factor = (usual / (sum / count as f32).max(LEAST_GREY)).clamp(1.0, MAX_FACTOR);
                let change = (factor - 1.0) * column.part * self.share * share;
                let last = column.pixels.len().saturating_sub(1);
                for (row, &at) in column.pixels.iter().enumerate() {
                    let part = if row == 0 || row == last { EDGE_SHARE } else { 1.0 };
                    // What stays as it is keeps every bit.
                    if change > 0.0 {
                        picture[at] = (picture[at] + (picture[at] + 1.0) * change * part).min(1.0);
                    }
                }
            }
        }
    }
}

impl Fluid {
    /// Rows of the layer beneath the SRF and above the PED of a column, where it is near.
    fn rows_of_line(self, codes: &[u8]) -> Vec<usize> {
        let (from, to) = (self.last_srf.map_or(0, |y| y + 1), self.first_ped.unwrap_or(codes.len()));
        let rows = rows_of_layer(codes, from, to);
        let gap = match self.last_srf {
            Some(_) => rows.first().map(|first| first - from),
            None => rows.last().map(|last| to - 1 - last),
        };
        if gap.is_some_and(|gap| gap <= GAP_ROWS) { rows } else { Vec::new() }
    }
}

/// Of a pixel, as a share of white.
fn grey(picture: &[f32], at: usize) -> f32 {
    (picture[at] + 1.0) / 2.0
}

fn rows_of_layer(codes: &[u8], from: usize, to: usize) -> Vec<usize> {
    (from..to).filter(|&y| codes[y] == OS_RPE).collect()
}

/// Columns beside each other that have fluid, from the line of every column; `None` has no fluid.
fn domes(lines: Vec<Option<Vec<usize>>>) -> Vec<Vec<Column>> {
    let width = lines.len();
    let mut domes: Vec<Vec<Column>> = Vec::new();
    let mut began = None;
    for (x, pixels) in lines.into_iter().enumerate() {
        let Some(pixels) = pixels else {
            began = None;
            continue;
        };
        if began.is_none() {
            began = Some(x);
            domes.push(Vec::new());
        }
        // The sides of the scan are no end of the fluid.
        let from_left = if began == Some(0) { width } else { x - began.unwrap_or(x) };
        if let Some(dome) = domes.last_mut() {
            dome.push(Column { pixels, part: end_share(from_left) });
        }
    }
    let reaches_side = began.is_some();
    let count = domes.len();
    for (index, dome) in domes.iter_mut().enumerate() {
        if reaches_side && index + 1 == count {
            continue;
        }
        for (from_right, column) in dome.iter_mut().rev().enumerate() {
            column.part = column.part.min(end_share(from_right));
        }
    }
    domes
}

/// What a column gets that lies so many others away from the end of its fluid.
fn end_share(columns: usize) -> f32 {
    ((columns as f32 + 0.5) / END_COLUMNS).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::IRF;
    use crate::encoding::noise::Rng;

    const WIDTH: usize = 160;
    const HEIGHT: usize = 60;
    /// Columns of the dome.
    const DOME: std::ops::Range<usize> = 50..110;

    /// ONL down to row 29, ISE to 35, OS-RPE to 45, with fluid in `rows` of the columns of the dome.
    fn labels(code: u8, rows: std::ops::Range<usize>) -> Vec<u8> {
        let code_at = |at: usize| {
            let (x, y) = (at % WIDTH, at / WIDTH);
            match y {
                y if DOME.contains(&x) && rows.contains(&y) => code,
                0..30 => 5,
                30..36 => 6,
                36..46 => OS_RPE,
                _ => BELOW_BM,
            }
        };
        (0..WIDTH * HEIGHT).map(code_at).collect()
    }

    /// A line of 180 levels that is drawn at 105 in the middle of the dome, nearer to its own at the ends; speckled.
    fn picture(labels: &[u8]) -> Vec<f32> {
        let mut rng = Rng::new(7, 0, 0);
        let pixels = labels.iter().enumerate().map(|(at, &code)| {
            let (x, grey) = (at % WIDTH, if code == OS_RPE { 180.0 } else { 60.0 });
            let inside = (x + 1).saturating_sub(DOME.start).min(DOME.end.saturating_sub(x)) as f32;
            let seen = if code == OS_RPE { 1.0 - 0.42 * (inside / 8.0).min(1.0) } else { 1.0 };
            grey * seen * (0.9 + 0.2 * rng.uniform() as f32) / 127.5 - 1.0
        });
        pixels.collect()
    }

    fn lines(labels: &[u8], share: f64) -> Option<BrightLines> {
        BrightLines::of(&LabelScheme::studio(), labels, WIDTH, share)
    }

    /// Mean grey in levels of OS-RPE in columns and rows.
    fn mean(
        labels: &[u8],
        picture: &[f32],
        columns: std::ops::Range<usize>,
        rows: std::ops::Range<usize>,
    ) -> f32 {
        let is_in = |at: &usize| columns.contains(&(at % WIDTH)) && rows.contains(&(at / WIDTH));
        let pixels = (0..labels.len()).filter(is_in).filter(|&at| labels[at] == OS_RPE);
        let greys: Vec<f32> = pixels.map(|at| (picture[at] + 1.0) * 127.5).collect();
        greys.iter().sum::<f32>() / greys.len() as f32
    }

    #[test]
    fn the_line_under_srf_and_over_a_ped_becomes_as_bright_as_elsewhere_and_nothing_else_changes() {
        // SRF opens within the layer, of which three rows go up; a PED lies below it, with a row left beneath.
        for (code, fluid, line) in [(10, 39..41, 41..46), (11, 43..45, 36..43)] {
            let labels = labels(code, fluid);
            let before = picture(&labels);
            let mut after = before.clone();
            lines(&labels, 1.0).expect("a line").meet(&mut after, 1.0);
            let usual = mean(&labels, &before, 0..DOME.start, 0..HEIGHT);
            let [was, is] = [&before, &after].map(|picture| mean(&labels, picture, 60..100, line.clone()));
            assert!(was < 0.65 * usual, "{code}: {was} of {usual}");
            assert!((0.9..1.03).contains(&(is / usual)), "{code}: {is} of {usual}");
            for at in 0..labels.len() {
                let is_line =
                    DOME.contains(&(at % WIDTH)) && line.contains(&(at / WIDTH)) && labels[at] == OS_RPE;
                assert!(is_line || after[at] == before[at], "{code}: pixel {at} is no line");
            }
            // Towards the ends less and less, so that nothing jumps.
            let factor = |x: usize| {
                let at = (line.start + 1) * WIDTH + x;
                (after[at] + 1.0) / (before[at] + 1.0)
            };
            assert!(factor(DOME.start) < 1.1 && factor(DOME.end - 1) < 1.1, "{}", factor(DOME.start));
            let steps = (DOME.start..DOME.end).map(|x| (factor(x) - factor(x - 1)).abs());
            assert!(steps.fold(0.0, f32::max) < 0.2, "a cliff");
        }
    }

    #[test]
    fn between_srf_and_a_ped_lies_the_line_of_both() {
        let mut labels = labels(10, 30..38);
        for y in 43..45 {
            labels[y * WIDTH..][DOME].fill(11);
        }
        let before = picture(&labels);
        let mut after = before.clone();
        lines(&labels, 1.0).expect("a line").meet(&mut after, 1.0);
        let changed: Vec<usize> = (0..labels.len()).filter(|&at| after[at] != before[at]).collect();
        assert!(!changed.is_empty());
        assert!(changed.iter().all(|at| (38..43).contains(&(at / WIDTH)) && DOME.contains(&(at % WIDTH))));
    }

    #[test]
    fn a_line_that_came_bright_stays_and_a_share_gives_a_part() {
        let labels = labels(10, 39..41);
        let line = lines(&labels, 1.0).expect("a line");
        let bright: Vec<f32> =
            (0..labels.len()).map(|at| if DOME.contains(&(at % WIDTH)) { 0.6 } else { 0.5 }).collect();
        let mut after = bright.clone();
        line.meet(&mut after, 1.0);
        assert_eq!(after, bright);
        let before = picture(&labels);
        let brightness = |of: &BrightLines, share: f32| {
            let mut after = before.clone();
            of.meet(&mut after, share);
            mean(&labels, &after, 60..100, 41..46)
        };
        let whole = brightness(&line, 1.0);
        assert!(whole > brightness(&line, 0.5) + 10.0);
        let half = lines(&labels, 0.5).expect("a line");
        assert!((brightness(&half, 1.0) - brightness(&line, 0.5)).abs() < 1e-3);
        assert_eq!(brightness(&line, 0.0), mean(&labels, &before, 60..100, 41..46));
    }

    #[test]
    fn fluid_that_a_scan_cuts_off_has_no_end_there() {
        let parts_of_ends = |x: usize| {
            let mut labels = vec![OS_RPE; 40 * HEIGHT];
            for y in 10..20 {
                labels[y * 40 + x..][..20].fill(10);
            }
            let line = BrightLines::of(&LabelScheme::studio(), &labels, 40, 1.0).expect("a line");
            let parts: Vec<f32> = line.domes[0].iter().map(|column| column.part).collect();
            assert_eq!((line.domes.len(), parts.len()), (1, 20));
            (parts[0], parts[19])
        };
        let end = end_share(0);
        assert!(end < 0.1);
        assert_eq!([0, 10, 20].map(parts_of_ends), [(1.0, end), (end, end), (end, 1.0)]);
    }

    #[test]
    fn other_fluid_a_class_of_its_own_and_fluid_far_from_the_line_have_none() {
        assert!(lines(&labels(10, 39..41), 1.0).is_some());
        assert_eq!(lines(&labels(10, 39..41), 0.0), None, "nothing is requested");
        assert_eq!(lines(&labels(IRF, 39..41), 1.0), None);
        assert_eq!(lines(&labels(10, 2..20), 1.0), None, "16 rows above the line");
        assert_eq!(lines(&labels(11, 55..58), 1.0), None, "9 rows below it");
        let all_columns = [vec![10; WIDTH * 2], vec![OS_RPE; WIDTH * 8]].concat();
        assert_eq!(lines(&all_columns, 1.0), None, "nothing to compare with");
        let mut own_classes = LabelScheme::studio();
        own_classes.classes.pop();
        own_classes.classes.extend([9, 10, 11].map(|code| vec![code]));
        assert_eq!(BrightLines::of(&own_classes, &labels(10, 39..41), WIDTH, 1.0), None);
    }
}
