//! What an experiment found out so far, for machines.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::FIGURES_FILE;
use super::done::folder_of;
use super::error::ExperimentError;
use super::pictures::{JudgedFigures, PictureFigures};
use super::plan::{ArmRow, ExperimentPlan, MethodRow, Task};
use super::published::PublishedFigures;
use super::worker::missing;
use crate::evaluation::downstream::{Arm, ArmComparison, ArmFigures, MeanAndDeviation, RunFigures};
use crate::formats::{FormatError, read_file};

const REPORT_VERSION: u32 = 1;

/// Everything that was found out.
#[derive(Debug, Serialize)]
pub struct ExperimentReport {
    /// Version of the report.
    pub version: u32,
    /// Of the plan.
    pub title: String,
    /// Of the plan.
    pub plan_sha256: String,
    /// Runs of the plan, and those that are not done.
    pub runs: usize,
    /// Names of runs that are not done.
    pub missing: Vec<String>,
    /// What judges the pictures of Table 1, each once.
    pub judges: Vec<String>,
    /// In the order of the plan.
    pub table_1: Vec<MethodFigures>,
    /// Below its methods: pictures of the same masks whose worth is known.
    pub table_1_references: Vec<ReferenceRow>,
    /// Segmenters by what they were trained on.
    pub table_2: Vec<NetworkFigures>,
    /// Columns of the paper's tables that stay open, and why.
    pub open_columns: Vec<&'static str>,
}

/// A row of Table 1 over its seeds and folds.
#[derive(Debug, Serialize)]
pub struct MethodFigures {
    pub row: MethodRow,
    /// Names of the runs that measured it.
    pub runs: Vec<String>,
    /// FID, where the weights of Inception were given.
    pub fid: Option<MeanAndDeviation>,
    pub fid_of_real_halves: Option<MeanAndDeviation>,
    /// The same on the features of EfficientNet-Lite0, where its weights were given.
    pub fd_effnet: Option<MeanAndDeviation>,
    pub fd_effnet_of_real_halves: Option<MeanAndDeviation>,
    /// Mean LPIPS of pairs of drawn pictures, where its weights were given.
    pub lpips: Option<MeanAndDeviation>,
    pub frechet: Option<MeanAndDeviation>,
    pub frechet_of_real_halves: Option<MeanAndDeviation>,
    pub kernel: Option<MeanAndDeviation>,
    pub lines_passed: Option<MeanAndDeviation>,
    pub lines: usize,
    pub agreement: Option<MeanAndDeviation>,
    pub agreement_fluid: Option<MeanAndDeviation>,
    pub secs_per_picture: Option<MeanAndDeviation>,
    pub pictures: usize,
    pub real: usize,
    pub scans: usize,
}

/// What lines and judges say of pictures whose worth is known, over seeds and folds.
#[derive(Debug, Serialize)]
pub struct ReferenceRow {
    pub name: &'static str,
    /// `None` of the real scans.
    pub lines_passed: Option<MeanAndDeviation>,
    pub agreement: Option<MeanAndDeviation>,
    pub agreement_fluid: Option<MeanAndDeviation>,
}

/// A row of Table 2 over its seeds and folds.
#[derive(Debug, Serialize)]
pub struct NetworkFigures {
    pub network: String,
    /// Names of the runs that were measured.
    pub runs: Vec<String>,
    pub figures: ArmFigures,
    /// Against the same network on `real` and on `real+aug`, over the folds that both were measured in.
    pub comparisons: Vec<ArmComparison>,
}

