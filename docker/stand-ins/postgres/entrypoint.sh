#!/bin/sh
# Makes the database at the first start from POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB, then serves it.
set -eu

if [ "$(id -u)" = 0 ]; then
  chown postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  passwords="$(mktemp)"
  printf '%s\n' "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD is needed to make the database}" >"$passwords"
  initdb --username="${POSTGRES_USER:=postgres}" --pwfile="$passwords" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >/dev/null
  rm -f "$passwords"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  database="${POSTGRES_DB:-$POSTGRES_USER}"
  [ "$database" = postgres ] || echo "CREATE DATABASE \"$database\"" | postgres --single -j postgres >/dev/null
fi

unset POSTGRES_PASSWORD
exec postgres -c 'listen_addresses=*'
