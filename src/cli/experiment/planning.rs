//! `retidiff experiment plan`.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;

use super::plan_file::read_plan;
use crate::dataset::split::{SPLIT_FILE, eyes_of};
use crate::dataset::{Manifest, ManifestEntry, Role, Split, read_scans};
use crate::evaluation::downstream::Arm;
use crate::evaluation::experiment::{
    Budget, ExperimentPlan, GivenJudge, PLAN_FILE, PlannedRun, Repetition, Sizes, needed_by_rows,
};
use crate::formats::{read_file, write_file};
use crate::nn::SegmenterKind;
use crate::worker::models::ModelSource;

/// Seed of the folds.
const FOLD_SEED: u64 = 0;

/// Writes a plan: OUT/plan.json, which is never changed.
///
/// Each subject of --subjects must have a graded scan. --folds divides eyes, whatever names they have. Arms of Table 2 are
/// written as `retidiff evaluate downstream` has them; without --arms they are real, real+aug, synmaskN of the graders'
/// masks, and synN, real+synN and painterN of the budget's pairs. Table 1 is judged by a segmenter that is trained for it,
/// for as many steps as the budget says whatever --steps says, or by the one that --judge names, which must not have
/// trained on a measured eye; it is put beside the plan.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    retidiff experiment plan --table 2 --arms real,real+syn250 --pictures 250 --data data --out exp\n  \
    retidiff experiment plan --table 1 --steps 80 --judge segmenter --data data --out exp")]
pub struct PlanArgs {
    /// Tables of the paper: 1 (what methods draw), 2 (segmenters by what they trained on); may be repeated
    #[arg(long = "table", value_name = "1|2", required_unless_present = "runs", conflicts_with = "runs",
          value_parser = clap::value_parser!(u8).range(1..=2))]
    tables: Vec<u8>,
    /// A JSON list of runs of one's own, each with its name and task, as plan.json has them
    #[arg(long, value_name = "FILE")]
    runs: Option<PathBuf>,
    /// How much of it a machine can afford
    #[arg(long, value_enum, default_value = "small")]
    budget: Budget,
    /// Folder of the labelled data set, as `retidiff import` makes it
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Scans for stage 1 instead of the data set's own: another data set, or OCT2017 as it was published
    #[arg(long, value_name = "DIR")]
    pretrain_data: Option<PathBuf>,
    /// Folder of the experiment
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Repetitions with seeds 0, 1, ..
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Folds over the eyes: each subject is measured in one of them
    #[arg(long, value_name = "N", conflicts_with_all = ["subjects", "split"],
          value_parser = clap::value_parser!(u64).range(2..=100))]
    folds: Option<u64>,
    /// Subjects that are measured and do not train, each with a graded scan at least [default: those who validate]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    subjects: Option<Vec<String>>,
    /// Which subjects train, as `retidiff dataset build` writes it [default: the data set's own split.json where it has
    /// one, else Duke 7-8 and Tian 7 validate, Duke 9-10 are held out]
    #[arg(long, value_name = "split.json")]
    split: Option<PathBuf>,
    /// Steps of every training but that of the judge, in place of the budget's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    steps: Option<u64>,
    /// Pairs of sampled masks, in place of the budget's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    pictures: Option<u64>,
    /// Training sets of Table 2 in place of the usual ones, such as real,real+syn250,painter250
    #[arg(long, value_name = "ARMS", value_delimiter = ',', conflicts_with = "runs")]
    arms: Option<Vec<Arm>>,
    /// Networks of Table 2 in place of the budget's, such as small,unet
    #[arg(long, value_enum, value_name = "NETWORKS", value_delimiter = ',', conflicts_with = "runs")]
    networks: Option<Vec<SegmenterKind>>,
    /// Steps of the segmenter that judges Table 1, in place of the budget's
    #[arg(long, value_name = "N", conflicts_with = "runs",
          value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    judge_steps: Option<u64>,
    /// A segmenter that judges Table 1 in place of one that is trained for it: a bundled one's name or a model file
    #[arg(long, value_name = "NAME|FILE", conflicts_with_all = ["runs", "judge_steps"])]
    judge: Option<String>,
}

