#!/bin/sh
# Makes what must not lie in a repository, once: the gateway's certificate, the issuer's key and what the
# gateway checks tokens by, the access token of Bearerwatch, and its password for ClickHouse.
#   setup.sh GENERATED [CLICKHOUSE_USERS [GATEWAY_LOGS]]
set -eu
folder=${1:?folder to write to}
# These folders are seen by the containers of one composition only, and their programs run as different users.
umask 022
mkdir -p "$folder"
if [ ! -s "$folder/gateway.crt" ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=gateway \
    -addext subjectAltName=DNS:gateway,DNS:envoy,DNS:localhost,IP:127.0.0.1 \
    -keyout "$folder/gateway.key" -out "$folder/gateway.crt" 2>/dev/null
  chmod 0644 "$folder/gateway.key"
fi
if [ ! -s "$folder/jwks.json" ]; then
  node -e '
    const { generateKeyPairSync } = require("node:crypto");
    const { writeFileSync } = require("node:fs");
    const [folder] = process.argv.slice(1);
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(`${folder}/issuer.pem`, privateKey.export({ type: "pkcs8", format: "pem" }));
    const key = { ...publicKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "1" };
    writeFileSync(`${folder}/jwks.json`, JSON.stringify({ keys: [key] }));
  ' "$folder"
fi
for name in bearerwatch-token clickhouse-password; do
  [ -s "$folder/$name" ] || openssl rand -hex 24 | tr -d '\n' > "$folder/$name"
done
if [ $# -ge 2 ]; then
  digest=$(openssl dgst -sha256 -r "$folder/clickhouse-password" | cut -d' ' -f1)
  cat > "$2/bearerwatch.xml" <<XML
<clickhouse>
  <users>
    <bearerwatch>
      <password_sha256_hex>$digest</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
      <grants>
        <query>GRANT ALL ON bearerwatch.*</query>
        <query>GRANT SELECT ON system.*</query>
      </grants>
    </bearerwatch>
  </users>
</clickhouse>
XML
fi
if [ $# -ge 3 ]; then chmod 1777 "$3"; fi
