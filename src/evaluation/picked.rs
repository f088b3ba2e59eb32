//! Some scans of many.

/// At most `most` of a list, spread evenly.
pub(super) fn spread<T: Copy>(all: &[T], most: usize) -> Vec<T> {
    let count = all.len().min(most);
    (0..count).map(|index| all[(2 * index + 1) * all.len() / (2 * count)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_taken_from_everywhere_and_few_all() {
        assert_eq!(spread(&[0, 1, 2, 3, 4, 5], 3), [1, 3, 5]);
        assert_eq!(spread(&[0, 1], 5), [0, 1]);
        assert!(spread(&[0; 0], 5).is_empty());
    }
}
