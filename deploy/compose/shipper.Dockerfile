# rsyslog with its Kafka output, from Debian.
FROM debian:12.12-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends rsyslog rsyslog-kafka \
  && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["rsyslogd", "-n", "-i", "/run/rsyslogd.pid", "-f", "/etc/rsyslog.conf"]
