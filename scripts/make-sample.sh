#!/usr/bin/env bash
# Makes samples/corpus and samples/LICENSE from a Debian package; the same bytes every time. See samples/README.md.
# Needs Debian 12 (apt-get, dpkg-deb) and the .NET 10 SDK. Installs nothing.
set -euo pipefail

package=debian-handbook
version=11.20220922
sha256=3d5dbeac1f1afc9c094eab9d0f701f6ecff99c4927d5a4794cf6c85678134faa

cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The package itself, not an installed one: small images of Debian leave out /usr/share/doc.
cd "$work"
if ! apt-get download -q "$package=$version" >download.log 2>&1; then
    cat download.log >&2
    echo "make-sample.sh: $package $version is not to be had; run 'apt-get update' as root on Debian 12 (bookworm) and try again." >&2
    exit 1
fi
deb=$(echo "${package}"_*.deb)
echo "$sha256  $deb" | sha256sum --check --quiet
dpkg-deb -x "$deb" unpacked
doc=$work/unpacked/usr/share/doc/$package

# The text of CC-BY-SA-3.0, out of the indented form that Debian's copyright files have.
sed -n '/^License: CC-BY-SA-3.0$/,$p' "$doc/copyright" | sed -e 1d -e 's/^ \.$//' -e 's/^ //' -e 's/ *$//' >LICENSE

cd "$root"
dotnet run scripts/make-sample.cs -- "$doc/html" "$work/corpus" "$version"
rm -rf samples/corpus
cp -r "$work/corpus" samples/corpus
cp "$work/LICENSE" samples/LICENSE
(cd samples && sha256sum corpus/*.parquet >SHA256SUMS)
