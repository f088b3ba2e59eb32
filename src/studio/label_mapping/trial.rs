//! Labels made of the values of a file as they are mapped so far: what would take the place of the labels shown, and
//! what is out of order in it.

use std::sync::Arc;

use crate::document::Page;
use crate::formats::label_mapping::{LabelChoice, LabelMapping, labels_of};
use crate::formats::label_picture::LabelPicture;
use crate::formats::open::labels_onto;
use crate::mask::{Disorder, Mask};

/// What a thread makes labels of.
pub struct MappingTrial {
    /// Which of the answers this is.
    pub revision: u64,
    /// Of the file, for messages.
    pub name: String,
    /// The values as the file stores them.
    pub pictures: Arc<[LabelPicture]>,
    /// As many as pictures, each of its picture's size.
    pub pages: Arc<[Page]>,
    /// Knows every value.
    pub mapping: LabelMapping,
}

/// Labels that were made, not yet put anywhere.
#[derive(Debug)]
pub struct TriedMapping {
    /// One a page.
    pub masks: Vec<Mask>,
    /// What is out of order, by the place of its picture in the file.
    pub disorders: Vec<(usize, Disorder)>,
    /// Whether the values speak of lesions alone, so that the layers of the pages stay.
    pub only_lesions: bool,
    /// What was assumed and repaired, without repetition.
    pub notes: Vec<String>,
}

impl MappingTrial {
    /// Makes the labels.
    ///
    /// # Errors
    /// What the readers of labels refuse, in their words.
    pub fn made(&self) -> Result<TriedMapping, String> {
        let choice = LabelChoice::Map(self.mapping.clone());
        let mut tried =
            TriedMapping { masks: Vec::new(), disorders: Vec::new(), only_lesions: true, notes: Vec::new() };
        for (index, (picture, page)) in self.pictures.iter().zip(&*self.pages).enumerate() {
            let labels = labels_of(picture, &self.name, &choice).map_err(|error| error.to_string())?;
            tried.only_lesions &= labels.only_lesions;
            tried.disorders.extend(labels.disorder.clone().map(|disorder| (index, disorder)));
            let (mask, notes) = labels_onto(labels, page, &self.name).map_err(|error| error.to_string())?;
            tried.masks.push(mask);
            for note in notes {
                if !tried.notes.contains(&note) {
                    tried.notes.push(note);
                }
            }
        }
        Ok(tried)
    }
}
