# How a visit to a GPU machine records what it does: sourced by gpu-run.sh, whose variables it uses.
#
# A visit ends at any moment, and a part may hang in a driver. So every part writes its result into a file of its own
# under "$results" and, the moment it ends, one line into NAME.state: ok, failed (it ended with an error), limit (it
# was stopped after its own limit) or cut (the slice was over; the next slice begins it again). Only ok is done; failed
# and limit are not tried again unless RETRY=1 says so. What a part had printed until then stays as NAME.*.partial.

seconds_left() { echo $((deadline - SECONDS)); }

# Whether a part needs no further try.
is_settled() {
  local state
  state=$(cut -d ' ' -f 1 "$results/$1.state" 2>/dev/null) || return 1
  case $state in
    ok) return 0 ;;
    failed | limit) [ -z "${RETRY:-}" ] ;;
    *) return 1 ;;
  esac
}

is_done() { [ "$(cut -d ' ' -f 1 "$results/$1.state" 2>/dev/null)" = ok ]; }

# NAME STATE SECONDS WORDS
record() {
  printf '%s %s %s\n' "$2" "$3" "$4" >"$results/$1.state.new" && mv "$results/$1.state.new" "$results/$1.state"
  printf '== %s: %s after %s s %s\n' "$1" "$2" "$3" "$4"
}

# part NAME LIMIT_SECONDS ENDING COMMAND...: what the command prints is NAME.ENDING, what it says NAME.log.
part() {
  local name=$1 limit=$(($2 * ${TIME_PERCENT:-100} / 100)) ending=$3; shift 3
  local result=$results/$name.$ending log=$results/$name.log left watch="" code began=$SECONDS
  is_settled "$name" && return 0
  case " ${SKIP:-} " in *" $name "*) leave_out "$name" "SKIP names it"; return 0 ;; esac
  left=$(seconds_left)
  if [ "$left" -lt 10 ]; then is_pending=1; return 0; fi
  local is_cut=""
  [ "$limit" -le "$left" ] || { limit=$left; is_cut=1; }
  rm -f "$result" "$result.partial" "$results/$name.state"
  printf '$ %s\n' "$*" >"$log"
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=memory.used --format=csv,noheader,nounits -lms 250 >"$state/memory.now" 2>/dev/null &
    watch=$!
  fi
  timeout --kill-after=10 "$limit" "$@" >"$result.partial" 2>>"$log"
  code=$?
  if [ -n "$watch" ]; then
    kill "$watch" 2>/dev/null
    wait "$watch" 2>/dev/null
    echo "memory of the GPU at most: $(sort -n "$state/memory.now" | tail -n 1) MiB" >>"$log"
  fi
  if [ $code -eq 0 ] && [ "$ending" = json ] && ! python3 -m json.tool "$result.partial" >/dev/null 2>>"$log"; then
    code=65
  fi
  local took=$((SECONDS - began))
  case $code in
    0) mv "$result.partial" "$result"; record "$name" ok "$took" "" ;;
    124 | 137)
      if [ -n "$is_cut" ]; then
        is_pending=1
        record "$name" cut "$took" "the slice is over"
      else
        record "$name" limit "$took" "stopped at its limit of $limit s: not done"
      fi ;;
    *) record "$name" failed "$took" "exit status $code: $(tail -n 1 "$log" | cut -c 1-200)" ;;
  esac
  bring_results
}

# A part that cannot be tried, and why.
leave_out() {
  is_settled "$1" || { record "$1" failed 0 "left out: $2"; bring_results; }
}

# Short files first: what comes back must be read even when the rest is lost.
bring_results() {
  local file
  for file in "$results"/*.state; do
    [ -e "$file" ] || continue
    printf '%s: %s\n' "$(basename "$file" .state)" "$(cat "$file")"
  done >"$out/parts.txt.new" && mv "$out/parts.txt.new" "$out/parts.txt"
  python3 "$here/gpu-summary.py" "$results" >"$out/summary.md.new" 2>"$out/summary.err" &&
    mv "$out/summary.md.new" "$out/summary.md"
  [ -s "$out/summary.err" ] || rm -f "$out/summary.err"
  rm -f "$out/summary.md.new"
  tar -C "$state" -czf "$out/results.tar.gz.new" results && mv "$out/results.tar.gz.new" "$out/results.tar.gz"
}

# Eight files of 16 MiB come back from a visit.
MAX_FILES=8
MAX_FILE_MIB=16
check_out() {
  local count
  count=$(find "$out" -type f | wc -l)
  [ "$count" -le "$MAX_FILES" ] || echo "error: $count files in $out; $MAX_FILES come back" >&2
  find "$out" -type f -size +"$MAX_FILE_MIB"M -printf 'error: %p is too large to come back\n' >&2
}
