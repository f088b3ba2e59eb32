//! Numbers of shards, runs and pairs as an engine's array takes them: `7,12-19`.

/// Most numbers that a text may name.
const MAX_NUMBERS: u64 = 1_000_000;

/// Numbers in ascending order as text.
pub fn ranges(numbers: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => parts.push((number, number)),
        }
    }
    let part = |&(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

/// The numbers of a text, in its order.
///
/// # Errors
/// If a part is neither a number nor two of them in order, or it names more than a million.
pub fn parse_numbers(text: &str) -> Result<Vec<u64>, String> {
    let mut numbers = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let (Some(first), Some(last)) = (number(first), number(last)) else {
            return Err(format!(
                "{part:?} is no number and no range: give 7 or 12-19, with commas between them"
            ));
        };
        if last < first {
            return Err(format!("{part:?} ends before it begins"));
        }
        let many = (last - first).saturating_add(1).saturating_add(numbers.len() as u64);
        if many > MAX_NUMBERS {
            return Err(format!("{text:?} names more than {MAX_NUMBERS} of them"));
        }
        numbers.extend(first..=last);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_they_are_written() {
        assert_eq!(ranges(&[7, 12, 13, 14, 19]), "7,12-14,19");
        assert_eq!(ranges(&[]), "");
        for numbers in [vec![0], vec![7, 12, 13, 14, 19], vec![3, 4]] {
            assert_eq!(parse_numbers(&ranges(&numbers)), Ok(numbers));
        }
        assert_eq!(parse_numbers(" 2 , 5 - 6"), Ok(vec![2, 5, 6]));
        for wrong in ["", "a", "3-1", "1-", "-1", "1,,2", "0-18446744073709551615", "0-999999,5"] {
            assert!(parse_numbers(wrong).is_err(), "{wrong:?}");
        }
    }
}
