# A reader that stops early is a normal end: no complaint of it on stderr.
covtriage rules 2>said | head -n 1 | cut -c1-4
cat said
