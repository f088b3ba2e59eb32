//! The blind test: real or synthetic?
//!
//! One picture at a time, a forced choice, timed. An accuracy of half means that nobody can tell; but a rater who calls
//! everything synthetic is right half of the time, too, so what was called synthetic among the real and among the
//! synthetic is told apart.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ReviewError;
use super::appending::append_lines;
use super::kappa::{Kappa, cohen};
use super::proportion::{Share, wilson};
use crate::formats::read_file;
use crate::mask::random::SeededRandom;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlindAnswer {
    /// Version of the line.
    pub version: u32,
    /// RFC 3339, UTC.
    pub when: String,
    /// The rater.
    pub who: String,
    /// Name of the scan.
    pub picture: String,
    /// What it is.
    pub is_synthetic: bool,
    /// What the rater said.
    pub said_synthetic: bool,
    /// How long that took.
    pub millis: u32,
}

/// Name of the file in a data set's folder with the answers.
pub const BLIND_FILE: &str = "blind.jsonl";
const BLIND_VERSION: u32 = 1;

/// The answers of a folder, and how many lines could not be read.
///
/// # Errors
/// If the file is there and cannot be read.
pub fn read(dir: &Path) -> Result<(Vec<BlindAnswer>, usize), ReviewError> {
    let path = dir.join(BLIND_FILE);
    if !path.exists() {
        return Ok((Vec::new(), 0));
    }
    let bytes = read_file(&path)?;
    let (mut answers, mut unreadable) = (Vec::new(), 0);
    for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        match serde_json::from_slice::<BlindAnswer>(line) {
            Ok(answer) if answer.version == BLIND_VERSION => answers.push(answer),
            _ => unreadable += 1,
        }
    }
    Ok((answers, unreadable))
}

/// Appends an answer.
///
/// # Errors
/// If the file cannot be written.
pub fn append(dir: &Path, answer: &BlindAnswer) -> Result<(), ReviewError> {
    let path = dir.join(BLIND_FILE);
    let mut text = serde_json::to_vec(answer).expect("an answer is strings and numbers");
    text.push(b'\n');
    Ok(append_lines(&path, &text)?)
}

/// What the answers of one rater, or of all, say.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BlindFigures {
    /// Answers that were right.
    pub accuracy: Share,
    /// Called synthetic among the real and among the synthetic ones: the rater's bias.
    pub called_synthetic_of_real: Option<Share>,
    /// Of the synthetic scans, those called so.
    pub called_synthetic_of_synthetic: Option<Share>,
    /// For an answer.
    pub median_millis: u32,
}

/// Pictures in an order in which real and synthetic ones cannot be guessed: as many of each, at
/// most `each`, drawn and shuffled by a seed. Each comes with whether it is synthetic.
pub fn trial_order(real: &[u32], synthetic: &[u32], each: usize, seed: u64) -> Vec<(u32, bool)> {
    let mut random = SeededRandom::new(seed);
    let count = each.min(real.len()).min(synthetic.len());
    let mut draw = |from: &[u32], is_synthetic: bool| {
        let mut from = from.to_vec();
        for place in 0..count {
            let other = place + random.index(from.len() - place);
            from.swap(place, other);
        }
        from.truncate(count);
        from.into_iter().map(|row| (row, is_synthetic)).collect::<Vec<_>>()
    };
    let mut order = draw(real, false);
    order.extend(draw(synthetic, true));
    for last in (1..order.len()).rev() {
        order.swap(last, random.index(last + 1));
    }
    order
}

/// The figures of some answers; `None` of none.
pub fn figures(answers: &[&BlindAnswer]) -> Option<BlindFigures> {
    let right = answers.iter().filter(|answer| answer.is_synthetic == answer.said_synthetic).count();
    let called = |among: bool| {
        let of: Vec<_> = answers.iter().filter(|answer| answer.is_synthetic == among).collect();
        wilson(of.iter().filter(|answer| answer.said_synthetic).count(), of.len())
    };
    let mut millis: Vec<u32> = answers.iter().map(|answer| answer.millis).collect();
    millis.sort_unstable();
    Some(BlindFigures {
        accuracy: wilson(right, answers.len())?,
        called_synthetic_of_real: called(false),
        called_synthetic_of_synthetic: called(true),
        median_millis: millis[millis.len() / 2],
    })
}

