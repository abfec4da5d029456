#!/bin/sh
# Creates the data directory, and for each service a role and a database. Runs before every start,
# so that a restart of the pod applies a new password.
set -eu

if [ ! -e "$PGDATA" ]; then
  # Renamed once it is complete: an interrupted initdb leaves nothing that looks usable.
  rm -rf "$PGDATA.part"
  initdb --pgdata="$PGDATA.part" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv "$PGDATA.part" "$PGDATA"
fi
# A volume that changes its group (fsGroup) may widen the mode, which PostgreSQL rejects.
chmod 0700 "$PGDATA"

# Without `listen_addresses` only this script can connect. A crash recovery may take minutes.
pg_ctl start --wait --timeout=600 --silent --options="-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql"

create() {
  PASSWORD="$2" psql --no-psqlrc --quiet --host=/var/run/postgresql --username=postgres --set=ON_ERROR_STOP=1 --set=name="$1" <<'SQL'
\getenv password PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SQL
}
create dispo "$DISPO_PASSWORD"
create cleaning "$CLEANING_PASSWORD"

pg_ctl stop --wait --mode=fast --silent
