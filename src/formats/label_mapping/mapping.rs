//! Which value is which label.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::anatomy::is_lesion;
use crate::formats::label_picture::{FoundValue, LabelPicture, LabelValue};

/// What a value stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Meaning {
    /// A label, by its composite code (0 above ILM to 11 PED).
    Label(u8),
    /// Outside the retina on both sides: above the ILM and below BM, told apart in each column.
    Background,
    /// Nobody said what lies there.
    Unannotated,
}

/// Which value is which label. Its text form is `30=NFL,60=GCL-IPL,#ff0000=IRF`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelMapping {
    entries: BTreeMap<LabelValue, Meaning>,
}

impl FromIterator<(LabelValue, Meaning)> for LabelMapping {
    fn from_iter<I: IntoIterator<Item = (LabelValue, Meaning)>>(entries: I) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl LabelMapping {
    /// The entries, in the order of their values.
    pub fn entries(&self) -> impl Iterator<Item = (LabelValue, Meaning)> {
        self.entries.iter().map(|(value, meaning)| (*value, *meaning))
    }

    /// Says what a value means; returns what it meant before.
    pub fn set(&mut self, value: LabelValue, meaning: Meaning) -> Option<Meaning> {
        self.entries.insert(value, meaning)
    }

    /// Whether it has an entry for a value.
    pub fn mentions(&self, value: LabelValue) -> bool {
        self.entries.contains_key(&value)
    }

    /// What a value means. Black, 0 and transparent pixels that nobody mentioned are what lies around the rest:
    /// background where layers are drawn, unannotated where lesions alone are: around a lesion lies the retina, not what
    /// lies above and below it, even where a description calls it background.
    pub fn meaning(&self, value: LabelValue) -> Option<Meaning> {
        let around = if self.draws_only_lesions() { Meaning::Unannotated } else { Meaning::Background };
        match self.entries.get(&value) {
            Some(Meaning::Background) => Some(around),
            Some(said) => Some(*said),
            None => value.is_ground().then_some(around),
        }
    }

    /// Whether it says nothing about layers: labels read with it leave those of a scan as they are.
    pub fn draws_only_lesions(&self) -> bool {
        self.entries.values().all(|meaning| match meaning {
            Meaning::Label(code) => is_lesion(*code),
            Meaning::Background | Meaning::Unannotated => true,
        })
    }

    /// Whether it knows every value of a picture.
    pub fn covers(&self, picture: &LabelPicture) -> bool {
        self.unknown(picture).is_none()
    }

    /// The first value of a picture that it does not know.
    pub fn unknown<'a>(&self, picture: &'a LabelPicture) -> Option<&'a FoundValue> {
        picture.values.iter().find(|found| self.meaning(found.value).is_none())
    }
}
