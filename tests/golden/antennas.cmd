# needs gdalinfo
# The audit of a made county whose truth is known: no sound antenna is called turned, and every
# flagged one has a drawing.
$MAKE_COUNTY -o made --seed 12 --sites 16 --tickets 20 --samples 30000 --days 2 >/dev/null 2>&1
covtriage antennas made -o a.csv --plot sheets --lang en --quiet
head -n 1 a.csv
awk -F, 'NR > 1 && $10 !~ /^(ok|insufficient)$/ { print $10 }' a.csv | sort | uniq -c | awk '{print $2, ($1 > 0)}'
[ "$(ls sheets/*.png | wc -l)" = "$(awk -F, 'NR > 1 && $10 !~ /^(ok|insufficient)$/' a.csv | wc -l)" ] && echo "a drawing for each"
for png in sheets/*.png; do gdalinfo $png | grep -q 'Driver: PNG' || echo "no picture: $png"; done
covtriage antennas made -o json.csv --json --quiet | head -c 2; cmp a.csv json.csv && echo same
covtriage antennas made -o zh.csv --lang zh --plot zh --quiet; diff <(cut -d, -f 1-12 a.csv) <(cut -d, -f 1-12 zh.csv) && echo "only the notes' language differs"
covtriage antennas made -o a.csv; echo "exit $?"; covtriage antennas made; echo "exit $?"; covtriage antennas; echo "exit $?"
covtriage antennas gone -o b.csv; echo "exit $?"
