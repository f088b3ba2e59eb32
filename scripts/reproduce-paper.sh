#!/bin/sh
# Tables 1 and 2 of the paper from the public files of Duke DME (Subject_01.mat .. Subject_10.mat):
#
#     scripts/reproduce-paper.sh DUKE_FOLDER OUT [--budget tiny|small|paper] [--oct2017 FOLDER] [--seeds N]
#                                [--steps N] [--pictures N] [--subjects NAMES] [--networks NAMES] [--arms ARMS]
#                                [--inception FILE] [--effnet FILE] [--lpips FILE] [--device auto|gpu|cpu]
#
# Stopped, it goes on where it was when it is called again; on other machines with the same OUT it shares the work.
# RETIDIFF names the program [target/release/retidiff, which is built if it is not there].
set -eu

usage() {
    sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

[ $# -ge 2 ] || usage
duke=$1
out=$2
shift 2
subjects=duke-9,duke-10
device=auto
oct2017=
plan=
inception=
effnet=
lpips=
while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || usage
    case $1 in
    --budget | --seeds | --steps | --pictures | --networks | --arms) plan="$plan $1 $2" ;;
    --oct2017) oct2017=$2 ;;
    --inception) inception=$2 ;;
    --effnet) effnet=$2 ;;
    --lpips) lpips=$2 ;;
    --subjects) subjects=$2 ;;
    --device) device=$2 ;;
    *) usage ;;
    esac
    shift 2
done

root=$(cd "$(dirname "$0")/.." && pwd)
program=${RETIDIFF:-$root/target/release/retidiff}
if [ ! -x "$program" ]; then
    (cd "$root" && cargo build --release --locked)
fi
if [ ! -d "$duke" ]; then
    echo "$duke: no such folder; name the one with Subject_01.mat .. Subject_10.mat" >&2
    exit 65
fi
for file in "$inception" "$effnet" "$lpips"; do
    [ -z "$file" ] || [ -f "$file" ] || { echo "$file: no such file of weights" >&2; exit 65; }
done

# Stage 1 learns from scans without labels too. --strict ends here when a scan cannot be read: the tables would be called
# the paper's and be of fewer eyes.
"$program" import "$duke" --out "$out/data" --unlabelled --strict

set -- --data "$out/data"
if [ -n "$oct2017" ]; then
    set -- "$@" --pretrain-data "$oct2017"
fi
# A plan that is there stays if it is the same; other settings are another plan. No value in $plan has a space.
"$program" experiment plan --table 1 --table 2 --subjects "$subjects" $plan --out "$out/experiment" "$@" || {
    echo "$out: nothing was run; where other settings began it, give those again, or take another OUT" >&2
    exit 65
}
# 75 says that it is worth another try: others work on what is left, or it was stopped.
"$program" experiment run --plan "$out/experiment/plan.json" --device "$device" "$@"
"$program" experiment report --plan "$out/experiment/plan.json" --data "$out/data" --device "$device" \
    ${inception:+--inception "$inception"} ${effnet:+--effnet "$effnet"} ${lpips:+--lpips "$lpips"}
echo "report: $out/experiment/report.html" >&2
