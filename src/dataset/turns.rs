//! Scans in an order in which the subjects take turns, so that the first N are of as many eyes as there can be.

use std::collections::BTreeMap;

use super::ManifestEntry;
use crate::encoding::noise::Rng;

/// The scans, the subjects taking turns; a seed draws the order of the subjects and of the scans of each. In what
/// order they were imported makes no difference.
pub fn subjects_in_turn<'a>(entries: &[&'a ManifestEntry], seed: u64) -> Vec<&'a ManifestEntry> {
    let mut by_subject: BTreeMap<&str, Vec<&'a ManifestEntry>> = BTreeMap::new();
    for entry in entries {
        by_subject.entry(&entry.subject).or_default().push(entry);
    }
    let mut subjects: Vec<_> = by_subject.into_values().collect();
    let mut rng = Rng::new(seed, 0, 0);
    for scans in &mut subjects {
        scans.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        rng.shuffle(scans);
    }
    rng.shuffle(&mut subjects);
    let longest = subjects.iter().map(Vec::len).max().unwrap_or(0);
    (0..longest).flat_map(|turn| subjects.iter().filter_map(move |scans| scans.get(turn).copied())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::manifest::MANIFEST_VERSION;

    fn entry(subject: &str, number: usize) -> ManifestEntry {
        let id = format!("{subject}_{number:03}");
        ManifestEntry {
            version: MANIFEST_VERSION,
            image: format!("images/{id}.png"),
            label: None,
            scanned_area: None,
            width: 1,
            height: 1,
            spacing: None,
            laterality: None,
            b_scan: None,
            source: "test".to_owned(),
            credit: None,
            ignored_columns: Vec::new(),
            pseudo_labelled: false,
            outlines_of: None,
            subject: subject.to_owned(),
            id,
        }
    }

    fn ids(of: &[&ManifestEntry]) -> Vec<String> {
        of.iter().map(|entry| entry.id.clone()).collect()
    }

    #[test]
    fn the_first_scans_are_of_as_many_subjects_as_there_can_be() {
        let all: Vec<ManifestEntry> = [("healthy", 9), ("dme", 4), ("amd", 2)]
            .into_iter()
            .flat_map(|(subject, count)| (0..count).map(move |number| entry(subject, number)))
            .collect();
        let given: Vec<&ManifestEntry> = all.iter().collect();
        let order = subjects_in_turn(&given, 0);
        let share = |count: usize, subject: &str| {
            order[..count].iter().filter(|entry| entry.subject == subject).count()
        };
        assert_eq!(["healthy", "dme", "amd"].map(|subject| share(3, subject)), [1, 1, 1]);
        assert_eq!(["healthy", "dme", "amd"].map(|subject| share(10, subject)), [4, 4, 2]);
        let (mut sorted, mut whole) = (ids(&order), ids(&given));
        sorted.sort_unstable();
        whole.sort_unstable();
        assert_eq!(sorted, whole, "nothing is lost and nothing is there twice");
        // Imported the other way round, and drawn by another seed.
        let backwards: Vec<&ManifestEntry> = all.iter().rev().collect();
        assert_eq!(ids(&subjects_in_turn(&backwards, 0)), ids(&order));
        assert_ne!(ids(&subjects_in_turn(&given, 1)), ids(&order));
        assert_eq!(subjects_in_turn(&[], 0), Vec::<&ManifestEntry>::new());
    }
}
