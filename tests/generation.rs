//! Pairs in bulk: whole after any interruption, the same bytes whoever makes them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use retidiff::anatomy::IRF;
use retidiff::dataset::Manifest;
use retidiff::dataset::samples::LabelledScan;
use retidiff::formats::provenance::{Made, NamedModel, Provenance};
use retidiff::generation::best::NOT_BEST;
use retidiff::generation::folder::GENERATION_FILE;
use retidiff::generation::judging::{JudgePlanning, JudgedScan, PairJudge};
use retidiff::generation::numbers::ranges;
use retidiff::generation::pair::Unmade;
use retidiff::generation::record::GenerationRecord;
use retidiff::generation::scores::SegmenterAgreement;
use retidiff::generation::shard::{ShardOutcome, make_shard, merge, missing_shards};
use retidiff::generation::storage::Folder;
use retidiff::generation::{
    BestOf, Filters, GeneratedLine, GenerationEvent, GenerationFolder, GenerationOutcome, GenerationPlan,
    Kept, MaskPlanning, MaskSource, PairChoice, PairMaker, PlannedLooks, RequestedConditions, ScanPlanning,
    ScanSource, SourcedMask, WarpedFluid, run,
};
use retidiff::mask::Mask;
use retidiff::mask::random::SeededRandom;
use retidiff::scan::GreyImage;

const SIZE: (u32, u32) = (48, 40);
/// Names the folder for the process that is to be killed.
const CHILD_FOLDER: &str = "RETIDIFF_TEST_GENERATION";

/// Bands that begin at a row of the seed's.
struct Bands;

impl MaskSource for Bands {
    fn mask(&mut self, seed: u64, _: &dyn Fn() -> bool) -> Result<SourcedMask, Unmade> {
        let mut random = SeededRandom::new(seed);
        if random.share() < 0.1 {
            return Err(Unmade::Refused("luck", "an unlucky seed".to_owned()));
        }
        let top = random.between(2.0, 10.0) as u32;
        let (width, height) = SIZE;
        let mut codes: Vec<u8> =
            (0..width * height).map(|at| (at / width).saturating_sub(top).div_ceil(3).min(8) as u8).collect();
        if random.share() < 0.5 {
            for y in top + 7..top + 13 {
                codes[(y * width + 12) as usize..(y * width + 12 + 3 + top) as usize].fill(9);
            }
        }
        Ok(SourcedMask {
            width,
            height,
            codes,
            pixel_um: [3.87, 11.3],
            eye: seed.is_multiple_of(2).then(|| "duke-3".to_owned()),
            outlines_of: None,
            made: Made::DesignedMask,
            model: None,
            needs_cleaning: true,
            requested: RequestedConditions { cysts: Some(1), ..RequestedConditions::default() },
        })
    }
}

/// Grey by label, with speckle of the seed's.
struct Painted {
    pause: Duration,
}

