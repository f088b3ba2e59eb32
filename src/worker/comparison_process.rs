//! A comparison in processes of its own, one command after the other: started here, or found at work in its folder.
//!
//! They are the command line's `evaluate downstream`, or `import`, `experiment plan`, `run` and `report`, and nothing
//! else. The folder is the truth: what the window sees is a [`ComparisonRecord`] that a thread folds from it four times a
//! second. To cancel leaves a file that the commands look for; whoever starts again goes on from what is whole. A window
//! that closes leaves the command at work alone; those that would follow it are started by the next window.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;

use super::comparison_record::{ComparisonRecord, ComparisonState, FolderLook};
use super::comparison_request::{ComparisonKind, ComparisonRequest, ComparisonStep, stop_file};
use super::last_words::last_words;
use super::watched::{LOOK, Watch, Watched};
use crate::background::{Wake, start_thread};
use crate::device::processor_share::{self, Work};
use crate::formats::write_file;
use crate::platform;

/// What the processes wrote to their standard error.
const LOG_FILE: &str = "comparison.log";

/// How to start a comparison.
#[derive(Clone, Debug)]
pub struct ComparisonLaunch {
    /// The program, which is `retidiff`.
    pub program: PathBuf,
    /// What is compared, and where it is kept. What is whole there is not made again.
    pub request: ComparisonRequest,
}

/// A comparison at work, or one that has ended. Dropping it leaves the process that is at work alone.
pub struct ComparisonProcess {
    folder: PathBuf,
    watch: Watch<ComparisonRecord>,
}

impl ComparisonProcess {
    /// Starts a comparison, or goes on with one; how that goes is in [`ComparisonProcess::record`]. `wake` is called
    /// whenever that changes, and must not block.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn launch(launch: ComparisonLaunch, wake: Wake) -> std::io::Result<Self> {
        let mut record = ComparisonRecord::new(launch.request.kind(), launch.request.out());
        record.request = Some(launch.request.clone());
        record.state = ComparisonState::Running;
        Self::watched(record, wake, move |shared| watch_chain(&launch, shared))
    }

    /// Looks at the comparison in a folder, and goes on looking while another process works on it.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn attach(kind: ComparisonKind, folder: &Path, wake: Wake) -> std::io::Result<Self> {
        Self::watched(ComparisonRecord::new(kind, folder), wake, watch_folder)
    }

    fn watched(
        record: ComparisonRecord,
        wake: Wake,
        watch: impl FnOnce(&Watched<ComparisonRecord>) + Send + 'static,
    ) -> std::io::Result<Self> {
        let folder = record.folder.clone();
        Ok(Self { folder, watch: Watch::start("comparison-watch", record, wake, watch)? })
    }

    /// What is known of the comparison now.
    pub fn record(&self) -> Arc<ComparisonRecord> {
        self.watch.record()
    }

    /// Tells it to stop; never blocks. What is whole stays, and a training saves before it ends.
    ///
    /// # Errors
    /// When the system grants no thread.
    pub fn stop(&self) -> std::io::Result<()> {
        let (shared, file) = (self.watch.shared(), stop_file(&self.folder));
        let order = move || {
            while shared.newest().state.is_alive() && !shared.is_given_up() {
                if !file.exists()
                    && let Err(error) = write_file(&file, b"stop\n")
                {
                    let mut record = ComparisonRecord::clone(&shared.newest());
                    record.problem = Some(format!("The order to stop did not reach it: {error}"));
                    return shared.publish(record);
                }
                std::thread::sleep(LOOK);
            }
        };
        start_thread("comparison-stop", order).map(|_| ())
    }
}

/// Removes an order to stop, which only who watches does: who gave it might come late, and remove the next one. An order
/// that cannot be removed is seen again at the next start, which says so by stopping.
fn take_back(order: &Path) {
    fs::remove_file(order).unwrap_or_default();
}

