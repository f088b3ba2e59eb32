#!/usr/bin/env bash
# Measures what pretraining and DRM are worth: the shape of the paper's Table 1 at a budget of this machine.
# Usage: DATA=data OUT=.runs/ablation scripts/ablation.sh train|evaluate|all
#   train     trains every arm with every seed, one after the other; runs that are finished are skipped, one that was
#             stopped (Ctrl-C, power) goes on from its checkpoint
#   evaluate  measures the finished runs on the validation subjects: OUT/ablation.md and OUT/ablation.json
#   all       both
#
# Arms, all with the same STEPS on the labelled scans and the same seeds:
#   none      fine-tuned from fresh weights, no DRM
#   pretrain  the same from weights pretrained for PRETRAIN_STEPS on scans without any mask (pretrained once a seed;
#             its condition is all zeros and the mask's weights of the first convolution start at zero)
#   drm       the same from the same weights, with DRM
#   long      fine-tuned from fresh weights, no DRM, for STEPS + PRETRAIN_STEPS: says whether the pretraining's extra
#             steps explain its gain (not among the default ARMS)
# Pretraining comes on top of STEPS, as in the paper: labelled scans are what is scarce. The table says so again.
# Validation subjects (Duke 7-8, Tian 7) and held-out ones (Duke 9-10) train nothing, pretraining included.
#
# Environment: DATA        labelled data set, as `retidiff import` makes it (needed)
#              OUT         folder of runs and tables [.runs/ablation]
#              UNLABELLED  folders to pretrain on, as `retidiff import --unlabelled` takes them [DATA without its masks]
#              RETIDIFF    the program [cargo run --release]; EVALUATE a second one for the measuring [RETIDIFF]
#              DEVICE      auto, cpu, gpu or, in a build with libtorch, tch [auto]; EVALUATE_DEVICE [DEVICE]
#              STEPS [300] PRETRAIN_STEPS [STEPS] SEEDS ["1 2 3"] ARMS ["none pretrain drm"] PRESET [live] BATCH
#              SAMPLING_STEPS [16], SCANS [22] of the measuring
set -euo pipefail
what=${1:?usage: DATA=data OUT=.runs/ablation scripts/ablation.sh train|evaluate|all}
data=${DATA:?set DATA to a data set made by retidiff import}
out=${OUT:-.runs/ablation}
device=${DEVICE:-auto}
steps=${STEPS:-300}
pretrain_steps=${PRETRAIN_STEPS:-$steps}
read -ra seeds <<<"${SEEDS:-1 2 3}"
read -ra arms <<<"${ARMS:-none pretrain drm}"
preset=${PRESET:-live}
root=$(cd "$(dirname "$0")/.." && pwd)

retidiff() {
  if [ -n "${RETIDIFF:-}" ]; then "$RETIDIFF" "$@"; else
    cargo run --release --locked --quiet --manifest-path "$root/Cargo.toml" --bin retidiff -- "$@"
  fi
}

is_finished() { grep -qs '"event":"finished"' "$1/events.jsonl" && [ -f "$1/model.safetensors" ]; }

# Writes the settings of a run: stage, steps, seed, share of strips with DRM.
settings() {
  local warmup=$(($2 / 10 < 100 ? $2 / 10 : 100))
  cat <<JSON
{ "preset": "$preset", "stage": "$1", "steps": $2, "seed": $3, "warmup_steps": $warmup,
  ${BATCH:+"\"batch\": $BATCH,"} "validate_every": $2, "sample_every": 0, "checkpoint_minutes": 5.0,
  "drm": { "apply_probability": $4, "zero_probability": 0.5, "scope": "pixel" } }
JSON
}

# Trains one run unless it is finished: name, stage, steps, seed, DRM, data, and what else `train` shall be told.
train_run() {
  local name=$1 run=$out/$1 data=$6
  local -a how=(--config "$run.json" --data "$data" "${@:7}")
  is_finished "$run" && { echo "$name: finished before"; return; }
  local wanted
  wanted=$(settings "$2" "$3" "$4" "$5")
  if [ -d "$run/checkpoints" ] && [ -n "$(ls "$run/checkpoints")" ]; then
    how=(--resume)
  else
    rm -rf "$run"
    printf '%s\n' "$wanted" >"$run.json"
  fi
  [ "$(cat "$run.json")" = "$wanted" ] || { echo "error: $run was begun with other settings ($run.json); choose another OUT" >&2; exit 1; }
  echo "$name: $3 steps ($(date +%H:%M:%S))"
  retidiff train --run "$run" --device "$device" "${how[@]}" >>"$run.log"
  is_finished "$run" || { echo "$name was stopped; run the same command again to go on"; exit 130; }
}

train() {
  mkdir -p "$out"
  local scans=$data seed arm
  if [ -n "${UNLABELLED:-}" ]; then
    scans=$out/scans
    if [ ! -f "$scans/imported" ]; then
      local -a folders
      read -ra folders <<<"$UNLABELLED"
      retidiff import "${folders[@]}" --out "$scans" --unlabelled
      touch "$scans/imported"
    fi
  fi
  for seed in "${seeds[@]}"; do
    for arm in "${arms[@]}"; do
      case $arm in
        none) train_run "none-$seed" finetune "$steps" "$seed" 0.0 "$data" ;;
        long) train_run "long-$seed" finetune "$((steps + pretrain_steps))" "$seed" 0.0 "$data" ;;
        pretrain | drm)
          train_run "weights-$seed" pretrain "$pretrain_steps" "$seed" 0.0 "$scans"
          train_run "$arm-$seed" finetune "$steps" "$seed" "$([ "$arm" = drm ] && echo 0.5 || echo 0.0)" "$data" \
            --from "$out/weights-$seed/model.safetensors" ;;
        *) echo "error: no arm $arm; there are none, pretrain, drm and long" >&2; exit 2 ;;
      esac
    done
  done
  echo "all runs are finished ($(date +%H:%M:%S))"
}

evaluate() {
  local -a told=()
  local seed arm runs name
  for arm in "${arms[@]}"; do
    runs=""
    for seed in "${seeds[@]}"; do
      if is_finished "$out/$arm-$seed"; then runs+=",$out/$arm-$seed"; else echo "note: $arm-$seed is not finished" >&2; fi
    done
    case $arm in
      pretrain) name=+pretrain ;;
      drm) name="+pretrain +DRM" ;;
      *) name=$arm ;;
    esac
    [ -z "$runs" ] || told+=(--arm "$name=${runs#,}")
  done
  [ ${#told[@]} -gt 0 ] || { echo "error: no finished run in $out; call $0 train first" >&2; exit 1; }
  local scans weights=$out/weights-${seeds[0]}
  if is_finished "$weights"; then
    scans=$(sed -n 's/.*"event":"started".*"training_scans":\([0-9]*\).*/\1/p' "$weights/events.jsonl" | head -1)
    told+=(--note "Pretrained once a seed for $pretrain_steps steps on $scans scans of training subjects, without masks.")
  fi
  RETIDIFF=${EVALUATE:-${RETIDIFF:-}} retidiff evaluate ablation --data "$data" --out "$out" \
    --device "${EVALUATE_DEVICE:-$device}" --steps "${SAMPLING_STEPS:-16}" --scans "${SCANS:-22}" "${told[@]}"
}

case $what in
  train) train ;;
  evaluate) evaluate ;;
  all) train && evaluate ;;
  *) echo "error: train, evaluate or all, not $what" >&2; exit 2 ;;
esac
