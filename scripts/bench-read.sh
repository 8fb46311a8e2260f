#!/usr/bin/env bash
# Times reading the text column of Parquet files beside DuckDB and ParquetSharp in the same run, and against counting its n-grams, and prints a
# table in Markdown; see scripts/bench-read.cs.
#
#   scripts/bench-read.sh [CORPUS] [--column NAME] [--runs N] [--order N]
#
# CORPUS is samples/corpus unless said; scripts/make-corpus.sh makes a larger one.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
exec dotnet run --configuration Release "$root/scripts/bench-read.cs" -- "$root" "$@"
