# needs ogrinfo
# The secret of customers' keys: made once, kept private; what is no secret is refused; without a
# place for it the run says that its keys hold for itself only.
. $GOLDEN/case.sh
small_case
sed -i '1s/$/,customer_id/; 2,$s/$/,C-77/' case/complaints.csv
export XDG_CONFIG_HOME=$PWD/config
run() { covtriage triage case --overwrite --lang en "$@" 2>&1 >/dev/null | grep -v '^$'; echo "exit ${PIPESTATUS[0]}"; }
key() { ogrinfo -ro -q case/out/triage.gpkg -sql 'SELECT DISTINCT customer_key FROM cases' | grep -o '= k.*'; }
run --quiet; stat -c '%a %s' config/covtriage/customer.key; first=$(key)
run --quiet; [ "$(key)" = "$first" ] && echo "the same key"
printf 'sixteen bytes at' >own.key; run --quiet --customer-key own.key; [ "$(key)" != "$first" ] && echo "another key"
run --quiet --customer-key gone.key; : >empty.key; run --quiet --customer-key empty.key; mkdir folder.key; run --quiet --customer-key folder.key
: >file; XDG_CONFIG_HOME=$PWD/file run
