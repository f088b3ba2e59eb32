#!/usr/bin/env bash
# Packs what a GPU machine without network needs to measure and to train: two stripped binaries, the training
# set, the PyTorch reference scripts. Everything goes to .gpu/ (ignored by git), at most 64 MiB.
# Usage: scripts/gpu-pack.sh DATA_FOLDER      a data set made by `retidiff import`
# Environment: GPU_FEATURES="vulkan cuda"     the builds to pack, one binary for each
set -euo pipefail
data=$(cd "${1:?usage: scripts/gpu-pack.sh DATA_FOLDER}" && pwd)
cd "$(dirname "$0")/.."
source scripts/install-system.sh
install_system xz-utils

pack=.gpu
limit_mib=64
target=${CARGO_TARGET_DIR:-target}
rm -rf "$pack"
mkdir -p "$pack"

for feature in ${GPU_FEATURES:-vulkan cuda}; do
  echo "build: $feature (another set of features compiles burn again: 15-25 minutes on two cores)"
  cargo build --release --locked --features "$feature" --bin retidiff
  strip -o "$pack/retidiff-$feature" "$target/release/retidiff"
  xz -6 --threads=0 "$pack/retidiff-$feature"
done

# PNG is compressed already: the archive only keeps the files together.
tar -C "$data" -cf "$pack/data.tar" .
cp -r tests/reference "$pack/reference"
git rev-parse HEAD >"$pack/commit"

size_mib=$(du -sm "$pack" | cut -f1)
echo "packed $size_mib MiB in $pack:"
ls -l "$pack"
if [ "$size_mib" -gt "$limit_mib" ]; then
  echo "error: more than $limit_mib MiB; pack one build at a time (GPU_FEATURES=vulkan), or a smaller data set" >&2
  exit 1
fi
