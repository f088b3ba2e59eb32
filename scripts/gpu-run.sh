#!/usr/bin/env bash
# Measures or trains on a GPU machine with what scripts/gpu-pack.sh packed. Runs unattended; every part writes
# its result when it ends, and a part that fails is noted without stopping the others.
# Usage: scripts/gpu-run.sh measure|train OUT_FOLDER
#   measure   adapter and driver, self-test against the CPU, pictures, training steps, PyTorch beside them
#   train     goes on with the runs in OUT_FOLDER/runs for SLICE_MINUTES (8), then stops with a checkpoint:
#             call it again, with the checkpoints of the last call in RUNS_FOLDER, until it says "finished"
# Environment: SLICE_MINUTES, RUNS_FOLDER, STEPS, BATCH, DEVICE (gpu; cpu to try the script)
set -uo pipefail
what=${1:?usage: scripts/gpu-run.sh measure|train OUT_FOLDER}
out=$(mkdir -p "${2:?usage: scripts/gpu-run.sh measure|train OUT_FOLDER}" && cd "$2" && pwd)
cd "$(dirname "$0")/.."
pack=.gpu
device=${DEVICE:-gpu}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/data"
tar -C "$work/data" -xf "$pack/data.tar"
binaries=()
for packed in "$pack"/retidiff-*.xz; do
  binary=$work/$(basename "$packed" .xz)
  xz -dc "$packed" >"$binary" && chmod +x "$binary" && binaries+=("$binary")
done
[ ${#binaries[@]} -gt 0 ] || { echo "error: no binary in $pack; run scripts/gpu-pack.sh first" >&2; exit 1; }

# Runs a part with its own log; its first line says how to repeat it.
part() {
  local name=$1; shift
  printf '\n== %s (%s)\n' "$name" "$(date +%H:%M:%S)"
  { echo "\$ $*"; timeout "${PART_SECONDS:-240}" "$@"; } >"$out/$name.txt" 2>&1
  local code=$?
  tail -n 25 "$out/$name.txt"
  [ $code -eq 0 ] || echo "$name: exit status $code" | tee -a "$out/failures.txt"
}

measure() {
  rm -f "$out/failures.txt"
  part driver nvidia-smi
  for binary in "${binaries[@]}"; do
    local name=${binary##*/retidiff-}
    part "bench-$name" "$binary" bench --device "$device" --json
    part "bench-again-$name" "$binary" bench --device "$device"   # kernels are tuned by now
    part "train-$name" "$binary" bench --train --device "$device"
    part "fidelity-$name" "$binary" evaluate fidelity --data "$work/data" --device "$device"
  done
  for script in "$pack"/reference/bench_*torch.py; do
    part "$(basename "$script" .py)" python3 "$script"
  done
  [ ! -s "$out/failures.txt" ] || { echo; echo "not everything ran:"; cat "$out/failures.txt"; exit 1; }
}

train() {
  local binary=${binaries[0]} run=$out/runs/live
  mkdir -p "$out/runs"
  [ -z "${RUNS_FOLDER:-}" ] || cp -r "$RUNS_FOLDER/." "$out/runs/"
  local how=(--preset live --steps "${STEPS:-20000}" --batch "${BATCH:-16}")
  [ ! -d "$run/checkpoints" ] || how=(--resume)
  # The interrupt makes the trainer save and end.
  timeout --signal=INT --kill-after=60 "${SLICE_MINUTES:-8}m" \
    "$binary" train --data "$work/data" --run "$run" --device "$device" --checkpoint-minutes 2 "${how[@]}" |
    tee "$out/train.txt"
  case ${PIPESTATUS[0]} in
    0) echo "finished: evaluate $run/model.safetensors and bundle it" ;;
    124) echo "slice over: bring $out/runs back and call this again with RUNS_FOLDER" ;;
    *) echo "error: the training ended with an error, see above" >&2; exit 1 ;;
  esac
  "$binary" evaluate fidelity --data "$work/data" --model "$run/model.safetensors" --device "$device" >"$out/fidelity.txt" 2>&1
  tail -n 40 "$out/fidelity.txt"
}

case $what in
  measure) measure ;;
  train) train ;;
  *) echo "error: measure or train, not $what" >&2; exit 2 ;;
esac
