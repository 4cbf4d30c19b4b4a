#!/bin/bash
# Go has no install hooks: a package's code runs when it is imported (init), called, or built into a command.
# go.sh install MODULE VERSION | import MODULE | execute MODULE | time (ends with 1 where time does not run fast)
# Nothing but go and timeout is started, so that whatever else is seen is the package's.
phase=$1 module=$2 version=$3
end=$((${CHECK_MS:-50000} / 1000))
# Where time runs fast, programs have it run for a while.
call=3
[ -n "$CHECK_LONG" ] && call=8
unset CHECK_MS CHECK_LONG

# Ends with 1 where there is no time left.
limited() { # SECONDS COMMAND…
  local seconds=$1 left=$((end - SECONDS))
  shift
  [ "$left" -gt 0 ] || return 1
  [ "$left" -lt "$seconds" ] && seconds=$left
  timeout -k 1 "$seconds" "$@" </dev/null
  return 0
}

# Every package that can be built here, a line each: its name, its import path.
packages() { go list -e -f '{{if and .GoFiles (not .Incomplete)}}{{.Name}} {{.ImportPath}}{{end}}' "$module/..." 2>/dev/null; }

program() { # PATHS…
  printf 'package main\n\nimport (\n'
  printf '\t_ "%s"\n' "$@"
  printf '%s\n' "$(<scripts/main.txt)"
}

case $phase in
time)
  printf 'package main\n\nimport "time"\n\nfunc main() { time.Sleep(time.Hour) }\n' >imports/one/main.go
  go build -o bin/one ./imports/one && timeout -k 1 20 bin/one || { echo 'time does not run fast in programs of this Go'; exit 1; }
  ;;
install)
  go get "$module@$version" || exit 1
  go build "$module/..." || exit 0
  ;;
import)
  all=()
  while read -r name path; do
    [ "$name" = main ] || [[ /$path/ == */internal/* ]] || all+=("$path")
  done < <(packages)
  [ ${#all[@]} -gt 0 ] || { echo 'there is no package to import'; exit 0; }
  program "${all[@]}" >imports/all/main.go
  if go build -o bin/all ./imports/all 2>/dev/null; then
    limited 20 bin/all || exit 3
    echo "${#all[@]} packages imported together"
    exit 0
  fi
  done=0
  for path in "${all[@]}"; do
    program "$path" >imports/one/main.go
    if go build -o bin/one ./imports/one 2>/dev/null; then limited 10 bin/one || exit 3; done=$((done + 1)); fi
  done
  echo "$done of ${#all[@]} packages imported one by one"
  ;;
execute)
  commands=0 functions=0
  while read -r name path; do
    [ "$name" = main ] && [ "$commands" -lt 20 ] || continue
    go build -o "bin/${path##*/}" "$path" 2>/dev/null || continue
    commands=$((commands + 1))
    limited 5 "bin/${path##*/}" >/dev/null 2>&1 || exit 3
    limited 5 "bin/${path##*/}" --help >/dev/null 2>&1 || exit 3
    limited 5 "bin/${path##*/}" 'hello world' >/dev/null 2>&1 || exit 3
  done < <(packages)
  for place in calls/*/; do
    [ -f "${place}main.go" ] && go build -o bin/call "./$place" 2>/dev/null || continue
    read -r count <"${place}count"
    for ((at = 0; at < count; at++)); do
      limited "$call" bin/call "$at" >/dev/null 2>&1 || exit 3
      functions=$((functions + 1))
    done
  done
  echo "$functions functions called, $commands commands run"
  ;;
esac
exit 0
