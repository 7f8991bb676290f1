import type { Pool, PoolClient } from 'pg';
import { inTransaction, queryRows } from '../postgres-pool.js';
import { fillSegments } from '../segments/fill-segments.js';
import { addSketch, deleteStretches, FILL_QUARTERS, readSketches, uniteCounts } from './compaction-statements.js';
import { DistinctSketch, type StoredSketch } from './distinct-sketch.js';
import { DATABASE_NOW } from './stale-quarters.js';
import { COMPACTED_AFTER_MS, QUARTER_MS, STRETCH_MINUTES, stretchStart, widthMs, type StretchMinutes } from './stretch.js';

/** Only a number that no other lock of this application's has. Its second half is the project's hash. */
const COMPACTION_LOCK = 740_622;
/** Marks that are looked at in one pass. */
const MOST_MARKS = 1_000;

/** Places in a transaction of the compactor at which a test may stop or kill its session. */
export type CompactionPoint = 'unmarked' | 'quarters-filled' | 'before-commit';

export interface CompactorOptions {
  /** Called, and waited for, at each of these places; default: nothing. */
  onPoint?: (name: CompactionPoint) => Promise<void> | void;
}

export interface CompactionPass {
  /** Stale quarters that were filled again, or need not be. */
  refilled: number;
  /** Projects of which an hour more is compacted. */
  advanced: number;
  /** Whether another pass would find something to do at once. */
  behind: boolean;
}

/**
 * Fills the stretches of time that questions about the past are answered from, after their time has passed, beside running writers.
 *
 * Why no event is missed: a writer that stores an event whose quarter is long over marks the quarter in the same transaction
 * (stale-quarters.ts). A writer that does not mark has asked for the time before, and after it had a transaction id; the compactor takes
 * the time, then an id of its own, and goes on only when every transaction with a smaller id has ended. So what is not marked is seen.
 * A mark is taken away before the events are read: they are seen by a later snapshot, and the mark of an event that comes between stays.
 * Any number may run at the same time: one works on a project, the others leave it out.
 */
export class Compactor {
  private readonly onPoint: NonNullable<CompactorOptions['onPoint']>;
  private limit = -Infinity;
  /** A limit that holds from the moment on at which all transactions with a smaller id have ended. */
  private barrier: { limit: number; id: string } | undefined;

  /** @param pool Of role `analytics_writer`; a pass takes one connection at a time. Its `queryTimeoutMs` bounds the filling of an hour. */
  constructor(
    private readonly pool: Pool,
    { onPoint = () => {} }: CompactorOptions = {},
  ) {
    this.onPoint = onPoint;
  }

  /**
   * Fills stale quarters again, and goes on by at most an hour with events in each project.
   * @throws what the database says; nothing is half done then, and the next pass does it.
   */
  async compact(): Promise<CompactionPass> {
    const refilled = await this.refillStale();
    const limit = await this.findLimit();
    let advanced = 0;
    if (limit > -Infinity) for (const projectId of await this.waiting(limit)) advanced += await this.advance(projectId, limit);
    return { refilled, advanced, behind: advanced > 0 || refilled >= MOST_MARKS };
  }

  /**
   * Fills stale quarters again, and the hours and days that they are in; at most 1,000 in a call.
   * @returns how many quarters are not stale any more.
   */
  async refillStale(): Promise<number> {
    const marks = await queryRows<{ project_id: string; quarter: Date }>(
      this.pool,
      `SELECT DISTINCT project_id, quarter FROM stale_quarters ORDER BY 1, 2 LIMIT ${MOST_MARKS}`,
    );
    let refilled = 0;
    for (const [projectId, quarters] of byProjectAndDay(marks)) refilled += await this.refill(projectId, quarters);
    return refilled;
  }

  /** Quarters before this time (ms) are over for long enough, and what is stored in them is either seen or will be marked. */
  private async findLimit(): Promise<number> {
    const [clock] = await queryRows<{ now: number }>(this.pool, `SELECT ${DATABASE_NOW}`);
    const limit = stretchStart(clock!.now - COMPACTED_AFTER_MS, 15);
    if (limit === this.limit) return limit;
    if (limit < this.limit || this.limit === -Infinity) {
      await this.takeBack(limit);
      this.limit = -Infinity;
      if (this.barrier && this.barrier.limit > limit) this.barrier = undefined;
    }
    if (!this.barrier) {
      const [taken] = await queryRows<{ id: string }>(this.pool, 'SELECT pg_current_xact_id()::text AS id');
      this.barrier = { limit, id: taken!.id };
    }
    // The smallest id of a transaction that is under way anywhere. Where one is slow to end, the next pass asks again.
    const passed = 'SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS passed';
    const [row] = await queryRows<{ passed: boolean }>(this.pool, passed, [this.barrier.id]);
    if (row!.passed) {
      this.limit = this.barrier.limit;
      this.barrier = undefined;
    }
    return this.limit;
  }

  /** The database's clock was ahead, and is right again: what was compacted too early is compacted once more when its time has come. */
  private async takeBack(limit: number): Promise<void> {
    await this.pool.query('UPDATE compactions SET compacted_through = $1 WHERE compacted_through > $1', [new Date(limit)]);
  }

  /** Projects that are not compacted up to there. */
  private async waiting(limit: number): Promise<string[]> {
    const rows = await queryRows<{ id: string }>(
      this.pool,
      `SELECT id FROM projects LEFT JOIN compactions ON project_id = id
        WHERE compacted_through IS NULL OR compacted_through < $1 ORDER BY id`,
      [new Date(limit)],
    );
    return rows.map(({ id }) => id);
  }

