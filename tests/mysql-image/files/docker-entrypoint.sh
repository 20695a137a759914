#!/bin/bash
# Entry point of the locally built MySQL image. It keeps the official image's contract: MYSQL_ROOT_PASSWORD,
# MYSQL_ALLOW_EMPTY_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD, MYSQL_ROOT_HOST, MYSQL_DATABASE, MYSQL_USER, MYSQL_PASSWORD
# (each also as NAME_FILE), /docker-entrypoint-initdb.d/*.{sh,sql,sql.gz}, and "mysqld" or a flag as first argument.
set -euo pipefail

log() { echo "$(date -u +%FT%TZ) [Note] [Entrypoint]: $*" >&2; }
die() { echo "$(date -u +%FT%TZ) [ERROR] [Entrypoint]: $*" >&2; exit 1; }

# env_or_file NAME [DEFAULT]: NAME, else the content of the file that NAME_FILE names, else DEFAULT.
env_or_file() {
  local name=$1 file="${1}_FILE" value=${2:-}
  if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then die "both $name and $file are set"; fi
  if [ -n "${!name:-}" ]; then value=${!name}; elif [ -n "${!file:-}" ]; then value=$(< "${!file}"); fi
  export "$name=$value"
  unset "$file"
}
sql_text() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"; }
sql_name() { printf '%s' "${1//\`/\`\`}"; }

if [ "${1:0:1}" = '-' ]; then set -- mysqld "$@"; fi
if [ "$1" != mysqld ]; then exec "$@"; fi
shift

datadir=/var/lib/mysql
for arg in "$@"; do case $arg in --datadir=*) datadir=${arg#--datadir=} ;; esac; done
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$datadir" /var/run/mysqld /var/lib/mysql-files
  chown mysql:mysql /var/run/mysqld
  chmod 1777 /var/run/mysqld
  if [ "$(stat -c %U "$datadir")" != mysql ]; then chown mysql:mysql "$datadir"; fi
  set -- --user=mysql "$@"
fi
set -- /usr/sbin/mysqld "$@"

# Two marks make an interrupted first start harmless. While `copying` is there, no client could connect yet: wipe and
# begin again. While `init` is there, clients may have written already: keep the data and run its statements once more.
copying=$datadir/.toolcrib-copying
init=$datadir/.toolcrib-init.sql

check_environment() {
  for name in MYSQL_ROOT_PASSWORD MYSQL_DATABASE MYSQL_USER MYSQL_PASSWORD; do env_or_file "$name"; done
  env_or_file MYSQL_ROOT_HOST '%'
  if [ -z "$MYSQL_ROOT_PASSWORD" ] && [ -z "${MYSQL_ALLOW_EMPTY_PASSWORD:-}" ] && [ -z "${MYSQL_RANDOM_ROOT_PASSWORD:-}" ]; then
    die "an empty data directory needs one of MYSQL_ROOT_PASSWORD, MYSQL_ALLOW_EMPTY_PASSWORD, MYSQL_RANDOM_ROOT_PASSWORD"
  fi
  if [ "$MYSQL_USER" = root ]; then die "MYSQL_USER is for a normal user; root is always made"; fi
  if [ -n "$MYSQL_USER" ] && [ -z "$MYSQL_PASSWORD" ]; then die "MYSQL_USER is given without MYSQL_PASSWORD"; fi
  if [ -n "${MYSQL_RANDOM_ROOT_PASSWORD:-}" ]; then
    MYSQL_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr -d '\n')
    log "GENERATED ROOT PASSWORD: $MYSQL_ROOT_PASSWORD"
  fi
}

