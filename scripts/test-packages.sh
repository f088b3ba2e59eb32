#!/bin/bash
# Tries what scripts/package.sh has made: sizes, sums, lintian, and an installation in bare systems, an old one among them.
#   scripts/test-packages.sh [SUITE...]      bullseye (Debian 11, glibc 2.31) and bookworm (12) unless said here
# Needs root, debootstrap and lintian. MIRROR names a Debian mirror; on a Debian the one that apt uses is taken.
# CHROOTS=DIR keeps the systems there for the next time.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/debian-mirror.sh
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(bullseye bookworm)
deb=$(ls dist/*.deb) archive=$(ls dist/*.tar.gz)
for tool in debootstrap lintian dpkg-deb; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install debootstrap lintian"; exit 1; }
done
[ "$(id -u)" = 0 ] || { echo "a system is laid into a folder by root: run it as root"; exit 1; }
mirror=$(debian_mirror)
chroots=${CHROOTS:-$(mktemp -d /tmp/retidiff-packages.XXXXXX)}
[ -n "${CHROOTS:-}" ] || trap 'rm -rf --one-file-system "$chroots"' EXIT

echo "== sizes and sums"
(cd dist && sha256sum --quiet -c SHA256SUMS && echo "every sum of SHA256SUMS holds")
ls -l dist | awk 'NR > 1 {printf "%8.1f MB  %s\n", $5 / 1e6, $9}'
printf '%8.1f MB  installed from %s\n' "$(dpkg-deb -f "$deb" Installed-Size | awk '{print $1 * 1024 / 1e6}')" "$(basename "$deb")"
largest=$(tar tvzf "$archive" | sort -k3 -n | tail -n 3 | awk '{printf "%8.1f MB  %s\n", $3 / 1e6, $6}')
echo "$largest"

echo "== lintian"
# An error is a package that Debian would refuse; warnings are printed to be read.
lintian --fail-on error --suppress-tags-from-file packaging/linux/lintian-not-ours "$deb" && echo "no error"

need=$(dpkg-deb -f "$deb" Depends | sed -n 's/.*libc6 (>= \([0-9.]*\)).*/\1/p')
failed=0
for suite in "${suites[@]}"; do
    echo "== $suite"
    root=$chroots/$suite
    [ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror" >/dev/null
    has=$(chroot "$root" ldd --version | sed -n '1s/.* //p')
    if [ "$(printf '%s\n' "$need" "$has" | sort -V | head -n 1)" != "$need" ]; then
        echo "FAILED: the program needs glibc $need, $suite has $has; build it with scripts/build-in-chroot.sh"
        failed=1
        continue
    fi
    CHROOT=$root scripts/test-install.sh "$suite" "$mirror" || failed=1
done
[ $failed = 0 ] && echo "all hold in ${suites[*]}, $SECONDS s"
exit $failed
