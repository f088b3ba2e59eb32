//! Undo survives: a thousand strokes, a restart, a kill -9, hostile files.

use std::path::Path;
use std::sync::Arc;

use retidiff::document::{Command, Document, Editor, HistorySnapshot, KeptSynthesis, LabelLook};
use retidiff::formats::{
    Journal, read_document, recoverable, undo_history, write_atomically, write_document,
};
use retidiff::mask::{LockedLabels, Mask, PaintSettings, PaintTarget};
use retidiff::scan::{BScan, GreyImage};

use crate::document::{Random, document, layered_mask};

fn paint(page: usize, from: [f32; 2], to: [f32; 2], code: u8, radius_px: f32) -> Command {
    let target = PaintTarget::from_composite(code).expect("a label");
    let settings = PaintSettings { target, radius_px, ordered: true, locked: LockedLabels::NONE };
    Command::Paint { page, from, to, settings }
}

fn random_stroke(editor: &mut Editor, random: &mut Random, segments: usize) {
    let (width, height) = {
        let scan = &editor.document().pages[0].scan;
        (scan.width() as f32, scan.height() as f32)
    };
    let code = [1, 2, 3, 4, 5, 6, 7, 9, 9, 9, 10, 11][random.below(12) as usize];
    let radius = random.within(3.0, 14.0);
    let mut from = [random.within(0.0, width), random.within(0.0, height)];
    editor.begin("stroke");
    for _ in 0..segments {
        let to = [from[0] + random.within(-14.0, 14.0), from[1] + random.within(-6.0, 6.0)];
        editor.apply(paint(0, from, to, code, radius)).expect("fits");
        from = to;
    }
    editor.commit();
}

fn image_document(width: u32, height: u32) -> Document {
    let pixels = (0..width * height).map(|i| (i.wrapping_mul(2_654_435_761) >> 25) as u8).collect::<Vec<_>>();
    let scan = BScan::from_image(GreyImage::new(width, height, pixels), "a scan");
    Document::from_scan(scan, layered_mask(width, height))
}

#[test]
fn a_thousand_strokes_are_all_undoable_under_32_megabytes() {
    let first = image_document(768, 496);
    let mut editor = Editor::new(first.clone());
    let mut random = Random(11);
    let mut made = 0;
    while made < 1000 {
        random_stroke(&mut editor, &mut random, 20);
        made = editor.undo_names().len();
    }
    let bytes = editor.history_bytes();
    assert!(bytes < 32 << 20, "{bytes} bytes");
    let last = editor.document().clone();

    let folder = tempfile::tempdir().expect("a folder");
    undo_history::keep(folder.path(), &last, &editor.history_snapshot()).expect("written");
    let file = undo_history::file_of(folder.path(), &undo_history::fingerprint(&last));
    let on_disk = std::fs::metadata(file).expect("a file").len();
    assert!(on_disk < 32 << 20, "{on_disk} bytes on disk");
    eprintln!("1000 strokes: {:.1} MB in memory, {:.1} MB on disk", bytes as f64 / 1e6, on_disk as f64 / 1e6);

    let kept = undo_history::find(folder.path(), &last).expect("whole").expect("there");
    let mut again = Editor::with_history(last, kept);
    for _ in 0..1000 {
        assert!(editor.undo().is_some() && again.undo().is_some());
    }
    assert_eq!(editor.document(), &first);
    assert_eq!(again.document(), &first);
    assert!(editor.undo().is_none());
}

