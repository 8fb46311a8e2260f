#!/usr/bin/env bash
# Times encoding, decoding, hostile text and loading, beside other tokenizers in the same run, and prints tables in Markdown; see
# scripts/bench-encode.cs. Where 'spm_encode' (Debian: apt install sentencepiece) is installed, it takes part.
#
#   scripts/bench-encode.sh [CORPUS] [--column NAME] [--model FILE]... [--megabytes N] [--runs N]
#
# Without --model, 32 000 pieces are trained on the corpus; CORPUS is samples/corpus unless said.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/bytemill.sh" --version >/dev/null
exec dotnet run --configuration Release "$root/scripts/bench-encode.cs" -- "$root" "$@"
