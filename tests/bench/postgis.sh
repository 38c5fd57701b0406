#!/usr/bin/env bash
# 100,000 cases (CASES) with 13 facts each into a PostgreSQL of its own: the seconds of the
# writing, the CPU of covtriage and of the server. Its data lie on the disk, synced as usual.
# usage: [CASES=100000] tests/bench/postgis.sh
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${FILL:=$here/../../build/tests/postgis/fill}" "${CASES:=100000}"
. "$here/../postgis/server.sh"
work=$(mktemp -d)
chmod 711 "$work"
trap 'server_gone; rm -rf "$work"' EXIT
cd "$work" || exit 1
export PGUSER=rf
server_new "$work/server" >why 2>&1 || { echo "postgis: skipped: $(tail -n 1 why)"; exit 0; }
server_database team
server_cpu() # seconds of the server's ended processes
{
    awk -v hz="$(getconf CLK_TCK)" '{print ($16 + $17) / hz}' "/proc/$(head -n 1 server/data/postmaster.pid)/stat"
}
before=$(server_cpu)
"$FILL" "$CASES" 1 PG:dbname=team || exit 1
sleep 0.5
echo "$before $(server_cpu)" | awk '{printf "%.2f s of CPU by the server\n", $2 - $1}'