/// Agreement of two raters on the pictures that both were shown; the last answer to a picture counts.
pub fn agreement(answers: &[BlindAnswer], first: &str, second: &str) -> Option<Kappa> {
    let of = |who: &str| -> std::collections::BTreeMap<&str, bool> {
        let theirs = answers.iter().filter(|answer| answer.who == who);
        theirs.map(|answer| (answer.picture.as_str(), answer.said_synthetic)).collect()
    };
    let theirs = of(second);
    let both: Vec<(bool, bool)> =
        of(first).into_iter().filter_map(|(picture, said)| Some((said, *theirs.get(picture)?))).collect();
    cohen(&both)
}

/// The answers as CSV (RFC 4180). A name that a spreadsheet would take for a formula is written as text.
pub fn csv(answers: &[BlindAnswer]) -> String {
    let mut text = "when,who,picture,is_synthetic,said_synthetic,correct,millis\r\n".to_owned();
    for answer in answers {
        let [when, who, picture] = [&answer.when, &answer.who, &answer.picture].map(|text| csv_field(text));
        let (is, said) = (answer.is_synthetic, answer.said_synthetic);
        text += &format!("{when},{who},{picture},{is},{said},{},{}\r\n", is == said, answer.millis);
    }
    text
}

/// A field of a CSV file.
pub fn csv_field(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    match text.contains(['"', ',', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(who: &str, picture: usize, is_synthetic: bool, said_synthetic: bool) -> BlindAnswer {
        BlindAnswer {
            version: 1,
            when: "2026-11-28T09:00:00Z".into(),
            who: who.into(),
            picture: picture.to_string(),
            is_synthetic,
            said_synthetic,
            millis: 1000 + picture as u32,
        }
    }

    #[test]
    fn a_rater_who_calls_all_synthetic_is_seen() {
        let answers: Vec<BlindAnswer> = (0..40).map(|n| answer("anna", n, n % 2 == 0, true)).collect();
        let figures = figures(&answers.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!((figures.accuracy.count, figures.accuracy.of), (20, 40));
        assert!(figures.accuracy.low < 0.5 && figures.accuracy.high > 0.5);
        assert_eq!(figures.called_synthetic_of_real.unwrap().share, 1.0);
        assert_eq!(figures.called_synthetic_of_synthetic.unwrap().share, 1.0);
        assert_eq!(figures.median_millis, 1020);
        assert_eq!(super::figures(&[]), None);
    }

    #[test]
    fn raters_are_compared_on_what_both_saw() {
        let mut answers: Vec<BlindAnswer> = (0..10).map(|n| answer("anna", n, true, n < 5)).collect();
        answers.extend((0..8).map(|n| answer("ben", n, true, n < 5)));
        let kappa = agreement(&answers, "anna", "ben").unwrap();
        assert_eq!((kappa.pairs, kappa.kappa), (8, Some(1.0)));
        assert_eq!(agreement(&answers, "anna", "eve"), None);
    }

    #[test]
    fn the_order_is_mixed_and_the_csv_is_no_formula() {
        let (real, synthetic): (Vec<u32>, Vec<u32>) = ((0..50).collect(), (50..200).collect());
        let order = trial_order(&real, &synthetic, 20, 3);
        assert_eq!(order.len(), 40);
        assert_eq!(order.iter().filter(|(_, is_synthetic)| *is_synthetic).count(), 20);
        assert!(order.iter().all(|(row, is_synthetic)| (*row >= 50) == *is_synthetic));
        assert!(order[..20].iter().any(|(_, is)| *is) && order[..20].iter().any(|(_, is)| !*is));
        assert_eq!(order, trial_order(&real, &synthetic, 20, 3));
        let few = trial_order(&real[..3], &synthetic, 20, 3);
        assert_eq!((few.len(), few.iter().filter(|(_, is)| *is).count()), (6, 3));
        let text = csv(&[answer("=cmd()", 1, true, false), answer("a,\"b\"", 2, true, true)]);
        assert!(text.contains(",'=cmd(),") && text.contains("\"a,\"\"b\"\"\""), "{text}");
    }
}
