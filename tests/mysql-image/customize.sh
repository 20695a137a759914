#!/usr/bin/env bash
# mmdebstrap calls this with the new root file system as $1, before it packs it: user, files, data directory, diet.
# FILES is the folder of the files to put in.
set -euo pipefail
root=$1
template=$root/usr/share/mysql-template

# uid and gid of the official image, so that a volume made by one can be read by the other.
chroot "$root" groupadd -r -g 999 mysql
chroot "$root" useradd -r -u 999 -g mysql -d /var/lib/mysql -s /bin/false mysql
install -d -o 999 -g 999 -m 0750 "$root/var/lib/mysql" "$root/var/lib/mysql-files" "$template"
install -d -o 999 -g 999 -m 1777 "$root/run/mysqld"
install -d "$root/docker-entrypoint-initdb.d" "$root/etc/mysql/conf.d"
install -m 0755 "$FILES/docker-entrypoint.sh" "$root/usr/local/bin/"
install -m 0644 "$FILES/my.cnf" "$root/etc/mysql/my.cnf"
install -m 0644 "$FILES/zz-test.cnf" "$root/etc/mysql/conf.d/"

# A data directory initialised here is only copied at a container's start: 1 s instead of 6. It holds the
# time zone tables, as the official image's does.
mysqld() { chroot "$root" /usr/sbin/mysqld --user=mysql --datadir=/usr/share/mysql-template "$@"; }
client() { chroot "$root" mysql -uroot -S /tmp/setup.sock "$@"; }
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
{ echo 'USE mysql;'; chroot "$root" mysql_tzinfo_to_sql /usr/share/zoneinfo 2>/dev/null; } > "$logs/zones.sql"
mysqld --initialize-insecure 2>"$logs/init" || { cat "$logs/init" >&2; exit 1; }
mysqld --skip-networking --mysqlx=OFF --skip-log-bin --socket=/tmp/setup.sock --pid-file=/tmp/setup.pid 2>"$logs/run" &
server=$!
for _ in $(seq 300); do
  client -e 'SELECT 1' >/dev/null 2>&1 && break
  kill -0 "$server" 2>/dev/null || { cat "$logs/run" >&2; exit 1; }
  sleep 0.1
done
client < "$logs/zones.sql"
client -e 'SET GLOBAL innodb_fast_shutdown=0; SHUTDOWN'
wait "$server"
# Keys and ids must be every container's own: the server makes new ones where these are missing.
rm -f "$template"/*.pem "$template"/auto.cnf "$template"/binlog.* "$template"/ib_buffer_pool "$template"/ibtmp1
rm -f "$root"/tmp/setup.*

# What a database server in a container never reads: a third of the size.
cd "$root"
rm -rf etc/apt/sources.list etc/apt/sources.list.d/* usr/share/doc/* usr/share/man/* usr/share/locale/* \
  usr/share/zoneinfo var/cache/debconf/* var/log/* usr/share/perl usr/lib/*-linux-gnu/perl \
  usr/lib/*-linux-gnu/libperl.so* usr/lib/*-linux-gnu/gconv usr/lib/mysql/plugin/component_telemetry.so \
  usr/bin/myisam* usr/bin/mysql_migrate_keyring usr/bin/perror usr/bin/mysqlslap usr/bin/mysqlimport \
  usr/bin/mysqlshow usr/bin/mysqlcheck usr/bin/mysql_secure_installation usr/bin/ibd2sdi usr/bin/innochecksum \
  usr/bin/mysql_config_editor usr/bin/mysql_tzinfo_to_sql