fn watch_folder(shared: &Watched<ComparisonRecord>) {
    let mut look = FolderLook::of(ComparisonRecord::clone(&shared.newest()));
    let (folder, kind) = (look.record.folder.clone(), look.record.kind);
    look.record.request = ComparisonRequest::kept_in(&folder).filter(|request| request.kind() == kind);
    loop {
        look.follow();
        look.read_report();
        look.record.state = look.state();
        let is_alive = look.record.state.is_alive();
        look.record.said = if is_alive { last_words(&folder.join(LOG_FILE)) } else { None };
        publish_if_new(&mut look, shared);
        if !is_alive {
            return take_back(&stop_file(&folder));
        }
        if shared.is_given_up() {
            return;
        }
        std::thread::sleep(LOOK);
    }
}

fn publish_if_new(look: &mut FolderLook, shared: &Watched<ComparisonRecord>) {
    let newest = shared.newest();
    if look.record.problem.is_none() {
        // An order to stop that could not be left is said by who tried.
        look.record.problem.clone_from(&newest.problem);
    }
    if *newest != look.record {
        shared.publish(look.record.clone());
    }
}

fn watch_chain(launch: &ComparisonLaunch, shared: &Watched<ComparisonRecord>) {
    // This thread only watches; the processes inherit from it.
    processor_share::step_back(Work::Training);
    let folder = launch.request.out();
    let before = ComparisonRequest::kept_in(folder);
    let steps = launch.request.steps(before.as_ref());
    let mut look = FolderLook::of(ComparisonRecord::clone(&shared.newest()));
    look.record.steps = steps.iter().map(|step| step.name).collect();
    let kept = launch.request.keep();
    let ended = kept.and_then(|()| work_through(launch, &steps, &mut look, shared));
    let state = ended.unwrap_or_else(ComparisonState::Failed);
    let is_over = !state.is_alive();
    if let (ComparisonState::Failed(_), Some(before)) = (&state, &before) {
        // What was refused is nothing to go on with; what was begun is. If that cannot be written, the other one stays.
        before.keep().unwrap_or_default();
    }
    look.follow();
    look.read_report();
    look.record.said = None;
    look.record.state = state;
    shared.publish(look.record);
    // Not before: who gave the order gives it again as long as it is at work.
    if is_over {
        take_back(&stop_file(folder));
    }
}

/// Runs one command after the other; answers how it ended. A window that is gone leaves the command at work alone.
fn work_through(
    launch: &ComparisonLaunch,
    steps: &[ComparisonStep],
    look: &mut FolderLook,
    shared: &Watched<ComparisonRecord>,
) -> Result<ComparisonState, String> {
    let folder = launch.request.out();
    let (order, log) = (stop_file(folder), folder.join(LOG_FILE));
    take_back(&order);
    for (index, step) in steps.iter().enumerate() {
        look.record.step = index;
        let mut child = spawn(&launch.program, step, &log)?;
        let mut is_stop_requested = false;
        let status = loop {
            // Asked first: what the process made before it ended is then seen below.
            let ended = child.try_wait();
            is_stop_requested |= order.exists();
            if is_stop_requested && !step.obeys {
                // One that has just ended cannot be ended.
                child.kill().unwrap_or_default();
            }
            look.record.state =
                if is_stop_requested { ComparisonState::Stopping } else { ComparisonState::Running };
            look.record.said = last_words(&log);
            look.follow();
            publish_if_new(look, shared);
            match ended {
                Ok(Some(status)) => break status,
                Ok(None) if shared.is_given_up() => return Ok(ComparisonState::Running),
                Ok(None) => std::thread::sleep(LOOK),
                Err(error) => return Err(format!("Its end could not be seen: {error}. Continue goes on.")),
            }
        };
        let is_last = index + 1 == steps.len();
        match (status.success(), is_stop_requested) {
            (true, false) => {}
            (true, true) if is_last => {}
            (_, true) => return Ok(ComparisonState::Stopped),
            (false, false) => return Err(why_it_ended(status, &log)),
        }
    }
    Ok(ComparisonState::Finished)
}

