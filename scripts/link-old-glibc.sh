#!/bin/bash
# Links the release program with the C library of an old Debian, so that it runs with that one and every newer one. Only
# the last link is done again, in seconds: objects of Rust do not know which C library they will meet, and an object of C
# that asks for something newer stops the link.
#   scripts/link-old-glibc.sh [SUITE]        bullseye (glibc 2.31) unless said here; the program: target/SUITE/retidiff
# Needs root and debootstrap for the old library's files. MIRROR as for scripts/test-packages.sh, FEATURES as for
# scripts/build-in-chroot.sh, which builds everything in the old system instead; without FEATURES the default ones.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/debian-mirror.sh
suite=${1:-bullseye}
places=$(cc -print-multiarch)
out=${CARGO_TARGET_DIR:-target}
sysroot=$(realpath -m "$out/sysroots/$suite")
if [ ! -e "$sysroot/laid" ]; then
    rm -rf "$sysroot"
    packages=$(mktemp -d)
    trap 'rm -rf "$packages"' EXIT
    debootstrap --variant=minbase --include=libc6-dev --download-only "$suite" "$packages" "$(debian_mirror)" >/dev/null
    mkdir -p "$sysroot"
    for package in libc6 libc6-dev libgcc-s1; do dpkg-deb -x "$packages"/var/cache/apt/archives/${package}_*.deb "$sysroot"; done
    # Debian's libraries may lie in /lib or in /usr/lib; here one name finds them.
    [ -e "$sysroot/lib64/ld-linux-x86-64.so.2" ] || ln -s usr/lib64 "$sysroot/lib64"
    # Links to the root of that system would lead into this one.
    find "$sysroot" -type l -lname '/*' | while read -r link; do
        ln -sfrT "$sysroot$(readlink "$link")" "$link"
    done
    touch "$sysroot/laid"
fi
features=()
[ -z "${FEATURES:-}" ] || features=(--no-default-features --features "$FEATURES")
flags=(-C link-arg=--sysroot="$sysroot" -C link-arg=-B"$sysroot/usr/lib/$places")
flags+=(-L native="$sysroot/lib/$places" -L native="$sysroot/usr/lib/$places")
# Short addresses (build.rs) need glibc 2.36, and Cargo hands that on after all that is said here.
linker=$sysroot/cc
printf '#!/bin/bash\nexec cc "${@/#-Wl,-z,pack-relative-relocs/-Wl,-z,nopack-relative-relocs}"\n' >"$linker"
chmod +x "$linker"
flags+=(-C linker="$linker")
cargo rustc --release --locked --bin retidiff "${features[@]}" -- "${flags[@]}"
mkdir -p "$out/$suite"
cp "$out/release/retidiff" "$out/$suite/retidiff"
need=$(objdump -T "$out/$suite/retidiff" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d_ -f2)
if objdump -T "$out/$suite/retidiff" | grep -q GLIBC_ABI_DT_RELR; then echo "FAILED: short addresses need glibc 2.36"; exit 1; fi
has=$(basename "$(ls "$sysroot/lib/$places"/libc-2.*.so)" .so | cut -d- -f2)
if [ "$(printf '%s\n' "$need" "$has" | sort -V | tail -n 1)" != "$has" ]; then
    echo "FAILED: $suite has glibc $has, and the program needs $need"
    exit 1
fi
echo "$out/$suite/retidiff: linked with glibc $has, needs $need"
