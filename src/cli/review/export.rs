//! `retidiff review export`: a reviewed set in the layout of other tools.

use std::path::PathBuf;

use anyhow::ensure;
use clap::{Args, ValueEnum};

use super::notes::print_notes;
use crate::review::Reviewed;
use crate::review::export::{ExportReport, ExportTerms, Layout, Shares, export};
use crate::review::sheet;

/// Which pairs go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Those that somebody accepted, or an audit
    #[default]
    Accepted,
    /// The undecided ones, too; never those rejected or flagged
    All,
}

/// Writes a reviewed set in the layout of other tools, divided by subject, with its data sheet.
///
/// Scans are copied byte for byte: what they say of their origin goes with them. Pairs that were rejected or flagged,
/// that lie too near to a reference scan, or whose files were changed since they were scored stay out and are counted.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff review export set --layout nnunet --out Dataset501_RetiDiff\n  \
    retidiff review export set --layout pairs --out set-reviewed --only all --validation 0.2 --test 0")]
pub struct ExportArgs {
    /// Folder of the data set
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// How files are laid out
    #[arg(long, value_enum)]
    layout: Layout,
    /// An empty folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Which pairs go out
    #[arg(long, value_enum, default_value_t)]
    only: Only,
    /// Pairs that lie too near to a reference scan, too
    #[arg(long)]
    near_too: bool,
    /// Share of subjects that validate
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    validation: f64,
    /// Share of subjects that test
    #[arg(long, value_name = "SHARE", default_value_t = 0.1)]
    test: f64,
    /// As the last step signs every synthetic scan with a C2PA manifest: the chain of certificates, the signer's first, and
    /// its private key, both PEM. With --layout pairs only: what other layouts are for, training, has no use for it
    #[cfg(feature = "c2pa")]
    #[arg(long, num_args = 2, value_names = ["CERTS.pem", "KEY.pem"])]
    c2pa: Option<Vec<PathBuf>>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// If nothing is left to export, or a file cannot be read or written.
pub fn run(args: ExportArgs) -> anyhow::Result<()> {
    let shares = Shares { validation: args.validation, test: args.test };
    let is_share = |share: f64| (0.0..1.0).contains(&share);
    ensure!(
        is_share(shares.validation) && is_share(shares.test) && shares.validation + shares.test < 1.0,
        "--validation and --test are shares from 0, and leave something to train on"
    );
    // A key that does not fit is told before anything is written.
    #[cfg(feature = "c2pa")]
    let credentials = credentials(&args)?;
    let reviewed = Reviewed::load(&args.dir)?;
    let terms = ExportTerms {
        layout: args.layout,
        undecided_too: args.only == Only::All,
        near_too: args.near_too,
        shares,
    };
    let Reviewed { set, verdicts, audits, audited, .. } = &reviewed;
    let (report, pairs) = export(set, verdicts, audited, &terms, &args.out)?;
    sheet::write(set, verdicts, audits, &report, &pairs, &args.out)?;
    #[cfg(feature = "c2pa")]
    if let Some(credentials) = &credentials {
        let signed = crate::review::export::sign_scans(&args.out, credentials)?;
        eprintln!("{signed} scans signed");
    }
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => {
            print_notes(&reviewed);
            println!("{}: {}", args.out.display(), words(&report));
        }
    }
    Ok(())
}

/// What signs, where something is to sign.
#[cfg(feature = "c2pa")]
fn credentials(args: &ExportArgs) -> anyhow::Result<Option<crate::formats::provenance::Credentials>> {
    use crate::formats::read_file;
    let Some([certificates, key]) = args.c2pa.as_deref() else { return Ok(None) };
    ensure!(
        args.layout == Layout::Pairs,
        "--c2pa signs the scans of --layout pairs; files for training stay as they are"
    );
    let name = key.display().to_string();
    let credentials =
        crate::formats::provenance::Credentials::of_pem(&read_file(certificates)?, &read_file(key)?, &name)?;
    Ok(Some(credentials))
}

fn words(report: &ExportReport) -> String {
    let [train, validation, test] = report.parts;
    let mut text = format!("{} pairs ({train} train, {validation} validate, {test} test)", report.pairs);
    let left_out = [
        (report.rejected, "rejected or flagged"),
        (report.not_accepted, "not accepted"),
        (report.too_near, "too near to a reference scan"),
        (report.without_mask, "without a mask"),
        (report.missing, "with a missing file"),
        (report.changed, "changed since they were scored"),
    ];
    for (count, why) in left_out.into_iter().filter(|(count, _)| *count > 0) {
        text += &format!("; left out {count} {why}");
    }
    text
}
