//! `retidiff evaluate memorisation`: whether an image model draws new scans or those it was trained on.

use std::path::Path;
use std::time::Instant;

use anyhow::ensure;
use clap::Args;
use serde::Serialize;

use super::leak_guard::trained_on;
use super::measured::{DrawingArgs, MeasuredArgs, load, spread, synthesize};
use crate::dataset::samples::LabelledScan;
use crate::dataset::{Manifest, ManifestEntry};
use crate::diffusion::synthesizer::Synthesizer;
use crate::metrics::masks::{Interval, bootstrap, median};
use crate::metrics::memorisation::Fingerprint;

/// Version of the JSON report.
const REPORT_VERSION: u32 = 1;

/// Measure how near drawn scans lie to the scans a model was trained on.
///
/// Pictures are drawn from masks the model knows and from masks of held-out subjects. Each one's distance to the
/// nearest real training scan is held against that of real scans nobody trained on, and of training scans to those
/// of other subjects. The distance is the mean squared difference of small copies with mean 0 and deviation 1, in
/// which anatomy counts and speckle does not, of the mirror image if that is nearer: 0 is a copy, 2 a stranger. A
/// mask brings its picture near to the scan it was drawn on, so the distance to the own scan is printed for both
/// kinds of masks. Intervals are 95 % bootstrap intervals of the median over pictures; those of one eye are alike,
/// so they are rather too narrow.
#[derive(Debug, Args)]
pub struct MemorisationArgs {
    #[command(flatten)]
    measured: MeasuredArgs,
    /// At most so many masks of each kind, spread evenly
    #[arg(long, value_name = "N", default_value_t = 22, value_parser = clap::value_parser!(u32).range(2..))]
    scans: u32,
    #[command(flatten)]
    drawing: DrawingArgs,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Everything the command found out.
#[derive(Debug, Serialize)]
struct Report {
    version: u32,
    /// Name and tensor hash.
    model: (String, String),
    subjects: Vec<String>,
    sampler: &'static str,
    steps: u32,
    seed: u64,
    device: String,
    training_scans: usize,
    held_out_scans: usize,
    secs_per_scan: f64,
    figures: Figures,
}

/// Medians of the distance to the nearest training scan, unless said otherwise.
#[derive(Debug, Serialize)]
struct Figures {
    of_training_masks: Drawn,
    of_held_out_masks: Drawn,
    /// Real scans of held-out subjects.
    held_out: Interval,
    /// Real training scans, to the nearest of another subject; `None` where there is only one subject.
    across_subjects: Option<Interval>,
}

/// The pictures of one kind of masks.
#[derive(Debug, Serialize)]
struct Drawn {
    pictures: usize,
    nearest: Interval,
    /// To the real scan that the mask was drawn on.
    own: Interval,
    /// Share of the pictures nearer to a training scan than any held-out scan is.
    nearer_than_any_held_out: f64,
}

/// A real scan as a small copy, and whose it is.
struct Real {
    id: String,
    subject: String,
    print: Fingerprint,
}

/// A picture as a small copy, and that of the scan whose mask it was drawn from.
struct Picture {
    print: Fingerprint,
    own: Fingerprint,
}

/// Runs the subcommand.
///
/// # Errors
/// If something cannot be read, or the model trained on a subject that is measured.
pub fn run(args: &MemorisationArgs) -> anyhow::Result<()> {
    let manifest = Manifest::read(&args.measured.data)?;
    let who = args.measured.subjects()?;
    let measured = who.scans(&manifest)?;
    let (device, device_name) = args.drawing.device.pick()?;
    let file = args.measured.model_source().read()?;
    let synthesizer = load(&file, &device)?;
    let described = &synthesizer.info().training;
    args.measured.guard.check(Path::new(&file.1), described, &who.measured)?;

    // What the model says it learnt from, where it says so: the data set may hold more.
    let learnt = trained_on(described);
    let learnt_traced = described["pseudo_labelled_scans"].as_u64().unwrap_or(0) > 0;
    let is_learnt = |entry: &&ManifestEntry| {
        (who.is_training(entry) || entry.pseudo_labelled && learnt_traced && who.trains(&entry.subject))
            && (learnt.is_empty() || learnt.contains(&entry.subject))
    };
    let training: Vec<&ManifestEntry> = manifest.entries.iter().filter(is_learnt).collect();
    ensure!(
        !training.is_empty(),
        "{} holds no scan that {} was trained on: name its data set, and its --split",
        manifest.dir.display(),
        file.1
    );

    let real = |entries: &[&ManifestEntry]| -> anyhow::Result<Vec<Real>> {
        entries.iter().map(|entry| Ok(Real::of(&LabelledScan::load(&manifest, entry)?))).collect()
    };
    let (training_scans, held_out) = (real(&training)?, real(&measured)?);
    let began = Instant::now();
    let pictures = |entries: &[&ManifestEntry], known: &[Real], seed: u64| -> anyhow::Result<Vec<Picture>> {
        let drawn = spread(entries, args.scans as usize);
        let mut pictures = Vec::new();
        for (index, entry) in drawn.iter().enumerate() {
            let scan = LabelledScan::load(&manifest, entry)?;
            pictures.push(picture(&synthesizer, &scan, known, args, seed.wrapping_add(index as u64)));
            if !args.json {
                eprintln!("{} ({} of {})", entry.id, index + 1, drawn.len());
            }
        }
        Ok(pictures)
    };
    let seed = args.drawing.seed;
    // Masks of the auto-trace are no masks a grader drew; their scans are looked for all the same.
    let graded: Vec<&ManifestEntry> =
        training.iter().filter(|entry| !entry.pseudo_labelled).copied().collect();
    let of_training_masks = pictures(&graded, &training_scans, seed)?;
    let of_held_out_masks = pictures(&measured, &held_out, seed.wrapping_add(u64::from(args.scans)))?;
    let count = of_training_masks.len() + of_held_out_masks.len();

    let info = synthesizer.info();
    let report = Report {
        version: REPORT_VERSION,
        model: (info.name.clone(), info.tensors_sha256.clone()),
        subjects: who.measured.clone(),
        sampler: args.drawing.sampler.name(),
        steps: args.drawing.steps,
        seed,
        device: device_name,
        training_scans: training_scans.len(),
        held_out_scans: held_out.len(),
        secs_per_scan: began.elapsed().as_secs_f64() / count.max(1) as f64,
        figures: Figures::of(&training_scans, &held_out, [&of_training_masks, &of_held_out_masks], seed),
    };
    match args.json {
        true => println!("{}", serde_json::to_string(&report)?),
        false => print!("{}", table(&report)),
    }
    Ok(())
}

fn picture(
    synthesizer: &Synthesizer,
    scan: &LabelledScan,
    known: &[Real],
    args: &MemorisationArgs,
    seed: u64,
) -> Picture {
    let own = known.iter().find(|real| real.id == scan.entry.id);
    Picture {
        print: Fingerprint::of(&synthesize(synthesizer, scan, args.drawing.settings(), seed)),
        own: own.map_or_else(|| Fingerprint::of(&scan.filled_image()), |real| real.print.clone()),
    }
}

impl Real {
    /// Unscanned wedges hold the texture beside them, as the network saw them.
    fn of(scan: &LabelledScan) -> Self {
        let print = Fingerprint::of(&scan.filled_image());
        Self { id: scan.entry.id.clone(), subject: scan.entry.subject.clone(), print }
    }
}

impl Figures {
    /// `drawn` are the pictures of training masks, then those of held-out masks.
    fn of(training: &[Real], held_out: &[Real], drawn: [&[Picture]; 2], seed: u64) -> Self {
        let prints: Vec<Fingerprint> = training.iter().map(|real| real.print.clone()).collect();
        let near: Vec<f64> = held_out.iter().filter_map(|real| real.print.nearest(&prints)).collect();
        let least = near.iter().copied().fold(f64::INFINITY, f64::min);
        let across: Vec<f64> = training
            .iter()
            .filter_map(|real| {
                let others = training.iter().filter(|other| other.subject != real.subject);
                others.map(|other| real.print.distance(&other.print)).min_by(f64::total_cmp)
            })
            .collect();
        let middle = |values: &[f64]| bootstrap(values, &[], seed, |values, _| median(values));
        let of = |pictures: &[Picture]| {
            let nearest: Vec<f64> =
                pictures.iter().filter_map(|picture| picture.print.nearest(&prints)).collect();
            let own: Vec<f64> = pictures.iter().map(|picture| picture.print.distance(&picture.own)).collect();
            let nearer = nearest.iter().filter(|&&distance| distance < least).count();
            Drawn {
                pictures: pictures.len(),
                nearer_than_any_held_out: nearer as f64 / nearest.len().max(1) as f64,
                nearest: middle(&nearest),
                own: middle(&own),
            }
        };
        let [of_training_masks, of_held_out_masks] = drawn.map(of);
        Self {
            of_training_masks,
            of_held_out_masks,
            held_out: middle(&near),
            across_subjects: (!across.is_empty()).then(|| middle(&across)),
        }
    }
}

/// How the table is read.
const HOW_TO_READ: &str = "\
Pictures as far from the training scans as held-out scans are were invented; pictures much nearer were recalled. The
distance to the own scan says the same of single masks: where it is much smaller for training masks than for held-out
ones, the mask brings back its scan.\n";

/// The report for people.
fn table(report: &Report) -> String {
    let figures = &report.figures;
    let mut text = format!(
        "model {} ({}), {} with {} steps, seed {}, {}: {:.1} s a scan\n{} training scans, {} held-out scans of {}\n\n",
        report.model.0,
        &report.model.1[..report.model.1.len().min(12)],
        report.sampler,
        report.steps,
        report.seed,
        report.device,
        report.secs_per_scan,
        report.training_scans,
        report.held_out_scans,
        report.subjects.join(", ")
    );
    let interval =
        |interval: Interval| format!("{:.3} [{:.3}, {:.3}]", interval.value, interval.low, interval.high);
    text += &format!(
        "{:<42} {:<24} {:<24} {}\n",
        "median distance [95 %]", "nearest training scan", "own scan", "nearer than any held-out scan"
    );
    let drawn = [
        ("pictures of training masks", &figures.of_training_masks),
        ("pictures of held-out masks", &figures.of_held_out_masks),
    ];
    for (name, drawn) in drawn {
        text += &format!(
            "{:<42} {:<24} {:<24} {:.0} %\n",
            format!("{name} ({})", drawn.pictures),
            interval(drawn.nearest),
            interval(drawn.own),
            100.0 * drawn.nearer_than_any_held_out
        );
    }
    text += &format!("{:<42} {}\n", "real held-out scans", interval(figures.held_out));
    if let Some(across) = figures.across_subjects {
        text += &format!("{:<42} {}\n", "real training scans to another subject's", interval(across));
    }
    text + "\n" + HOW_TO_READ
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::memorisation::tests::scan as phantom;

    fn scan(number: u64, speckle: u64) -> Fingerprint {
        Fingerprint::of(&phantom(number, speckle))
    }

    fn real(numbers: std::ops::Range<u64>) -> Vec<Real> {
        let of = |number: u64| Real {
            id: number.to_string(),
            subject: format!("subject-{}", number / 3),
            print: scan(number, number),
        };
        numbers.map(of).collect()
    }

    /// Pictures whose anatomy is that of the scans `shows`, of the masks of the scans `own`.
    fn pictures(own: std::ops::Range<u64>, shows: std::ops::Range<u64>) -> Vec<Picture> {
        own.zip(shows)
            .map(|(own, shown)| Picture { print: scan(shown, 5000 + shown), own: scan(own, own) })
            .collect()
    }

    #[test]
    fn copied_pictures_are_found_and_new_ones_are_not() {
        let (training, held_out) = (real(0..12), real(100..112));
        let copies = pictures(0..12, 0..12);
        let fresh = pictures(100..112, 200..212);
        let figures = Figures::of(&training, &held_out, [&copies, &fresh], 1);
        let Figures { of_training_masks: copied, of_held_out_masks: new, held_out, .. } = &figures;
        assert!(copied.nearest.value < 0.3 * held_out.value, "{figures:?}");
        assert!(copied.own.value < 0.3 * new.own.value, "{figures:?}");
        assert!(copied.nearer_than_any_held_out > 0.9, "{figures:?}");
        assert!(new.nearest.value > 0.5 * held_out.value, "{figures:?}");
        assert!(new.nearer_than_any_held_out < 0.3, "{figures:?}");
        assert!(copied.nearest.low <= copied.nearest.value && copied.nearest.value <= copied.nearest.high);
        let across = figures.across_subjects.expect("four subjects");
        assert!(across.value > copied.nearest.value);
    }

    #[test]
    fn a_copy_of_another_scan_is_near_but_not_to_its_own() {
        let (training, held_out) = (real(0..12), real(100..112));
        let figures =
            Figures::of(&training, &held_out, [&pictures(0..6, 6..12), &pictures(100..106, 0..6)], 1);
        let [known, new] = [&figures.of_training_masks, &figures.of_held_out_masks];
        assert!(known.own.value > 3.0 * known.nearest.value, "{figures:?}");
        assert!(new.nearer_than_any_held_out > 0.9, "recalled for a mask nobody trained on: {figures:?}");
        let alone = Figures::of(&real(0..3), &held_out, [&[], &[]], 1);
        assert!(alone.across_subjects.is_none(), "one subject has no other");
    }

    #[test]
    fn the_table_says_how_it_is_read() {
        let drawn = pictures(0..4, 0..4);
        let report = Report {
            version: REPORT_VERSION,
            model: ("model".to_owned(), "abc".to_owned()),
            subjects: vec!["held".to_owned()],
            sampler: "DDIM",
            steps: 16,
            seed: 0,
            device: "CPU".to_owned(),
            training_scans: 6,
            held_out_scans: 6,
            secs_per_scan: 1.0,
            figures: Figures::of(&real(0..6), &real(100..106), [&drawn, &drawn], 0),
        };
        let text = table(&report);
        for part in
            ["pictures of training masks (4)", "real held-out scans", "another subject's", "were recalled"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
