#!/bin/sh
# Makes sure of Node 20 and of the certificates that TLS needs, from the base image's own packages where it lacks them.
set -eu

node_is_new_enough() { command -v node >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)'; }

install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  apt-get clean
  rm -rf /var/lib/apt/lists/*
}

[ -s /etc/ssl/certs/ca-certificates.crt ] || install ca-certificates
node_is_new_enough || install nodejs npm
node_is_new_enough || {
  echo "BASE_IMAGE has neither Node 20 nor a package of it: name one that has, such as node:20-bookworm-slim." >&2
  exit 1
}
