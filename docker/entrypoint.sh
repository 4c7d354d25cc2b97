#!/bin/sh
# What a container of the application runs: api | worker | storage | automl COMMAND
set -eu
cd /app

# A password may hold any character; inside a URL most of them mean something else.
if [ -n "${POSTGRES_PASSWORD:-}" ]; then
  DATABASE_URL="$(node -p '
    const { POSTGRES_USER = "automl", POSTGRES_DB = "automl", POSTGRES_HOST = "postgres", POSTGRES_PASSWORD } = process.env;
    const [user, password, database] = [POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB].map(encodeURIComponent);
    `postgres://${user}:${password}@${POSTGRES_HOST}:5432/${database}`')"
  export DATABASE_URL
  unset POSTGRES_PASSWORD
fi

# As root, before the rest starts: the given folders belong to the user that API, worker and Temporal run as.
# A folder that somebody uses already is not taken away from its owner.
own_folders() {
  for folder in "$@"; do
    owner="$(stat -c %u "$folder")"
    [ "$owner" = "$AUTOML_UID" ] && continue
    entries="$(ls -A "$folder")"
    if [ -n "$entries" ]; then
      echo "$folder belongs to user $owner and is not empty: set AUTOML_UID=$owner and AUTOML_GID in .env," >&2
      echo "set AUTOML_DATA_DIR to another folder, or run: chown -R $AUTOML_UID:$AUTOML_GID $folder" >&2
      exit 1
    fi
    chown "$AUTOML_UID:$AUTOML_GID" "$folder"
  done
}

command="${1:?api, worker, storage or automl COMMAND}"
shift
case "$command" in
  api) exec node --enable-source-maps dist/api/main.js ;;
  worker) exec node --enable-source-maps dist/worker.js ;;
  storage) own_folders "$@" ;;
  automl)
    exec node -e 'require("/app/dist/cli/main.js").runCommandLine(process.argv).then((code) => { process.exitCode = code; });' \
      -- automl "$@"
    ;;
  *) exec "$command" "$@" ;;
esac
