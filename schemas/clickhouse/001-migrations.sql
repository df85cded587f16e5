-- Which of these files have been applied. The checksum refuses a file that was changed afterwards.
CREATE TABLE IF NOT EXISTS {{database}}.migrations {{onCluster}}
(
    number     UInt32,
    name       String,
    checksum   String,
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{replicated}}ReplacingMergeTree(applied_at)
ORDER BY number;
