#!/usr/bin/env bash
# Remakes the bundled mask model from the two public sets it is trained on.
# Usage: scripts/train-bundled-masks.sh TIAN_FOLDER DUKE_FOLDER [RUN_FOLDER] [more arguments of `retidiff train`]
#
# The folders are those of train-bundled.sh; validation and test subjects are the same.
# Stop it with Ctrl-C at any time: running it again goes on from the newest checkpoint.
set -euo pipefail
tian=$1 duke=$2 run=${3:-.runs/bundled-masks}
shift $(($# < 3 ? $# : 3))
cd "$(dirname "$0")/.."
data=.runs/data
retidiff() { cargo run --release --locked --quiet -- "$@"; }

retidiff import "$tian" --out "$data"
retidiff import "$duke" --out "$data"
if [ -d "$run/checkpoints" ]; then
  retidiff train --data "$data" --run "$run" --resume
else
  retidiff train --data "$data" --run "$run" --stage masks --preset live "$@"
fi
retidiff evaluate masks --data "$data" --model "$run/model.safetensors"
echo "copy $run/model.safetensors to assets/models/masks.safetensors and bring its card up to date"
