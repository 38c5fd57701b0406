covtriage triage nowhere; echo "exit $?"
covtriage triage; echo "exit $?"
covtriage check nowhere
