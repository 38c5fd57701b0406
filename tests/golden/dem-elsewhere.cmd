# A terrain that lies elsewhere is not used, and one that ends before the place tells nothing:
# both are told by the ticket's flags.
. $GOLDEN/case.sh
small_case
flags() { cut -d, -f 1,25 case/out/cases.csv | tr -d '\r' | sed 's/;time-inferred//; s/time-inferred;*//'; rm -r case/out; }
dem() { printf 'ncols %d\nnrows %d\nxllcorner %s\nyllcorner %s\ncellsize 0.002\n' $3 $4 $1 $2; for ((i = 0; i < $3 * $4; i++)); do echo 70; done; }
dem 10.2 50.1 20 20 >case/dem.asc
covtriage triage case --lang en --quiet >/dev/null; echo "exit $?"
tail -n 1 case/out/rejects.csv
flags
dem 112.99 32.99 10 20 >case/dem.asc # up to 113.01
covtriage triage case --lang en --quiet >/dev/null; flags
dem 112.99 32.99 7 20 >case/dem.asc # up to 113.004
covtriage triage case --lang en --quiet >/dev/null; flags
