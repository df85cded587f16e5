-- Every stored state of every alert; the newest version of an id wins. Few rows (the alert budget
-- bounds them), read by id and by time: no partitions, so that replacing works over the whole
-- table, and one mark every 256 rows.
CREATE TABLE IF NOT EXISTS {{database}}.alert_states {{onCluster}}
(
    id                  String,
    version             UInt64 COMMENT 'Grows with the incident: newest event time, then resolved, then number of events.',
    state               LowCardinality(String),
    kind                LowCardinality(String),
    simulated           Bool,
    title               String CODEC(ZSTD(3)),
    summary             String CODEC(ZSTD(3)),
    severity            Enum8('low' = 1, 'medium' = 2, 'high' = 3, 'critical' = 4),
    family              LowCardinality(String),
    detectors           Array(LowCardinality(String)),
    credential_id       String,
    credential_type     LowCardinality(String),
    credential_name     String,
    consumer            String,
    owner               String,
    gateway             LowCardinality(String),
    members             Array(String) CODEC(ZSTD(3)),
    score_bits          Float64,
    threshold_bits      Float64,
    trust               Float32,
    first_event_at      DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    last_event_at       DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    raised_at           DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    resolved_at         Nullable(DateTime64(3, 'UTC')),
    events              UInt64,
    `evidence.detector` Array(LowCardinality(String)),
    `evidence.family`   Array(LowCardinality(String)),
    `evidence.feature`  Array(LowCardinality(String)),
    `evidence.bits`     Array(Float64),
    `evidence.observed` Array(String) CODEC(ZSTD(3)),
    `evidence.expected` Array(String) CODEC(ZSTD(3)),
    `evidence.text`     Array(String) CODEC(ZSTD(3)),
    attack              Array(LowCardinality(String)),
    owasp               Array(LowCardinality(String)),
    alert               String COMMENT 'The whole alert as JSON.' CODEC(ZSTD(6)),
    stored_at           DateTime('UTC') DEFAULT now(),
    INDEX raised_at_minmax raised_at TYPE minmax GRANULARITY 1,
    INDEX credential_bloom credential_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
ORDER BY id
TTL stored_at + toIntervalDay({{alertRetentionDays}})
SETTINGS index_granularity = 256{{deduplicationWindow}};

-- Exactly one row per alert: its newest state.
CREATE VIEW IF NOT EXISTS {{database}}.alerts {{onCluster}} AS
SELECT * FROM {{database}}.alert_states FINAL;

-- What happened to each alert, in the order of one credential's story. A repeated state has the
-- same key and is dropped when parts merge; ask with FINAL for exact counts.
CREATE TABLE IF NOT EXISTS {{database}}.alert_history {{onCluster}}
(
    credential_id   String,
    alert_id        String,
    version         UInt64,
    at              DateTime64(3, 'UTC') COMMENT 'Event time of this state.' CODEC(Delta, ZSTD(1)),
    state           LowCardinality(String),
    severity        Enum8('low' = 1, 'medium' = 2, 'high' = 3, 'critical' = 4),
    family          LowCardinality(String),
    detectors       Array(LowCardinality(String)),
    score_bits      Float64,
    threshold_bits  Float64,
    trust           Float32,
    events          UInt64,
    summary         String CODEC(ZSTD(3)),
    simulated       Bool,
    stored_at       DateTime('UTC') DEFAULT now()
)
ENGINE = {{replicated}}ReplacingMergeTree
ORDER BY (credential_id, alert_id, version)
TTL stored_at + toIntervalDay({{alertRetentionDays}})
SETTINGS index_granularity = 1024{{deduplicationWindow}};
