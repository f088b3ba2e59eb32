//! Which GPUs there are, asked in a process of its own: a driver that crashes or hangs while it is asked then costs a
//! message and not the program.
//!
//! When the question about all graphics interfaces ends badly, each interface is asked alone, and those that answer are
//! used. What was found is remembered until a driver file or the program changes, so that a start does not wait for
//! another process, and a driver that has crashed is not tried again at every start. Where the files of the drivers
//! are not known (macOS, Windows) every start asks.
//!
//! Without [`ask_in_processes`], as in tests of the library, the question is asked in this process.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::adapters::{self, Gpu};
use super::driver_files;
use crate::background::start_thread;
use crate::formats::atomic::write_atomically;

/// How long the drivers may take to answer.
pub const TIME_LIMIT: Duration = Duration::from_secs(20);
/// More than any list of adapters takes.
const MAX_ANSWER_BYTES: u64 = 1 << 20;
/// File of what was found last, in the folder of what can be made again.
const MEMORY_FILE: &str = "gpus.json";
/// Graphics interfaces that are asked alone, by the names that wgpu reads.
const INTERFACES: [&str; 4] = ["vulkan", "metal", "dx12", "gl"];

/// What the drivers answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What drivers answered.
    pub gpus: Vec<Gpu>,
    /// The interfaces that may be used, comma-separated; empty for all.
    pub interfaces: String,
    /// What is wrong with a driver, and the remedy.
    pub complaint: Option<String>,
}

impl Found {
    /// The interfaces that can be used without harm.
    pub fn backends(&self) -> wgpu::Backends {
        match self.interfaces.as_str() {
            "" => wgpu::Backends::all(),
            names => wgpu::Backends::from_comma_list(names),
        }
    }
}

/// Why a process that asked did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "every variant is said in full by its message")]
pub enum ProbeError {
    #[error("it could not be started: {0}")]
    NotStarted(String),
    #[error("the graphics driver crashed when it was asked for its GPUs ({0})")]
    Crashed(String),
    #[error("the graphics driver did not answer within {0} s")]
    Hung(u64),
    #[error("its answer is no list of GPUs ({0})")]
    Unreadable(String),
}

/// The program that is asked, set once by the program itself.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
static FOUND: OnceLock<Found> = OnceLock::new();

/// Lets processes of this program do the asking from now on.
pub fn ask_in_processes(program: PathBuf) {
    PROGRAM.get_or_init(|| program);
}

/// What the drivers answer, asked once in a process or remembered from an earlier one.
pub fn found() -> &'static Found {
    FOUND.get_or_init(|| match PROGRAM.get() {
        None => Found { gpus: adapters::list(wgpu::Backends::all()), ..Found::default() },
        Some(program) => {
            remembered_or(memory_file().as_deref(), driver_files::fingerprint().as_deref(), || {
                ask_program(program)
            })
        }
    })
}

/// What the drivers answer now; it is remembered.
pub fn ask_again() -> Found {
    let Some(program) = PROGRAM.get() else { return found().clone() };
    let now = ask_program(program);
    remember(memory_file().as_deref(), driver_files::fingerprint().as_deref(), &now);
    now
}

fn ask_program(program: &Path) -> Found {
    ask_with(TIME_LIMIT, |interfaces| {
        let mut command = Command::new(program);
        command.args(["info", "--gpus", "--json", "--in-this-process"]);
        if let Some(interfaces) = interfaces {
            command.args(["--interfaces", interfaces]);
        }
        command
    })
}

/// Asks about all interfaces (`None`); where that ends badly, about each alone.
fn ask_with(limit: Duration, command: impl Fn(Option<&str>) -> Command) -> Found {
    let why = match ask(command(None), limit) {
        Ok(gpus) => return Found { gpus, ..Found::default() },
        Err(why) => why,
    };
    let mut found = Found::default();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for interface in INTERFACES {
        match ask(command(Some(interface)), limit) {
            Ok(gpus) => {
                found.gpus.extend(gpus);
                good.push(interface);
            }
            Err(why) => bad.push(format!("{interface}: {why}")),
        }
    }
    for (index, gpu) in found.gpus.iter_mut().enumerate() {
        gpu.index = index;
    }
    // With none left nothing may be asked: the name stands for no interface.
    found.interfaces = if good.is_empty() { "noop".to_owned() } else { good.join(",") };
    let bad = if bad.is_empty() { why.to_string() } else { bad.join("; ") };
    found.complaint = Some(format!(
        "{bad}. It is left out until it changes: update the graphics driver, then run `retidiff info --gpus`"
    ));
    found
}

/// Runs a process that prints a list of GPUs as JSON.
///
/// # Errors
/// If it does not start, crashes, takes too long or prints anything else.
pub fn ask(mut command: Command, limit: Duration) -> Result<Vec<Gpu>, ProbeError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| ProbeError::NotStarted(error.to_string()))?;
    let Some(output) = child.stdout.take() else {
        return Err(ProbeError::NotStarted("it has no output".to_owned()));
    };
    let reader = start_thread("reading the list of GPUs", move || {
        let mut answer = Vec::new();
        output.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).map(|_| answer)
    });
    let status = wait(&mut child, limit)?;
    if !status.success() {
        return Err(ProbeError::Crashed(status.to_string()));
    }
    let answer = reader.map(std::thread::JoinHandle::join);
    let Ok(Ok(Ok(answer))) = answer else {
        return Err(ProbeError::Unreadable("nothing could be read".to_owned()));
    };
    serde_json::from_slice(&answer).map_err(|error| ProbeError::Unreadable(error.to_string()))
}

