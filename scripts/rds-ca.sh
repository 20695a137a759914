#!/usr/bin/env bash
# Fetches the authorities that sign RDS's certificates, for profile aws: `make rds-ca`. kustomize makes ConfigMap `mysql-ca` of the file,
# which git ignores. Compare the sha256 with a colleague's, or with the last one: AWS adds authorities, and publishes no sums.
#   RDS_CA_URL   https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

url=${RDS_CA_URL:-https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem}
target=${RDS_CA_FILE:-k8s/components/mysql-ca/ca.pem}
case $url in
  https://* | http://127.0.0.1:* | http://localhost:*) ;;
  *) die "RDS_CA_URL begins with https:// (or http:// on loopback, for tests), not '$url'" ;;
esac
have python3 || need_apt python3
have openssl || need_apt openssl
[ -d "$(dirname "$target")" ] || die "$(dirname "$target") is missing: this is not the whole tree"

new=$(mktemp "$(dirname "$target")/.ca.XXXXXX")
trap 'rm -f "$new"' EXIT
python3 scripts/fetch.py "$url" > "$new" || exit 1
# Every certificate in it is read, and it holds nothing else.
count=$(grep -c '^-----BEGIN CERTIFICATE-----' "$new" || true)
if [ "$count" = 0 ] || grep -q 'PRIVATE KEY' "$new" ||
  [ "$(openssl crl2pkcs7 -nocrl -certfile "$new" 2>/dev/null | openssl pkcs7 -print_certs -noout 2>/dev/null | grep -c '^subject')" != "$count" ]; then
  die "what $url gives is no bundle of PEM certificates; nothing was changed"
fi
chmod 644 "$new"
mv "$new" "$target"
say "wrote $target: $count certificates"
sha256sum "$target"
