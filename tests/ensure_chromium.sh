#!/bin/sh
# The browser tests drive the system's own Chromium. Where there is none, install Debian's package
# if this user may; else say how to, and the tests will be listed as skipped.
set -u

for name in chromium chromium-browser; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done

install='apt-get update && apt-get install -y --no-install-recommends chromium fonts-liberation'

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo 'Installing Chromium for the browser tests ...'
    log=$(mktemp)
    if DEBIAN_FRONTEND=noninteractive sh -c "$install" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log"
    rm -f "$log"
fi

echo "No Chromium: the browser tests will be skipped. To install it: $install"
exit 0
