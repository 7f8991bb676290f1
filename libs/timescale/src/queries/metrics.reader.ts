import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../postgres-pool.js';
import { addPrevious, readBreakdown, type Breakdown, type BreakdownQuestion } from './breakdown.js';
import type { Bucket } from './buckets.js';
import { EventsStatement, type CellSql, type EventQuestion } from './events-statement.js';
import type { MetricValue } from './metrics.js';
import type { TimeRange } from './time-range.js';

/** One hour of the week. Monday is 1. */
export interface HeatmapCell {
  weekday: number;
  hour: number;
  metrics: MetricValue[];
}

/** Begins a transaction in which all statements see the same. */
export const SNAPSHOT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
const HOURS_A_WEEK = 168;
/** The hour 0 of 1970 was one of a Thursday; counted from Monday it is this one. */
const HOUR_OF_1970 = 72;

/** Answers questions in the query language from the raw events. Each answer is of one snapshot of the database. */
export class MetricsReader {
  constructor(private readonly pool: Pool) {}

  /** The metrics of each range, one after the other. */
  async totals(question: Omit<EventQuestion, 'range'>, ranges: readonly TimeRange[]): Promise<MetricValue[][]> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      const answers: MetricValue[][] = [];
      for (const range of ranges) {
        const statement = new EventsStatement({ ...question, range }, []);
        const [row] = await statement.run(client, statement.metrics.select('matched'));
        answers.push(statement.metrics.read(row!));
      }
      return answers;
    });
  }

  /** The metrics of each bucket of each series of buckets. A session is looked at within each bucket alone. */
  async timeseries(question: Omit<EventQuestion, 'range'>, series: readonly (readonly Bucket[])[]): Promise<MetricValue[][][]> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      const answers: MetricValue[][][] = [];
      for (const buckets of series) answers.push(await readSeries(client, question, buckets));
      return answers;
    });
  }

  /** The metrics of each value of a field, or of each pair of values of two. */
  async breakdown(question: BreakdownQuestion): Promise<Breakdown> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      const breakdown = await readBreakdown(client, question);
      const { compare } = question;
      return compare ? addPrevious(client, { ...question, range: compare }, breakdown) : breakdown;
    });
  }

  /** The metrics of each hour of the week by the clocks of a zone; all 168 of them, Monday 0 h first. */
  async heatmap(question: EventQuestion, timeZone: string): Promise<HeatmapCell[]> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      const statement = new EventsStatement({ ...question, timeZone }, [['slot', ({ localTime }) => slotSql(localTime)]]);
      const rows = await statement.run(client, statement.metrics.select('matched', ['slot']));
      const bySlot = new Map(rows.map((row) => [row['slot'], statement.metrics.read(row)]));
      return heatmapCells((slot) => bySlot.get(slot) ?? [...statement.metrics.ofNothing]);
    });
  }
}

/** All cells of a heatmap. `slot` is the hour of the week, 0 to 167. */
export const heatmapCells = (metricsOf: (slot: number) => MetricValue[]): HeatmapCell[] =>
  Array.from({ length: HOURS_A_WEEK }, (_, slot) => ({ weekday: Math.floor(slot / 24) + 1, hour: slot % 24, metrics: metricsOf(slot) }));

/** Which of the buckets an event is in, from 1 on. */
export const bucketSql =
  (buckets: readonly Bucket[]): CellSql =>
  (parameters) =>
    `width_bucket(time, ${parameters.add(buckets.map(({ from }) => from), 'timestamptz[]')})`;

async function readSeries(client: PoolClient, question: Omit<EventQuestion, 'range'>, buckets: readonly Bucket[]): Promise<MetricValue[][]> {
  const range = { from: buckets[0]!.from, to: buckets.at(-1)!.to };
  const statement = new EventsStatement({ ...question, range }, [['bucket', bucketSql(buckets)]]);
  const rows = await statement.run(client, statement.metrics.select('matched', ['bucket']));
  const byBucket = new Map(rows.map((row) => [row['bucket'], statement.metrics.read(row)]));
  return buckets.map((_, index) => byBucket.get(index + 1) ?? [...statement.metrics.ofNothing]);
}

/** The hour of the week, 0 to 167. @param localTime see {@link localTimeSql}. */
export const slotSql = (localTime: string): string => `mod(floor(${localTime} / 3600)::bigint + ${HOUR_OF_1970}, ${HOURS_A_WEEK})`;
