#!/bin/sh
# precompile.sh <compiler> <arguments>...
# Runs the compiler. A header that is to be precompiled is removed first: where one of before is there, ccache takes it for
# what the new one is made from, and may then give one that was made from other sources.
output=
for argument; do
  if [ "$output" = -o ]; then
    output=$argument
    break
  fi
  [ "$argument" = -o ] && output=-o
done
case $output in *.gch | *.pch) rm -f "$output" ;; esac
exec "$@"
