import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import { ENTITY_COLUMNS, eventSetSql, type EntityKind, type EventSet } from './event-set.js';
import type { Bucket } from './buckets.js';
import { filterSql, type Filter } from './filter-sql.js';
import { SqlParameters } from './sql-parameters.js';

export interface RetentionQuestion extends EventSet {
  by: EntityKind;
  /** Which events make an entity a member of a cohort, and which count as a return; undefined: all of the set. */
  start?: Filter | undefined;
  return?: Filter | undefined;
  /** The days or weeks of the range. */
  buckets: readonly Bucket[];
}

/** Those whose first event of `start` in the range falls into one day or week. */
export interface Cohort {
  size: number;
  /** Of each later day or week: how many of them have an event of `return` in it. */
  returned: number[];
}

/** A cohort for each bucket, oldest first. */
export async function readRetention(client: PoolClient, question: RetentionQuestion): Promise<Cohort[]> {
  const { by, buckets, start, return: again } = question;
  const parameters = new SqlParameters(question);
  const entity = ENTITY_COLUMNS[by];
  const flag = (filter: Filter | undefined): string => (filter ? `(${filterSql(filter, parameters)}) IS TRUE` : 'TRUE');
  const rows = await queryRows<{ cohort: number; later: number; entities: number }>(
    client,
    `WITH seen AS (
       SELECT entity, bucket, bool_or(starts) AS starts, bool_or(returns) AS returns
         FROM (SELECT ${entity} AS entity, ${flag(start)} AS starts, ${flag(again)} AS returns,
                      width_bucket(time, ${parameters.add(buckets.map(({ from }) => from), 'timestamptz[]')}) AS bucket
                 FROM events WHERE ${eventSetSql(question, parameters)} AND ${entity} IS NOT NULL) AS events
        WHERE starts OR returns
        GROUP BY entity, bucket),
     members AS (SELECT entity, min(bucket) AS cohort FROM seen WHERE starts GROUP BY entity)
     SELECT cohort, 0 AS later, count(*) AS entities FROM members GROUP BY cohort
      UNION ALL
     SELECT cohort, bucket - cohort, count(*) FROM members JOIN seen USING (entity)
      WHERE returns AND bucket > cohort GROUP BY 1, 2`,
    parameters.values,
  );
  const counts = new Map(rows.map(({ cohort, later, entities }) => [`${cohort} ${later}`, entities]));
  return buckets.map((_, index) => ({
    size: counts.get(`${index + 1} 0`) ?? 0,
    returned: buckets.slice(index + 1).map((_later, place) => counts.get(`${index + 1} ${place + 1}`) ?? 0),
  }));
}
