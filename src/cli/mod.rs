//! The command line: one file per subcommand; without one, the studio opens.

#[cfg(feature = "cpu")]
mod array_task;
#[cfg(feature = "cpu")]
pub mod bench;
pub mod case;
#[cfg(feature = "cpu")]
mod compute;
pub mod convert;
pub mod ctrl_c;
pub mod dataset;
pub mod evaluate;
pub mod exit;
#[cfg(feature = "cpu")]
pub mod experiment;
pub mod figure;
#[cfg(feature = "cpu")]
pub mod generate;
#[cfg(all(feature = "cpu", any(feature = "gpu", feature = "studio")))]
mod gpus;
pub mod import;
pub mod info;
#[cfg(all(feature = "studio", feature = "cpu"))]
mod kiosk;
mod label_values;
pub mod logging;
#[cfg(feature = "cpu")]
mod looks;
#[cfg(feature = "cpu")]
pub mod masks;
pub mod message;
pub mod origin;
pub mod out_of_memory;
#[cfg(feature = "tls")]
pub mod pair;
#[cfg(feature = "cpu")]
pub mod reproduce;
pub mod review;
#[cfg(all(feature = "studio", feature = "cpu"))]
pub mod screenshot;
#[cfg(feature = "cpu")]
pub mod segment;
#[cfg(feature = "cpu")]
pub mod serve;
#[cfg(feature = "cpu")]
mod setting;
#[cfg(feature = "cpu")]
mod setting_flags;
#[cfg(feature = "cpu")]
mod stop_file;
#[cfg(feature = "cpu")]
pub mod synthesize;
pub mod trace;
#[cfg(feature = "cpu")]
pub mod train;
#[cfg(feature = "cpu")]
mod train_remote;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// RetiDiff Studio: paint retinal layer and fluid masks, see the OCT B-scan synthesised from them.
///
/// Without a subcommand the studio opens, with FILE or with a bundled sample scan.
/// Everything it makes is synthetic, for research and teaching, not for diagnosis.
#[derive(Debug, Parser)]
#[command(name = "retidiff", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Writes what happens inside to stderr, for those who help; the studio keeps warnings in retidiff.log of its data
    /// folder, too
    #[arg(long, global = true, value_enum, value_name = "LEVEL")]
    log: Option<logging::LogLevel>,
    /// A scan, a document (.retidiff), a Heidelberg .vol or a folder to open in the studio
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Folder of a set to review in the studio
    #[arg(long, value_name = "DIR")]
    review: Option<PathBuf>,
    /// Name of a bundled model or a model file, for the studio [default: the bundled one]
    #[arg(long, value_name = "NAME|FILE")]
    model: Option<String>,
    /// Where the studio computes
    #[cfg(feature = "cpu")]
    #[arg(long, value_enum, default_value_t)]
    device: crate::device::DeviceChoice,
    /// What a GPU draws in, for the studio [default: f16 where its pictures are the CPU's, else f32]
    #[cfg(all(feature = "studio", feature = "cpu"))]
    #[arg(long, value_enum)]
    arithmetic: Option<crate::nn::Arithmetic>,
    /// Which GPU, by its number in `retidiff info --gpus`; a software driver, too, where it is named so
    #[cfg(feature = "cpu")]
    #[arg(long, global = true, value_name = "INDEX")]
    gpu: Option<usize>,
    /// Command that reaches another machine, whose GPU draws: "ssh HOST retidiff serve --stdio"
    #[cfg(all(feature = "studio", feature = "cpu"))]
    #[arg(long, value_name = "COMMAND", value_parser = crate::serve::CommandLine::parse)]
    remote: Option<crate::serve::CommandLine>,
    /// Demo mode: the whole screen, without files and settings; paints by itself until somebody touches it. It is left
    /// with Ctrl+Shift+K and a PIN
    #[cfg(all(feature = "studio", feature = "cpu"))]
    #[arg(long, conflicts_with_all = ["file", "review"])]
    kiosk: bool,
    /// PIN or phrase that leaves the demo mode, of 4 to 64 characters [default: RETIDIFF_KIOSK_PIN, else one that is
    /// printed]
    #[cfg(all(feature = "studio", feature = "cpu"))]
    #[arg(long, value_name = "PIN", requires = "kiosk", value_parser = crate::studio::stage::kiosk::Pin::parse)]
    kiosk_pin: Option<crate::studio::stage::kiosk::Pin>,
    /// Shared cases (.retidiff-case) that the demo mode shows in place of the bundled templates
    #[cfg(all(feature = "studio", feature = "cpu"))]
    #[arg(long, value_name = "FILE", requires = "kiosk", num_args = 1..)]
    case: Vec<PathBuf>,
    /// For trying the recovery: the first window loses its graphics device after so many seconds (with an f: within
    /// a frame), the one that follows it after the second number, and so on
    #[cfg(all(feature = "studio", feature = "cpu"))]
    #[arg(long, hide = true, value_delimiter = ',', value_parser = crate::studio::TriedLoss::parse)]
    lose_device_after: Vec<crate::studio::TriedLoss>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Info(info::InfoArgs),
    Import(import::ImportArgs),
    Convert(convert::ConvertArgs),
    Dataset(dataset::DatasetArgs),
    Trace(trace::TraceArgs),
    Figure(figure::FigureArgs),
    Case(case::CaseArgs),
    Evaluate(evaluate::EvaluateArgs),
    Review(review::ReviewArgs),
    Origin(origin::OriginArgs),
    #[cfg(feature = "cpu")]
    Reproduce(reproduce::ReproduceArgs),
    #[cfg(feature = "cpu")]
    Synthesize(synthesize::SynthesizeArgs),
    #[cfg(feature = "cpu")]
    Generate(generate::GenerateArgs),
    #[cfg(feature = "cpu")]
    Masks(masks::MasksArgs),
    #[cfg(feature = "cpu")]
    Segment(segment::SegmentArgs),
    #[cfg(feature = "cpu")]
    Train(train::TrainArgs),
    #[cfg(feature = "cpu")]
    Experiment(experiment::ExperimentArgs),
    #[cfg(feature = "cpu")]
    Serve(serve::ServeArgs),
    #[cfg(feature = "tls")]
    Pair(pair::PairArgs),
    #[cfg(feature = "tls")]
    Reach(pair::ReachArgs),
    #[cfg(feature = "cpu")]
    Bench(bench::BenchArgs),
    #[cfg(all(feature = "studio", feature = "cpu"))]
    Screenshot(screenshot::ScreenshotArgs),
}

