#!/usr/bin/env bash
# Packs what a GPU machine without network needs to measure and to train: stripped binaries, the shapes of the
# bundled models, the PyTorch scripts and, where it is given, the training set. Everything goes to .gpu/ (ignored by
# git), at most 64 MiB.
# Usage: scripts/gpu-pack.sh [DATA_FOLDER]    a data set made by `retidiff import`; without it nothing can be trained
#                                             there, and no fidelity measured
# Environment: GPU_FEATURES="wgsl"   the builds to pack, one binary each: wgsl (what users have), vulkan (SPIR-V,
#                                    tensor cores), cuda (its build fetches LLVM from github.com, so it needs that
#                                    network). All of them rarely fit: pack and run one after the other
set -euo pipefail
data=${1:+$(cd "$1" && pwd)}
cd "$(dirname "$0")/.."
source scripts/install-system.sh
install_system xz-utils

pack=.gpu
limit_mib=64
target=${CARGO_TARGET_DIR:-target}
rm -rf "$pack"
mkdir -p "$pack/models" "$pack/lib"

for build in ${GPU_FEATURES:-wgsl}; do
  case $build in
    # With what keeps the tuning of kernels, so that a cold and a warm start can be told apart.
    wgsl) features=tuning-store ;;
    vulkan) features=vulkan,tuning-store ;;
    cuda) features=cuda ;;
    *) echo "error: there is no build $build; there are wgsl, vulkan and cuda" >&2; exit 2 ;;
  esac
  echo "build: $build (another set of features compiles burn again: 15-25 minutes on two cores)"
  cargo build --release --locked --features "$features" --bin retidiff
  strip -o "$pack/retidiff-$build" "$target/release/retidiff"
  xz -6 --threads=0 "$pack/retidiff-$build"
done

# The binaries carry the models; PyTorch reads no more of one than its header, which says the shapes.
for model in assets/models/*.safetensors; do
  header_bytes=$(od -An -tu8 -N8 "$model" | tr -d ' ')
  head -c $((8 + header_bytes)) "$model" >"$pack/models/$(basename "$model")"
done
# The loader of Vulkan drivers, for a machine that has a driver and no loader.
loader=$(ldconfig -p | awk '/libvulkan\.so\.1 /{print $NF; exit}')
[ -z "$loader" ] || cp -L "$loader" "$pack/lib/libvulkan.so.1"
# PNG is compressed already: the archive only keeps the files together.
[ -z "$data" ] || tar -C "$data" -cf "$pack/data.tar" .
mkdir "$pack/reference"
cp tests/reference/bench*_torch.py "$pack/reference/"
git rev-parse HEAD >"$pack/commit"

size_mib=$(du -sm "$pack" | cut -f1)
echo "packed $size_mib MiB in $pack:"
ls -l "$pack"
if [ "$size_mib" -gt "$limit_mib" ]; then
  echo "error: more than $limit_mib MiB; pack one build at a time (GPU_FEATURES=vulkan), or leave the data set out" >&2
  exit 1
fi
