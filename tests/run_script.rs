//! What `scripts/run.sh` says while it builds, with a cargo that only talks like one, and which build a visit to a
//! GPU machine trains with, with programs that do.

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

/// A program of ours that only answers as `scripts/gpu-run.sh` asks; its build is the end of its name.
#[cfg(target_os = "linux")]
const BUILD: &str = r#"#!/bin/sh
build=${0##*-}
case "$1 $build $*" in
  "bench wgsl "*--train*) ms=4.5 ;;
  "bench cuda "*--train*) echo no device >&2; exit 3 ;;
  train*)
    while [ "$1" != --run ]; do shift; done
    mkdir -p "$2" && echo $build >"$2/model.safetensors" && echo '{"event":"finished"}' >"$2/events.jsonl" ;;
esac
echo "[{\"median_ms\":${ms:-30.5}}]"
"#;

#[cfg(target_os = "linux")]
#[test]
fn a_visit_trains_with_the_build_of_the_quickest_step_and_names_one_that_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let [state, pack, out] = ["state", "pack", "out"].map(|name| folder.path().join(name));
    for build in ["vulkan", "wgsl", "cuda"] {
        let program = state.join(format!("retidiff-{build}"));
        write_file(&program, BUILD.as_bytes()).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("executable");
    }
    write_file(&state.join("data/manifest.jsonl"), b"").expect("written");
    fs::create_dir(&pack).expect("made");
    let output = Command::new("bash")
        .args(["scripts/gpu-run.sh", "train"])
        .arg(&out)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .envs([("STATE_FOLDER", &state), ("PACK", &pack)])
        .envs([("DEVICE", "cpu"), ("SKIP", "preflight-driver preflight-torch")])
        .output()
        .expect("bash starts");
    assert!(output.status.success(), "{output:?}");
    let parts = fs::read_to_string(out.join("parts.txt")).expect("what was done");
    let choice = "build: ok 0 wgsl trains; ms a step: wgsl 4.5, vulkan 30.5; \
                  left out: cuda (failed exit status 3: no device)";
    assert!(parts.lines().any(|line| line == choice), "{parts}");
    for stage in ["pretrain", "finetune", "distill"] {
        let model = fs::read_to_string(state.join("runs").join(stage).join("model.safetensors"));
        assert_eq!(model.expect("a model"), "wgsl\n");
    }
}
