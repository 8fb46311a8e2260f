#!/usr/bin/env bash
# What the work on several processes costs: a job on clusters of 1, 2, 4 and 8 nodes of this machine; see scripts/bench-cluster.cs.
#
#   scripts/bench-cluster.sh [--corpus DIR] [--runs N] [options of 'bytemill run']     samples/corpus and 3 runs by default
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
corpus=$root/samples/corpus
runs=3
while (($# > 0)); do
    case $1 in
        --corpus) corpus=${2:?'--corpus needs a directory'}; shift 2 ;;
        --runs) runs=${2:?'--runs needs a number'}; shift 2 ;;
        -h | --help) sed -n '2,/^set/p' "$0" | sed -e '$d' -e 's/^# \{0,1\}//' >&2; exit 2 ;;
        *) break ;;
    esac
done
"$root/scripts/bytemill.sh" --version >/dev/null
exec dotnet run "$root/scripts/bench-cluster.cs" -- "$root" "$corpus" "$runs" "$@"