impl ScanSource for Painted {
    fn scan(
        &mut self,
        mask: &Mask,
        _: [f32; 2],
        seed: u64,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(GreyImage, Provenance), Unmade> {
        if is_stopped() {
            return Err(Unmade::Stopped);
        }
        std::thread::sleep(self.pause);
        let mut random = SeededRandom::new(seed);
        let grey = |code: u8| 20 * code + (random.share() * 30.0) as u8;
        let pixels: Vec<u8> = mask.composite_pixels().into_iter().map(grey).collect();
        let model = Some(NamedModel { name: "painter".into(), sha256: "cd".repeat(32) });
        let provenance =
            Provenance { model, seed, sampler: "none".into(), steps: 1, ..Provenance::default() };
        Ok((GreyImage::new(mask.width(), mask.height(), pixels), provenance))
    }
}

fn maker(pause_ms: u64) -> PairMaker {
    let pause = Duration::from_millis(pause_ms);
    PairMaker {
        masks: Box::new(Bands),
        scans: Box::new(Painted { pause }),
        filters: Filters::default(),
        judge: None,
    }
}

/// Paints five at once.
struct Five(Painted);

impl ScanSource for Five {
    fn scan(
        &mut self,
        mask: &Mask,
        pixel_um: [f32; 2],
        seed: u64,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<(GreyImage, Provenance), Unmade> {
        self.0.scan(mask, pixel_um, seed, is_stopped)
    }

    fn together(&self) -> usize {
        5
    }
}

fn plan(pairs: u64) -> GenerationPlan {
    let masks = MaskPlanning::Warp {
        manifest_sha256: "00".repeat(32),
        width: SIZE.0,
        height: SIZE.1,
        pixel_um: [3.87, 11.3],
        fluid: WarpedFluid::Bent,
    };
    let scans = ScanPlanning {
        name: "painter".into(),
        sha256: "cd".repeat(32),
        sampler: "none".into(),
        noise_levels: None,
        steps: 1,
        looks: PlannedLooks::Plain,
    };
    GenerationPlan { per_shard: 7, ..GenerationPlan::new(pairs, 11, masks, scans) }
}

/// A generated data set without a network; pairs show a cyst now and then.
pub(crate) fn generate(dir: &Path, pairs: u64, jobs: usize) -> Vec<GenerationEvent> {
    let mut folder = GenerationFolder::open(dir, plan(pairs)).expect("a folder");
    let mut events = Vec::new();
    let make = || Ok(maker(0));
    let outcome = run(&mut folder, jobs, &make, &AtomicBool::new(false), &mut |event| events.push(event));
    assert_eq!(outcome.expect("a run"), GenerationOutcome::Finished);
    events
}

/// Names and bytes of everything in a folder but the lock.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in [dir.to_owned(), dir.join("images"), dir.join("labels")] {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_file() && path.extension().is_none_or(|ending| ending != "lock") {
                let name = path.strip_prefix(dir).expect("inside").display().to_string();
                found.insert(name, std::fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

#[test]
fn threads_and_stops_do_not_change_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, threads, stopped) =
        (folder.path().join("whole"), folder.path().join("threads"), folder.path().join("stopped"));
    let events = generate(&whole, 20, 1);
    let expected = contents(&whole);
    assert_eq!(expected.len(), 2 + 40);
    let made = events.iter().filter(|event| matches!(event, GenerationEvent::Pair { .. })).count();
    assert_eq!(made, 20);
    assert!(matches!(events.last(), Some(GenerationEvent::Finished { made: 20, .. })));
    generate(&threads, 20, 3);
    assert_eq!(contents(&threads), expected);

