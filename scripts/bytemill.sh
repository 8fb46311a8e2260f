#!/usr/bin/env bash
# Builds bytemill if its sources changed and runs it with the given arguments.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
program=$root/src/Bytemill.App/bin/Release/net10.0/bytemill.dll
[[ -e $program ]] || echo "bytemill.sh: building for the first time…" >&2
# The build says nothing unless it fails.
if ! words=$(dotnet build "$root/src/Bytemill.App" --configuration Release --verbosity quiet -nologo 2>&1); then
    echo "$words" >&2
    exit 1
fi
exec dotnet "$program" "$@"
