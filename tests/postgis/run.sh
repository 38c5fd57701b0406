#!/usr/bin/env bash
# A team's database: covtriage against a real PostgreSQL with PostGIS, which this starts on
# loopback and removes. One line a test: ok, FAIL or skipped. usage: tests/postgis/run.sh
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8
: "${COVTRIAGE:=$here/../../build/covtriage}" "${FILL:=$here/../../build/tests/postgis/fill}"
. "$here/../golden/case.sh"
. "$here/../privacy/planted.sh"
. "$here/server.sh"
work=$(mktemp -d)
chmod 711 "$work"
trap '[ -z "${small:-}" ] || umount "$small" 2>/dev/null; server_gone; rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config
server_options="-c fsync=off" # power cuts are not tested here
server_new "$work/server" >why 2>&1 || { echo "skipped: a team's database: $(tail -n 1 why)"; exit 0; }
export PGUSER=rf
bad=0 n=0
ok() { echo "ok postgis/$1"; }
fail() { echo "FAIL postgis/$1"; bad=1; }
same() { [ "$2" = "$3" ] && ok "$1" || { echo "  $2"; echo "  $3"; fail "$1"; }; } # NAME GOT WANTED
ask() { server_as "${role:-rf}" -c "$1"; }
run() { "$COVTRIAGE" "$@" --quiet --lang en >>said 2>&1; }
triage() { run triage "${case:-case}" --timezone +08:00 "$@"; }

# NAME CODE WORDS COMMAND...: it ends with the code and one sentence that holds the words.
refused()
{
    local name=$1 code=$2 words=$3 got
    shift 3
    "$@" >out.txt 2>err.txt
    got=$?
    cat err.txt >>said
    [ $got = "$code" ] && [ "$(grep -c . err.txt)" = 1 ] && grep -qF "$words" err.txt && ok "$name" ||
        { echo "  exit $got"; cat err.txt; fail "$name"; }
}

# ---- before there is anything ------------------------------------------------------------
small_case
server_as admin -c "CREATE DATABASE bare OWNER rf" -c "CREATE DATABASE latin OWNER rf ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
for name in team others later; do server_database $name || fail "a database"; done
server_as admin -c "CREATE DATABASE guarded"
database=guarded server_as admin -c "CREATE EXTENSION postgis"
db=PG:dbname=team
refused "no server answers" 1 "no PostgreSQL server answers for PG:dbname=team" \
    "$COVTRIAGE" triage case -o "PG:dbname=team port=1"
refused "no such database" 1 "does not exist" "$COVTRIAGE" triage case -o PG:dbname=nothing
echo "wrong-$secret" | sed 's/^/*:*:*:*:/' >wrong.pgpass && chmod 600 wrong.pgpass
PGPASSFILE=wrong.pgpass refused "a wrong password" 1 "password authentication failed" \
    "$COVTRIAGE" triage case -o $db
PGPASSFILE=none refused "no password" 1 "wants a password: put it into PGPASSWORD" \
    "$COVTRIAGE" triage case -o $db
for given in "dbname=team password='$secret'" "postgresql://rf:$secret@127.0.0.1/team" \
    "dbname=team passwrd=Xyzzy-" "dbname=team Xyzzy-"; do
    refused "a password on the command line" 2 " " "$COVTRIAGE" triage case -o "PG:$given"
done
refused "no PostGIS, and no right to it" 1 "let an administrator run CREATE EXTENSION postgis" \
    "$COVTRIAGE" triage case -o PG:dbname=bare
refused "no right to make tables" 1 "CREATE SCHEMA covtriage AUTHORIZATION rf" \
    "$COVTRIAGE" triage case -o PG:dbname=guarded
refused "a database that is not UTF-8" 1 "LATIN1" "$COVTRIAGE" triage case -o PG:dbname=latin
PGOPTIONS="-c default_transaction_read_only=on" refused "a standby" 1 "only lets read" \
    "$COVTRIAGE" triage case -o $db
