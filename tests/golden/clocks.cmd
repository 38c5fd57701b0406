# A table whose clock runs otherwise is found by how long, reported, and put right by a rule.
make_slipped() { $MAKE_COUNTY -o $1 --seed 5 --sites 24 --tickets 40 --samples 4000 --days 6 --clock-slip $2 >/dev/null 2>&1; }
clocks() { grep -A 6 '"table":"alarms"' $1/run.json | tr -d ' "\n}]' | grep -o "ahead_min:[-0-9]*,events:[0-9]*,slipped:[a-z]*"; }
for slip in 0 60 -480; do
    make_slipped c$slip $slip
    covtriage triage c$slip -o out$slip --timezone +08:00 >/dev/null
    clocks out$slip
    cut -d, -f 25 out$slip/cases.csv | grep -c clock-slip
done
covtriage triage c-480 -o right --timezone +08:00 --set alarm_shift_min=480 >/dev/null; clocks right
