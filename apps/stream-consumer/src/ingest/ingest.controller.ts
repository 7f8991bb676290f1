import { EVENTS_PATTERN, STREAM, type PackedEvent } from '@analytics/events';
import {
  dead,
  fenced,
  RedisStreamsContext,
  retry,
  stored,
  UNDELIVERABLE,
  type Outcome,
  type UndeliverableEntry,
} from '@analytics/redis-streams';
import { EventBatchWriter, type BatchItems, type DeadLetter, type EventBatch, type StreamPosition } from '@analytics/timescale';
import { Controller, Logger } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { IngestStats } from '../report/ingest-stats.js';
import { BatchReader, duplicateTally } from './batch.reader.js';
import { CommitNotifier } from './commit.notifier.js';

/** Takes batches from the stream and has them stored; its answer decides what is acknowledged. */
@Controller()
export class IngestController {
  private readonly logger = new Logger('ingest');

  constructor(
    private readonly writer: EventBatchWriter,
    private readonly notifier: CommitNotifier,
    private readonly stats: IngestStats,
  ) {}

  @EventPattern<string>(EVENTS_PATTERN)
  store(@Payload() packed: (PackedEvent | string)[], @Ctx() context: RedisStreamsContext): Promise<Outcome | Outcome[]> {
    const reader = new BatchReader(packed, context.getEntries());
    return this.commit(reader, reader.positionOf, context);
  }

  /** What is no pack of ours: kept with its reason, in the same transaction as its offset. */
  @EventPattern<string>(UNDELIVERABLE)
  bury(@Payload() entries: UndeliverableEntry[], @Ctx() context: RedisStreamsContext): Promise<Outcome | Outcome[]> {
    const positionOf = (index: number): StreamPosition => ({ entryId: entries[index]!.id, itemIndex: null });
    const letterOf = (index: number): DeadLetter => {
      const { fields, reason } = entries[index]!;
      const payload = Buffer.from(JSON.stringify(fields.map(([name, value]) => [name.toString(), value.toString()])));
      return { ...positionOf(index), reason, payload };
    };
    return this.commit({ length: entries.length, at: letterOf }, positionOf, context);
  }

  private async commit(
    items: BatchItems,
    positionOf: EventBatch['positionOf'],
    context: RedisStreamsContext,
  ): Promise<Outcome | Outcome[]> {
    const startedAt = Date.now();
    const [partition, lastId] = [context.getPartition(), context.getLastId()];
    const result = await this.writer.write({
      stream: STREAM,
      partition,
      epoch: context.getEpoch(),
      previousId: context.getPreviousId(),
      lastId,
      sequences: context.getSequences(),
      items,
      positionOf,
      duplicates: duplicateTally(context.getEntries()),
    });
    if (result.kind === 'fenced') return fenced();
    if (result.kind !== 'stored') return retry(result.reason);
    const durationMs = Date.now() - startedAt;
    this.stats.record({
      stored: result.events,
      dead: result.refused.length,
      durationMs,
      // One sample a pack, its oldest event: cheap, and never flattering.
      receivedAt: context.getEntries().map(({ handedOverAt }) => handedOverAt),
      newest: result.changes,
      committedAt: result.committedAt,
    });
    this.notifier.notify({ partition, lastId, committedAt: result.committedAt, projects: result.changes });
    this.logger.debug(`partition ${partition}: ${result.events} stored, ${result.refused.length} dead, ${durationMs} ms, up to ${lastId}`);
    if (result.refused.length === 0) return items.length > 0 ? stored() : [];
    const outcomes = new Array<Outcome>(items.length).fill(stored());
    for (const { index, reason } of result.refused) outcomes[index] = dead(reason);
    return outcomes;
  }
}
