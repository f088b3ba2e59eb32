#!/usr/bin/env bash
# Everything that must hold: format, lints, the library without burn and egui, all tests
# (the studio among them, off-screen on whatever Vulkan driver there is).
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install-system.sh
install_system

step() { printf '\n== %s (%s)\n' "$1" "$(date +%H:%M:%S)"; }

step "format"
cargo fmt --check
step "the core builds without burn and without egui"
cargo check --release --locked --no-default-features --lib
step "build and test"
cargo test --release --locked
step "lints"
cargo clippy --release --locked --all-targets -- -D warnings
step "done"
