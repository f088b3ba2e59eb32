#!/usr/bin/env bash
# One visit to a GPU machine with what scripts/gpu-pack.sh packed. Fifteen minutes in all, the start included, in calls
# of at most ten: each call is a slice, leaves what it has in OUT_FOLDER and says whether to call it again on the same
# machine. Every part records itself when it ends (scripts/gpu-parts.sh).
# Usage: scripts/gpu-run.sh measure|train OUT_FOLDER
#   measure   preflight; SPIR-V pictures cold and warm; PyTorch's ways; WGSL pictures and a training step; the paper's
#             network, frames; then training in what time is left
#   train     preflight, then training alone
#   OUT_FOLDER: parts.txt, summary.md, results.tar.gz, runs.tar.part-* (at most 8 files of 16 MiB)
# Environment: SLICE_SECONDS [570]  STATE_FOLDER [/tmp/retidiff-gpu]  PACK [.gpu]  RETRY=1 tries failed parts again
#   GPU=INDEX    of `retidiff info --gpus` in place of the first GPU; a software driver, too
#   DEVICE=cpu   tries the script without any GPU
#   TIME_PERCENT [100]  of each part's limit  SIZES [480x480,768x496]  SKIP  parts to leave out
#   STEP_SETTINGS  of the training step that is timed, such as "--set batch=8"
#   STEPS [20000]  BATCH [16]  SETTINGS  arguments of `retidiff train`, such as "--set network.widths=[64,128,256]"
#   STAGES [finetune]  of "pretrain finetune distill masks", in order
set -uo pipefail
usage="usage: scripts/gpu-run.sh measure|train OUT_FOLDER"
what=${1:?$usage}
case $what in measure | train) ;; *) echo "$usage" >&2; exit 2 ;; esac
out=$(mkdir -p "${2:?$usage}" && cd "$2" && pwd) || exit 1
deadline=$((SECONDS + ${SLICE_SECONDS:-570}))
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
models=$PWD/assets/models
pack=$(cd "${PACK:-.gpu}" && pwd) || exit 1
state=${STATE_FOLDER:-/tmp/retidiff-gpu}
results=$state/results runs=$state/runs data=$state/data
mkdir -p "$results" "$runs" "$data"
is_pending=""
source "$here/gpu-parts.sh"

