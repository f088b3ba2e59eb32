#!/bin/bash
# Kills generation and review with SIGKILL at random moments and shows that nothing is lost and nothing is done twice.
#   scripts/test-kills.sh [PROGRAM] [KILLS] [SEED]     the program: target/release/retidiff; 50 kills of each kind; seed 1
# Generation: pairs into a folder, killed and resumed until it has been killed so often. After each kill: the lines of
# before are still the manifest's first, no line is torn, no pair stands twice, every line's files have the bytes that
# it names, and no file that was finished was written again. At the end the folder equals one that nobody killed.
# Review: every pair of that set is decided once by a script, through `review decide` and, where Xvfb and xdotool are
# installed, through the keys of the window. After each kill: the lines of before are still the log's first, and no pair
# was decided twice. At the end decisions and exports equal those of a review that nobody killed.
# KEEP=1 leaves the folders; WINDOW_OPENS_MS says how long a window is given until its set is open (4000).
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "${1:-$here/target/release/retidiff}")
kills=${2:-50}
RANDOM=${3:-1}
[ -x "$program" ] || { echo "$program is no program: build it with scripts/run.sh, or name it"; exit 1; }

dir=$(mktemp -d /tmp/retidiff-kills.XXXXXX)
export RETIDIFF_DATA=$dir/data
started=()
finish() {
    code=$?
    for process in "${started[@]}"; do kill -9 "$process" 2>/dev/null || true; done
    if [ "$code" = 0 ] && [ -z "${KEEP:-}" ]; then rm -rf "$dir"; else echo "left: $dir"; fi
}
trap finish EXIT
fail() { echo "FAILED: $*"; exit 1; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# Up to so many milliseconds, each as likely as the other.
some_ms() { echo $(((RANDOM * 32768 + RANDOM) % ($1 + 1))); }
pause_ms() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }
end_of() { wait "$1" 2>/dev/null || true; }

# --- generation ----------------------------------------------------------------------------------------------------
pairs=$((kills + 10))
arguments=(--pairs "$pairs" --size 64x48 --steps 1 --mask-steps 2 --seed 7 --looks drawn --fluid-mm2 0.01..0.1
    --device cpu --jobs 2)
# What is the same after any interruption; the rest tells of this machine and its runs.
same_files() { # folder, other folder
    diff -r --exclude=generation.lock --exclude=generation.log --exclude=generation.local.json \
        --exclude=generation.events.jsonl "$1" "$2"
}
# The bytes that lines name, and files that no line names yet set aside.
check_files() { # folder
    sed -n 's|.*"image":"\([^"]*\)","label":"\([^"]*\)".*"image_file_sha256":"\([0-9a-f]*\)","label_file_sha256":"\([0-9a-f]*\)".*|\3  \1\n\4  \2|p' \
        "$1/manifest.jsonl" >"$dir/sums"
    [ "$(wc -l <"$dir/sums")" = $((2 * $(wc -l <"$1/manifest.jsonl"))) ] || fail "a line of $1/manifest.jsonl names no hashes"
    # Killed before the first line.
    [ -s "$dir/sums" ] || return 0
    (cd "$1" && sha256sum --check --quiet --strict "$dir/sums") || fail "a file of $1 is not the one that its line names"
}
# Whole lines only: what a kill left torn is no line.
whole_lines() { # file
    if [ -s "$1" ] && [ -n "$(tail -c 1 "$1")" ]; then sed '$d' "$1"; else cat "$1"; fi
}

began=$(now_ms)
"$program" generate local "${arguments[@]}" --out "$dir/whole" >/dev/null 2>"$dir/whole.log" &
first=$!
started+=("$first")
until [ -s "$dir/whole/manifest.jsonl" ]; do
    kill -0 "$first" 2>/dev/null || fail "$(cat "$dir/whole.log")"
    sleep 0.02
done
to_first_pair=$(($(now_ms) - began))
wait "$first" || fail "$(cat "$dir/whole.log")"
undisturbed=$(($(now_ms) - began))
a_pair=$(((undisturbed - to_first_pair) / pairs + 1))
echo "generation: $pairs pairs without a kill in $((undisturbed / 1000)) s, the first after $to_first_pair ms, then $a_pair ms each"

