#!/usr/bin/env bash
# Loads a model's exports in the other implementations (SentencePiece, Hugging Face's libraries in Rust and in JavaScript), encodes a
# corpus with each and counts where ids differ from ours, by class. The figures of docs/formats.md come from here.
#
#   scripts/check-formats.sh MODEL CORPUS [COLUMN] [MEGABYTES]
#
# MODEL has any format; CORPUS is a Parquet file or a folder of them, COLUMN its text ('text'), MEGABYTES how much of it (all).
# Needs spm_encode (Debian's package 'sentencepiece'), node and npm. Work files, three times the corpus, go to $TMPDIR.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
(($# >= 2 && $# <= 4)) || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
for program in spm_encode node npm; do
    command -v "$program" >/dev/null || { echo "check-formats.sh: no $program here; install it first." >&2; exit 2; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" tokenizers@0.23.2 @huggingface/tokenizers@0.2.0
dotnet run "$root/scripts/check-formats.cs" -- "$1" "$2" "${3:-text}" "$work/files" ${4:+"$4"}
node "$root/scripts/check-formats.mjs" "$work/files" "$work/node_modules"
