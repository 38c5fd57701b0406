#!/usr/bin/env bash
# No quadratic text: CPU seconds of every reader at 1, 2, 4 and 8 times a size, less those of
# starting, and the ratio of the last doubling but one to what a straight line gives. A ratio over
# 1.7 fails.
# usage: tests/bench/linear.sh [SIZE]     (SIZE: thousand rows of the smallest, default 4)
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${COVTRIAGE:=$here/../../build/covtriage}"
export TZ=UTC LC_ALL=C.UTF-8
unit=$((${1:-4} * 1000))
county=$here/../../samples/county
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
bad=0
TIMEFORMAT='%U %S'
cpu() { # the least of two runs
    local a b user system
    read -r user system <<<"$({ time "$@" >/dev/null 2>&1; } 2>&1 | tail -n 1)"
    a=$(awk "BEGIN {print $user + $system}")
    read -r user system <<<"$({ time "$@" >/dev/null 2>&1; } 2>&1 | tail -n 1)"
    b=$(awk "BEGIN {print $user + $system}")
    awk "BEGIN {print ($a < $b) ? $a : $b}"
}
# NAME FILE COMMAND...: make_NAME COUNT writes the rows of FILE.
measure() {
    local name=$1 file=$2 times=() n
    shift 2
    for n in 0 1 2 4 8; do
        "make_$name" $((n * unit)) >"$file"
        times+=("$(cpu "$COVTRIAGE" "$@" -q)")
    done
    awk -v name="$name" -v t="${times[*]}" 'BEGIN {
        split(t, s, " ")
        for (i = 2; i <= 5; i++) { d[i] = s[i] - s[1]; if (d[i] < 0.001) d[i] = 0.001 }
        ratio = d[4] < 0.04 ? 1 : d[5] / (2 * d[4])
        printf "%-14s %7.2f %7.2f %7.2f %7.2f s   ratio %.2f%s\n", name, d[2], d[3], d[4], d[5], ratio,
               (ratio > 1.7 ? "  superlinear" : "")
        exit (ratio > 1.7)}' || bad=1
}
numbered() { seq "$1" 2>/dev/null; }
make_samples() { echo time,lon,lat,cell_id,rsrp_dbm,serving; numbered $(($1 * 10)) | awk '{printf "2026-03-01T%02d:%02d:00Z,113.%04d,33.%04d,A%d,-%d.5,1\n", $1 / 60 % 24, $1 % 60, $1 % 9000, $1 % 7000, $1 % 500, 60 + $1 % 50}'; }
make_gbk() { { echo 工单号,受理时间,投诉地址,投诉内容; numbered "$1" | awk '{print "T" $1 ",2026-03-01 10:00,清溪县罗家店村" $1 "号,手机没有信号"}'; } | iconv -t GB18030; }
make_quotes() { echo ticket_id,description; numbered "$1" | awk '{print "T" $1 ",\"two\nlines, \"\"quoted\"\"\""}'; }
make_open() { echo ticket_id,description; numbered "$(($1 > 900 ? 900 : $1))" | sed 's/.*/T&,"open/'; numbered "$1" | sed 's/.*/T&,x/'; }
make_field() { echo ticket_id,description; numbered $(($1 / 400)) | awk -v x="$(head -c 100000 /dev/zero | tr '\0' 1)" '{print "T" $1 "," x}'; }
make_mro() {
    echo '<bulkPmMrDataFile><eNB id="501001"><measurement><smr>MR.LteScEarfcn MR.LteScPci MR.LteScRSRP</smr>'
    numbered "$1" | awk '{print "<object id=\"128256257\" MmeUeS1apId=\"" $1 "\" TimeStamp=\"2026-03-01T00:00:00\"><v>1850 7 40</v></object>"}'
    echo '</measurement></eNB></bulkPmMrDataFile>'
}
make_pm() {
    echo '<measCollecFile><measData><managedElement/><measInfo><granPeriod duration="PT900S" endTime="2026-03-01T00:15:00+08:00"/><measType p="1">RRC.ConnMax</measType>'
    numbered "$1" | awk '{print "<measValue measObjLdn=\"Cell=" $1 "\"><r p=\"1\">5</r></measValue>"}'
    echo '</measInfo></measData></measCollecFile>'
}
make_pm_types() { # as many columns as rows
    echo '<measCollecFile><measData><managedElement/><measInfo><granPeriod duration="PT900S" endTime="2026-03-01T00:15:00+08:00"/>'
    numbered "$1" | awk '{print "<measType p=\"" $1 "\">C" $1 "</measType>"}'
    echo '<measValue measObjLdn="Cell=1">'
    numbered "$1" | awk '{print "<r p=\"" $1 "\">5</r>"}'
    echo '</measValue></measInfo></measData></measCollecFile>'
}
make_gnettrack() { printf 'Timestamp\tLongitude\tLatitude\tOperator\tNode\tCellID\tLAC\tNetworkTech\tLevel\n'; numbered "$1" | awk '{printf "2026.03.01_10.00.%02d\t113.1%d\t33.1\tX\t5010\t%d\t1\t4G\t-99\n", $1 % 60, $1 % 100, $1 % 9}'; }
make_kml() { echo '<kml><Document>'; numbered $(($1 / 2)) | awk '{print "<Placemark><ExtendedData><Data name=\"ticket_id\"><value>T" $1 "</value></Data></ExtendedData><Point><coordinates>113.2,33.1</coordinates></Point></Placemark>"}'; echo '</Document></kml>'; }
make_cells() { echo site_id,cell_id,rat,lon,lat,azimuth_deg; numbered "$1" | awk '{print "S" int($1 / 3) ",460-00-" int($1 / 3) "-" $1 % 3 ",LTE,113." $1 % 9000 ",33.1," $1 % 3 * 120}'; }
make_alarms() { echo object_id,name,raised_at,cleared_at; numbered "$1" | awk '{print "S" $1 ",cell " $1 " unavailable,2026-03-01 10:00,2026-03-01 11:00"}'; }
make_dates() { echo object_id,name,raised_at; numbered "$1" | awk '{print "S" $1 ",down,0" 1 + $1 % 9 "/0" 1 + $1 % 9 "/2026 08:00"}'; }
make_places() { echo name,kind,lon,lat,parent,aliases; echo 清溪县,county,113,33,,; numbered "$1" | awk '{print "第" $1 "村,village,113." $1 % 9000 ",33.1,清溪县,V" $1 ";W" $1}'; }
make_homonyms() { echo name,kind,lon,lat,parent; numbered "$1" | awk '{print "三江村,village,113." $1 % 9000 ",33." int($1 / 90) ","}'; }
make_queries() { echo id,query; numbered "$1" | awk '{print $1 ",清溪县第" $1 "村往北" $1 "米 建设路" $1 "号"}'; }
make_address() { echo id,query; numbered 40 | awk -v n=$(($1 * 10 + 1)) 'BEGIN {while (length(x) < n) x = x "建设路1号"} {print $1 "," x}'; }
make_rules() { echo rule,value; numbered "$1" | sed 's/.*/weak_rsrp_dbm,-10&/; s/-10.*/-103/'; }
make_replies() { echo verdict,cause,language,text; numbered "$1" | sed 's/.*/weak-coverage,,zh,"& {ticket} {level}"/'; }
make_tickets() { # the same county, the tickets many times over
    head -n 1 complaints.head
    numbered $(($1 / 40)) | awk 'NR == FNR {l[n++] = $0; next} {r = l[$1 % n]; sub(/^[^,]*/, "T" $1, r); print r}' complaints.body -
}
make_wordy() { # few tickets with long descriptions
    echo ticket_id,reported_at,lon,lat,description
    numbered 30 | awk -v n=$(($1 + 1)) 'BEGIN {while (length(x) < n) x = x "室内没有信号 13812345678 "} {print "T" $1 ",2026-03-01 10:00,112.45,33.0," x}'
}

