//! Trainers in processes of their own: orders, kills, a loss that explodes, a disk that is full.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use retidiff::device::DeviceChoice;
use retidiff::training::run_directory::{RunDirectory, checkpoint_steps};
use retidiff::training::run_record::{RunRecord, RunState};
use retidiff::training::{Event, Order, RunConfig, run_lock};
use retidiff::worker::{Launch, Start, TrainerProcess};

use crate::trainer::{config, data_set, losses};

const PROGRAM: &str = env!("CARGO_BIN_EXE_retidiff");

fn quiet(steps: u64) -> RunConfig {
    RunConfig { sample_every: 0, validate_every: 0, checkpoint_minutes: 60.0, ..config(steps) }
}

/// A run that would take hours: for tests that end it.
fn endless() -> RunConfig {
    quiet(1_000_000)
}

fn start(run: &Path, start: Start, config: RunConfig) -> TrainerProcess {
    start_program(PROGRAM.into(), run, start, config)
}

fn start_program(program: PathBuf, run: &Path, start: Start, config: RunConfig) -> TrainerProcess {
    let launch = Launch {
        program,
        run: run.to_owned(),
        start,
        config,
        device: DeviceChoice::Cpu,
        remote: None,
        live: None,
    };
    TrainerProcess::launch(launch, Arc::new(|| {})).unwrap()
}

fn wait_for(process: &TrainerProcess, what: &str, done: impl Fn(&RunRecord) -> bool) -> Arc<RunRecord> {
    let started = Instant::now();
    loop {
        let record = process.record();
        if done(&record) {
            return record;
        }
        assert!(started.elapsed() < Duration::from_secs(120), "waited in vain until {what}: {record:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn failure(record: &RunRecord) -> &str {
    match &record.state {
        RunState::Failed(message) => message,
        other => panic!("it should have failed: {other:?}"),
    }
}

/// A trainer with a pipe to its standard input.
struct Piped {
    child: Child,
    events: Box<dyn Iterator<Item = Event>>,
}

impl Piped {
    fn start(data: &Path, run: &Path, config: &RunConfig) -> Self {
        let file = data.join("config.json");
        retidiff::formats::write_file(&file, &serde_json::to_vec(config).unwrap()).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["train", "--events", "--device", "cpu", "--data"])
            .arg(data)
            .arg("--run")
            .arg(run)
            .arg("--config")
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let events = Box::new(lines.map(|line| Event::of_line(&line.unwrap()).expect("an event")));
        Self { child, events }
    }

    fn tell(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    fn wait_for(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        self.events.find(|event| wanted(event)).expect("the trainer says it before it ends")
    }
}

#[test]
fn a_trainer_obeys_lines_and_says_what_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    let mut trainer = Piped::start(&data, &run, &endless());
    trainer.wait_for(|event| matches!(event, Event::Started { version: 2, step: 0, .. }));
    let step = trainer.wait_for(|event| matches!(event, Event::Step { step: 2.., .. }));
    assert!(matches!(step, Event::Step { eta_secs, .. } if eta_secs > 0.0), "{step:?}");
    assert!(run_lock::is_alive(&run));
    trainer.tell("pause");
    let paused = trainer.wait_for(|event| matches!(event, Event::Paused { .. })).step();
    trainer.tell("resume");
    assert_eq!(trainer.wait_for(|event| matches!(event, Event::Resumed { .. })).step(), paused);
    trainer.tell("checkpoint");
    let saved = trainer.wait_for(|event| matches!(event, Event::Checkpoint { .. })).step();
    assert!(saved > paused);
    trainer.tell("no order");
    trainer.tell("stop");
    let stopped = trainer.wait_for(|event| matches!(event, Event::Stopped { .. })).step();
    assert!(trainer.child.wait().unwrap().success());
    assert_eq!(checkpoint_steps(&run).unwrap().last(), Some(&stopped));
    assert!(!run_lock::is_alive(&run));
}

#[test]
fn a_run_of_another_process_is_found_followed_and_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    let mut trainer = Piped::start(&data, &run, &endless());
    trainer.wait_for(|event| matches!(event, Event::Step { .. }));
    let found = TrainerProcess::attach(RunRecord::read(&run).unwrap(), Arc::new(|| {})).unwrap();
    let seen = wait_for(&found, "steps are seen", |record| record.step > 3);
    assert_eq!((&seen.state, seen.training_scans), (&RunState::Running, 3));
    // Whoever started it goes away: its pipes close and the run goes on.
    trainer.child.stdin.take();
    drop(trainer.events);
    wait_for(&found, "it goes on alone", |record| record.step > seen.step + 20);
    found.order(Order::Pause).unwrap();
    wait_for(&found, "it pauses", |record| record.state == RunState::Paused);
    found.order(Order::Stop).unwrap();
    let ended = wait_for(&found, "it stops", |record| record.state == RunState::Stopped);
    assert_eq!(ended.checkpoints.last(), Some(&ended.step));
    trainer.child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn a_killed_run_says_so_and_goes_on_from_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    let process = start(&run, Start::New { data: data.clone(), from: None }, endless());
    wait_for(&process, "it runs", |record| record.step > 2);
    process.order(Order::Checkpoint).unwrap();
    let saved = wait_for(&process, "it saves", |record| !record.checkpoints.is_empty());
    wait_for(&process, "it goes on", |record| record.step > saved.step + 5);
    let number = run_lock::process_of(&run).unwrap().to_string();
    assert!(Command::new("kill").args(["-9", &number]).status().unwrap().success());
    let killed = wait_for(&process, "its end is seen", |record| !record.state.is_alive());
    assert!(failure(&killed).contains("killed"), "{killed:?}");
    let found = RunRecord::read(&run).unwrap();
    assert!(failure(&found).contains("killed"), "another process sees it, too");
    let step = *found.checkpoints.last().unwrap();

    let process = start(&run, Start::Resume, quiet(step + 3));
    let resumed = wait_for(&process, "it ends", |record| !record.state.is_alive());
    assert_eq!((&resumed.state, resumed.step), (&RunState::Finished, step + 3));
    let steps: Vec<i64> = losses(&run).into_iter().map(|(step, _)| step).collect();
    assert_eq!(steps, (1..=step as i64 + 3).collect::<Vec<_>>(), "every step once");
}