    // Stopped after every few pairs.
    let mut runs = 0;
    loop {
        runs += 1;
        let mut open = GenerationFolder::open(&stopped, plan(20)).unwrap();
        let stop = AtomicBool::new(false);
        let mut made = 0;
        let mut count = |event: GenerationEvent| {
            if let GenerationEvent::Pair { .. } = event {
                made += 1;
                stop.store(made >= 3, Ordering::Relaxed);
            }
        };
        let make = || Ok(maker(1));
        if run(&mut open, 2, &make, &stop, &mut count).unwrap() == GenerationOutcome::Finished {
            break;
        }
    }
    assert!(runs > 2, "{runs} runs");
    assert_eq!(contents(&stopped), expected);
    assert!(matches!(generate(&stopped, 20, 2)[..], [GenerationEvent::Started { made: 20, .. }, _]));
}

#[test]
fn a_generation_is_a_data_set_that_says_it_is_synthetic() {
    let folder = tempfile::tempdir().unwrap();
    generate(folder.path(), 12, 1);
    let manifest = Manifest::read(folder.path()).expect("the manifest of any data set");
    assert_eq!(manifest.entries.len(), 12);
    for entry in &manifest.entries {
        let scan = LabelledScan::load(&manifest, entry).expect("a labelled scan");
        assert_eq!((scan.image.width, scan.image.height), SIZE);
        let bytes = std::fs::read(manifest.path(&entry.image)).unwrap();
        let provenance = Provenance::of_png(&bytes, "a").unwrap().expect("it says so");
        assert_eq!(provenance.made, Made::Scan);
        let bytes = std::fs::read(manifest.path(entry.label.as_deref().unwrap())).unwrap();
        assert_eq!(Provenance::of_png(&bytes, "a").unwrap().unwrap().made, Made::DesignedMask);
    }
    // Masks of a known eye stay on that eye's side of a split; the others are eyes of their own.
    let subjects: Vec<&str> = manifest.entries.iter().map(|entry| entry.subject.as_str()).collect();
    assert!(subjects.contains(&"synthetic_duke-3"), "{subjects:?}");
    let own: Vec<_> = subjects.iter().filter(|subject| subject.starts_with("synthetic-")).collect();
    assert!(!own.is_empty() && own.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn what_is_damaged_is_made_again_and_what_is_others_stays() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("set");
    generate(&dir, 9, 1);
    let expected = contents(&dir);
    // A torn last line and a lost picture.
    let manifest = dir.join("manifest.jsonl");
    let text = std::fs::read(&manifest).unwrap();
    retidiff::formats::write_file(&manifest, &text[..text.len() - 20]).unwrap();
    std::fs::remove_file(dir.join("images/pair-0000002.png")).unwrap();
    generate(&dir, 9, 1);
    assert_eq!(contents(&dir), expected);

    let message = |plan: GenerationPlan| GenerationFolder::open(&dir, plan).unwrap_err().to_string();
    let other = message(plan(10));
    assert!(other.contains("pairs of another plan (other pairs)") && other.contains("--out"), "{other}");
    let held = GenerationFolder::open(&dir, plan(9)).unwrap();
    assert!(message(plan(9)).contains("another program"), "one at a time");
    drop(held);
    std::fs::remove_file(dir.join(GENERATION_FILE)).unwrap();
    assert!(message(plan(9)).contains("a data set that was not generated"));
    assert!(dir.join("manifest.jsonl").exists());
}

#[test]
fn a_plan_of_which_nothing_could_be_made_gives_way() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    drop(GenerationFolder::open(dir, plan(3)).unwrap());
    let stray = dir.join("images/pair-0000002.png");
    retidiff::formats::write_file(&stray, b"of a quicker thread").unwrap();
    let open = GenerationFolder::open(dir, plan(2)).unwrap();
    assert!(open.missing() == [0, 1] && !stray.exists());
    assert!(std::fs::read_to_string(dir.join(GENERATION_FILE)).unwrap().contains(&plan(2).sha256()));
}

#[test]
fn shards_are_the_same_pairs() {
    let folder = tempfile::tempdir().unwrap();
    let (local, shards, merged) =
        (folder.path().join("local"), folder.path().join("shards"), folder.path().join("merged"));
    generate(&local, 16, 1);
    std::fs::create_dir(&shards).unwrap();
    let plan = plan(16);
    let storage = Folder::at(&shards);
    let make = |shard| make_shard(&storage, &plan, shard, &mut maker(0), &|| false).unwrap();
    assert_eq!(make(2), ShardOutcome::Made);
    assert_eq!(ranges(&missing_shards(&storage, &plan).unwrap()), "0-1");
    let early = merge(&storage, &plan, None).unwrap_err().to_string();
    assert!(early.contains("2 of 3 shards are missing (0-1)"), "{early}");
    assert_eq!((make(0), make(1), make(1)), (ShardOutcome::Made, ShardOutcome::Made, ShardOutcome::WasThere));
    let first = std::fs::read(shards.join("pairs-000001.tar")).unwrap();
    std::fs::remove_file(shards.join("pairs-000001.done")).unwrap();
    assert_eq!(make(1), ShardOutcome::Made);
    assert_eq!(std::fs::read(shards.join("pairs-000001.tar")).unwrap(), first, "the same bytes");
    assert_eq!(merge(&storage, &plan, Some(&merged)).unwrap(), 16);
    assert_eq!(contents(&merged), contents(&local));

    let mut damaged = first.clone();
    damaged[600] ^= 1;
    retidiff::formats::write_file(&shards.join("pairs-000001.tar"), &damaged).unwrap();
    let error = merge(&storage, &plan, None).unwrap_err().to_string();
    assert!(error.contains("pairs-000001.tar") && error.contains("make the shard again"), "{error}");
    assert!(make_shard(&storage, &plan, 3, &mut maker(0), &|| false).is_err());
}

/// A plan that keeps lines: no picture on the disk, and each line names the bytes of the pair that is made again.
#[test]
fn shards_of_lines_hold_no_pictures_and_a_pair_is_made_again_from_one() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Folder::at(folder.path());
    let plan = GenerationPlan { kept: Kept::Lines, ..plan(9) };
    for shard in 0..2 {
        let outcome = make_shard(&storage, &plan, shard, &mut maker(0), &|| false).unwrap();
        assert_eq!(outcome, ShardOutcome::Made);
    }
    let mut names: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, ["pairs-000000.done", "pairs-000000.jsonl", "pairs-000001.done", "pairs-000001.jsonl"]);
    assert_eq!(merge(&storage, &plan, None).unwrap(), 9);
    let refused = merge(&storage, &plan, Some(&folder.path().join("data"))).unwrap_err().to_string();
    assert!(refused.contains("hold no pictures") && refused.contains("generate pair"), "{refused}");

    let list = std::fs::read_to_string(folder.path().join("pairs-000001.jsonl")).unwrap();
    let line: retidiff::generation::GeneratedLine =
        serde_json::from_str(list.lines().next().unwrap()).unwrap();
    assert_eq!(line.generated.index, 7);
    let again = maker(0).make(&plan.sha256(), 7, &|| false).unwrap().unwrap();
    assert_eq!(again.line, line, "hashes of both pictures and all scores");

    let cut = list.trim_end().rsplit_once('\n').unwrap().0.to_owned() + "\n";
    retidiff::formats::write_file(&folder.path().join("pairs-000001.jsonl"), cut.as_bytes()).unwrap();
    let error = merge(&storage, &plan, None).unwrap_err().to_string();
    assert!(error.contains("pairs-000001.jsonl") && error.contains("make the shard again"), "{error}");
}

