#!/usr/bin/env bash
# Several nodes on this machine, configured by cluster-config/local.conf: a cluster to try out.
#
#   scripts/cluster.sh up [N]          start N nodes (3), the first on port 4051
#   scripts/cluster.sh status          which nodes run, and the last line each logged
#   scripts/cluster.sh kill-worker I   kill -9 node I
#   scripts/cluster.sh down            stop all of them (SIGTERM: they leave the cluster)
#
# Give the cluster a job:  scripts/bytemill.sh run --cluster 127.0.0.1:4051 --input 'DIR/*.parquet' --output OUT
set -euo pipefail

cd "$(dirname "$0")/.."
state=${BYTEMILL_CLUSTER_DIR:-${TMPDIR:-/tmp}/bytemill-cluster-$(id -u)}
port=${BYTEMILL_CLUSTER_PORT:-4051}
export BYTEMILL_SEED_NODES=127.0.0.1:$port

is_alive() { kill -0 "$(cat "$state/node-$1.pid")" 2>/dev/null; }

nodes() { find "$state" -name 'node-*.pid' 2>/dev/null | sed 's/.*node-\([0-9]*\)\.pid/\1/' | sort -n; }

up() {
    local count=${1:-3}
    for i in $(nodes); do
        if is_alive "$i"; then
            echo "cluster.sh: node $i runs already; stop the cluster first with 'scripts/cluster.sh down'." >&2
            exit 2
        fi
    done
    rm -rf "$state"
    mkdir -p "$state"
    scripts/bytemill.sh --version >/dev/null
    for ((i = 1; i <= count; i++)); do
        local own_port=0
        ((i == 1)) && own_port=$port
        dotnet src/Bytemill.App/bin/publish/bytemill.dll node --config cluster-config/local.conf --port "$own_port" \
            >"$state/node-$i.out" 2>"$state/node-$i.log" </dev/null &
        echo $! >"$state/node-$i.pid"
    done
    for ((i = 1; i <= count; i++)); do
        # A node says so on its output when it is a member.
        until grep -q '"up"' "$state/node-$i.out"; do
            is_alive "$i" || { echo "cluster.sh: node $i ended; see $state/node-$i.log" >&2; exit 1; }
            sleep 0.2
        done
        echo "node $i: $(cat "$state/node-$i.out"), log in $state/node-$i.log"
    done
}

status() {
    for i in $(nodes); do
        if is_alive "$i"; then echo "node $i: running, pid $(cat "$state/node-$i.pid"): $(tail -n 1 "$state/node-$i.log")"; else echo "node $i: gone"; fi
    done
}

down() {
    for i in $(nodes); do is_alive "$i" && kill "$(cat "$state/node-$i.pid")"; done || true
    for i in $(nodes); do while is_alive "$i"; do sleep 0.2; done; done
    rm -rf "$state"
}

case ${1:-} in
up) up "${2:-3}" ;;
status) status ;;
kill-worker) kill -9 "$(cat "$state/node-${2:?which node?}.pid")" ;;
down) down ;;
*) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
