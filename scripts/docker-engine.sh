#!/usr/bin/env bash
# Gives a Debian machine a Docker engine and a base image for the runtime, with or without an image registry.
# Run as root. Does only what is missing; says what it does on stderr and prints on stdout the variables to use:
#   export $(scripts/docker-engine.sh)
set -euo pipefail

readonly OFFICIAL_BASE='python:3.11-slim-bookworm'
readonly OWN_BASE='automl-base:bookworm'
readonly ENGINE_LOG="${DOCKER_ENGINE_LOG:-/var/log/dockerd.log}"
readonly ENGINE_WAIT_SECONDS=60

say() { echo "docker-engine: $*" >&2; }
die() {
  say "$*"
  exit 1
}

engine_answers() { docker version >/dev/null 2>&1; }
image_exists() { docker image inspect "$1" >/dev/null 2>&1; }

install_packages() {
  command -v apt-get >/dev/null || die "no apt-get here: install the packages $* by this system's own means."
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_missing() {
  local missing=()
  command -v dockerd >/dev/null || missing+=(docker.io)
  command -v iptables >/dev/null || missing+=(iptables)
  [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

# In a session of its own, so that it outlives the shell that called this script.
start_engine() {
  say "starting dockerd (log: $ENGINE_LOG)"
  setsid nohup dockerd >>"$ENGINE_LOG" 2>&1 </dev/null &
  local pid=$!
  for _ in $(seq $((ENGINE_WAIT_SECONDS * 2))); do
    engine_answers && return
    kill -0 "$pid" 2>/dev/null || die "dockerd stopped: $(tail -n 1 "$ENGINE_LOG")"
    sleep 0.5
  done
  die "dockerd gave no answer within $ENGINE_WAIT_SECONDS s; see $ENGINE_LOG."
}

# Where no registry answers, Debian 12 itself is the base: its python3 is 3.11 too.
make_base_image() {
  command -v debootstrap >/dev/null || install_packages debootstrap
  local folder
  folder="$(mktemp -d)"
  # shellcheck disable=SC2064 # the folder is known now
  trap "rm -rf '$folder'" EXIT
  say "making $OWN_BASE with debootstrap (about a minute)"
  debootstrap --variant=minbase \
    --include=python3,python3-pip,python3-venv,openjdk-17-jre-headless,ca-certificates,libgomp1 \
    bookworm "$folder" >"$folder.log" 2>&1 || die "debootstrap failed: $(tail -n 3 "$folder.log")"
  rm -rf "$folder.log" "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/*
  ln -sf python3 "$folder/usr/bin/python"
  tar -C "$folder" -c . | docker import --change 'ENV LANG=C.UTF-8' - "$OWN_BASE" >/dev/null
}

if ! engine_answers; then
  [ "$(id -u)" -eq 0 ] || die "no Docker engine answers; run this as root to install and start one."
  install_missing
  start_engine
fi

if image_exists "$OFFICIAL_BASE"; then
  echo "DOCKER_BASE_IMAGE=$OFFICIAL_BASE"
elif image_exists "$OWN_BASE"; then
  echo "DOCKER_BASE_IMAGE=$OWN_BASE"
elif timeout 120 docker pull -q "$OFFICIAL_BASE" >/dev/null 2>&1; then
  echo "DOCKER_BASE_IMAGE=$OFFICIAL_BASE"
else
  [ "$(id -u)" -eq 0 ] || die "$OFFICIAL_BASE can't be pulled; run this as root to make $OWN_BASE instead."
  make_base_image
  echo "DOCKER_BASE_IMAGE=$OWN_BASE"
fi
