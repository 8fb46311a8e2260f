#!/usr/bin/env bash
# Makes a corpus of up to 1 GB of real text for measuring how training scales, out of Debian packages: source code, manuals and
# help pages in many languages, word lists, dictionaries. Nothing of it belongs into the repository.
#
#   scripts/make-corpus.sh [--size 1GB] [--cache DIR] OUT
#
# OUT/part-00000.parquet … hold 16 MB of text each, with columns id, source and text. Documents are in the order of the SHA-256 of
# their text: every part is a fair sample of the whole, and a smaller corpus is the beginning of a larger one.
#
# Limits: the packages are those of Debian 12 (bookworm) as apt-get has them today, so another day can give other text; the same
# packages give the same files. Files that are not UTF-8, larger than 32 MB or the same as one before are left out; longer ones are
# cut at line ends into documents of 64 kB; HTML loses its tags. Half of the text is source code and its comments: licence
# headers and the navigation of manuals repeat, as they do in any crawl.
#
# Needs apt-get (with lists: run 'apt-get update' once), dpkg-deb, xz and the .NET 10 SDK; 0.9 GB for the packages, which DIR keeps,
# and 1.3 GB for the text while it runs.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
size=1GB
cache=
usage() {
    sed -n '2,/^set/p' "$0" | sed -e '$d' -e 's/^# \{0,1\}//' >&2
    exit 2
}
while (($# > 0)); do
    case $1 in
        --size) size=${2:?'--size needs a value such as 500MB'}; shift 2 ;;
        --cache) cache=${2:?'--cache needs a directory'}; shift 2 ;;
        -*) usage ;;
        *) break ;;
    esac
done
(($# == 1)) || usage
out=$1
work=$(mktemp -d "${TMPDIR:-/tmp}/bytemill-corpus.XXXXXX")
trap 'rm -rf "$work"' EXIT
cache=${cache:-$work/packages}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
# apt-get drops its rights for downloads, so its own user must be able to write.
chmod 777 "$cache" "$work"

while read -r package _; do
    compgen -G "$cache/${package}_*.deb" >/dev/null && continue
    if ! (cd "$cache" && timeout 300 apt-get download -q "$package" >"$work/download.log" 2>&1); then
        cat "$work/download.log" >&2
        echo "make-corpus.sh: no package '$package'; run 'apt-get update' as root on Debian 12 (bookworm) and try again." >&2
        exit 1
    fi
done < <(grep -v '^#' "$root/scripts/make-corpus.txt")

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet run "$root/scripts/make-corpus.cs" -- "$root/scripts/make-corpus.txt" "$cache" "$work" "$size" "$out"
