//! Labels must have the size of their scan; where they do not, the error says what may have happened to them.

use crate::formats::FormatError;

/// By how much a picture is larger than another on both sides, where that is a whole number above 1.
fn scale(large: [u32; 2], small: [u32; 2]) -> Option<u32> {
    let factor = large[0] / small[0].max(1);
    let scaled = small.map(|side| side.saturating_mul(factor));
    (factor > 1 && scaled == large).then_some(factor)
}

/// Refuses labels of another size (width and height in pixels) than their scan's. `name` is the file's name for
/// messages.
///
/// # Errors
/// Names both sizes, and whether rows and columns changed places or the picture was scaled.
pub fn check_size(labels: [u32; 2], scan: [u32; 2], name: &str) -> Result<(), FormatError> {
    if labels == scan {
        return Ok(());
    }
    let [width, height] = scan;
    let (guess, remedy) = match (scale(labels, scan), scale(scan, labels)) {
        _ if labels == [height, width] => {
            (": transposed?".to_owned(), "let rows and columns of the labels change places")
        }
        (Some(factor), _) => {
            (format!(", {factor} times the size"), "scale the labels down without smoothing (nearest)")
        }
        (_, Some(factor)) => {
            (format!(", which is {factor} times the size"), "take labels drawn on the scan in its full size")
        }
        _ => (String::new(), "labels must have the size of their scan"),
    };
    let problem = format!("{}x{} where the scan has {width}x{height}{guess}", labels[0], labels[1]);
    Err(FormatError::malformed(name, "the image size", problem, remedy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sizes_and_what_may_have_happened_are_named() {
        let refusal = |labels, scan| check_size(labels, scan, "m.png").unwrap_err().to_string();
        assert!(check_size([4, 3], [4, 3], "m.png").is_ok());
        let text = refusal([3, 4], [4, 3]);
        assert!(
            text.starts_with("m.png: the image size: 3x4 where the scan has 4x3: transposed?; "),
            "{text}"
        );
        assert!(refusal([8, 6], [4, 3]).contains("8x6 where the scan has 4x3, 2 times the size; scale"));
        assert!(refusal([4, 3], [12, 9]).contains("4x3 where the scan has 12x9, which is 3 times the size"));
        assert!(refusal([5, 3], [4, 3]).contains("5x3 where the scan has 4x3; labels must"));
        assert!(refusal([8, 3], [4, 3]).contains("8x3 where the scan has 4x3; labels must"));
    }
}