refused "nothing stored yet" 1 "holds no runs yet" "$COVTRIAGE" explain $db T1
refused "a database is no input" 1 " " "$COVTRIAGE" import --as samples "$db" -o x.csv
refused "only triage writes there" 2 "only triage" "$COVTRIAGE" worklist out -o $db
same "none of these left anything" "$(database=team ask "SELECT count(*) FROM pg_namespace WHERE nspname = 'covtriage'")" 0
database=others ask "CREATE SCHEMA covtriage; CREATE TABLE covtriage.cases (a int)"
refused "tables of somebody else" 1 "were not made by covtriage" "$COVTRIAGE" triage case -o PG:dbname=others

# ---- the first run, and the same as a GeoPackage -----------------------------------------
# Hostile words in every way of the COPY format, of SQL, of quoting.
cat >case/complaints.csv <<'END'
ticket_id,reported_at,occurred_at,lon,lat,rat,symptom,description,phone
T1,2026-03-10T11:30:00+08:00,2026-03-10T11:15:00+08:00,113.004,33.000,LTE,信号弱,"\N \. \\ \t \x41 \101 ""quoted"" 'it''s'",13911110001
T2,2026-03-10T12:30:00+08:00,,113.002,33.001,LTE,上网慢,"'); DROP TABLE covtriage.runs; -- $$ $do$ %s %n @RUN @ \copy x to /tmp/x",13911110002
T3,2026-03-10T12:40:00+08:00,,113.003,33.002,LTE,无信号,"😀𠮷 e͓̽ ‮back� call 139 1111 0003",13911110003
T4,2026-03-10T12:40:00+08:00,,113.003,33.002,LTE,无信号,"two
lines	tab
\.
end\",13911110004
END
printf 'T5,2026-03-10T12:50:00+08:00,,113.003,33.002,LTE,无信号,"nul \\000 \x01\x02\x1b[31m \x7f",\n' >>case/complaints.csv
triage -o files || fail "a run into a folder"
database=team
triage -o $db && ok "the first run" || { tail -n 3 said; fail "the first run"; }
same "one run" "$(ask "SELECT run_id, cases, version <> '', stored_by FROM covtriage.runs")" "1|5|t|rf"
wrong=
for layer in cases cells antennas grid worklist plan rejects run facts whatifs terms rules places \
    base tests interception darkened subscribers legends; do
    a=$(ask "SELECT count(*) FROM covtriage.latest_$layer")
    b=$(ogrinfo -ro -so files/triage.gpkg $layer 2>/dev/null | sed -n 's/^Feature Count: //p')
    c=$(ogrinfo -ro -so "PG:dbname=team" covtriage.latest_$layer 2>/dev/null | sed -n 's/^Feature Count: //p')
    [ "$a" = "$b" ] && [ "$a" = "$c" ] || wrong+=" $layer: $a in psql, $c in ogrinfo, $b in the file;"
done
same "as many rows as the GeoPackage, by psql and ogrinfo" "$wrong" ""
texts="ticket_id, description, symptom, reason_zh, reason_en, reply_zh, flags, customer_key"
ogr2ogr -f CSV a.csv files/triage.gpkg -sql "SELECT $texts FROM cases" >/dev/null 2>&1
ogr2ogr -f CSV b.csv PG:dbname=team -sql "SELECT $texts FROM covtriage.latest_cases ORDER BY n" >/dev/null 2>&1
cmp -s a.csv b.csv && grep -q 'DROP TABLE' b.csv && grep -q '𠮷' b.csv && ok "hostile words are kept as they are" ||
    { diff a.csv b.csv | head -5; fail "hostile words are kept as they are"; }
same "a square of the grid lies where its bin is" "$(ask "SELECT count(*) FROM covtriage.latest_cases c WHERE geom IS NOT NULL AND abs(ST_X(geom) - lon) + abs(ST_Y(geom) - lat) > 1e-9")" 0
for t in T1 T2 T5; do
    diff <("$COVTRIAGE" explain files $t) <("$COVTRIAGE" explain $db $t) >diff.txt || { head -5 diff.txt; fail "explain $t"; }
