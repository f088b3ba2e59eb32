//! `retidiff evaluate memorisation`: whether an image model draws new scans or those it was trained on.

use std::path::PathBuf;

use clap::Args;

use super::guard::GuardArgs;
use super::measured::DrawingArgs;
use super::subjects::SplitArgs;
use crate::dataset::Manifest;
use crate::evaluation::Subjects;
use crate::evaluation::memorisation::Memorisation;
use crate::worker::models::ModelSource;

/// Measures whether a model draws new scans or those it was trained on, source by source.
///
/// Pictures are drawn from masks that trained and from masks of eyes that did not ("unseen"), both of the same source:
/// scans of one device and of like eyes are near to each other anyway, so a mixture of sources would look like recall.
/// Measured are the distance to the scan that the mask was drawn on, the distance to the nearest of all scans of the
/// model's training subjects in the data set (those without labels, which stage 1 saw, too), and the loss of taking
/// noise off real scans, at eight noise levels, lesions counting as any pixel. The distance is the mean squared
/// difference of small copies with mean 0 and deviation 1, in which anatomy counts and speckle does not, of the mirror
/// image if that is nearer: 0 is a copy, 2 a stranger. Intervals are 95 % bootstrap intervals that draw eyes, then
/// scans of each; with one or two unseen eyes they say little about how eyes differ.
#[derive(Debug, Args)]
pub struct MemorisationArgs {
    /// Folder of a data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A bundled model's name or a model file; the bundled live model unless said here
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Subjects that stand for eyes that did not train [default: all who validate: Duke 7-8 and Tian 7 unless the split
    /// is another]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    subjects: Option<Vec<String>>,
    #[command(flatten)]
    split: SplitArgs,
    #[command(flatten)]
    guard: GuardArgs,
    /// At most so many masks of each kind and source are drawn, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(2..))]
    scans: u32,
    /// At most so many labelled scans of each kind and source whose denoising loss is taken, 0 for none
    #[arg(long, value_name = "N", default_value_t = 100)]
    loss_scans: u32,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl MemorisationArgs {
    /// Who stands for eyes that did not train, and by which split the others did.
    fn who(&self) -> anyhow::Result<Subjects> {
        Ok(Subjects::validating(self.split.read(&self.data)?, self.subjects.clone()))
    }
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, or the model trained on a subject that stands for those who did not.
pub fn run(args: &MemorisationArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.data)?;
    let who = args.who()?;
    let unseen = who.scans(&manifest)?;
    let device = args.drawing.device.pick()?;
    let file = args.model.as_deref().map_or(ModelSource::Default, ModelSource::named).read()?;
    let memorisation = Memorisation {
        manifest: &manifest,
        who: &who,
        unseen: &unseen,
        guard: args.guard.guard(),
        scans: args.scans as usize,
        loss_scans: args.loss_scans as usize,
        settings: args.drawing.settings(),
        seed: args.drawing.seed,
    };
    let report = memorisation.measure(&file, device, &mut |done| {
        if !args.json {
            eprintln!("{}: {} ({} of {})", done.entry.source, done.entry.id, done.index + 1, done.count);
        }
    })?;
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", report.table()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: MemorisationArgs,
    }

    #[test]
    fn by_the_programs_own_split_all_who_validate_are_measured() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        let args = |words: &[&str]| {
            let usual = ["memorisation", "--data", &data];
            Command::try_parse_from(usual.iter().chain(words)).expect("the words of the command line").args
        };
        let who = args(&[]).who().unwrap();
        assert_eq!(who.measured, ["duke-7", "duke-8", "tian-7"]);
        assert!(who.trains("tian-1") && !who.trains("tian-7") && !who.trains("duke-9"));
        let named = args(&["--subjects", "c,d"]).who().unwrap();
        assert!(named.are_named && named.measured == ["c", "d"]);
    }
}