killed=0 folders=0 torn=0 before_first=0
began=$(now_ms)
while [ "$killed" -lt "$kills" ]; do
    folders=$((folders + 1))
    out=$dir/killed-$folders
    : >"$dir/lines" && : >"$dir/inodes"
    while :; do
        "$program" generate local "${arguments[@]}" --out "$out" >/dev/null 2>"$dir/killed.log" &
        process=$!
        started=("$process")
        # From the very start to some pairs on: models are read, files written, lines appended at such moments.
        pause_ms "$(some_ms $((to_first_pair + 4 * a_pair)))"
        if ! kill -9 "$process" 2>/dev/null; then
            wait "$process" || fail "$(cat "$dir/killed.log")"
            break
        fi
        end_of "$process"
        killed=$((killed + 1))
        [ -e "$out/manifest.jsonl" ] || { before_first=$((before_first + 1)); [ "$killed" -lt "$kills" ] || break; continue; }
        whole_lines "$out/manifest.jsonl" >"$dir/lines.now"
        cmp -s "$out/manifest.jsonl" "$dir/lines.now" || torn=$((torn + 1))
        head -c "$(stat -c %s "$dir/lines")" "$dir/lines.now" | cmp -s - "$dir/lines" || fail "lines were lost after kill $killed"
        twice=$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$dir/lines.now" | sort | uniq -d)
        [ -z "$twice" ] || fail "made twice: $twice"
        (cd "$out" && sed 's/.*"image":"\([^"]*\)","label":"\([^"]*\)".*/\1\n\2/' "$dir/lines.now" |
            xargs -r stat -c '%n %i %Y') >"$dir/inodes.now"
        head -n "$(wc -l <"$dir/inodes")" "$dir/inodes.now" | cmp -s - "$dir/inodes" || fail "files of finished pairs were written again after kill $killed"
        mkdir -p "$dir/look" && cp "$dir/lines.now" "$dir/look/manifest.jsonl"
        ln -sfn "$out/images" "$dir/look/images" && ln -sfn "$out/labels" "$dir/look/labels"
        check_files "$dir/look"
        mv "$dir/lines.now" "$dir/lines" && mv "$dir/inodes.now" "$dir/inodes"
        [ "$killed" -lt "$kills" ] || break
    done
    "$program" generate local "${arguments[@]}" --out "$out" >/dev/null 2>"$dir/killed.log" || fail "$(cat "$dir/killed.log")"
    same_files "$dir/whole" "$out" || fail "$out is not what it is without kills"
done
echo "generation: killed $killed times ($before_first before a pair was there, $torn left a torn line), resumed in $folders" \
    "folder(s), $((($(now_ms) - began) / 1000)) s; $(find "$dir/whole/images" "$dir/whole/labels" -name '*.png' | wc -l) pictures," \
    "manifest and plan equal to the byte, nothing lost, nothing made twice"

# --- review --------------------------------------------------------------------------------------------------------
# A pair's decision, by its number: most are accepted, some rejected for a reason, some flagged. Two neighbours share it:
# one command decides both, in their order.
decision() {
    case $(($1 / 2 % 10)) in
        3) echo reject ;;
        7) echo flag ;;
        *) echo accept ;;
    esac
}
id() { printf 'pair-%07d' "$1"; }
set_for_review() { # folder
    mkdir "$1"
    cp "$dir/whole/manifest.jsonl" "$dir/whole/generation.json" "$1"
    cp -r "$dir/whole/images" "$dir/whole/labels" "$1"
}
# Decisions without their time; what a kill left torn is no decision.
said() { # folder
    grep -a '^{.*}$' "$1/decisions.jsonl" | sed 's/"when":"[^"]*",//' || true
}
decide() { # folder, first pair, pairs
    local words=() number
    for number in $(seq "$2" $(($2 + $3 - 1))); do words+=("--$(decision "$number")" "$(id "$number")"); done
    exec "$program" review decide "$1" "${words[@]}" --reviewer anna --reason "script"
}
check_log() { # folder: the lines of before are the first of those of now, and no pair was decided twice
    [ -e "$1/decisions.jsonl" ] || return 0
    head -c "$(stat -c %s "$dir/log")" "$1/decisions.jsonl" | cmp -s - "$dir/log" || fail "decisions were lost after kill $killed"
    whole_lines "$1/decisions.jsonl" >"$dir/log"
    cmp -s "$1/decisions.jsonl" "$dir/log" || { torn=$((torn + 1)); }
    local twice
    twice=$(said "$1" | sed 's/.*"pair":"\([^"]*\)".*/\1/' | sort | uniq -d)
    [ -z "$twice" ] || fail "decided twice: $twice"
}
export_all() { # folder
    for layout in pairs nnunet webdataset; do
        "$program" review export "$1" --layout $layout --out "$1-$layout" >/dev/null
    done
}
compare() { # folder, folder of a review without kills
    [ "$(said "$1")" = "$(said "$2")" ] || fail "the decisions of $1 differ from those without kills"
    export_all "$1"
    for layout in pairs nnunet webdataset; do
        diff -r "$2-$layout" "$1-$layout" || fail "the $layout export of $1 differs"
    done
}

set_for_review "$dir/reviewed"
began=$(now_ms)
for first in $(seq 0 2 $((pairs - 1))); do
    (decide "$dir/reviewed" "$first" $((first + 2 <= pairs ? 2 : 1))) >/dev/null
done
a_decision=$((($(now_ms) - began) / ((pairs + 1) / 2)))
export_all "$dir/reviewed"

