//! What is out of anatomical order in labels, to be said before they take the place of others.

use std::fmt;

use crate::anatomy::{BELOW_BM, INTERFACE_COUNT, Interface};

/// Columns in which a deeper layer lies above a shallower one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disorder {
    /// How many.
    pub columns: u32,
    /// How many hold two different layers at least, and so can be in order or not.
    pub layered_columns: u32,
    /// The first of them, from 0.
    pub first_column: u32,
    /// The interfaces whose lower side lies above their upper side, each with its number of columns, in order.
    pub interfaces: Vec<(Interface, u32)>,
    /// Columns that would be in order if they were turned upside down.
    pub upside_down: u32,
}

impl Disorder {
    /// Of row-major composite codes; `None` where every column is in order. Lesions and unannotated pixels do not
    /// count.
    ///
    /// # Panics
    /// If the number of codes is not a multiple of `width`.
    pub fn of(width: u32, codes: &[u8]) -> Option<Self> {
        let width = width as usize;
        assert_eq!(codes.len() % width, 0, "codes of a picture {width} wide");
        let mut columns = vec![Column::default(); width];
        for row in codes.chunks_exact(width) {
            for (column, &code) in columns.iter_mut().zip(row) {
                if code <= BELOW_BM {
                    column.take(code);
                }
            }
        }
        let mut found =
            Self { columns: 0, layered_columns: 0, first_column: 0, interfaces: Vec::new(), upside_down: 0 };
        let mut crossed = [0_u32; INTERFACE_COUNT];
        for (x, column) in (0..).zip(&columns) {
            found.layered_columns += u32::from(column.rises || column.crossed != 0);
            if column.crossed == 0 {
                continue;
            }
            if found.columns == 0 {
                found.first_column = x;
            }
            found.columns += 1;
            found.upside_down += u32::from(!column.rises);
            for (k, count) in crossed.iter_mut().enumerate() {
                *count += u32::from(column.crossed >> k & 1);
            }
        }
        found.interfaces =
            Interface::ALL.into_iter().zip(crossed).filter(|(_, columns)| *columns > 0).collect();
        (found.columns > 0).then_some(found)
    }

    /// Whether most columns that can be in order are not: the codes then hardly mean what they were taken for.
    pub fn is_general(&self) -> bool {
        2 * self.columns > self.layered_columns
    }

    /// Whether most of what is out of order is upside down.
    pub fn is_upside_down(&self) -> bool {
        2 * self.upside_down > self.columns
    }
}

/// What was seen of a column from its top down to a row.
#[derive(Clone, Copy, Default)]
struct Column {
    last: Option<u8>,
    deepest: u8,
    /// Whether a code was followed by a larger one.
    rises: bool,
    /// Bit k: a code below interface k lies above one above it.
    crossed: u8,
}

impl Column {
    fn take(&mut self, code: u8) {
        self.rises |= self.last.is_some_and(|last| last < code);
        for k in code..self.deepest {
            self.crossed |= 1 << k;
        }
        self.deepest = self.deepest.max(code);
        self.last = Some(code);
    }
}

impl fmt::Display for Disorder {
    /// `12 columns out of order (of 256), the first is 40: OPL/ONL in 12`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let noun = if self.columns == 1 { "column" } else { "columns" };
        let (columns, all, first) = (self.columns, self.layered_columns, self.first_column);
        write!(f, "{columns} {noun} out of order (of {all}), the first is {first}: ")?;
        if self.is_upside_down() {
            return f.write_str("the layers lie upside down");
        }
        let one = |(interface, columns): &(Interface, u32)| format!("{} in {columns}", interface.name());
        let named: Vec<String> = self.interfaces.iter().map(one).collect();
        f.write_str(&named.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::anatomy::{IRF, UNANNOTATED};
    use crate::mask::{Plane, order_violations};

    #[test]
    fn the_crossed_interfaces_and_the_first_column_are_named() {
        #[rustfmt::skip]
        let codes = [
            0, 0,   0,   8,
            1, 3,   IRF, 5,
            2, 1,   255, 1,
            8, 8,   1,   0,
        ];
        let disorder = Disorder::of(4, &codes).unwrap();
        assert_eq!((disorder.columns, disorder.layered_columns, disorder.first_column), (2, 4, 1));
        assert_eq!(disorder.upside_down, 1);
        let of = |interface| disorder.interfaces.iter().find(|(i, _)| *i == interface).map(|(_, n)| *n);
        // Column 1 has INL (3) above NFL (1): NFL/GCL and IPL/INL lie the wrong way round.
        assert_eq!(
            (of(Interface::NflGcl), of(Interface::IplInl), of(Interface::Ilm)),
            (Some(2), Some(2), Some(1))
        );
        assert!(
            disorder.to_string().starts_with("2 columns out of order (of 4), the first is 1: ILM in 1, ")
        );
        assert!(!disorder.is_general() && !disorder.is_upside_down());
        assert_eq!(Disorder::of(1, &[0, IRF, 1, UNANNOTATED, 1, 8]), None);
        let reversed = Disorder::of(1, &[8, 3, 0]).unwrap();
        assert!(reversed.is_general() && reversed.to_string().ends_with("the layers lie upside down"));
    }

    #[test]
    fn it_finds_the_columns_that_the_repair_would_mend() {
        let mut state = 7_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            [0, 0, 1, 2, 3, 5, 8, 255][(state >> 24) as usize % 8]
        };
        for _ in 0..200 {
            let codes: Vec<u8> = (0..6 * 5).map(|_| next()).collect();
            let violated = order_violations(&Plane::from_pixels(6, 5, &codes));
            let count = violated.iter().filter(|violated| **violated).count();
            let found = Disorder::of(6, &codes);
            assert_eq!(found.as_ref().map_or(0, |found| found.columns as usize), count);
            let first = violated.iter().position(|violated| *violated);
            assert_eq!(found.map(|found| found.first_column as usize), first);
        }
    }
}
