#!/usr/bin/env bash
# Builds with cargo and says what is being built. Sourced by run.sh.
# Usage: build_with_progress [any argument of `cargo build`]

# Seconds between two lines of progress.
progress_pause=${progress_pause:-15}

# On a terminal cargo's own bar says it. Elsewhere (CI, an IDE, a log) cargo draws a bar only if it is told to; it is told,
# and the bar becomes a line now and then. All else that cargo says passes as it is, and its exit status is kept.
build_with_progress() {
  if [ -t 2 ]; then
    cargo build "$@"
    return
  fi
  CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=100 cargo build "$@" 2>&1 | bars_to_lines >&2
  return "${PIPESTATUS[0]}"
}

# A bar ends with a carriage return, and the line that follows it stands behind the last of them: a line read here is
# one that cargo says, with the bars drawn since the one before. Its color codes and the one that clears a line stand
# around the words looked for.
bars_to_lines() {
  local line text bar next=0
  local of_build='Building.* ([0-9]+)/([0-9]+): (.*[^ ])'
  while IFS= read -r line || [ -n "$line" ]; do
    text=${line##*$'\r'}
    text=${text#$'\e[K'}
    if [ "$line" != "$text" ]; then
      bar=${line%$'\r'*}
      bar=${bar##*$'\r'}
      if [ "$SECONDS" -ge "$next" ] && [[ $bar =~ $of_build ]]; then
        echo "built ${BASH_REMATCH[1]} of ${BASH_REMATCH[2]}: ${BASH_REMATCH[3]}"
        next=$((SECONDS + progress_pause))
      fi
      [ -n "$text" ] || continue
    fi
    printf '%s\n' "$text"
  done
}
