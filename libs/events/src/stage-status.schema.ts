import { z } from 'zod';

const quantiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });

/** What a producer process says of itself once a second. Totals count since its start; rates are events per second over the last 10 s. */
export const producerStatusSchema = z.object({
  stage: z.literal('producer'),
  instance: z.string(),
  at: z.number(),
  startedAt: z.number(),
  acceptedTotal: z.int(),
  acceptedRate: z.number(),
  rejectedTotal: z.int(),
  /** Events handed to the publisher that Redis has not yet answered for. */
  inFlight: z.int(),
  /** Milliseconds from hand-over to Redis's answer, last minute. */
  publishMs: quantiles,
  sources: z.array(z.object({ name: z.string(), acceptedTotal: z.int(), rate: z.number(), state: z.string() })),
});

/** What a stream-consumer process says of itself once a second. */
export const consumerStatusSchema = z.object({
  stage: z.literal('stream-consumer'),
  instance: z.string(),
  at: z.number(),
  startedAt: z.number(),
  storedTotal: z.int(),
  storedRate: z.number(),
  deadTotal: z.int(),
  /** Events received again after they were already stored, and skipped. */
  skippedTotal: z.int(),
  /** Milliseconds from reading a batch to its commit, last minute. */
  batchMs: quantiles,
  /** Milliseconds from `received_at` to commit, last minute. */
  freshnessMs: quantiles,
  /** Milliseconds from `timestamp` to `received_at` of events that came within a minute, last minute; null: there were none. */
  arrivalMs: quantiles.nullable().optional(),
  durability: z.enum(['strict', 'relaxed']),
  /** Project → events in the stream that are accepted and not yet stored, of the partitions this process owns. */
  inFlight: z.record(z.string(), z.int()),
  partitions: z.array(
    z.object({
      partition: z.int(),
      state: z.string(),
      /** Age of the first entry that is not committed, ms; 0 when there is none. */
      timeLagMs: z.number(),
      /** Entries (packs) in the stream that are not committed. */
      entryLag: z.int(),
      /** Entries delivered to this consumer and not yet acknowledged. */
      pending: z.int(),
      lastId: z.string(),
    }),
  ),
});

export const stageStatusSchema = z.discriminatedUnion('stage', [producerStatusSchema, consumerStatusSchema]);

export type ProducerStatus = z.infer<typeof producerStatusSchema>;
export type ConsumerStatus = z.infer<typeof consumerStatusSchema>;
export type StageStatus = z.infer<typeof stageStatusSchema>;
