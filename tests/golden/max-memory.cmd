# A run that would need more memory than it may hold stops with a word; nothing is written.
covtriage triage $SAMPLES/county -o out --quiet --max-memory 16M 2>said; echo "exit $?"
cut -d'(' -f1 said
ls
covtriage triage $SAMPLES/county -o out --max-memory 8 2>&1 | head -n 1
covtriage triage $SAMPLES/county -o out --quiet --max-memory 2G >/dev/null; echo "exit $?"