/// `experiment plan`.
///
/// # Errors
/// If the data cannot be read, somebody is missing, or another plan is there.
pub fn plan(args: &PlanArgs) -> anyhow::Result<()> {
    let data = Manifest::read(&args.data)?;
    let pretraining = args.pretrain_data.as_deref().map(read_scans).transpose()?.map(|(scans, _)| scans);
    let judge = args.judge()?;
    let runs = match &args.runs {
        Some(file) => serde_json::from_slice(&read_file(file)?).with_context(|| {
            format!("{}: give a JSON list of {{\"name\": .., \"task\": ..}}", file.display())
        })?,
        None => args.runs_of_tables(&data, pretraining.is_some(), judge.as_ref())?,
    };
    let source =
        args.runs.as_ref().map_or_else(|| "the arguments".to_owned(), |file| file.display().to_string());
    let plan = ExperimentPlan::new(args.title(), &data, pretraining.as_ref(), runs);
    plan.check().map_err(|reason| anyhow::anyhow!("this cannot be planned: {reason}; correct {source}"))?;
    let plan = plan.with_contents(&data, pretraining.as_ref())?;
    let path = args.out.join(PLAN_FILE);
    let place = path.display();
    let keep_judge = || judge.as_ref().map_or(Ok(()), |judge| judge.keep(&args.out));
    let plan = if path.exists() {
        let (found, _) = read_plan(&path)?;
        ensure!(
            !plan.has_other_contents_than(&found),
            "{place} was made before scans or labels of {} changed under the same names: bring them back, or name another \
             folder with --out",
            args.data.display()
        );
        ensure!(plan.is_that_of(&found), "{place} is another plan: name another folder with --out");
        keep_judge()?;
        found
    } else {
        // Before the plan: whoever reads that finds the judge.
        keep_judge()?;
        write_file(&path, plan.to_json().as_bytes())?;
        plan
    };
    println!("{place}: {} runs, {}", plan.runs.len(), plan.sha256());
    Ok(())
}

impl PlanArgs {
    fn title(&self) -> String {
        let tables: Vec<String> = self.tables.iter().map(|table| format!("Table {table}")).collect();
        match tables.is_empty() {
            true => "Experiment".to_owned(),
            false => format!("{}, budget {}", tables.join(" and "), budget_word(self.budget)),
        }
    }

    fn sizes(&self) -> Sizes {
        let mut sizes = self.budget.sizes();
        if let Some(steps) = self.steps {
            let each = [
                &mut sizes.pretrain_steps,
                &mut sizes.mask_steps,
                &mut sizes.image_steps,
                &mut sizes.autoencoder_steps,
                &mut sizes.segmenter_steps,
            ];
            each.into_iter().for_each(|place| *place = steps);
        }
        if let Some(steps) = self.judge_steps {
            sizes.judge_steps = steps;
        }
        if let Some(pictures) = self.pictures {
            sizes.pictures = pictures as usize;
        }
        if let Some(networks) = &self.networks {
            sizes.segmenters.clone_from(networks);
        }
        sizes
    }

    /// The segmenter that was named as the judge.
    fn judge(&self) -> anyhow::Result<Option<GivenJudge>> {
        let is_asked_for = self.judge.is_some() || self.judge_steps.is_some();
        ensure!(
            !is_asked_for || self.tables.contains(&1),
            "--judge and --judge-steps are for Table 1: add --table 1"
        );
        let Some(judge) = &self.judge else { return Ok(None) };
        let (bytes, place) = ModelSource::named(judge).read()?;
        Ok(Some(GivenJudge::read(bytes.into_owned(), place)?))
    }

