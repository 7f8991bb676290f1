import { queryRows, type Queryable } from '../postgres-pool.js';
import type { Metric } from './metrics.js';
import type { RollupNeeds } from './rollup-needs.js';
import { nameOfStretch, type Compacted, type Cover } from './stretch-cover.js';

/** Where an answer comes from, and why from there. */
export interface QueryExplanation {
  source: 'rollup' | 'raw';
  /** A sentence for people. */
  reason: string;
  /** The tables that were read. */
  tables: string[];
  /** From counts only: how many days, hours, quarters of an hour and five minutes they cover, and how many seconds were read from the events. */
  stretches?: { weeks: number; days: number; quarterDays: number; hours: number; quarters: number; fiveMinutes: number };
  eventSeconds?: number;
}

export interface Answered<T> {
  data: T;
  source: 'rollup' | 'raw';
  /** Whether the events themselves would say the very same. */
  exact: boolean;
  /** The largest of {@link errors}; undefined when exact. */
  error?: number;
  /**
   * Of each metric, relative, 0: exact. Of distinct values it is the standard error of the estimate; of quantiles of a duration it is the
   * bound, given durations of one sign.
   */
  errors: number[];
  explain: QueryExplanation;
}

/** An answer that was computed from the events. */
export const eventsOnly = <T>(data: T, metrics: readonly Metric[], reason: string): Answered<T> => ({
  data,
  source: 'raw',
  exact: true,
  errors: metrics.map(() => 0),
  explain: { source: 'raw', reason, tables: ['events'] },
});

/** An answer that was put together from counts, and at the edges from events. */
export function fromRollups<T>(data: T, errors: number[], needs: RollupNeeds, covers: readonly Cover[]): Answered<T> {
  const error = Math.max(...errors);
  const rests = covers.flatMap((cover) => cover.rests);
  const tables = ['value_counts', ...(needs.durations ? ['duration_counts'] : []), ...(needs.distinct.length > 0 ? ['distinct_sketches'] : [])];
  const count = (minutes: number): number =>
    covers
      .flatMap(({ runs }) => runs.filter((run) => run.minutes === minutes))
      .reduce((sum, { from, to }) => sum + (to.getTime() - from.getTime()) / (minutes * 60_000), 0);
  return {
    data,
    source: 'rollup',
    exact: error === 0,
    ...(error > 0 ? { error } : {}),
    errors,
    explain: {
      source: 'rollup',
      reason:
        `counts of ${needs.field} say the same as the events${error > 0 ? ', but for estimates' : ''}; ` +
        'what no compacted stretch covers is read from the events',
      tables: [...tables, ...(rests.length > 0 ? ['events'] : [])],
      stretches: { weeks: count(10_080), days: count(1440), quarterDays: count(360), hours: count(60), quarters: count(15), fiveMinutes: count(5) },
      eventSeconds: rests.reduce((sum, { from, to }) => sum + to.getTime() - from.getTime(), 0) / 1000,
    },
  };
}

/** An answer that was put together from segments, and where there are none from events; it is exact either way. */
export function fromSegments<T>(data: T, { quarters, eventSeconds }: { quarters: number; eventSeconds: number }): Answered<T> {
  return {
    data,
    source: 'rollup',
    exact: true,
    errors: [],
    explain: {
      source: 'rollup',
      reason: 'segments have all fields of the question; what no segment covers is read from the events',
      tables: ['event_segments', ...(eventSeconds > 0 ? ['events'] : [])],
      stretches: { weeks: 0, days: 0, quarterDays: 0, hours: 0, quarters, fiveMinutes: 0 },
      eventSeconds,
    },
  };
}

interface CompactedRow {
  through: Date | null;
  shortest_from: number | null;
  stale: Date | null;
  minutes: number | null;
  not_kept: Date | null;
}

/** What of a project's time is compacted, as of the snapshot. @param needs of counts; undefined: none of them are needed. */
export async function readCompacted(
  db: Queryable,
  projectId: string,
  needs: RollupNeeds | undefined,
  ranges: readonly (readonly number[])[],
): Promise<Compacted> {
  const start = Math.min(...ranges.map((edges) => edges[0]!));
  const end = Math.max(...ranges.map((edges) => edges.at(-1)!));
  const tables = needs ? ['value_counts', ...(needs.durations ? ['duration_counts'] : [])] : [];
  const notKept = tables.map(
    (table) => `
     UNION ALL
    SELECT NULL, NULL, NULL, minutes, bucket FROM ${table}
     WHERE project_id = $1 AND field = $4 AND event_types IS NULL AND bucket >= $2::timestamptz - INTERVAL '7 days' AND bucket < $3`,
  );
  const rows = await queryRows<CompactedRow>(
    db,
    `SELECT compacted_through AS through, extract(epoch FROM shortest_from)::float8 * 1000 AS shortest_from, NULL::timestamptz AS stale,
            NULL::int AS minutes, NULL::timestamptz AS not_kept
       FROM compactions WHERE project_id = $1
      UNION ALL
     SELECT DISTINCT NULL::timestamptz, NULL::float8, quarter, NULL::int, NULL::timestamptz
       FROM stale_quarters WHERE project_id = $1 AND quarter >= $2::timestamptz - INTERVAL '15 minutes' AND quarter < $3
     ${notKept.join('')}`,
    [projectId, new Date(start), new Date(end), ...(needs ? [needs.field] : [])],
  );
  const compaction = rows.find(({ through }) => through !== null);
  return {
    through: compaction?.through?.getTime(),
    shortestFrom: compaction?.shortest_from ?? Infinity,
    stale: new Set(rows.flatMap(({ stale }) => stale?.getTime() ?? [])),
    notKept: new Set(rows.flatMap((row) => (row.not_kept ? [nameOfStretch(row.minutes!, row.not_kept.getTime())] : []))),
  };
}
