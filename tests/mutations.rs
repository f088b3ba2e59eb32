//! A million broken files: every reader against mutations of true ones, the same on every machine.
//!
//! `cargo test --no-default-features -- --ignored --nocapture a_million` prints a table: what was run, how long it
//! took, the slowest file, the largest allocation. `RETIDIFF_MUTATIONS` asks for another number, `RETIDIFF_READERS` for
//! the readers after so many. Fuzzing that learns
//! from the readers' branches is in `fuzz/`; this needs nothing but the tests.

use std::time::{Duration, Instant};

use crate::fixtures::Numbers;
use crate::hostile::{Format, largest_allocation, survive};
use crate::{clinical, hostile};

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

fn run(format: &Format, others: &[&[u8]], executions: usize, seed: u64) {
    let mut numbers = Numbers(seed);
    let (began, mut slowest, mut largest, mut accepted) = (Instant::now(), Duration::ZERO, 0, 0_usize);
    for round in 0..executions {
        let bytes = mutated(&mut numbers, &format.valid, others);
        let one = Instant::now();
        accepted += usize::from(survive(format, &bytes, &format!("mutation {round} of seed {seed}")).is_ok());
        slowest = slowest.max(one.elapsed());
        largest = largest.max(largest_allocation());
    }
    println!(
        "{:<44} {executions:>7} {:>8.1} s {:>9.1} ms {:>9} KB {:>6.1} %",
        format.name,
        began.elapsed().as_secs_f64(),
        slowest.as_secs_f64() * 1000.0,
        largest.div_ceil(1024),
        accepted as f64 / executions.max(1) as f64 * 100.0
    );
    assert!(slowest < LONGEST, "{}: one file took {slowest:?}", format.name);
}

fn all(executions: usize) {
    let formats: Vec<Format> = hostile::formats().into_iter().chain(clinical::hostile_formats()).collect();
    let valid: Vec<&[u8]> = formats.iter().map(|format| &format.valid[..]).collect();
    println!("reader                                       executed     time    slowest    largest   read");
    let each = executions.div_ceil(formats.len());
    let skipped = std::env::var("RETIDIFF_READERS").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    for (seed, format) in (1..).zip(&formats).skip(skipped) {
        run(format, &valid, each, seed);
    }
    println!("{} in all", each * formats.len().saturating_sub(skipped));
    // What the process held at most, where the system tells.
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
}

#[test]
fn some_mutations_are_survived() {
    all(3_000);
}

#[test]
#[ignore = "minutes: run it when a reader has changed"]
fn a_million_mutations_are_survived() {
    let asked = std::env::var("RETIDIFF_MUTATIONS").ok().and_then(|number| number.parse().ok());
    all(asked.unwrap_or(MUTATIONS));
}
