#!/bin/bash
# Tries bulk generation with a real Slurm: munge, one controller and two nodes, all on this machine and in a folder of
# its own. Needs root and the packages slurmctld, slurmd, slurm-client and munge.
#   scripts/test-cluster.sh [PROGRAM]        the program: target/release/retidiff unless said here
# Five things are shown: all shards equal `generate local` byte for byte; a shard that fails once is tried again; a
# node that is killed gives its shard to the other; two workers on one shard are harmless; SIGTERM leaves no mark.
# Then the same for the runs of an experiment, for two devices of one machine, and, where Snakemake is there, for its
# workflows. A program with object storage (`--features cloud`) shows two more with an S3 server on loopback, moto of PyPI,
# which is a server for tests: all shards over S3, and two workers on one of them. JSON=FILE keeps the figures.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
RETIDIFF=$(realpath "${1:-$here/target/release/retidiff}")
export RETIDIFF
for tool in munged slurmctld slurmd sbatch scontrol "$RETIDIFF"; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install slurmctld slurmd slurm-client munge"; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "the nodes of the test start their tasks as root: run it as root"; exit 1; }

dir=$(mktemp -d /tmp/retidiff-cluster.XXXXXX)
started=()
finish() {
    code=$?
    for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done
    sleep 1
    for process in "${started[@]}"; do kill -9 "$process" 2>/dev/null || true; done
    if [ "$code" = 0 ] && [ -z "${KEEP:-}" ]; then rm -rf "$dir"; else echo "left: $dir"; fi
}
trap finish EXIT

pairs=${PAIRS:-48} per_shard=${PER_SHARD:-4} side=${SIDE:-256x192} steps=${STEPS:-4}
shards=$(((pairs + per_shard - 1) / per_shard))
arguments=(--pairs "$pairs" --per-shard "$per_shard" --size "$side" --steps "$steps" --mask-steps 4 --seed 5)
export RAYON_NUM_THREADS=1

# --- the cluster ----------------------------------------------------------------------------------------------------
export SLURM_CONF=$dir/slurm.conf
mkdir -p "$dir"/{munge,state,spool-n1,spool-n2}
chmod 755 "$dir"
chmod 711 "$dir/munge"
dd if=/dev/urandom of="$dir/munge/key" bs=1024 count=1 status=none
chmod 400 "$dir/munge/key"
munged --force --socket="$dir/munge/socket" --key-file="$dir/munge/key" --pid-file="$dir/munge/pid" \
    --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
started+=("$(cat "$dir/munge/pid")")
cat >"$SLURM_CONF" <<CONF
ClusterName=retidiff
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=16817
SlurmctldParameters=enable_configless
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CredType=cred/munge
SlurmUser=root
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdTimeout=10
KillWait=5
MaxArraySize=100001
ReturnToService=2
SchedulerParameters=sched_interval=2,bf_interval=2
NodeName=n[1-2] NodeHostname=$(hostname -s) NodeAddr=127.0.0.1 Port=[16821-16822] CPUs=1 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
slurmctld -D >"$dir/slurmctld.out" 2>&1 &
started+=($!)
node() {
    slurmd -D -N "$1" >"$dir/slurmd-$1.out" 2>&1 &
    started+=($!)
    node_process=$!
}
node n1
first_node=$node_process
node n2
for _ in $(seq 60); do
    [ "$(sinfo -h -t idle -o %D 2>/dev/null || true)" = 2 ] && break
    sleep 1
done
[ "$(sinfo -h -t idle -o %D)" = 2 ] || { echo "the nodes do not come up"; cat "$dir"/slurm*.log; exit 1; }
echo "Slurm $(sinfo --version | cut -d' ' -f2), 2 nodes on loopback, up after $SECONDS s"

figures=""
figure() { # name; value
    figures="$figures${figures:+, }\"$1\": $2"
    [ -z "${JSON:-}" ] || echo "{$figures}" >"$JSON"
}
submit() { # sbatch's arguments -> number of the job
    sbatch --parsable --chdir="$dir" --output="$dir/task-%A_%a.log" --export=ALL "$@"
}
wait_for() { # number of a job; seconds
    local until=$((SECONDS + $2))
    # Twice, for a task that is put back is nowhere for a moment.
    while [ -n "$(squeue -h -j "$1" 2>/dev/null)" ] || { sleep 1; [ -n "$(squeue -h -j "$1" 2>/dev/null)" ]; }; do
        [ $SECONDS -lt $until ] || { squeue; tail -n 20 "$dir"/task-*.log "$dir/slurmctld.log"; return 1; }
        # A task that was put back waits for a time of its own; a test does not.
        scontrol update jobid="$1" starttime=now >/dev/null 2>&1 || true
        sleep 0.5
    done
}
plan() { "$RETIDIFF" generate plan "${arguments[@]}" --out "$1" >/dev/null; }
missing() { "$RETIDIFF" generate status --plan "$1/plan.json" --missing; }
# What `local` notes of its machine is no part of the data set.
of_the_machine=(-x generation.events.jsonl -x generation.local.json -x generation.log)
same() { # folder of pairs
    diff -r "${of_the_machine[@]}" "$dir/local" "$1" || { echo "FAILED: $1 differs from generate local"; exit 1; }
}
same_as_local() {
    "$RETIDIFF" generate merge --plan "$1/plan.json" --unpack "$1/data" >/dev/null
    same "$1/data"
}

