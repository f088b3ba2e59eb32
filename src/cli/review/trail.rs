//! `retidiff review trail`: the audit trail of a data set.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::notes::print_notes;
use crate::formats::{read_file, write_file};
use crate::review::Reviewed;
use crate::review::edits;
use crate::review::trail::{TrailLine, broken_at, csv, json_lines, trail};

/// Writes who decided or changed what and when as a chain in which every line names the hash of the one before, or checks one.
#[derive(Debug, Args)]
pub struct TrailArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR", required_unless_present = "verify")]
    dir: Option<PathBuf>,
    /// Where it goes: .csv, or .jsonl, which can be checked
    #[arg(long, value_name = "FILE", required_unless_present = "verify")]
    out: Option<PathBuf>,
    /// Checks the chain of a .jsonl file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "out"])]
    verify: Option<PathBuf>,
}

/// Runs the subcommand.
///
/// # Errors
/// If a file cannot be read or written, or a chain is broken.
pub fn run(args: TrailArgs) -> anyhow::Result<()> {
    if let Some(path) = &args.verify {
        let bytes = read_file(path)?;
        let lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let lines: Vec<TrailLine> = lines
            .enumerate()
            .map(|(at, line)| {
                serde_json::from_slice(line).with_context(|| format!("{}: line {}", path.display(), at + 1))
            })
            .collect::<anyhow::Result<_>>()?;
        if let Some(number) = broken_at(&lines) {
            bail!(
                "{}: the chain is broken at line {number}: it was changed after it was written",
                path.display()
            );
        }
        println!("{}: {} lines, the chain is whole", path.display(), lines.len());
        return Ok(());
    }
    let (Some(dir), Some(out)) = (args.dir, args.out) else {
        bail!("name a data set, and a file with --out")
    };
    let reviewed = Reviewed::load(&dir)?;
    print_notes(&reviewed);
    let lines = trail(&reviewed.log.events, &edits::all(&dir)?, &reviewed.audits);
    let bytes = match out.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => csv(&lines).into_bytes(),
        Some("jsonl") => json_lines(&lines),
        _ => bail!("{}: name a .csv or a .jsonl file with --out", out.display()),
    };
    write_file(&out, &bytes)?;
    println!("{}: {} lines", out.display(), lines.len());
    Ok(())
}
