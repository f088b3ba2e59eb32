//! The journal: what is on disk when the process is gone.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

use retidiff::document::{Command, Document, Editor};
use retidiff::formats::{Journal, recoverable};
use retidiff::mask::{LockedLabels, PaintSettings, PaintTarget};
use retidiff::scan::{BScan, GreyImage};

use crate::document::{Random, document, layered_mask};

fn dot(page: usize, x: f32, y: f32) -> Command {
    let target = PaintTarget::Lesion(2);
    let settings = PaintSettings { target, radius_px: 0.1, ordered: true, locked: LockedLabels::NONE };
    Command::Paint { page, from: [x, y], to: [x, y], settings }
}

fn wait_for(what: &str, limit: Duration, mut reached: impl FnMut() -> bool) {
    let start = Instant::now();
    while !reached() {
        assert!(start.elapsed() < limit, "{what} took longer than {limit:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn files(dir: &Path, prefix: &str) -> Vec<PathBuf> {
    let sessions = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let files =
        sessions.flat_map(|session| std::fs::read_dir(session.path()).into_iter().flatten().flatten());
    let named = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(prefix));
    let mut found: Vec<PathBuf> = files.map(|file| file.path()).filter(named).collect();
    found.sort();
    found
}

#[test]
fn what_was_noted_can_be_recovered_and_discarded() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path().join("journal");
    let mut editor = Editor::new(document(2));
    let mut journal = Journal::start(dir.clone()).expect("a thread");
    editor.apply(dot(1, 20.5, 40.5)).expect("fits");
    journal.note(&editor, Some(Path::new("/somewhere/a.retidiff")));
    let revision = editor.revision();
    wait_for("the first write", Duration::from_millis(1500), || journal.written_revision() == Some(revision));
    assert!(recoverable(&dir).is_empty(), "the process lives");
    drop(journal);

    let found = recoverable(&dir);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].name, "a.retidiff", "a user knows the work by its file");
    assert_eq!(found[0].original_path.as_deref(), Some(Path::new("/somewhere/a.retidiff")));
    let (recovered, warnings) = found[0].load().expect("whole");
    assert!(warnings.is_empty());
    assert_eq!(recovered.document(), editor.document());
    found[0].discard().expect("removable");
    assert!(recoverable(&dir).is_empty());
}

#[test]
fn scans_are_written_once_and_old_masks_removed() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut editor = Editor::new(document(2));
    let mut journal = Journal::start(dir.path().to_path_buf()).expect("a thread");
    let mut scans = Vec::new();
    for x in 0..3 {
        editor.apply(dot(0, 10.5 + x as f32, 40.5)).expect("fits");
        journal.note(&editor, None);
        let revision = editor.revision();
        wait_for("a write", Duration::from_secs(3), || journal.written_revision() == Some(revision));
        let now = files(dir.path(), "scan-");
        assert!(scans.is_empty() || scans == now, "a scan was written again");
        scans = now;
        assert_eq!((files(dir.path(), "layers-").len(), files(dir.path(), "lesions-").len()), (2, 2));
    }
    journal.discard();
    wait_for("the removal", Duration::from_secs(3), || files(dir.path(), "").is_empty());
    drop(journal);
    assert!(recoverable(dir.path()).is_empty());
}

#[test]
fn a_revision_of_another_document_does_not_count_as_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut journal = Journal::start(dir.path().to_path_buf()).expect("a thread");
    let edited = || {
        let mut editor = Editor::new(document(2));
        editor.apply(dot(0, 10.5, 40.5)).expect("fits");
        editor
    };
    let (first, second) = (edited(), edited());
    assert_eq!(first.revision(), second.revision());
    journal.note(&first, None);
    // It may be on its way to the disk while the next document is shown.
    journal.discard();
    assert_eq!(journal.written_revision(), None, "the second is on no disk");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(journal.written_revision(), None);
    journal.note(&second, None);
    let revision = second.revision();
    wait_for("the second", Duration::from_secs(3), || journal.written_revision() == Some(revision));
}

#[test]
fn damaged_sessions_are_not_offered_or_say_what_is_wrong() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut journal = Journal::start(dir.path().to_path_buf()).expect("a thread");
    journal.note(&Editor::new(document(1)), None);
    drop(journal);
    let layers = files(dir.path(), "layers-").pop().expect("a part");
    std::fs::remove_file(layers).expect("removable");
    let found = recoverable(dir.path());
    let message = found[0].load().expect_err("a part is missing").to_string();
    assert!(message.contains("layers-"), "{message}");
    std::fs::remove_file(found[0].path.join("document.json")).expect("removable");
    assert!(recoverable(dir.path()).is_empty());
}

