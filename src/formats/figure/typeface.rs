//! The bundled typeface: the only one that figures are set in, and how wide its texts are.

use std::sync::Arc;

use resvg::usvg::fontdb::Database;
use ttf_parser::Face;

static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/Inter-Regular.otf");
static SEMI_BOLD: &[u8] = include_bytes!("../../../assets/fonts/Inter-SemiBold.otf");

/// Width of a letter that the typeface lacks, in ems.
const MISSING_EM: f64 = 0.6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    pub fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::SemiBold => 600,
        }
    }
}

/// Both weights of Inter.
pub(super) struct Typeface {
    database: Arc<Database>,
    regular: Face<'static>,
    semi_bold: Face<'static>,
}

impl Typeface {
    /// # Panics
    /// If the fonts that are part of the program are damaged.
    pub fn bundled() -> Self {
        let mut database = Database::new();
        database.load_font_data(REGULAR.to_vec());
        database.load_font_data(SEMI_BOLD.to_vec());
        let face = |bytes| Face::parse(bytes, 0).expect("the bundled font is whole");
        Self { database: Arc::new(database), regular: face(REGULAR), semi_bold: face(SEMI_BOLD) }
    }

    /// For the renderer: it holds nothing else, so no font of the machine is ever used.
    pub fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }

    pub fn has(&self, letter: char) -> bool {
        letter.is_whitespace() || self.regular.glyph_index(letter).is_some()
    }

    /// Width of a text in the unit of `size`, without kerning (which narrows it by a few thousandths).
    pub fn width(&self, text: &str, weight: Weight, size: f64) -> f64 {
        let face = match weight {
            Weight::Regular => &self.regular,
            Weight::SemiBold => &self.semi_bold,
        };
        let em = f64::from(face.units_per_em().max(1));
        let advance = |letter| {
            let glyph = face.glyph_index(letter)?;
            face.glyph_hor_advance(glyph).map(|advance| f64::from(advance) / em)
        };
        text.chars().map(|letter| advance(letter).unwrap_or(MISSING_EM)).sum::<f64>() * size
    }

    /// The lines of a text that is broken at blanks to fit a width; a single word that is wider is broken in itself.
    pub fn lines(&self, text: &str, weight: Weight, size: f64, width: f64) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.width(&joined, weight, size) <= width {
                    line = joined;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for letter in word.chars() {
                    line.push(letter);
                    if self.width(&line, weight, size) > width && line.chars().count() > 1 {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, letter.to_string()));
                    }
                }
            }
            if !line.is_empty() {
                lines.push(line);
            }
        }
        lines
    }

    /// The text, cut with an ellipsis where it is wider than a width.
    pub fn cut(&self, text: &str, weight: Weight, size: f64, width: f64) -> String {
        if self.width(text, weight, size) <= width {
            return text.to_owned();
        }
        let mut kept = String::new();
        for letter in text.chars() {
            kept.push(letter);
            if self.width(&kept, weight, size) + self.width("…", weight, size) > width {
                kept.pop();
                break;
            }
        }
        kept.trim_end().to_owned() + "…"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_measured_broken_and_cut() {
        let face = Typeface::bundled();
        assert!(face.has('µ') && face.has('–') && !face.has('網'));
        let (thin, wide) =
            (face.width("iii", Weight::Regular, 20.0), face.width("WWW", Weight::Regular, 20.0));
        assert!(thin < wide && wide < 70.0, "{thin} {wide}");
        let lines = face.lines("one two three\nfour", Weight::Regular, 20.0, 80.0);
        assert_eq!(lines, ["one two", "three", "four"]);
        let broken = face.lines("abcdefghijklmnop", Weight::Regular, 20.0, 60.0);
        assert!(broken.len() > 1 && broken.concat() == "abcdefghijklmnop", "{broken:?}");
        let cut = face.cut("a rather long name of a label", Weight::Regular, 20.0, 100.0);
        assert!(cut.ends_with('…') && face.width(&cut, Weight::Regular, 20.0) <= 100.0, "{cut}");
        assert_eq!(face.cut("IRF", Weight::Regular, 20.0, 100.0), "IRF");
    }
}
