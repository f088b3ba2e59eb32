//! What the kiosk says of an eye, in words for people who have never seen a B-scan.

use std::sync::Arc;

use crate::cases::TEMPLATES;
use crate::studio::texts;

/// What an eye on show is called, and what is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caption {
    /// Of [`TEMPLATES`], in the language of the visitor.
    Template(usize),
    /// Words of a case that was brought along, as its author wrote them.
    Own(Arc<[String; 2]>),
}

impl Caption {
    /// Name and sentence.
    pub fn words(&self) -> [&str; 2] {
        match self {
            Self::Template(index) => of_template(*index),
            Self::Own(words) => words.each_ref().map(String::as_str),
        }
    }

    /// Whether it is known to be an eye without disease.
    pub fn is_healthy(&self) -> bool {
        matches!(self, Self::Template(index) if is_healthy(*index))
    }
}

/// Keys of the name and the sentence of every template.
static KEYS: [(&str, &str, &str); TEMPLATES.len()] = [
    ("healthy-young", "kiosk-healthy-young", "kiosk-healthy-young-about"),
    ("healthy-old", "kiosk-healthy-old", "kiosk-healthy-old-about"),
    ("dme-mild", "kiosk-dme-mild", "kiosk-dme-mild-about"),
    ("dme-moderate", "kiosk-dme-moderate", "kiosk-dme-moderate-about"),
    ("dme-severe", "kiosk-dme-severe", "kiosk-dme-severe-about"),
    ("macular-oedema-diffuse", "kiosk-oedema-diffuse", "kiosk-oedema-diffuse-about"),
    ("csc", "kiosk-csc", "kiosk-csc-about"),
    ("namd-ped", "kiosk-namd-ped", "kiosk-namd-ped-about"),
    ("epiretinal-traction", "kiosk-traction", "kiosk-traction-about"),
    ("geographic-atrophy", "kiosk-atrophy", "kiosk-atrophy-about"),
    ("srf-only", "kiosk-srf-only", "kiosk-srf-only-about"),
    ("ped-only", "kiosk-ped-only", "kiosk-ped-only-about"),
];

/// Name and sentence of a template of [`TEMPLATES`].
fn of_template(index: usize) -> [&'static str; 2] {
    let key = TEMPLATES.get(index).map_or("", |template| template.key);
    let found = KEYS.iter().find(|(name, ..)| *name == key);
    found.map_or([""; 2], |(_, name, about)| [texts::plain(name), texts::plain(about)])
}

/// Whether a template is an eye without disease.
pub fn is_healthy(index: usize) -> bool {
    TEMPLATES.get(index).is_some_and(|template| template.key.starts_with("healthy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_has_its_words_and_two_are_healthy() {
        for index in 0..TEMPLATES.len() {
            let [name, about] = of_template(index);
            assert!(
                !name.is_empty() && !name.starts_with("kiosk-") && !about.starts_with("kiosk-"),
                "{name}"
            );
        }
        assert_eq!((0..TEMPLATES.len()).filter(|index| is_healthy(*index)).count(), 2);
    }
}
