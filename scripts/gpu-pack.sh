#!/usr/bin/env bash
# Packs what a GPU machine without network needs, into .gpu/ (ignored by git). All that travels, the tracked tree with
# it, may weigh 64 MiB, so a visit is one of two:
#   scripts/gpu-pack.sh measure [DATA_FOLDER]   binaries, shapes of the models, PyTorch's scripts; what room is left for
#                                               the training set
#   scripts/gpu-pack.sh train DATA_FOLDER       one binary (of several the quickest trains) and as much of the training set
#                                               as fits
# DATA_FOLDER is a data set made by `retidiff import`, with --unlabelled where stage 1 is to learn from scans without
# labels, too. It is cut to annotated columns and to the retina here and travels lossless: the labelled scans, then what
# fits of those without labels (scripts/gpu-data.py).
# Environment:
#   GPU_FEATURES="vulkan wgsl"  the builds to pack, one binary each: vulkan (SPIR-V, tensor cores: what releases have),
#                               wgsl, cuda (its build fetches LLVM from github.com). Another set of features compiles
#                               burn again: 15-25 minutes on two cores. [train: vulkan]
#   BINARIES="vulkan=PATH ..."  binaries that are there already, in place of those builds
#   PACK [.gpu]   XZ_LEVEL [9]   LIMIT_MIB [64]
#   SHAPES=480x480,768x496      pictures that PyTorch is timed with
#   WITH_LOADER=0               leaves out the packages of the Vulkan loader, which a bare machine lacks
set -euo pipefail
what=${1:?usage: scripts/gpu-pack.sh measure|train [DATA_FOLDER]}
case $what in measure | train) ;; *) echo "error: measure or train, not $what" >&2; exit 2 ;; esac
data=${2:+$(cd "$2" && pwd)}
[ "$what" = measure ] || [ -n "$data" ] || { echo "error: train needs a DATA_FOLDER" >&2; exit 2; }
cd "$(dirname "$0")/.."

pack=${PACK:-.gpu}
limit_mib=${LIMIT_MIB:-64}
tree_limit_mib=32
models_limit_mib=20
target=${CARGO_TARGET_DIR:-target}
rm -rf "$pack"
mkdir -p "$pack/models" "$pack/reference"
pack=$(cd "$pack" && pwd)

features_of() {
  case $1 in
    # With what keeps the tuning of kernels, so that a cold and a warm start can be told apart.
    wgsl) echo tuning-store ;;
    vulkan) echo vulkan,tuning-store ;;
    cuda) echo cuda ;;
    *) echo "error: there is no build $1; there are vulkan, wgsl and cuda" >&2; return 1 ;;
  esac
}

# A build without the models, which travel with the tree; or the binary that BINARIES names.
binary_of() {
  local pair features
  for pair in ${BINARIES:-}; do
    if [ "${pair%%=*}" = "$1" ]; then echo "${pair#*=}"; return; fi
  done
  features=$(features_of "$1")
  RETIDIFF_BUNDLED_MODELS=none cargo build --release --locked --features "$features" --bin retidiff >&2
  echo "$target/release/retidiff"
}

builds=${GPU_FEATURES:-$([ "$what" = train ] && echo vulkan || echo "vulkan wgsl")}
first_binary=""
for build in $builds; do
  binary=$(binary_of "$build")
  strip -o "$pack/retidiff-$build" "$binary"
  [ -n "$first_binary" ] || { first_binary=$pack/first; cp "$pack/retidiff-$build" "$first_binary"; }
  xz "-${XZ_LEVEL:-9}" --threads=0 "$pack/retidiff-$build"
done

# The models travel with the tracked tree; PyTorch reads no more of one than its header, which says the shapes.
for model in assets/models/*.safetensors; do
  header_bytes=$(od -An -tu8 -N8 "$model" | tr -d ' ')
  head -c $((8 + header_bytes)) "$model" >"$pack/models/$(basename "$model")"
done
cp tests/reference/bench*_torch.py "$pack/reference/"
# PyTorch is timed before anything of ours may hang there: the shapes of its pictures and steps come from here.
"$first_binary" bench --device cpu --model assets/models/live.safetensors --quick --only pictures --json \
  --size "${SHAPES:-480x480,768x496}" >"$pack/shapes.json"
"$first_binary" bench --device cpu --train live --quick --json >"$pack/training-shapes.json"
git rev-parse HEAD >"$pack/commit"

# Packages of the Vulkan and EGL loaders, for a machine that has a driver and no loader.
if [ "${WITH_LOADER:-1}" = 1 ]; then
  mkdir "$pack/loader"
  (cd "$pack/loader" && apt-get download -q libvulkan1 libegl1 libglvnd0 libopengl0 libgl1 libglx0 libgles2) ||
    echo "note: the packages of the Vulkan loader could not be fetched; a machine without one cannot be measured" >&2
fi

# --- What it weighs ------------------------------------------------------------------------------------------------
mib() { echo $((($1 + (1 << 20) - 1) >> 20)); }
bytes_of_files() { xargs -0 -r stat -c %s -- | awk '{sum += $1} END {printf "%d", sum}'; }
# Of a sparse checkout what lies there.
files_of_tree() {
  local file
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done
}
bytes_of_pack() { find "$pack" -type f ! -path "$first_binary" -print0 | bytes_of_files; }
tree=$(files_of_tree | bytes_of_files)

if [ -n "$data" ]; then
  room=$(((limit_mib << 20) - tree - $(bytes_of_pack)))
  built=$(mktemp -d)
  trap 'rm -rf "$built" "$first_binary"' EXIT
  "$first_binary" dataset build "$data" --out "$built/data" --crop
  # PNG is compressed already: the archive only keeps the files together.
  scripts/gpu-data.py "$data" "$built/data" "$pack/data.tar" "$room"
fi
rm -f "$first_binary"
packed=$(bytes_of_pack)
models=$(find assets/models -name '*.safetensors' -print0 | bytes_of_files)
ls -l "$pack"
echo "tree $(mib "$tree") MiB (models $(mib "$models")), packed $(mib "$packed") MiB, of $limit_mib MiB that travel"
[ "$(mib "$tree")" -le $tree_limit_mib ] || echo "note: the tree should stay under $tree_limit_mib MiB" >&2
[ "$(mib "$models")" -le $models_limit_mib ] || echo "note: the models should stay under $models_limit_mib MiB" >&2
if [ "$(mib $((tree + packed)))" -gt "$limit_mib" ]; then
  echo "error: more than $limit_mib MiB would travel; pack one build (GPU_FEATURES=vulkan), or measure without data" >&2
  exit 1
fi
