//! `retidiff train`: trains a model of any stage on an imported data set.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, ensure};
use clap::Args;

use super::compute::ComputeDevice;
use super::ctrl_c::stoppable_control;
use super::out_of_memory;
use super::setting::{Setting, with_settings};
use super::setting_flags::SettingFlags;
use super::train_remote::{self, RemoteTraining, Wish};
use crate::background::start_thread;
use crate::dataset::Manifest;
use crate::dataset::split::{SPLIT_FILE, Split};
use crate::nn::SegmenterKind;
use crate::serve::CommandLine;
use crate::serve::message::TrainStart;
use crate::serve::mirror::command_of;
use crate::training::report::Narrator;
use crate::training::run_directory::{LaunchNote, RunDirectory, checkpoint_steps, read_config_file};
use crate::training::strips_file::write_strips;
use crate::training::strips_sheet::first_strips;
use crate::training::{
    Control, Event, Order, Preset, Run, RunConfig, Stage, StartModel, memory, samples_sheet,
};
use crate::worker::ModelSource;

/// Trains a model: one of four stages, or a segmenter.
///
/// Stage 1 (`pretrain`) learns scans alone, stage 2 (`masks`) masks, stage 3 (`finetune`, unless said here) scans from
/// masks, and `distill` makes a student that draws in one step what its teacher draws in many. `segment` trains a
/// segmenter, which labels scans.
///
/// Everything the run makes is in its folder: figures, checkpoints, sample pictures and the model file.
/// Ctrl-C saves and ends it; `--resume` goes on exactly where it was. The studio's Train page shows runs
/// whoever started them. Every setting that `--print-config` shows can be changed with `--set`; those that are
/// changed often have an argument of their own. What a file for `--config` leaves out is as in the preset and stage that
/// the file names, `live` and `finetune` where it names none; a file that `--print-config` wrote leaves nothing out.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff train --data data --run runs/a --steps 2000\n  \
    retidiff train --data data --run runs/b --set drm.apply_probability=0 --set ema_decay=0.99\n  \
    retidiff train --preset paper --print-config > paper.json\n  \
    retidiff train --data data --run runs/student --stage distill --from model.safetensors\n  \
    retidiff train --data data --run runs/segmenter --stage segment --network small")]
