#!/usr/bin/env bash
# Measures how training scales with text, workers and memory, and writes docs/performance.md (between its markers) and docs/scaling.svg.
#
#   scripts/bench-scaling.sh [--corpus DIR] [--results FILE] [sizes] [workers] [budgets] [plan] [page]
#
# sizes    training on about 60, 125, 250, 500 MB and 1 GB with 2 workers
# workers  60 and 250 MB with 1 worker, beside what two threads of plain work gain here
# budgets  250 MB with --memory 256MB, 1GB and 8GB; fails unless the models are the same
# plan     'bytemill plan' against a run, on 60 and 300 MB
# page     writes the page from what was measured so far
#
# Without a part: all of them, 3 to 6 minutes on two quiet cores. DIR is a corpus of scripts/make-corpus.sh (made there when it is not), by
# default in ~/.cache/bytemill/corpus; FILE, where measurements are kept from one call to the next, is beside it.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
corpus=${XDG_CACHE_HOME:-$HOME/.cache}/bytemill/corpus
results=
parts=()
while (($# > 0)); do
    case $1 in
        --corpus) corpus=${2:?'--corpus needs a directory'}; shift 2 ;;
        --results) results=${2:?'--results needs a file'}; shift 2 ;;
        sizes | workers | budgets | plan | page) parts+=("$1"); shift ;;
        *) sed -n '2,/^set/p' "$0" | sed -e '$d' -e 's/^# \{0,1\}//' >&2; exit 2 ;;
    esac
done
results=${results:-$(dirname "$corpus")/scaling.json}
compgen -G "$corpus/*.parquet" >/dev/null || "$root/scripts/make-corpus.sh" --size 1GB --cache "$(dirname "$corpus")/packages" "$corpus"
"$root/scripts/bytemill.sh" --version >/dev/null
exec dotnet run "$root/scripts/bench-scaling.cs" -- "$root" "$corpus" "$results" "${parts[@]}"
