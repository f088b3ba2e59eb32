//! Intervals of the scan: what is left of them, and things placed side by side in them.

use crate::mask::random::SeededRandom;

/// From and to, in um.
pub type IntervalUm = [f64; 2];

/// What is left of an interval without the blocked ones, in order.
pub fn subtract(whole: IntervalUm, blocked: &[IntervalUm]) -> Vec<IntervalUm> {
    let mut blocked = blocked.to_vec();
    blocked.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut left = Vec::new();
    let mut from = whole[0];
    for [start, end] in blocked {
        if start > from {
            left.push([from, start.min(whole[1])]);
        }
        from = from.max(end);
    }
    left.push([from, whole[1]]);
    left.retain(|[from, to]| to > from);
    left
}

/// Places things of some widths side by side into the intervals, at random distances: for each, the interval and
/// the place of its middle. `None` when they do not fit.
pub fn distribute(
    widths: &[f64],
    intervals: &[IntervalUm],
    random: &mut SeededRandom,
) -> Option<Vec<(usize, f64)>> {
    let mut largest_first: Vec<usize> = (0..widths.len()).collect();
    largest_first.sort_by(|&a, &b| widths[b].total_cmp(&widths[a]));
    let chosen = choose(&largest_first, widths, intervals, Some(random))
        .or_else(|| choose(&largest_first, widths, intervals, None))?;
    let mut places = vec![(0, 0.0); widths.len()];
    for (index, &[from, to]) in intervals.iter().enumerate() {
        let mut inside: Vec<usize> = (0..widths.len()).filter(|&thing| chosen[thing] == index).collect();
        for last in (1..inside.len()).rev() {
            inside.swap(last, random.index(last + 1));
        }
        let slack = to - from - inside.iter().map(|&thing| widths[thing]).sum::<f64>();
        let mut breaks: Vec<f64> = inside.iter().map(|_| random.share() * slack.max(0.0)).collect();
        breaks.sort_by(f64::total_cmp);
        let mut filled = from;
        for (thing, pause) in inside.into_iter().zip(breaks) {
            places[thing] = (index, filled + pause + widths[thing] / 2.0);
            filled += widths[thing];
        }
    }
    Some(places)
}

/// An interval for each thing: at random among those with room, more often where there is more of it, or, without
/// `random`, the fullest that has room.
fn choose(
    order: &[usize],
    widths: &[f64],
    intervals: &[IntervalUm],
    mut random: Option<&mut SeededRandom>,
) -> Option<Vec<usize>> {
    let mut room: Vec<f64> = intervals.iter().map(|[from, to]| to - from).collect();
    let mut chosen = vec![0; widths.len()];
    for &thing in order {
        let fits = |room: f64| if room >= widths[thing] { room } else { 0.0 };
        let index = match &mut random {
            Some(random) => {
                let mut at = random.share() * room.iter().map(|&room| fits(room)).sum::<f64>();
                room.iter().position(|&room| {
                    at -= fits(room);
                    at < 0.0
                })?
            }
            None => {
                let with_room = (0..room.len()).filter(|&index| fits(room[index]) > 0.0);
                with_room.min_by(|&a, &b| room[a].total_cmp(&room[b]))?
            }
        };
        room[index] -= widths[thing];
        chosen[thing] = index;
    }
    Some(chosen)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn blocked_intervals_are_cut_out() {
        assert_eq!(subtract([0.0, 10.0], &[[6.0, 7.0], [-3.0, 1.0]]), [[1.0, 6.0], [7.0, 10.0]]);
        assert_eq!(subtract([0.0, 10.0], &[[-1.0, 11.0]]), [[0.0; 2]; 0]);
        assert_eq!(subtract([5.0, 3.0], &[]), [[0.0; 2]; 0]);
    }

    #[test]
    fn what_just_fits_is_placed_and_what_does_not_is_refused() {
        let mut random = SeededRandom::new(1);
        let places = distribute(&[40.0, 60.0, 100.0], &[[0.0, 100.0], [200.0, 300.0]], &mut random);
        assert_eq!(places.expect("they fit exactly")[2].1 % 100.0, 50.0);
        assert_eq!(distribute(&[60.0, 60.0], &[[0.0, 100.0]], &mut random), None);
        assert_eq!(distribute(&[], &[], &mut random), Some(Vec::new()));
    }

    proptest! {
        #[test]
        fn nothing_overlaps_or_leaves_its_interval(
            widths in prop::collection::vec(1.0_f64..40.0, 1..12), seed in any::<u64>(),
        ) {
            let intervals = [[-200.0, -20.0], [0.0, 90.0], [100.0, 300.0]];
            if let Some(places) = distribute(&widths, &intervals, &mut SeededRandom::new(seed)) {
                let ends = |i: usize| [places[i].1 - widths[i] / 2.0, places[i].1 + widths[i] / 2.0];
                for i in 0..widths.len() {
                    let [from, to] = intervals[places[i].0];
                    prop_assert!(ends(i)[0] >= from - 1e-9 && ends(i)[1] <= to + 1e-9);
                    for j in 0..i {
                        prop_assert!(ends(i)[1] <= ends(j)[0] + 1e-9 || ends(j)[1] <= ends(i)[0] + 1e-9);
                    }
                }
            }
        }
    }
}
