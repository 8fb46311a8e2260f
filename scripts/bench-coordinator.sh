#!/usr/bin/env bash
# How many tasks a second the coordinator hands out, with its journal, and whether its memory stays flat; see scripts/bench-coordinator.cs.
#
#   scripts/bench-coordinator.sh [WORKERS] [TASKS]      1000 workers and 100000 tasks by default
set -euo pipefail

exec dotnet run --configuration Release "$(cd "$(dirname "$0")" && pwd)/bench-coordinator.cs" -- "$@"
