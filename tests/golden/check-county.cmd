# What was understood of a messy folder.
covtriage check $SAMPLES/county --timezone +08:00 --lang en | sed "s,$SAMPLES,samples,"
