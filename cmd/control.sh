#!/bin/sh
# The control files of the Debian package whose tree is FOLDER/root.
# usage: control.sh FOLDER VERSION ARCHITECTURE
set -e
cd "$1"
mkdir -p debian root/DEBIAN
printf 'Source: covtriage\n\nPackage: covtriage\nArchitecture: any\n' >debian/control
command -v dpkg-shlibdeps >/dev/null || { echo "dpkg-shlibdeps is missing: install dpkg-dev" >&2; exit 1; }
depends=$(dpkg-shlibdeps -O root/usr/bin/covtriage 2>/dev/null | sed 's/^shlibs:Depends=//')
[ -n "$depends" ] || { echo "the libraries' packages are not known" >&2; exit 1; }
size=$(du -sk root/usr | cut -f1)
cat >root/DEBIAN/control <<END
Package: covtriage
Version: $2
Architecture: $3
Maintainer: the covtriage authors <covtriage@localhost>
Installed-Size: $size
Depends: $depends
Recommends: fonts-noto-cjk
Section: science
Priority: optional
Description: triage of network-coverage complaints
 Every complaint of a case folder is placed, the evidence of measurements,
 alarms, counters, antennas and plans is gathered, and its cause is decided
 with the probability that the decision is right.
END
(cd root && find usr -type f -exec md5sum {} +) >root/DEBIAN/md5sums
find root -type d -exec chmod 755 {} +
