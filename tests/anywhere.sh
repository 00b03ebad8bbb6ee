#!/usr/bin/env bash
# dotnet test HvModule.sln is green anywhere: this runs it in four languages, in a checkout whose path has blanks and umlauts with the temporary folder on
# another file system, and again and again beside three busy loops; each time in another order, whose number is printed.
#
#   tests/anywhere.sh [languages] [places] [busy]       all three when none is named
#
#   TIMES=20   how often it runs beside the busy loops
#   SEED=N     the number of the first order; a random one when not given
#   KEEP=1     the logs stay where the last line says, also when everything is green
#
# A failure is run again by TEST_ORDER=N LC_ALL=... dotnet test HvModule.sln.
set -uo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
times=${TIMES:-20}
seed=${SEED:-$((RANDOM * 32768 + RANDOM))}
scratch=$(mktemp -d)
logs=$scratch/logs
mkdir -p "$logs"
failed=0 runs=0 loops=()

clear_up() {
  [ "${#loops[@]}" -eq 0 ] || kill "${loops[@]}" 2>/dev/null
  if [ "$failed" -eq 0 ] && [ -z "${KEEP:-}" ]; then rm -rf "$scratch"; else rm -rf "$scratch/checkout"* "$scratch/temp"; fi
  [ -z "${elsewhere:-}" ] || rm -rf "$elsewhere"
}
trap clear_up EXIT
trap 'exit 130' INT TERM

# run NAME [VARIABLE=VALUE...]: one run of all tests in the present folder, in the next order.
run() {
  local name=$1 log
  shift
  log=$logs/$(printf '%03d' "$runs")-$name.log
  local began=$SECONDS
  env "$@" TEST_ORDER="$seed" dotnet test HvModule.sln ${no_build:-} >"$log" 2>&1 </dev/null
  local status=$?
  if [ $status -eq 0 ] && grep -q 'Passed!' "$log"; then
    echo "green   $name, order $seed, $((SECONDS - began)) s: $(grep -oE 'Passed: *[0-9]+' "$log" | grep -oE '[0-9]+' | paste -sd+ | bc 2>/dev/null || true) passed"
  else
    failed=$((failed + 1))
    echo "FAILED  $name, order $seed, $((SECONDS - began)) s: $log"
    grep -E '^  *Failed |: error |Failed!' "$log" | sed 's/^ */          /' | sort -u | head -20
  fi
  runs=$((runs + 1)) seed=$((seed + 1))
}

# A language that the system lacks is made where that is allowed; .NET has its own data, so it serves even where it is not.
provide() {
  local name=${1%.UTF-8}
  locale -a 2>/dev/null | grep -qiE "^$name\.utf-?8$" && return
  command -v localedef >/dev/null && localedef -i "$name" -f UTF-8 "$name.UTF-8" 2>/dev/null && return
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get install -y locales >/dev/null 2>&1 && localedef -i "$name" -f UTF-8 "$name.UTF-8" 2>/dev/null && return
  fi
  echo "        (the system has no $1; .NET takes it from ICU)"
}

languages() {
  local language
  for language in C en_US.UTF-8 de_DE.UTF-8 tr_TR.UTF-8; do
    [ "$language" = C ] || provide "$language"
    run "in-$language" LC_ALL="$language" LANG="$language"
  done
}

places() {
  local checkout="$scratch/checkout mit Leerzeichen/Prüfstand ü & (1)" candidate
  mkdir -p "$checkout" "$scratch/temp"
  git ls-files -z | tar --null -T - -cf - 2>/dev/null | tar -C "$checkout" -xf -
  elsewhere=
  for candidate in "${ELSEWHERE:-}" /dev/shm "/run/user/$(id -u)"; do
    if [ -n "$candidate" ] && [ -d "$candidate" ] && [ -w "$candidate" ] && [ "$(stat -c %d "$candidate")" != "$(stat -c %d "$scratch")" ]; then
      elsewhere=$(mktemp -d "$candidate/mp tests XXXXXX")
      break
    fi
  done
  [ -n "$elsewhere" ] || echo "        (there is no second file system that may be written to: name one as ELSEWHERE)"
  cd "$checkout"
  local no_build=
  run "in-another-place" TMPDIR="${elsewhere:-$scratch/temp}"
  cd "$root"
}

busy() {
  local loop count
  for loop in 1 2 3; do
    while :; do :; done &
    loops+=($!)
  done
  for ((count = 1; count <= times; count++)); do
    run "busy-$count-of-$times"
  done
  kill "${loops[@]}" 2>/dev/null
  loops=()
}

suites=("$@")
[ $# -gt 0 ] || suites=(languages places busy)
for suite in "${suites[@]}"; do
  case $suite in languages | places | busy) ;; *) echo "There is no '$suite': languages, places, busy." && exit 2 ;; esac
done

no_build=
if ! dotnet build HvModule.sln -v quiet >"$logs/build.log" 2>&1; then
  grep -E 'error' "$logs/build.log" | sort -u | head -20
  failed=1
  exit 1
fi
no_build=--no-build
for suite in "${suites[@]}"; do "$suite"; done
[ "$failed" -eq 0 ] && echo "$runs runs, all green" || echo "$runs runs, $failed failed: $logs"
exit $((failed > 0))