impl ExperimentReport {
    /// Of the runs that are done.
    ///
    /// # Errors
    /// If a mark or figures cannot be read.
    pub fn of(plan: &ExperimentPlan, folder: &Path) -> Result<Self, ExperimentError> {
        let missing: Vec<String> = missing(plan, folder)?.into_iter().map(str::to_owned).collect();
        let is_done = |name: &String| !missing.contains(name);
        let mut methods: Vec<(MethodRow, Vec<MeasuredPictures>)> = Vec::new();
        let mut networks: Vec<(ArmRow, Vec<Measured>)> = Vec::new();
        // Who looked at whose eyes, and what came of it.
        let (mut looked, mut references) = (Vec::new(), Vec::<[JudgedFigures; 2]>::new());
        for run in plan.runs.iter().filter(|run| is_done(&run.name)) {
            match &run.task {
                Task::Pictures { row, segmenter, measured, .. } => {
                    let figures = MeasuredPictures {
                        run: run.name.clone(),
                        figures: read(folder, &run.name)?,
                        published: PublishedFigures::read(&folder_of(folder, &run.name))?,
                    };
                    // A judge says the same of them beside every method.
                    let judged = (segmenter, measured);
                    if let (Some(real), Some(painter)) = (figures.figures.real_scans, figures.figures.painter)
                        && !looked.contains(&judged)
                    {
                        looked.push(judged);
                        references.push([real, painter]);
                    }
                    match methods.iter_mut().find(|(known, _)| known == row) {
                        Some((_, of_row)) => of_row.push(figures),
                        None => methods.push((row.clone(), vec![figures])),
                    }
                }
                Task::Labels { row, measured, .. } => {
                    let figures = Measured {
                        run: run.name.clone(),
                        subjects: measured.clone(),
                        figures: read(folder, &run.name)?,
                    };
                    let is_same = |known: &ArmRow| known.network == row.network && known.arm == row.arm;
                    match networks.iter_mut().find(|(known, _)| is_same(known)) {
                        Some((_, of_row)) => of_row.push(figures),
                        None => networks.push((row.clone(), vec![figures])),
                    }
                }
                Task::Train(_) | Task::Pairs { .. } | Task::Painted { .. } | Task::Segmenter { .. } => {}
            }
        }
        let table_1: Vec<MethodFigures> =
            methods.into_iter().map(|(row, runs)| MethodFigures::of(row, runs)).collect();
        let open_columns = open_columns(&table_1);
        Ok(Self {
            version: REPORT_VERSION,
            title: plan.title.clone(),
            plan_sha256: plan.sha256(),
            runs: plan.runs.len(),
            missing,
            judges: judges(plan),
            table_1,
            table_1_references: reference_rows(&references),
            table_2: networks.iter().map(|(row, runs)| NetworkFigures::of(row, runs, &networks)).collect(),
            open_columns,
        })
    }
}

/// What judges the pictures of a plan, each once.
fn judges(plan: &ExperimentPlan) -> Vec<String> {
    let task_of = |name: &str| plan.runs.iter().find(|run| run.name == name).map(|run| &run.task);
    let mut judges = Vec::new();
    for run in &plan.runs {
        let Task::Pictures { segmenter, .. } = &run.task else { continue };
        let judge = match task_of(segmenter) {
            Some(Task::Train(training)) => {
                format!("a segmenter trained for it in {} steps", training.config.steps)
            }
            Some(Task::Segmenter { name, sha256, .. }) => {
                format!("the given segmenter \"{name}\" ({})", &sha256[..sha256.len().min(12)])
            }
            _ => continue,
        };
        if !judges.contains(&judge) {
            judges.push(judge);
        }
    }
    judges
}

/// Why columns of the paper stay open.
const FID_IS_OPEN: &str = "FID is open: it needs the weights of the Inception network of 2015, which are not carried here \
    (`experiment report --inception FILE`)";
const FD_EFFNET_IS_OPEN: &str = "FD-EffNet is open: it needs the weights of EfficientNet-Lite0, which are not carried here \
    (`experiment report --effnet FILE`)";
const LPIPS_IS_OPEN: &str = "LPIPS is open: it needs the weights of AlexNet and of its linear layers, which are not \
    carried here (`experiment report --lpips FILE`)";

/// What the paper has and this report has not, in some row or in all.
fn open_columns(table_1: &[MethodFigures]) -> Vec<&'static str> {
    let mut open = Vec::new();
    if table_1.iter().any(|row| row.fid.is_none()) {
        open.push(FID_IS_OPEN);
    }
    if table_1.iter().any(|row| row.fd_effnet.is_none()) {
        open.push(FD_EFFNET_IS_OPEN);
    }
    if table_1.iter().any(|row| row.lpips.is_none()) {
        open.push(LPIPS_IS_OPEN);
    }
    open
}

