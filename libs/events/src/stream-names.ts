/** The stem of every stream of the pipeline; partition n is `analytics_events:{n}`. */
export const STREAM = 'analytics_events';

/** The consumer group that stores events. */
export const CONSUMER_GROUP = 'analytics_consumers';

/** The transport pattern under which packs of events travel. */
export const EVENTS_PATTERN = 'events';

/** Number of partitions unless `STREAM_PARTITIONS` says otherwise. Changing it moves users between partitions. */
export const DEFAULT_PARTITIONS = 4;

/** Pub/sub channel on which the consumer tells, after each commit, what changed. */
export const COMMIT_CHANNEL = 'analytics_commits';

/** Pub/sub channel on which producers and consumers tell their own state once a second. */
export const STATUS_CHANNEL = 'analytics_status';

/** Redis hash: SHA-256 (hex) of a write key → project id. Kept by the stream-consumer, read by the collector. */
export const WRITE_KEYS_HASH = 'analytics_write_keys';

/** Redis hash: SHA-256 (hex) of a write key → when a collector last took it, ms since 1970. Kept by collectors, read by the stream-consumer. */
export const WRITE_KEY_USES_HASH = 'analytics_write_key_uses';

/** All events of one user of one project share a partition, so they stay in order. */
export const partitionKey = (event: { project_id: string; user_id: string }): string => `${event.project_id}\u0000${event.user_id}`;
