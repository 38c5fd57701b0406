#!/usr/bin/env bash
# The recipe of samples/slurm on a Slurm of one machine, started here on loopback: a shard is
# killed, comes back, and the grid has the bytes of a single run. Not part of `make test`: it
# needs root, and Debian's slurm-wlm and munge. usage: make slurm
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export COVTRIAGE=${COVTRIAGE:-$here/../../build/covtriage}
make=$(dirname "$COVTRIAGE")/tests/bench/grid_make
for tool in slurmctld slurmd munged sbatch; do
    PATH=$PATH:/usr/sbin command -v $tool >/dev/null || {
        echo "skipped: $tool is not here (apt-get install slurm-wlm munge)"
        exit 0
    }
done
[ "$(id -u)" = 0 ] || { echo "skipped: needs root"; exit 0; }
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
pids=()
stop() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$work"
}
trap stop EXIT
fail() { echo "FAIL slurm: $1"; tail -n 5 "$work"/*.log "$work"/out.csv.parts/*.log 2>/dev/null; exit 1; }

mkdir -p "$work"/{state,spool}
chmod 755 "$work"
head -c 1024 /dev/urandom >"$work/key" && chmod 400 "$work/key"
munged --force --foreground --key-file="$work/key" --socket="$work/munge" --pid-file="$work/munge.pid" \
    --log-file="$work/munged.log" --seed-file="$work/seed" --num-threads=2 2>"$work/munge.log" &
pids+=($!)
node=$(hostname -s)
cat >"$work/slurm.conf" <<END
ClusterName=covtriage
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SchedulerParameters=batch_sched_delay=0,sched_interval=1
MinJobAge=600
KillWait=5
NodeName=$node NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=$node Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$work/slurm.conf
sleep 1
slurmctld -D -i >"$work/slurmctld.log" 2>&1 &
pids+=($!)
sleep 1
slurmd -D -N "$node" >"$work/slurmd.log" 2>&1 &
pids+=($!)
for _ in $(seq 60); do sinfo -h -o %T 2>/dev/null | grep -qE '^(idle|mixed)' && break; sleep 0.5; done
sinfo -h -o %T | grep -qE '^(idle|mixed)' || fail "the node did not come up"

for i in 0 1 2; do "$make" "${ROWS:-2000000}" $((20 + i)) >"$work/shard$i.csv"; done
"$COVTRIAGE" grid "$work"/shard?.csv --dst-crs EPSG:32650 --quantiles 50 -q -o "$work/one.csv" || fail "one run"
merge=$("$here/../../samples/slurm/submit.sh" "$work/out.csv" EPSG:32650 "$work"/shard?.csv -- --quantiles 50) ||
    fail "sbatch"

# Kill the program of the first shard that runs, as the kernel does when memory is out.
killed=
for _ in $(seq 400); do
    for job in $(squeue -h -t R -n covtriage-shard -o %A); do
        for pid in $(scontrol listpids "$job" 2>/dev/null | awk 'NR > 1 {print $1}'); do
            if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = covtriage ]; then
                kill -KILL "$pid" && killed=$job && break 3
            fi
        done
    done
    sleep 0.05
done
[ -n "$killed" ] || fail "no shard was caught running"
for _ in $(seq 600); do
    [ -z "$(squeue -h -j "$merge" -o %T 2>/dev/null | grep -E 'PENDING|RUNNING|COMPLETING|CONFIGURING')" ] && break
    sleep 0.5
done
restarts=$(scontrol show job "$killed" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p' | sort -n | tail -n 1)
[ "${restarts:-0}" -ge 1 ] || fail "the killed shard was not put back into the queue"
echo "ok slurm puts a killed shard back into the queue (job $killed, $restarts restart)"
cmp "$work/one.csv" "$work/out.csv" || fail "the bytes differ"
echo "ok slurm's grid has the bytes of one run ($(wc -l <"$work/one.csv") lines)"
