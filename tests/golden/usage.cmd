# Wrong usage is exit code 2, and says what to do.
covtriage 2>&1 | head -n 1
covtriage traige; echo "exit $?"
covtriage rules --set nonsense; echo "exit $?"
covtriage rules --set weak_rsrp_dbn=-100; echo "exit $?"
covtriage rules --set weak_rsrp_dbm=17; echo "exit $?"
covtriage rules --threads 0; echo "exit $?"
covtriage rules --timezone noon; echo "exit $?"
covtriage rules --lang fr; echo "exit $?"
covtriage rules --no-such-option
