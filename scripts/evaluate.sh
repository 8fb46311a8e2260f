#!/usr/bin/env bash
# Trains vocabularies and measures them side by side on text that they were not trained on; writes the tables of
# docs/evaluation.md between their markers.
#
#   scripts/evaluate.sh [--mixed DIR] [--memory SIZE] [--html FILE] [MODEL...]
#
# Always: on samples/corpus, eight of its ten files for training and two for measuring.
# --mixed: on a corpus of yours too, Parquet files with columns 'text' and 'lang', all but the last two for training; the MODELs,
# of any format that Bytemill reads, beside those trained here.
# --html FILE: the last of these reports as a page with plots.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
mixed=
html=
memory=1GB
usage() {
    sed -n '2,/^set/p' "$0" | sed -e '$d' -e 's/^# \{0,1\}//' >&2
    exit 2
}
while (($# > 0)); do
    case $1 in
        --mixed) mixed=${2:?'--mixed needs a directory'}; shift 2 ;;
        --html) html=${2:?'--html needs a file'}; shift 2 ;;
        --memory) memory=${2:?'--memory needs a size such as 1GB'}; shift 2 ;;
        -*) usage ;;
        *) break ;;
    esac
done
work=$(mktemp -d "${TMPDIR:-/tmp}/bytemill-evaluate.XXXXXX")
trap 'rm -rf "$work"' EXIT
bytemill() { "$root/scripts/bytemill.sh" "$@"; }

# Splits the Parquet files of a directory into $train and $held.
split() {
    mapfile -t files < <(find "$1" -maxdepth 1 -name '*.parquet' | LC_ALL=C sort)
    if ((${#files[@]} < 3)); then
        echo "evaluate.sh: '$1' has ${#files[@]} Parquet files; at least 3 are needed, two of them for measuring." >&2
        exit 1
    fi
    train=("${files[@]:0:${#files[@]}-2}")
    held=("${files[@]: -2}")
}

# Trains NAME with the options after it; every size becomes a model NAME-SIZE.
train() {
    local name=$1
    shift
    bytemill train "${train[@]}" --memory "$memory" --output "$work/$name" "$@" >"$work/$name.log" || {
        cat "$work/$name.log" >&2
        exit 1
    }
}

# Puts standard input between the markers of a table.
insert() {
    local name=$1 page=$root/docs/evaluation.md
    grep -q "<!-- $name -->" "$page" && grep -q "<!-- end of $name -->" "$page" || {
        echo "evaluate.sh: docs/evaluation.md lacks the markers of '$name'." >&2
        exit 1
    }
    local table
    table=$(sed -e 's/[[:space:]]*$//' | cat -s)
    printf '```text\n%s\n```\n' "$table" >"$work/table"
    sed -i -e "/<!-- $name -->/,/<!-- end of $name -->/{/<!-- $name -->/r $work/table
        /<!-- $name -->/!{/<!-- end of $name -->/!d}}" "$page"
}

split "$root/samples/corpus"
train sample --vocab-size 16000,8000,4000 --min-count 2
train digits --vocab-size 8000 --min-count 2 --isolate-digits
train short --vocab-size 8000 --min-count 2 --max-piece-length 6
ln -s "$work"/sample/model-16000.bytemill "$work/16000"
ln -s "$work"/sample/model-8000.bytemill "$work/8000"
ln -s "$work"/sample/model-4000.bytemill "$work/4000"
ln -s "$work"/digits/model.bytemill "$work/8000-isolate-digits"
ln -s "$work"/short/model.bytemill "$work/8000-pieces-of-6"
# The same vocabulary in another format must give the same figures.
bytemill convert "$work/sample/model-8000.bytemill" "$work/8000.json" --to bytepiece >/dev/null
models=("$work/16000" "$work/8000" "$work/8000.json" "$work/8000-isolate-digits" "$work/8000-pieces-of-6" "$work/4000")
report=(eval "${held[@]}" --group-by lang --top 0)
for model in "${models[@]}"; do
    report+=(--model "$model")
done
[[ -z $html ]] || report+=(--html "$html" --overwrite)
bytemill "${report[@]}" | insert sample
echo "docs/evaluation.md: samples/corpus" >&2

if [[ -n $mixed ]]; then
    split "$mixed"
    train mixed --vocab-size 80000,32000 --min-count 8
    ln -s "$work/mixed/model-80000.bytemill" "$work/trained-80000"
    ln -s "$work/mixed/model-32000.bytemill" "$work/trained-32000"
    report=(eval "${held[@]}" --group-by lang --top 10 --model "$work/trained-80000" --model "$work/trained-32000")
    for model in "$@"; do
        report+=(--model "$model")
    done
    [[ -z $html ]] || report+=(--html "$html" --overwrite)
    bytemill "${report[@]}" | insert mixed
    echo "docs/evaluation.md: $mixed" >&2
fi
