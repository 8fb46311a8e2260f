#!/usr/bin/env bash
# Builds bytemill if its sources changed and runs it with the given arguments.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
out=$root/src/Bytemill.App/bin/publish
program=$out/bytemill.dll
[[ -e $program ]] || echo "bytemill.sh: building for the first time…" >&2

# Older than any source, or not there. A build that finds nothing to do would still take seconds.
is_stale() {
    [[ ! -e $program ]] && return
    [[ -n $(find "$root/src" "$root/cluster-config" "$root"/Directory.*.props "$root/global.json" \
        -name bin -prune -o -name obj -prune -o -type f -newer "$program" -print -quit) ]]
}

if is_stale; then
    # Compiled ahead of time, but for the assemblies whose loops the compiler at run time does better; see Bytemill.App.csproj.
    # The build says nothing unless it fails.
    if ! words=$(dotnet publish "$root/src/Bytemill.App" --configuration Release --use-current-runtime --self-contained false \
        -p:PublishReadyToRun=true --output "$out" --verbosity quiet -nologo 2>&1); then
        echo "$words" >&2
        exit 1
    fi
    touch "$program"
fi

exec dotnet "$program" "$@"