    /// The runs of the tables for every fold and seed.
    fn runs_of_tables(
        &self,
        data: &Manifest,
        has_pretraining_scans: bool,
        judge: Option<&GivenJudge>,
    ) -> anyhow::Result<Vec<PlannedRun>> {
        ensure!(
            (self.arms.is_none() && self.networks.is_none()) || self.tables.contains(&2),
            "--arms and --networks are of Table 2: add --table 2"
        );
        let missing = data.without_graded_scan(self.subjects.as_deref().unwrap_or_default());
        ensure!(
            missing.is_empty(),
            "{} holds no graded scan of {}; import their labels, correct the names, or leave them out of --subjects",
            self.data.display(),
            missing.join(", ")
        );
        let sizes = self.sizes();
        let mut runs = Vec::new();
        for (fold, (split, measured)) in self.splits(data)?.into_iter().enumerate() {
            let real = self.training_scans(data, &split, &measured)?;
            if let Some(judge) = judge {
                judge.check_unseen(&measured)?;
            }
            for seed in 0..self.seeds {
                let mut prefix = String::new();
                if self.folds.is_some() {
                    prefix += &format!("fold{fold}.");
                }
                if self.seeds > 1 {
                    prefix += &format!("seed{seed}.");
                }
                let repetition = Repetition {
                    budget: self.budget,
                    sizes: &sizes,
                    seed,
                    split: split.clone(),
                    measured: measured.clone(),
                    prefix,
                    has_pretraining_scans,
                    judge,
                };
                runs.extend(repetition.shared_runs());
                if self.tables.contains(&1) {
                    runs.extend(repetition.table_1());
                }
                if self.tables.contains(&2) {
                    let arms = self.arms.clone().unwrap_or_else(|| repetition.usual_arms(real));
                    repetition
                        .check_arms(&arms, real)
                        .map_err(|reason| anyhow::anyhow!("--arms: {reason}"))?;
                    runs.extend(repetition.table_2(real, &arms));
                }
            }
        }
        Ok(needed_by_rows(runs))
    }

    /// Graded scans that train, where there are some to measure, too.
    fn training_scans(&self, data: &Manifest, split: &Split, measured: &[String]) -> anyhow::Result<usize> {
        let count = |wanted: &dyn Fn(&ManifestEntry) -> bool| {
            data.entries.iter().filter(|entry| entry.is_graded() && wanted(entry)).count()
        };
        let real = count(&|entry| split.role(&entry.subject) == Role::Training);
        let place = self.data.display();
        ensure!(real >= 2, "{place} holds {real} graded scans of subjects that train; name another --split");
        ensure!(
            count(&|entry| measured.contains(&entry.subject)) > 0,
            "{place} holds no graded scan of {}; name others with --subjects",
            measured.join(", ")
        );
        Ok(real)
    }

    /// Each split and who is measured by it, nobody of whom trains.
    fn splits(&self, data: &Manifest) -> anyhow::Result<Vec<(Split, Vec<String>)>> {
        let mut subjects: Vec<String> = data
            .entries
            .iter()
            .filter(|entry| entry.is_graded())
            .map(|entry| entry.subject.clone())
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        if let Some(folds) = self.folds {
            let eyes = eyes_of(&subjects).len();
            ensure!(
                eyes as u64 >= folds,
                "{} holds graded scans of {eyes} eyes for {folds} folds; ask for fewer --folds",
                self.data.display()
            );
            let of_fold = |fold| {
                let split = Split::k_fold(&subjects, folds as usize, fold as usize, FOLD_SEED);
                let measured = split.validation.clone();
                (split, measured)
            };
            return Ok((0..folds).map(of_fold).collect());
        }
        let split = self.split()?;
        let validates = |subject: &&String| split.role(subject) == Role::Validation;
        let measured =
            self.subjects.clone().unwrap_or_else(|| subjects.iter().filter(validates).cloned().collect());
        ensure!(!measured.is_empty(), "nobody is measured: name subjects with --subjects");
        let is_other = |subject: &String| !measured.contains(subject);
        let validation = split.validation.iter().filter(|&subject| is_other(subject)).cloned().collect();
        let held_out = split.held_out.into_iter().filter(is_other).chain(measured.clone()).collect();
        Ok(vec![(Split { validation, held_out }, measured)])
    }

    fn split(&self) -> anyhow::Result<Split> {
        let of_data = Some(self.data.join(SPLIT_FILE)).filter(|file| file.is_file());
        let Some(file) = self.split.clone().or(of_data) else { return Ok(Split::default()) };
        let split = serde_json::from_slice(&read_file(&file)?);
        split.with_context(|| format!("{} is no split", file.display()))
    }
}

fn budget_word(budget: Budget) -> &'static str {
    match budget {
        Budget::Tiny => "tiny (a rehearsal, whose figures say nothing)",
        Budget::Small => "small",
        Budget::Paper => "paper",
    }
}
