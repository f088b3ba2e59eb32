#!/bin/sh
# Installs RetiDiff Studio for the user who runs it, without administrator rights: into ~/.local, or --prefix DIR.
# --uninstall removes it again; documents, settings and models stay.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${XDG_DATA_HOME:+$(dirname "$XDG_DATA_HOME")}
prefix=${prefix:-$HOME/.local}
remove=
while [ $# -gt 0 ]; do
    case $1 in
    --user) ;;
    --prefix) prefix=${2:?"name a folder"}; shift ;;
    --uninstall) remove=yes ;;
    *) echo "usage: install.sh [--user] [--prefix DIR] [--uninstall]" >&2; exit 2 ;;
    esac
    shift
done
files="bin/retidiff
share/applications/retidiff.desktop
share/icons/hicolor/256x256/apps/retidiff.png
share/metainfo/io.github.retidiff.studio.metainfo.xml
share/mime/packages/retidiff.xml
share/man/man1/retidiff.1
share/doc/retidiff/LICENSE
share/doc/retidiff/LICENSE-APACHE
share/doc/retidiff/LICENSE-MIT
share/doc/retidiff/THIRD-PARTY-LICENCES.txt"
if [ -n "$remove" ]; then
    for file in $files; do rm -f "$prefix/$file"; done
    rmdir "$prefix/share/doc/retidiff" 2>/dev/null || true
    echo "RetiDiff Studio is removed from $prefix."
else
    for file in $files; do
        mkdir -p "$prefix/$(dirname "$file")"
        # Beside its place and then into it: a program that runs keeps its file.
        cp "$here/$file" "$prefix/$file.new"
        mv "$prefix/$file.new" "$prefix/$file"
    done
    # The desktop must find the program whatever the search path of the session is.
    sed -i "s|^Exec=retidiff|Exec=$prefix/bin/retidiff|" "$prefix/share/applications/retidiff.desktop"
    echo "RetiDiff Studio is in $prefix/bin/retidiff."
    case ":$PATH:" in *":$prefix/bin:"*) ;; *) echo "To type its name alone, add $prefix/bin to your PATH." ;; esac
fi
for tool in "update-desktop-database $prefix/share/applications" "update-mime-database $prefix/share/mime"; do
    command -v "${tool%% *}" >/dev/null 2>&1 && $tool >/dev/null 2>&1 || true
done
