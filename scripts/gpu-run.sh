#!/usr/bin/env bash
# Measures or trains on a GPU machine with what scripts/gpu-pack.sh packed. Runs unattended in slices: each call works
# for SLICE_MINUTES, leaves what it has in OUT_FOLDER and says whether to call it again. A part that fails is noted
# without stopping the others.
# Usage: scripts/gpu-run.sh measure|train OUT_FOLDER
#   measure   adapter and driver; pictures, strokes, frames and training steps of every packed build in every
#             precision, cold and warm; the paper's network; fidelity; PyTorch's ways beside them.
#             OUT_FOLDER: results.tar.gz, summary.md, failures.txt
#   train     pretrain -> finetune -> distill, and masks, each from its newest checkpoint on.
#             OUT_FOLDER: runs.tar.part-* of at most 15 MiB (configurations, events, models, the checkpoint of what is
#             not finished) and, once all are finished, fidelity old against new
# Environment: SLICE_MINUTES [8]
#   STATE_FOLDER [/tmp/retidiff-gpu]  where work goes on; a later call on the same machine finds it there
#   PREVIOUS     the OUT_FOLDER of the call before, for a machine that does not have its STATE_FOLDER
#   DEVICE       instead of that of each build; cpu to try the script without a GPU
#   PACK [.gpu]  PART_SECONDS [240] the longest that a part of measure may take  QUICK=1 few runs  RETRY=1 failed parts, too
#   PRETRAIN_STEPS [6000] STEPS [20000] DISTILL_STEPS [3000] MASK_STEPS [3000] BATCH [16]
#   SETTINGS     more arguments of `retidiff train` for the image model, such as "--set network.widths=[64,128,256]"
# A Vulkan driver in an unusual place is named by VK_DRIVER_FILES, CUDA's headers by CUDA_PATH.
set -uo pipefail
what=${1:?usage: scripts/gpu-run.sh measure|train OUT_FOLDER}
out=$(mkdir -p "${2:?usage: scripts/gpu-run.sh measure|train OUT_FOLDER}" && cd "$2" && pwd)
deadline=$((SECONDS + ${SLICE_MINUTES:-8} * 60))
[ -z "${PREVIOUS:-}" ] || previous=$(cd "$PREVIOUS" && pwd)
cd "$(dirname "$0")/.."
pack=$(cd "${PACK:-.gpu}" && pwd) || exit 1
state=${STATE_FOLDER:-/tmp/retidiff-gpu}
results=$state/results runs=$state/runs data=$state/data
mkdir -p "$state" "$data"
is_pending=""

# What stands in for a loader, a compiler and headers that the machine lacks.
prepare_machine() {
  if ! ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' && [ -e "$pack/lib/libvulkan.so.1" ]; then
    export LD_LIBRARY_PATH=$pack/lib:${LD_LIBRARY_PATH:-}
  fi
  local of_torch
  of_torch=$(python3 -c 'import os, nvidia; print(list(nvidia.__path__)[0])' 2>/dev/null) || return 0
  local runtime_compiler
  runtime_compiler=$(find "$of_torch" -name 'libnvrtc.so*' -printf '%h\n' -quit)
  [ -z "$runtime_compiler" ] || export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}:$runtime_compiler
  local header
  header=$(find "$of_torch" -name cuda_fp16.h -printf '%h\n' -quit)
  [ -z "$header" ] || [ -d /usr/local/cuda/include ] || export CUDA_PATH=${CUDA_PATH:-$(dirname "$header")}
}

