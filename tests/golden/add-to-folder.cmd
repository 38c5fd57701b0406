# Products made again join a result; in a folder of the user's own nothing else is touched.
. $GOLDEN/case.sh
small_case
covtriage triage case -o out --quiet --lang en >/dev/null
cp -r out before
covtriage compare before out --lang en --quiet | head -n 1
ls out | grep -c compare; for f in before/*; do cmp $f out/${f##*/}; done && echo "the rest stays"
mkdir mine && echo keep >mine/notes.txt
covtriage compare before out -o mine --lang en --quiet >/dev/null; echo "exit $?"; ls mine; cat mine/notes.txt
covtriage compare before out -o mine --lang en --quiet >/dev/null; echo "exit $?"
cd out && covtriage worklist . --lang en; echo "exit $?"; cd ..; cmp before/worklist.csv out/worklist.csv && echo same
ls -A . mine | grep -c partial
