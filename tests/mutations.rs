//! Millions of broken files: every reader against mutations of true ones, the same on every machine.
//!
//! `cargo test --no-default-features -- --ignored --nocapture a_million` prints a table: what was run, how long it
//! took, the slowest file, the largest allocation, the most that was held at once. Fuzzing that learns from the readers'
//! branches is in `fuzz/`; this needs nothing but the tests. Variables ask for less, or for a part:
//!
//! | variable | |
//! |---|---|
//! | `RETIDIFF_MUTATIONS` | mutations of each reader, a million without it |
//! | `RETIDIFF_READERS` | readers whose names contain one of these words, separated by commas; `=dicom` is that name alone |
//! | `RETIDIFF_SECONDS` | a reader ends after so many, however far it came; the table says how far |
//! | `RETIDIFF_SEED` | another sequence of mutations |

use std::time::{Duration, Instant};

use crate::fixtures::Numbers;
use crate::hostile::{Format, largest_allocation, most_held, survive};
use crate::{clinical, hostile, readers};

const MUTATIONS: usize = 1_000_000;
/// A small file that takes longer has found something.
const LONGEST: Duration = Duration::from_secs(5);
/// Numbers that sizes and offsets break at.
const EDGES: [u64; 10] = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// Breaks a file in one to six ways; `others` are files to take pieces from.
fn mutated(numbers: &mut Numbers, valid: &[u8], others: &[&[u8]]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..=numbers.below(6) {
        if bytes.is_empty() {
            break;
        }
        // Half of what is done happens in the first kilobyte, where the sizes are.
        let reach = if numbers.below(2) == 0 { bytes.len().min(1024) } else { bytes.len() };
        let at = numbers.below(reach);
        match numbers.below(8) {
            0 | 1 => bytes[at] ^= 1 << numbers.below(8),
            2 => bytes[at] = numbers.next() as u8,
            3 => {
                let length = [1, 2, 4, 8][numbers.below(4)].min(bytes.len() - at);
                let edge = EDGES[numbers.below(EDGES.len())];
                let number = if numbers.below(2) == 0 { edge.to_le_bytes() } else { edge.to_be_bytes() };
                let from = if number[0] == 0 { 8 - length } else { 0 };
                bytes[at..at + length].copy_from_slice(&number[from..from + length]);
            }
            4 => {
                let end = (at + 1 + numbers.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + 1 + numbers.below(64)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            6 => {
                let other = others[numbers.below(others.len())];
                let from = numbers.below(other.len().max(1)).min(other.len());
                let end = (from + 1 + numbers.below(128)).min(other.len());
                let to = (at + end - from).min(bytes.len());
                bytes.splice(at..to, other[from..end].iter().copied());
            }
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
    bytes
}

/// How much is run.
struct Extent {
    /// Mutations of each reader.
    executions: usize,
    longest: Duration,
    seed: u64,
}

fn run(format: &Format, others: &[&[u8]], extent: &Extent, seed: u64) {
    let mut numbers = Numbers(seed);
    let (mut slowest, mut largest, mut held, mut accepted) = (Duration::ZERO, 0, 0, 0_usize);
    let (began, mut round) = (Instant::now(), 0);
    while round < extent.executions && began.elapsed() < extent.longest {
        let bytes = mutated(&mut numbers, &format.valid, others);
        let one = Instant::now();
        accepted += usize::from(survive(format, &bytes, &format!("mutation {round} of seed {seed}")).is_ok());
        slowest = slowest.max(one.elapsed());
        (largest, held) = (largest.max(largest_allocation()), held.max(most_held()));
        round += 1;
    }
    println!(
        "{:<46} {round:>8} {:>8.1} s {:>8.1} ms {:>7} KB {:>7} KB {:>6.1} %",
        format.name,
        began.elapsed().as_secs_f64(),
        slowest.as_secs_f64() * 1000.0,
        largest.div_ceil(1024),
        held.div_ceil(1024),
        accepted as f64 / round.max(1) as f64 * 100.0
    );
    assert!(slowest < LONGEST, "{}: one file took {slowest:?}", format.name);
}

/// On one thread, readers that divide their work among threads included: what they allocate is seen, and a small
/// file does not wait for threads to wake.
fn all(extent: &Extent, is_wanted: impl Fn(&str) -> bool + Sync) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    pool.install(|| {
        let formats: Vec<Format> = hostile::formats()
            .into_iter()
            .chain(clinical::hostile_formats())
            .chain(readers::hostile_formats())
            .collect();
        let valid: Vec<&[u8]> = formats.iter().map(|format| &format.valid[..]).collect();
        println!(
            "reader                                         executed       time    slowest    largest     most held   read"
        );
        for (number, format) in (1..).zip(&formats).filter(|(_, format)| is_wanted(format.name)) {
            run(format, &valid, extent, extent.seed.wrapping_mul(1000) + number);
        }
    });
    // What the process held at most, where the system tells.
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
}

#[test]
fn some_mutations_are_survived() {
    all(&Extent { executions: 60, longest: Duration::MAX, seed: 0 }, |_| true);
}

fn env_number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().and_then(|number| number.parse().ok())
}

#[test]
#[ignore = "hours: run it for a reader that has changed"]
fn a_million_mutations_are_survived() {
    let extent = Extent {
        executions: env_number("RETIDIFF_MUTATIONS").map_or(MUTATIONS, |number| number as usize),
        longest: env_number("RETIDIFF_SECONDS").map_or(Duration::MAX, Duration::from_secs),
        seed: env_number("RETIDIFF_SEED").unwrap_or(0),
    };
    let words = std::env::var("RETIDIFF_READERS").unwrap_or_default().to_lowercase();
    let is_meant = |name: &str, word: &str| match word.strip_prefix('=') {
        Some(whole) => name == whole,
        None => name.contains(word),
    };
    all(&extent, |name| words.split(',').any(|word| is_meant(&name.to_lowercase(), word.trim())));
}
