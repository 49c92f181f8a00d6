#!/usr/bin/env bash
# Runs a command with a throw-away PostgreSQL on a Unix socket, named in $ABSAH_TEST_DATABASE; removes it afterwards.
# One in a folder that $ABSAH_POSTGRES_KEEP names stays there and is started again.
set -euo pipefail

bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -1 || command -v initdb)")
kept=${ABSAH_POSTGRES_KEEP:-}
if [[ -n $kept ]]; then
  mkdir -p "$kept"
  folder=$(realpath "$kept")
else
  folder=$(mktemp -d -t absah-postgres.XXXXXX)
fi
as_owner=()
if ((EUID == 0)); then # initdb refuses root
  chown postgres "$folder"
  as_owner=(runuser -u postgres --)
fi
cleanup() {
  "${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -m "$([[ -n $kept ]] && echo fast || echo immediate)" stop >/dev/null 2>&1 || true
  [[ -n $kept ]] || rm -rf "$folder"
}
trap cleanup EXIT

cd "$folder"
new=$([[ -e $folder/data ]] || echo yes)
[[ -z $new ]] || "${as_owner[@]}" "$bin/initdb" -D "$folder/data" -U absah -A trust -E UTF8 --no-sync >/dev/null
# Not durable on purpose: these data live for one run of the suite. A measurement asks for ABSAH_POSTGRES_FSYNC=on.
# The suite asks for ABSAH_POSTGRES_AUTOVACUUM=off: what the planner believes of empty tables must not depend on the hour.
"${as_owner[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" start \
  -o "-c listen_addresses='' -c unix_socket_directories='$folder' -c fsync=${ABSAH_POSTGRES_FSYNC:-off} -c full_page_writes=off -c autovacuum=${ABSAH_POSTGRES_AUTOVACUUM:-on}" >/dev/null
cd "$OLDPWD"
export ABSAH_TEST_DATABASE="postgresql://absah@/absah?host=$folder"
[[ -z $new ]] || "${as_owner[@]}" "$bin/createdb" -h "$folder" -U absah absah
"$@"
