# Sourced by scripts that need programs of Debian. Brings packages where they are missing and may be installed; otherwise says why not, in one line.
# Usage: need_packages PROGRAM PACKAGE... || echo "cannot run: $why"
need_packages() {
  local program=$1 root=
  shift
  if command -v "$program" >/dev/null 2>&1; then
    return 0
  elif ! command -v apt-get >/dev/null 2>&1; then
    why="there is no $program, and no apt-get to bring it"
    return 1
  elif [ "$(id -u)" -ne 0 ]; then
    root='sudo -n'
    if ! sudo -n true >/dev/null 2>&1; then
      why="there is no $program, and this user may not install it (apt-get install $*)"
      return 1
    fi
  fi

  echo "Installing $* (apt-get, $program is missing)"
  if ! $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1; then
    # The lists of packages may be old, or not there at all.
    $root apt-get update -q >/dev/null 2>&1
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" >/dev/null 2>&1
  fi

  if ! command -v "$program" >/dev/null 2>&1; then
    why="there is no $program, and apt-get could not bring it ($*)"
    return 1
  fi
}
