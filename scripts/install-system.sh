#!/usr/bin/env bash
# Installs what the build and the window need and the system lacks (Debian and Ubuntu).
# Sourced by run.sh and test.sh; running it twice changes nothing.
# Usage: install-system.sh [PACKAGE...]   more packages than the common ones

install_system() {
  local wanted=(
    build-essential             # a C compiler and a linker
    libvulkan1 mesa-vulkan-drivers  # Vulkan, and its software driver where there is no GPU
    libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2  # a window under X11
    libxkbcommon0 libxkbcommon-x11-0                    # its keyboard
    libwayland-client0 libwayland-cursor0 libwayland-egl1  # a window under Wayland
    "$@"
  )
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "system packages: this is not Debian or Ubuntu; install a C compiler, a Vulkan driver and the X11/Wayland client libraries yourself if the build asks for them"
  else
    local missing=()
    for package in "${wanted[@]}"; do
      dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
      echo "system packages: nothing is missing"
    else
      echo "system packages: installing ${missing[*]}"
      as_root apt-get update -qq
      as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    fi
  fi
  install_rust
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# The oldest Rust that builds this, as Cargo.toml says; this file is sourced at the root of the repository.
wanted_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

# Whether cargo is there and not older than that. A folder's rust-toolchain or rustup's default decides which one.
has_wanted_rust() {
  local found
  found=$(cargo --version 2>/dev/null | awk '{print $2}') && [ -n "$found" ] &&
    [ "$(printf '%s\n' "$(wanted_rust)" "$found" | sort -V | head -n 1)" = "$(wanted_rust)" ]
}

# A toolchain that is new enough is left alone, and nothing is asked of the network then. Else rustup fetches the stable
# one: the rustup that is there, the system's package, or (Debian 12 has none) the official installer. A default that
# somebody has chosen stays as it is: the stable one is used by this script alone.
install_rust() {
  local own=${CARGO_HOME:-$HOME/.cargo}/bin found
  has_wanted_rust || export PATH="$own:$PATH"
  # One that an earlier run fetched.
  has_wanted_rust || ! RUSTUP_TOOLCHAIN=stable has_wanted_rust || export RUSTUP_TOOLCHAIN=stable
  if has_wanted_rust; then
    echo "rust: $(cargo --version)"
    return
  fi
  found=$(cargo --version 2>/dev/null) || found="none"
  echo "rust: $(wanted_rust) or newer is needed, found: $found"
  command -v rustup >/dev/null 2>&1 || rustup_from_the_system || rustup_from_its_site
  echo "rust: installing the stable toolchain through rustup"
  rustup toolchain install stable --profile minimal --component rustfmt --component clippy
  if rustup default >/dev/null 2>&1; then export RUSTUP_TOOLCHAIN=stable; else rustup default stable; fi
  hash -r
  if ! has_wanted_rust; then
    found=$(cargo --version 2>/dev/null) || found="none"
    echo "error: cargo is still $found: install Rust $(wanted_rust) or newer as https://rustup.rs says, then run this again" >&2
    exit 1
  fi
}

rustup_from_the_system() {
  command -v apt-get >/dev/null 2>&1 || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove rustup \
    >/dev/null 2>&1 || return 1
  echo "rust: rustup comes from the system's package"
}

# The installer of the Rust project, without touching the files of any shell.
rustup_from_its_site() {
  echo "rust: this system has no rustup package; fetching the official installer from https://rustup.rs"
  if ! command -v curl >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl ca-certificates >/dev/null
  fi
  local installer
  installer=$(mktemp)
  if ! curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs -o "$installer" ||
    ! RUSTUP_INIT_SKIP_PATH_CHECK=yes sh "$installer" -y -q --no-modify-path --profile minimal --default-toolchain none; then
    rm -f "$installer"
    echo "error: Rust could not be installed (is there a network?): install Rust $(wanted_rust) or newer as https://rustup.rs says, then run this again" >&2
    exit 1
  fi
  rm -f "$installer"
  export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
}