/// An editor with every kind of step behind it and two ahead.
fn eventful() -> Editor {
    let mut editor = Editor::new(document(2));
    let mut random = Random(3);
    random_stroke(&mut editor, &mut random, 6);
    editor.apply(Command::RerollNoise { seed: 77 }).expect("fits");
    let (width, height) = (editor.document().pages[1].scan.width(), editor.document().pages[1].scan.height());
    let image = GreyImage::new(width, height, vec![90; (width * height) as usize]);
    let synthesis = KeptSynthesis {
        image,
        model: "live".into(),
        model_sha256: "0".repeat(64),
        seed: 7,
        steps: 8,
        sampler: "DDIM".into(),
    };
    editor.apply(Command::KeepSynthesis { page: 1, synthesis: Arc::new(synthesis) }).expect("fits");
    let grader = Some(Arc::new(layered_mask(width, height)));
    editor.apply(Command::SetSecondGrader { page: 1, mask: grader }).expect("fits");
    editor.apply(Command::SetSecondGrader { page: 1, mask: None }).expect("fits");
    let look = LabelLook { name: "Cyst".into(), color: [9, 8, 7], visible: true };
    let labels = editor.document().labels.with(9, look);
    editor.apply(Command::EditLabels { labels, name: "edit labels".into() }).expect("fits");
    random_stroke(&mut editor, &mut random, 6);
    random_stroke(&mut editor, &mut random, 6);
    editor.undo();
    editor.undo();
    editor
}

#[test]
fn a_saved_document_is_reopened_with_its_undo_and_its_redo() {
    let mut editor = eventful();
    let folder = tempfile::tempdir().expect("a folder");
    let file = write_document(editor.document());
    undo_history::keep(folder.path(), editor.document(), &editor.history_snapshot()).expect("written");

    let (read, _) = read_document(&file, "a.retidiff").expect("readable");
    let kept = undo_history::find(folder.path(), &read).expect("whole").expect("there");
    let mut again = Editor::with_history(read, kept);
    assert!(!again.has_unsaved_changes());
    assert_eq!(again.undo_names(), editor.undo_names());
    assert_eq!(again.redo_name(), editor.redo_name());
    let pictures =
        |editor: &Editor| editor.undo_steps().map(|step| step.thumbnail.clone()).collect::<Vec<_>>();
    assert_eq!(pictures(&again), pictures(&editor));
    again.redo();
    editor.redo();
    assert_eq!(again.document().pages, editor.document().pages);
    assert!(again.has_unsaved_changes());
    again.undo();
    assert!(!again.has_unsaved_changes(), "back at what is saved");
    editor.undo();
    while editor.undo().is_some() {
        assert!(again.undo().is_some());
        assert_eq!(again.document().pages, editor.document().pages);
        assert_eq!(again.document().noise_seed, editor.document().noise_seed);
        assert_eq!(again.document().labels, editor.document().labels);
    }
    assert!(again.undo().is_none());
    assert_eq!(write_document(again.document()), write_document(&document(2)), "undone to the first bytes");

    undo_history::keep(folder.path(), editor.document(), &HistorySnapshot::default()).expect("removable");
    assert!(undo_history::find(folder.path(), &document(2)).expect("nothing").is_none());
}

#[test]
fn hostile_histories_are_left_out_with_a_reason() {
    let editor = eventful();
    let folder = tempfile::tempdir().expect("a folder");
    undo_history::keep(folder.path(), editor.document(), &editor.history_snapshot()).expect("written");
    let path = undo_history::file_of(folder.path(), &undo_history::fingerprint(editor.document()));
    let whole = std::fs::read(&path).expect("a file");
    let find = || undo_history::find(folder.path(), editor.document());
    let mut random = Random(5);
    for round in 0..200 {
        let mut bytes = whole.clone();
        match round % 4 {
            0 => bytes.truncate(random.below(whole.len() as u64) as usize),
            1 => bytes[random.below(whole.len() as u64) as usize] ^= 1 << random.below(8),
            2 => bytes.extend([0; 9]),
            _ => {
                // A step that lies, under a check sum that is right.
                let at = 56 + random.below(whole.len() as u64 - 100) as usize;
                bytes[at] = bytes[at].wrapping_add(1 + random.below(250) as u8);
                use sha2::Digest;
                let body = bytes.len() - 32;
                let check = sha2::Sha256::digest(&bytes[..body]);
                bytes[body..].copy_from_slice(&check);
            }
        }
        write_atomically(&path, &bytes).expect("writable");
        match find() {
            // Some lies are harmless: a name, a seed, a pixel of another valid class.
            Ok(Some(history)) => {
                let mut lied = Editor::with_history(editor.document().clone(), history);
                while lied.undo().is_some() {}
                assert!(lied.document().pages.iter().all(|page| Mask::is_valid(&page.mask)));
            }
            Ok(None) => panic!("it was there"),
            Err(error) => assert!(error.to_string().contains("not concerned"), "{error}"),
        }
    }
    let mut newer = whole.clone();
    newer[16] = 9;
    write_atomically(&path, &newer).expect("writable");
    assert!(find().expect_err("newer").to_string().contains("another version"));
    let other = undo_history::file_of(folder.path(), &undo_history::fingerprint(&document(3)));
    write_atomically(&other, &whole).expect("writable");
    assert!(undo_history::find(folder.path(), &document(3)).is_err(), "that of another document");
}

