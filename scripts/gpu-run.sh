#!/usr/bin/env bash
# One visit to a GPU machine with what scripts/gpu-pack.sh packed. Fifteen minutes in all, the start included, in calls
# of at most ten: each call is a slice, leaves what it has in OUT_FOLDER and says whether to call it again on the same
# machine. Every part records itself when it ends (scripts/gpu-parts.sh).
# Usage: scripts/gpu-run.sh measure|train OUT_FOLDER
#   measure   preflight; SPIR-V pictures cold and warm; PyTorch's ways; WGSL pictures and a training step; the paper's
#             network, frames; then training in what time is left
#   train     preflight, then training alone
#   Of several builds the one with the quickest training step trains: `build` in parts.txt says which, and what failed.
#   OUT_FOLDER: parts.txt, summary.md, results.tar.gz, runs.tar.part-* (at most 8 files of 16 MiB)
# Environment: SLICE_SECONDS [570]  STATE_FOLDER [/tmp/retidiff-gpu]  PACK [.gpu]  RETRY=1 tries failed parts again
#   GPU=INDEX    of `retidiff info --gpus` in place of the first GPU; a software driver, too
#   DEVICE=cpu   tries the script without any GPU
#   TIME_PERCENT [100]  of each part's limit  SIZES [480x480,768x496]  SKIP  parts to leave out
#   STEP_SETTINGS  of the training step that is timed, such as "--set batch=8"
#   PRESET [teacher]  STAGES [pretrain finetune distill]  also masks, in order
#   TRAIN_SECONDS [train 660, measure 240]  of all stages together: 15 % for pretrain, 65 for finetune, 20 for distill (and
#     20 for masks, where that is asked for); what a stage leaves goes to those after it. A stage whose time is over ends
#     with its average so far, and the next one begins with that
#   STEPS [60000]  of a stage at most  BATCH [16]
#   SETTINGS  arguments of `retidiff train` for every stage, such as "--set arithmetic=f16"
#   STEP_SECONDS [20]  of the stages' time in which each of several builds has to time its step, with the --set of SETTINGS
#   DISTILL_SETTINGS  of the student alone [half of the teacher's channels, which brings it to the size of `live`]
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
    local -a packages=("$pack"/loader/*.deb)
    if [ -e "${packages[0]}" ]; then
      for package in "${packages[@]}"; do dpkg -x "$package" /; done
      ldconfig
    fi
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

has_build() { case " ${builds[*]} " in *" $1 "*) ;; *) false ;; esac; }

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
  has_build "$build" || { leave_out "$name" "no binary $build is packed, or it drew no picture"; return; }
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
  local build=${builds[0]} name=preflight-picture
  part preflight-driver 15 txt nvidia-smi
  part preflight-gpus 30 json env RETIDIFF_DATA="$state/kept-$build" "$state/retidiff-$build" info --gpus --json
  part preflight-torch 40 txt python3 -c \
    'import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available())'
  # One step on the device against the CPU's, in every precision that it has; the first build that draws it will do.
  for build in "${builds[@]}"; do
    part "$name" 90 json env RETIDIFF_DATA="$state/kept-$build" "$state/retidiff-$build" bench \
      $(device_of "$build") --json --quick --only pictures --size 64x64 --model "$models/live.safetensors"
    if is_done "$name" || [ -n "$is_pending" ]; then break; fi
    echo "== the build $build draws no picture and is left out"
    builds=("${builds[@]:1}")
    name=preflight-picture-${builds[0]:-}
  done
  if ! is_done "$name"; then
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

# Seconds that a stage has trained, in all slices.
spent_on() { cat "$state/spent-$1" 2>/dev/null || echo 0; }

# Per cent of the time, beside those of the other stages that were asked for.
share_of() {
  case $1 in pretrain) echo 15 ;; finetune) echo 65 ;; *) echo 20 ;; esac
}

# Seconds that are left to a stage: of what those before it left, its share beside those after it.
allowance_of() {
  local name left=${TRAIN_SECONDS:-$default_train_seconds} shares=0 is_before=1
  left=$((left - $(spent_on choice)))
  for name in $stages; do
    [ "$name" != "$1" ] || is_before=""
    if [ -n "$is_before" ]; then left=$((left - $(spent_on "$name"))); else shares=$((shares + $(share_of "$name"))); fi
  done
  echo $((left * $(share_of "$1") / shares - $(spent_on "$1")))
}

# The build with the quickest step, as `trains_with`. `measure` has timed them; else that is done here.
choose_build() {
  local build name took at arithmetic=f32 figures="" left_out="" began
  trains_with=${builds[0]}
  [ ${#builds[@]} -gt 1 ] || return 0
  local -a words settings=(--set "batch=${BATCH:-16}")
  read -ra words <<<"${SETTINGS:-}"
  for at in "${!words[@]}"; do [ "${words[at]}" != --set ] || settings+=(--set "${words[at + 1]:-}"); done
  case " ${SETTINGS:-} " in *" arithmetic=f16 "*) arithmetic=f16 ;; esac
  for build in "${builds[@]}"; do
    name=train-$build-$arithmetic
    if [ "$what" = train ]; then
      name=train-step-$build began=$SECONDS
      bench "$name" "${STEP_SECONDS:-20}" "$build" --runs 3 --train "${PRESET:-teacher}" "${settings[@]}"
      echo $(($(spent_on choice) + SECONDS - began)) >"$state/spent-choice"
      [ -z "$is_pending" ] || return 1
    fi
    # The list is empty where there is no memory for a step.
    if is_done "$name" && took=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["median_ms"])' \
      "$results/$name.json" 2>/dev/null); then
      figures+="$took $build"$'\n'
    else
      left_out+="; left out: $build ($(cut -d ' ' -f 1,3- "$results/$name.state" 2>/dev/null))"
    fi
  done
  figures=$(printf '%s' "$figures" | LC_ALL=C sort -g)
  if [ -n "$figures" ]; then trains_with=$(head -n 1 <<<"$figures" | cut -d ' ' -f 2); fi
  figures=$(awk 'NF {printf "%s%s %.1f", (NR > 1 ? ", " : ""), $2, $1}' <<<"$figures")
  record build ok 0 "$trains_with trains; ms a step: ${figures:-none}$left_out"
}

# Whether a stage is done: all its steps, or all its time.
is_over() { is_finished "$runs/$1" || { is_done "run-$1" && [ -f "$runs/$1/model.safetensors" ]; }; }

steps_done() { sed -n 's/.*"event":"\(step\|stopped\|checkpoint\)".*"step":\([0-9]*\).*/\2/p' "$1/events.jsonl" | tail -n 1; }

# NAME, then what a new run is given. Trains until the run, its share of the time or the slice ends; time to pack is
# kept.
stage() {
  local name=$1 run=$runs/$1 code limit allowed; shift
  is_over "$name" && return 0
  allowed=$(allowance_of "$name") limit=$(($(seconds_left) - 25))
  if [ "$limit" -lt 20 ]; then is_pending=1; return 1; fi
  if [ "$allowed" -lt 5 ] && [ -f "$run/model.safetensors" ]; then
    record "run-$name" ok 0 "its time is over after $(steps_done "$run") steps; --resume goes on"
    return 0
  fi
  local is_last_of_it=""
  if [ "$allowed" -le "$limit" ]; then limit=$((allowed > 5 ? allowed : 5)) is_last_of_it=1; fi
  local -a how=("$@") device
  read -ra device <<<"$(device_of "$trains_with")"
  if [ -n "$(ls "$run/checkpoints" 2>/dev/null)" ]; then how=(--resume); else rm -rf "$run"; fi
  printf '== training %s for %s s: %s\n' "$name" "$limit" "${how[*]}"
  bring_runs_every_two_minutes &
  local bringing=$! began=$SECONDS took
  # The interrupt makes the trainer save and end.
  timeout --signal=INT --kill-after=20 "$limit" env RETIDIFF_DATA="$state/kept-$trains_with" \
    "$state/retidiff-$trains_with" train --data "$data" --run "$run" \
    "${device[@]}" --checkpoint-minutes 2 "${how[@]}" >>"$runs/$name.log" 2>&1
  code=$?
  kill "$bringing" 2>/dev/null
  wait "$bringing" 2>/dev/null
  took=$((SECONDS - began))
  echo $(($(spent_on "$name") + took)) >"$state/spent-$name"
  tail -n 3 "$runs/$name.log"
  if is_finished "$run"; then record "run-$name" ok "$took" ""; bring_runs; return 0; fi
  case $code in
    0 | 124 | 130 | 137)
      if [ -n "$is_last_of_it" ] && [ -f "$run/model.safetensors" ]; then
        record "run-$name" ok "$took" "its time is over after $(steps_done "$run") steps; --resume goes on"
        bring_runs
        return 0
      fi
      if [ -n "$is_last_of_it" ]; then
        record "run-$name" limit "$took" "its time was over before it had a model: raise TRAIN_SECONDS"
        return 1
      fi
      is_pending=1
      record "run-$name" cut "$took" "stopped by the clock; --resume goes on" ;;
    *) record "run-$name" failed "$took" "exit status $code: $(tail -n 1 "$runs/$name.log" | cut -c 1-200)" ;;
  esac
  return 1
}

