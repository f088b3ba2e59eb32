//! Nothing of identity reaches what the program writes or says: not a document, not a data set, not a message.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::Parser;
use retidiff::cli::convert::{self, ConvertArgs};
use retidiff::document::{Document, Editor};
use retidiff::formats::identity::identity_fields;
use retidiff::formats::open::open;
use retidiff::formats::{Journal, measurement_csv, undo_history, write_document, write_file};
use retidiff::mask::Mask;

use crate::fixtures::{self, shared_data};

/// What stands in the fields of identity of the cases and of the real test scans.
const CANARIES: [&[u8]; 4] = [b"Canary", b"CANARY", b"19500102", b"TEST-PATIENT-7731"];

/// A `.vol` file that is full of canaries.
fn vol_of_a_canary() -> Vec<u8> {
    let mut bytes = fixtures::vol(24, 20, 3);
    for (at, canary) in [(104, CANARIES[0]), (120, CANARIES[1]), (140, CANARIES[3]), (176, CANARIES[2])] {
        bytes[at..at + canary.len()].copy_from_slice(canary);
    }
    bytes
}

fn assert_clean(bytes: &[u8], what: &str) {
    for canary in CANARIES {
        let found = bytes.windows(canary.len()).any(|window| window == canary);
        assert!(!found, "{what} holds {}", String::from_utf8_lossy(canary));
    }
}

fn files_under(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            files_under(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
}

/// A document's bytes, and what its parts hold unpacked.
fn assert_clean_document(bytes: &[u8], what: &str) {
    assert_clean(bytes, what);
    let mut parts = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for index in 0..parts.len() {
        let mut part = Vec::new();
        parts.by_index(index).unwrap().read_to_end(&mut part).unwrap();
        assert_clean(&part, what);
    }
}

/// Opens, saves, describes and imports files and folders, and looks at everything that came out.
fn assert_nothing_leaks(inputs: &[PathBuf]) {
    let folder = tempfile::tempdir().unwrap();
    let retidiff = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_retidiff")).args(arguments).output().unwrap();
        assert_clean(&output.stdout, &format!("what {arguments:?} printed"));
        assert_clean(&output.stderr, &format!("what {arguments:?} said"));
    };
    let mut opened_files = 0;
    for (number, input) in inputs.iter().enumerate() {
        let shown = input.display().to_string();
        match open(input) {
            Ok(opened) => {
                opened_files += 1;
                assert_clean_document(&write_document(&opened.document), &format!("the document of {shown}"));
                assert_clean(opened.warnings.join("\n").as_bytes(), &format!("a note on {shown}"));
            }
            Err(error) => assert_clean(error.to_string().as_bytes(), &format!("the refusal of {shown}")),
        }
        let out = folder.path().join(number.to_string());
        retidiff(&["import", &shown, "--unlabelled", "--out", out.to_str().unwrap()]);
    }
    assert!(opened_files > 0, "nothing could be opened");
    let mut shown: Vec<String> = inputs.iter().map(|input| input.display().to_string()).collect();
    for flags in [&["info"][..], &["info", "--json"], &["info", "--identity"]] {
        shown.sort();
        let all: Vec<&str> = flags.iter().copied().chain(shown.iter().map(String::as_str)).collect();
        retidiff(&all);
    }
    let mut written = Vec::new();
    files_under(folder.path(), &mut written);
    for file in written {
        assert_clean(&std::fs::read(&file).unwrap(), &file.display().to_string());
    }
}

