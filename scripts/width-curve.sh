#!/usr/bin/env bash
# Chooses the `live` network by measurement: quality against time for several widths, depths and unshuffles.
# Usage: DATA=data OUT=.runs/curve scripts/width-curve.sh train|evaluate|all
#   train     trains every network for STEPS with the same seed, data and recipe; finished ones are skipped
#   evaluate  figures on the validation subjects (OUT/ablation.md) and the time of a picture (OUT/NAME.bench.json)
#
# Environment: DATA    labelled data set, as `retidiff import` makes it (needed)
#              OUT     folder of runs and tables [.runs/curve]
#              RETIDIFF the program [cargo run --release]; DEVICE auto, cpu, gpu [auto]
#              STEPS [200]  NETWORKS [all of them]  SCANS [11] and SAMPLING_STEPS [16] of the measuring
set -euo pipefail
what=${1:?usage: DATA=data OUT=.runs/curve scripts/width-curve.sh train|evaluate|all}
data=${DATA:?set DATA to a data set made by retidiff import}
out=${OUT:-.runs/curve}
device=${DEVICE:-auto}
steps=${STEPS:-200}
root=$(cd "$(dirname "$0")/.." && pwd)
read -ra networks <<<"${NETWORKS:-narrow live wide deep fine plain}"

retidiff() {
  if [ -n "${RETIDIFF:-}" ]; then "$RETIDIFF" "$@"; else
    cargo run --release --locked --quiet --manifest-path "$root/Cargo.toml" --bin retidiff -- "$@"
  fi
}

# What of the preset's network is another one.
settings() {
  case $1 in
    live) ;;                                                    # 4x unshuffle, 32-64-128, one block a level
    narrow) echo '--set network.widths=[24,48,96]' ;;
    wide) echo '--set network.widths=[48,96,192]' ;;
    deep) echo '--set network.blocks_per_level=2' ;;
    fine) echo '--set network.unshuffle=2 --set network.widths=[16,32,64,128] --set network.attention=[false,false,false,false]' ;;
    plain) echo '--set network.detail_filters=0' ;;             # without the detail head
    *) echo "error: no network $1" >&2; exit 2 ;;
  esac
}

is_finished() { grep -qs '"event":"finished"' "$1/events.jsonl" && [ -f "$1/model.safetensors" ]; }

train() {
  mkdir -p "$out"
  for name in "${networks[@]}"; do
    local run=$out/$name
    is_finished "$run" && { echo "$name: finished before"; continue; }
    rm -rf "$run"
    local -a how
    read -ra how <<<"$(settings "$name")"
    echo "$name: $steps steps ($(date +%H:%M:%S))"
    retidiff train --preset live --data "$data" --run "$run" --device "$device" --steps "$steps" --seed 1 \
      --validate-every "$steps" --sample-every 0 "${how[@]}" >"$run.log"
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
    --scans "${SCANS:-11}" "${arms[@]}" --note "One seed, $steps steps each, the same batches."
}

case $what in
  train) train ;;
  evaluate) evaluate ;;
  all) train && evaluate ;;
  *) echo "error: train, evaluate or all, not $what" >&2; exit 2 ;;
esac
