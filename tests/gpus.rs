//! What the program says of this machine's graphics adapters, and which of them it computes on.

use std::path::Path;
use std::process::{Command, Output};

use retidiff::device::adapters::Gpu;

fn program(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_retidiff"));
    command.args(arguments).env("RETIDIFF_DATA", folder).output().expect("the program starts")
}

fn errors_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn adapters_are_listed_by_their_numbers_and_remembered() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = program(&["info", "--gpus", "--json"], folder.path());
    assert!(output.status.success(), "{}", errors_of(&output));
    let gpus: Vec<Gpu> = serde_json::from_slice(&output.stdout).expect("a list of adapters");
    for (number, gpu) in gpus.iter().enumerate() {
        assert_eq!(gpu.index, number, "{gpu:?}");
        assert!(!gpu.name.is_empty() && !gpu.backend.is_empty(), "{gpu:?}");
    }
    if cfg!(target_os = "linux") {
        assert!(folder.path().join("gpus.json").is_file(), "the next start need not ask");
    }
    let text = program(&["info", "--gpus"], folder.path());
    let lines = String::from_utf8_lossy(&text.stdout).lines().count();
    assert_eq!(lines, gpus.len().max(1), "a line each, or one that says that there is none");
}

/// A driver whose file leads nowhere is none; the program lives.
#[cfg(target_os = "linux")]
#[test]
fn a_driver_that_cannot_be_loaded_costs_nothing_but_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let driver = folder.path().join("broken.json");
    let text =
        r#"{"file_format_version": "1.0.0", "ICD": {"library_path": "/no/such.so", "api_version": "1.3.0"}}"#;
    retidiff::formats::write_file(&driver, text.as_bytes()).expect("a driver file");
    let output = Command::new(env!("CARGO_BIN_EXE_retidiff"))
        .args(["info", "--gpus", "--json"])
        .env("RETIDIFF_DATA", folder.path())
        .env("VK_DRIVER_FILES", &driver)
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", errors_of(&output));
    let gpus: Vec<Gpu> = serde_json::from_slice(&output.stdout).expect("a list of adapters");
    assert!(gpus.iter().all(|gpu| gpu.backend != "Vulkan"), "{gpus:?}");
}

#[test]
fn another_device_than_the_one_named_is_never_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let bench = ["bench", "--quick", "--only", "pictures", "--size", "64x64"];
    let with = |more: &[&str]| program(&[&bench[..], more].concat(), folder.path());
    let missing = with(&["--gpu", "999"]);
    assert!(!missing.status.success());
    assert!(errors_of(&missing).contains("no GPU"), "{}", errors_of(&missing));
    let both = with(&["--device", "cpu", "--gpu", "0"]);
    assert!(!both.status.success());
    assert!(errors_of(&both).contains("contradict"), "{}", errors_of(&both));
}
