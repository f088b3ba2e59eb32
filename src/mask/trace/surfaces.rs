//! Three lines found together: the cheapest triple of ordered lines, with limits on the gaps between them.
//!
//! A state of a column is (place of the first line, gap to the second, gap to the third). Each of the
//! three may change by one from column to column at its own price; the prices add, so the minimum over
//! all 27 predecessors is three passes of three. This is exact, unlike fixing one line after another.

/// The grid of states.
#[derive(Clone, Copy)]
pub struct States {
    /// Places of the first line.
    pub places: usize,
    /// Smallest gap between first and second line, and number of gaps.
    pub second: (usize, usize),
    /// Smallest gap between second and third line, and number of gaps.
    pub third: (usize, usize),
    /// Price of a change by one of the place, the second's gap, the third's gap.
    pub change: [f32; 3],
}

/// Which predecessor a pass chose.
const SAME: u8 = 0;
const LESS: u8 = 1;
const MORE: u8 = 2;

impl States {
    fn len(self) -> usize {
        self.places * self.second.1 * self.third.1
    }

    /// The cheapest sequence of `(first, second, third)` places over `columns`; `unary(x, costs)` fills
    /// the costs of a column, in the order place, gap of the second, gap of the third.
    pub fn cheapest(self, columns: usize, mut unary: impl FnMut(usize, &mut [f32])) -> Vec<[usize; 3]> {
        let count = self.len();
        let strides = [self.second.1 * self.third.1, self.third.1, 1];
        let mut choices = vec![0_u8; count * columns];
        let (mut total, mut scratch, mut costs) = (vec![0.0_f32; count], vec![0.0; count], vec![0.0; count]);
        for (x, choices) in choices.chunks_exact_mut(count).enumerate() {
            unary(x, &mut costs);
            if x > 0 {
                for (pass, &stride) in strides.iter().enumerate() {
                    let block = if pass == 0 { count } else { strides[pass - 1] };
                    relax(&total, &mut scratch, choices, block, stride, self.change[pass], 2 * pass as u32);
                    std::mem::swap(&mut total, &mut scratch);
                }
            }
            for (total, cost) in total.iter_mut().zip(&costs) {
                *total += cost;
            }
        }
        let mut state = (0..count).min_by(|&a, &b| total[a].total_cmp(&total[b])).unwrap_or(0);
        let mut lines = vec![[0; 3]; columns];
        for x in (0..columns).rev() {
            let (place, gaps) = (state / strides[0], state % strides[0]);
            let second = place + self.second.0 + gaps / strides[1];
            lines[x] = [place, second, second + self.third.0 + gaps % strides[1]];
            for pass in (0..3).rev() {
                match choices[x * count + state] >> (2 * pass) & 3 {
                    LESS => state -= strides[pass],
                    MORE => state += strides[pass],
                    _ => {}
                }
            }
        }
        lines
    }
}

/// One pass: every state takes the best of itself and its two neighbours `stride` away in its block.
fn relax(
    from: &[f32],
    to: &mut [f32],
    choices: &mut [u8],
    block: usize,
    stride: usize,
    price: f32,
    shift: u32,
) {
    for start in (0..from.len()).step_by(block) {
        let (from, to) = (&from[start..start + block], &mut to[start..start + block]);
        let choices = &mut choices[start..start + block];
        let last = block - stride;
        for row in (0..block).step_by(stride) {
            let own = &from[row..row + stride];
            let less = &from[row.saturating_sub(stride)..][..stride];
            let more = &from[(row + stride).min(last)..][..stride];
            let out = &mut to[row..row + stride];
            let chosen = &mut choices[row..row + stride];
            let states = own.iter().zip(less).zip(more).zip(out).zip(chosen);
            for ((((own, less), more), out), chosen) in states {
                let (mut best, mut choice) = (*own, SAME);
                if less + price < best && row > 0 {
                    (best, choice) = (less + price, LESS);
                }
                if more + price < best && row < last {
                    (best, choice) = (more + price, MORE);
                }
                *out = best;
                *chosen |= choice << shift;
            }
        }
    }
}
