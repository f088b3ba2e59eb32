#!/usr/bin/env bash
# Chooses the `live` network by measurement: quality against time for several widths, depths and unshuffles.
# Usage: DATA=data OUT=.runs/curve scripts/width-curve.sh train|evaluate|all
#   train     trains every network for STEPS, or for MINUTES, with the same seed, data and recipe; one that is done is
#             skipped, one that was stopped goes on
#   evaluate  figures on the validation subjects (OUT/ablation.md) and the time of a picture (OUT/NAME.bench.json)
#
# Environment: DATA    labelled data set, as `retidiff import` makes it (needed)
#              OUT     folder of runs and tables [.runs/curve]
#              RETIDIFF the program [cargo run --release]; DEVICE auto, cpu, gpu [auto]
#              STEPS [200]  MINUTES  of training for each network in place of steps, at a constant rate, for a rate that
#              falls with the steps would favour none that the clock stops; the machine must do nothing else meanwhile
#              NETWORKS [narrow live wide deep fine plain teacher]  SCANS [11] and SAMPLING_STEPS [16] of the measuring
set -euo pipefail
what=${1:?usage: DATA=data OUT=.runs/curve scripts/width-curve.sh train|evaluate|all}
data=${DATA:?set DATA to a data set made by retidiff import}
out=${OUT:-.runs/curve}
device=${DEVICE:-auto}
steps=${STEPS:-200}
root=$(cd "$(dirname "$0")/.." && pwd)
minutes=${MINUTES:-}
case $minutes in *[!0-9]* | 0) echo "error: MINUTES is a number of minutes, not $minutes" >&2; exit 2 ;; esac
read -ra networks <<<"${NETWORKS:-narrow live wide deep fine plain teacher}"
# More than any network makes in the time.
[ -z "$minutes" ] || steps=${STEPS:-1000000}
length=$([ -n "$minutes" ] && echo "$minutes minutes of training" || echo "$steps steps")

if [ -n "${RETIDIFF:-}" ]; then program=("$RETIDIFF"); else
  program=(cargo run --release --locked --quiet --manifest-path "$root/Cargo.toml" --bin retidiff --)
fi
retidiff() { "${program[@]}" "$@"; }

# What of the preset's network is another one.
settings() {
  case $1 in
    live) ;;                                                    # 4x unshuffle, 32-64-128, one block a level
    narrow) echo '--set network.widths=[24,48,96]' ;;
    wide) echo '--set network.widths=[48,96,192]' ;;
    deep) echo '--set network.blocks_per_level=2' ;;
    fine) echo '--set network.unshuffle=2 --set network.widths=[16,32,64,128] --set network.attention=[false,false,false,false]' ;;
    teacher) echo '--set network.unshuffle=2 --set network.widths=[32,64,96,128] --set network.attention=[false,false,false,false]' ;;
    plain) echo '--set network.detail_filters=0' ;;             # without the detail head
    *) echo "error: no network $1" >&2; exit 2 ;;
  esac
}

is_finished() { grep -qs '"event":"finished"' "$1/events.jsonl" && [ -f "$1/model.safetensors" ]; }
steps_of() { sed -n 's/.*"event":"stopped".*"step":\([0-9]*\).*/\1/p' "$1/events.jsonl" | tail -n 1; }
seconds_of() { cat "$1.seconds" 2>/dev/null || echo 0; }
seconds_left() { echo $((minutes * 60 - $(seconds_of "$1"))); }

# Trains until the run or its time ends; what it took is added to RUN.seconds, so that one that was stopped has the rest.
# Then one more step, as the last one, which a validation loss is due for.
train_for_minutes() {
  local run=$1 began=$SECONDS code=0; shift
  if [ "$(seconds_left "$run")" -gt 5 ]; then
    # The interrupt makes the trainer save and end.
    timeout --foreground --signal=INT --kill-after=60 "$(seconds_left "$run")" "${program[@]}" train "$@" \
      >>"$run.log" || code=$?
    echo $(($(seconds_of "$run") + SECONDS - began)) >"$run.seconds"
    case $code in 0 | 124 | 130) ;; *) echo "error: the training ended with $code; see $run.log" >&2; exit 1 ;; esac
    is_finished "$run" && return
    [ "$(seconds_left "$run")" -le 5 ] || { echo "$run was stopped; run the same command again to go on"; exit 130; }
  fi
  retidiff train --run "$run" --device "$device" --resume --steps $(($(steps_of "$run") + 1)) >>"$run.log"
}

train() {
  mkdir -p "$out"
  for name in "${networks[@]}"; do
    local run=$out/$name
    is_finished "$run" && { echo "$name: finished before"; continue; }
    local -a network how=(--run "$run" --device "$device")
    read -ra network <<<"$(settings "$name")"
    if [ -n "$(ls "$run/checkpoints" 2>/dev/null)" ]; then how+=(--resume); else
      rm -rf "$run" "$run.seconds" "$run.log"
      how+=(--preset live --data "$data" --steps "$steps" --seed 1 --validate-every "${VALIDATE_EVERY:-$steps}"
        --sample-every 0 "${network[@]}")
      [ -z "$minutes" ] || how+=(--set constant_learning_rate=true)
    fi
    echo "$name: $length ($(date +%H:%M:%S))"
    if [ -n "$minutes" ]; then train_for_minutes "$run" "${how[@]}"; else retidiff train "${how[@]}" >>"$run.log"; fi
  done
}

evaluate() {
  local -a arms=()
  for name in "${networks[@]}"; do
    is_finished "$out/$name" || { echo "note: $name is not finished" >&2; continue; }
    arms+=(--arm "$name=$out/$name")
    retidiff bench --quick --json --model "$out/$name/model.safetensors" >"$out/$name.bench.json"
  done
  retidiff evaluate ablation --data "$data" --out "$out" --device "$device" --steps "${SAMPLING_STEPS:-16}" \
    --scans "${SCANS:-11}" "${arms[@]}" --note "One seed, $length each, the same batches."
}

case $what in
  train) train ;;
  evaluate) evaluate ;;
  all) train && evaluate ;;
  *) echo "error: train, evaluate or all, not $what" >&2; exit 2 ;;
esac
