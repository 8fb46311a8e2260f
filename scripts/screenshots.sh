#!/usr/bin/env bash
# Takes the pictures of docs/dashboard.md and the README: docs/dashboard-*.png, of a real job on a real cluster whose worker is killed.
# Needs Chromium, and fonts for the scripts of the samples (Debian: chromium, fonts-noto-cjk, fonts-dejavu).
set -euo pipefail

cd "$(dirname "$0")/.."
dotnet build tests/Bytemill.Browser --configuration Release --verbosity quiet
BYTEMILL_SCREENSHOTS="$PWD/docs" tests/Bytemill.Browser/bin/Release/net10.0/Bytemill.Browser -class Bytemill.Browser.ClusterTests
ls -l docs/dashboard-*.png
