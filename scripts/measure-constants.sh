#!/usr/bin/env bash
# Measures what 'bytemill plan' cannot tell from a sample (fixed times and memory of a run that has next to no text, the cost of
# writing tokens) and writes src/Bytemill.Pipeline/Planning/plan-constants.json. Run it on a quiet machine, then build.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/bytemill.sh" --version >/dev/null
exec timeout 300 dotnet run "$root/scripts/measure-constants.cs" -- "$root"
