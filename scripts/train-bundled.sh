#!/usr/bin/env bash
# Remakes a bundled model from the two public sets they are trained on.
# Usage: scripts/train-bundled.sh MODEL TIAN_FOLDER DUKE_FOLDER [RUN_FOLDER] [more arguments of `retidiff train`]
#
#   MODEL    image     live.safetensors, scans from masks
#            student   live-student.safetensors, taught by the bundled image model
#            masks     masks.safetensors, masks
# TIAN_FOLDER holds bscans/ and boundaries/ (Tian et al. 2015, CC BY 4.0); DUKE_FOLDER holds bscans/,
# labels_grader1/, index.csv and ignore_columns/ (Chiu et al. 2015, research use, not redistributed).
# Duke 7-8 and Tian 7 validate and never train; Duke 9-10 are the test set and must not be there.
# Stop it with Ctrl-C at any time: running it again goes on from the newest checkpoint.
set -euo pipefail
usage() { sed -n '3,7s/^# //p' "$0" >&2; exit 2; }
[ $# -ge 3 ] || usage
model=$1 tian=$2 duke=$3 run=${4:-.runs/bundled-$1}
shift $(($# < 4 ? $# : 4))
cd "$(dirname "$0")/.."
data=.runs/data models=assets/models
retidiff() { cargo run --release --locked --quiet -- "$@"; }

case $model in
  image) file=live how=(--preset live --steps 10000) figures=(fidelity --model "$run/model.safetensors") ;;
  student)
    file=live-student how=(--stage distill --from "$models/live.safetensors")
    figures=(steps --student "$run/model.safetensors") ;;
  masks) file=masks how=(--stage masks --preset live) figures=(masks --model "$run/model.safetensors") ;;
  *) usage ;;
esac

retidiff import "$tian" --out "$data"
retidiff import "$duke" --out "$data"
if [ -d "$run/checkpoints" ]; then
  retidiff train --data "$data" --run "$run" --resume
else
  retidiff train --data "$data" --run "$run" "${how[@]}" "$@"
fi
retidiff evaluate "${figures[@]}" --data "$data"
echo "copy $run/model.safetensors to $models/$file.safetensors and bring its card ($models/$file.md) up to date"
