//! What the labels of a document are called and how they look: saved with it, editable.

use serde::{Deserialize, Serialize};

use crate::anatomy::{self, ABOVE_ILM, BELOW_BM, LABELS};

/// Code of the inner segment ellipsoid.
const ELLIPSOID_ZONE: u8 = 6;
/// Longest name of a label, in letters.
pub const LONGEST_NAME: usize = 40;

/// One label as the document shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelLook {
    /// What people call it.
    pub name: String,
    /// sRGB.
    pub color: [u8; 3],
    /// Whether it was shown when the document was saved.
    pub visible: bool,
}

/// The label table of a document, in code order, one row per label of [`anatomy::LABELS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelTable {
    looks: Vec<LabelLook>,
}

impl Default for LabelTable {
    /// The names of the field in colours that stay distinct under colour-vision deficiencies. The wide
    /// grounds above and below are not shown: they would only veil the scan.
    fn default() -> Self {
        let looks = LABELS.iter().map(|label| LabelLook {
            name: shown_name(label.code, label.name).to_owned(),
            color: mark_color(label.code),
            visible: ![ABOVE_ILM, BELOW_BM].contains(&label.code),
        });
        Self { looks: looks.collect() }
    }
}

/// What a clinic calls a label where the field's files call it otherwise.
fn shown_name(code: u8, name: &'static str) -> &'static str {
    if code == ELLIPSOID_ZONE { "EZ (ISE)" } else { name }
}

/// The default colour of a label as a mark on a dark ground: the two darkest are lifted to be seen.
fn mark_color(code: u8) -> [u8; 3] {
    match code {
        ABOVE_ILM => [82, 89, 102],
        BELOW_BM => [122, 106, 97],
        _ => anatomy::label(code).map_or([146, 153, 163], |label| label.color),
    }
}

impl LabelTable {
    /// A table read from a file: rows that are missing or have no usable name get the defaults, rows of
    /// labels this program does not know are dropped.
    pub fn from_looks(looks: Vec<LabelLook>) -> Self {
        let mut table = Self::default();
        for ((own, label), read) in table.looks.iter_mut().zip(&LABELS).zip(looks) {
            let name: String = read.name.trim().chars().filter(|c| !c.is_control()).collect();
            own.color = read.color;
            own.visible = read.visible;
            // A table of before has the name of files where nobody chose another.
            if name != label.name && !name.is_empty() && name.chars().count() <= LONGEST_NAME {
                own.name = name;
            }
        }
        table
    }

    /// The rows in code order.
    pub fn looks(&self) -> &[LabelLook] {
        &self.looks
    }

    /// The row of a composite code.
    pub fn look(&self, code: u8) -> Option<&LabelLook> {
        self.looks.get(usize::from(code))
    }

    /// Name of a composite code.
    pub fn name(&self, code: u8) -> &str {
        self.look(code).map_or("unknown label", |look| &look.name)
    }

    /// The table with another row for a code; unchanged where the code or the name is unusable.
    #[must_use]
    pub fn with(&self, code: u8, look: LabelLook) -> Self {
        let mut looks = self.looks.clone();
        if let Some(own) = looks.get_mut(usize::from(code)) {
            *own = look;
        }
        Self::from_looks(looks)
    }

    /// The table with other visibilities, in code order.
    #[must_use]
    pub fn with_visibility(&self, visible: impl Fn(u8) -> bool) -> Self {
        let mut table = self.clone();
        for (code, look) in table.looks.iter_mut().enumerate() {
            look.visible = visible(code as u8);
        }
        table
    }

    /// Whether names and colours are equal; what is shown is a matter of the view.
    pub fn looks_like(&self, other: &Self) -> bool {
        let same = |(a, b): (&LabelLook, &LabelLook)| a.name == b.name && a.color == b.color;
        self.looks.iter().zip(&other.looks).all(same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rough sRGB lightness.
    fn lightness([r, g, b]: [u8; 3]) -> f32 {
        0.299 * f32::from(r) + 0.587 * f32::from(g) + 0.114 * f32::from(b)
    }

    /// How a deuteranope sees a colour, in linear approximation (Viénot, Brettel & Mollon 1999): red and
    /// green fall together.
    fn for_deuteranopes([r, g, b]: [u8; 3]) -> [f32; 2] {
        let (r, g, b) = (f32::from(r), f32::from(g), f32::from(b));
        [0.293 * r + 0.707 * g, b]
    }

    #[test]
    fn neighbouring_layers_and_lesions_stay_apart_for_the_colour_blind() {
        let table = LabelTable::default();
        let color = |code| table.look(code).expect("a label").color;
        let distance = |a: u8, b: u8| {
            let (p, q) = (for_deuteranopes(color(a)), for_deuteranopes(color(b)));
            (p[0] - q[0]).hypot(p[1] - q[1])
        };
        for code in 1..7 {
            assert!(
                distance(code, code + 1) > 40.0,
                "{code} and its neighbour: {}",
                distance(code, code + 1)
            );
        }
        for (a, b) in [(9, 10), (9, 11), (10, 11)] {
            assert!(distance(a, b) > 40.0 || (lightness(color(a)) - lightness(color(b))).abs() > 40.0);
        }
    }

    #[test]
    fn rows_of_a_file_are_taken_as_far_as_they_are_usable() {
        let odd = LabelLook { name: "\u{7} ".to_owned(), color: [1, 2, 3], visible: false };
        let table = LabelTable::from_looks(vec![odd; 40]);
        assert_eq!(table.looks().len(), LABELS.len());
        assert_eq!((table.name(1), table.look(1).map(|look| look.color)), ("NFL", Some([1, 2, 3])));
        let renamed = LabelLook { name: "RNFL".to_owned(), color: [9, 9, 9], visible: true };
        assert_eq!(table.with(1, renamed).name(1), "RNFL");
        assert_eq!(LabelTable::from_looks(Vec::new()), LabelTable::default());
        let hidden = table.with_visibility(|_| false);
        assert!(hidden.looks_like(&table) && !hidden.looks_like(&LabelTable::default()));
    }
}
