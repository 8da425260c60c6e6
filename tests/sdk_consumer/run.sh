#!/usr/bin/env bash
# run.sh BUILD SOURCE: installs the hub of BUILD into a folder of its own, builds sdk/template and boot-counter against what
# is installed there, and calls them over HTTP.
set -euo pipefail
build=$1 source=$2
work=$(mktemp -d)
hub=
end() {
  local code=$?
  [ -z "$hub" ] || kill -KILL "$hub" 2>/dev/null || true
  [ $code = 0 ] || { echo "--- failed; the hub said:"; cat "$work/log" 2>/dev/null || true; }
  rm -rf "$work"
}
trap end EXIT
fail() { echo "FAILED: $*"; exit 1; }

cmake --install "$build" --prefix "$work/prefix" >"$work/install"
[ -x "$work/prefix/bin/gatetorio-hub" ] || fail "no program is installed"
for file in include/gatetorio/plugin.hpp include/gatetorio/abi/plugin.h share/gatetorio/migrations/registration; do
  [ -e "$work/prefix/$file" ] || fail "$file is not installed"
done
# Nothing may be found in the source tree: the headers that are used are the installed ones.
for project in "$source/sdk/template" "$source/tests/sdk_consumer/boot-counter"; do
  name=$(basename "$project")
  cp -r "$project" "$work/$name"
  cmake -G Ninja -S "$work/$name" -B "$work/$name/build" -DCMAKE_PREFIX_PATH="$work/prefix" \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror ${CONSUMER_CXX_FLAGS:-}" >"$work/configure" || { cat "$work/configure"; fail "$name cannot be configured"; }
  cmake --build "$work/$name/build" >"$work/make" || { cat "$work/make"; fail "$name does not build"; }
done
# A page of an integrator's own, built and checked by the installed kit.
page=$work/boot-counter
[ -e "$page/build/pages/boot-counter/index.html" ] || fail "the page of boot-counter is not built"
node "$page/build/admin-kit/kit/page.mjs" check "$page/web" --path /boot-counter >"$work/check" 2>&1 ||
  { cat "$work/check"; fail "the page does not pass the kit's check"; }
ctest --test-dir "$work/template/build" >"$work/ctest" || { cat "$work/ctest"; fail "the template's own test fails"; }

plugins=$(dirname "$(find "$work/prefix" -name gatetorio-transport-http.so)")
cp "$work"/*/build/plugins/gatetorio-*.so "$plugins/"
exports=$(nm -D --defined-only "$plugins/gatetorio-boot-counter.so" | awk '{print $3}' | sed 's/@.*//' | sort)
[ "$exports" = gtr_plugin_entry ] || fail "the plugin exports more than its entry point: $exports"

cat >"$work/hub.toml" <<TOML
[hub]
data_dir = "$work/data"
migrations_dir = ["$work/boot-counter/migrations"]
pages_dir = ["$work/boot-counter/build/pages"]
plugins = ["storage-sqlite", "transport-http", "transport-mqtt", "registration", "auth", "admin", "hello", "boot-counter"]
[plugins.transport-http]
listen = "127.0.0.1:0"
[plugins.transport-mqtt]
listen = "127.0.0.1:0"
[plugins.registration]
enrolment = "open"
[plugins.hello]
greeting = "Good day"
[plugins.boot-counter]
many = 2
TOML
"$work/prefix/bin/gatetorio-hub" check --config "$work/hub.toml"
"$work/prefix/bin/gatetorio-hub" --config "$work/hub.toml" >"$work/out" 2>"$work/log" &
hub=$!
wait_until() {
  for _ in $(seq 300); do
    if "$@"; then return 0; fi
    kill -0 "$hub" 2>/dev/null || fail "the hub has ended"
    sleep 0.05
  done
  fail "not in time: $*"
}
wait_until grep -q '^ready ' "$work/out"
api="http://$(sed -n 's/^ready .*http=\([^ ]*\).*/\1/p' "$work/out")/api/v1"

[ "$(curl -sS "$api/hello/world" | jq -r .text)" = "Good day, world!" ] || fail "the template does not greet"
[ "$(curl -sS -o /dev/null -w '%{http_code}' "$api/hello/nobody")" = 404 ] || fail "the template's error is not mapped"
register() {
  curl -sS "$api/devices/register" -H "Authorization: Bearer ${1:-}" -H 'Content-Type: application/json' \
    -d '{"hardware_id":"aa:bb","controller_id":"gate-1"}'
}
token=$(register | jq -r .device_token)
register "$token" >/dev/null
boots() { curl -sS "$api/devices/gate-1/boots" -H "Authorization: Bearer ${1:-none}"; }
counted() { [ "$(boots "$token" | jq -c '{boots, is_many}')" = '{"boots":2,"is_many":true}' ]; }
wait_until counted
[ "$(boots | jq -r .status)" = 401 ] || fail "a stranger may read the boots"
curl -sS "${api%/api/v1}/boot-counter" | grep -q "<title>Boots" || fail "the page of boot-counter is not served"
curl -sS "${api%/api/v1}/openapi.json" | jq -e '.paths | keys | map(select(endswith("}/boots"))) | length == 1' >/dev/null ||
  fail "the operation is not in the OpenAPI document"

kill -TERM "$hub"
wait "$hub" || fail "the hub ended with code $?"
hub=
echo "the installed hub runs plugins that were built against the installed SDK"
