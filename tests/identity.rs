//! Nothing of identity reaches what the program writes or says: not a document, not a data set, not a message.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use retidiff::formats::identity::identity_fields;
use retidiff::formats::open::open;
use retidiff::formats::{write_document, write_file};

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
