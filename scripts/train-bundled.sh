#!/usr/bin/env bash
# Remakes a bundled model from the two public sets they are trained on.
# Usage: scripts/train-bundled.sh MODEL TIAN_FOLDER DUKE_FOLDER [RUN_FOLDER] [more arguments of `retidiff train`]
#
#   MODEL    image     live.safetensors, scans from masks: pretrained on all scans of training subjects without
#                      their masks (RUN_FOLDER-pretrain), then fine-tuned on the labelled ones
#            student   live-student.safetensors, taught by the bundled image model with the masks of all scans of
#                      training subjects; the auto-trace labels those that nobody annotated
#            masks     masks.safetensors, masks
#            segmenter segmenter.safetensors, which labels scans
#            teacher   a slower image model, told of style and vessel shadows, which students are to learn from: as
#                      `image`, from fresh weights, at a constant rate, so that its average is worth something at any time
# TIAN_FOLDER holds bscans/ and boundaries/ (Tian et al. 2015, CC BY 4.0); DUKE_FOLDER holds bscans/,
# labels_grader1/, index.csv and ignore_columns/ (Chiu et al. 2015, research use, not redistributed).
# Duke 7-8 and Tian 7 validate and never train; Duke 9-10 are the test set and must not be there.
# Stop it with Ctrl-C at any time: running it again goes on from the newest checkpoint.
#
# Environment: STEPS           of the model itself [image 10500, student 900, masks 3000, segmenter 4000, teacher 60000]
#              PRETRAIN_STEPS  of stage 1 [1400, teacher 3000]
#              START           a model that stage 1 (or the mask model) begins with [fresh weights]; the bundled
#                              ones began with those bundled before, as their cards say
#              STUDENT         a student of an earlier image model, whose weights a new student begins with
#              RETIDIFF        the program [cargo run --release]
set -euo pipefail
usage() { sed -n '3,14s/^# //p' "$0" >&2; exit 2; }
[ $# -ge 3 ] || usage
model=$1 tian=$2 duke=$3 run=${4:-.runs/bundled-$1}
shift $(($# < 4 ? $# : 4))
cd "$(dirname "$0")/.."
data=.runs/data scans=.runs/scans traced=.runs/traced models=assets/models
start=(${START:+--from "$START"})

retidiff() {
  if [ -n "${RETIDIFF:-}" ]; then "$RETIDIFF" "$@"; else cargo run --release --locked --quiet -- "$@"; fi
}
is_finished() { grep -qs '"event":"finished"' "$1/events.jsonl"; }

# Trains a run to its end: a new one with the arguments, one that was stopped from its checkpoint.
train() {
  local run=$1 data=$2
  shift 2
  is_finished "$run" && return
  local how=("$@")
  [ ! -d "$run/checkpoints" ] || how=(--resume)
  retidiff train --data "$data" --run "$run" "${how[@]}"
  is_finished "$run" || { echo "$run was stopped; run the same command again to go on"; exit 130; }
}

retidiff import "$tian" "$duke" --out "$data"
case $model in
  image)
    file=live figures=(fidelity --model "$run/model.safetensors")
    retidiff import "$tian" "$duke" --out "$scans" --unlabelled
    # The network that image-model.json names.
    train "$run-pretrain" "$scans" --stage pretrain --preset teacher --set 'network.widths=[16,32,64,128]' \
      --steps "${PRETRAIN_STEPS:-1400}" --learning-rate 1e-3 "${start[@]}"
    train "$run" "$data" --config scripts/image-model.json --from "$run-pretrain/model.safetensors" \
      --steps "${STEPS:-10500}" "$@"
    ;;
  teacher)
    file=teacher figures=(fidelity --model "$run/model.safetensors")
    teacher=(--preset teacher --validate-every 500)
    retidiff import "$tian" "$duke" --out "$scans" --unlabelled
    train "$run-pretrain" "$scans" --stage pretrain --steps "${PRETRAIN_STEPS:-3000}" "${teacher[@]}"
    train "$run" "$data" --stage finetune --from "$run-pretrain/model.safetensors" --steps "${STEPS:-60000}" \
      "${teacher[@]}" "$@"
    ;;
  student)
    file=live-student figures=(steps --student "$run/model.safetensors")
    retidiff import "$tian" "$duke" --out "$traced" --unlabelled --pseudo-label
    train "$run" "$traced" --stage distill --from "$models/live.safetensors" --steps "${STEPS:-900}" \
      ${STUDENT:+--student "$STUDENT"} --set pseudo_labelled=true --set lesion_edges=true \
      --set augmentation.lesion_probability=0.5 --set augmentation.paste.probability=0.4 "$@"
    ;;
  masks)
    file=masks figures=(masks --model "$run/model.safetensors")
    train "$run" "$data" --stage masks --preset teacher --steps "${STEPS:-3000}" "${start[@]}" "$@"
    ;;
  segmenter)
    train "$run" "$data" --stage segment --network small --steps "${STEPS:-4000}" "$@"
    echo "copy $run/model.safetensors to $models/segmenter.safetensors and bring its card up to date"
    exit
    ;;
  *) usage ;;
esac
retidiff evaluate "${figures[@]}" --data "$data"
echo "copy $run/model.safetensors to $models/$file.safetensors and bring its card ($models/$file.md) up to date"
