#!/bin/sh
# Go has no install hooks: a package's code runs when it is imported (init), called, or built into a command.
# go.sh install MODULE VERSION | import MODULE | execute MODULE
phase=$1
module=$2
version=$3
end=$(($(date +%s) + ${CHECK_MS:-50000} / 1000))
unset CHECK_MS
left() { echo $((end - $(date +%s))); }
limited() { # SECONDS COMMAND…
  seconds=$1
  shift
  [ "$(left)" -lt "$seconds" ] && seconds=$(left)
  [ "$seconds" -gt 0 ] && timeout -k 1 "$seconds" "$@" </dev/null
}
# Name and import path of every package that can be built here.
packages() { go list -e -f '{{if and .GoFiles (not .Incomplete)}}{{.Name}} {{.ImportPath}}{{end}}' "$module/..." 2>/dev/null | head -n 300; }

case $phase in
install)
  go get "$module@$version" || exit 1
  go build "$module/..." || exit 0
  ;;
import)
  mkdir -p bin
  write() { # FILE PATHS
    { printf 'package main\n\nimport (\n'; for one in $2; do printf '\t_ "%s"\n' "$one"; done; printf ')\n\nfunc main() {}\n'; } >"$1"
  }
  all=$(packages | awk '$1 != "main" && $2 !~ /(^|\/)internal(\/|$)/ { print $2 }')
  mkdir -p imports/all
  write imports/all/main.go "$all"
  if go build -o bin/all ./imports/all; then
    limited 20 bin/all
    echo "$(echo "$all" | wc -w) packages imported together"
  else
    count=0
    for one in $all; do
      [ "$(left)" -gt 2 ] || break
      mkdir -p imports/one
      write imports/one/main.go "$one"
      go build -o bin/one ./imports/one 2>/dev/null && limited 10 bin/one
      count=$((count + 1))
    done
    echo "$count packages imported one by one"
  fi
  ;;
execute)
  mkdir -p bin data
  echo '[{"id":1,"name":"Blue mug","price":9.5}]' >data/products.json
  commands=0
  for one in $(packages | awk '$1 == "main" { print $2 }' | head -n 20); do
    [ "$(left)" -gt 2 ] || break
    go build -o "bin/$(basename "$one")" "$one" 2>/dev/null || continue
    commands=$((commands + 1))
    limited 5 "bin/$(basename "$one")" >/dev/null 2>&1
    limited 5 "bin/$(basename "$one")" --help >/dev/null 2>&1
    limited 5 "bin/$(basename "$one")" 'hello world' >/dev/null 2>&1
  done
  functions=0
  for place in calls/*/; do
    [ -f "$place/main.go" ] && [ "$(left)" -gt 2 ] || continue
    go build -o bin/call "./$place" 2>/dev/null || continue
    many=$(cat "$place/count")
    at=0
    while [ "$at" -lt "$many" ] && [ "$(left)" -gt 1 ]; do
      limited 3 bin/call "$at" >/dev/null 2>&1
      at=$((at + 1))
    done
    functions=$((functions + at))
  done
  echo "$functions functions called, $commands commands run"
  ;;
esac
