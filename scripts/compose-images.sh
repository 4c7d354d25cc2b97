#!/usr/bin/env bash
# Makes the images that docker-compose.yml runs: the application's own, and, where no registry answers, stand-ins for
# PostgreSQL, Temporal and Node (docker/stand-ins/). What is up to date is left alone. Says what it does on stderr and
# prints on stdout the variables to use:
#   export $(scripts/compose-images.sh)
set -euo pipefail
cd "$(dirname "$0")/.."

readonly APP_IMAGE="${AUTOML_IMAGE:-automl-app:latest}"
readonly OFFICIAL_NODE='node:20-bookworm-slim'
readonly OFFICIAL_POSTGRES='postgres:16-alpine'
readonly OFFICIAL_TEMPORAL='temporalio/temporal:latest'
# Set by scripts/docker-engine.sh on a machine that reaches no registry.
readonly OWN_BASE='automl-base:bookworm'
readonly CA_BUNDLE="${PIP_CERT:-${SSL_CERT_FILE:-${NODE_EXTRA_CA_CERTS:-}}}"

work="$(mktemp -d)"
lent_certificates=''
trap 'rm -rf "$work" $lent_certificates' EXIT

say() { echo "compose-images: $*" >&2; }
die() {
  say "$*"
  exit 1
}
image_exists() { docker image inspect "$1" >/dev/null 2>&1; }
pulls() { image_exists "$1" || timeout 300 docker pull -q "$1" >/dev/null 2>&1; }

# build IMAGE ARGUMENT...: quietly; the whole log only where it fails.
build() {
  local image="$1" log="$work/build.log" began=$SECONDS
  shift
  say "building $image"
  docker build --network=host --force-rm -t "$image" "$@" >"$log" 2>&1 || {
    tail -n 60 "$log" >&2
    die "$image could not be built."
  }
  say "$image is there ($((SECONDS - began)) s)"
}

# stand_in NAME BASE FACTS: builds docker/stand-ins/NAME unless it was built from the same things before.
stand_in() {
  local name="$1" base="$2" facts="$3" image="automl-stand-in-$1:latest" context="$work/$1" made
  made="$({
    cat "docker/stand-ins/$name"/*
    docker image inspect -f '{{.Id}}' "$base"
    echo "$facts"
  } | sha256sum | cut -d' ' -f1)"
  if [ "$(docker image inspect -f '{{index .Config.Labels "automl.stand-in"}}' "$image" 2>/dev/null)" != "$made" ]; then
    cp -r "docker/stand-ins/$name" "$context"
    "stage_$name" "$context"
    build "$image" --build-arg BASE_IMAGE="$base" --label "automl.stand-in=$made" "$context"
  fi
  echo "$image"
}

# This machine's own Node, npm and headers: Debian 12 packages Node 18 only.
stage_node() {
  local binary npm prefix
  binary="$(node -p process.execPath)"
  npm="$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")"
  prefix="$(dirname "$(dirname "$binary")")"
  [ -f "$npm/package.json" ] || die "npm was not found beside $binary."
  mkdir -p "$1/prefix/bin" "$1/prefix/lib/node_modules" "$1/prefix/include"
  cp "$binary" "$1/prefix/bin/node"
  cp -r "$npm" "$1/prefix/lib/node_modules/npm"
  if [ -d "$prefix/include/node" ]; then cp -r "$prefix/include/node" "$1/prefix/include/node"; fi
}
stage_postgres() { :; }
stage_temporal() { if [ -s "$CA_BUNDLE" ]; then cp "$CA_BUNDLE" "$1/ca-bundle.crt"; else : >"$1/ca-bundle.crt"; fi; }

docker version >/dev/null 2>&1 || die 'no Docker engine answers; as root, scripts/docker-engine.sh starts one.'

node_image="$OFFICIAL_NODE" postgres_image="$OFFICIAL_POSTGRES" temporal_image="$OFFICIAL_TEMPORAL"
if [ "${DOCKER_BASE_IMAGE:-$OWN_BASE}" = "$OWN_BASE" ] && image_exists "$OWN_BASE"; then
  node_image="$(stand_in node "$OWN_BASE" "$(node --version)")"
  postgres_image="$(stand_in postgres "$OWN_BASE" '')"
  temporal_image="$(stand_in temporal "$OWN_BASE" '')"
else
  for image in "$node_image" "$postgres_image" "$temporal_image"; do
    pulls "$image" || die "$image can't be pulled; as root, scripts/docker-engine.sh makes what its stand-in is built from."
  done
fi

# The build trusts what this machine trusts, unless somebody has put other certificates there.
if [ -s "$CA_BUNDLE" ] && [ ! -e docker/ca-bundle.crt ]; then
  lent_certificates=docker/ca-bundle.crt
  install -m 644 "$CA_BUNDLE" "$lent_certificates"
fi
build "$APP_IMAGE" --build-arg BASE_IMAGE="$node_image" -f docker/Dockerfile .

echo "AUTOML_IMAGE=$APP_IMAGE"
echo "POSTGRES_IMAGE=$postgres_image"
echo "TEMPORAL_IMAGE=$temporal_image"
