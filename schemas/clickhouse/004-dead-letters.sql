-- Records that no format could decode. The id is a hash of place and content, so a record read
-- again is not counted twice.
CREATE TABLE IF NOT EXISTS {{database}}.dead_letters {{onCluster}}
(
    reason       LowCardinality(String),
    id           String,
    detail       String CODEC(ZSTD(3)),
    place        String CODEC(ZSTD(3)),
    ingested_at  DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    bytes        UInt64 CODEC(T64, ZSTD(1)),
    excerpt      String CODEC(ZSTD(3)),
    stored_at    DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD(1)),
    INDEX ingested_at_minmax ingested_at TYPE minmax GRANULARITY 1
)
ENGINE = {{replicated}}ReplacingMergeTree
PARTITION BY toYYYYMM(ingested_at)
ORDER BY (reason, id)
TTL stored_at + toIntervalDay({{deadLetterRetentionDays}})
SETTINGS index_granularity = 8192{{deduplicationWindow}};
