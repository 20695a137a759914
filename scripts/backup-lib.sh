# Shared by backup.sh and restore.sh.
# shellcheck shell=bash

BACKUP_DIR=${BACKUP_DIR:-backups}

# new_backup NAME SUFFIX: sets backup, a file that does not exist yet, in a folder that does.
new_backup() {
  (umask 077; mkdir -p "$BACKUP_DIR")
  backup=$BACKUP_DIR/$1-$(date -u +%Y%m%dT%H%M%SZ).$2
  [ ! -e "$backup" ] || backup=${backup%."$2"}-$$.$2
}

need_mysql_pod() {
  # shellcheck disable=SC2154  # need_customer of k8s-lib.sh sets it
  [ -n "$(kubens get statefulset mysql --ignore-not-found -o name)" ] ||
    die "customer $CUSTOMER has no MySQL in $namespace: RDS keeps the backups, see docs/operations/aws-database.md"
}

# in_mysql SCRIPT: in the pod, as root by the socket. The password is read in there, from its file.
in_mysql() {
  # shellcheck disable=SC2016  # the pod's shell expands it
  kubens exec --stdin mysql-0 --container mysql -- \
    sh -c 'MYSQL_PWD=$(cat "$MYSQL_ROOT_PASSWORD_FILE") && export MYSQL_PWD && '"$1"
}

# The schema that the customer's Secret names. It goes into a shell in the pod, so it has to look like one of ours.
customer_schema() {
  local schema
  schema=$(kubens get secret hardware -o 'jsonpath={.data.MYSQL_DATABASE}' | base64 -d)
  [[ $schema =~ ^[A-Za-z0-9_]{1,64}$ ]] || die "Secret hardware of $namespace names no schema that this knows how to back up"
  echo "$schema"
}

# dump_mysql FILE: whole, or not there.
dump_mysql() {
  local schema
  schema=$(customer_schema) || return 1
  (
    umask 077
    trap 'rm -f "$1.part"' EXIT
    in_mysql "exec mysqldump --user=root --single-transaction --quick --routines --no-tablespaces --set-gtid-purged=OFF $schema" </dev/null > "$1.part" || exit 1
    is_whole "$1.part" || { say "the dump ended before its last line"; exit 1; }
    mv "$1.part" "$1"
  )
}

# is_whole FILE: mysqldump writes this line last.
is_whole() { tail -n 1 "$1" | grep -q '^-- Dump completed'; }