impl Cli {
    /// Whether what is asked for may open a window or a graphics device, in this process or in one that it starts.
    pub fn reaches_graphics(&self) -> bool {
        !matches!(
            self.command,
            Some(
                Command::Import(_)
                    | Command::Convert(_)
                    | Command::Trace(_)
                    | Command::Figure(_)
                    | Command::Origin(_)
            )
        )
    }
}

/// Runs what the command line asks for.
///
/// # Errors
/// What went wrong, with its causes and the remedy, as one readable chain.
pub fn run(cli: Cli) -> anyhow::Result<()> {
    logging::start(cli.log, log_folder(&cli).as_deref());
    #[cfg(feature = "cpu")]
    if let Some(index) = cli.gpu {
        crate::device::chosen_gpu::choose(index);
    }
    #[cfg(all(feature = "cpu", any(feature = "gpu", feature = "studio")))]
    if let Ok(program) = std::env::current_exe() {
        crate::device::probe::ask_in_processes(program);
    }
    match cli.command {
        None => open_studio(cli),
        Some(Command::Info(args)) => info::run(args),
        Some(Command::Import(args)) => import::run(args),
        Some(Command::Convert(args)) => convert::run(args),
        Some(Command::Dataset(args)) => dataset::run(args),
        Some(Command::Trace(args)) => trace::run(args),
        Some(Command::Figure(args)) => figure::run(args),
        Some(Command::Case(args)) => case::run(args),
        Some(Command::Evaluate(args)) => evaluate::run(args),
        Some(Command::Review(args)) => review::run(args),
        Some(Command::Origin(args)) => origin::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Reproduce(args)) => reproduce::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Synthesize(args)) => synthesize::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Generate(args)) => generate::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Masks(args)) => masks::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Segment(args)) => segment::run(&args),
        #[cfg(feature = "cpu")]
        Some(Command::Train(args)) => train::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Experiment(args)) => experiment::run(args),
        #[cfg(feature = "cpu")]
        Some(Command::Serve(args)) => serve::run(args),
        #[cfg(feature = "tls")]
        Some(Command::Pair(args)) => pair::pair(&args),
        #[cfg(feature = "tls")]
        Some(Command::Reach(args)) => pair::reach(&args),
        #[cfg(feature = "cpu")]
        Some(Command::Bench(args)) => bench::run(args),
        #[cfg(all(feature = "studio", feature = "cpu"))]
        Some(Command::Screenshot(args)) => screenshot::run(args),
    }
}

/// Where the studio keeps its log; commands keep none.
fn log_folder(cli: &Cli) -> Option<PathBuf> {
    #[cfg(all(feature = "studio", feature = "cpu"))]
    if cli.command.is_none() {
        return crate::data_folder::data_folder();
    }
    let _ = cli;
    None
}

#[cfg(not(all(feature = "studio", feature = "cpu")))]
fn open_studio(_cli: Cli) -> anyhow::Result<()> {
    anyhow::bail!("this program was built without the studio; `retidiff --help` lists what it can do")
}

#[cfg(all(feature = "studio", feature = "cpu"))]
fn open_studio(cli: Cli) -> anyhow::Result<()> {
    use crate::studio::{StudioOptions, run};
    let kiosk = cli.kiosk.then(|| kiosk::options(cli.kiosk_pin, &cli.case)).transpose()?;
    run(StudioOptions {
        open: cli.file,
        review: cli.review,
        device: cli.device,
        arithmetic: cli.arithmetic,
        model: cli.model,
        remote: cli.remote,
        losses: cli.lose_device_after,
        kiosk,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_reaches_graphics_and_a_look_for_a_pictures_origin_does_not() {
        let reaches =
            |arguments: &[&str]| Cli::try_parse_from(arguments).expect("a command line").reaches_graphics();
        assert!(reaches(&["retidiff"]) && reaches(&["retidiff", "info", "scan.png"]));
        assert!(!reaches(&["retidiff", "origin", "scan.png", "--in", "set"]));
    }
}
