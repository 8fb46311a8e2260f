#!/usr/bin/env bash
# Certificates to try a secured cluster out with: an authority of its own, and one certificate for each node.
#
#   scripts/make-test-ca.sh DIR NODE...    e.g. scripts/make-test-ca.sh certificates node1 node2 node3 client
#
# DIR/ca.pem, ca.key       the authority, valid for a year; made once, used again when nodes are added later
# DIR/NODE.pem, NODE.key   certificate and key of a node, valid for 90 days; made anew each time
#
# A node is then started with --tls-certificate DIR/NODE.pem --tls-key DIR/NODE.key --tls-ca DIR/ca.pem. The keys have no
# password: keep DIR to yourself. Whoever holds ca.key can make a node that is let in; keep it away from the nodes.
set -euo pipefail

(($# >= 2)) || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
directory=$1
shift
umask 077
mkdir -p "$directory"
cd "$directory"

key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
if [[ ! -e ca.key ]]; then
    openssl req -x509 "${key[@]}" -keyout ca.key -out ca.pem -days 365 -subj "/O=Bytemill test/CN=Bytemill test authority" \
        -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
fi

for node in "$@"; do
    [[ $node =~ ^[A-Za-z0-9][A-Za-z0-9.-]*$ && $node != ca ]] || { echo "make-test-ca.sh: '$node' is no name for a node." >&2; exit 2; }
    openssl req -new "${key[@]}" -keyout "$node.key" -out "$node.csr" -subj "/O=Bytemill test/CN=$node" 2>/dev/null
    # A node is a server to some of the others and a client to the rest.
    openssl x509 -req -in "$node.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -out "$node.pem" -days 90 2>/dev/null -extfile <(
        printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
            "extendedKeyUsage=serverAuth,clientAuth" "subjectAltName=DNS:$node"
    )
    rm "$node.csr"
done
echo "$directory: ca.pem$(printf ', %s.pem' "$@"), each with its .key"