pub struct TrainArgs {
    /// Folder of a data set, as `retidiff import` makes it [default: the one a resumed run began with, which may lie elsewhere
    /// now]
    #[arg(long, value_name = "DIR", required_unless_present_any = ["resume", "branch", "print_config", "order"])]
    data: Option<PathBuf>,
    /// Folder of the run
    #[arg(long, value_name = "DIR", required_unless_present_any = ["print_config", "look", "strips"])]
    run: Option<PathBuf>,
    /// Settings to start from
    #[arg(long, value_enum, default_value = "live")]
    preset: Preset,
    /// Which training: scans alone, masks, scans from masks, a one-step student of a model, or a segmenter
    #[arg(long, value_enum, default_value = "finetune", conflicts_with_all = ["config", "resume", "branch"])]
    stage: Stage,
    /// Which segmenter the stage `segment` trains; what published code does otherwise than it says is asked for by
    /// --set segmenter.loss.form=compat and --set segmenter.label_resize=compat [default: small]
    #[arg(long, value_enum, conflicts_with_all = ["config", "resume", "branch"])]
    network: Option<SegmenterKind>,
    /// Settings from a JSON file (what it leaves out is as in the preset and stage that it names, `live` and
    /// `finetune` where it names none); a run that is resumed or branched takes them in place of its own
    #[arg(long, value_name = "FILE", conflicts_with = "preset")]
    config: Option<PathBuf>,
    /// Go on with the run in its folder, with its settings
    #[arg(long, conflicts_with = "preset")]
    resume: bool,
    /// Start a new run with the weights of a bundled model or a model file; the teacher of a student. Named again
    /// with --resume it only says whose scans that model had seen, for runs begun before this was kept
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "branch")]
    from: Option<String>,
    /// A student of an earlier teacher, a bundled model or a model file, whose weights a new student begins with in
    /// place of its teacher's
    #[arg(long, value_name = "NAME|FILE", requires = "from", conflicts_with = "resume")]
    student: Option<String>,
    /// Weights of LPIPS (safetensors), by which the autoencoder of latent diffusion learns to look right, too, as it was
    /// published (--preset ldm-paper --stage pretrain); `retidiff evaluate distances --help` says how the file is made, and
    /// the run keeps a copy
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resume", "branch", "remote"])]
    lpips: Option<PathBuf>,
    /// Begin at the newest checkpoint of another run, with its settings; that run stays as it is
    #[arg(long, value_name = "DIR", conflicts_with_all = ["preset", "resume"])]
    branch: Option<PathBuf>,
    /// The checkpoint to branch from
    #[arg(long, value_name = "STEP", requires = "branch")]
    at: Option<u64>,
    /// Train on another machine, by the command that reaches it: "ssh HOST retidiff serve --stdio". --data is then the
    /// name of a data set there, and --run a folder here that shows the run and whose last part names it there; a run
    /// that is resumed or branched from knows its machine
    #[arg(long, value_name = "COMMAND", value_parser = CommandLine::parse)]
    remote: Option<CommandLine>,
    /// Only tell that run something: pause, resume, checkpoint or stop
    #[arg(long, value_name = "WORD", requires = "remote", value_parser = parse_order)]
    order: Option<Order>,
    /// What to compute on
    #[arg(long, value_enum, default_value = "auto")]
    device: ComputeDevice,
    #[command(flatten)]
    flags: SettingFlags,
    /// Which subjects validate and which are held out, as `retidiff dataset build` writes it [default: the
    /// data set's own split.json where it has one and there is no --config, else Duke 7-8 and Tian 7]
    #[arg(long, value_name = "split.json", conflicts_with = "resume")]
    split: Option<PathBuf>,
    /// Change a setting: a name as `--print-config` nests it, and JSON or a word; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = Setting::parse)]
    settings: Vec<Setting>,
    /// Print the whole configuration that these arguments make, for --config, and train nothing
    #[arg(long)]
    print_config: bool,
    /// Write a picture of the strips that the run would begin with (labels, grey values, vessel shadows), and train
    /// nothing
    #[arg(long, value_name = "FILE.png", requires = "data")]
    look: Option<PathBuf>,
    /// Write the strips of the run's first batches into files of a folder, and what it is validated on, for another
    /// program to train on (scripts/torch-trainer.py of the sources is one), and train nothing
    #[arg(long, value_name = "FOLDER", requires = "data", conflicts_with = "look")]
    strips: Option<PathBuf>,
    /// How many batches --strips writes, 0.8 MB each
    #[arg(long, value_name = "N", default_value_t = 1000, requires = "strips")]
    strip_batches: u64,
    /// Print one JSON line per event instead of progress for people, and take the orders `pause`,
    /// `resume`, `checkpoint` and `stop` as lines of the standard input
    #[arg(long, alias = "json")]
    events: bool,
}

/// Runs the subcommand.
///
/// # Errors
/// Whatever keeps the run from starting or going on.
pub fn run(args: TrainArgs) -> anyhow::Result<()> {
    let mut is_reported = false;
    let outcome = train(&args, &mut is_reported);
    if let (Err(error), true, false) = (&outcome, args.events, is_reported) {
        // Whoever listens hears of what kept the run from starting, too.
        say(&Event::Error { step: 0, message: format!("{error:#}") }.to_json());
    }
    outcome
}

