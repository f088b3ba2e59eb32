#!/bin/bash
# Which Debian mirror a bare system is laid from: MIRROR, on a Debian the one that apt uses, else the public one. Sourced.
debian_mirror() {
    local found=${MIRROR:-}
    if [ -z "$found" ] && grep -qx 'ID=debian' /etc/os-release; then
        found=$({ cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null || true; } |
            sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | grep 'debian/*$' | head -n 1 || true)
    fi
    echo "${found:-http://deb.debian.org/debian}"
}