bring_runs_every_two_minutes() {
  # A pause that outlives its loop must not hold the script's output open.
  while sleep 120 >/dev/null 2>&1; do bring_runs; done
}

# Five files at most come back of the runs: of each what it is but its checkpoints, then, as far as they fit, the newest
# checkpoints of those with steps left, that of stage 3 first.
MAX_RUN_PARTS=5
PART_MIB=15
bring_runs() {
  local list=$state/brought run checkpoint bytes more limit=$(((MAX_RUN_PARTS * PART_MIB - 1) << 20))
  bytes_of() { (cd "$state" && find "$@" -type f -printf '%s\n' 2>/dev/null) | awk '{sum += $1 + 1024} END {printf "%d", sum}'; }
  : >"$list"
  for run in "$runs"/*/; do
    [ -d "$run" ] || continue
    run=$(basename "$run")
    (cd "$state" && find "runs/$run" -type f ! -path '*/checkpoints/*' ! -path '*/samples/*') >>"$list"
    (cd "$state" && find "runs/$run/samples" -type f 2>/dev/null | sort | tail -n 1) >>"$list"
  done
  (cd "$state" && find runs -maxdepth 1 -name '*.log') >>"$list"
  [ -s "$list" ] || return 0
  bytes=$(while IFS= read -r run; do bytes_of "$run"; echo; done <"$list" | awk '{sum += $1} END {printf "%d", sum}')
  for run in finetune distill pretrain masks; do
    [ -d "$runs/$run/checkpoints" ] && ! is_finished "$runs/$run" || continue
    checkpoint=$(cd "$state" && find "runs/$run/checkpoints" -mindepth 1 -maxdepth 1 -name 'step-*' | sort | tail -n 1)
    [ -n "$checkpoint" ] || continue
    more=$(bytes_of "$checkpoint")
    if [ $((bytes + more)) -le "$limit" ]; then
      echo "$checkpoint" >>"$list"
      bytes=$((bytes + more))
    else
      echo "note: the checkpoint of $run is too large to come back; its model and its events do" >&2
    fi
  done
  rm -rf "$state/parts" && mkdir "$state/parts"
  tar -C "$state" -cf - -T "$list" | split -b ${PART_MIB}m - "$state/parts/runs.tar.part-"
  rm -f "$out"/runs.tar.part-*
  mv "$state"/parts/runs.tar.part-* "$out"/
}

train() {
  local stages=${STAGES:-pretrain finetune distill} default_train_seconds=660 name from="" trains_with
  [ "$what" = train ] || default_train_seconds=240
  [ -e "$data/manifest.jsonl" ] || { leave_out "run-${stages%% *}" "no data set is packed"; return; }
  choose_build || return
  local -a settings distill common=(--preset "${PRESET:-teacher}" --steps "${STEPS:-60000}" --batch "${BATCH:-16}")
  read -ra settings <<<"${SETTINGS:-}"
  # The clock ends it, so a rate that falls to 0 at the last step would never have fallen.
  read -ra distill <<<"${DISTILL_SETTINGS:---set distillation.width_percent=50 --set constant_learning_rate=true}"
  for name in $stages; do
    case $name in
      pretrain) stage pretrain --stage pretrain "${common[@]}" "${settings[@]}" || break
        from=$runs/pretrain/model.safetensors ;;
      finetune) stage finetune --stage finetune ${from:+--from "$from"} --mask-dropout 0.1 "${common[@]}" \
        "${settings[@]}" || break ;;
      distill) stage distill --stage distill --from "$runs/finetune/model.safetensors" "${common[@]}" \
        "${settings[@]}" "${distill[@]}" || break ;;
      masks) stage masks --stage masks "${common[@]}" "${settings[@]}" || break ;;
      *) echo "error: there is no stage $name" >&2; return 1 ;;
    esac
  done
  bring_runs
}

prepare_machine
unpack_all || { echo "error: $pack could not be unpacked" >&2; exit 1; }
builds=()
for build in vulkan wgsl cuda; do [ ! -x "$state/retidiff-$build" ] || builds+=($build); done
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
