//! `retidiff case`: masks designed from a recipe, measured, and the recipes to start from.

mod build;
mod check;
mod hand_out;
mod poster;
mod quiz;
pub(super) mod reading;
#[cfg(feature = "cpu")]
mod scan;
mod series;
mod share;
mod study;
mod templates;

use clap::{Args, Subcommand};

/// Designs cases: a recipe says what an eye shall look like, and the mask measures so.
///
/// A recipe is a small text card (TOML or JSON): central thickness, cysts, subretinal fluid, detachments, layers
/// that are thick or lost. `templates` has a dozen to start from. What is made is synthetic and belongs to no
/// patient.
#[derive(Debug, Args)]
pub struct CaseArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Build(build::BuildArgs),
    Check(check::CaseCheckArgs),
    Series(series::SeriesArgs),
    HandOut(hand_out::HandOutArgs),
    Poster(poster::PosterArgs),
    Quiz(quiz::QuizArgs),
    Share(share::ShareArgs),
    Study(study::StudyArgs),
    Templates(templates::TemplatesArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// If a recipe cannot be read or met, a mask does not meet it, or a file cannot be read or written.
pub fn run(args: CaseArgs) -> anyhow::Result<()> {
    match args.action {
        Action::Build(args) => build::run(args),
        Action::Check(args) => check::run(args),
        Action::Series(args) => series::run(args),
        Action::HandOut(args) => hand_out::run(args),
        Action::Poster(args) => poster::run(args),
        Action::Quiz(args) => quiz::run(args),
        Action::Share(args) => share::run(args),
        Action::Study(args) => study::run(args),
        Action::Templates(args) => templates::run(args),
    }
}
