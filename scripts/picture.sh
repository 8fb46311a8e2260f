#!/usr/bin/env bash
# Makes docs/run.png, the picture of a real run in the README: runs the sample job in a terminal, takes the screen at its end.
# Needs Debian's tmux, aha and chromium.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
session=bytemill-picture-$$
trap 'tmux kill-session -t "$session" 2>/dev/null || true; rm -rf "$work"' EXIT

"$root/scripts/bytemill.sh" --version >/dev/null
ln -s "$root/samples" "$work/samples"
# The program under the name that an installed tool has.
printf '#!/bin/sh\nexec dotnet "%s/src/Bytemill.App/bin/publish/bytemill.dll" "$@"\n' "$root" >"$work/bytemill"
chmod +x "$work/bytemill"
tmux new-session -d -s "$session" -x 112 -y 21 "cd '$work' && PATH=$work:$PATH PS1='$ ' bash --norc"
tmux send-keys -t "$session" "clear" Enter
tmux send-keys -t "$session" "bytemill run --input 'samples/corpus/*.parquet' --vocab-size 8000 --output out" Enter
for ((i = 0; i < 300; i++)); do
    tmux capture-pane -p -t "$session" | grep -q '^manifest' && break
    sleep 0.2
done
sleep 1.5
tmux capture-pane -p -e -t "$session" | aha --black --title bytemill >"$work/run.html"
sed -i 's/<pre>/<pre style="font: 15px\/1.35 DejaVu Sans Mono, monospace; margin: 16px">/' "$work/run.html"
chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --hide-scrollbars \
    --disable-quic --disable-component-update --disable-sync --user-data-dir="$work/profile" --window-size=1060,460 --screenshot="$root/docs/run.png" "file://$work/run.html" >/dev/null 2>&1
echo "docs/run.png"
