#!/usr/bin/env bash
# Rehearses a visit to a GPU machine end to end on this one: packs, weighs, and runs scripts/gpu-run.sh as a bare machine
# would: nothing but what is packed, no xz, at most 64 MiB in and eight files of 16 MiB out. Then it looks at what came
# back. The log of it all is the answer.
# Usage: scripts/gpu-rehearse.sh [measure|train] [BINARY]   a retidiff that is built; without it `cargo build --release`
#   measure   everything at tiny sizes, once on the CPU and once on the software driver (lavapipe)
#   train     the training alone, on the CPU: three stages share TRAIN_SECONDS; beside the build lies one that cannot train
# Environment: RETIDIFF  in place of BINARY
#   DATA   a data set made by `retidiff import --unlabelled`, for train; with it measure trains four steps of each stage
#   FOLDER [a new one in /tmp]   SLICE_SECONDS [420]   SLICES [4]   ON="cpu lavapipe"   TRAIN_SECONDS [120]
#   XZ_LEVEL [6, train 1]   TIME_PERCENT [400, train 200]   of each part's limit: more where other programs share the cores
set -euo pipefail
what=measure
case ${1:-} in measure | train) what=$1; shift ;; esac
binary=${1:-${RETIDIFF:-}}
binary=${binary:+$(realpath "$binary")}
data=${DATA:+$(realpath "$DATA")}
[ "$what" = measure ] || [ -n "$data" ] || { echo "error: train needs DATA" >&2; exit 2; }
folder=${FOLDER:-$(mktemp -d /tmp/retidiff-rehearsal.XXXXXX)}
folder=$(mkdir -p "$folder" && cd "$folder" && pwd)
cd "$(dirname "$0")/.."
root=$PWD
log=$folder/rehearsal.log
exec > >(tee "$log") 2>&1
if [ -z "$binary" ]; then
  cargo build --release --locked --bin retidiff
  binary=$(realpath "${CARGO_TARGET_DIR:-target}/release/retidiff")
fi
failures=0
fail() { echo "FAILED: $*"; failures=$((failures + 1)); }
expect() { local words=$1; shift; if "$@"; then echo "good: $words"; else fail "$words"; fi; }
step() { printf '\n==== %s (%s)\n' "$1" "$(date +%H:%M:%S)"; }

