#!/usr/bin/env bash
# Runs the same job over and over on a cluster of four processes while it kills, stops, cuts off and damages, and compares what comes out
# with an undisturbed run. The same seed does the same again. See docs/chaos.md.
#
#   scripts/chaos.sh --seed N --rounds R     R rounds
#   scripts/chaos.sh --seed N --round K      only the K-th of them
#   scripts/chaos.sh --list                  the faults; as root all of them can be tried
#   scripts/chaos.sh --help                  all options
#
# Exit code 0: every round went well; 1: one failed, its output and logs are kept; 2: wrong usage.
set -euo pipefail

cd "$(dirname "$0")/.."
case " $* " in
    *" --program "* | *" --list "* | *" --help "* | *" -h "*) ;;
    *) scripts/bytemill.sh --version >/dev/null ;;
esac
exec dotnet run --project tests/Bytemill.Chaos --configuration Release --verbosity quiet -- "$@"
