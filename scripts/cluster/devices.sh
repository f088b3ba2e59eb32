#!/bin/bash
# Several graphics cards of one machine: a worker for each, on the shards of a plan or the runs of an experiment.
#   retidiff info --gpus                                              # their numbers
#   DEVICES="--gpu 0;--gpu 1" scripts/cluster/devices.sh generate set/plan.json
#   DEVICES="--gpu 0;--gpu 1" scripts/cluster/devices.sh experiment exp/plan.json --data data
# What each worker is given stands between semicolons, so "--device cpu" is a worker, too. Called again it makes what is
# missing. Exit codes as those of `generate shard` and `experiment run`: 75 where something is left, 65 for a bad plan.
set -u
kind=${1:?"say what is made: generate or experiment"} plan=${2:?"name the plan"}
shift 2
retidiff=${RETIDIFF:-retidiff}
IFS=';' read -r -a devices <<<"${DEVICES:?name the devices: DEVICES='--gpu 0;--gpu 1'}"
workers=${#devices[@]}
more=("$@")
wait_for() { # a process; its exit code, whatever signals come meanwhile
    wait "$1"
    local code=$?
    while kill -0 "$1" 2>/dev/null; do
        wait "$1"
        code=$?
    done
    return $code
}
run() { # arguments of retidiff
    "$retidiff" "$@" &
    at_work=$!
    wait_for "$at_work"
}
work() { # number of the worker; its device, word by word
    local worker=$1 number code left=0
    shift
    at_work="" stopped=""
    trap 'stopped=yes; [ -z "$at_work" ] || kill -TERM "$at_work" 2>/dev/null' TERM
    if [ "$kind" = experiment ]; then
        run experiment run --plan "$plan" "$@" "${more[@]}"
        return
    fi
    for number in "${missing[@]}"; do
        [ $((number % workers)) -eq "$worker" ] || continue
        run generate shard --plan "$plan" --shard "$number" "$@" "${more[@]}" && continue
        code=$? left=75
        # 65: the plan cannot be used, so no other shard will do either.
        if [ $code -eq 65 ] || [ -n "$stopped" ]; then return $code; fi
    done
    return $left
}
missing=()
if [ "$kind" = generate ]; then
    mapfile -t missing < <("$retidiff" generate status --plan "$plan" --missing | tr ',' '\n' |
        awk -F- 'NF {for (number = $1; number <= $NF; number++) print number}')
fi
children=()
for worker in "${!devices[@]}"; do
    read -r -a words <<<"${devices[worker]}"
    work "$worker" "${words[@]}" &
    children+=($!)
done
trap 'kill -TERM "${children[@]}" 2>/dev/null' TERM INT
code=0
for child in "${children[@]}"; do wait_for "$child" || code=$?; done
exit $code
