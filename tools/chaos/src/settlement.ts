import { setTimeout as pause } from 'node:timers/promises';
import { CONSUMER_GROUP, DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import type { PipelineSystem } from './system/pipeline-system.js';

/** Where a partition's stream ends, what of it is committed, and what is delivered and not acknowledged. */
export interface PartitionSettlement {
  partition: number;
  streamEnd: string;
  committed: string;
  pending: number;
}

export async function readSettlement({ redis, database }: PipelineSystem): Promise<PartitionSettlement[]> {
  const { rows } = await database.query<{ partition: number; last_id: string }>(
    'SELECT partition, last_id FROM stream_offsets WHERE stream = $1',
    [STREAM],
  );
  const committed = new Map(rows.map(({ partition, last_id }) => [partition, last_id]));
  const settlements: PartitionSettlement[] = [];
  for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++) {
    const key = `${STREAM}:{${partition}}`;
    const info = (await redis.xinfo('STREAM', key).catch(() => [])) as unknown[];
    const end = info.indexOf('last-generated-id');
    const pending = (await redis.xpending(key, CONSUMER_GROUP).catch(() => [0])) as [number];
    settlements.push({
      partition,
      streamEnd: end === -1 ? '0-0' : String(info[end + 1]),
      committed: committed.get(partition) ?? '0-0',
      pending: pending[0],
    });
  }
  return settlements;
}

/** What of a partition is not settled; empty when its offset is the stream's last id and nothing is pending. */
export function unsettled({ partition, streamEnd, committed, pending }: PartitionSettlement): string[] {
  return [
    ...(streamEnd === committed ? [] : [`partition ${partition}: the stream ends at ${streamEnd}, committed is ${committed}`]),
    ...(pending === 0 ? [] : [`partition ${partition}: ${pending} entries are pending`]),
  ];
}

/**
 * Waits until everything in the stream is committed and acknowledged, twice in a row. Returns as well when `timeoutMs` is over: the
 * checker then says what is not. @returns milliseconds it took.
 */
export async function untilQuiet(system: PipelineSystem, timeoutMs = 60_000): Promise<number> {
  const startedAt = Date.now();
  let times = 0;
  while (times < 2 && Date.now() - startedAt < timeoutMs) {
    const open = await readSettlement(system).then(
      (settlements) => settlements.flatMap(unsettled).length,
      () => Infinity,
    );
    times = open === 0 ? times + 1 : 0;
    await pause(100);
  }
  return Date.now() - startedAt;
}
