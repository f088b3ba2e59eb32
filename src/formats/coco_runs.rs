//! Runs of a mask as COCO counts them: column by column from the top left, beginning with pixels outside the mask; and
//! the text that pycocotools makes of them (Lin et al., `maskApi.c`).

/// Lengths of alternating runs outside and inside a mask; they fill the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Runs {
    counts: Vec<u64>,
}

impl Runs {
    /// The runs of one code in row-major codes.
    ///
    /// # Panics
    /// If the number of codes is not `width * height`.
    pub fn of(width: u32, height: u32, codes: &[u8], wanted: u8) -> Self {
        let (width, height) = (width as usize, height as usize);
        assert_eq!(codes.len(), width * height, "codes of a {width}x{height} picture");
        let (mut counts, mut length, mut is_inside) = (Vec::new(), 0_u64, false);
        for at in (0..width).flat_map(|x| (0..height).map(move |y| y * width + x)) {
            if (codes[at] == wanted) != is_inside {
                counts.push(length);
                (length, is_inside) = (0, !is_inside);
            }
            length += 1;
        }
        counts.push(length);
        Self { counts }
    }

    /// Runs that fill a picture of so many pixels.
    ///
    /// # Errors
    /// If the runs have more or fewer pixels than the picture; the message says how many.
    pub fn checked(counts: Vec<u64>, pixels: u64) -> Result<Self, String> {
        let sum = counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
        match sum {
            Some(sum) if sum == pixels => Ok(Self { counts }),
            Some(sum) => Err(format!("its runs have {sum} pixels where its image has {pixels}")),
            None => Err(format!("its runs have more pixels than its image, {pixels}")),
        }
    }

    /// Beginnings and ends of the runs inside the mask, column by column.
    fn inside(&self) -> impl Iterator<Item = (u64, u64)> {
        let mut end = 0;
        self.counts.chunks(2).filter_map(move |pair| {
            let start = end + pair[0];
            end = start + pair.get(1).copied().unwrap_or(0);
            (end > start).then_some((start, end))
        })
    }

    /// Row-major positions of the mask's pixels in the picture that the runs fill.
    pub fn pixels(&self, width: u32, height: u32) -> impl Iterator<Item = usize> {
        let (width, height) = (width as usize, height as usize);
        let at = move |place: usize| place % height * width + place / height;
        self.inside().flat_map(move |(start, end)| (start as usize..end as usize).map(at))
    }

    /// Number of the mask's pixels.
    pub fn area(&self) -> u64 {
        self.inside().map(|(start, end)| end - start).sum()
    }

    /// Left, top, width and height in px; `None` for an empty mask.
    pub fn bounding_box(&self, height: u32) -> Option<[u32; 4]> {
        let height = u64::from(height);
        let (mut left, mut right, mut top, mut bottom) = (u64::MAX, 0, u64::MAX, 0);
        for (start, end) in self.inside() {
            let (first, last) = (start / height, (end - 1) / height);
            left = left.min(first);
            right = right.max(last);
            let spans = first < last;
            top = top.min(if spans { 0 } else { start % height });
            bottom = bottom.max(if spans { height - 1 } else { (end - 1) % height });
        }
        let side = |low: u64, high: u64| (high - low + 1) as u32;
        (left <= right).then(|| [left as u32, top as u32, side(left, right), side(top, bottom)])
    }
}

/// Bits of a number in one letter; the next bit says whether more letters follow.
const LETTER_BITS: u32 = 5;
const MORE: i64 = 0x20;
const FIRST_LETTER: u8 = 48;

/// The text of runs: each count less the one two before it, five bits a letter, the lowest first.
pub(super) fn encoded(runs: &Runs) -> String {
    let mut text = String::new();
    for (index, &count) in runs.counts.iter().enumerate() {
        let before = if index > 2 { runs.counts[index - 2] } else { 0 };
        let mut rest = count as i64 - before as i64;
        loop {
            let bits = rest & (MORE - 1);
            rest >>= LETTER_BITS;
            // The letter's highest bit is the sign of what is left out.
            let is_last = rest == if bits & 0x10 == 0 { 0 } else { -1 };
            text.push(char::from(FIRST_LETTER + (bits | if is_last { 0 } else { MORE }) as u8));
            if is_last {
                break;
            }
        }
    }
    text
}

/// The counts in a text; what is wrong with it otherwise.
pub(super) fn decoded(text: &str) -> Result<Vec<u64>, String> {
    let mut counts: Vec<u64> = Vec::new();
    let mut letters = text.bytes().enumerate();
    while let Some((place, letter)) = letters.next() {
        let (mut letter, mut value, mut shift) = (letter, 0_i64, 0);
        loop {
            let bits = i64::from(letter.wrapping_sub(FIRST_LETTER));
            if bits >= 2 * MORE || shift > 50 {
                return Err(format!("letter {} of its counts stands for no number", place + 1));
            }
            value |= (bits & (MORE - 1)) << shift;
            shift += LETTER_BITS;
            if bits & MORE == 0 {
                if bits & 0x10 != 0 {
                    value |= -1 << shift;
                }
                break;
            }
            letter = letters.next().ok_or_else(|| "its counts end in the middle of a number".to_owned())?.1;
        }
        let before = if counts.len() > 2 { counts[counts.len() - 2] as i64 } else { 0 };
        let count = value.checked_add(before).and_then(|count| u64::try_from(count).ok());
        counts.push(
            count.ok_or_else(|| format!("run {} of its counts is less than nothing", counts.len() + 1))?,
        );
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted_down_the_columns() {
        let runs = Runs::of(3, 2, &[9, 0, 9, 9, 9, 0], 9);
        assert_eq!(runs.counts, [0, 2, 1, 2, 1]);
        assert_eq!((runs.area(), runs.bounding_box(2)), (4, Some([0, 0, 3, 2])));
        assert_eq!(runs.pixels(3, 2).collect::<Vec<_>>(), [0, 3, 4, 2]);
        let none = Runs::of(3, 2, &[0; 6], 9);
        assert_eq!((none.counts.clone(), none.bounding_box(2)), (vec![6], None));
        assert_eq!(Runs::of(2, 3, &[0, 0, 0, 9, 0, 0], 9).bounding_box(3), Some([1, 1, 1, 1]));
    }

    #[test]
    fn texts_come_back_and_broken_ones_are_named() {
        for counts in [vec![6], vec![0, 2, 1, 2, 1], vec![1, 100_000, 15, 16, 17, 1, 900_000, 31, 32, 0, 5]] {
            let pixels = counts.iter().sum();
            let runs = Runs::checked(counts.clone(), pixels).unwrap();
            assert_eq!(decoded(&encoded(&runs)).unwrap(), counts);
        }
        assert!(decoded("a").unwrap_err().contains("middle of a number"));
        assert!(decoded("!").unwrap_err().contains("letter 1"));
        assert!(decoded("O").unwrap_err().contains("run 1 of its counts is less than nothing"));
        assert!(decoded("oooooooooooooo0").unwrap_err().contains("stands for no number"));
        assert!(Runs::checked(vec![u64::MAX, 2], 4).is_err() && Runs::checked(vec![1, 2], 4).is_err());
    }
}
