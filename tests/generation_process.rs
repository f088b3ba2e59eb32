//! Generations in processes of their own: found, stopped, killed, resumed; and the same to the byte after all that.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use retidiff::device::DeviceChoice;
use retidiff::generation::record::{GenerationRecord, GenerationState};
use retidiff::mask::random::SeededRandom;
use retidiff::worker::{GenerationLaunch, GenerationProcess, GenerationRequest, GenerationStart};

const PROGRAM: &str = env!("CARGO_BIN_EXE_retidiff");
/// Exit code of a run that was stopped.
const TRY_AGAIN: i32 = 75;

fn tiny(pairs: u64) -> GenerationRequest {
    GenerationRequest {
        pairs,
        steps: 1,
        mask_steps: 2,
        size: [64, 48],
        device: DeviceChoice::Cpu,
        ..GenerationRequest::default()
    }
}

fn command(out: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(["generate", "local", "--json", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn begin(out: &Path, request: &GenerationRequest) -> Child {
    command(out).args(request.arguments()).spawn().expect("a process")
}

fn wait_for(
    process: &GenerationProcess,
    what: &str,
    done: impl Fn(&GenerationRecord) -> bool,
) -> Arc<GenerationRecord> {
    let started = Instant::now();
    loop {
        let record = process.record();
        if done(&record) {
            return record;
        }
        assert!(started.elapsed() < Duration::from_secs(600), "waited in vain until {what}: {record:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn wait_for_folder(out: &Path) -> GenerationRecord {
    let started = Instant::now();
    loop {
        match GenerationRecord::read(out) {
            Ok(record) if record.made > 1 => return record,
            found => assert!(started.elapsed() < Duration::from_secs(600), "{found:?}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Names and bytes of what is the same after any interruption: pictures, manifest and plan.
fn contents(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for folder in [dir.to_owned(), dir.join("images"), dir.join("labels")] {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let name = path.strip_prefix(dir).expect("inside").display().to_string();
            let is_of_this_machine = name.starts_with("generation.") && name != "generation.json";
            if path.is_file() && !is_of_this_machine {
                found.insert(name, std::fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

#[test]
fn a_generation_of_another_process_is_found_followed_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("set");
    let mut child = begin(&out, &tiny(100_000));
    let found = wait_for_folder(&out);
    assert_eq!((&found.state, found.pairs), (&GenerationState::Running, 100_000));
    assert_eq!(found.places.as_ref().map(|places| places.device.as_str()), Some("cpu"));
    let process = GenerationProcess::attach(found.clone(), Arc::new(|| {})).unwrap();
    let seen = wait_for(&process, "pairs are seen", |record| record.made > found.made + 2);
    assert!(seen.secs_per_pair.is_some_and(|secs| secs < 20.0), "{seen:?}");
    process.stop().unwrap();
    let stopped = wait_for(&process, "it stops", |record| !record.state.is_alive());
    assert_eq!(stopped.state, GenerationState::Stopped);
    assert_eq!(child.wait().unwrap().code(), Some(TRY_AGAIN));
    let left: Vec<_> = std::fs::read_dir(&out).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name == "generation.stop"), "the order is taken back: {left:?}");
}

#[cfg(unix)]
#[test]
fn a_killed_generation_says_so_and_is_resumed_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    assert!(begin(&whole, &tiny(8)).wait().unwrap().success());
    let mut child = begin(&killed, &tiny(8));
    wait_for_folder(&killed);
    child.kill().unwrap();
    child.wait().unwrap();
    let found = GenerationRecord::read(&killed).unwrap();
    assert!(
        matches!(&found.state, GenerationState::Failed(message) if message.contains("killed") && message.contains("Resume")),
        "{found:?}"
    );
    let start = GenerationStart::Resume;
    let launch = GenerationLaunch { program: PROGRAM.into(), folder: killed.clone(), start };
    let process = GenerationProcess::launch(launch, Arc::new(|| {})).unwrap();
    let ended = wait_for(&process, "it ends", |record| !record.state.is_alive());
    assert_eq!((&ended.state, ended.made), (&GenerationState::Finished, 8));
    assert_eq!(contents(&killed), contents(&whole));
}

#[test]
fn resuming_takes_no_other_settings_and_needs_a_generation() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("set");
    let said = |arguments: &[&str]| {
        let output = Command::new(PROGRAM)
            .args(["generate", "local", "--resume", "--out"])
            .arg(&out)
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(said(&["--steps", "3"]).contains("cannot be used with"));
    let nothing = said(&[]);
    assert!(nothing.contains("generation.json"), "{nothing}");
}

/// Kills a tiny generation with SIGKILL a hundred times and compares it with one that nobody killed. Minutes long.
#[cfg(unix)]
#[test]
#[ignore = "takes minutes: run it with --ignored --nocapture"]
fn killed_a_hundred_times_it_is_the_same_to_the_byte() {
    const KILLS: u32 = 100;
    let folder = tempfile::tempdir().unwrap();
    let (whole, killed) = (folder.path().join("whole"), folder.path().join("killed"));
    let request = tiny(260);
    let began = Instant::now();
    assert!(begin(&whole, &request).wait().unwrap().success());
    let (unkilled_secs, began) = (began.elapsed().as_secs_f64(), Instant::now());
    let lines = || {
        std::fs::read(killed.join("manifest.jsonl"))
            .map_or(0, |text| text.iter().filter(|&&byte| byte == b'\n').count())
    };
    let mut random = SeededRandom::new(5);
    let (mut kills, mut made) = (0, Vec::new());
    while kills < KILLS {
        let mut child = match killed.join("generation.local.json").exists() {
            true => command(&killed).arg("--resume").spawn().expect("a process"),
            false => begin(&killed, &request),
        };
        // Some kills hit the start, the others a moment after up to three pairs.
        let wanted = lines() + random.between(0.0, 4.0) as usize;
        let is_early = random.share() < 0.2;
        let patience = Duration::from_millis(if is_early { 300 } else { 60_000 });
        let started = Instant::now();
        while lines() < wanted && started.elapsed() < patience && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(Duration::from_micros(random.between(0.0, 60_000.0) as u64));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        kills += 1;
        made.push(lines());
    }
    let last = match killed.join("generation.local.json").exists() {
        true => command(&killed).arg("--resume").status().unwrap(),
        false => begin(&killed, &request).wait().unwrap(),
    };
    assert!(last.success());
    let (a, b) = (contents(&killed), contents(&whole));
    eprintln!(
        "killed {kills} times; pairs at every tenth kill {:?}; {} files equal to the byte; {unkilled_secs:.0} s \
         without a kill, {:.0} s with",
        made.iter().step_by(10).collect::<Vec<_>>(),
        b.len(),
        began.elapsed().as_secs_f64()
    );
    assert_eq!(a, b);
    assert!(kills > 0);
}

/// A plan and a number are enough: the pair that is made again is the one in the folder, to the byte.
#[test]
fn a_pair_is_made_again_from_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let (set, local, again) =
        (folder.path().join("set"), folder.path().join("local"), folder.path().join("again"));
    let run = |words: &[&str], out: &Path| {
        let command = Command::new(PROGRAM).arg("generate").args(words).arg("--out").arg(out).output();
        let output = command.expect("a process");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let same = ["--pairs", "3", "--size", "64x48", "--steps", "1", "--mask-steps", "2", "--seed", "5"];
    let plan = run(&[&["plan"][..], &same[..]].concat(), &set);
    assert_eq!(plan.0, Some(0), "{}", plan.1);
    let made = run(&[&["local", "--device", "cpu"][..], &same[..]].concat(), &local);
    assert_eq!(made.0, Some(0), "{}", made.1);
    let file = set.join("plan.json");
    let pair = |index: &str| {
        let file = file.to_str().expect("a path in Unicode");
        run(&["pair", "--device", "cpu", "--plan", file, "--index", index], &again)
    };
    let outcome = pair("0,2");
    assert_eq!(outcome.0, Some(0), "{}", outcome.1);
    assert!(again.join("pair-0000000.scan.png").is_file());
    for (there, here) in [("images", "scan"), ("labels", "mask")] {
        let whole = std::fs::read(local.join(there).join("pair-0000002.png")).unwrap();
        assert_eq!(std::fs::read(again.join(format!("pair-0000002.{here}.png"))).unwrap(), whole, "{there}");
    }
    let manifest = std::fs::read_to_string(local.join("manifest.jsonl")).unwrap();
    let line = std::fs::read_to_string(again.join("pair-0000002.json")).unwrap();
    assert_eq!(manifest.lines().nth(2), Some(line.trim_end()));
    let (code, said) = pair("3");
    assert!(code == Some(65) && said.contains("there is no number 3"), "{code:?}: {said}");
}