# One statement per line, each harmless when it runs twice (--init-file asks for the first, an interruption for the second).
write_init() {
  local password user grantee
  password=$(sql_text "$MYSQL_ROOT_PASSWORD")
  umask 077
  {
    echo "SET @@SESSION.SQL_LOG_BIN=0;"
    if [ -n "$MYSQL_ROOT_HOST" ] && [ "$MYSQL_ROOT_HOST" != localhost ]; then
      grantee="'root'@'$(sql_text "$MYSQL_ROOT_HOST")'"
      echo "CREATE USER IF NOT EXISTS $grantee IDENTIFIED BY '$password';"
      echo "GRANT ALL ON *.* TO $grantee WITH GRANT OPTION;"
    fi
    if [ -n "$MYSQL_DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS \`$(sql_name "$MYSQL_DATABASE")\`;"; fi
    if [ -n "$MYSQL_USER" ]; then
      user="'$(sql_text "$MYSQL_USER")'@'%'"
      echo "CREATE USER IF NOT EXISTS $user IDENTIFIED BY '$(sql_text "$MYSQL_PASSWORD")';"
      # In a GRANT an underscore is a wildcard: escaped, or the user would get its neighbours' schemas too.
      if [ -n "$MYSQL_DATABASE" ]; then echo "GRANT ALL ON \`$(sql_name "${MYSQL_DATABASE//_/\\_}")\`.* TO $user;"; fi
    fi
    echo "ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';"
  } > "$init"
  umask 022
  if [ "$(id -u)" = 0 ]; then chown mysql:mysql "$init"; fi
}

# ping answers as soon as the server accepts connections, which is after it has run its init file; a refused log-in counts.
accepting() { mysqladmin --no-defaults --protocol=socket --socket=/var/run/mysqld/mysqld.sock --connect-timeout=2 ping >/dev/null 2>&1; }

# shellcheck source=/dev/null
source_script() { . "$1"; }

# Scripts need the client (DELIMITER, .sh), so they run against a temporary server that has no network.
run_scripts() {
  local server client script
  log "starting a temporary server for /docker-entrypoint-initdb.d"
  "$@" --skip-networking --mysqlx=OFF --skip-log-bin --socket=/var/run/mysqld/mysqld.sock --init-file="$init" &
  server=$!
  for try in $(seq 600); do
    if accepting; then break; fi
    kill -0 "$server" 2>/dev/null || die "the temporary server ended"
    if [ "$try" = 600 ]; then die "the temporary server did not come up within a minute"; fi
    sleep 0.1
  done
  rm -f "$init"
  export MYSQL_PWD=$MYSQL_ROOT_PASSWORD
  client=(mysql --protocol=socket -uroot --socket=/var/run/mysqld/mysqld.sock --comments)
  if [ -n "$MYSQL_DATABASE" ]; then client+=(--database="$MYSQL_DATABASE"); fi
  for script in "${scripts[@]}"; do
    log "running $script"
    case $script in
      *.sh) if [ -x "$script" ]; then "$script"; else source_script "$script"; fi ;;
      *.sql) "${client[@]}" < "$script" ;;
      *.sql.gz) gunzip -c "$script" | "${client[@]}" ;;
      *) log "ignoring $script" ;;
    esac
  done
  unset MYSQL_PWD
  kill -TERM "$server"
  wait "$server" || die "the temporary server did not stop cleanly"
}

if [ -e "$copying" ]; then
  log "an earlier first start was interrupted: starting over"
  find "$datadir" -mindepth 1 -delete
fi
if [ -e "$init" ]; then
  log "an earlier first start was interrupted: keeping the data, finishing the accounts"
  # Killed between two key files, the server makes no more of them and offers no TLS from then on: let it make all anew.
  rm -f "$datadir"/*.pem
fi
if [ ! -d "$datadir/mysql" ]; then
  check_environment
  : > "$copying"
  # "*", not ".": the mount point itself may belong to root
  cp -a --reflink=auto --sparse=auto /usr/share/mysql-template/* "$datadir/"
  write_init
  shopt -s nullglob
  scripts=(/docker-entrypoint-initdb.d/*)
  if [ ${#scripts[@]} -gt 0 ]; then run_scripts "$@"; fi
  rm -f "$copying"
fi

if [ -e "$init" ]; then
  # The file holds passwords: it goes as soon as it has been run.
  (
    for _ in $(seq 6000); do if accepting; then rm -f "$init"; break; fi; sleep 0.1; done
  ) </dev/null >/dev/null 2>&1 &
  exec "$@" --init-file="$init"
fi
exec "$@"
