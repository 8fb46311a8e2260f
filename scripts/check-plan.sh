#!/usr/bin/env bash
# Compares 'bytemill plan' with a real 'bytemill train' on the same corpus: estimate, actual and their ratio, phase by phase.
# Ends with 1 when a total is off by more than a given share.
#
#   scripts/check-plan.sh CORPUS [--within 0.3] [options of 'bytemill train', by default --vocab-size 32000 --min-count 8]
#
# CORPUS is what --input takes. Work files go to $TMPDIR. Run it on a quiet machine: both sides are times.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
(($# >= 1)) || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
"$root/scripts/bytemill.sh" --version >/dev/null
exec timeout 580 dotnet run "$root/scripts/check-plan.cs" -- "$root" "$@"