fn train(args: &TrainArgs, is_reported: &mut bool) -> anyhow::Result<()> {
    if let (Some(command), false) = (args.remote_command(), args.print_config) {
        let (command, folder, wish) = (&command, args.run_folder()?, args.remote_wish()?);
        return train_remote::run(&RemoteTraining { command, folder, wish, events: args.events }, &say);
    }
    let config = args.configuration()?;
    if args.print_config {
        println!("{}", serde_json::to_string_pretty(&config)?);
        return Ok(());
    }
    if let (Some(file), Some(data)) = (&args.look, &args.data) {
        return look(&config, data, file);
    }
    if let (Some(folder), Some(data)) = (&args.strips, &args.data) {
        return strips(&config, data, folder, args.strip_batches);
    }
    let run_folder = args.run_folder()?;
    let (device, device_name, is_gpu) = args.device.pick_with_kind()?;
    // What a GPU has free, no driver tells.
    let free_memory = crate::platform::available_memory().filter(|_| !is_gpu);
    out_of_memory::know_remedy(memory::TRAINING_REMEDY);
    let data = match (&args.data, &args.branch) {
        (Some(data), _) => data.clone(),
        (None, Some(branch)) => LaunchNote::read(branch)?.data,
        (None, None) => LaunchNote::read(run_folder)?.data,
    };
    if let Some(branch) = &args.branch {
        let step = match args.at {
            Some(step) => step,
            None => newest_checkpoint(branch)?,
        };
        RunDirectory::branch(branch, step, run_folder, &config)?;
    }
    let control = stoppable_control()?;
    if args.events {
        take_orders(control.clone())?;
    }
    let resume = args.resume || args.branch.is_some();
    let [from, student] = [&args.from, &args.student].map(|model| model.as_deref().map(start_model));
    let (from, student) = (from.transpose()?, student.transpose()?);
    ensure!(
        student.is_none() || config.stage == Stage::Distill,
        "--student is what a student begins with: give --stage distill, too"
    );
    let lpips = args.lpips.as_deref().map(StartModel::read).transpose()?;
    let (from, student, lpips) = (from.as_ref(), student.as_ref(), lpips.as_ref());
    let run =
        Run { data: &data, path: run_folder, resume, from, student, lpips, device, device_name, free_memory };
    let mut narrator = Narrator::default();
    let mut print = |event: &Event| {
        *is_reported |= matches!(event, Event::Error { .. });
        if args.events {
            say(&event.to_json());
        } else if let Some(line) = narrator.line(event) {
            say(&line);
        }
    };
    crate::training::run(config, &run, &control, &mut print)?;
    Ok(())
}

/// A model to begin with.
fn start_model(named: &str) -> anyhow::Result<StartModel> {
    let (bytes, name) = ModelSource::named(named).read()?;
    Ok(StartModel { name, bytes })
}

/// Strips in a picture of what a run trains on.
const LOOK_STRIPS: usize = 24;
/// Of them beside each other.
const LOOK_ACROSS: usize = 6;

/// Writes the first strips of a run as a picture.
fn look(config: &RunConfig, data: &Path, file: &Path) -> anyhow::Result<()> {
    let rows = first_strips(config, &Arc::new(Manifest::read(data)?), LOOK_STRIPS)?;
    let bytes = samples_sheet::encode_beside(&rows, LOOK_ACROSS)?;
    crate::formats::write_file(file, &bytes)?;
    eprintln!("{}: {} strips, each with labels, grey values and vessel shadows", file.display(), rows.len());
    Ok(())
}

/// Writes the strips of a run's first batches into files of a folder.
fn strips(config: &RunConfig, data: &Path, folder: &Path, batches: u64) -> anyhow::Result<()> {
    let done = |done: u64| {
        if done.is_multiple_of(100) || done == batches {
            eprintln!("{done} of {batches} batches");
        }
    };
    write_strips(config, &Arc::new(Manifest::read(data)?), batches, folder, done)?;
    eprintln!("{}: what is trained on, and validation.safetensors", folder.display());
    Ok(())
}

/// Prints a line. Who listened may be gone; the run goes on without.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap_or_default();
}

/// Obeys the lines of the standard input; its end is no order.
fn take_orders(control: Arc<Control>) -> anyhow::Result<()> {
    let listen = move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            match Order::of_line(&line) {
                Some(order) => control.give(order),
                None => eprintln!("note: {line:?} is no order; pause, resume, checkpoint and stop are"),
            }
        }
    };
    start_thread("trainer-orders", listen).context("starting a thread")?;
    Ok(())
}

fn newest_checkpoint(run: &Path) -> anyhow::Result<u64> {
    let steps = checkpoint_steps(run)?;
    steps.last().copied().with_context(|| format!("{} has no checkpoint to branch from yet", run.display()))
}

fn parse_order(text: &str) -> Result<Order, String> {
    Order::of_line(text)
        .ok_or_else(|| format!("{text:?} is no order; pause, resume, checkpoint and stop are"))
}

impl TrainArgs {
    /// The command that reaches the machine which trains: the one named, or that of the run to go on with.
    fn remote_command(&self) -> Option<CommandLine> {
        let before = if self.resume { &self.run } else { &self.branch };
        self.remote.clone().or_else(|| command_of(before.as_deref()?))
    }

