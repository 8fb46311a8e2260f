#!/usr/bin/env bash
# Does a busy node look dead to the others? Three nodes in processes of their own, each with a worker for every core, one job after
# another, and besides a busy loop at normal priority for every core: nobody is idle, everybody must be heard.
#
#   scripts/liveness.sh [--minutes 10]
#
# Prints how often a node was marked unreachable though all lived (fails if ever), how often a heartbeat was late, how busy the
# cores were and how many jobs were done. Heartbeats may be missed for 10 s (cluster-config/base.conf).
set -euo pipefail

cd "$(dirname "$0")/.."
minutes=10
while (($#)); do
    case $1 in
    --minutes) minutes=${2:?how many minutes?}; shift 2 ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done

state=$(mktemp -d "${TMPDIR:-/tmp}/bytemill-liveness-XXXXXX")
export BYTEMILL_CLUSTER_DIR=$state/cluster BYTEMILL_CLUSTER_PORT=${BYTEMILL_CLUSTER_PORT:-4061} BYTEMILL_WORKERS=0
hogs=()

clean_up() {
    ((${#hogs[@]} == 0)) || kill "${hogs[@]}" 2>/dev/null || true
    scripts/cluster.sh down >/dev/null 2>&1 || true
    rm -rf "$state"
}
trap clean_up EXIT

# Jiffies spent by all cores: idle ones, all.
cores_time() { awk '/^cpu /{ for (i = 2; i <= 9; i++) all += $i; print $5 + $6, all }' /proc/stat; }

count() { cat "$BYTEMILL_CLUSTER_DIR"/node-*.log | grep -c "$1" || true; }

scripts/cluster.sh up 3 >"$state/up.log" || { cat "$state/up.log" >&2; exit 1; }
for ((i = 0; i < $(nproc); i++)); do
    while :; do :; done &
    hogs+=($!)
done

read -r idle_before all_before < <(cores_time)
end=$((SECONDS + minutes * 60))
jobs=0
while ((SECONDS < end)); do
    if ! dotnet src/Bytemill.App/bin/publish/bytemill.dll run --cluster "127.0.0.1:$BYTEMILL_CLUSTER_PORT" --input 'samples/corpus/*.parquet' \
        --vocab-size 8000 --output "$state/out" >"$state/job.log" 2>&1; then
        cat "$state/job.log" >&2
        echo "liveness.sh: a job failed" >&2
        exit 1
    fi
    rm -rf "$state/out"
    jobs=$((jobs + 1))
done
read -r idle_after all_after < <(cores_time)

unreachable=$(count 'as UNREACHABLE')
late=$(count 'heartbeat was delayed')
dead=$(scripts/cluster.sh status | grep -c gone || true)
echo "minutes $minutes, cores busy $((100 - 100 * (idle_after - idle_before) / (all_after - all_before))) %, jobs done $jobs"
echo "nodes marked unreachable $unreachable, heartbeats sent late $late, nodes that ended $dead"
if ((unreachable + dead > 0)); then
    cat "$BYTEMILL_CLUSTER_DIR"/node-*.log | grep -E 'UNREACHABLE|heartbeat was delayed|^error' >&2 || true
    exit 1
fi
