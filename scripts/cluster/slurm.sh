#!/bin/bash
#SBATCH --job-name=retidiff
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@120
#SBATCH --requeue
#SBATCH --open-mode=append
# One shard of a plan as a task of an array; a shard that must be tried again goes back into the queue.
#   retidiff generate plan --pairs 100000 --per-shard 2000 --out set
#   sbatch --array=$(retidiff generate status --plan set/plan.json --missing) scripts/cluster/slurm.sh set/plan.json
#   retidiff generate merge --plan set/plan.json --unpack data
# The same second line again, after everything has ended, makes what is still missing. For a GPU add --gres=gpu:1.
set -u
plan=${1:?"name the plan: slurm.sh PLAN.json [arguments of retidiff generate shard]"}
shift
"${RETIDIFF:-retidiff}" generate shard --plan "$plan" --shard-from slurm "$@" &
child=$!
# Two minutes before the time limit: the pair at work is finished, and no mark is left.
trap 'kill -TERM $child 2>/dev/null' TERM
wait $child
code=$?
while kill -0 $child 2>/dev/null; do
    wait $child
    code=$?
done
# 75: stopped, or a device or a disk failed. 65: the plan cannot be used, so trying again would not help.
if [ $code -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "${RETIDIFF_RETRIES:-5}" ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $code
