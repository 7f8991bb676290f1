import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import type { RollupDifference } from '../rollups/compare-rollups.js';
import { encodeEvents } from '../segments/fill-segments.js';
import { ALL_SEGMENT_COLUMNS } from '../segments/segment-statements.js';
import type { EncodedSegment } from '../segments/segment.encoder.js';
import { stretchStart, widthMs } from './stretch.js';

const NEXT = `
  SELECT least(
    (SELECT time FROM events WHERE project_id = $1 AND time >= $2 AND time < $3 ORDER BY time LIMIT 1),
    (SELECT quarter FROM event_segments WHERE project_id = $1 AND quarter >= $2 AND quarter < $3 ORDER BY quarter LIMIT 1)) AS time`;

const KEPT = `
  SELECT (extract(epoch FROM quarter) * 1000)::float8 AS quarter, part, events, ARRAY[${ALL_SEGMENT_COLUMNS.join(', ')}] AS columns
    FROM event_segments WHERE project_id = $1 AND quarter >= $2 AND quarter < $3`;

const STALE = 'SELECT quarter FROM stale_quarters WHERE project_id = $1 AND quarter >= $2 AND quarter < $3';

type Kept = Pick<EncodedSegment, 'quarter' | 'part' | 'events'> & { columns: Buffer[] };

/**
 * Segments that are not what the events make of them, but for those of stale quarters. Segments of the same events are the same bytes, so
 * one may differ by what is in it and have as many events. At most `most`, by the hour.
 * @param from, to quarters, ms.
 */
export async function compareSegments(client: PoolClient, projectId: string, from: number, to: number, most: number): Promise<RollupDifference[]> {
  const found: RollupDifference[] = [];
  for (let at = from; at < to && found.length < most; ) {
    const [next] = await queryRows<{ time: Date | null }>(client, NEXT, [projectId, new Date(at), new Date(to)]);
    if (!next?.time) break;
    const start = stretchStart(next.time.getTime(), 15);
    at = Math.min(stretchStart(start, 60) + widthMs(60), to);
    found.push(...(await compareHour(client, projectId, start, at)));
  }
  return found;
}

async function compareHour(client: PoolClient, projectId: string, from: number, to: number): Promise<RollupDifference[]> {
  const bounds = [projectId, new Date(from), new Date(to)];
  const stale = new Set((await queryRows<{ quarter: Date }>(client, STALE, bounds)).map(({ quarter }) => quarter.getTime()));
  const kept = new Map((await queryRows<Kept>(client, KEPT, bounds)).map((segment) => [nameOf(segment), segment]));
  const raw = await encodeEvents(client, projectId, from, to);
  const expected = new Map(raw.map((segment) => [`${segment.quarter / 1000} ${segment.part}`, segment]));
  return [...new Set([...kept.keys(), ...expected.keys()])].flatMap((name): RollupDifference[] => {
    const [own, wanted] = [kept.get(name), expected.get(name)];
    const [quarter, part] = name.split(' ').map(Number);
    const same = own && wanted && [wanted.times, ...wanted.columns].every((column, index) => column.equals(own.columns[index]!));
    if (same || stale.has(quarter!)) return [];
    const key = { project_id: projectId, quarter: new Date(quarter!).toISOString(), part: part! };
    return [{ rollup: 'event_segments', key, expected: wanted?.events ?? 0, actual: own?.events ?? 0 }];
  });
}

const nameOf = ({ quarter, part }: Kept): string => `${quarter} ${part}`;
