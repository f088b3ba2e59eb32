//! The mappings that a user chose, by where the pictures came from, so that the next one is not asked about.

use serde::{Deserialize, Serialize};

use super::mapping::LabelMapping;
use crate::formats::label_picture::LabelPicture;

/// Most sources that are remembered.
const MAX_SOURCES: usize = 100;

/// Remembered mappings, the latest last. A source is whatever the caller takes for one: a folder, a data set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MappingMemory {
    sources: Vec<(String, LabelMapping)>,
}

impl MappingMemory {
    /// Remembers the mapping of a source instead of the one it had; the source used longest ago is forgotten.
    pub fn remember(&mut self, source: &str, mapping: LabelMapping) {
        self.sources.retain(|(known, _)| known != source);
        self.sources.push((source.to_owned(), mapping));
        let too_many = self.sources.len().saturating_sub(MAX_SOURCES);
        self.sources.drain(..too_many);
    }

    /// The mapping of a source, if it knows every value of a picture: one that does not is asked about anew.
    pub fn recall(&self, source: &str, picture: &LabelPicture) -> Option<&LabelMapping> {
        let (_, mapping) = self.sources.iter().find(|(known, _)| known == source)?;
        mapping.covers(picture).then_some(mapping)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::label_picture;

    #[test]
    fn a_source_is_remembered_until_a_picture_brings_another_value() {
        let picture = |text: &str| label_picture::read(text.as_bytes(), "a.csv").unwrap();
        let mut memory = MappingMemory::default();
        let mapping: LabelMapping = "255=IRF".parse().unwrap();
        memory.remember("clinic", mapping.clone());
        let json = serde_json::to_string(&memory).unwrap();
        let memory: MappingMemory = serde_json::from_str(&json).unwrap();
        assert_eq!(memory.recall("clinic", &picture("0,255\n")), Some(&mapping));
        assert_eq!(memory.recall("clinic", &picture("0,128\n")), None);
        assert_eq!(memory.recall("elsewhere", &picture("0,255\n")), None);
        let mut full = memory;
        (0..MAX_SOURCES).for_each(|n| full.remember(&n.to_string(), LabelMapping::default()));
        assert_eq!(full.sources.len(), MAX_SOURCES);
        assert_eq!(full.recall("clinic", &picture("0,255\n")), None, "used longest ago");
    }
}
