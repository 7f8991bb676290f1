import { EVENTS_PATTERN, STREAM } from '@analytics/events';
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
import { EventBatchWriter, type StreamPosition } from '@analytics/timescale';
import { Controller, Logger } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { IngestStats } from '../report/ingest-stats.js';
import { duplicateTally, withTallyKeys } from './batch-ledger.js';
import { parseBatch, type ParsedBatch } from './batch.parser.js';
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
  store(@Payload() items: unknown[], @Ctx() context: RedisStreamsContext): Promise<Outcome | Outcome[]> {
    const positionOf = positionsOf(context);
    return this.commit(parseBatch(items, positionOf), context, positionOf);
  }

  /** What is no pack of ours: kept with its reason, in the same transaction as its offset. */
  @EventPattern<string>(UNDELIVERABLE)
  bury(@Payload() entries: UndeliverableEntry[], @Ctx() context: RedisStreamsContext): Promise<Outcome | Outcome[]> {
    const deadLetters = entries.map(({ id, fields, reason }) => ({
      entryId: id,
      itemIndex: null,
      reason,
      payload: Buffer.from(JSON.stringify(fields.map(([name, value]) => [name.toString(), value.toString()]))),
    }));
    return this.commit({ events: [], itemOf: [], deadLetters, reasons: entries.map(({ reason }) => reason) }, context);
  }

  private async commit(parsed: ParsedBatch, context: RedisStreamsContext, positionOf = positionsOf(context)): Promise<Outcome | Outcome[]> {
    const startedAt = Date.now();
    const { events, itemOf, reasons } = parsed;
    const deadLetters = withTallyKeys(parsed, context.getEntries());
    const result = await this.writer.write({
      stream: STREAM,
      partition: context.getPartition(),
      epoch: context.getEpoch(),
      previousId: context.getPreviousId(),
      lastId: context.getLastId(),
      sequences: context.getSequences(),
      events,
      positionOf: (event) => positionOf(itemOf[event]!),
      deadLetters,
      duplicates: duplicateTally(context.getEntries()),
    });
    if (result.kind === 'fenced') return fenced();
    if (result.kind !== 'stored') return retry(result.reason);
    const durationMs = Date.now() - startedAt;
    const deadTotal = deadLetters.length + result.refused.length;
    this.stats.record({
      stored: result.events,
      dead: deadTotal,
      durationMs,
      // One sample a pack, its oldest event: cheap, and never flattering.
      receivedAt: context.getEntries().map(({ handedOverAt }) => handedOverAt),
      committedAt: result.committedAt,
    });
    this.notifier.notify(context.getPartition(), context.getLastId(), result.committedAt, events);
    this.logger.debug(`partition ${context.getPartition()}: ${result.events} stored, ${deadTotal} dead, ${durationMs} ms, up to ${context.getLastId()}`);
    for (const { index, reason } of result.refused) reasons[itemOf[index]!] = reason;
    return reasons.map((reason) => (reason === undefined ? stored() : dead(reason)));
  }
}

/** Items of a batch lie entry after entry; finds an item's entry by binary search. */
function positionsOf(context: RedisStreamsContext): (item: number) => StreamPosition {
  const entries = context.getEntries();
  return (item) => {
    let low = 0;
    let high = entries.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (entries[middle]!.offset <= item) low = middle;
      else high = middle - 1;
    }
    return { entryId: entries[low]!.id, itemIndex: item - entries[low]!.offset };
  };
}
