#!/usr/bin/env bash
# Remakes the bundled `live` image model from the two public sets it is trained on.
# Usage: scripts/train-bundled.sh TIAN_FOLDER DUKE_FOLDER [RUN_FOLDER] [more arguments of `retidiff train`]
#
# TIAN_FOLDER holds bscans/ and boundaries/ (Tian et al. 2015, CC BY 4.0); DUKE_FOLDER holds bscans/,
# labels_grader1/, index.csv and ignore_columns/ (Chiu et al. 2015, research use, not redistributed).
# Duke 7-8 and Tian 7 validate and never train; Duke 9-10 are the test set and must not be there.
# Stop it with Ctrl-C at any time: running it again goes on from the newest checkpoint.
set -euo pipefail
tian=$1 duke=$2 run=${3:-.runs/bundled-live}
shift $(($# < 3 ? $# : 3))
cd "$(dirname "$0")/.."
data=.runs/data
retidiff() { cargo run --release --locked --quiet -- "$@"; }

retidiff import "$tian" --out "$data"
retidiff import "$duke" --out "$data"
if [ -d "$run/checkpoints" ]; then
  retidiff train --data "$data" --run "$run" --resume
else
  retidiff train --data "$data" --run "$run" --preset live --steps 10000 "$@"
fi
retidiff evaluate fidelity --data "$data" --model "$run/model.safetensors"
echo "copy $run/model.safetensors to assets/models/ and bring its card up to date"
