//! Whether a run will fit into the memory of this machine, and what helps where it does not.

use super::config::RunConfig;
use super::cost::Cost;

/// What helps when a run needs more memory than there is; the step stays the same.
pub const TRAINING_REMEDY: &str = "a run takes less with a smaller --batch (--accumulation makes up for it), \
    fewer --crop-columns or --gradient-checkpointing; its newest checkpoint is whole: continue with --resume";

/// The same for readers of the studio, who see fields rather than arguments.
pub const WHAT_TAKES_LESS: &str = "Less is taken by a smaller batch (accumulation makes up for it), fewer crop \
    columns or gradient checkpointing";

/// A warning if a run will hardly fit into the memory that is free.
pub fn warning(config: &RunConfig, free: u64) -> Option<String> {
    // A segmenter takes a fraction of what a network that draws takes of its batch and size.
    let needed = Cost::known(config)?.memory_bytes;
    let gigabytes = |bytes: f64| bytes / 1e9;
    (needed > free as f64).then(|| {
        format!(
            "this run needs about {:.1} GB of memory and {:.1} GB are free: it may be broken off. {WHAT_TAKES_LESS}",
            gigabytes(needed),
            gigabytes(free as f64),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_hardly_fits_is_warned_of() {
        let config = RunConfig::live();
        assert_eq!(warning(&config, 1 << 40), None);
        let text = warning(&config, 1 << 20).unwrap();
        assert!(text.contains("0.0 GB are free") && text.contains("smaller batch"), "{text}");
    }
}
