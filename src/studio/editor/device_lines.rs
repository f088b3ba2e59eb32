//! Lines that a device traced where it traced only some: kept beside the document from its opening on, so that a trace
//! finds the rest between them.

use std::sync::Arc;

use crate::mask::Interfaces;
use crate::scan::BScan;

/// One set a page; none of a document whose device traced nothing, or all.
#[derive(Clone, Debug, Default)]
pub struct DeviceLines(Option<Arc<[Interfaces]>>);

impl DeviceLines {
    /// Of what was opened.
    pub fn new(lines: Option<Vec<Interfaces>>) -> Self {
        Self(lines.map(Into::into))
    }

    /// The lines of a page, NaN where there are none.
    pub fn of_page(&self, page: usize, scan: &BScan) -> Interfaces {
        let lines = self.0.as_ref().and_then(|lines| lines.get(page));
        // Lines of another width are of another picture.
        let lines = lines.filter(|lines| lines.width() == scan.width());
        lines.cloned().unwrap_or_else(|| Interfaces::unknown(scan.width()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_lines_of_its_width_has_unknown_ones() {
        let scan = BScan::placeholder(4, 9, "scan");
        let mut known = Interfaces::unknown(4);
        known.rows[0].fill(3.0);
        let lines = DeviceLines::new(Some(vec![known, Interfaces::unknown(5)]));
        assert_eq!(lines.of_page(0, &scan).rows[0], [3.0; 4]);
        for unknown in
            [lines.of_page(1, &scan), lines.of_page(2, &scan), DeviceLines::default().of_page(0, &scan)]
        {
            assert!(unknown.width() == 4 && unknown.rows[0][0].is_nan());
        }
    }
}
