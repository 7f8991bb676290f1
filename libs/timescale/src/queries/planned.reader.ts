import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../postgres-pool.js';
import type { Breakdown, BreakdownQuestion } from './breakdown.js';
import { localHourEdges, type Bucket } from './buckets.js';
import type { CellSql, EventQuestion } from './events-statement.js';
import { bucketSql, heatmapCells, MetricsReader, slotSql, SNAPSHOT, type HeatmapCell } from './metrics.reader.js';
import type { Metric, MetricValue } from './metrics.js';
import { eventsOnly, fromRollups, readCompacted, type Answered } from './query-plan.js';
import { addPreviousCells, nameOfCell, rankCells, type KeyedCells } from './rollup-breakdown.js';
import { RollupCell } from './rollup-cell.js';
import { errorOf, findRollupNeeds, type RollupNeeds } from './rollup-needs.js';
import { countedKey, readRollups, type CellOfPart, type RollupQuestion } from './rollup-statements.js';
import { coverRange, type Cover } from './stretch-cover.js';
import { localTimeSql } from './sql-parameters.js';
import type { TimeRange } from './time-range.js';

export interface PlannedReaderOptions {
  /** Whether estimates will do for distinct values and quantiles; if not, such questions are answered from the events. Default true. */
  estimates?: boolean;
}

/** A part of a question: a range with its cells. */
interface Part {
  /** ms, ascending: the range's ends and where cells part in between. */
  edges: readonly number[];
  cells: readonly CellSql[];
}

type Question = Omit<EventQuestion, 'range'>;

/** With more parts to be read from the events, the events alone are asked. */
const MOST_RESTS = 40;
/** Cells are ranked in this process, so there must not be any number of them. */
const MOST_CELLS = 50_000;

/**
 * Answers the questions of {@link MetricsReader} from compacted counts where they say the same, and from the events where they do not, and
 * tells which and why. An answer is of one snapshot of the database.
 */
export class PlannedReader {
  private readonly events: MetricsReader;
  private readonly estimates: boolean;

  /** @param pool Of the reader's role. */
  constructor(
    private readonly pool: Pool,
    { estimates = true }: PlannedReaderOptions = {},
  ) {
    this.events = new MetricsReader(pool);
    this.estimates = estimates;
  }

  /** See {@link MetricsReader.totals}. */
  async totals(question: Question, ranges: readonly TimeRange[]): Promise<Answered<MetricValue[][]>> {
    const parts = ranges.map(({ from, to }): Part => ({ edges: [from.getTime(), to.getTime()], cells: [] }));
    const { metrics } = question;
    return this.answer(question, [], parts, {
      ofEvents: () => this.events.totals(question, ranges),
      ofCells: (read) => read.map((cells) => cellAt(cells).measure(metrics)),
    });
  }

  /** See {@link MetricsReader.timeseries}. */
  async timeseries(question: Question, series: readonly (readonly Bucket[])[]): Promise<Answered<MetricValue[][][]>> {
    const parts = series.map((buckets): Part => {
      const edges = [...buckets.map(({ from }) => from.getTime()), buckets.at(-1)!.to.getTime()];
      return { edges, cells: [bucketSql(buckets)] };
    });
    return this.answer(question, [], parts, {
      ofEvents: () => this.events.timeseries(question, series),
      ofCells: (read) => read.map((cells, index) => series[index]!.map((_, place) => cellAt(cells, place + 1).measure(question.metrics))),
    });
  }

  /** See {@link MetricsReader.breakdown}. */
  async breakdown(question: BreakdownQuestion): Promise<Answered<Breakdown>> {
    const { by, range, compare, includeMissing } = question;
    const ranges = compare ? [range, compare] : [range];
    const parts = ranges.map(({ from, to }): Part => ({ edges: [from.getTime(), to.getTime()], cells: by.map(countedKey) }));
    return this.answer(
      question,
      by,
      parts,
      {
        ofEvents: () => this.events.breakdown(question),
        ofCells: ([cells, before]) => {
          const breakdown = rankCells(question, cells!);
          return before ? addPreviousCells(question, breakdown, before) : breakdown;
        },
      },
      // No event lacks its type, and where that is all, a missing value is another field's.
      !includeMissing && by.some((field) => field !== 'type'),
    );
  }

