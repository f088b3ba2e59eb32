#!/bin/bash
# Builds the release program in an old Debian, so that it runs with that system's glibc and every newer one: as the
# release workflow does in its container. The Rust toolchain and the crates of this system are used.
#   scripts/build-in-chroot.sh [SUITE]       bullseye (glibc 2.31) unless said here; the program: target/SUITE/release/retidiff
# Needs root and debootstrap, and the crates fetched (cargo fetch). MIRROR and CHROOTS as for scripts/test-packages.sh,
# FEATURES as for scripts/package.sh. ONLY_TRY=1 shows that the tools run there and builds nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/debian-mirror.sh
suite=${1:-bullseye}
features=${FEATURES:-cpu,gpu,studio,tls,tuning-store}
mirror=$(debian_mirror)
chroots=${CHROOTS:-$PWD/target/chroots}
root=$chroots/build-$suite
mkdir -p "$chroots" "target/$suite"
if [ ! -e "$root/built-by-retidiff" ]; then
    debootstrap --variant=minbase --include=build-essential,ca-certificates,pkg-config "$suite" "$root" "$mirror" >/dev/null
    touch "$root/built-by-retidiff"
fi
cargo_home=${CARGO_HOME:-$HOME/.cargo}
# The toolchain that this folder uses, without rustup in between.
toolchain=$(dirname "$(dirname "$(rustup which cargo)")")
mounted=()
finish() { for place in "${mounted[@]}"; do umount "$place" 2>/dev/null || umount -l "$place"; done; }
trap finish EXIT
lay() { # folder here; folder there; options
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    mounted=("$root$2" "${mounted[@]}")
    [ -z "${3:-}" ] || mount -o "remount,bind,$3" "$root$2"
}
mkdir -p "$root/proc"
mount -t proc proc "$root/proc"
mounted=("$root/proc")
lay "$PWD" /retidiff ro
lay "$PWD/target/$suite" /built
lay "$toolchain" /toolchain ro
lay "$cargo_home/registry" /cargo/registry
inside() { chroot "$root" env -i PATH=/toolchain/bin:/usr/bin:/bin HOME=/root LC_ALL=C.UTF-8 CARGO_HOME=/cargo CARGO_TARGET_DIR=/built "$@"; }
echo "Debian $(cat "$root/etc/debian_version"), glibc $(inside ldd --version | sed -n '1s/.* //p'), $(inside gcc --version | head -n 1), $(inside cargo --version)"
if [ -n "${ONLY_TRY:-}" ]; then
    inside cargo metadata --manifest-path /retidiff/Cargo.toml --offline --locked --format-version 1 --features "$features" >/dev/null
    echo "the tools run, and every crate is there; nothing was built"
    exit 0
fi
inside cargo build --manifest-path /retidiff/Cargo.toml --offline --locked --release --no-default-features --features "$features"
objdump -T "target/$suite/release/retidiff" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | sed 's/_/ /; s/^/needs /'
