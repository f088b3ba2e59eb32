#!/usr/bin/env bash
# Builds the studio and opens it, with the bundled models and sample scans.
# Usage: scripts/run.sh [FILE or any argument of `retidiff`]
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/install-system.sh
source scripts/build-progress.sh
install_system
echo "build: the first one takes 20 to 35 minutes on two cores, later ones seconds"
build_with_progress --release --locked
exec "${CARGO_TARGET_DIR:-target}/release/retidiff" "$@"
