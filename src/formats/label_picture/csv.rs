//! A table of label codes: one line a row of the picture, one field a column, as `numpy.savetxt` writes it.

use super::found::Gathering;
use super::picture::LabelPicture;
use crate::formats::FormatError;
use crate::scan::MAX_SIDE_PX;

const REMEDY: &str = "expected whole numbers, one line a row of the picture, fields separated by commas";

/// Whether a file is called like a table.
pub(super) fn is_named(name: &str) -> bool {
    name.len() >= 4
        && name.is_char_boundary(name.len() - 4)
        && name[name.len() - 4..].eq_ignore_ascii_case(".csv")
}

/// The fields of a line: separated by commas, semicolons or white space; a last separator ends the line.
fn fields(line: &str) -> Box<dyn Iterator<Item = &str> + '_> {
    match line.find([',', ';']) {
        None => Box::new(line.split_whitespace()),
        Some(at) => {
            let separator = char::from(line.as_bytes()[at]);
            Box::new(line.strip_suffix(separator).unwrap_or(line).split(separator).map(str::trim))
        }
    }
}

/// Reads a table of codes.
pub(super) fn read(bytes: &[u8], name: &str) -> Result<LabelPicture, FormatError> {
    let malformed = |place: String, problem: String| FormatError::malformed(name, place, problem, REMEDY);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|e| malformed(format!("byte {}", e.valid_up_to()), "this is not text".to_owned()))?;
    let lines =
        || text.lines().enumerate().map(|(i, line)| (i + 1, line.trim())).filter(|(_, l)| !l.is_empty());
    let Some((first, line)) = lines().next() else {
        return Err(malformed("line 1, field 1".to_owned(), "the file holds no number".to_owned()));
    };
    let (width, height) = (fields(line).count(), lines().count());
    let most = MAX_SIDE_PX as usize;
    if width > most || height > most {
        let problem = format!("{width} columns and {height} rows; a side must be 1 to {most}");
        return Err(malformed(format!("line {first}"), problem));
    }
    // Every number takes a byte and its separator another.
    if width.saturating_mul(height) > bytes.len() {
        let problem = format!("{width} fields in a file of {height} lines and {} bytes", bytes.len());
        return Err(malformed(format!("line {first}"), problem));
    }
    let mut gathering = Gathering::new(width as u32, height as u32, name);
    for (number, line) in lines() {
        let found = fields(line).count();
        if found != width {
            let problem = format!("{found} fields where line {first} has {width}");
            return Err(malformed(format!("line {number}"), problem));
        }
        for (field, text) in (1..).zip(fields(line)) {
            let value: f64 = text.parse().map_err(|_| {
                let shown: String = text.chars().take(20).collect();
                malformed(format!("line {number}, field {field}"), format!("\"{shown}\" is no number"))
            })?;
            gathering.numbers(std::iter::once(value))?;
        }
    }
    Ok(gathering.picture())
}

#[cfg(test)]
mod tests {
    use super::super::picture::LabelValue;
    use super::*;

    #[test]
    fn tables_are_read_however_they_are_separated() {
        for text in ["0,1\n2,255\n", "\u{feff}0,1,\r\n2,255,\r\n", "0;1\n\n2;255", "0 1\n2\t255.0\n"] {
            let picture = read(text.as_bytes(), "a.csv").unwrap();
            assert_eq!((picture.width, picture.height, &picture.pixels[..]), (2, 2, &[0, 1, 2, 3][..]));
            assert_eq!(picture.values[3].value, LabelValue::Code(255));
            assert_eq!(picture.values[3].first, [1, 1]);
        }
    }

    #[test]
    fn a_broken_table_names_its_line_and_field() {
        let refusal = |text: &str| read(text.as_bytes(), "a.csv").unwrap_err().to_string();
        assert!(refusal("0,1\n2,x\n").starts_with("a.csv: line 2, field 2: \"x\" is no number"));
        assert!(refusal("0,1\n2\n").starts_with("a.csv: line 2: 1 fields where line 1 has 2"));
        assert!(refusal("\n\n").starts_with("a.csv: line 1, field 1: the file holds no number"));
        assert!(
            refusal("0,1\n2,0.5\n").starts_with("a.csv: column 1, row 1: the value 0.5 is no whole number")
        );
        assert!(is_named("A.CSV") && !is_named("csv") && !is_named("é.txt"));
    }
}