#[test]
fn the_names_of_identity_fields_are_listed_without_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let scan = folder.path().join("scan.vol");
    write_file(&scan, &vol_of_a_canary()).unwrap();
    let identity = identity_fields(&vol_of_a_canary()).unwrap();
    assert_eq!(identity.format, "Heidelberg .vol");
    assert_eq!(identity.fields, ["ID", "ReferenceID", "PatientID", "DOB", "VisitID"]);
    let output = Command::new(env!("CARGO_BIN_EXE_retidiff"))
        .args(["info", "--identity", "--json", scan.to_str().unwrap()])
        .output()
        .unwrap();
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["identity_fields"][2], "PatientID");
    let mut bare = fixtures::vol(24, 20, 1);
    bare[104..230].fill(0);
    assert!(identity_fields(&bare).unwrap().fields.is_empty());
    assert_eq!(identity_fields(b"something else"), None, "not known, which is not none");
    assert_nothing_leaks(&[scan]);
}

#[test]
fn the_cases_leak_nothing() {
    let Some(shared) = shared_data("the canaries of the cases") else { return };
    let mut inputs = Vec::new();
    files_under(&shared.join("spectralis_vol"), &mut inputs);
    for entry in std::fs::read_dir(shared.with_file_name("cases/made")).into_iter().flatten().flatten() {
        inputs.push(entry.path());
    }
    files_under(&shared.with_file_name("cases/made/dicom"), &mut inputs);
    inputs.sort();
    inputs.dedup();
    assert_nothing_leaks(&inputs);
}

#[derive(Parser)]
struct Convert {
    #[command(flatten)]
    args: ConvertArgs,
}

fn convert(input: &Path, out: &Path, more: &str) {
    let words = ["convert", input.to_str().unwrap(), "--out", out.to_str().unwrap()];
    let words = words.into_iter().chain(more.split_whitespace());
    convert::run(Convert::try_parse_from(words).unwrap().args)
        .unwrap_or_else(|error| panic!("{} to {}: {error:#}", input.display(), out.display()));
}

/// The document with layers and a lesion on every page.
fn labelled(mut document: Document) -> Document {
    for page in &mut document.pages {
        let (width, height) = (page.scan.width(), page.scan.height());
        page.mask = Mask::from_composite(width, height, &fixtures::codes(width, height)).0;
    }
    document
}

/// Writes what the program writes of an input in every way that it has: documents, the journal, the undo history,
/// tables, and every format of `convert`.
fn write_everything(input: &Path, out: &Path) {
    let document = labelled(open(input).unwrap().document);
    let with_labels = out.join("labelled.retidiff");
    write_file(&with_labels, &write_document(&document)).unwrap();
    write_file(&out.join("measurements.csv"), measurement_csv::write(&document).as_bytes()).unwrap();
    let required = "--eye od --spacing 3.9x11.7";
    for (file, more) in [
        ("a.nii", ""),
        ("a.nii.gz", ""),
        ("a.mhd", ""),
        ("a.mha", ""),
        ("a.tif", ""),
        ("deep.tif", "--format tiff16"),
        ("pictures", "--format png"),
        ("a.dcm", required),
        ("a.npz", ""),
        ("again.retidiff", ""),
    ] {
        convert(input, &out.join(file), more);
    }
    for (file, more) in [
        ("labels.nii.gz", "--labels".to_owned()),
        ("labels.tif", "--labels".to_owned()),
        ("label_pictures", "--labels --format png".to_owned()),
        ("labels.dcm", format!("--labels {required}")),
        ("heights.dcm", format!("--height-maps {required}")),
        ("labels.json", String::new()),
        ("nnunet", "--format nnunet".to_owned()),
        ("mirage", "--format mirage".to_owned()),
    ] {
        convert(&with_labels, &out.join(file), &more);
    }
    let editor = Editor::new(document);
    undo_history::keep(&out.join("history"), editor.document(), &editor.history_snapshot()).unwrap();
    let mut journal = Journal::start(out.join("journal")).unwrap();
    journal.note(&editor, Some(input));
    let began = Instant::now();
    while journal.written_revision().is_none() {
        assert!(began.elapsed() < Duration::from_secs(20), "the journal is not written");
        std::thread::sleep(Duration::from_millis(5));
    }
    // What a process that was killed leaves behind is looked at: the journal clears its own up at its end.
    assert_clean_files(&out.join("journal"));
}