step "pack"
# The binary here is a usual one, which carries the models; the packed one leaves them to the tree. So much more may it
# weigh, and nothing else.
models_mib=$(du -cm assets/models/*.safetensors | tail -n 1 | cut -f1)
if [ "$what" = measure ]; then
  echo "limit: 64 MiB, and $models_mib MiB of models that this binary carries twice"
  PACK=$folder/pack BINARIES="wgsl=$binary" GPU_FEATURES=wgsl XZ_LEVEL="${XZ_LEVEL:-6}" WITH_LOADER=0 SHAPES=64x48 \
    LIMIT_MIB=$((64 + models_mib)) \
    scripts/gpu-pack.sh measure ${data:+"$data"} || fail "what travels is more than the limit"
else
  PACK=$folder/pack BINARIES="vulkan=$binary" XZ_LEVEL="${XZ_LEVEL:-1}" WITH_LOADER=0 SHAPES=64x48 LIMIT_MIB=160 \
    scripts/gpu-pack.sh train "$data"
  printf '#!/bin/sh\necho "there is no such device" >&2\nexit 3\n' | xz >"$folder/pack/retidiff-cuda.xz"
fi

step "a bare machine"
# The tree as it travels, in a folder of its own, without git.
mkdir -p "$folder/machine"
git ls-files -z --cached --others --exclude-standard | tar --null -cf - -T - | tar -C "$folder/machine" -xf -
cp -r "$folder/pack" "$folder/machine/.gpu"
# A PATH without xz: each tool of this machine but that one.
mkdir -p "$folder/bin"
for tool in bash sh env python3 timeout tar gzip split cut sort tail head cat cp mv rm mkdir ls find grep sed awk stat \
  basename dirname date sleep kill id wc tee printf seq ldconfig dpkg chmod touch realpath; do
  path=$(command -v "$tool" || true)
  case $path in /*) ln -sf "$path" "$folder/bin/$tool" ;; esac
done
python=$(python3 -c 'import sys; print(sys.executable)')
# No link: the Python of a virtual environment finds its packages by its own path.
rm -f "$folder/bin/python3"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >"$folder/bin/python3"
chmod +x "$folder/bin/python3"
expect "the machine has no xz" sh -c "! PATH='$folder/bin' command -v xz"

state_of() { cut -d ' ' -f 1 "$folder/state-$1/results/$2.state" 2>/dev/null || echo none; }
is_state() { [ "$(state_of "$1" "$2")" = "$3" ]; }

# NAME: what came back from a visit.
look_at_files() {
  local out=$folder/out-$1 files
  files=$(find "$out" -type f | wc -l)
  expect "$1: $files files come back, at most 8" [ "$files" -le 8 ]
  expect "$1: none is over 16 MiB" [ -z "$(find "$out" -type f -size +16M)" ]
}

# The stages in shared time, and what came back of them.
rehearse_training() {
  local out=$folder/out-train seconds=${TRAIN_SECONDS:-120} stage steps took total=0 shown="" back=$folder/back
  (cd "$folder/machine" && env -i HOME="$folder" PATH="$folder/bin" STATE_FOLDER="$folder/state-train" DEVICE=cpu \
    BATCH=1 TRAIN_SECONDS="$seconds" TIME_PERCENT="${TIME_PERCENT:-200}" SLICE_SECONDS=$((seconds + 300)) \
    timeout --kill-after=10 $((seconds + 420)) scripts/gpu-run.sh train "$out") || fail "the visit: exit status $?"
  step "what came back"
  [ -f "$out/parts.txt" ] || { fail "nothing came back"; return; }
  look_at_files train
  expect "the build that works trains, the other is named" \
    grep -q '^build: ok 0 vulkan trains; ms a step: vulkan [0-9.]*; left out: cuda (failed ' "$out/parts.txt"
  mkdir -p "$back"
  cat "$out"/runs.tar.part-* | tar -C "$back" -xf - || fail "the runs that came back cannot be unpacked"
  for stage in pretrain finetune distill; do
    expect "the stage $stage is $(state_of train "run-$stage")" is_state train "run-$stage" ok
    # Stage 1 draws from no mask; stage 3 began with it.
    [ "$stage" = pretrain ] || expect "the model of $stage that came back draws" "$binary" bench --device cpu --quick \
      --model "$back/runs/$stage/model.safetensors" --only pictures --size 64x48 --steps 1
    steps=$(sed -n "s/^run-$stage: .* after \([0-9]*\) steps.*/\1/p" "$out/parts.txt")
    took=$(cat "$folder/state-train/spent-$stage" 2>/dev/null || echo 0)
    total=$((total + took))
    shown+=", $stage $took s ($steps steps)"
  done
  took=$(cat "$folder/state-train/spent-choice" 2>/dev/null || echo 0)
  total=$((total + took))
  expect "all took $total s of $seconds" sh -c "[ $total -ge $((seconds * 3 / 4)) ] && [ $total -le $((seconds + 60)) ]"
  echo "rehearsed: $seconds s on the CPU, one strip a step: choice of a build $took s$shown;" \
    "$(find "$out" -type f | wc -l) files of $(du -cm "$out"/* | tail -n 1 | cut -f 1) MiB came back"
}

if [ "$what" = train ]; then
  step "visit: train"
  rehearse_training
  step "done: $failures failures; log: $log"
  exit $((failures > 0))
fi

has_torch=$(python3 -c 'import torch' 2>/dev/null && echo 1 || true)
[ -n "$has_torch" ] || echo "note: no PyTorch here: its parts are rehearsed up to their failure"

# NAME, variables...: a visit of several slices on the same machine. A software driver compiles for a minute in every
# process, so limits are longer here; the paper's network is too large to rehearse.
visit() {
  local name=$1 slice small="--set crop_columns=32 --set crop_rows=64"; shift
  for slice in $(seq "${SLICES:-4}"); do
    (cd "$folder/machine" && env -i HOME="$folder" PATH="$folder/bin" STATE_FOLDER="$folder/state-$name" \
      XDG_RUNTIME_DIR="$folder" SLICE_SECONDS="${SLICE_SECONDS:-420}" TIME_PERCENT="${TIME_PERCENT:-400}" SIZES=64x48 STEPS=4 BATCH=2 \
      TRAIN_SECONDS=1000000 \
      SKIP="train-paper bench-frames" STEP_SETTINGS="--set batch=1 $small" \
      SETTINGS="--set validate_every=0 --set sample_every=0 $small" "$@" \
      timeout --kill-after=10 $((${SLICE_SECONDS:-420} + 60)) scripts/gpu-run.sh measure "$folder/out-$name") \
      >"$folder/visit-$name-$slice.log" 2>&1 || fail "$name, slice $slice: exit status $?"
    cat "$folder/visit-$name-$slice.log"
    grep -q '^the slice is over' "$folder/visit-$name-$slice.log" || return 0
  done
  echo "note: $name is not finished after ${SLICES:-4} slices"
}

