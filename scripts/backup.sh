#!/usr/bin/env bash
# A consistent copy of a database while it is in use, into BACKUP_DIR (backups/, which git ignores), for its owner's eyes only.
#   make backup              the SQLite file of `make run`: DATA_DIR/hardware.db (./data)
#   make backup CUSTOMER=a   the MySQL in the customer's namespace; RDS keeps backups of its own
# Prints the file's name.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=k8s-lib.sh
. scripts/k8s-lib.sh
# shellcheck source=backup-lib.sh
. scripts/backup-lib.sh

have python3 || need_apt python3
if [ -z "${CUSTOMER:-}" ]; then
  file=${DATA_DIR:-./data}/hardware.db
  [ -e "$file" ] || die "there is no $file to back up (DATA_DIR names another folder; CUSTOMER= a customer in a cluster)"
  new_backup hardware db
  python3 scripts/sqlite_copy.py backup "$file" "$backup" || die "nothing was kept"
else
  need_customer backup
  need_cluster
  need_mysql_pod
  new_backup "$CUSTOMER" sql
  dump_mysql "$backup" || die "nothing was kept"
fi
say "kept in $backup ($(wc -c < "$backup") bytes)"
echo "$backup"
