#!/usr/bin/env bash
# What is saved when a corpus grows, in processor time against doing all anew, and what it costs on the disk; prints a table in Markdown.
#
#   scripts/bench-extend.sh [CORPUS]
#
# The last of the files of CORPUS (samples/corpus unless said) in order of their names is the one that comes later; all times are of one worker.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
corpus=${1:-"$root/samples/corpus"}
bytemill="$root/scripts/bytemill.sh"
"$bytemill" --version >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/in"
files=("$corpus"/*.parquet)
for file in "${files[@]}"; do ln -s "$(realpath "$file")" "$work/in/"; done
later="$work/in/$(basename "${files[-1]}")"
training=(--vocab-size 32000 --min-count 8 --workers 1 --input "$work/in")

# Seconds of the processor, user and system.
seconds() {
    local TIMEFORMAT='%U %S'
    { time "$bytemill" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; } 2>&1 | awk '{ printf "%.1f", $1 + $2 }'
}

row() { awk -v what="$1" -v found="$2" -v anew="$3" 'BEGIN { printf "| %s | %.1f | %.2f |\n", what, found, found / anew }'; }

mv "$later" "$work/later"
old=$(seconds train "${training[@]}" --keep-counts --output "$work/old")
oldplain=$(seconds train "${training[@]}" --output "$work/old-plain")
mv "$work/later" "$later"
anew=$(seconds train "${training[@]}" --output "$work/anew")
extended=$(seconds train "${training[@]}" --extend "$work/old" --output "$work/extended")
cmp "$work/anew/model.bytemill" "$work/extended/model.bytemill"
reused=$(grep '^extended' "$work/log")
tokenizing=(--model "$work/anew/model.bytemill" --workers 1 --input "$work/in")
mv "$later" "$work/later"
seconds tokenize "${tokenizing[@]}" --output "$work/tokens" >/dev/null
mv "$work/later" "$later"
all=$(seconds tokenize "${tokenizing[@]}" --output "$work/tokens-anew")
updated=$(seconds tokenize "${tokenizing[@]}" --output "$work/tokens" --update)
for file in "$work"/tokens-anew/*.parquet; do cmp "$file" "$work/tokens/$(basename "$file")"; done
nothing=$(seconds tokenize "${tokenizing[@]}" --output "$work/tokens" --update)
start=$(seconds tokenize "${tokenizing[@]}" --limit 1 --output "$work/one")

echo "${#files[@]} files of $(basename "$corpus"), of which one is new; one worker, min-count 8, vocabulary of 32 000:"
echo
echo "| | processor s | against anew |"
echo "|---|---:|---:|"
row "\`train\` on all files" "$anew" "$anew"
row "\`train --extend\`" "$extended" "$anew"
row "\`train\` on the old files" "$oldplain" "$anew"
row "\`train --keep-counts\` on the old files" "$old" "$anew"
row "\`tokenize\` all files" "$all" "$all"
row "\`tokenize --update\`, one file new" "$updated" "$all"
row "\`tokenize --update\`, nothing new" "$nothing" "$all"
row "\`tokenize --limit 1\`: what any job costs" "$start" "$all"
echo
echo "$reused"
text=$(grep -o '"text_bytes": [0-9]*' "$work/old/manifest.json" | head -1 | grep -o '[0-9]*')
kept=$(du -sb "$work/old/_counts" | cut -f1)
awk -v kept="$kept" -v text="$text" 'BEGIN { printf "counts kept: %.1f MB, %.2f bytes for a byte of text\n", kept / 1e6, kept / text }'