# --- the reference --------------------------------------------------------------------------------------------------
began=$SECONDS
"$RETIDIFF" generate local "${arguments[@]}" --out "$dir/local" --device cpu >/dev/null 2>"$dir/local.log"
local_secs=$((SECONDS - began))
figure local_secs $local_secs
echo "0. generate local: $pairs pairs in $local_secs s"

# --- 1: all shards, through the script that people use --------------------------------------------------------------
plan "$dir/one"
began=$SECONDS
job=$(submit --array="$(missing "$dir/one")" "$here/scripts/cluster/slurm.sh" "$dir/one/plan.json" --device cpu)
wait_for "$job" 600
[ -z "$(missing "$dir/one")" ]
taken=$((SECONDS - began))
same_as_local "$dir/one"
figure slurm_secs $taken
echo "1. $shards shards on 2 nodes in $taken s; merged: $(find "$dir/one/data" -type f | wc -l) files, equal to generate local byte for byte"

# --- 2: a shard that fails once -------------------------------------------------------------------------------------
plan "$dir/two"
cat >"$dir/fails-once" <<'FAIL'
#!/bin/bash
# The program, but shard 3 fails once in a way that may pass.
if [ "$SLURM_ARRAY_TASK_ID" = 3 ] && [ ! -e "$FAILED_ONCE" ]; then
    touch "$FAILED_ONCE"
    exit 75
fi
exec "$REAL" "$@"
FAIL
chmod +x "$dir/fails-once"
job=$(REAL=$RETIDIFF FAILED_ONCE=$dir/failed-once RETIDIFF=$dir/fails-once submit --array=0-4 \
    "$here/scripts/cluster/slurm.sh" "$dir/two/plan.json" --device cpu)
wait_for "$job" 300
[ -e "$dir/failed-once" ]
[ -e "$dir/two/pairs-000003.done" ]
cmp "$dir/one/pairs-000003.tar" "$dir/two/pairs-000003.tar"
echo "2. shard 3 failed once with exit code 75, was put back and made: equal bytes"

# --- 3: a node killed under work ------------------------------------------------------------------------------------
plan "$dir/three"
cat >"$dir/slow" <<'SLOW'
#!/bin/bash
# The program, but on the first node it dawdles, so that the node can be killed under it.
echo "$SLURM_ARRAY_TASK_ID $SLURMD_NODENAME" >>"$STARTS"
if [ "$SLURMD_NODENAME" = n1 ]; then sleep 30; fi
exec "$REAL" "$@"
SLOW
chmod +x "$dir/slow"
job=$(REAL=$RETIDIFF STARTS=$dir/starts RETIDIFF=$dir/slow submit --array=0-3 \
    "$here/scripts/cluster/slurm.sh" "$dir/three/plan.json" --device cpu)
for _ in $(seq 60); do
    lost=$(awk '$2 == "n1" {print $1; exit}' "$dir/starts" 2>/dev/null || true)
    [ -n "$lost" ] && break
    sleep 0.5
done
[ -n "$lost" ] || { echo "FAILED: the first node got no task"; exit 1; }
began=$SECONDS
# The node and all that runs on it, as when its power goes: the daemon first, so that it can report nothing.
{ kill -9 "$first_node" && wait "$first_node"; } 2>/dev/null || true
scripts=$(pgrep -f "$dir/spool-n1/.*/slurm_script" || true)
for script in $scripts; do kill -9 "$(ps -o ppid= -p "$script" | tr -d ' ')" 2>/dev/null || true; done
for task in $scripts $(pgrep -f "$dir/slow" || true); do
    if tr '\0' '\n' <"/proc/$task/environ" 2>/dev/null | grep -qx "SLURMD_NODENAME=n1"; then
        kill -9 "$task" 2>/dev/null || true
    fi
