#!/usr/bin/env bash
# Times training phase by phase with 1 and 2 workers and prints a table in Markdown; see scripts/bench-train.cs.
#
#   scripts/bench-train.sh [CORPUS] [--runs N] [other options of 'bytemill train']
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/bytemill.sh" --version >/dev/null
exec dotnet run "$root/scripts/bench-train.cs" -- "$root" "$@"
