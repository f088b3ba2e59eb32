#!/bin/bash
# Packs a built program for Linux: .tar.gz (with install.sh for a user without rights), .deb, .rpm, SHA256SUMS, licences
# and the list of libraries, into dist/.
#   scripts/package.sh [PROGRAM]             the program: target/release/retidiff unless said here
#   scripts/package.sh --glibc 2.31          the program linked with that C library first, by scripts/link-old-glibc.sh
# scripts/build-in-chroot.sh builds all of it in an older system instead; scripts/test-packages.sh tries what is packed.
# .deb needs dpkg-deb, .rpm rpmbuild; what is missing is said and left out.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-target/release/retidiff}
if [ "${1:-}" = --glibc ]; then
    case ${2:-} in
    2.31) suite=bullseye ;;
    2.36) suite=bookworm ;;
    *) echo "--glibc 2.31 (Debian 11, Ubuntu 20.04) or 2.36 (Debian 12)"; exit 2 ;;
    esac
    scripts/link-old-glibc.sh "$suite"
    program=${CARGO_TARGET_DIR:-target}/$suite/retidiff
fi
program=$(realpath "$program")
[ -x "$program" ] || { echo "$program is not there: cargo build --release"; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
glibc=$(objdump -T "$program" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1 | cut -d_ -f2)
# The same commit gives the same archives.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH
out=dist
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -rf "$out"
mkdir -p "$out"

echo "retidiff $version, needs glibc $glibc"
scripts/third-party-licences.py "$work/licences" --features "${FEATURES:-cpu,gpu,studio,tls}"
cp "$work/licences/sbom.cdx.json" "$out/retidiff-$version.cdx.json"

# Everything as it lies below a prefix.
tree=$work/tree
install -D -m755 "$program" "$tree/bin/retidiff"
strip --strip-unneeded "$tree/bin/retidiff" 2>/dev/null || true
install -D -m644 packaging/linux/retidiff.desktop "$tree/share/applications/retidiff.desktop"
install -D -m644 assets/icon.png "$tree/share/icons/hicolor/256x256/apps/retidiff.png"
install -D -m644 packaging/linux/io.github.retidiff.studio.metainfo.xml -t "$tree/share/metainfo"
install -D -m644 packaging/linux/retidiff-mime.xml "$tree/share/mime/packages/retidiff.xml"
install -D -m644 packaging/linux/retidiff.1 "$tree/share/man/man1/retidiff.1"
install -D -m644 LICENSE LICENSE-APACHE LICENSE-MIT "$work/licences/THIRD-PARTY-LICENCES.txt" -t "$tree/share/doc/retidiff"

# --- .tar.gz --------------------------------------------------------------------------------------------------------
name=retidiff-$version-$(uname -m)-linux
mkdir "$work/$name"
cp -a "$tree/." "$work/$name/"
install -m755 packaging/linux/install.sh "$work/$name/install.sh"
cat >"$work/$name/README.txt" <<TEXT
RetiDiff Studio $version. Everything it makes is synthetic, for research and teaching, not for diagnosis.

./bin/retidiff           runs it from here
./install.sh --user      installs it for you into ~/.local, without administrator rights; --uninstall removes it
touch bin/retidiff.portable
                         keeps settings, journal and models beside the program, as on a memory stick

It needs glibc $glibc or newer, and a Vulkan driver for the window (mesa-vulkan-drivers brings one without a graphics card).
TEXT
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -C "$work" -c "$name" | gzip -n9 >"$out/$name.tar.gz"

# The folders of the system's packages.
root=$work/root
mkdir -p "$root/usr"
cp -a "$tree/." "$root/usr/"
gzip -n9 "$root/usr/share/man/man1/retidiff.1"

# --- .deb -----------------------------------------------------------------------------------------------------------
if command -v dpkg-deb >/dev/null; then
    deb=$work/deb
    mkdir -p "$deb/DEBIAN"
    cp -a "$root/." "$deb/"
    doc=$deb/usr/share/doc/retidiff
    rm "$doc"/LICENSE*
    gzip -n9 "$doc/THIRD-PARTY-LICENCES.txt"
    mit=$(sed 's/^$/./; s/^/ /' LICENSE-MIT)
    awk -v mit="$mit" '{if ($0 == "@MIT@") print mit; else print}' packaging/linux/copyright >"$doc/copyright"
    printf 'retidiff (%s) unstable; urgency=medium\n\n  * Release %s; CHANGELOG.md of the sources says what is new.\n\n -- The RetiDiff Studio authors <retidiff@users.noreply.github.com>  %s\n' \
        "$version" "$version" "$(LC_ALL=C date -R -u -d "@$SOURCE_DATE_EPOCH")" | gzip -n9 >"$doc/changelog.gz"
    size=$(du -sk --exclude=DEBIAN "$deb" | cut -f1)
    cat >"$deb/DEBIAN/control" <<CONTROL
Package: retidiff
Version: $version
Section: science
Priority: optional
Architecture: $(dpkg --print-architecture)
Maintainer: The RetiDiff Studio authors <retidiff@users.noreply.github.com>
Installed-Size: $size
Depends: libc6 (>= $glibc), libgcc-s1
Recommends: libvulkan1, mesa-vulkan-drivers, libxkbcommon0, libxkbcommon-x11-0, libx11-6, libx11-xcb1, libxcursor1, libxi6, libxrandr2, libwayland-client0
Suggests: openssh-client
Description: paint retinal layers and fluid, see the synthetic OCT scan
 RetiDiff Studio paints the layers and the fluid of a retina and shows, while
 you paint, the OCT B-scan that would show them. It opens the formats of
 instruments and of research, traces layers, measures, designs cases and makes
 data sets with exact labels.
 .
 Every picture it makes is synthetic, says so, and is for research and
 teaching, not for diagnosis.
CONTROL
    find "$deb" -type d -exec chmod 755 {} +
    find "$deb" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
    dpkg-deb --root-owner-group -Zxz --build "$deb" "$out/retidiff_${version}_$(dpkg --print-architecture).deb" >/dev/null
else
    echo "no .deb: dpkg-deb is missing"
fi

# --- .rpm -----------------------------------------------------------------------------------------------------------
if command -v rpmbuild >/dev/null; then
    sed "s|@VERSION@|$version|; s|@GLIBC@|$glibc|; s|@ROOT@|$root|" packaging/linux/retidiff.spec.in >"$work/retidiff.spec"
    rpmbuild -bb --quiet --define "_topdir $work/rpm" --define "_rpmdir $work" --define "clamp_mtime_to_source_date_epoch 1" \
        --define "_buildhost localhost" --define "source_date_epoch_from_changelog 0" "$work/retidiff.spec"
    cp "$work"/x86_64/*.rpm "$out/"
else
    echo "no .rpm: rpmbuild is missing"
fi

(cd "$out" && sha256sum -- * >SHA256SUMS)
ls -l "$out" | awk 'NR > 1 {printf "%12d  %s\n", $5, $9}'
