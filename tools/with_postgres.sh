#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL on a Unix socket, named in $ABSAH_TEST_DATABASE; removes it afterwards.
set -euo pipefail

bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1 || command -v initdb)")
folder=$(mktemp -d -t absah-postgres.XXXXXX)
as_owner=()
if ((EUID == 0)); then # initdb refuses root
  chown postgres "$folder"
  as_owner=(runuser -u postgres --)
fi
cleanup() {
  "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap cleanup EXIT

cd "$folder"
"${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U absah -A trust -E UTF8 --no-sync >/dev/null
# Not durable on purpose: these data live for one run of the suite. A measurement asks for ABSAH_POSTGRES_FSYNC=on.
"${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" start \
  -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=${ABSAH_POSTGRES_FSYNC:-off} -c full_page_writes=off" >/dev/null
cd "$OLDPWD"
export ABSAH_TEST_DATABASE="postgresql://absah@/absah?host=$folder"
"${as_owner[@]}" "$bin/createdb" -h "$folder" -U absah absah
"$@"