  /** See {@link MetricsReader.heatmap}. */
  async heatmap(question: EventQuestion, timeZone: string): Promise<Answered<HeatmapCell[]>> {
    const { range, metrics } = question;
    const slot: CellSql = (parameters) => slotSql(localTimeSql(parameters, { range, timeZone }));
    const part: Part = { edges: localHourEdges(range, timeZone), cells: [slot] };
    return this.answer(question, [], [part], {
      ofEvents: () => this.events.heatmap(question, timeZone),
      ofCells: ([cells]) => heatmapCells((slot) => cellAt(cells!, slot).measure(metrics)),
    });
  }

  private async answer<T>(
    question: Question,
    by: BreakdownQuestion['by'],
    parts: readonly Part[],
    { ofEvents, ofCells }: { ofEvents: () => Promise<T>; ofCells: (parts: KeyedCells[]) => T },
    presentOnly = false,
  ): Promise<Answered<T>> {
    const { projectId, filter, metrics } = question;
    const { needs, reason } = this.needsOf(question, by);
    if (!needs) return eventsOnly(await ofEvents(), metrics, reason);
    const planned = await inTransaction(this.pool, SNAPSHOT, async (client) => {
      const compacted = await readCompacted(client, projectId, needs, parts.map(({ edges }) => edges));
      const covers = parts.map(({ edges }) => coverRange(edges, compacted));
      const obstacle = obstacleOf(covers);
      if (obstacle !== undefined) return { reason: obstacle };
      const covered = parts.map(({ cells }, index) => ({ cells, cover: covers[index]! }));
      const read = await readCells(client, { projectId, filter, needs, parts: covered, presentOnly });
      if (!read) return { reason: `there are more than ${MOST_CELLS} values, which the database ranks better` };
      return fromRollups(ofCells(read), errorsOf(read, metrics), needs, covers);
    });
    return 'data' in planned ? planned : eventsOnly(await ofEvents(), metrics, planned.reason);
  }

  private needsOf({ filter, metrics }: Question, by: BreakdownQuestion['by']): { needs?: RollupNeeds; reason: string } {
    const { needs, reason = '' } = findRollupNeeds(filter, metrics, by);
    const estimated = needs && !this.estimates && metrics.some((metric) => errorOf(metric) > 0);
    return estimated || !needs ? { reason: estimated ? 'estimates were not wanted' : reason } : { needs, reason };
  }
}

function obstacleOf(covers: readonly Cover[]): string | undefined {
  if (covers.every(({ runs }) => runs.length === 0))
    return 'no five minutes are whole within the cells of the answer, compacted and not stale';
  if (covers.some(({ rests }) => rests.length > MOST_RESTS))
    return `more than ${MOST_RESTS} parts of the range are not compacted, or lie at edges of cells that no five minutes fit`;
  return undefined;
}

/** A cell that nothing is known of has no events. */
const cellAt = (cells: KeyedCells, ...keys: readonly unknown[]): RollupCell => cells.get(nameOfCell(keys))?.cell ?? new RollupCell();

/** @returns the cells of each part; undefined when there are more than {@link MOST_CELLS} in a part on average. */
async function readCells(client: PoolClient, question: RollupQuestion): Promise<KeyedCells[] | undefined> {
  const most = MOST_CELLS * question.parts.length;
  const { counts, durations, sketches } = await readRollups(client, question, most);
  if (counts.length > most) return undefined;
  const parts = question.parts.map(() => new Map<string, { keys: readonly string[]; cell: RollupCell }>());
  const cellOf = ({ part, cell: keys }: CellOfPart): RollupCell => {
    const cells = parts[part]!;
    const name = nameOfCell(keys);
    const known = cells.get(name);
    if (known) return known.cell;
    const cell = new RollupCell();
    cells.set(name, { keys: keys.map(String), cell });
    return cell;
  };
  for (const row of counts) cellOf(row).addCounts(row);
  for (const row of durations) cellOf(row).addDuration(row);
  // Registers first: what is added to them needs no set of its own.
  for (const row of sketches.filter(({ exact }) => !exact)) cellOf(row).addSketch(row);
  for (const row of sketches.filter(({ exact }) => exact)) cellOf(row).addSketch(row);
  return parts;
}

/** The largest error of each metric in any cell. */
function errorsOf(parts: readonly KeyedCells[], metrics: readonly Metric[]): number[] {
  const largest = metrics.map(() => 0);
  for (const cells of parts)
    for (const { cell } of cells.values())
      for (const [index, error] of cell.errorsOf(metrics).entries()) largest[index] = Math.max(largest[index]!, error);
  return largest;
}