# The loader of Vulkan drivers and the file that names the driver, where a bare machine hides or lacks them.
prepare_machine() {
  local icd=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json package
  if ! ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' && [ "$(id -u)" = 0 ]; then
    for package in "$pack"/loader/*.deb; do [ ! -e "$package" ] || dpkg -x "$package" /; done
    ldconfig
  fi
  if [ -z "${VK_DRIVER_FILES:-}" ] && [ -e "$icd" ] && ! ls /usr/share/vulkan/icd.d/*nvidia* >/dev/null 2>&1; then
    export VK_DRIVER_FILES=$icd __EGL_VENDOR_LIBRARY_FILENAMES=/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json
  fi
}

# Python's lzma in place of xz, which such machines lack.
unpack() {
  python3 - "$1" "$2" <<'PYTHON'
import lzma, os, shutil, sys
packed, target = sys.argv[1:]
with lzma.open(packed) as source, open(target + ".new", "wb") as copy:
    shutil.copyfileobj(source, copy, 1 << 20)
os.chmod(target + ".new", 0o755)
os.replace(target + ".new", target)
PYTHON
}

unpack_all() {
  local packed build
  for packed in "$pack"/retidiff-*.xz; do
    [ -e "$packed" ] || continue
    build=$(basename "$packed" .xz)
    [ -e "$state/$build" ] && [ ! "$packed" -nt "$state/$build" ] || unpack "$packed" "$state/$build" || return 1
  done
  if [ -e "$pack/data.tar" ] && [ ! -e "$data/manifest.jsonl" ]; then tar -C "$data" -xf "$pack/data.tar"; fi
}

has_build() { [ -x "$state/retidiff-$1" ]; }

# The arguments that name the device of a build.
device_of() {
  if [ -n "${DEVICE:-}" ]; then echo "--device $DEVICE"
  elif [ "$1" = cuda ]; then echo "--device cuda"
  elif [ -n "${GPU:-}" ]; then echo "--device gpu --gpu $GPU"
  else echo "--device gpu"; fi
}

# NAME LIMIT BUILD ARGUMENTS...: figures of a build, with a cache of its own.
bench() {
  local name=$1 limit=$2 build=$3; shift 3
  has_build "$build" || { leave_out "$name" "no binary $build is packed"; return; }
  local -a device
  read -ra device <<<"$(device_of "$build")"
  part "$name" "$limit" json env RETIDIFF_DATA="$state/kept-$build" RETIDIFF_CONVOLUTION="${convolution:-}" \
    "$state/retidiff-$build" bench "${device[@]}" --json --quick "$@"
}

pictures() {
  local name=$1 limit=$2 build=$3; shift 3
  bench "bench-$name" "$limit" "$build" --only pictures --size "${SIZES:-480x480,768x496}" \
    --model "$models/live.safetensors" "$@"
}

# NAME LIMIT SCRIPT REPORT ARGUMENTS...: PyTorch's times; a table for people is printed, its rows go into the JSON.
torch() {
  local name=torch-$1 limit=$2 script=$3; shift 3
  # Beside its rows it prints a table for people, which belongs with what it says.
  part "$name" "$limit" json bash -c \
    'rows=$1; shift; rm -f "$rows"; "$@" --out "$rows" >&2 && cat "$rows"' torch "$state/$name.rows" \
    python3 "$pack/reference/$script" "$@" --device "$torch_device"
}

preflight() {
  local build=${builds[0]}
  part preflight-driver 15 txt nvidia-smi
  part preflight-gpus 30 json env RETIDIFF_DATA="$state/kept-$build" "$state/retidiff-$build" info --gpus --json
  part preflight-torch 40 txt python3 -c \
    'import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available())'
  # One step on the device against the CPU's, in every precision that it has.
  part preflight-picture 90 json env RETIDIFF_DATA="$state/kept-$build" "$state/retidiff-$build" bench \
    $(device_of "$build") --json --quick --only pictures --size 64x64 --model "$models/live.safetensors"
  if ! is_done preflight-picture; then
    echo "preflight failed: nothing can be measured; what the machine says:"
    cat "$results"/preflight-*.log "$results"/preflight-*.txt 2>/dev/null
    ls -l /usr/share/vulkan/icd.d /etc/vulkan/icd.d /usr/local/nvidia 2>&1
    echo "VK_DRIVER_FILES=${VK_DRIVER_FILES:-}"
    bring_results
    [ -n "$is_pending" ] || exit 1
  fi
}

measure() {
  local shapes=$pack/shapes.json training=$pack/training-shapes.json model=$models/live.safetensors
  local torch_device=cuda
  [ "${DEVICE:-}" != cpu ] && command -v nvidia-smi >/dev/null || torch_device=cpu
  pictures vulkan-cold 60 vulkan
  pictures vulkan-f16 40 vulkan --arithmetic f16
  pictures vulkan-f32 40 vulkan --arithmetic f32
  # Before anything of ours that may hang for long.
  torch eager 25 bench_torch.py "$model" "$shapes"
  torch f16-channels-last 25 bench_torch.py "$model" "$shapes" --half f16 --channels-last
  torch train 25 bench_train_torch.py "$training"
  torch compiled 60 bench_torch.py "$model" "$shapes" --half f16 --channels-last --compile
  pictures wgsl-cold 60 wgsl
  local convolution build
  convolution=burn
  pictures wgsl-f32 40 wgsl --arithmetic f32
  convolution=own
  pictures wgsl-own-f32 40 wgsl --arithmetic f32
  pictures wgsl-own-f16 40 wgsl --arithmetic f16
  convolution=""
  local -a step
  read -ra step <<<"${STEP_SETTINGS:-}"
  for build in "${builds[@]}"; do
    bench "train-$build-f32" 40 "$build" --train live --set arithmetic=f32 "${step[@]}"
    bench "train-$build-f16" 40 "$build" --train live --set arithmetic=f16 "${step[@]}"
  done
  bench bench-frames 45 "${builds[0]}" --only frames --model "$models/live.safetensors"
  bench train-paper 60 "${builds[0]}" --train paper
}

is_finished() { grep -qs '"event":"finished"' "$1/events.jsonl" && [ -f "$1/model.safetensors" ]; }

# NAME, then what a new run is given. Trains until the run or the slice ends; time to pack is kept.
stage() {
  local name=$1 run=$runs/$1 code limit; shift
  is_finished "$run" && return 0
  limit=$(($(seconds_left) - 25))
  if [ "$limit" -lt 20 ]; then is_pending=1; return 1; fi
  local -a how=("$@") device
  read -ra device <<<"$(device_of "${builds[0]}")"
  if [ -n "$(ls "$run/checkpoints" 2>/dev/null)" ]; then how=(--resume); else rm -rf "$run"; fi
  printf '== training %s for %s s: %s\n' "$name" "$limit" "${how[*]}"
  bring_runs_every_two_minutes &
  local bringing=$! began=$SECONDS took
  # The interrupt makes the trainer save and end.
  timeout --signal=INT --kill-after=20 "$limit" "$state/retidiff-${builds[0]}" train --data "$data" --run "$run" \
    "${device[@]}" --checkpoint-minutes 2 "${how[@]}" >>"$runs/$name.log" 2>&1
  code=$?
  kill "$bringing" 2>/dev/null
  wait "$bringing" 2>/dev/null
  took=$((SECONDS - began))
  tail -n 3 "$runs/$name.log"
  if is_finished "$run"; then record "run-$name" ok "$took" ""; return 0; fi
  case $code in
    0 | 124 | 130 | 137) is_pending=1; record "run-$name" cut "$took" "stopped by the clock; --resume goes on" ;;
    *) record "run-$name" failed "$took" "exit status $code: $(tail -n 1 "$runs/$name.log" | cut -c 1-200)" ;;
  esac
  return 1
}

bring_runs_every_two_minutes() {
  while sleep 120; do bring_runs; done
}

# Of a finished run all but its checkpoints; of another one its newest, too. Five files at most: what does not fit is
# said, the newest checkpoint of the latest run goes first.
bring_runs() {
  local list=$state/brought run
  : >"$list"
  for run in "$runs"/*/; do
    [ -d "$run" ] || continue
    run=$(basename "$run")
    (cd "$state" && find "runs/$run" -type f ! -path '*/checkpoints/*' ! -path '*/samples/*') >>"$list"
    (cd "$state" && find "runs/$run/samples" -type f 2>/dev/null | sort | tail -n 1) >>"$list"
    is_finished "$runs/$run" ||
      (cd "$state" && find "runs/$run/checkpoints" -mindepth 1 -maxdepth 1 -name 'step-*' 2>/dev/null | sort |
        tail -n 1) >>"$list"
  done
  (cd "$state" && find runs -maxdepth 1 -name '*.log') >>"$list"
  [ -s "$list" ] || return 0
  rm -rf "$state/parts" && mkdir "$state/parts"
  tar -C "$state" -cf - -T "$list" | split -b 15m - "$state/parts/runs.tar.part-"
  if [ "$(ls "$state/parts" | wc -l)" -gt 5 ]; then
    grep -v /checkpoints/ "$list" >"$list.small"
    rm -f "$state"/parts/*
    tar -C "$state" -cf - -T "$list.small" | split -b 15m - "$state/parts/runs.tar.part-"
    echo "note: checkpoints are too large to come back; models and events do" >&2
  fi
  rm -f "$out"/runs.tar.part-*
  mv "$state"/parts/runs.tar.part-* "$out"/
}

train() {
  [ -e "$data/manifest.jsonl" ] || { leave_out run-finetune "no data set is packed"; return; }
  local -a settings batch=(--batch "${BATCH:-16}")
  local name from=""
  read -ra settings <<<"${SETTINGS:-}"
  for name in ${STAGES:-finetune}; do
    case $name in
      pretrain) stage pretrain --stage pretrain --steps "${STEPS:-20000}" "${batch[@]}" "${settings[@]}" || break
        from=$runs/pretrain/model.safetensors ;;
      finetune) stage finetune --stage finetune --steps "${STEPS:-20000}" ${from:+--from "$from"} \
        --mask-dropout 0.1 "${batch[@]}" "${settings[@]}" || break ;;
      distill) stage distill --stage distill --steps "${STEPS:-20000}" --from "$runs/finetune/model.safetensors" ||
        break ;;
      masks) stage masks --stage masks --steps "${STEPS:-20000}" "${batch[@]}" || break ;;
      *) echo "error: there is no stage $name" >&2; return 1 ;;
    esac
  done
  bring_runs
}

prepare_machine
unpack_all || { echo "error: $pack could not be unpacked" >&2; exit 1; }
builds=()
for build in vulkan wgsl cuda; do ! has_build $build || builds+=($build); done
[ ${#builds[@]} -gt 0 ] || { echo "error: no binary in $pack; run scripts/gpu-pack.sh first" >&2; exit 1; }
preflight
[ "$what" = train ] || measure
train
bring_results
check_out
if [ -n "$is_pending" ]; then
  echo "the slice is over: call this again on the same machine while time is left"
else
  echo "finished:"
fi
cat "$out/parts.txt"