/// How the process ended; one that takes too long is ended.
fn wait(child: &mut Child, limit: Duration) -> Result<std::process::ExitStatus, ProbeError> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if started.elapsed() < limit => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                // One that hangs in the driver may not even be killed; nobody waits for it then.
                let _ = child.kill();
                let _ = child.try_wait();
                return Err(ProbeError::Hung(limit.as_secs()));
            }
            Err(error) => return Err(ProbeError::NotStarted(error.to_string())),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Memory {
    drivers: String,
    found: Found,
}

fn memory_file() -> Option<PathBuf> {
    crate::data_folder::cache_folder().map(|folder| folder.join(MEMORY_FILE))
}

/// What is remembered of these drivers; else what `ask` finds, remembered from now on.
fn remembered_or(file: Option<&Path>, drivers: Option<&str>, ask: impl FnOnce() -> Found) -> Found {
    if let (Some(file), Some(drivers)) = (file, drivers)
        && let Some(found) = recall(file, drivers)
    {
        return found;
    }
    let found = ask();
    remember(file, drivers, &found);
    found
}

fn recall(file: &Path, drivers: &str) -> Option<Found> {
    let mut text = Vec::new();
    std::fs::File::open(file).ok()?.take(MAX_ANSWER_BYTES).read_to_end(&mut text).ok()?;
    let memory: Memory = serde_json::from_slice(&text).ok()?;
    (memory.drivers == drivers).then_some(memory.found)
}

/// Where it cannot be kept, the next start asks again.
fn remember(file: Option<&Path>, drivers: Option<&str>, found: &Found) {
    let (Some(file), Some(drivers)) = (file, drivers) else { return };
    let memory = Memory { drivers: drivers.to_owned(), found: found.clone() };
    let Ok(text) = serde_json::to_vec(&memory) else { return };
    let kept = std::fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))
        .and_then(|()| write_atomically(file, &text));
    if let Err(error) = kept {
        tracing::debug!(file = %file.display(), %error, "the list of GPUs is not kept");
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    const ONE: &str = r#"[{"index":0,"name":"A","backend":"Vulkan","kind":"discrete","driver":"d 1",
        "max_buffer_bytes":1,"has_f16":true,"vendor":1,"device":2}]"#;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn limit() -> Duration {
        Duration::from_secs(30)
    }

    #[test]
    fn an_answer_is_read_and_everything_else_is_an_error_with_its_kind() {
        let found = ask(shell(&format!("echo '{ONE}'")), limit()).unwrap();
        assert_eq!((found.len(), &found[0].name[..]), (1, "A"));
        assert!(matches!(ask(shell("kill -s SEGV $$"), limit()), Err(ProbeError::Crashed(_))));
        assert!(matches!(ask(shell("exit 3"), limit()), Err(ProbeError::Crashed(_))));
        assert!(matches!(ask(shell("echo running 0 tests"), limit()), Err(ProbeError::Unreadable(_))));
        let missing = Command::new("no-such-program-of-retidiff");
        assert!(matches!(ask(missing, limit()), Err(ProbeError::NotStarted(_))));
    }

    #[test]
    fn a_driver_that_hangs_is_left_after_the_limit() {
        let started = Instant::now();
        let outcome = ask(shell("exec sleep 60"), Duration::from_millis(200));
        assert_eq!(outcome, Err(ProbeError::Hung(0)));
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    }

    #[test]
    fn where_one_interface_crashes_the_others_are_used() {
        let found = ask_with(limit(), |interface| match interface {
            None | Some("vulkan") => shell("kill -s SEGV $$"),
            Some("gl") => shell(&format!("echo '{ONE}'")),
            Some(_) => shell("echo '[]'"),
        });
        assert_eq!(found.interfaces, "metal,dx12,gl");
        assert!(!found.backends().contains(wgpu::Backends::VULKAN));
        assert_eq!(found.gpus.len(), 1);
        let complaint = found.complaint.unwrap();
        assert!(complaint.contains("vulkan: the graphics driver crashed"), "{complaint}");
        assert!(complaint.contains("update the graphics driver"), "{complaint}");
        let none = ask_with(limit(), |_| shell("exit 1"));
        assert!(none.gpus.is_empty() && !none.backends().contains(wgpu::Backends::VULKAN));
    }

    #[test]
    fn what_was_found_holds_until_the_drivers_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cache").join(MEMORY_FILE);
        let of = |complaint: &str| Found { complaint: Some(complaint.to_owned()), ..Found::default() };
        assert_eq!(remembered_or(Some(&file), Some("a"), || of("first")), of("first"));
        assert_eq!(remembered_or(Some(&file), Some("a"), || of("second")), of("first"));
        assert_eq!(remembered_or(Some(&file), Some("b"), || of("third")), of("third"));
        assert_eq!(remembered_or(Some(&file), None, || of("fourth")), of("fourth"), "drivers unknown");
        write_atomically(&file, b"{ no json").unwrap();
        assert_eq!(remembered_or(Some(&file), Some("b"), || of("fifth")), of("fifth"));
    }
}
