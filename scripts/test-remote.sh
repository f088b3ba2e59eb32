#!/bin/bash
# Measures a studio whose pictures another machine draws, on lines of known quality: two network namespaces of this
# machine, Debian's sshd in one of them, and a line between them with a delay, a rate and a loss. Then the cable is cut.
#   scripts/test-remote.sh [PROGRAM]         the program: target/release/retidiff unless said here
# Needs root, iproute2, openssh-server and python3. Where the kernel has no netem, scripts/delayed-line.py is the line.
# QUICK=1 takes fewer runs, JSON=FILE keeps the figures. Nothing leaves this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "${1:-$here/target/release/retidiff}")
for tool in ip tc ssh ssh-keygen python3 /usr/sbin/sshd "$program"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install iproute2 openssh-server openssh-client python3"; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "network namespaces are made by root: run it as root"; exit 1; }

dir=$(mktemp -d /tmp/retidiff-remote.XXXXXX)
studio=rd-studio-$$ server=rd-server-$$
# Addresses of RFC 5737 for documentation: no host has them, and they exist in these two namespaces only.
studio_address=192.0.2.1 server_address=192.0.2.2
sshd_pid="" line_pid=""
finish() {
    code=$?
    take_line_away
    [ -z "$sshd_pid" ] || kill "$sshd_pid" 2>/dev/null || true
    ip netns del "$studio" 2>/dev/null || true
    ip netns del "$server" 2>/dev/null || true
    if [ "$code" = 0 ] && [ -z "${KEEP:-}" ]; then rm -rf "$dir"; else echo "left: $dir"; fi
}
in_studio() { ip netns exec "$studio" "$@"; }
in_server() { ip netns exec "$server" "$@"; }

# --- the line -------------------------------------------------------------------------------------------------------
give_address() { # namespace, address
    ip netns exec "$1" ip address add "$2/24" dev line0
    ip netns exec "$1" ip link set dev line0 mtu 1500 up
}
lay_line() { # round trip in ms, Mbit/s (0: as quick as it goes), loss in per cent
    if [ "$line_kind" = netem ]; then
        ip link add line0 netns "$studio" type veth peer name line0 netns "$server"
        local rate=() half
        [ "$2" = 0 ] || rate=(rate "$2mbit")
        half=$(python3 -c "print(float('$1') / 2)")ms
        in_studio tc qdisc add dev line0 root netem delay "$half" "${rate[@]}" loss "$3%"
        in_server tc qdisc add dev line0 root netem delay "$half" "${rate[@]}" loss "$3%"
    else
        rm -f "$dir/line.log"
        "$here/scripts/delayed-line.py" "$studio" "$server" --round-trip-ms "$1" --mbit "$2" \
            --loss "$(python3 -c "print(float('$3') / 100)")" >"$dir/line.log" &
        line_pid=$!
        for _ in $(seq 50); do grep -qs there "$dir/line.log" && break; sleep 0.1; done
    fi
    give_address "$studio" "$studio_address"
    give_address "$server" "$server_address"
}
take_line_away() {
    if [ -n "$line_pid" ]; then
        kill "$line_pid" 2>/dev/null || true
        wait "$line_pid" 2>/dev/null || true
        line_pid=""
    else
        in_studio ip link del line0 2>/dev/null || true
    fi
}
trap finish EXIT
ip netns add "$studio"
ip netns add "$server"
in_studio ip link set dev lo up
in_server ip link set dev lo up
line_kind=netem
if ! in_studio tc qdisc add dev lo root netem delay 1ms 2>/dev/null; then
    line_kind=delayed-line.py
    echo "NOTE: this kernel has no netem; scripts/delayed-line.py delays and loses the packets instead"
    [ -c /dev/net/tun ] || { echo "and it has no /dev/net/tun, which that needs"; exit 1; }
else
    in_studio tc qdisc del dev lo root
fi

