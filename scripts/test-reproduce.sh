#!/bin/bash
# Generates pairs with a style and vessels of their own each, accepts and exports them in every layout that keeps scans as
# PNG, and makes each exported scan again from what its file says: all must be equal to the byte.
#   scripts/test-reproduce.sh [PROGRAM] [PAIRS]        the program: target/release/retidiff; 50 pairs
# KEEP=1 leaves the folders.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "${1:-$here/target/release/retidiff}")
pairs=${2:-50}
[ -x "$program" ] || { echo "$program is no program: build it with scripts/run.sh, or name it"; exit 1; }
dir=$(mktemp -d /tmp/retidiff-reproduce.XXXXXX)
finish() {
    code=$?
    if [ "$code" = 0 ] && [ -z "${KEEP:-}" ]; then rm -rf "$dir"; else echo "left: $dir"; fi
}
trap finish EXIT

began=$SECONDS
"$program" generate local --pairs "$pairs" --size "${SIDE:-192x160}" --steps "${STEPS:-4}" --mask-steps 4 --looks drawn \
    --fluid-mm2 0.02..0.2 --seed 11 --device cpu --out "$dir/set" >/dev/null 2>"$dir/log" || { cat "$dir/log"; exit 1; }
echo "$pairs pairs generated in $((SECONDS - began)) s"
"$program" review decide "$dir/set" --accept all --reviewer anna >/dev/null
for layout in pairs nnunet mirage webdataset coco; do
    out=$dir/$layout
    "$program" review export "$dir/set" --layout $layout --out "$out" >/dev/null
    if [ $layout = webdataset ]; then
        for shard in "$out"/*.tar; do tar -C "$out" -xf "$shard"; done
    fi
    began=$SECONDS
    find "$out" -name 'pair-*.png' -not -path '*/sheet/*' -not -path '*/labels*' -not -path '*/semseg/*' \
        -not -name '*.mask.png' | sort >"$dir/scans"
    [ "$(wc -l <"$dir/scans")" = "$pairs" ] || { echo "FAILED: $layout holds $(wc -l <"$dir/scans") scans"; exit 1; }
    xargs "$program" reproduce <"$dir/scans" >"$dir/said" || { tail -n 3 "$dir/said"; echo "FAILED: $layout"; exit 1; }
    echo "$layout: $(tail -n 1 "$dir/said"), $((SECONDS - began)) s"
done