is_step_settled() {
  case "$1 $(state_of "$1" train-wgsl-f32)" in
    *" ok" | "lavapipe limit" | "lavapipe cut") return 0 ;;
    *) return 1 ;;
  esac
}

look_at() {
  local name=$1 out=$folder/out-$1 part
  look_at_files "$name"
  for part in preflight-gpus preflight-picture bench-wgsl-cold bench-wgsl-f32; do
    expect "$name: $part is $(state_of "$name" "$part")" is_state "$name" "$part" ok
  done
  # A training step on a software driver may take longer than its limit; it must then not be called done.
  expect "$name: train-wgsl-f32 is $(state_of "$name" train-wgsl-f32)" is_step_settled "$name"
  expect "$name: what was skipped is not done" is_state "$name" train-paper failed
  # What is not packed or not there is recorded, and nothing else calls itself done.
  expect "$name: bench-vulkan-cold is left out and says so" is_state "$name" bench-vulkan-cold failed
  expect "$name: preflight-driver fails without the tool of the vendor" is_state "$name" preflight-driver failed
  if [ -n "$has_torch" ]; then
    expect "$name: PyTorch was timed" is_state "$name" torch-eager ok
  else
    expect "$name: PyTorch's part says that it failed" is_state "$name" torch-eager failed
  fi
  expect "$name: the summary has rows" grep -q 'bench-wgsl-f32.*draft' "$out/summary.md"
  if [ -n "$data" ]; then
    for part in pretrain finetune distill; do
      expect "$name: the stage $part is $(state_of "$name" "run-$part")" \
        sh -c "[ '$(state_of "$name" "run-$part")' = ok ] || [ '$name' = lavapipe ]"
      expect "$name: what $part made comes back" \
        sh -c "cat '$out'/runs.tar.part-* | tar -tf - | grep -q runs/$part/model.safetensors || [ '$name' = lavapipe ]"
    done
  fi
}

for on in ${ON:-cpu lavapipe}; do
  step "visit: $on"
  case $on in
    cpu) visit cpu DEVICE=cpu ;;
    lavapipe)
      gpu=$("$binary" info --gpus --json | python3 -c \
        'import json, sys; print(next((g["index"] for g in json.load(sys.stdin) if g["kind"] == "software"), ""))')
      if [ -z "$gpu" ]; then echo "skipped: there is no software driver here"; continue; fi
      visit lavapipe GPU="$gpu" ;;
    *) fail "there is no rehearsal on $on" ; continue ;;
  esac
  step "what came back: $on"
  look_at "$on"
done

step "a part that hangs, one that fails and one that the clock cuts"
(
  # shellcheck disable=SC2034
  state=$folder/state-parts results=$folder/state-parts/results out=$folder/out-parts here=$root/scripts is_pending=""
  mkdir -p "$results" "$out"
  # Its limits are its own: a slow machine's longer ones would outlast what hangs here.
  TIME_PERCENT=100
  SECONDS=0 deadline=60
  source scripts/gpu-parts.sh
  part hangs 2 txt sleep 30
  part fails 5 txt sh -c 'echo so far; exit 3'
  part lies 5 json echo '{ no json'
  part works 5 txt echo done
  deadline=$((SECONDS + 11))
  part cut-off 30 txt sleep 30
) || fail "the parts could not be tried"
is_part() { [ "$(cut -d ' ' -f 1 "$folder/state-parts/results/$1.state")" = "$2" ]; }
expect "a part that hangs is stopped and not done" is_part hangs limit
expect "a part that fails says so" is_part fails failed
expect "a part whose answer is no JSON failed" is_part lies failed
expect "what a part printed before it failed stays" grep -q 'so far' "$folder/state-parts/results/fails.txt.partial"
expect "a part that works is done" is_part works ok
expect "a part that the clock cuts is tried again" is_part cut-off cut

step "done: $failures failures; log: $log"
[ "$failures" -eq 0 ]