review_commands() { # kills
    set_for_review "$dir/commands"
    : >"$dir/log"
    killed=0 torn=0 early=0
    local number=0 count
    began=$(now_ms)
    while [ "$number" -lt "$pairs" ]; do
        count=$((2 - number % 2))
        [ $((number + count)) -le "$pairs" ] || count=$((pairs - number))
        decide "$dir/commands" "$number" "$count" >/dev/null 2>"$dir/commands.log" &
        process=$!
        started=("$process")
        if [ "$killed" -lt "$1" ]; then
            pause_ms "$(some_ms $((a_decision * 13 / 10)))"
            if kill -9 "$process" 2>/dev/null; then killed=$((killed + 1)); fi
            end_of "$process"
        else
            wait "$process" || fail "$(cat "$dir/commands.log")"
        fi
        check_log "$dir/commands"
        local done_now=0
        [ ! -e "$dir/commands/decisions.jsonl" ] || done_now=$(said "$dir/commands" | wc -l)
        # Two decisions of one command: both, one (the kill came between two pages of the disk), or none.
        [ "$done_now" -ge "$number" ] || fail "decisions were lost after kill $killed"
        [ "$done_now" -gt "$number" ] || early=$((early + 1))
        number=$done_now
    done
    compare "$dir/commands" "$dir/reviewed"
    echo "review, command line: killed $killed times ($early before the decision stood, $torn left a torn line)," \
        "$((($(now_ms) - began) / 1000)) s; $pairs decisions and three exports equal to those without kills"
}

key_of() {
    case $(decision "$1") in
        accept) echo f ;;
        reject) echo 9 ;;
        flag) echo s ;;
    esac
}
# One window on a display without a screen: opened, keys pressed, killed. It shows pairs in an order of its own, the same
# every time: a key decides about the next undecided one.
review_window() { # folder, kills
    set_for_review "$1"
    mkdir -p "$RETIDIFF_DATA"
    echo '{"format":"retidiff-settings","version":1,"reviewer":"anna"}' >"$RETIDIFF_DATA/settings.json"
    local number=0 idle=0
    keys=0
    Xvfb -displayfd 1 -screen 0 1480x920x24 >"$dir/display" 2>/dev/null &
    local server=$!
    started=("$server")
    until [ -s "$dir/display" ]; do kill -0 "$server" || fail "Xvfb does not come up"; sleep 0.1; done
    DISPLAY=:$(cat "$dir/display")
    export DISPLAY
    : >"$dir/log"
    killed=0 torn=0
    began=$(now_ms)
    while [ "$number" -lt "$pairs" ]; do
        env -u WAYLAND_DISPLAY "$program" --review "$1" >"$dir/window.log" 2>&1 &
        process=$!
        started=("$server" "$process")
        local window="" until=$((SECONDS + 60))
        until window=$(xdotool search --onlyvisible --pid "$process" 2>/dev/null | head -n 1) && [ -n "$window" ]; do
            kill -0 "$process" 2>/dev/null || fail "the window does not open: $(cat "$dir/window.log")"
            [ $SECONDS -lt $until ] || fail "the window does not open in a minute"
            sleep 0.05
        done
        xdotool windowfocus --sync "$window" || true
        # The set is open when a key does something: Home and Tab lead to the first undecided pair.
        local opened=$number
        pause_ms "${WINDOW_OPENS_MS:-4000}"
        xdotool key --delay 30 Home
        [ "$number" = 0 ] || xdotool key --delay 30 Tab
        local last=$pairs
        [ "$killed" -ge "$2" ] || last=$((number + 1 + RANDOM % (2 * (pairs / $2 + 1))))
        while [ "$number" -lt "$last" ] && [ "$number" -lt "$pairs" ]; do
            xdotool key "$(key_of "$number")"
            keys=$((keys + 1))
            number=$((number + 1))
        done
        if [ "$killed" -lt "$2" ]; then
            # Around the moment at which the last keys are written.
            pause_ms "$(some_ms 60)"
            kill -9 "$process"
            end_of "$process"
            killed=$((killed + 1))
        else
            sleep 2
            kill -9 "$process"
            end_of "$process"
        fi
        check_log "$1"
        number=0
        [ ! -e "$1/decisions.jsonl" ] || number=$(said "$1" | wc -l)
        [ "$number" -ge "$opened" ] || fail "decisions were lost after kill $killed"
        if [ "$number" = "$opened" ]; then
            idle=$((idle + 1))
            [ "$idle" -lt 5 ] || fail "keys do nothing, five times in a row: $(cat "$dir/window.log")"
        else
            idle=0
        fi
    done
    kill "$server" && end_of "$server"
}
review_windows() { # kills
    review_window "$dir/window-whole" 0
    export_all "$dir/window-whole"
    review_window "$dir/window" "$1"
    compare "$dir/window" "$dir/window-whole"
    echo "review, window: killed $killed times ($torn left a torn line), $keys keys," \
        "$((($(now_ms) - began) / 1000)) s; $pairs decisions and three exports equal to those without kills"
}

if command -v Xvfb >/dev/null && command -v xdotool >/dev/null; then
    review_commands $((kills - kills / 2))
    review_windows $((kills / 2))
else
    echo "review: Xvfb and xdotool are not installed, so the window is left out"
    review_commands "$kills"
fi
echo "all equal"
