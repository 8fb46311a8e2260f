#!/usr/bin/env bash
# What CI checks: restore, build (warnings are errors), format, tests. Arguments go to 'dotnet test', such as --filter Name.
# The last line is 'N passed, N failed, N skipped' over all test projects. Fails when a step fails or no test ran.
set -euo pipefail

cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

step() {
    printf '\n== %s\n' "$*"
    "$@"
}

step dotnet restore Pipeline.sln
step dotnet build Pipeline.sln --configuration Release --no-restore
# A script of one file is in no project: build it here, so that it does not rot.
step dotnet build scripts/make-sample.cs
step dotnet build scripts/bench-train.cs
step dotnet build scripts/bench-scaling.cs
step dotnet build scripts/bench-cluster.cs
step dotnet build scripts/bench-coordinator.cs
step dotnet build scripts/check-plan.cs
step dotnet build scripts/measure-constants.cs
step dotnet build scripts/make-corpus.cs
step dotnet build scripts/parquet-to-jsonl.cs
step dotnet build scripts/make-unicode-data.cs
step dotnet build scripts/check-formats.cs
step dotnet format Pipeline.sln --verify-no-changes --no-restore

if (($# == 0)); then
    step scripts/check-package.sh
fi

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
status=0
step dotnet test Pipeline.sln --configuration Release --no-build --logger trx --results-directory "$results" "$@" || status=$?
if (($# == 0)); then
    # Once more without ICU: neither normalization nor any result may depend on it.
    DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 step dotnet test Pipeline.sln --configuration Release --no-build --logger trx \
        --results-directory "$results" --filter 'FullyQualifiedName~Normalizer|FullyQualifiedName~ChunkSplitter|FullyQualifiedName~GoldenRun' || status=$?
fi

passed=0 failed=0 skipped=0
shopt -s nullglob
for result in "$results"/*.trx; do
    counters=$(grep -o '<Counters [^>]*>' "$result")
    count() {
        sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"
    }
    passed=$((passed + $(count passed)))
    failed=$((failed + $(count failed) + $(count error) + $(count timeout) + $(count aborted)))
    # A skipped test counts as not executed, which the file tells only by the difference.
    skipped=$((skipped + $(count total) - $(count executed)))
done

if ((passed + failed == 0)); then
    echo "check.sh: no test ran; expected at least one. See the output of 'dotnet test' above." >&2
    status=1
elif ((failed > 0 && status == 0)); then
    status=1
fi

printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
exit "$status"
