-- Usage events of a sample of credentials (off by default), for looking at what a credential did.
-- Ordered for one credential over time; whole weeks are dropped when their time is over.
CREATE TABLE IF NOT EXISTS {{database}}.usage_events {{onCluster}}
(
    credential_id     String CODEC(ZSTD(1)),
    timestamp         DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    event_id          String CODEC(ZSTD(1)),
    credential_type   LowCardinality(String),
    token_id          String CODEC(ZSTD(1)),
    consumer_id       String CODEC(ZSTD(1)),
    gateway_type      LowCardinality(String),
    gateway_name      LowCardinality(String),
    environment       LowCardinality(String),
    client_address    String CODEC(ZSTD(1)),
    client_asn        UInt32 CODEC(T64, ZSTD(1)),
    client_country    LowCardinality(String),
    user_agent        String CODEC(ZSTD(1)),
    ja4               String CODEC(ZSTD(1)),
    method            LowCardinality(String),
    host              LowCardinality(String),
    route             LowCardinality(String),
    path              String CODEC(ZSTD(1)),
    object_id         String CODEC(ZSTD(1)),
    status            UInt16,
    outcome           LowCardinality(String),
    response_bytes    UInt64 CODEC(T64, ZSTD(1)),
    duration_ms       Float32,
    event             String COMMENT 'The whole usage event as JSON with dotted names.' CODEC(ZSTD(3)),
    stored_at         DateTime('UTC') DEFAULT now() CODEC(Delta, ZSTD(1))
)
ENGINE = {{replicated}}ReplacingMergeTree
PARTITION BY toMonday(timestamp)
ORDER BY (credential_id, timestamp, event_id)
TTL stored_at + toIntervalDay({{eventRetentionDays}})
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1{{deduplicationWindow}};