#[test]
fn the_largest_scans_are_journalled_in_time_and_the_caller_does_not_wait() {
    let dir = tempfile::tempdir().expect("a folder");
    let side = 4096;
    let mut random = Random(5);
    let pixels: Vec<u8> = (0..side * side).map(|_| (random.next() % 90) as u8).collect();
    let scan = BScan::from_image(GreyImage::new(side, side, pixels), "large");
    let mut editor = Editor::new(Document::from_scan(scan, layered_mask(side, side)));
    let mut journal = Journal::start(dir.path().to_path_buf()).expect("a thread");
    for round in 0..3 {
        let settings = PaintSettings {
            target: PaintTarget::Layer(3),
            radius_px: 150.0,
            ordered: true,
            locked: LockedLabels::NONE,
        };
        let from = [500.0 + 900.0 * round as f32, 1500.0];
        editor.apply(Command::Paint { page: 0, from, to: [2000.0, 2100.0], settings }).expect("fits");
        let noted = Instant::now();
        journal.note(&editor, None);
        let waited = noted.elapsed();
        let revision = editor.revision();
        // Twice what is promised: the machine that runs the tests has other things to do.
        wait_for("a write", Duration::from_secs(3), || journal.written_revision() == Some(revision));
        eprintln!("4096 x 4096: noted in {waited:?}, on disk after {:?}", noted.elapsed());
        assert!(waited < Duration::from_millis(50), "the caller waited {waited:?}");
    }
}

const CHILD_DIR: &str = "RETIDIFF_TEST_JOURNAL_DIR";
/// Time between two dots of the child's stroke.
const BEAT: Duration = Duration::from_millis(20);

/// Run by the next test in a process of its own: one long stroke that never ends.
#[test]
#[ignore = "the child of a_killed_process_loses_less_than_two_seconds"]
fn journal_child() {
    let Some(dir) = std::env::var_os(CHILD_DIR) else { return };
    let mut editor = Editor::new(document(1));
    let mut journal = Journal::start(PathBuf::from(dir)).expect("a thread");
    editor.begin("brush: SRF");
    let (width, height) = (130, 88);
    for dot_number in 0..width * height {
        let noted_at = Instant::now();
        let (x, y) = (dot_number % width, dot_number / width);
        editor.apply(dot(0, x as f32 + 0.5, y as f32 + 0.5)).expect("fits");
        journal.note(&editor, None);
        assert!(noted_at.elapsed() < Duration::from_millis(500), "the caller was blocked");
        println!("dot {dot_number}");
        std::io::stdout().flush().expect("a pipe");
        std::thread::sleep(BEAT);
    }
}

#[test]
fn a_killed_process_loses_less_than_two_seconds() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut child = Process::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "journal::journal_child", "--ignored", "--nocapture"])
        .env(CHILD_DIR, dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut painted: Vec<(u32, Instant)> = Vec::new();
    for line in lines.map_while(Result::ok) {
        if let Some(number) = line.strip_prefix("dot ").and_then(|n| n.trim().parse().ok()) {
            painted.push((number, Instant::now()));
            if painted[0].1.elapsed() > Duration::from_millis(4000) {
                break;
            }
        }
    }
    assert!(recoverable(dir.path()).is_empty(), "the child lives");
    let killed_at = Instant::now();
    child.kill().expect("killed");
    child.wait().expect("gone");

    let found = recoverable(dir.path());
    assert_eq!(found.len(), 1);
    let (mut editor, warnings) = found[0].load().expect("whole");
    assert!(warnings.is_empty(), "{warnings:?}");
    let recovered = editor.document().clone();
    assert_eq!(recovered.pages[0].scan, document(1).pages[0].scan);
    let owed = painted.iter().filter(|(_, at)| killed_at - *at > Duration::from_secs(2)).map(|(n, _)| *n);
    let owed = owed.max().expect("dots older than two seconds");
    assert!(owed > 20, "only {owed} dots: the stroke was too short to prove anything");
    assert!(has_dots(&recovered, owed), "dot {owed} of {} is missing", painted.len());
    while editor.undo().is_some() {}
    assert_eq!(editor.document(), &document(1), "its undo was recovered, too");
}

/// Whether all dots up to a number are there.
fn has_dots(document: &Document, last: u32) -> bool {
    (0..=last).all(|number| {
        let (x, y) = (number % 130, number / 130);
        let mask = &document.pages[0].mask;
        mask.layers.get(x, y) == retidiff::anatomy::UNANNOTATED || mask.lesions.get(x, y) == 2
    })
}