#[test]
fn a_crash_in_mid_stroke_gives_the_work_back_with_its_undo() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = document(1);
    let mut editor = Editor::new(first.clone());
    let mut journal = Journal::start(folder.path().to_path_buf()).expect("a thread");
    let mut random = Random(9);
    for _ in 0..5 {
        random_stroke(&mut editor, &mut random, 4);
        journal.note(&editor, Some(Path::new("/somewhere/a.retidiff")));
        std::thread::sleep(std::time::Duration::from_millis(150));
    }
    editor.undo();
    editor.begin("half a stroke");
    editor.apply(paint(0, [40.0, 40.0], [60.0, 41.0], 9, 6.0)).expect("fits");
    journal.note(&editor, None);
    drop(journal);

    let found = recoverable(folder.path());
    let (mut recovered, warnings) = found[0].load().expect("whole");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!(recovered.document(), editor.document());
    assert!(recovered.has_unsaved_changes());
    assert_eq!(recovered.undo_name(), Some("half a stroke"));
    let steps = recovered.undo_names().len();
    editor.commit();
    assert_eq!(steps, editor.undo_names().len());
    while recovered.undo().is_some() {}
    assert_eq!(recovered.document(), &first);

    let mut log = std::fs::read_dir(&found[0].path).expect("a folder").flatten().map(|entry| entry.path());
    let log = log.find(|path| path.extension().is_some_and(|ending| ending == "log")).expect("a log");
    let mut bytes = std::fs::read(&log).expect("readable");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write_atomically(&log, &bytes).expect("writable");
    let (recovered, warnings) = found[0].load().expect("the document is whole");
    assert_eq!(recovered.document(), editor.document());
    assert!(recovered.undo_names().is_empty());
    assert!(warnings.iter().any(|warning| warning.contains("undo history")), "{warnings:?}");
}

#[test]
fn a_document_of_version_1_still_opens() {
    let bytes = include_bytes!("reference/document_v1.retidiff");
    let (read, warnings) = read_document(bytes, "document_v1.retidiff").expect("readable");
    assert!(warnings.is_empty(), "{warnings:?}");
    assert_eq!((read.name.as_str(), read.noise_seed), ("of version one", 42));
    assert_eq!(read.credit.as_deref(), Some("nobody"));
    let page = &read.pages[0];
    assert_eq!((page.scan.width(), page.scan.height()), (70, 50));
    assert_eq!(page.scan.image.pixels[71], (71 * 7 % 251) as u8);
    assert_eq!(page.scan.spacing.map(|spacing| spacing.axial_um_per_px), Some(3.5));
    assert_eq!((page.mask.composite(0, 0), page.mask.composite(10, 20)), (255, 3));
    assert_eq!(page.mask.composite(25, 17), 9);
    let synthesis = page.synthesis.as_ref().expect("kept");
    assert_eq!((synthesis.steps, synthesis.sampler.as_str()), (8, "ddim"));
    assert!(read.labels.looks_like(&retidiff::document::LabelTable::default()));
    let (again, _) = read_document(&write_document(&read), "a.retidiff").expect("readable");
    assert_eq!(again, read);
}
