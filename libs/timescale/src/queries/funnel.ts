import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import { ENTITY_COLUMNS, eventSetSql, type EntityKind, type EventSet } from './event-set.js';
import { filterSql, type Filter } from './filter-sql.js';
import { SqlParameters } from './sql-parameters.js';

export interface FunnelQuestion extends EventSet {
  by: EntityKind;
  /** Which events fulfil each step; undefined: all of the set. Two at least. */
  steps: readonly (Filter | undefined)[];
  /** From the first step's event to the last one's, at most, ms. */
  windowMs: number;
}

export interface FunnelStep {
  /** Users or sessions that got here. */
  count: number;
  /** Between the step before and this one, of those that got here, s; null for the first step and where nobody got. */
  medianSeconds: number | null;
}

/**
 * How far users or sessions get on a way of steps.
 *
 * Events of an entity are taken in the order of (time, event_id). An attempt begins at each event of step 1 in the range. It then takes,
 * step by step, the first event after the one before that fulfils the next step, wherever in time; it ends before the first one that is
 * later than the window from its beginning. (Taking the first is never worse: whoever takes a later one is nowhere sooner.) Steps after
 * the first may lie after the range's end. Of an entity's attempts the one counts that gets furthest, of equal ones the earliest; an
 * entity is counted once in each step that this one reaches. One event may be a step of several attempts, but only one step of each.
 *
 * The statement is linear but for one sort: going back in time, each event that fulfils step k knows the times of the steps that follow,
 * since the earliest next event has the earliest times for all steps after it.
 */
export async function readFunnel(client: PoolClient, question: FunnelQuestion): Promise<FunnelStep[]> {
  const { steps } = question;
  const parameters = new SqlParameters(reachOf(question));
  const [row] = await queryRows<Record<string, number | null>>(client, funnelSql(question, parameters), parameters.values);
  return steps.map((_, index) => ({ count: Number(row![`count_${index + 1}`]), medianSeconds: index === 0 ? null : row![`median_${index + 1}`]! }));
}

/** Later steps may lie after the range. */
function reachOf(question: FunnelQuestion): EventSet {
  const { from, to } = question.range;
  return { ...question, range: { from, to: new Date(to.getTime() + question.windowMs) } };
}

function funnelSql(question: FunnelQuestion, parameters: SqlParameters): string {
  const { by, steps, range, windowMs } = question;
  const numbers = steps.map((_, index) => index + 1);
  const entity = ENTITY_COLUMNS[by];
  const conditions = steps.map((filter) => (filter ? `(${filterSql(filter, parameters)}) IS TRUE` : 'TRUE'));
  const matching = eventSetSql(reachOf(question), parameters);
  const to = parameters.add(range.to, 'timestamptz');
  const window = `${parameters.add(windowMs, 'float8')} * interval '1 millisecond'`;
  const last = steps.length;
  // time_k of a row: when step k is reached by the attempt that this row begins.
  const depth = numbers.slice(1).map((k) => `(time_${k} IS NOT NULL AND time_${k} <= time_1 + ${window})::int`).join(' + ');
  return `
    WITH level_${last} AS (
      SELECT * FROM (
        SELECT ${entity} AS entity, time, event_id, ${conditions.map((condition, index) => `${condition} AS step_${index + 1}`).join(', ')}
          FROM events WHERE ${matching} AND ${entity} IS NOT NULL) AS events
       WHERE ${numbers.map((k) => `step_${k}`).join(' OR ')}),
    ${numbers.slice(0, -1).reverse().map((k) => levelSql(k, last)).join(', ')},
    attempts AS (
      SELECT entity, event_id, time AS time_1, ${numbers.slice(1).map((k) => `time_${k}`).join(', ')}
        FROM level_1 WHERE step_1 AND time < ${to}),
    best AS (
      SELECT DISTINCT ON (entity) *
        FROM (SELECT *, 1 + ${depth} AS depth FROM attempts) AS attempts
       ORDER BY entity, depth DESC, time_1, event_id)
    SELECT ${numbers.map((k) => `count(*) FILTER (WHERE depth >= ${k}) AS count_${k}`).join(', ')},
           ${numbers.slice(1).map(medianSql).join(', ')}
      FROM best`;
}

/** Adds to each row the times at which steps after `k` are reached from it, if it is step k itself. */
function levelSql(k: number, last: number): string {
  const later = Array.from({ length: last - k }, (_, index) => k + 1 + index);
  // Of the step right after: when the rows of it happened. Of those beyond: what these rows know, from the level before.
  const times = later.map((j) => `min(${j === k + 1 ? 'time' : `time_${j}`}) FILTER (WHERE step_${k + 1}) OVER later AS time_${j}`);
  const steps = Array.from({ length: k }, (_, index) => `step_${index + 1}`);
  return `level_${k} AS (
      SELECT entity, time, event_id, ${[...steps, ...times].join(', ')}
        FROM level_${k + 1}
      WINDOW later AS (PARTITION BY entity ORDER BY time DESC, event_id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))`;
}

const medianSql = (k: number): string =>
  `(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM time_${k} - time_${k - 1})::float8) FILTER (WHERE depth >= ${k})) AS median_${k}`;