#[test]
fn a_loss_that_explodes_leaves_the_checkpoint_and_a_branch_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    let process = start(&run, Start::New { data, from: None }, quiet(4));
    wait_for(&process, "the first steps are done", |record| record.state == RunState::Finished);
    let model = fs::read(run.join("model.safetensors")).unwrap();

    let absurd = RunConfig { learning_rate: 1e30, warmup_steps: 0, checkpoint_minutes: 0.0, ..quiet(400) };
    let process = start(&run, Start::Resume, absurd);
    let failed = wait_for(&process, "it gives up", |record| !record.state.is_alive());
    assert!(failure(&failed).contains("not finite") && failure(&failed).contains("--resume"), "{failed:?}");
    assert!(failed.warnings.iter().any(|warning| warning.contains("not finite")), "{:?}", failed.warnings);
    let kept = *failed.checkpoints.last().unwrap();
    assert!(kept <= 5, "no network that has gone astray is saved: {:?}", failed.checkpoints);

    let branch = folder.path().join("branch");
    let process = start(&branch, Start::Branch { from: run.clone(), step: failed.checkpoints[0] }, quiet(7));
    let ended = wait_for(&process, "the branch ends", |record| !record.state.is_alive());
    assert_eq!((&ended.state, ended.step), (&RunState::Finished, 7), "{ended:?}");
    assert!(losses(&branch).iter().all(|(_, loss)| loss.is_finite()));
    assert_eq!(fs::read(run.join("checkpoints/step-00000004/model.safetensors")).unwrap(), model);
    let again = start(&branch, Start::Branch { from: run, step: 4 }, quiet(9));
    let refused = wait_for(&again, "it refuses", |record| !record.state.is_alive());
    assert!(failure(&refused).contains("holds a run already"), "{refused:?}");
}

/// A program that may write no large file, as on a full disk.
#[cfg(unix)]
fn on_a_full_disk(folder: &Path) -> PathBuf {
    limited(folder, "trap '' XFSZ; ulimit -f 16")
}

/// The program with a shell's limits.
#[cfg(unix)]
fn limited(folder: &Path, limits: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let script = folder.join("limited.sh");
    let text = format!("#!/bin/sh\n{limits}\nexec '{PROGRAM}' \"$@\"\n");
    retidiff::formats::write_file(&script, text.as_bytes()).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_checkpoint_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    let process = start(&run, Start::New { data, from: None }, quiet(2));
    wait_for(&process, "the first steps are done", |record| record.state == RunState::Finished);

    let process = start_program(on_a_full_disk(folder.path()), &run, Start::Resume, quiet(6));
    let failed = wait_for(&process, "it fails", |record| !record.state.is_alive());
    let message = failure(&failed);
    assert!(message.contains("checkpoints") && message.contains("free some space"), "{message}");
    assert_eq!(failed.checkpoints, [2]);

    let process = start(&run, Start::Resume, quiet(6));
    let ended = wait_for(&process, "it ends", |record| !record.state.is_alive());
    assert_eq!((&ended.state, ended.step), (&RunState::Finished, 6), "{ended:?}");
    let left: Vec<_> = fs::read_dir(run.join("checkpoints")).unwrap().flatten().collect();
    assert_eq!(left.len(), 2, "what was half written is gone: {left:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_gets_no_memory_says_what_helps_and_keeps_its_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let data = data_set(folder.path());
    let run = folder.path().join("run");
    // The size of the strips cannot change while a run is stopped; their number can.
    let of = |steps| RunConfig { crop_rows: 128, crop_columns: 128, ..quiet(steps) };
    let process = start(&run, Start::New { data, from: None }, of(2));
    wait_for(&process, "the first steps are done", |record| record.state == RunState::Finished);

    let large = RunConfig { batch: 4096, ..of(6) };
    let process = start_program(limited(folder.path(), "ulimit -v 2500000"), &run, Start::Resume, large);
    let failed = wait_for(&process, "it fails", |record| !record.state.is_alive());
    let message = failure(&failed);
    assert!(message.contains("emory ran out") && message.contains("smaller batch"), "{message}");
    assert_eq!(failed.checkpoints, [2]);

    let process = start(&run, Start::Resume, of(4));
    let ended = wait_for(&process, "it ends", |record| !record.state.is_alive());
    assert_eq!((&ended.state, ended.step), (&RunState::Finished, 4), "{ended:?}");
}

#[test]
fn what_keeps_a_run_from_starting_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = folder.path().join("run");
    let process = start(&run, Start::New { data: folder.path().join("nowhere"), from: None }, quiet(4));
    let failed = wait_for(&process, "it fails", |record| !record.state.is_alive());
    assert!(failure(&failed).contains("nowhere"), "{failed:?}");
    assert!(!RunDirectory::is_run(&run));
    let process = start_program("no/such/program".into(), &run, Start::Resume, quiet(4));
    let failed = wait_for(&process, "it fails", |record| !record.state.is_alive());
    assert!(failure(&failed).contains("could not be started"), "{failed:?}");
}