done
wait_for "$job" 300
rest=$( ((shards > 4)) && echo 4 || true)
[ "$(missing "$dir/three" | cut -d- -f1 | cut -d, -f1)" = "$rest" ] || { echo "FAILED: missing $(missing "$dir/three")"; exit 1; }
for shard in 0 1 2 3; do cmp "$dir/one/pairs-00000$shard.tar" "$dir/three/pairs-00000$shard.tar"; done
where=$(awk -v shard="$lost" '$1 == shard {node = $2} END {print node}' "$dir/starts")
[ "$where" = n2 ]
figure killed_node_secs $((SECONDS - began))
echo "3. node n1 was killed under shard $lost; $((SECONDS - began)) s later n2 had made it: equal bytes"
node n1
for _ in $(seq 60); do
    [ "$(sinfo -h -t idle -o %D)" = 2 ] && break
    scontrol update nodename=n1 state=resume >/dev/null 2>&1 || true
    sleep 1
done

# --- 4: two workers on one shard ------------------------------------------------------------------------------------
plan "$dir/four"
first=$(submit --array=2 "$here/scripts/cluster/slurm.sh" "$dir/four/plan.json" --device cpu)
second=$(submit --array=2 "$here/scripts/cluster/slurm.sh" "$dir/four/plan.json" --device cpu)
wait_for "$first" 300
wait_for "$second" 300
cmp "$dir/one/pairs-000002.tar" "$dir/four/pairs-000002.tar"
[ "$(find "$dir/four" -name '*.done' | wc -l)" = 1 ]
said=$(cat "$dir/task-${first}_2.log" "$dir/task-${second}_2.log" | grep '^shard' | sort | tr '\n' ';')
echo "4. two workers on shard 2 at once ($said): one mark, equal bytes"

# --- 5: SIGTERM at the time limit -----------------------------------------------------------------------------------
"$RETIDIFF" generate plan --pairs 4000 --per-shard 4000 --size "$side" --steps "$steps" --mask-steps 4 --out "$dir/five" >/dev/null
job=$(RETIDIFF_RETRIES=0 submit --array=0 "$here/scripts/cluster/slurm.sh" "$dir/five/plan.json" --device cpu)
for _ in $(seq 60); do
    pid=$(pgrep -f "generate shard --plan $dir/five" | tail -n 1 || true)
    [ -n "$pid" ] && break
    sleep 0.5
done
sleep 3
began=$(date +%s%N)
# As Slurm signals the batch shell before the time limit.
scancel --batch --signal=TERM "${job}_0"
wait_for "$job" 120
taken=$((($(date +%s%N) - began) / 1000000))
[ -z "$(find "$dir/five" -name '*.done' -o -name '*.tar')" ] || { echo "FAILED: something was left"; exit 1; }
code=$(scontrol show job "${job}_0" | grep -o 'ExitCode=[0-9]*:[0-9]*')
[ "$code" = "ExitCode=75:0" ] || { echo "FAILED: $code"; cat "$dir/task-${job}_0.log"; exit 1; }
figure sigterm_ms $taken
echo "5. SIGTERM under a shard of 4000 pairs: ended after $taken ms with exit code 75, no mark and no archive left"

# --- 6: an experiment, whose runs need each other -------------------------------------------------------------------
mkdir "$dir/published"
for number in 01 02 07 09; do cp "$here/tests/fixtures/clinical/Subject_03.mat" "$dir/published/Subject_$number.mat"; done
"$RETIDIFF" import "$dir/published" --out "$dir/eyes" >/dev/null 2>&1
for folder in alone shared; do
    "$RETIDIFF" experiment plan --table 2 --budget tiny --subjects duke-9 --data "$dir/eyes" --out "$dir/$folder" >/dev/null
