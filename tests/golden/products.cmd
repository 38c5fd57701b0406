# Products made again from the store are the same; a run compared with itself changed nothing.
covtriage triage $SAMPLES/county -o out --lang en --timezone +08:00 --quiet >/dev/null
sha256sum out/*.xlsx out/*.csv out/*.kmz out/*.html out/heatmap_* >before
covtriage worklist out && covtriage heatmap out && covtriage report out && sha256sum --quiet -c before && echo same
covtriage compare out out -o loop | sed -n '1,2p;4p;6p'; ls loop
covtriage worklist loop; echo "exit $?"
covtriage report out --basemap 'javascript:alert(1)'; echo "exit $?"
covtriage compare out; echo "exit $?"
