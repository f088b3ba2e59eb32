//! What an image file says of its making: whether it is synthetic, and which seed made it.

use std::io::Cursor;

use crate::formats::provenance::is_marked_synthetic;

/// Longest text of a chunk that is read.
const LONGEST_TEXT: usize = 200;

/// What the text chunks of a PNG say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Whether a program made the scan.
    pub synthetic: bool,
    /// Of its noise, where the file says.
    pub seed: Option<String>,
    /// Name of the model that drew it.
    pub model: Option<String>,
    /// Of the recipe it was designed by.
    pub title: Option<String>,
    /// Whom its data set asks to name.
    pub credit: Option<String>,
}

/// What a PNG says of its making; of other files only whether they are marked as synthetic.
pub fn origin_of(bytes: &[u8]) -> Origin {
    let decoder = png::Decoder::new(Cursor::new(bytes));
    let Ok(reader) = decoder.read_info() else {
        return Origin { synthetic: is_marked_synthetic(bytes), ..Origin::default() };
    };
    let info = reader.info();
    let latin = info.uncompressed_latin1_text.iter().map(|chunk| (chunk.keyword.clone(), chunk.text.clone()));
    let utf8 =
        info.utf8_text.iter().filter_map(|chunk| Some((chunk.keyword.clone(), chunk.get_text().ok()?)));
    let mut origin = Origin::default();
    for (keyword, text) in latin.chain(utf8) {
        let short = || Some(text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect());
        match keyword.as_str() {
            "Synthetic" => origin.synthetic |= text.eq_ignore_ascii_case("true"),
            "Comment" => origin.synthetic |= text.starts_with("SYNTHETIC"),
            "Seed" => origin.seed = short(),
            "Model" => origin.model = short(),
            "Title" => origin.title = short(),
            "Source" | "Credit" => origin.credit = short(),
            _ => {}
        }
    }
    origin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::scan_image;
    use crate::scan::GreyImage;

    #[test]
    fn what_a_png_says_is_heard() {
        let image = GreyImage::new(2, 1, vec![1, 2]);
        let png =
            scan_image::write(&image, &[("Synthetic", "true"), ("Seed", "7"), ("Source", "Tián")]).unwrap();
        let origin = origin_of(&png);
        assert!(origin.synthetic);
        assert_eq!((origin.seed.as_deref(), origin.credit.as_deref()), (Some("7"), Some("Tián")));
        assert_eq!(origin_of(&scan_image::write(&image, &[]).unwrap()), Origin::default());
        assert_eq!(origin_of(b"II*\0"), Origin::default());
    }
}
