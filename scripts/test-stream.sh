#!/usr/bin/env bash
# Shows that stage 1 streams: a made tree of as many files as OCT2017 has, laid out as it is, must take its first step
# within 60 s and under 1 GiB.
# Usage: scripts/test-stream.sh JPEG [FOLDER]
#
#   JPEG    any B-scan as JPEG, which all files are copies of (as links, so that they take no room)
#   FOLDER  where the tree and the run go [a temporary folder, removed at the end]
# RETIDIFF names the program [target/release/retidiff].
set -euo pipefail
[ $# -ge 1 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
jpeg=$1
root=$(cd "$(dirname "$0")/.." && pwd)
program=${RETIDIFF:-$root/target/release/retidiff}
if [ $# -ge 2 ]; then
  folder=$2
  mkdir -p "$folder"
else
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
fi
tree=$folder/OCT2017
if [ ! -d "$tree" ]; then
  python3 - "$jpeg" "$tree" <<'PYTHON'
import os, shutil, sys

jpeg, tree = sys.argv[1:]
kinds = {"CNV": 37205, "DME": 11348, "DRUSEN": 8616, "NORMAL": 26315}
number = 0
for part, counts in [("train", kinds), ("test", dict.fromkeys(kinds, 250))]:
    for kind, count in counts.items():
        folder = os.path.join(tree, part, kind)
        os.makedirs(folder, exist_ok=True)
        for index in range(count):
            # A file system has a limit of links to one file.
            if number % 20000 == 0:
                original = os.path.join(tree, f"original-{number}.bin")
                shutil.copyfile(jpeg, original)
            patient = f"{kind}-{100000 + number // 8}-{index % 8 + 1}"
            os.link(original, os.path.join(folder, f"{patient}.jpeg"))
            number += 1
print(number, "files")
PYTHON
fi
rm -rf "$folder/run"
begun=$(date +%s.%N)
/usr/bin/time -f '%M' -o "$folder/peak" "$program" train --stage pretrain --data "$tree" --run "$folder/run" --steps 1 \
  >"$folder/log" 2>&1 || { tail "$folder/log" >&2; exit 1; }
took=$(echo "$(date +%s.%N) - $begun" | bc)
peak=$(($(tail -1 "$folder/peak") / 1024))
echo "a run of one step over $(find "$tree" -name '*.jpeg' | wc -l) files: $took s in all, $peak MiB at the peak"
[ "$(echo "$took < 60" | bc)" = 1 ] && [ "$peak" -lt 1024 ]