  /** Quarters of one day. @returns how many are not stale any more. */
  private async refill(projectId: string, quarters: readonly number[]): Promise<number> {
    return this.inTurn(projectId, async (client, through) => {
      await client.query('DELETE FROM stale_quarters WHERE project_id = $1 AND quarter = ANY ($2::timestamptz[])', [
        projectId,
        quarters.map((quarter) => new Date(quarter)),
      ]);
      await this.onPoint('unmarked');
      // What is not compacted yet will be, with all that is stored by then.
      const compacted = quarters.filter((quarter) => quarter < (through ?? -Infinity));
      for (const quarter of compacted) await fillQuarters(client, projectId, quarter, quarter + QUARTER_MS);
      await this.onPoint('quarters-filled');
      await unite(client, projectId, compacted, (_, end) => end <= through!);
      await this.onPoint('before-commit');
      return quarters.length;
    });
  }

  /** @returns 1 when there may be more to do for the project, else 0. */
  private async advance(projectId: string, limit: number): Promise<number> {
    return this.inTurn(projectId, async (client, known) => {
      if (known !== undefined && known >= limit) return 0;
      const [next] = await queryRows<{ time: Date }>(
        client,
        'SELECT time FROM events WHERE project_id = $1 AND time >= $2 AND time < $3 ORDER BY time LIMIT 1',
        [projectId, known === undefined ? '-infinity' : new Date(known), new Date(limit)],
      );
      const start = next ? stretchStart(next.time.getTime(), 15) : limit;
      const end = Math.min(stretchStart(start, 60) + widthMs(60), limit);
      if (next) await fillQuarters(client, projectId, start, end);
      await this.onPoint('quarters-filled');
      const before = known ?? start;
      await unite(client, projectId, [before, start], (_, over) => over > before && over <= end);
      await client.query(
        `INSERT INTO compactions (project_id, compacted_through) VALUES ($1, $2)
         ON CONFLICT (project_id) DO UPDATE SET compacted_through = excluded.compacted_through`,
        [projectId, new Date(end)],
      );
      await this.onPoint('before-commit');
      return end < limit ? 1 : 0;
    });
  }

  /** One transaction, unless another compactor works on the project: then 0. `work` gets how far the project is compacted, ms. */
  private inTurn(projectId: string, work: (client: PoolClient, through: number | undefined) => Promise<number>): Promise<number> {
    return inTransaction(this.pool, 'BEGIN ISOLATION LEVEL READ COMMITTED', async (client) => {
      const [lock] = await queryRows<{ mine: boolean }>(client, 'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine', [
        COMPACTION_LOCK,
        projectId,
      ]);
      if (!lock!.mine) return 0;
      await client.query('SET LOCAL statement_timeout = 0');
      const [row] = await queryRows<{ compacted_through: Date }>(client, 'SELECT compacted_through FROM compactions WHERE project_id = $1', [
        projectId,
      ]);
      return work(client, row?.compacted_through.getTime());
    });
  }
}

async function fillQuarters(client: PoolClient, projectId: string, from: number, to: number): Promise<void> {
  const values = [projectId, new Date(from), new Date(to)];
  for (const statement of [...deleteStretches(15), ...FILL_QUARTERS]) await client.query(statement, values);
  await fillSegments(client, projectId, from, to);
}

/** Fills the hours and the days that the quarters are in, where `isOver` says that they are over. */
async function unite(
  client: PoolClient,
  projectId: string,
  quarters: readonly number[],
  isOver: (start: number, end: number) => boolean,
): Promise<void> {
  for (const [index, minutes] of STRETCH_MINUTES.entries()) {
    const parts = STRETCH_MINUTES[index - 1];
    if (parts === undefined) continue;
    for (const start of new Set(quarters.map((quarter) => stretchStart(quarter, minutes))))
      if (isOver(start, start + widthMs(minutes))) await uniteStretch(client, projectId, start, minutes, parts);
  }
}

async function uniteStretch(client: PoolClient, projectId: string, start: number, minutes: StretchMinutes, parts: StretchMinutes): Promise<void> {
  const values = [projectId, new Date(start), new Date(start + widthMs(minutes))];
  for (const statement of [...deleteStretches(minutes), ...uniteCounts(minutes, parts)]) await client.query(statement, values);
  const sketches = new Map<string, DistinctSketch>();
  for (const { kind, ...sketch } of await queryRows<StoredSketch & { kind: string }>(client, readSketches(parts), values)) {
    if (!sketches.has(kind)) sketches.set(kind, new DistinctSketch());
    sketches.get(kind)!.add(sketch);
  }
  for (const [kind, sketch] of sketches) {
    const { exact, data } = sketch.encode();
    await client.query(addSketch(minutes), [projectId, new Date(start), kind, exact, data]);
  }
}

/** A transaction handles the marks of a day at a time, so that the day is united once. */
function byProjectAndDay(marks: readonly { project_id: string; quarter: Date }[]): [projectId: string, quarters: number[]][] {
  const groups = new Map<string, [string, number[]]>();
  for (const { project_id, quarter } of marks) {
    const name = `${project_id} ${stretchStart(quarter.getTime(), 1440)}`;
    if (!groups.has(name)) groups.set(name, [project_id, []]);
    groups.get(name)![1].push(quarter.getTime());
  }
  return [...groups.values()];
}
