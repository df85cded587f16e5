-- One score per credential and active hour. An hour judged again after a restart has the same key;
-- the line that saw more events wins.
CREATE TABLE IF NOT EXISTS {{database}}.credential_hours {{onCluster}}
(
    hour            DateTime('UTC') CODEC(Delta, ZSTD(1)),
    credential_id   String CODEC(ZSTD(1)),
    events          UInt64 CODEC(T64, ZSTD(1)),
    score_bits      Float32,
    threshold_bits  Float32,
    families        Map(LowCardinality(String), Float32),
    stored_at       DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD(1)),
    INDEX hour_minmax hour TYPE minmax GRANULARITY 1
)
ENGINE = {{replicated}}ReplacingMergeTree(events)
PARTITION BY toYYYYMM(hour)
ORDER BY (credential_id, hour)
TTL stored_at + toIntervalDay({{scoreRetentionDays}})
SETTINGS index_granularity = 8192{{deduplicationWindow}};
