#!/usr/bin/env bash
# What make install puts in place works from there, and make uninstall takes all of it away.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export TZ=UTC LC_ALL=C.UTF-8
: "${COVTRIAGE:=$here/../build/covtriage}"
case $COVTRIAGE in */build/covtriage) ;; *) echo "skipped: installing a build of its own kind"; exit 0 ;; esac
command -v help2man >/dev/null || { echo "skipped: help2man is not installed"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
ok() { [ $? = 0 ] && echo "ok install/$1" || { echo "FAIL install/$1"; bad=1; }; }
make -s -C "$here/.." install DESTDIR="$work" PREFIX=/opt/covtriage >/dev/null
ok "make install"
cd "$work/opt/covtriage" || exit 1
[ "$(bin/covtriage --version | head -n 1 | cut -d' ' -f 1)" = covtriage ]
ok "the program"
for c in $(bin/covtriage --help | awk '/^Commands:/{on=1; next} !NF{on=0} on{print $1}'); do
    [ -s share/man/man1/covtriage-$c.1 ] || echo "no page: $c"
done | grep -q . && false || [ -s share/man/man1/covtriage.1 ]
ok "a man page for each command"
(. share/bash-completion/completions/covtriage; compopt() { :; }
 COMP_WORDS=(bin/covtriage tri) COMP_CWORD=1; _covtriage; [ "${COMPREPLY[*]}" = triage ])
ok "completion"
XDG_CONFIG_HOME=$work/config bin/covtriage triage share/covtriage/samples/county -o "$work/out" --quiet --lang zh --timezone +08:00 >/dev/null &&
    [ -s "$work/out/report.html" ]
ok "the sample county"
for f in LICENSE NOTICES README.md; do [ -s share/doc/covtriage/$f ] || exit 1; done
ok "licences and README"
make -s -C "$here/.." uninstall DESTDIR="$work" PREFIX=/opt/covtriage && [ -z "$(find "$work/opt" -type f)" ]
ok "make uninstall leaves no file"
exit $bad