/// The process that [`killed_at_any_moment_it_goes_on`] kills.
#[test]
fn generation_child() {
    let Ok(dir) = std::env::var(CHILD_FOLDER) else { return };
    let mut folder = GenerationFolder::open(Path::new(&dir), plan(60)).expect("a folder");
    let make = || Ok(maker(2));
    let outcome = run(&mut folder, 2, &make, &AtomicBool::new(false), &mut |_| ());
    assert_eq!(outcome.expect("a run"), GenerationOutcome::Finished);
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    generate(&whole, 60, 1);
    let mut random = SeededRandom::new(3);
    let mut kills = 0;
    for _ in 0..400 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "generation::generation_child", "--test-threads", "1"])
            .env(CHILD_FOLDER, &killed)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(random.between(15.0, 90.0) as u64));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
    }
    generate(&killed, 60, 2);
    assert!(kills > 0, "nothing was killed");
    eprintln!("killed {kills} times");
    assert_eq!(contents(&killed), contents(&whole));
}

#[test]
fn filters_choose_before_the_scan_and_what_was_asked_and_rejected_is_on_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let filters = Filters { lesions: Some([1.0, 1.0]), ..Filters::default() };
    let filtered = GenerationPlan { filters, ..plan(12) };
    assert_ne!(filtered.sha256(), plan(12).sha256());
    let read = GenerationPlan::read(filtered.to_json().as_bytes(), "plan.json").unwrap();
    assert_eq!(read, filtered);
    let make = || Ok(PairMaker { filters, ..maker(0) });
    let all = |dir: &Path, jobs| {
        let mut open = GenerationFolder::open(dir, filtered.clone()).unwrap();
        run(&mut open, jobs, &make, &AtomicBool::new(false), &mut |_| ()).unwrap();
        contents(dir)
    };
    let (one, three) = (folder.path().join("one"), folder.path().join("three"));
    assert_eq!(all(&one, 1), all(&three, 3));
    let record = GenerationRecord::read(&one).unwrap();
    assert_eq!((record.made, record.measured.lesions.low, record.measured.lesions.high), (12, 1.0, 1.0));
    assert!(record.rejected.get("lesions").is_some_and(|count| *count > 3), "{:?}", record.rejected);
    for line in &record.newest {
        assert_eq!(line.generated.requested.cysts, Some(1));
        let written = serde_json::to_value(line).unwrap();
        assert_eq!(written["generated"]["asked"]["cysts"], 1, "keys of files stay");
        assert_eq!(line.generated.rejected.values().sum::<u32>(), line.generated.attempt);
    }
    let none = Filters { lesions: Some([9.0, 9.0]), ..Filters::default() };
    let mut hopeless = PairMaker { filters: none, ..maker(0) };
    let error = hopeless.make("plan", 0, &|| false).unwrap_err().to_string();
    assert!(error.contains("not one of 64 masks was kept"), "{error}");
}

