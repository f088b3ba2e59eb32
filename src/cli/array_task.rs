//! The number of a task among those of a cluster's array, from the engine that counts them.

use std::env::VarError;
use std::error::Error;
use std::str::FromStr;

use anyhow::{Context, anyhow};

/// The number that an `engine` (slurm, k8s or env:NAME) gives this task. Messages name the `option` that asks for it, and
/// `what` is counted.
///
/// # Errors
/// If the engine is not known, its variable is not set, or it does not hold a number.
pub(super) fn number_from<N>(option: &str, engine: &str, what: &str) -> anyhow::Result<N>
where
    N: FromStr,
    N::Err: Error + Send + Sync + 'static,
{
    let variable = variable_of(option, engine)?;
    number_in(variable, std::env::var(variable), what)
}

/// The variable that an engine sets.
fn variable_of<'a>(option: &str, engine: &'a str) -> anyhow::Result<&'a str> {
    match engine {
        "slurm" => Ok("SLURM_ARRAY_TASK_ID"),
        "k8s" => Ok("JOB_COMPLETION_INDEX"),
        other => other
            .strip_prefix("env:")
            .ok_or_else(|| anyhow!("{option} {other} is not slurm, k8s or env:NAME")),
    }
}

/// The number that a variable holds.
fn number_in<N>(variable: &str, held: Result<String, VarError>, what: &str) -> anyhow::Result<N>
where
    N: FromStr,
    N::Err: Error + Send + Sync + 'static,
{
    let text = held.with_context(|| format!("{variable} is not set: is this a task of an array?"))?;
    text.trim().parse().with_context(|| format!("{variable} is \"{text}\", not the number of {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_has_its_variable() {
        let variable = |engine| variable_of("--run-from", engine).map_err(|error| error.to_string());
        assert_eq!(variable("slurm"), Ok("SLURM_ARRAY_TASK_ID"));
        assert_eq!(variable("k8s"), Ok("JOB_COMPLETION_INDEX"));
        assert_eq!(variable("env:MINE"), Ok("MINE"));
        assert_eq!(variable("pbs"), Err("--run-from pbs is not slurm, k8s or env:NAME".to_owned()));
    }

    #[test]
    fn a_number_is_read_and_what_is_none_is_named() {
        let number = |held| number_in::<u64>("MINE", held, "a run").map_err(|error| error.to_string());
        assert_eq!(number(Ok(" 17\n".to_owned())), Ok(17));
        let none = "MINE is \"many\", not the number of a run";
        assert_eq!(number(Ok("many".to_owned())), Err(none.to_owned()));
        let unset = "MINE is not set: is this a task of an array?";
        assert_eq!(number(Err(VarError::NotPresent)), Err(unset.to_owned()));
    }
}
