import { queryRows, type Queryable } from '../postgres-pool.js';

/** More buckets than this in one answer are a mistake of the caller, who bounds what clients may ask. */
const MAX_BUCKETS = 10_000;

export interface SeriesQuery {
  projectId: string;
  /** Aligned down to a bucket's start. */
  from: Date;
  /** Excluded; aligned up to a bucket's end. */
  to: Date;
  /** Seconds: 10, or a whole number of minutes that divides a day (60, 300, 900, 3600, 86400). Days are UTC days. */
  granularitySeconds: number;
  /** One series for each event type instead of one for all. */
  byType: boolean;
  /** Only events of this type. */
  eventType?: string;
}

/** Columnar: `series[n].values[i]` belongs to `buckets[i]`. */
export interface Series {
  /** Start of the first bucket and end of the last one, ISO 8601, after alignment. */
  from: string;
  to: string;
  granularitySeconds: number;
  /** Start of every bucket, seconds since 1970, without a gap. */
  buckets: number[];
  /** By type: the largest first. Otherwise one series, named `all` or after `eventType`, also when it is all zeros. */
  series: { name: string; values: number[] }[];
}

interface SeriesRow {
  event_type: string;
  bucket: number;
  events: number;
}

// A closed choice of two tables; nothing of the query's values becomes SQL text.
const seriesSql = (rollup: 'event_counts_10s' | 'event_counts_1m'): string => `
  SELECT event_type,
         extract(epoch FROM time_bucket(make_interval(secs => $4), bucket))::bigint AS bucket,
         sum(events)::bigint AS events
    FROM ${rollup}
   WHERE project_id = $1 AND bucket >= $2 AND bucket < $3 AND ($5::text IS NULL OR event_type = $5)
   GROUP BY 1, 2`;

const FROM_10S = seriesSql('event_counts_10s');
const FROM_1M = seriesSql('event_counts_1m');

/** Answers "how many events in each bucket?" from the coarsest rollup that can. */
export class SeriesReader {
  constructor(private readonly db: Queryable) {}

  /** @throws {RangeError} when the granularity has no rollup or the range has more than 10,000 buckets: bound them at the edge. */
  async read({ projectId, from, to, granularitySeconds, byType, eventType }: SeriesQuery): Promise<Series> {
    const step = checkGranularity(granularitySeconds);
    const start = Math.floor(from.getTime() / 1000 / step) * step;
    const end = Math.max(start + step, Math.ceil(to.getTime() / 1000 / step) * step);
    const length = (end - start) / step;
    if (length > MAX_BUCKETS)
      throw new RangeError(`${length} buckets asked for; at most ${MAX_BUCKETS}: widen granularitySeconds or narrow from/to`);

    const sql = step % 60 === 0 ? FROM_1M : FROM_10S;
    const rows = await queryRows<SeriesRow>(this.db, sql, [
      projectId,
      new Date(start * 1000),
      new Date(end * 1000),
      step,
      eventType ?? null,
    ]);

    const lines = new Map<string, number[]>();
    const lineOf = (name: string): number[] => {
      const line = lines.get(name) ?? new Array<number>(length).fill(0);
      lines.set(name, line);
      return line;
    };
    if (!byType) lineOf(eventType ?? 'all');
    for (const row of rows) {
      const line = lineOf(byType ? row.event_type : (eventType ?? 'all'));
      line[(row.bucket - start) / step]! += row.events;
    }
    return {
      from: new Date(start * 1000).toISOString(),
      to: new Date(end * 1000).toISOString(),
      granularitySeconds: step,
      buckets: Array.from({ length }, (_, index) => start + index * step),
      series: [...lines].map(([name, values]) => ({ name, values })).sort(largestFirst),
    };
  }
}

function checkGranularity(seconds: number): number {
  if (seconds % 10 === 0 && seconds > 0 && 86_400 % seconds === 0) return seconds;
  throw new RangeError(
    `granularitySeconds is ${seconds}; it must be a multiple of 10 that divides a day, such as 10, 60, 300, 900, 3600 or 86400`,
  );
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const largestFirst = (a: { name: string; values: number[] }, b: { name: string; values: number[] }): number =>
  sum(b.values) - sum(a.values) || (a.name < b.name ? -1 : 1);