#[test]
fn a_folder_is_followed_through_its_runs() {
    use retidiff::generation::record::{Follower, GenerationState};
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    assert!(GenerationRecord::read(dir).is_err());
    let mut open = GenerationFolder::open(dir, plan(5)).unwrap();
    let started =
        |made| GenerationEvent::Started { version: 1, plan_sha256: plan(5).sha256(), pairs: 5, made };
    started(0).keep(dir).unwrap();
    let mut follower = Follower::begin(dir).unwrap();
    assert_eq!((&follower.record.state, follower.record.made), (&GenerationState::Running, 0));
    let mut one = maker(0);
    let mut add = |open: &mut GenerationFolder, index| {
        let pair = one.make(open.plan_sha256(), index, &|| false).unwrap().unwrap();
        open.files().write(&pair).unwrap();
        open.add(pair.line).unwrap();
    };
    add(&mut open, 0);
    add(&mut open, 1);
    assert!(follower.follow() && !follower.follow());
    assert_eq!((follower.record.made, follower.record.newest.len()), (2, 2));
    assert!(follower.record.disk_bytes > 0 && follower.record.secs_left.is_some());
    retidiff::generation::stop_order::leave(dir).unwrap();
    follower.follow();
    assert_eq!(follower.record.state, GenerationState::Stopping);
    drop(open);
    assert!(follower.follow());
    assert!(matches!(&follower.record.state, GenerationState::Failed(why) if why.contains("killed")));

    retidiff::generation::stop_order::take_back(dir);
    let ends = GenerationEvent::Stopped { made: 2, pairs: 5, secs: 6.0, made_now: 2 };
    ends.keep(dir).unwrap();
    let record = GenerationRecord::read(dir).unwrap();
    assert_eq!((&record.state, record.secs_per_pair), (&GenerationState::Stopped, Some(3.0)));
    let mut open = GenerationFolder::open(dir, plan(5)).unwrap();
    (2..5).for_each(|index| add(&mut open, index));
    drop(open);
    GenerationEvent::Finished { made: 5, pairs: 5, secs: 3.0, made_now: 3 }.keep(dir).unwrap();
    assert_eq!(GenerationRecord::read(dir).unwrap().state, GenerationState::Finished);
}

#[test]
fn coverage_finds_what_repeats() {
    use retidiff::generation::coverage::of_folder;
    let folder = tempfile::tempdir().unwrap();
    assert!(of_folder(folder.path(), None).unwrap_err().to_string().contains("no generated pairs"));
    let dir = folder.path().join("set");
    generate(&dir, 30, 1);
    let coverage = of_folder(&dir, Some(&dir)).unwrap();
    assert_eq!((coverage.masks, coverage.compared), (30, 30));
    // Layers of equal thickness at eight heights: without their fluid all are the same mask, shifted.
    let within = coverage.within.expect("there are others");
    assert!(within.median_um < 1e-6 && within.among == 29, "{within:?}");
    assert!(coverage.copies >= 30 - 2 * 9, "{} copies of {} masks", coverage.copies, coverage.masks);
    assert!(coverage.to_training.is_some_and(|training| training.least_um < 1e-6));
    assert!(coverage.in_words().contains("copies of another"), "{}", coverage.in_words());
}

