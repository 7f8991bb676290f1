export { checkRedisDurability, type RedisDurability } from './durability.js';
export { EmitError, type EmitFailure, type EmitOutcome } from './emit-outcome.js';
export { readBody, readHeader, type EntryHeader, type RawField } from './entry.codec.js';
export { NoticePublisher, NoticeSubscriber } from './notices.js';
export { dead, fenced, retry, stored, type Outcome } from './outcomes.js';
export { jsonPackCodec, type PackCodec } from './pack.codec.js';
export type { InFlight } from './partition-tally.js';
export type { PartitionClaim, PartitionOwnership } from './partition-ownership.js';
export { deadStreamKey, partitionOf, streamKey } from './partitioning.js';
export type { RedisStreamsStatus, RedisTarget } from './redis-connection.js';
export type { ClientPoint, RedisStreamsClientOptions } from './redis-streams.client-options.js';
export { RedisStreamsClient, type RedisStreamsClientEvents } from './redis-streams.client.js';
export { RedisStreamsContext, type BatchEntry } from './redis-streams.context.js';
export {
  UNDELIVERABLE,
  type BatchEvent,
  type FencedEvent,
  type GapEvent,
  type PartitionSnapshot,
  type PartitionState,
  type RedisStreamsServerEvents,
  type RewoundEvent,
  type UndeliverableEntry,
} from './redis-streams.server-events.js';
export type { RedisStreamsServerOptions, ServerPoint } from './redis-streams.server-options.js';
export { REDIS_STREAMS, RedisStreamsServer } from './redis-streams.server.js';