/// What was measured of what a method draws.
struct MeasuredPictures {
    run: String,
    figures: PictureFigures,
    published: PublishedFigures,
}

/// A measured segmenter.
struct Measured {
    run: String,
    subjects: Vec<String>,
    figures: RunFigures,
}

impl MethodFigures {
    fn of(row: MethodRow, runs: Vec<MeasuredPictures>) -> Self {
        let spread = |figure: fn(&PictureFigures) -> Option<f64>| {
            MeanAndDeviation::of(runs.iter().map(|measured| figure(&measured.figures)))
        };
        let published = |figure: fn(&PublishedFigures) -> Option<f64>| {
            MeanAndDeviation::of(runs.iter().map(|measured| figure(&measured.published)))
        };
        let most = |count: fn(&PictureFigures) -> usize| {
            runs.iter().map(|measured| count(&measured.figures)).max().unwrap_or_default()
        };
        Self {
            fid: published(|figures| Some(figures.fid.as_ref()?.distance)),
            fid_of_real_halves: published(|figures| figures.fid.as_ref()?.of_real_halves),
            fd_effnet: published(|figures| Some(figures.fd_effnet.as_ref()?.distance)),
            fd_effnet_of_real_halves: published(|figures| figures.fd_effnet.as_ref()?.of_real_halves),
            lpips: published(|figures| Some(figures.lpips.as_ref()?.diversity.mean)),
            frechet: spread(|figures| figures.frechet),
            frechet_of_real_halves: spread(|figures| figures.frechet_of_real_halves),
            kernel: spread(|figures| figures.kernel),
            lines_passed: spread(|figures| Some(figures.lines_passed as f64)),
            agreement: spread(|figures| figures.agreement),
            agreement_fluid: spread(|figures| figures.agreement_fluid),
            secs_per_picture: spread(|figures| Some(figures.secs_per_picture)),
            lines: most(|figures| figures.lines),
            pictures: most(|figures| figures.pictures),
            real: most(|figures| figures.real),
            scans: most(|figures| figures.scans),
            runs: runs.into_iter().map(|measured| measured.run).collect(),
            row,
        }
    }
}

/// The real scans and the painter; nothing where nobody measured them.
fn reference_rows(judged: &[[JudgedFigures; 2]]) -> Vec<ReferenceRow> {
    let row = |(at, name): (usize, &'static str)| {
        let spread = |figure: fn(&JudgedFigures) -> Option<f64>| {
            MeanAndDeviation::of(judged.iter().map(|both| figure(&both[at])))
        };
        ReferenceRow {
            name,
            lines_passed: spread(|figures| figures.lines_passed.map(|lines| lines as f64)),
            agreement: spread(|figures| figures.agreement),
            agreement_fluid: spread(|figures| figures.agreement_fluid),
        }
    };
    let names = ["Real scans of the same eyes (ceiling)", "Painter (must fail)"];
    names.into_iter().enumerate().filter(|_| !judged.is_empty()).map(row).collect()
}

impl NetworkFigures {
    /// `all` are the rows that it may be compared with.
    fn of(row: &ArmRow, measured: &[Measured], all: &[(ArmRow, Vec<Measured>)]) -> Self {
        let own = folds(measured);
        let over = |base: Arm| {
            let is_base = |(other, _): &&(ArmRow, _)| other.network == row.network && other.arm == base;
            let (_, others) = all.iter().find(is_base).filter(|_| base != row.arm)?;
            let others = folds(others);
            let both = own.iter().filter_map(|fold| {
                let other = others.iter().find(|other| other[0].subjects == fold[0].subjects)?;
                Some((fold.clone(), other.clone()))
            });
            let (own, others): (Vec<_>, Vec<_>) = both.unzip();
            ArmComparison::of(row.arm, &by_seed(&own), base, &by_seed(&others))
        };
        Self {
            network: row.network.clone(),
            runs: measured.iter().map(|measured| measured.run.clone()).collect(),
            figures: ArmFigures::of(row.arm, row.training_scans, &by_seed(&own)),
            comparisons: [Arm::REAL, Arm::REAL_AUGMENTED].into_iter().filter_map(over).collect(),
        }
    }
}

