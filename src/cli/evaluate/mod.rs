//! `retidiff evaluate`: figures that say how good a part is, from a command that anybody can run again.

#[cfg(feature = "cpu")]
mod ablation;
mod distances;
#[cfg(feature = "cpu")]
mod downstream;
mod fidelity;
#[cfg(feature = "cpu")]
mod fidelity_model;
#[cfg(feature = "cpu")]
mod fidelity_reader;
#[cfg(feature = "cpu")]
mod guard;
#[cfg(feature = "cpu")]
mod lesions;
#[cfg(feature = "cpu")]
mod masks;
#[cfg(feature = "cpu")]
mod measured;
#[cfg(feature = "cpu")]
mod memorisation;
#[cfg(feature = "cpu")]
mod models_at_hand;
#[cfg(feature = "cpu")]
mod steps;
mod subjects;
mod tolerances;
mod trace;
#[cfg(feature = "cpu")]
mod writing;

use clap::{Args, Subcommand};

/// Measures a model, or the auto-trace.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    #[command(subcommand)]
    what: Evaluation,
}

#[derive(Debug, Subcommand)]
enum Evaluation {
    Fidelity(fidelity::FidelityArgs),
    Distances(distances::DistancesArgs),
    #[cfg(feature = "cpu")]
    Steps(steps::StepsArgs),
    #[cfg(feature = "cpu")]
    Lesions(lesions::LesionsArgs),
    #[cfg(feature = "cpu")]
    Masks(masks::MaskEvaluation),
    #[cfg(feature = "cpu")]
    Memorisation(memorisation::MemorisationArgs),
    #[cfg(feature = "cpu")]
    Ablation(ablation::AblationArgs),
    #[cfg(feature = "cpu")]
    Downstream(downstream::DownstreamArgs),
    Tolerances(tolerances::TolerancesArgs),
    Trace(trace::EvaluateTraceArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read or written, or the model does not pass.
pub fn run(args: EvaluateArgs) -> anyhow::Result<()> {
    match args.what {
        Evaluation::Fidelity(args) => fidelity::run(&args),
        Evaluation::Distances(args) => distances::run(&args),
        #[cfg(feature = "cpu")]
        Evaluation::Steps(args) => steps::run(&args),
        #[cfg(feature = "cpu")]
        Evaluation::Lesions(args) => lesions::run(&args),
        #[cfg(feature = "cpu")]
        Evaluation::Masks(args) => masks::run(&args),
        #[cfg(feature = "cpu")]
        Evaluation::Memorisation(args) => memorisation::run(&args),
        #[cfg(feature = "cpu")]
        Evaluation::Ablation(args) => ablation::run(&args),
        #[cfg(feature = "cpu")]
        Evaluation::Downstream(args) => downstream::run(&args),
        Evaluation::Tolerances(args) => tolerances::run(&args),
        Evaluation::Trace(args) => trace::run(&args),
    }
}