done
grep -q "as said" <("$COVTRIAGE" explain $db T1 --lang en) && ok "explain: the same from the database" || fail "explain from the database"
run worklist $db -o again && run report $db -o again && run heatmap $db -o again
wrong=$(for f in again/*; do cmp -s "$f" "files/$(basename "$f")" || echo "$f"; done)
same "worklist, report, maps: the same bytes from the database" "$wrong" ""
[ "$(ls again | wc -l)" -ge 6 ] || fail "the products of a database"
printf 'ticket_id,verdict\nT1,weak-coverage\nT2,undetermined\nT3,weak-coverage\nT4,weak-coverage\nT5,undetermined\n' >closed.csv
for store in files $db; do
    "$COVTRIAGE" calibrate closed.csv $store --set calibrate_least=5 --lang en -o rules.$((n += 1)).csv >marks.$n 2>&1 || cat marks.$n
done
cmp -s rules.1.csv rules.2.csv && cmp -s marks.1 marks.2 && grep -q '^5 closed tickets' marks.2 &&
    ok "calibrate: the same from the database" || { cat marks.?; fail "calibrate from the database"; }
refused "files need a folder" 2 "give -o a folder" "$COVTRIAGE" worklist $db
same "QGIS finds the styles" "$(ask "SELECT count(*) FROM public.layer_styles WHERE f_table_schema = 'covtriage' AND f_table_name = 'latest_cases' AND useasdefault AND styleqml::text LIKE '%<qgis%'")" 1

# ---- the second run: history, statuses ---------------------------------------------------
server_as admin -c "CREATE ROLE crew LOGIN PASSWORD \$p\$$secret\$p\$"
ask "GRANT USAGE ON SCHEMA covtriage TO crew; GRANT SELECT ON ALL TABLES IN SCHEMA covtriage TO crew;
     GRANT UPDATE (status, note) ON covtriage.latest_worklist TO crew"
first=$(ask "SELECT order_id FROM covtriage.latest_worklist ORDER BY rank LIMIT 1")
role=crew ask "UPDATE covtriage.latest_worklist SET status = 'done', note = 'o''k \\N' WHERE rank = 1"
triage -o files --overwrite || fail "a run into the folder"
sed -i '3s/+08:00,,,/+08:00,typed,by hand,/' files/worklist.csv && rm files/worklist.xlsx
grep -q 'typed,by hand' files/worklist.csv || fail "the sheet is typed into"
second=$(ask "SELECT order_id FROM covtriage.latest_worklist WHERE rank = 2")
triage -o $db && same "two runs" "$(ask "SELECT string_agg(run_id || ':' || cases, ' ' ORDER BY run_id) FROM covtriage.runs")" "1:5 2:5"
same "a crew's status survives" "$(ask "SELECT order_id, status, note FROM covtriage.worklist WHERE run_id = 2 AND status <> ''")" "$first|done|o'k \\N"
same "who set it" "$(ask "SELECT changed_by FROM covtriage.statuses")" crew
same "the latest view shows one run" "$(ask "SELECT count(DISTINCT run_id), count(*) FROM covtriage.latest_cases")" "1|5"
triage -o $db -o files --overwrite && [ -s files/report.html ] && ok "both at once" || { tail -n 3 said; fail "both at once"; }
same "what was typed into the folder's sheet comes to the database" \
    "$(ask "SELECT status, note FROM covtriage.latest_worklist WHERE order_id = '$second'")" "typed|by hand"
role=crew ask "UPDATE covtriage.latest_worklist SET status = 'closed' WHERE order_id = '$second'"
triage -o $db -o files --overwrite
grep -q "closed" files/worklist.csv && ok "the database's word comes to the sheet" || fail "the database's word comes to the sheet"
run worklist $db -o again && sed -i '3s/+08:00,closed,by hand,/+08:00,seen,by hand,/' again/worklist.csv
grep -q seen again/worklist.csv && rm again/worklist.xlsx && cp again/worklist.csv again/typed.csv
run worklist $db -o again && same "what was typed into a sheet made of the database comes to it" \
    "$(ask "SELECT status, note FROM covtriage.latest_worklist WHERE order_id = '$second'") $(ask "SELECT count(*) FROM covtriage.runs")" "seen|by hand 4"
run compare "PG:dbname=team run=-1" $db -o loop && [ -s loop/compare.csv ] && ok "compare of two runs of a database" || fail "compare"
run explain "PG:dbname=team run=1" T1 && ok "an earlier run" || fail "an earlier run"
refused "a run that is not there" 1 "holds no run 99" "$COVTRIAGE" explain "PG:dbname=team run=99" T1
ask "SELECT covtriage.forget_run(1)" >/dev/null
same "a run can be forgotten" "$(ask "SELECT (SELECT count(*) FROM covtriage.facts WHERE run_id = 1) + (SELECT count(*) FROM covtriage.runs WHERE run_id = 1)")" 0
same "views for questions" "$(ask "SELECT (SELECT count(*) > 0 FROM covtriage.trends), (SELECT count(*) > 0 FROM covtriage.order_history WHERE status = 'seen'), (SELECT count(DISTINCT file) FROM covtriage.inputs)")" "t|t|2"
refused "a reader does not write" 1 "may only read" env PGUSER=crew "$COVTRIAGE" triage case -o $db
triage -o "PG:dbname=team schema=county7" && same "a schema of one's own" "$(ask "SELECT max(run_id) FROM county7.runs")" 1
PGOPTIONS="-c client_min_messages=warning" ask "ALTER TABLE covtriage.worklist DROP COLUMN crew_days CASCADE; ALTER TABLE covtriage.grid DROP COLUMN weak CASCADE"
triage -o $db && same "columns that an older program lacked are added" \
    "$(ask "SELECT count(crew_days) > 0, count(*) > 0 FROM covtriage.latest_worklist")" "t|t"
ask "UPDATE county7.schema_version SET version = 2"
refused "a newer schema" 1 "made by a newer covtriage" "$COVTRIAGE" triage case -o "PG:dbname=team schema=county7"

# ---- what goes wrong while a run is written ----------------------------------------------
# Rows of no run, and runs that lack rows.
stray() { ask "SELECT count(*) FROM later.cases WHERE run_id NOT IN (SELECT run_id FROM later.runs)" 2>/dev/null ||
    ask "SELECT 0"; }
place="PG:dbname=later schema=later"
database=later
writing() { role=admin ask "SELECT pid FROM pg_stat_activity WHERE application_name = 'covtriage' AND query LIKE 'COPY%facts%' LIMIT 1"; }
# Fill in the background; once it writes facts, its server process is $pid.
begin_fill()
{
    "$FILL" 20000 1 "$place" >fill.txt 2>&1 &
    filling=$!
    for i in $(seq 400); do pid=$(writing) && [ -n "$pid" ] && break; sleep 0.05; done
    [ -n "$pid" ]
}
"$FILL" 300 1 "$place" >/dev/null || fail "a first run"
same "bytes that are no text are replaced" "$(ask "SELECT address FROM later.cases WHERE n = 1")" "bad �� ��� ��"
begin_fill && kill -9 "$pid"
wait $filling
code=$?
cat fill.txt >>said
for i in $(seq 100); do ask "SELECT 1" >/dev/null 2>&1 && break; sleep 0.1; done
[ $code = 1 ] && [ "$(wc -l <fill.txt)" = 1 ] && ok "the server's process is killed: one sentence" || { cat fill.txt; fail "the server's process is killed"; }
same "nothing of it is visible" "$(ask "SELECT max(run_id), count(*) FROM later.runs") $(stray)" "1|1 0"
begin_fill && server_stop immediate
wait $filling
code=$?
cat fill.txt >>said
[ $code = 1 ] && [ "$(wc -l <fill.txt)" = 1 ] && ok "the server is stopped: one sentence" || { cat fill.txt; fail "the server is stopped"; }
server_start
same "nothing of it is visible either" "$(ask "SELECT max(run_id), count(*) FROM later.runs") $(stray)" "1|1 0"
begin_fill && kill -9 $filling
wait $filling 2>/dev/null
for i in $(seq 100); do [ -z "$(writing)" ] && break; sleep 0.1; done
same "the program is killed: nothing is visible" "$(ask "SELECT max(run_id), count(*) FROM later.runs") $(stray)" "1|1 0"
"$FILL" 20000 1 "$place" >fill.txt && same "it can be repeated" "$(ask "SELECT run_id, (SELECT count(*) FROM later.latest_cases) FROM later.runs ORDER BY 1 DESC LIMIT 1")" "2|20000"
sed 's/^/  /' fill.txt
"$FILL" 3000 2 "$place" >a.txt 2>&1 & one=$!
"$FILL" 2000 3 "$place" >b.txt 2>&1 & two=$!
wait $one && wait $two && same "two writers: one waits for the other" \
    "$(ask "SELECT string_agg(cases || '=' || (SELECT count(*) FROM later.cases c WHERE c.run_id = r.run_id), ' ' ORDER BY cases) FROM later.runs r WHERE run_id > 2")" "2000=2000 3000=3000" ||
    { cat a.txt b.txt; fail "two writers"; }
database=later server_as rf -c "BEGIN" -c "SELECT pg_advisory_xact_lock(hashtext('covtriage'), hashtext('\"later\"'))" -c "SELECT pg_sleep(5)" >/dev/null & holder=$!
sleep 0.7
PGOPTIONS="-c lock_timeout=300ms" refused "a writer that waits too long is told" 1 "another run is being written" "$FILL" 10 1 "$place"
kill $holder 2>/dev/null
wait $holder 2>/dev/null
small=$work/small
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=24m none "$small" 2>/dev/null; then
    mkdir small/space && chown "$server_user" small/space && chmod 700 small/space
    server_as admin -c "CREATE TABLESPACE small LOCATION '$small/space'" -c "GRANT CREATE ON TABLESPACE small TO rf" \
        -c "CREATE DATABASE full_up OWNER rf TABLESPACE small" 2>/dev/null
    database=full_up server_as admin -c "CREATE EXTENSION postgis" 2>/dev/null
    refused "the server's disk is full" 1 "No space left on device" "$FILL" 20000 1 PG:dbname=full_up
    same "a full disk: nothing is visible" "$(database=full_up ask "SELECT count(*) FROM pg_namespace WHERE nspname = 'covtriage'")" 0
    server_as admin -c "DROP DATABASE full_up" -c "DROP TABLESPACE small"
else
    echo "skipped: a full disk needs a small file system, which only root can mount"
fi
umount "$small" 2>/dev/null
small=

# ---- secrets -----------------------------------------------------------------------------
database=team
triage -o $db -o files --overwrite >/dev/null
mkdir planted && (cd planted && small_case && planted_complaints)
case=planted/case triage -o $db && run worklist $db -o again --show-phones && run explain $db T1 || fail "a run with planted numbers"
"$pg/pg_dump" -U rf -d team >dump.sql 2>/dev/null && [ -s dump.sql ] || fail "a dump"
mkdir -p text && unzip -q -o files/worklist.xlsx -d text
if grep -rlF "Xyzzy-" said files text again loop dump.sql *.txt; then fail "the password is in no output"; else ok "the password is in no output"; fi
if grep -nEo ".{20}($plant)" dump.sql | head -3 | grep .; then fail "phones are masked in the database"; else ok "phones are masked in the database"; fi
grep -qF '139 **** 0003' dump.sql && ok "masked numbers are there" || fail "masked numbers are there"
exit $bad
