-- Alerts are few and must outlive a power cut: what was acknowledged is on the disk.
ALTER TABLE {{database}}.alert_states {{onCluster}} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
ALTER TABLE {{database}}.alert_history {{onCluster}} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1;