builds=()
unpack() {
  local packed
  for packed in "$pack"/retidiff-*.xz; do
    [ -e "$packed" ] || continue
    local build
    build=$(basename "$packed" .xz)
    build=${build#retidiff-}
    if [ ! -e "$state/retidiff-$build" ] || [ "$packed" -nt "$state/retidiff-$build" ]; then
      xz -dc "$packed" >"$state/retidiff-$build.new" && chmod +x "$state/retidiff-$build.new" &&
        mv "$state/retidiff-$build.new" "$state/retidiff-$build" || continue
    fi
    builds+=("$build")
  done
  [ ${#builds[@]} -gt 0 ] || { echo "error: no binary in $pack; run scripts/gpu-pack.sh first" >&2; exit 1; }
  if [ -e "$pack/data.tar" ] && [ ! -e "$data/manifest.jsonl" ]; then tar -C "$data" -xf "$pack/data.tar"; fi
}

device_of() {
  if [ -n "${DEVICE:-}" ]; then echo "$DEVICE"; elif [ "$1" = cuda ]; then echo cuda; else echo gpu; fi
}

seconds_left() { echo $((deadline - SECONDS)); }

# Runs a part of measure that is not done yet: name, ending of its result, command. What it prints is its result, and
# nothing else is in that file; what it says goes to a log that begins with how to repeat it.
part() {
  local name=$1 ending=$2; shift 2
  local result=$results/$name.$ending log=$results/$name.log most=${PART_SECONDS:-240} limit
  [ -e "$results/$name.done" ] && return 0
  limit=$(seconds_left)
  if [ "$limit" -lt 15 ]; then is_pending=1; return 0; fi
  [ "$limit" -lt "$most" ] || limit=$most
  printf '\n== %s (%s)\n' "$name" "$(date +%H:%M:%S)"
  printf '$ %s\n' "$*" >"$log"
  local watch=""
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits -lms 250 >"$state/memory.now" 2>/dev/null &
    watch=$!
  fi
  timeout --kill-after=20 "$limit" "$@" >"$result.new" 2>>"$log"
  local code=$?
  if [ -n "$watch" ]; then
    kill "$watch" 2>/dev/null
    wait "$watch" 2>/dev/null
    echo "memory of the GPU at most: $(sort -n "$state/memory.now" | tail -n 1) MiB" >>"$log"
  fi
  if [ $code -eq 0 ] && [ "$ending" = json ] && ! python3 -m json.tool "$result.new" >/dev/null 2>>"$log"; then
    code=65
  fi
  if [ $code -eq 124 ] && [ "$limit" -lt "$most" ]; then
    echo "$name: the slice is over; the next call begins it again"
    rm -f "$result.new"
    is_pending=1
    return 0
  fi
  if [ $code -eq 0 ]; then
    mv "$result.new" "$result"
    touch "$results/$name.done"
  else
    mv "$result.new" "$result.failed"
    echo "$name: exit status $code: $(tail -n 1 "$log")" | tee "$results/$name.done"
  fi
  tail -n 12 "$results/$name.$ending"* | cut -c 1-160
  bring_results
}

# One archive and two short files: partial results come back, too, when the machine is taken away.
bring_results() {
  cat "$results"/*.done >"$out/failures.txt" 2>/dev/null
  summary >"$out/summary.md" 2>>"$out/failures.txt"
  tar -C "$state" -czf "$out/results.tar.gz.new" results && mv "$out/results.tar.gz.new" "$out/results.tar.gz"
}

# The figures in one table, from the JSON of the parts.
summary() {
  python3 - "$results" <<'PYTHON'
import glob, json, os, sys

def read(pattern):
    for path in sorted(glob.glob(os.path.join(sys.argv[1], pattern))):
        with open(path) as file:
            yield os.path.basename(path)[:-5], json.load(file)

print("| part | device | what | size | how | median ms | p99 ms |\n|---|---|---|---|---|---|---|")
for name, report in read("bench-*.json"):
    device = f"{report['device']} ({report['backend']})"
    lines = [(t["kind"], t, f"{t['steps']} steps") for t in report["pictures"]]
    lines += [("event while drawing" if t["during_synthesis"] else "stroke event", t, f"{t['brush_px']:.0f} px brush")
              for t in report["paint"]]
    if report.get("frames"):
        lines.append(("frame while drawing", report["frames"], report["frames"]["device"]))
    for what, t, how in lines:
        print(f"| {name} | {device} | {what} | {t['width']}x{t['height']} | {how} | {t['median_ms']:.2f} | {t['p99_ms']:.2f} |")
    start = report["startup"]
    print(f"| {name} | {device} | first picture | | from the command's start | {start['first_picture_ms']:.0f} | |")
for name, steps in read("train-*.json"):
    for t in steps:
        print(f"| {name} | {t['device']} | training step, {t['preset']} | {t['columns']}x{t['rows']} "
              f"| batch {t['batch']}, {t['arithmetic']} | {t['median_ms']:.1f} | {t['p99_ms']:.1f} |")
print("\n| PyTorch | mode | what | size | RetiDiff ms | PyTorch ms | ratio |\n|---|---|---|---|---|---|---|")
for name, table in read("torch-*.json"):
    for row in table["rows"]:
        what = f"{row['what']}, {row['steps']} steps" if "what" in row else f"training step, {row['preset']}"
        print(f"| {name} | {table['mode']} | {what} | {row.get('size', row.get('strip'))} | {row['retidiff_ms']:.1f} "
              f"| {row['torch_ms']:.1f} | {row['ratio']:.2f} |")
PYTHON
}

# PyTorch prints a table for people; its rows as JSON go beside it.
torch_part() {
  local name=$1 script=$2; shift 2
  part "$name" txt python3 "$pack/reference/$script" "$@" --device "$torch_device" --out "$results/$name.json"
}

# The report of a build in a precision, or what comes nearest to it.
report_of() {
  local file
  for file in "$results/$1-$2.json" "$results/$1-f32.json"; do
    [ -e "$file" ] && { echo "$file"; return; }
  done
  return 1
}

measure() {
  mkdir -p "$results"
  if [ -n "${previous:-}" ] && [ -z "$(ls "$results")" ]; then tar -C "$state" -xzf "$previous/results.tar.gz"; fi
  [ -z "${RETRY:-}" ] || find "$results" -name '*.done' -size +0 -delete
  local torch_device=cuda build device arithmetic binary report
  [ "${DEVICE:-}" != cpu ] || torch_device=cpu
  local -a quick=(${QUICK:+--quick})
  part driver txt nvidia-smi
  ! command -v vulkaninfo >/dev/null || part vulkan txt vulkaninfo --summary
  part torch-version txt python3 -c 'import torch; print(torch.__version__, torch.version.cuda)'
  for build in "${builds[@]}"; do
    binary=$state/retidiff-$build device=$(device_of "$build")
    # Nothing is known of the GPU yet: what a first start costs. The second finds the kernels tuned.
    part "bench-$build-cold" json env XDG_CACHE_HOME="$state/cache-$build" \
      "$binary" bench --device "$device" --quick --json
    part "bench-$build-warm" json env XDG_CACHE_HOME="$state/cache-$build" \
      "$binary" bench --device "$device" --quick --json
    for arithmetic in f32 f16 bf16; do
      part "bench-$build-$arithmetic" json env XDG_CACHE_HOME="$state/cache-$build" \
        "$binary" bench --device "$device" --arithmetic "$arithmetic" --json "${quick[@]}"
      part "train-$build-$arithmetic" json env XDG_CACHE_HOME="$state/cache-$build" \
        "$binary" bench --train --device "$device" --set arithmetic="$arithmetic" --json "${quick[@]}"
    done
    if [ -e "$data/manifest.jsonl" ]; then
      part "fidelity-$build" txt "$binary" evaluate fidelity --data "$data" --device "$device"
      # The paper's network is too large to travel: a step of training makes one.
      part "paper-$build" txt "$binary" train --preset paper --steps 1 --batch 1 --set validate_every=0 \
        --set sample_every=0 --data "$data" --run "$state/paper-$build" --device "$device"
    fi
    [ ! -e "$state/paper-$build/model.safetensors" ] || part "bench-$build-paper" json \
      "$binary" bench --device "$device" --model "$state/paper-$build/model.safetensors" --quick --json
  done
  build=${builds[0]}
  local model=$pack/models/live.safetensors
  if report=$(report_of "bench-$build" f32); then
    torch_part torch-eager bench_torch.py "$model" "$report"
    torch_part torch-channels-last bench_torch.py "$model" "$report" --channels-last
    torch_part torch-compiled bench_torch.py "$model" "$report" --compile
    for arithmetic in f16 bf16; do
      report=$(report_of "bench-$build" "$arithmetic")
      torch_part "torch-$arithmetic" bench_torch.py "$model" "$report" --half "$arithmetic"
      torch_part "torch-$arithmetic-channels-last" bench_torch.py "$model" "$report" --half "$arithmetic" --channels-last
      torch_part "torch-$arithmetic-compiled" bench_torch.py "$model" "$report" --half "$arithmetic" --channels-last \
        --compile
      torch_part "torch-autocast-$arithmetic" bench_torch.py "$model" "$report" --autocast "$arithmetic"
    done
  fi
  [ ! -e "$results/bench-$build-paper.json" ] || torch_part torch-paper bench_torch.py \
    "$state/paper-$build/model.safetensors" "$results/bench-$build-paper.json"
  if report=$(report_of "train-$build" f32); then
    torch_part torch-train-eager bench_train_torch.py "$report"
    torch_part torch-train-channels-last bench_train_torch.py "$report" --channels-last
    torch_part torch-train-compiled bench_train_torch.py "$report" --compile
    for arithmetic in f16 bf16; do
      report=$(report_of "train-$build" "$arithmetic")
      torch_part "torch-train-autocast-$arithmetic" bench_train_torch.py "$report" --autocast "$arithmetic"
    done
  fi
  bring_results
  if [ -n "$is_pending" ]; then
    echo "slice over: call this again (PREVIOUS=$out on another machine)"
  elif [ -s "$out/failures.txt" ]; then
    printf '\nfinished; not everything ran:\n'
    cat "$out/failures.txt"
  else
    echo "finished: $out/summary.md"
  fi
}

is_finished() { grep -qs '"event":"finished"' "$1/events.jsonl" && [ -f "$1/model.safetensors" ]; }

# Trains a run to its end or the slice's: name, then what a new run is told.
stage() {
  local name=$1 run=$runs/$1; shift
  is_finished "$run" && return 0
  # Time to write a checkpoint and to pack it is kept.
  local limit=$(($(seconds_left) - 30))
  if [ "$limit" -lt 10 ]; then is_pending=1; return 1; fi
  local -a how=("$@")
  if [ -n "$(ls "$run/checkpoints" 2>/dev/null)" ]; then how=(--resume); else rm -rf "$run"; fi
  printf '\n== %s (%s): %s\n' "$name" "$(date +%H:%M:%S)" "${how[*]}"
  # The interrupt makes the trainer save and end.
  timeout --signal=INT --kill-after=60 "$limit" "$binary" train --data "$data" --run "$run" --device "$device" \
    --checkpoint-minutes 2 "${how[@]}" >>"$runs/$name.log" 2>&1
  local code=$?
  tail -n 3 "$runs/$name.log"
  is_finished "$run" && return 0
  case $code in
    0 | 124 | 130) is_pending=1 ;;
    *) echo "error: $name ended with status $code" | tee -a "$out/failures.txt" ;;
  esac
  return 1
}

# What comes back: of a finished run all but its checkpoints, of another one its newest, too.
bring_runs() {
  local list=$state/brought run
  : >"$list"
  for run in "$runs"/*/; do
    run=$(basename "$run")
    (cd "$state" && find "runs/$run" -type f ! -path '*/checkpoints/*' ! -path '*/samples/*') >>"$list"
    (cd "$state" && find "runs/$run/samples" -type f 2>/dev/null | sort | tail -n 1) >>"$list"
    if ! is_finished "$runs/$run"; then
      (cd "$state" && find "runs/$run/checkpoints" -mindepth 1 -maxdepth 1 -name 'step-*' 2>/dev/null | sort |
        tail -n 1) >>"$list"
    fi
  done
  (cd "$state" && find runs -maxdepth 1 -name '*.log') >>"$list"
  rm -f "$out"/runs.tar.part-*
  tar -C "$state" -cf - -T "$list" | split -b 15m - "$out/runs.tar.part-"
  echo "brought $(du -cm "$out"/runs.tar.part-* | tail -n 1 | cut -f1) MiB in $(ls "$out"/runs.tar.part-* | wc -l) parts"
}

train() {
  [ -e "$data/manifest.jsonl" ] || { echo "error: no data set in $pack; pack with one" >&2; exit 1; }
  if [ -n "${previous:-}" ] && [ ! -d "$runs" ]; then cat "$previous"/runs.tar.part-* | tar -C "$state" -xf -; fi
  mkdir -p "$runs"
  rm -f "$out/failures.txt"
  local build=${builds[0]}
  local binary=$state/retidiff-$build device
  device=$(device_of "$build")
  local -a settings batch=(--batch "${BATCH:-16}")
  read -ra settings <<<"${SETTINGS:-}"
  stage pretrain --stage pretrain --steps "${PRETRAIN_STEPS:-6000}" "${batch[@]}" "${settings[@]}" &&
    stage live --stage finetune --steps "${STEPS:-20000}" --from "$runs/pretrain/model.safetensors" \
      --mask-dropout 0.1 "${batch[@]}" "${settings[@]}" &&
    stage live-student --stage distill --steps "${DISTILL_STEPS:-3000}" --from "$runs/live/model.safetensors" \
      --set pseudo_labelled=true
  # Another model, whatever became of that one.
  stage masks --stage masks --steps "${MASK_STEPS:-3000}"
  bring_runs
  if [ -n "$is_pending" ]; then
    echo "slice over: call this again (PREVIOUS=$out on another machine)"
    return
  fi
  [ ! -s "$out/failures.txt" ] || { echo "finished, but for:"; cat "$out/failures.txt"; exit 1; }
  local model
  for model in "$runs"/*/model.safetensors; do
    [ "$(stat -c %s "$model")" -le $((15 << 20)) ] || echo "note: $model is larger than 15 MiB: too large to be bundled"
  done
  mkdir -p "$results"
  part fidelity-old txt "$binary" evaluate fidelity --data "$data" --device "$device" --sheet "$out/old.png"
  part fidelity-new txt "$binary" evaluate fidelity --data "$data" --device "$device" --sheet "$out/new.png" \
    --model "$runs/live/model.safetensors"
  part masks-new txt "$binary" evaluate masks --data "$data" --device "$device" --model "$runs/masks/model.safetensors"
  if [ -n "$is_pending" ]; then
    echo "slice over: call this again to measure what was trained"
  else
    echo "finished: the models are in runs.tar.part-*; look at the figures, then bundle them"
  fi
}

prepare_machine
unpack
case $what in
  measure) measure ;;
  train) train ;;
  *) echo "error: measure or train, not $what" >&2; exit 2 ;;
esac
