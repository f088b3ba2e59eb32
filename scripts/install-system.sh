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
      local as_root=""
      [ "$(id -u)" -eq 0 ] || as_root="sudo"
      $as_root apt-get update -qq
      DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    fi
  fi
  install_rust
}

# Rust comes from the system's rustup package; a toolchain that is there is left alone.
install_rust() {
  if command -v cargo >/dev/null 2>&1; then
    echo "rust: $(cargo --version)"
    return
  fi
  echo "rust: installing the stable toolchain through rustup"
  local as_root=""
  [ "$(id -u)" -eq 0 ] || as_root="sudo"
  if ! DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq rustup >/dev/null; then
    echo "error: this system has no rustup package: install Rust 1.95 or newer as https://rustup.rs says, then run this again" >&2
    exit 1
  fi
  rustup toolchain install stable --profile minimal --component rustfmt --component clippy
}
