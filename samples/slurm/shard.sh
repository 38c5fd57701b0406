#!/usr/bin/env bash
# One task of the array that submit.sh makes: its shard into a part.
set -uo pipefail
parts=$1
shard=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" "$parts/shards")
eval "options=($(cat "$parts/options"))"
"${COVTRIAGE:-covtriage}" grid "$shard" "${options[@]}" --partial --overwrite \
    --threads "${SLURM_CPUS_PER_TASK:-1}" -o "$parts/$SLURM_ARRAY_TASK_ID.part"
status=$?
# Killed (out of memory, by a signal): once more, but not for ever.
if [ $status -gt 128 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
    echo "killed with status $status: put back into the queue"
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    sleep 60
fi
exit $status
