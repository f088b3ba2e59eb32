#!/bin/bash
#SBATCH --job-name=retidiff-experiment
#SBATCH --cpus-per-task=2
#SBATCH --time=12:00:00
#SBATCH --signal=B:TERM@300
#SBATCH --requeue
#SBATCH --open-mode=append
# One worker of an experiment; as many as there are tasks share the plan's folder and take the runs that can be done.
#   retidiff experiment plan --table 1 --table 2 --data data --out exp
#   sbatch --array=1-8 scripts/cluster/experiment-slurm.sh exp/plan.json --data data
#   retidiff experiment report --plan exp/plan.json --data data
# A worker that is stopped at its time limit, or finds only runs that others work on, goes back into the queue and comes
# again. Named --run-from slurm, a task does the run of its own number instead. For a GPU add --gres=gpu:1.
set -u
plan=${1:?"name the plan: experiment-slurm.sh PLAN.json --data DIR [arguments of retidiff experiment run]"}
shift
"${RETIDIFF:-retidiff}" experiment run --plan "$plan" "$@" &
child=$!
# Five minutes before the time limit: a training saves a checkpoint and ends.
trap 'kill -TERM $child 2>/dev/null' TERM
wait $child
code=$?
while kill -0 $child 2>/dev/null; do
    wait $child
    code=$?
done
# 75: stopped, or others work on what is left. 65: the plan or its data cannot be used.
if [ $code -eq 75 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "${RETIDIFF_RETRIES:-1000}" ]; then
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $code
