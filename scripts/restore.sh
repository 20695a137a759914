#!/usr/bin/env bash
# Puts a backup in the place of what is there, and has `hardware verify` look at it: `make restore FILE=backups/… OVERWRITE=…`.
#   without CUSTOMER   the SQLite file of `make run`; OVERWRITE=hardware.db
#   CUSTOMER=a         the MySQL in the customer's namespace; OVERWRITE=customer-a. hardware is stopped meanwhile, the portal shows its
#                      last answers
# What was there is kept in BACKUP_DIR first.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh
# shellcheck source=backup-lib.sh
. scripts/backup-lib.sh

FILE=${FILE:-}
[ -n "$FILE" ] || die "FILE is missing: make restore FILE=backups/hardware-….db"
[ -f "$FILE" ] || die "there is no file $FILE"
have python3 || need_apt python3

# agreed WHAT: whoever overwrites says what.
agreed() { [ "${OVERWRITE:-}" = "$1" ] || die "this would overwrite $2: say so with OVERWRITE=$1"; }

restore_sqlite() {
  local folder=${DATA_DIR:-./data} target work hardware
  target=$folder/hardware.db
  python3 scripts/sqlite_copy.py check "$FILE" || die "$FILE is no sound SQLite database; nothing was changed"
  if [ -e "$target" ]; then agreed hardware.db "$target"; fi
  if python3 scripts/sqlite_copy.py in-use "$target"; then die "$target is in use: stop the service first"; fi
  hardware=$(hardware_binary)
  (umask 077; mkdir -p "$folder")
  # Beside its place, so that the last step is a rename; looked at there, so that a bad one never takes it.
  work=$(mktemp -d "$folder/.restore.XXXXXX")
  # shellcheck disable=SC2064  # this folder, now
  trap "rm -rf '$work'" EXIT
  python3 scripts/sqlite_copy.py backup "$FILE" "$work/hardware.db" || die "nothing was changed"
  env -u DATABASE_URL -u MYSQL_HOST DATA_DIR="$work" "$hardware" migrate || die "$FILE cannot be brought up to date; nothing was changed"
  env -u DATABASE_URL -u MYSQL_HOST DATA_DIR="$work" "$hardware" verify || die "$FILE does not keep every promise, see above; nothing was changed"
  # The service's own last file, with what it closed improperly: -wal and -shm belong to the old file alone.
  if [ -e "$target" ]; then
    new_backup hardware-before-restore db
    python3 scripts/sqlite_copy.py backup "$target" "$backup" || die "what is there cannot be kept; nothing was changed"
    say "what was there is in $backup"
  fi
  python3 scripts/sqlite_copy.py backup "$work/hardware.db" "$work/ready.db" || die "nothing was changed"
  rm -f "$target-wal" "$target-shm"
  mv "$work/ready.db" "$target"
  say "restored $target from $FILE"
}

restore_mysql() {
  local schema replicas now
  need_customer restore
  is_whole "$FILE" || die "$FILE is no whole dump: its last line is missing"
  agreed "$namespace" "the database of customer $CUSTOMER"
  need_cluster
  guard_production "restoring $CUSTOMER"
  need_mysql_pod
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  deployed_parts "$work"
  schema=$(customer_schema)
  replicas=$(kubens get deployment hardware -o 'jsonpath={.spec.replicas}')
  if [ "$replicas" = 0 ]; then replicas=2; fi
  say "stopping hardware of customer $CUSTOMER"
  # With no replicas the autoscaler leaves it alone, too.
  kubens scale deployment/hardware --replicas=0 >&2
  kubens wait --for=delete pod --selector app.kubernetes.io/name=hardware --timeout=120s >&2 || die "hardware does not stop; nothing was changed: kubectl -n $namespace scale deployment/hardware --replicas=$replicas"
  new_backup "$CUSTOMER-before-restore" sql
  dump_mysql "$backup" || die "what is there cannot be kept; nothing was changed: kubectl -n $namespace scale deployment/hardware --replicas=$replicas"
  say "what was there is in $backup"
  in_mysql "mysql --user=root --execute='DROP DATABASE IF EXISTS $schema; CREATE DATABASE $schema CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin' && exec mysql --user=root $schema" < "$FILE" >&2 ||
    die "hardware is stopped, and the schema half-restored: make restore CUSTOMER=$CUSTOMER FILE=$backup OVERWRITE=$namespace goes back"
  now=$(date -u +%y%m%d-%H%M%S)
  if ! one_off "$work" migrate "migrate-$now" -- migrate || ! one_off "$work" migrate "verify-$now" -- verify; then
    die "hardware is stopped, and what was restored is not in order: make restore CUSTOMER=$CUSTOMER FILE=$backup OVERWRITE=$namespace goes back"
  fi
  kubens scale deployment/hardware --replicas="$replicas" >&2
  await_rollout deployment/hardware || die "customer $CUSTOMER is restored, but hardware does not come up, see above"
  CONTEXT=$context scripts/synthetic.sh || die "customer $CUSTOMER is restored, but does not answer as it should, see above"
  say "restored customer $CUSTOMER from $FILE"
}

if [ -z "${CUSTOMER:-}" ]; then restore_sqlite; else restore_mysql; fi
