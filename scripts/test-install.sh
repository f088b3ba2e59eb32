#!/bin/bash
# Installs what scripts/package.sh has made into a bare Debian, and tries it there: the .deb as root, the .tar.gz as a
# user without rights. Needs root, debootstrap and a Debian mirror.
#   scripts/test-install.sh [SUITE] [MIRROR]          bookworm unless said here
set -euo pipefail
cd "$(dirname "$0")/.."
suite=${1:-bookworm}
mirror=${2:-http://deb.debian.org/debian}
root=${CHROOT:-$(mktemp -d)/$suite}
[ -e "$root/etc/debian_version" ] || debootstrap --variant=minbase "$suite" "$root" "$mirror" >/dev/null
cp dist/*.deb dist/*.tar.gz "$root/tmp/"
mkdir -p "$root/tmp/sample"
cp assets/samples/*label* "$root/tmp/sample/" 2>/dev/null || cp -r assets/samples/. "$root/tmp/sample/"
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 XDG_RUNTIME_DIR=/tmp DEBIAN_FRONTEND=noninteractive "$@"; }
inside mountpoint -q /proc || mount -t proc proc "$root/proc"
trap 'umount "$root/proc" 2>/dev/null || true' EXIT
mask=$(cd "$root" && find tmp/sample -name '*label*.png' -o -name '*mask*.png' | head -n 1)

echo "Debian $(cat "$root/etc/debian_version"), $(inside ldd --version | head -n 1 | grep -o '[0-9.]*$')"
try() { # how it was installed; the command's prefix
    local how=$1
    shift
    inside "$@" --help >/dev/null && echo "$how: --help runs"
    inside "$@" synthesize --mask "/$mask" --out "/tmp/$how.png" --device cpu 2>/dev/null
    test -s "$root/tmp/$how.png"
    inside "$@" screenshot --out "/tmp/$how-window.png" --device cpu >/dev/null 2>"$root/tmp/$how.log" ||
        { tail -n 3 "$root/tmp/$how.log"; return 1; }
    test -s "$root/tmp/$how-window.png"
    echo "$how: synthesize and screenshot run ($(stat -c %s "$root/tmp/$how-window.png") bytes)"
}
inside dpkg -i "/tmp/$(basename dist/*.deb)" >/dev/null
# The window needs a Vulkan driver, which the package recommends.
inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends mesa-vulkan-drivers libvulkan1 libxkbcommon0 >/dev/null 2>&1
try deb retidiff
inside dpkg -r retidiff >/dev/null
inside test ! -e /usr/bin/retidiff
inside useradd -m ana 2>/dev/null || true
inside su ana -c "cd && tar xf /tmp/$(basename dist/*.tar.gz) && ./retidiff-*-linux/install.sh --user" | head -n 1
try tar /home/ana/.local/bin/retidiff
# With the marker everything is kept beside the program, and nothing elsewhere.
inside su ana -c 'cd ~/retidiff-*-linux && touch bin/retidiff.portable && bin/retidiff info --gpus' >/dev/null
inside su ana -c 'test -s "$(echo ~/retidiff-*-linux/bin/retidiff-data)/gpus.json"'
echo "portable: it keeps its files beside the program"
inside su ana -c 'cd && ./retidiff-*-linux/install.sh --uninstall' >/dev/null
inside test ! -e /home/ana/.local/bin/retidiff
echo "both are removed again without a rest of the program"