/// Runs by whom they measured: on other eyes they are other folds.
fn folds(measured: &[Measured]) -> Vec<Vec<&Measured>> {
    let mut folds: Vec<Vec<&Measured>> = Vec::new();
    for run in measured {
        match folds.iter_mut().find(|fold| fold[0].subjects == run.subjects) {
            Some(fold) => fold.push(run),
            None => folds.push(vec![run]),
        }
    }
    folds
}

/// The figures of each seed on all eyes: the first of each fold is the first seed, and so on.
fn by_seed(folds: &[Vec<&Measured>]) -> Vec<RunFigures> {
    let seeds = folds.iter().map(Vec::len).min().unwrap_or_default();
    let of_seed =
        |seed: usize| RunFigures::joined(folds.iter().map(|fold| fold[seed].figures.clone()).collect());
    (0..seeds).filter_map(of_seed).collect()
}

fn read<T: DeserializeOwned>(folder: &Path, run: &str) -> Result<T, ExperimentError> {
    let file = folder_of(folder, run).join(FIGURES_FILE);
    let refuse = |error: serde_json::Error| {
        let remedy = "remove it and the run's .done file, and it is measured again";
        FormatError::malformed(&file.display().to_string(), "the figures", error.to_string(), remedy)
    };
    Ok(serde_json::from_slice(&read_file(&file)?).map_err(refuse)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::downstream::blind_to_fluid;
    use crate::evaluation::experiment::done;
    use crate::evaluation::experiment::plan::tests::{pictures, plan};
    use crate::formats::write_file;
    use serde_json::json;

    #[test]
    fn the_painter_comes_from_whichever_row_measured_it() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let plan = plan(["before", "now", "too"].map(pictures).into());
        let before = json!({
            "version": 1, "scans": 2, "lines_passed": 1, "lines": 17, "pictures": 4, "real": 4, "secs_per_picture": 1.0
        });
        let mut now = before.clone();
        now["real_scans"] = json!({"agreement": 0.9, "agreement_fluid": 0.6});
        now["painter"] = json!({"lines_passed": 3, "agreement": 0.86});
        for (run, figures) in plan.runs.iter().zip([&before, &now, &now]) {
            let file = folder_of(folder, &run.name).join(FIGURES_FILE);
            write_file(&file, figures.to_string().as_bytes()).unwrap();
            done::mark(folder, &plan.sha256(), &run.name, "CPU", 1.0).unwrap();
        }
        let text = ExperimentReport::of(&plan, folder).unwrap().markdown();
        let dashes = "– | ".repeat(8);
        assert!(
            text.contains(&format!("| Painter (must fail) | {dashes}3 of 17 | 0.860 | – | – |")),
            "{text}"
        );
        assert!(text.contains(&format!("(ceiling) | {dashes}– | 0.900 | 0.600 | – |")), "{text}");
        assert!(text.contains("shows nothing of a method"), "{text}");
    }

    #[test]
    fn an_arm_is_compared_with_the_same_network_where_both_were_measured() {
        let rows = [("unet", "real", "12"), ("unet", "painter3", "2"), ("small", "painter3", "1")];
        let rows = rows.map(|(network, arm, eyes)| {
            let row = ArmRow { network: network.to_owned(), arm: arm.parse().unwrap(), training_scans: 3 };
            let of_eye = |eye: char| {
                let (run, subjects) = (eye.to_string(), vec![eye.to_string()]);
                Measured { run, subjects, figures: blind_to_fluid() }
            };
            (row, eyes.chars().map(of_eye).collect::<Vec<_>>())
        });
        let of = |at: usize| NetworkFigures::of(&rows[at].0, &rows[at].1, &rows).comparisons;
        assert!(of(0).is_empty() && of(2).is_empty());
        let found = of(1);
        assert_eq!((found.len(), found[0].over, found[0].mean_dice.difference.estimate), (1, Arm::REAL, 0.0));
        assert_eq!(found[0].verdict(), "no difference is shown");
    }
}
