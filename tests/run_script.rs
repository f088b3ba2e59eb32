//! What `scripts/run.sh` says while it builds, with a cargo that only talks like one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use retidiff::formats::write_file;

/// Lines and bars as cargo writes them where it is told to draw bars, with colours as in CI.
const CARGO: &str = r"#!/bin/sh
echo told: $CARGO_TERM_PROGRESS_WHEN, $* >&2
printf '   Compiling one v1.0.0\n' >&2
printf '    Building [=>     ] 1/417: one            \r' >&2
printf '\033[K   Compiling two v1.0.0\n' >&2
printf '\033[1m    Building\033[0m [==>    ] 2/417: two, three(build)     \r' >&2
printf 'error: first\n\nsecond' >&2
exit 101
";

fn build(folder: &Path, pause: u32) -> Output {
    let cargo = folder.join("cargo");
    write_file(&cargo, CARGO.as_bytes()).expect("written");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("executable");
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&paths));
    Command::new("bash")
        .args(["-c", "set -euo pipefail; source scripts/build-progress.sh; build_with_progress --locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PATH", std::env::join_paths(paths).expect("folders"))
        .env("progress_pause", pause.to_string())
        .output()
        .expect("bash starts")
}

#[test]
fn where_there_is_no_terminal_lines_say_what_is_built_and_cargos_status_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = build(folder.path(), 0);
    let said = String::from_utf8(output.stderr).expect("text");
    let expected = [
        "told: always, build --locked",
        "   Compiling one v1.0.0",
        "built 1 of 417: one",
        "   Compiling two v1.0.0",
        "built 2 of 417: two, three(build)",
        "error: first",
        "",
        "second",
    ];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected);
    assert_eq!(output.status.code(), Some(101));

    let said = String::from_utf8(build(folder.path(), 600).stderr).expect("text");
    assert_eq!(said.matches("built ").count(), 1, "now and then: {said}");
}