/// Starts a command. What it says for machines is in its files, too; what it says for people goes to the log.
fn spawn(program: &Path, step: &ComparisonStep, log: &Path) -> Result<Child, String> {
    let errors = OpenOptions::new().create(true).write(true).truncate(true).open(log);
    let errors = errors.map_err(|error| {
        format!("{}: {error}. Check the folder's space and permissions, or keep it elsewhere.", log.display())
    })?;
    let mut command = Command::new(program);
    command.args(&step.arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors);
    platform::apart_from_terminal(&mut command);
    command.spawn().map_err(|error| format!("{} could not be started: {error}", program.display()))
}

/// What to tell of a command that did not succeed.
fn why_it_ended(status: ExitStatus, log: &Path) -> String {
    const HINT: &str = "Continue goes on: what was made is whole.";
    match (platform::signal(status), last_words(log)) {
        (Some(platform::KILLED), _) => format!("It was killed; if nobody did, memory ran out. {HINT}"),
        (Some(signal), Some(words)) => format!("{words} (signal {signal}). {HINT}"),
        (Some(signal), None) => format!("It was ended by signal {signal}. {HINT}"),
        (None, Some(words)) => format!("{words}. {HINT}"),
        (None, None) => format!("It ended without a word. {HINT}"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::background::wake_nobody;
    use crate::device::DeviceChoice;
    use crate::evaluation::Standing;
    use crate::evaluation::experiment::Budget;
    use crate::nn::SegmenterKind;
    use crate::worker::comparison_request::{DownstreamRequest, PaperRequest, StepName};

    /// A shell script in place of the program. Another process writes it: a file that this one has open for writing
    /// while another test starts a process cannot be run.
    fn program(folder: &Path, body: &str) -> PathBuf {
        let file = folder.join("program");
        let script = format!(
            "#!/bin/sh\nwords=\"$1 $2\"\nwhile [ $# -gt 0 ]; do\ncase $1 in\n--out) out=$2 ;;\n--stop-file) stop=$2 ;;\n\
             esac\nshift\ndone\necho \"$words\" >> {}\n{body}\n",
            folder.join("commands").display()
        );
        let write = "printf '%s' \"$1\" > \"$0\" && chmod +x \"$0\"";
        let made = Command::new("sh").args(["-c", write]).arg(&file).arg(script).status().unwrap();
        assert!(made.success());
        file
    }

    fn commands(folder: &Path) -> Vec<String> {
        let said = fs::read_to_string(folder.join("commands")).unwrap_or_default();
        said.lines().map(str::to_owned).collect()
    }

    fn real(out: &Path) -> ComparisonRequest {
        ComparisonRequest::Downstream(DownstreamRequest {
            data: "data".into(),
            test_data: None,
            pairs: None,
            model: None,
            arms: vec!["real".parse().unwrap()],
            network: SegmenterKind::Small,
            size: 160,
            steps: 2,
            seeds: 1,
            device: DeviceChoice::Cpu,
            out: out.to_owned(),
        })
    }

    fn launched(program: &Path, request: &ComparisonRequest) -> ComparisonProcess {
        let launch = ComparisonLaunch { program: program.to_owned(), request: request.clone() };
        ComparisonProcess::launch(launch, wake_nobody()).unwrap()
    }

    fn wait_for(
        process: &ComparisonProcess,
        what: &str,
        done: impl Fn(&ComparisonRecord) -> bool,
    ) -> Arc<ComparisonRecord> {
        let began = Instant::now();
        loop {
            let record = process.record();
            if done(&record) {
                return record;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "waited in vain until {what}: {record:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn ended(process: &ComparisonProcess) -> Arc<ComparisonRecord> {
        wait_for(process, "it ends", |record| !record.state.is_alive())
    }

    #[test]
    fn a_comparison_is_watched_to_its_end_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let program = program(
            folder.path(),
            "run=$out/runs/real/seed-0\nmkdir -p $run\necho '{}' > $run/downstream.json\ntouch $out/report.html",
        );
        let record = ended(&launched(&program, &real(&out)));
        assert_eq!(record.state, ComparisonState::Finished);
        assert_eq!((record.runs[0].standing, record.done()), (Standing::Done, 1));
        assert_eq!(record.report.as_deref(), Some(out.join("report.html").as_path()));
        assert_eq!(commands(folder.path()), ["evaluate downstream"]);

        let found = ComparisonProcess::attach(ComparisonKind::Downstream, &out, wake_nobody()).unwrap();
        let found = wait_for(&found, "it is looked at", |record| record.state != ComparisonState::Looking);
        assert_eq!((&found.state, &found.request), (&ComparisonState::Finished, &Some(real(&out))));
    }

    #[test]
    fn a_comparison_stops_when_it_is_told_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let waits =
            "echo 'real, seed 0: step 1 of 2' >&2\nwhile [ ! -e \"$stop\" ]; do sleep 0.05; done\nexit 1";
        let program = program(folder.path(), waits);
        let process = launched(&program, &real(&out));
        wait_for(&process, "it says how far it is", |record| {
            record.said.as_deref() == Some("real, seed 0: step 1 of 2")
        });
        process.stop().unwrap();
        assert_eq!(ended(&process).state, ComparisonState::Stopped);
        let began = Instant::now();
        while stop_file(&out).exists() {
            assert!(began.elapsed() < Duration::from_secs(60), "the order is taken back");
            std::thread::sleep(Duration::from_millis(20));
        }
        let again = launched(&program, &real(&out));
        wait_for(&again, "it works again", |record| record.said.is_some());
        again.stop().unwrap();
        assert_eq!(ended(&again).state, ComparisonState::Stopped);
    }

    #[test]
    fn what_keeps_it_from_going_on_is_said_and_the_request_before_stays() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        real(&out).keep().unwrap();
        let program =
            program(folder.path(), "echo 'retidiff: this comparison was begun with other steps' >&2\nexit 1");
        let mut other = real(&out);
        if let ComparisonRequest::Downstream(request) = &mut other {
            request.steps = 9;
        }
        let record = ended(&launched(&program, &other));
        assert_eq!(
            record.state,
            ComparisonState::Failed(
                "this comparison was begun with other steps. Continue goes on: what was made is whole."
                    .to_owned()
            )
        );
        assert_eq!(ComparisonRequest::kept_in(&out), Some(real(&out)));
        let nobody = ended(&launched(&folder.path().join("nobody"), &real(&out)));
        assert!(
            matches!(&nobody.state, ComparisonState::Failed(message) if message.contains("could not be started")),
            "{nobody:?}"
        );
    }

    #[test]
    fn the_paper_is_done_command_by_command_and_a_command_that_knows_no_order_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let request = ComparisonRequest::Paper(PaperRequest {
            source: folder.path().join("mats"),
            budget: Budget::Tiny,
            scans: None,
            subjects: String::new(),
            seeds: 1,
            device: DeviceChoice::Cpu,
            out: out.clone(),
        });
        let plans = "case $words in\n'experiment plan') mkdir -p $out; echo '{}' > $out/plan.json ;;\nesac";
        let first = program(folder.path(), plans);
        let record = ended(&launched(&first, &request));
        assert_eq!(
            (&record.state, record.steps.last()),
            (&ComparisonState::Finished, Some(&StepName::Report))
        );
        let said = commands(folder.path());
        assert!(said[0].starts_with("import "), "{said:?}");
        assert_eq!(said[1..], ["experiment plan", "experiment run", "experiment report"]);
        // The plan is there, and is of this request.
        ended(&launched(&first, &request));
        let said = commands(folder.path());
        assert_eq!(said[5..], ["experiment run", "experiment report"], "{said:?}");

        let other = folder.path().join("other");
        fs::create_dir_all(&other).unwrap();
        let process = launched(&program(&other, "exec sleep 60"), &request);
        wait_for(&process, "the import is at work", |_| !commands(&other).is_empty());
        process.stop().unwrap();
        assert_eq!(ended(&process).state, ComparisonState::Stopped);
    }
}