#[test]
fn pairs_made_together_are_those_made_one_by_one() {
    let scratch = tempfile::tempdir().expect("a folder");
    let [alone, together] = ["alone", "together"].map(|name| scratch.path().join(name));
    // Two and a bit of a third round; every tenth mask is refused once, and its pair tried again.
    generate(&alone, 12, 1);
    let mut folder = GenerationFolder::open(&together, plan(12)).expect("a folder");
    let scans = || Box::new(Five(Painted { pause: Duration::ZERO }));
    let make = || Ok(PairMaker { scans: scans(), ..maker(0) });
    let outcome = run(&mut folder, 2, &make, &AtomicBool::new(false), &mut |_| ());
    assert_eq!(outcome.expect("a run"), GenerationOutcome::Finished);
    assert_eq!(contents(&alone), contents(&together));
}

/// Likes scans by their speckle, and sees fluid a pixel wider than it was painted.
struct Critic;

impl PairJudge for Critic {
    fn judge(&mut self, mask: &Mask, scan: &GreyImage, _: [f32; 2]) -> Result<JudgedScan, Unmade> {
        let sum: u64 = scan.pixels.iter().map(|&grey| u64::from(grey)).sum();
        let agreement = SegmenterAgreement {
            segmenter_sha256: "ef".repeat(32),
            dice: (sum % 101) as f64 / 100.0,
            fluid_dice: None,
            boundary_um: 0.0,
            worst: None,
        };
        let (painted, width) = (mask.composite_pixels(), mask.width() as usize);
        let is_fluid = |at: usize| painted.get(at) == Some(&IRF);
        let sees = |at: usize| match is_fluid(at) || is_fluid(at + 1) || is_fluid(at + width) {
            true => IRF,
            false => painted[at],
        };
        Ok(JudgedScan { agreement, codes: (0..painted.len()).map(sees).collect() })
    }
}

fn critic(choice: PairChoice) -> JudgePlanning {
    JudgePlanning::new("critic".to_owned(), "ef".repeat(32), choice)
}

fn judged(choice: PairChoice) -> PairMaker {
    PairMaker { judge: Some((Box::new(Critic), critic(choice))), ..maker(1) }
}

fn lines_of(dir: &Path) -> Vec<GeneratedLine> {
    let text = std::fs::read_to_string(dir.join("manifest.jsonl")).expect("a manifest");
    text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect()
}

/// Makes all pairs of a plan, stopped whenever so many are there; the number of runs that took.
fn made_with_stops(
    dir: &Path,
    plan: &GenerationPlan,
    jobs: usize,
    make: &(dyn Fn() -> PairMaker + Sync),
    stop_at: u64,
) -> usize {
    for runs in 1..100 {
        let mut open = GenerationFolder::open(dir, plan.clone()).expect("a folder");
        let stop = AtomicBool::new(false);
        let mut made = 0;
        let mut count = |event: GenerationEvent| {
            made += u64::from(matches!(event, GenerationEvent::Pair { .. }));
            stop.store(made >= stop_at, Ordering::Relaxed);
        };
        let outcome = run(&mut open, jobs, &|| Ok(make()), &stop, &mut count);
        if outcome.expect("a run") == GenerationOutcome::Finished {
            return runs;
        }
    }
    panic!("it does not end");
}

