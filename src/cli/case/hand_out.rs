//! `retidiff case hand-out`: scans for graders who shall not know which is which.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use super::reading::png_files;
use crate::formats::{read_file, scan_image, write_file};
use crate::mask::random::SeededRandom;

/// Most graders and scans of a study.
const MAX_GRADERS: u32 = 20;
const MAX_SCANS: usize = 2000;

/// Hands scans out to graders: each gets a folder of all scans under numbers, in an order of chance of their own.
///
/// The pictures are written anew: nothing that a file says of its making goes along. key.csv says which number is which
/// scan; `retidiff case study --key` takes it. Each grader saves the labels of scan-001.png as scan-001.png in a folder of
/// theirs.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  \
    retidiff case hand-out scans --graders 2 --out handed\n  \
    retidiff case study --key handed/key.csv --grader grader-1=drawn/anna --grader grader-2=drawn/ben \\\n    \
    --spacing 3.87x11.3 --out study")]
pub struct HandOutArgs {
    /// A folder of scans (PNG), or scans
    #[arg(value_name = "SCAN", required = true)]
    scans: Vec<PathBuf>,
    /// How many graders
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(2..=i64::from(MAX_GRADERS)))]
    graders: u32,
    /// Of the orders
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the folders grader-1, grader-2, ... and key.csv go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Runs the subcommand.
///
/// # Errors
/// If a scan cannot be read, two have one name, or a file cannot be written.
pub fn run(args: HandOutArgs) -> anyhow::Result<()> {
    let scans = scans(&args.scans)?;
    let mut random = SeededRandom::new(args.seed);
    let mut key = KEY_HEAD.to_owned();
    for number in 1..=args.graders {
        let grader = format!("grader-{number}");
        let mut order: Vec<&(String, PathBuf)> = scans.iter().collect();
        for last in (1..order.len()).rev() {
            order.swap(last, random.index(last + 1));
        }
        for (code, (name, path)) in (1..).zip(order) {
            let code = format!("scan-{code:03}");
            let image = scan_image::read(&read_file(path)?, &path.display().to_string())?;
            let png = scan_image::write(&image, &[])?;
            write_file(&args.out.join(&grader).join(format!("{code}.png")), &png)?;
            let _ = write!(key, "{grader},{code},{name}\r\n");
        }
    }
    write_file(&args.out.join("key.csv"), key.as_bytes())?;
    println!("{}: {} scans for each of {} graders", args.out.display(), scans.len(), args.graders);
    Ok(())
}

const KEY_HEAD: &str = "grader,code,scan\r\n";

/// Name and path of every scan, by name.
fn scans(given: &[PathBuf]) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for path in given {
        if path.is_dir() {
            found.extend(png_files(path)?);
        } else {
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let name = name.with_context(|| format!("{}: a name that is no text", path.display()))?;
            found.push((name.to_owned(), path.clone()));
        }
    }
    found.sort();
    ensure!(!found.is_empty(), "{}: no PNG", given[0].display());
    ensure!(found.len() <= MAX_SCANS, "{} scans; a study has at most {MAX_SCANS}", found.len());
    for pair in found.windows(2) {
        let [(name, first), (other, second)] = pair else { continue };
        let (first, second) = (first.display(), second.display());
        ensure!(name != other, "{first} and {second} have one name: rename one of them");
    }
    ensure!(
        found.iter().all(|(name, _)| !name.contains(['\r', '\n'])),
        "a scan's name with a line break in it: rename it"
    );
    Ok(found)
}

/// Which scan a number is, for one grader.
pub struct Key {
    lines: Vec<[String; 3]>,
}

impl Key {
    /// Reads what [`run`] wrote.
    ///
    /// # Errors
    /// If it is no such table.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = String::from_utf8(read_file(path)?)
            .map_err(|_| anyhow::anyhow!("{}: this is no text", path.display()))?;
        let rest = text.strip_prefix(KEY_HEAD.trim_end());
        let rest = rest.with_context(|| {
            format!("{}: it does not begin with \"{}\"", path.display(), KEY_HEAD.trim_end())
        })?;
        let lines = rest.lines().enumerate().filter(|(_, line)| !line.is_empty()).map(
            |(index, line)| -> anyhow::Result<[String; 3]> {
                let cells: Vec<String> = line.splitn(3, ',').map(str::to_owned).collect();
                let cells: [String; 3] = cells.try_into().map_err(|_| {
                    anyhow::anyhow!("{}: line {} has not three cells", path.display(), index + 1)
                })?;
                Ok(cells)
            },
        );
        Ok(Self { lines: lines.collect::<anyhow::Result<_>>()? })
    }

    /// The scan that a grader got under a number.
    pub fn scan(&self, grader: &str, code: &str) -> Option<&str> {
        let line = self.lines.iter().find(|line| line[0] == grader && line[1] == code);
        line.map(|line| line[2].as_str())
    }
}
