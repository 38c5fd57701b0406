# The same in Chinese: what was understood, and why rows were refused.
covtriage check $SAMPLES/county --timezone +08:00 --lang zh | sed -n '/^complaints/,/^alarms/p' |
    sed "s,$SAMPLES,samples,"