#[test]
fn the_best_of_every_ten_are_kept_whoever_makes_them() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let choice = PairChoice { best: BestOf::of_share(0.6).ok(), ..PairChoice::default() };
    let plan = GenerationPlan { judge: Some(critic(choice)), ..plan(20) };
    let make = || judged(choice);
    assert_eq!(made_with_stops(&place("one"), &plan, 1, &make, u64::MAX), 1);
    let expected = contents(&place("one"));
    assert_eq!(expected.len(), 2 + 40);
    made_with_stops(&place("three"), &plan, 3, &make, u64::MAX);
    assert_eq!(contents(&place("three")), expected);
    assert!(made_with_stops(&place("stopped"), &plan, 1, &make, 3) > 1);
    assert_eq!(contents(&place("stopped")), expected);
    let five = || PairMaker { scans: Box::new(Five(Painted { pause: Duration::ZERO })), ..judged(choice) };
    made_with_stops(&place("five"), &plan, 2, &five, u64::MAX);
    assert_eq!(contents(&place("five")), expected);
    // Shards of seven cut through units of six.
    std::fs::create_dir(place("shards")).unwrap();
    let storage = Folder::at(place("shards"));
    for shard in 0..plan.shards() {
        let made = make_shard(&storage, &plan, shard, &mut make(), &|| false).unwrap();
        assert_eq!(made, ShardOutcome::Made);
    }
    assert_eq!(merge(&storage, &plan, Some(&place("merged"))).unwrap(), 20);
    assert_eq!(contents(&place("merged")), expected);

    // Drawn without a choice, the six best of the second ten are its pairs.
    let mut every = judged(PairChoice::default());
    let dice = |line: &GeneratedLine| line.generated.scores.agreement.as_ref().expect("judged").dice;
    let mut drawn: Vec<GeneratedLine> =
        (10..20).map(|number| every.make(&plan.sha256(), number, &|| false).unwrap().unwrap().line).collect();
    drawn.sort_by(|a, b| dice(b).total_cmp(&dice(a)).then(a.generated.index.cmp(&b.generated.index)));
    let mut best: Vec<(u64, u64)> =
        drawn[..6].iter().map(|line| (line.generated.index, line.generated.seed)).collect();
    best.sort_unstable();
    let lines = lines_of(&place("one"));
    let of_unit = &lines[6..12];
    let kept: Vec<(u64, u64)> =
        of_unit.iter().map(|line| (line.generated.candidate.expect("one"), line.generated.seed)).collect();
    assert_eq!(kept, best);
    let dropped = |line: &GeneratedLine| line.generated.rejected.get(NOT_BEST).copied().unwrap_or_default();
    assert_eq!(of_unit.iter().map(dropped).sum::<u32>(), 4);
    for (index, line) in lines.iter().enumerate() {
        assert_eq!((line.generated.index, &line.entry.id), (index as u64, &format!("pair-{index:07}")));
    }
    // One alone is the same.
    let alone = judged(choice).make(&plan.sha256(), 8, &|| false).unwrap().unwrap();
    assert_eq!(alone.line, lines[8]);
}

#[test]
fn a_pair_whose_rims_follow_the_scan_says_so_and_by_whom() {
    let choice = PairChoice { relabel: true, ..PairChoice::default() };
    let plan_sha256 = GenerationPlan { judge: Some(critic(choice)), ..plan(12) }.sha256();
    let (mut following, mut painted) = (judged(choice), judged(PairChoice::default()));
    let mut moved = 0;
    for index in 0..12 {
        let make = |maker: &mut PairMaker| maker.make(&plan_sha256, index, &|| false).unwrap().unwrap();
        let (pair, before) = (make(&mut following), make(&mut painted));
        assert_eq!(pair.image_png, before.image_png, "the scan is that of the painted mask");
        let relabelled = pair.line.generated.relabelled.clone().expect("it says so");
        assert_eq!((relabelled.segmenter.as_str(), before.line.generated.relabelled), ("critic", None));
        assert_eq!(relabelled.painted_mask_sha256, before.line.generated.mask_sha256);
        let says = Provenance::of_png(&pair.label_png, "label.png").unwrap().expect("it is synthetic");
        assert_eq!(says.relabelled_by.map(|segmenter| segmenter.name).as_deref(), Some("critic"));
        let (after, before) = (&pair.line.generated.scores, &before.line.generated.scores);
        assert_eq!((after.agreement.as_ref(), after.specks), (before.agreement.as_ref(), before.specks));
        assert_eq!(relabelled.pixels > 0, after.fluid_mm2() > before.fluid_mm2());
        moved += usize::from(relabelled.pixels > 0);
    }
    assert!((1..12).contains(&moved), "{moved} of 12 have fluid");
}