printf 'size of the smallest: %d rows; CPU seconds at 1, 2, 4, 8 times, without starting\n' "$unit"
import() { measure "$1" "$2" import --as "$3" "$2" -o o.csv --overwrite; }
import samples f.csv samples
import gbk f.csv complaints
import quotes f.csv complaints
import open f.csv complaints
import field f.csv complaints
import mro f.xml samples
import pm f.xml counters
import pm_types f.xml counters
import gnettrack f.txt samples
import kml f.kml complaints
import cells f.csv cells
import alarms f.csv alarms
import dates f.csv alarms
measure samples grid.csv grid grid.csv -o g.csv --overwrite --bin-m 50 -j 1
make_places 2000 >p.csv
make_queries 20 >q.csv
measure places p.csv locate -g p.csv q.csv -o o.csv --overwrite
measure homonyms p.csv locate -g p.csv q.csv -o o.csv --overwrite
make_places 2000 >p.csv
measure queries q.csv locate -g p.csv q.csv -o o.csv --overwrite -j 1
measure address q.csv locate -g p.csv q.csv -o o.csv --overwrite -j 1
mkdir case
cp "$county"/{cells,places}.csv case/
iconv -f GB18030 -t UTF-8 "$county/complaints.csv" >all
head -n 1 all >complaints.head
sed -n 2,61p all >complaints.body
cp all case/complaints.csv
measure rules case/rules.csv check case
rm case/rules.csv
measure replies case/replies.csv check case
rm case/replies.csv
measure wordy case/complaints.csv triage case -o out --overwrite -j 1
measure tickets case/complaints.csv triage case -o out --overwrite -j 1
exit $bad