    /// What a server is asked for.
    fn remote_wish(&self) -> anyhow::Result<Wish> {
        let name = |path: &Path| path.to_str().map(str::to_owned).context("a name on a server is plain text");
        let is_changed = self.config.is_some() || self.given_settings().next().is_some();
        let given = || is_changed.then(|| self.configuration().map(Box::new)).transpose();
        if let Some(order) = self.order {
            return Ok(Wish::Order(order));
        }
        if self.resume {
            return Ok(Wish::Resume(given()?));
        }
        if let Some(branch) = &self.branch {
            let step = self.at.context("name the checkpoint of the run on the server with --at")?;
            let run = branch.file_name().context("--branch names no run")?;
            return Ok(Wish::Branch { run: name(Path::new(run))?, step, config: given()? });
        }
        let data = self.data.as_deref().context("name a data set of the server with --data")?;
        let start = TrainStart::New { data: name(data)?, from: self.from.clone() };
        Ok(Wish::New(start, Box::new(self.configuration()?)))
    }

    /// Settings by arguments of their own, then those by `--set`, which count more.
    fn given_settings(&self) -> impl Iterator<Item = &Setting> {
        self.flags.settings.iter().chain(&self.settings)
    }

    fn run_folder(&self) -> anyhow::Result<&Path> {
        self.run.as_deref().context("name the folder of the run with --run")
    }

    /// Preset, file or the resumed run's own configuration, changed by the other arguments.
    fn configuration(&self) -> anyhow::Result<RunConfig> {
        let mut config = match (&self.config, &self.branch) {
            (Some(file), _) => read_config_file(file)?,
            (None, Some(branch)) => RunDirectory::read_config(branch)?,
            (None, None) if self.resume => RunDirectory::read_config(self.run_folder()?)?,
            (None, None) => match (self.stage, self.network) {
                (Stage::Segment, network) => RunConfig::segmenter(network.unwrap_or_default()),
                (stage, None) => RunConfig::of(self.preset, stage),
                (_, Some(_)) => {
                    anyhow::bail!("--network is for --stage segment; --preset chooses what draws")
                }
            },
        };
        if let Some(split) = self.split()? {
            config.split = split;
        }
        let config = with_settings(config, self.given_settings())?;
        config.check().map_err(|reason| anyhow::anyhow!("these settings cannot be trained: {reason}"))?;
        if self.resume {
            let before = RunDirectory::read_config(self.run_folder()?)?;
            config.check_goes_on_from(&before).map_err(anyhow::Error::msg)?;
        }
        Ok(config)
    }

    /// The split that was asked for, or of a new run the one its data set was built with.
    fn split(&self) -> anyhow::Result<Option<Split>> {
        let is_new = !self.resume && self.branch.is_none() && self.config.is_none();
        let of_data = || Some(self.data.as_ref()?.join(SPLIT_FILE)).filter(|file| is_new && file.is_file());
        let Some(file) = self.split.clone().or_else(of_data) else { return Ok(None) };
        if self.split.is_none() {
            eprintln!("note: split as {} says; --split takes another", file.display());
        }
        let bytes = crate::formats::read_file(&file)?;
        let split = serde_json::from_slice(&bytes);
        Ok(Some(split.with_context(|| format!("{} is no split", file.display()))?))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        train: TrainArgs,
    }

    #[test]
    fn a_stopped_run_takes_settings_by_one_rule_whatever_gives_them() {
        let run = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/runs/live");
        let resumed = |more: &[&str]| {
            let line = ["train", "--resume", "--run", run].into_iter().chain(more.iter().copied());
            Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).train.configuration()
        };
        assert_eq!(resumed(&["--set", "steps=9"]).unwrap(), resumed(&["--steps", "9"]).unwrap());
        for given in [
            &["--seed", "3"][..],
            &["--set", "seed=3"],
            &["--set", "arithmetic=f16"],
            &["--set", "crop_columns=32"],
            &["--set", "split.held_out=[]"],
        ] {
            let refused = resumed(given).unwrap_err().to_string();
            assert!(refused.contains("cannot change while a run is stopped"), "{given:?}: {refused}");
        }
    }
}
