//! How far the runs of a comparison are, from its folder alone.

use std::path::{Path, PathBuf};

use super::arm::Arm;
use super::measure::FIGURES_FILE;
use crate::evaluation::standing::RunStanding;
use crate::training::run_lock;

/// Folder of a run.
pub(super) fn run_folder(comparison: &Path, arm: Arm, seed: u64) -> PathBuf {
    comparison.join("runs").join(arm.to_string()).join(format!("seed-{seed}"))
}

/// How the runs of these arms and seeds stand in the folder of a comparison, in the order in which they are made. A run
/// is done when it is trained and measured.
pub fn standings(comparison: &Path, arms: &[Arm], seeds: u64) -> Vec<RunStanding> {
    let of_run = |arm: Arm, seed: u64| {
        let run = run_folder(comparison, arm, seed);
        let is_done = run.join(FIGURES_FILE).is_file();
        let name = format!("{arm}/seed-{seed}");
        RunStanding::new(name, "train", is_done, || run_lock::is_alive(&run))
    };
    arms.iter().flat_map(|&arm| (0..seeds).map(move |seed| of_run(arm, seed))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::standing::Standing;
    use crate::formats::write_file;
    use crate::training::run_lock::RunLock;

    #[test]
    fn runs_are_waiting_at_work_or_measured() {
        let folder = tempfile::tempdir().unwrap();
        let of_folder = || -> Vec<Standing> {
            let runs = standings(folder.path(), &[Arm::REAL, Arm::REAL_AUGMENTED], 2);
            runs.iter().map(|run| run.standing).collect()
        };
        assert_eq!(of_folder(), [Standing::Waiting; 4]);
        let at_work = run_folder(folder.path(), Arm::REAL, 1);
        std::fs::create_dir_all(&at_work).unwrap();
        let _lock = RunLock::take(&at_work).unwrap();
        let measured = run_folder(folder.path(), Arm::REAL_AUGMENTED, 0);
        std::fs::create_dir_all(&measured).unwrap();
        write_file(&measured.join(FIGURES_FILE), b"{}").unwrap();
        assert_eq!(of_folder(), [Standing::Waiting, Standing::Running, Standing::Done, Standing::Waiting]);
        let runs = standings(folder.path(), &[Arm::REAL_AUGMENTED], 1);
        assert_eq!(runs[0].name, "real+aug/seed-0");
    }
}
