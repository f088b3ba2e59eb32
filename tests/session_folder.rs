//! A session that names no folder for its sockets, as in a container: graphics drivers have nothing to complain of.

use std::process::Command;

#[test]
fn a_start_without_a_session_folder_shows_no_stray_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_retidiff"))
        .args(["screenshot", "--part", "cases", "--size", "1120x720", "--out"])
        .arg(folder.path().join("window.png"))
        .env_remove("XDG_RUNTIME_DIR")
        .env("RETIDIFF_DATA", folder.path().join("data"))
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(!said.contains("XDG_RUNTIME_DIR"), "{said}");
}