/// Looks into every file of a folder, unpacked where it is an archive or a gzip.
fn assert_clean_files(folder: &Path) {
    let mut files = Vec::new();
    files_under(folder, &mut files);
    assert!(!files.is_empty(), "nothing was written into {}", folder.display());
    for file in files {
        let shown = file.display().to_string();
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            // A journal that is still at work renames what it has written.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => panic!("{shown}: {error}"),
        };
        assert_clean(&bytes, &shown);
        if bytes.starts_with(b"PK") {
            assert_clean_document(&bytes, &shown);
        }
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).unwrap();
            assert_clean(&unpacked, &shown);
        }
    }
}

/// A `.vol` file and the small clinical files, all with canaries in their fields.
fn canaries(folder: &Path) -> Vec<PathBuf> {
    let vol = folder.join("scan.vol");
    write_file(&vol, &vol_of_a_canary()).unwrap();
    let clinical = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical");
    let files = ["opt_plain.dcm", "one_file_a_b_scan", "heyex", "volume.mat", "with_localizer"];
    files.map(|file| clinical.join(file)).into_iter().chain([vol]).collect()
}

#[test]
fn no_writer_passes_identity_on() {
    let folder = tempfile::tempdir().unwrap();
    for (number, input) in canaries(folder.path()).into_iter().enumerate() {
        let out = tempfile::tempdir().unwrap();
        write_everything(&input, out.path());
        assert_clean_files(out.path());
        if number > 0 {
            continue;
        }
        let text = |path: PathBuf| path.display().to_string();
        let (input, figure) = (text(input), |kind: &str| text(out.path().join(format!("slide.{kind}"))));
        let (png, svg, pdf) = (figure("png"), figure("svg"), figure("pdf"));
        for arguments in [
            &["info", &input, "--log", "trace"][..],
            &["figure", &input, "--out", &png],
            &["figure", &input, "--out", &svg],
            &["figure", &input, "--out", &pdf],
        ] {
            let output = Command::new(env!("CARGO_BIN_EXE_retidiff")).args(arguments).output().unwrap();
            assert_clean(&output.stdout, &format!("what {arguments:?} printed"));
            assert_clean(&output.stderr, &format!("what {arguments:?} said"));
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        assert_clean_files(out.path());
    }
}

#[cfg(all(feature = "studio", feature = "cpu"))]
#[test]
fn a_window_keeps_nothing_of_identity() {
    use egui_kittest::kittest::Queryable;
    use retidiff::studio::shell::action::Action;
    use retidiff::studio::shell::app::AppOptions;

    use crate::studio::{options, studio_with, wait_until};

    let folder = tempfile::tempdir().unwrap();
    let clinical = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/clinical");
    let vol = folder.path().join("scan.vol");
    write_file(&vol, &vol_of_a_canary()).unwrap();
    for input in [vol, clinical.join("opt_plain.dcm"), clinical.join("one_file_a_b_scan")] {
        let own = tempfile::tempdir().unwrap();
        let mut harness =
            studio_with(AppOptions { data_folder: Some(own.path().to_path_buf()), ..options() });
        harness.state_mut().perform(Action::OpenPath(input.clone()));
        let pages = open(&input).unwrap().document.pages.len();
        wait_until(&mut harness, "it is open", |studio| {
            studio.session().page_count() == pages && !studio.is_waiting_for_files()
        });
        harness.run_steps(3);
        harness.get_by_label("Begin empty").click();
        let has_journal = || {
            let mut files = Vec::new();
            files_under(own.path(), &mut files);
            files.iter().any(|file| file.to_string_lossy().contains("session-"))
        };
        wait_until(&mut harness, "the journal is kept", |_| has_journal());
        // Settings with the recent list, the undo history, the journal, the log: all of the folder.
        assert_clean_files(own.path());
        drop(harness);
        assert_clean_files(own.path());
    }
}
