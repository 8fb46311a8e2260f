#!/usr/bin/env bash
# Builds bytemill if its sources changed and runs it with the given arguments.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
# The build says nothing unless it fails; its words go to standard error, so that output can be piped.
dotnet build "$root/src/Bytemill.App" --configuration Release --verbosity quiet -nologo -clp:NoSummary >&2
exec dotnet "$root/src/Bytemill.App/bin/Release/net10.0/bytemill.dll" "$@"