# --- the server -----------------------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N "" -f "$dir/key"
ssh-keygen -q -t ed25519 -N "" -f "$dir/host"
# The key may do this and nothing else, as a hospital would have it.
echo "restrict,command=\"$program serve --stdio --device ${DEVICE:-cpu} --folder $dir/serve\" $(cat "$dir/key.pub")" >"$dir/authorized"
cat >"$dir/sshd_config" <<CONF
ListenAddress $server_address:22022
HostKey $dir/host
AuthorizedKeysFile $dir/authorized
PidFile $dir/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
ClientAliveInterval 2
ClientAliveCountMax 3
CONF
mkdir -p /run/sshd
echo "[$server_address]:22022 $(cut -d' ' -f1-2 "$dir/host.pub")" >"$dir/known"
command="ssh -F none -i $dir/key -p 22022 -o BatchMode=yes -o UserKnownHostsFile=$dir/known -o ConnectTimeout=5 $server_address retidiff serve --stdio"
start_sshd() {
    ip netns exec "$server" /usr/sbin/sshd -D -e -f "$dir/sshd_config" 2>>"$dir/sshd.log" &
    sshd_pid=$!
    for _ in $(seq 50); do in_server ss -ltn 2>/dev/null | grep -q 22022 && return; sleep 0.1; done
    cat "$dir/sshd.log"
    exit 1
}

# --- the figures ----------------------------------------------------------------------------------------------------
quick=()
[ -z "${QUICK:-}" ] || quick=(--quick)
bench() { # name of the line; the remote command; more arguments
    local name=$1 command=$2
    shift 2
    in_studio env RETIDIFF_DATA="$dir/data" "$program" bench --remote "$command" --device cpu --json "${quick[@]}" "$@" >"$dir/figures.$name"
}
on_line() { # name; round trip; rate; loss; more arguments of bench
    local name=$1 trip=$2 rate=$3 loss=$4
    shift 4
    lay_line "$trip" "$rate" "$loss"
    start_sshd
    measured=$(in_studio python3 - "$server_address" <<'PING'
import socket, statistics, sys, time
times = []
for _ in range(15):
    began = time.perf_counter()
    with socket.create_connection((sys.argv[1], 22022), timeout=10):
        times.append((time.perf_counter() - began) * 1e3)
print(f"{statistics.median(times):.2f}")
PING
)
    echo "$name: laid for $trip ms, $rate Mbit/s, $loss % loss; a connection is made in $measured ms (median of 15)"
    echo "$measured" >"$dir/trip.$name"
    bench "$name" "$command" "$@"
    kill "$sshd_pid" && wait "$sshd_pid" 2>/dev/null || true
    sshd_pid=""
    take_line_away
}
bench pipes "$program serve --stdio --device ${DEVICE:-cpu} --folder $dir/serve"
on_line near 0.3 0 0
on_line far 20 50 1
cable="ip netns exec $server ip link set dev line0"
on_line cut 0.3 0 0 --cut "$cable down" --mend "$cable up"

python3 - "$dir" "${JSON:-}" <<'TABLE'
import json, os, sys
folder, keep = sys.argv[1:]
names = {"pipes": "a child process, no network", "near": "ssh, 0.3 ms", "far": "ssh, 20 ms, 50 Mbit/s, 1 % loss", "cut": "ssh, 0.3 ms (with the cut)"}
runs = {name: json.load(open(f"{folder}/figures.{name}")) for name in names}
first = runs["pipes"]
print(f"\ndraft of an edit at {first['width']} x {first['height']}, ms: median (99 %), {first['there']['runs']} runs")
print(f"{'':34} {'here':>18} {'there':>18} {'more':>8}")
# here and there in turns, and the middle of the differences: what else the machine does slows both
figure = lambda times: f"{times['median_ms']:.1f} ({times['p99_ms']:.1f})"
for name, run in runs.items():
    more = run["more_ms"]
    print(f"{names[name]:34} {figure(run['here']):>18} {figure(run['there']):>18} {more:>+8.1f}")
cut = runs["cut"]["cut"]
print(f"\nthe cable cut: a picture drawn here after {cut['picture_here_ms']:.0f} ms, {cut['edits']} edits and as many pictures;")
print(f"mended: the server draws again after {cut['back_ms']:.0f} ms, {'the same picture to the byte' if cut['is_same_picture'] else 'ANOTHER picture'}")
if keep:
    json.dump(runs, open(keep, "w"), indent=1)
here = runs["cut"]["here"]["median_ms"]
problems = []
if cut["picture_here_ms"] > 1000 + 3 * here:
    problems.append(f"the computer here did not draw within a second beside its own draft ({here:.0f} ms)")
if not cut["is_same_picture"]:
    problems.append("the server draws another picture after the cut")
sys.exit("FAILED: " + "; ".join(problems) if problems else 0)
TABLE
echo "all hold, $SECONDS s, over $line_kind"
