//! A MetaImage whose voxels lie in one file a slice: a list of names behind the header, or a pattern with a number.

use super::FormatError;

/// Most files that a volume lies in.
const MAX_PARTS: usize = 4096;
const REMEDY: &str = "save the volume as one .mha";

/// The files that a header names instead of one; `None` where it names one. `rest` is what follows the header, `name`
/// its file's name.
///
/// # Errors
/// A list or a pattern that names no file, or more than a volume has slices.
pub(super) fn named(data_file: &str, rest: &[u8], name: &str) -> Result<Option<Vec<String>>, FormatError> {
    let parts = match data_file.split_whitespace().next() {
        Some(word) if word.eq_ignore_ascii_case("LIST") => {
            let text = String::from_utf8_lossy(rest).into_owned();
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            Some(lines.take(MAX_PARTS + 1).map(str::to_owned).collect())
        }
        _ if data_file.contains('%') => Some(of_pattern(data_file).unwrap_or_default()),
        _ => None,
    };
    if parts.as_ref().is_some_and(|parts: &Vec<String>| parts.is_empty() || parts.len() > MAX_PARTS) {
        let problem = format!("\"{data_file}\" should name 1 to {MAX_PARTS} files, one a slice");
        return Err(FormatError::malformed(name, "ElementDataFile", problem, REMEDY));
    }
    Ok(parts)
}

/// The names of `slice%03d.raw FIRST LAST STEP`.
fn of_pattern(text: &str) -> Option<Vec<String>> {
    let mut words = text.split_whitespace();
    let (before, after) = words.next()?.split_once('%')?;
    let (digits, after) = after.split_once('d')?;
    let width: usize = if digits.is_empty() { 0 } else { digits.parse().ok().filter(|width| *width < 20)? };
    let mut number = |usual: usize| words.next().map_or(Some(usual), |word| word.parse().ok());
    let (first, last, step) = (number(1)?, number(0)?, number(1)?);
    let is_plain = !after.contains('%') && digits.bytes().all(|digit| digit.is_ascii_digit());
    let numbers = (first..=last).step_by(Some(step).filter(|step| *step > 0 && is_plain)?);
    Some(numbers.take(MAX_PARTS + 1).map(|number| format!("{before}{number:0width$}{after}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_patterns_name_their_files() {
        let parts = |data_file: &str, rest: &str| named(data_file, rest.as_bytes(), "a.mhd");
        let found = parts("LIST", "a.raw\r\n\nb 2.raw\n").unwrap().unwrap();
        assert_eq!(found, ["a.raw", "b 2.raw"]);
        assert_eq!(parts("LIST 2D", "a.raw\n").unwrap().unwrap(), ["a.raw"]);
        assert_eq!(parts("s%03d.raw 8 12 2", "").unwrap().unwrap(), ["s008.raw", "s010.raw", "s012.raw"]);
        assert_eq!(parts("s%d.raw 1 2", "").unwrap().unwrap(), ["s1.raw", "s2.raw"]);
        assert_eq!(parts("a.raw", "rest").unwrap(), None);
        let wrong =
            ["LIST", "s%x.raw 1 2", "s%d.raw 1 2 0", "s%d%d.raw 1 2", "s%d.raw 0 99999999", "s%+9d.raw 1 2"];
        for data_file in wrong {
            let message = parts(data_file, "").unwrap_err().to_string();
            assert!(message.contains("1 to 4096 files") && message.contains(".mha"), "{message}");
        }
    }
}
