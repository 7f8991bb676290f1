import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import type { RollupDifference } from '../rollups/compare-rollups.js';
import { encodeEvents } from '../segments/fill-segments.js';
import { ALL_SEGMENT_COLUMNS } from '../segments/segment-statements.js';
import type { EncodedSegment } from '../segments/segment.encoder.js';
import { widthMs } from './stretch.js';

/** Hours with events or segments. */
const HOURS = `
  SELECT DISTINCT time_bucket(INTERVAL '1 hour', time) AS hour
    FROM (SELECT time FROM events WHERE project_id = $1 AND time >= $2 AND time < $3
           UNION ALL
          SELECT quarter FROM event_segments WHERE project_id = $1 AND quarter >= $2 AND quarter < $3) AS looked_at
   ORDER BY 1`;

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
  const bounds = [projectId, new Date(from), new Date(to)];
  const hours = await queryRows<{ hour: Date }>(client, HOURS, bounds);
  const stale = new Set((await queryRows<{ quarter: Date }>(client, STALE, bounds)).map(({ quarter }) => quarter.toISOString()));
  const found: RollupDifference[] = [];
  for (const { hour } of hours) {
    const [start, end] = [Math.max(hour.getTime(), from), Math.min(hour.getTime() + widthMs(60), to)];
    const differences = await compareHour(client, projectId, start, end);
    found.push(...differences.filter(({ key }) => !stale.has(String(key['quarter']))));
    if (found.length >= most) break;
  }
  return found;
}

async function compareHour(client: PoolClient, projectId: string, from: number, to: number): Promise<RollupDifference[]> {
  const kept = new Map((await queryRows<Kept>(client, KEPT, [projectId, new Date(from), new Date(to)])).map((segment) => [nameOf(segment), segment]));
  const expected = new Map((await encodeEvents(client, projectId, from, to)).map((segment) => [nameOf({ ...segment, quarter: segment.quarter / 1000 }), segment]));
  return [...new Set([...kept.keys(), ...expected.keys()])].flatMap((name): RollupDifference[] => {
    const [own, wanted] = [kept.get(name), expected.get(name)];
    if (own && wanted && [wanted.times, ...wanted.columns].every((column, index) => column.equals(own.columns[index]!))) return [];
    const [quarter, part] = name.split(' ').map(Number);
    const key = { project_id: projectId, quarter: new Date(quarter!).toISOString(), part: part! };
    return [{ rollup: 'event_segments', key, expected: wanted?.events ?? 0, actual: own?.events ?? 0 }];
  });
}

/** @param segment its quarter in ms. */
const nameOf = ({ quarter, part }: Pick<Kept, 'quarter' | 'part'>): string => `${quarter} ${part}`;
