# One thread or four, in any locale and time zone of the shell: the same bytes.
covtriage triage $SAMPLES/county -o one -j1 --quiet --lang zh --timezone +08:00 >/dev/null || exit
LC_ALL=C TZ=America/New_York \
covtriage triage $SAMPLES/county -o four -j4 --quiet --lang zh --timezone +08:00 >/dev/null || exit
rm -f one/run.json four/run.json # it holds timings
ls one | sed 's/^/  /'
diff -r one four && echo "the same bytes"
