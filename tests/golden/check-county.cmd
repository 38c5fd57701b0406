# What was understood of a messy folder.
covtriage check $SAMPLES/county --timezone +08:00 --lang en | grep -v '^  area' |
    sed "s,$SAMPLES,samples,"