done
"$RETIDIFF" experiment run --plan "$dir/alone/plan.json" --data "$dir/eyes" --device cpu >/dev/null 2>"$dir/alone.log"
began=$SECONDS
job=$(submit --array=1-2 --cpus-per-task=1 "$here/scripts/cluster/experiment-slurm.sh" "$dir/shared/plan.json" --data "$dir/eyes" --device cpu)
wait_for "$job" 600
[ -z "$("$RETIDIFF" experiment report --plan "$dir/shared/plan.json" --missing)" ]
runs=$(find "$dir/shared/runs" -name '*.done' | wc -l)
for file in "$dir"/alone/runs/*/figures.json; do cmp "$file" "$dir/shared/${file#"$dir/alone/"}"; done
by_both=$(grep -l ': done$' "$dir"/task-"${job}"_*.log | wc -l)
figure experiment_secs $((SECONDS - began))
echo "6. an experiment of $runs runs on $by_both nodes in $((SECONDS - began)) s: every figure is that of one worker alone"

# --- 7: two devices of one machine ----------------------------------------------------------------------------------
plan "$dir/seven"
DEVICES="--device cpu;--device cpu" "$here/scripts/cluster/devices.sh" generate "$dir/seven/plan.json" >/dev/null 2>&1
[ -z "$(missing "$dir/seven")" ]
same_as_local "$dir/seven"
echo "7. two workers of one machine (the CPU named twice), each its part of $shards shards: equal to generate local"
if command -v snakemake >/dev/null; then
    plan "$dir/snake"
    (cd "$dir" && snakemake -s "$here/scripts/cluster/Snakefile" --config plan=snake/plan.json "retidiff=$RETIDIFF" \
        "arguments=--device cpu" out=snake/data --cores 2 --quiet >"$dir/snakemake.log" 2>&1) || { cat "$dir/snakemake.log"; exit 1; }
    same "$dir/snake/data"
    "$RETIDIFF" experiment plan --table 2 --budget tiny --subjects duke-9 --data "$dir/eyes" --out "$dir/snaked" >/dev/null
    (cd "$dir" && snakemake -s "$here/scripts/cluster/Snakefile-experiment" --config plan=snaked/plan.json data=eyes \
        "retidiff=$RETIDIFF" "arguments=--device cpu" --cores 2 --quiet >>"$dir/snakemake.log" 2>&1) || { cat "$dir/snakemake.log"; exit 1; }
    for file in "$dir"/alone/runs/*/figures.json; do cmp "$file" "$dir/snaked/${file#"$dir/alone/"}"; done
    echo "   Snakemake: shards and runs, with the same bytes"
else
    echo "   Snakemake is not there: its workflows were not tried (pip install snakemake)"
fi

# --- 8 and 9: an object storage ---------------------------------------------------------------------------------------
said=$("$RETIDIFF" generate status --plan s3://none/plan.json 2>&1 || true)
if [[ $said == *"was built without"* ]]; then
    echo "8. and 9. skipped: this program was built without object storage (cargo build --release --features cloud)"
    echo "seven hold, two were skipped, $SECONDS s"
    exit 0
fi
moto=$(command -v moto_server || true)
if [ -z "$moto" ]; then
    python3 -m venv "$dir/moto"
    "$dir/moto/bin/pip" install --quiet "moto[server,s3]"
    moto=$dir/moto/bin/moto_server
fi
"$moto" -H 127.0.0.1 -p 16830 >"$dir/moto.log" 2>&1 &
started+=($!)
export AWS_ENDPOINT=http://127.0.0.1:16830 AWS_ALLOW_HTTP=true AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
python3 - <<'BUCKET'
import time, urllib.error, urllib.request
for attempt in range(100):
    try:
        urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:16830/retidiff", method="PUT"), timeout=5)
        break
    except (urllib.error.URLError, ConnectionError):
        time.sleep(0.2)
else:
    raise SystemExit("the S3 server does not come up")
BUCKET
began=$SECONDS
plan s3://retidiff/eight
job=$(submit --array="$(missing s3://retidiff/eight)" "$here/scripts/cluster/slurm.sh" s3://retidiff/eight/plan.json --device cpu)
wait_for "$job" 600
[ -z "$(missing s3://retidiff/eight)" ]
taken=$((SECONDS - began))
"$RETIDIFF" generate merge --plan s3://retidiff/eight/plan.json --unpack "$dir/eight" >/dev/null
same "$dir/eight"
figure s3_secs $taken
echo "8. $shards shards over S3 (moto, a server for tests) in $taken s: merged, equal to generate local byte for byte"

plan s3://retidiff/nine
first=$(submit --array=2 "$here/scripts/cluster/slurm.sh" s3://retidiff/nine/plan.json --device cpu)
second=$(submit --array=2 "$here/scripts/cluster/slurm.sh" s3://retidiff/nine/plan.json --device cpu)
wait_for "$first" 300
wait_for "$second" 300
said=$(cat "$dir/task-${first}_2.log" "$dir/task-${second}_2.log" | grep '^shard' | sort | tr '\n' ';')
[ "$(grep -c made <<<"${said//;/$'\n'}")" = 1 ] || { echo "FAILED: $said"; exit 1; }
python3 - "$dir/one/pairs-000002.tar" <<'SAME'
import sys, urllib.request
# What was put is private; the test server asks for a signature and does not check it.
address = "http://127.0.0.1:16830/retidiff/nine/pairs-000002.tar"
scope = "Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=unchecked"
signed = urllib.request.Request(address, headers={"Authorization": f"AWS4-HMAC-SHA256 {scope}"})
there = urllib.request.urlopen(signed, timeout=10).read()
sys.exit(there != open(sys.argv[1], "rb").read())
SAME
echo "9. two workers on shard 2 over S3 at once ($said): one mark by a conditional put, equal bytes"
echo "all nine hold, $SECONDS s"
