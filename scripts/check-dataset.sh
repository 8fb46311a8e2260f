#!/usr/bin/env bash
# Reads the output of a job with --dataset-card as 'datasets' would, with programs that are not ours: its card with PyYAML (which 'datasets' itself
# reads cards with) and js-yaml, its Parquet files with hyparquet. Compares splits, files, types, sizes, rows and ids with each other.
#
#   scripts/check-dataset.sh [OUTPUT]
#
# Without OUTPUT, tokenizes the sample corpus in three layouts and checks these. Needs node, npm, and Python with PyYAML (Debian's python3-yaml).
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
(($# <= 1)) || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for program in node npm python3; do
    command -v "$program" >/dev/null || { echo "check-dataset.sh: no $program here; install it first." >&2; exit 2; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/bytemill-dataset.XXXXXX")
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" hyparquet@1.31.5 hyparquet-compressors@1.1.2 js-yaml@5.5.0 minimatch@10.0.3
outputs=("${1:-}")
if (($# == 0)); then
    outputs=("$work/plain" "$work/parts" "$work/packed")
    bytemill=(dotnet run --configuration Release --project "$root/src/Bytemill.App" --)
    "${bytemill[@]}" train --input "$root/samples/corpus" --vocab-size 4000 --output "$work/model" >/dev/null
    tokenize=("${bytemill[@]}" tokenize --model "$work/model/model.bytemill" --input "$root/samples/corpus" --dataset-card)
    "${tokenize[@]}" --output "$work/plain" >/dev/null
    "${tokenize[@]}" --split no=0.9,on=0.1 --sampling exact --epochs 2 --file-size 500KB --id-type uint16 --output "$work/parts" >/dev/null
    "${tokenize[@]}" --pack 512 --shuffle 7 --output "$work/packed" >/dev/null
fi

for output in "${outputs[@]}"; do
    python3 -c 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding="utf-8").read().split("---\n")[1])))' "$output/README.md" >"$work/card.json"
    node "$root/scripts/check-dataset.mjs" "$output" "$work/card.json" "$work/node_modules"
done
