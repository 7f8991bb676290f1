import type { PoolClient } from 'pg';
import { queryRows } from '../postgres-pool.js';
import { eventSetSql, type EventSet } from './event-set.js';
import { SqlParameters } from './sql-parameters.js';

export interface PathsQuestion extends EventSet {
  /** Path of the page from which, or to which, the ways are looked at. */
  anchor: string;
  direction: 'next' | 'previous';
  /** Pages away from the anchor at most. */
  depth: number;
  /** Pages of a step that are told apart; the rest are {@link OTHER_PAGES}. */
  limit: number;
}

/** Names that no page has: paths begin with a slash. */
export const OTHER_PAGES = '(other)';
/** There is no further page: the session ended, or began, here. */
export const NO_PAGE = '(end)';

/** So many sessions went from one page to another. */
export interface PathLink {
  /** 1 is next to the anchor. */
  step: number;
  /** On the anchor's side. */
  from: string;
  to: string;
  sessions: number;
}

export interface Paths {
  /** Sessions that saw the anchor. */
  sessions: number;
  /** By step, then most sessions first, then by names. */
  links: PathLink[];
}

/**
 * The pages that sessions view after a page, or before it.
 *
 * A session's views (events of type `page_view` with a path) are taken in the order of (time, event_id); a page that is viewed again
 * without another one in between counts once. From its first view of the anchor, each session goes one way. In each step the pages that
 * most sessions view there are told apart, equal ones by path; a way that has ended is not counted any further.
 */
export async function readPaths(client: PoolClient, question: PathsQuestion): Promise<Paths> {
  const { anchor, direction, depth, limit } = question;
  const parameters = new SqlParameters(question);
  const matching = eventSetSql(question, parameters);
  const page = parameters.add(anchor, 'text');
  const most = parameters.add(limit, 'int');
  const steps = Array.from({ length: depth }, (_, index) => index + 1);
  // An array has nothing beyond its ends: null.
  const sign = direction === 'next' ? '+' : '-';
  const pages = steps.map((step) => `page_${step}`).join(', ');
  const rows = await queryRows<PathLink>(
    client,
    `WITH views AS (
       SELECT session_id, time, event_id, page_path, lag(page_path) OVER (PARTITION BY session_id ORDER BY time, event_id) AS before
         FROM events WHERE ${matching} AND event_type = 'page_view' AND session_id IS NOT NULL AND page_path IS NOT NULL),
     sessions AS (
       SELECT array_agg(page_path ORDER BY time, event_id) AS pages FROM views WHERE page_path IS DISTINCT FROM before GROUP BY session_id),
     ways AS (SELECT pages, array_position(pages, ${page} COLLATE "C") AS place FROM sessions),
     counted AS (
       SELECT ${steps.map((step) => `pages[place ${sign} ${step}] AS page_${step}`).join(', ')}, count(*) AS sessions
         FROM ways WHERE place IS NOT NULL GROUP BY ${pages}),
     ranked AS (
       SELECT step, page, row_number() OVER (PARTITION BY step ORDER BY sum(sessions) DESC, page) AS rank
         FROM (${steps.map((step) => `SELECT ${step} AS step, page_${step} AS page, sessions FROM counted`).join(' UNION ALL ')}) AS pages
        WHERE page IS NOT NULL GROUP BY step, page),
     listed AS (SELECT step, page FROM ranked WHERE rank <= ${most})
     SELECT 0 AS step, '' AS "from", '' AS "to", coalesce(sum(sessions), 0)::bigint AS sessions FROM counted
      UNION ALL
     ${steps.map((step) => linksSql(step, page)).join(' UNION ALL ')}
      ORDER BY 1, 4 DESC, 2, 3`,
    parameters.values,
  );
  return { sessions: rows[0]!.sessions, links: rows.slice(1) };
}

/** A page by its name: told apart, among the rest, or none. */
const nameSql = (step: number, alias: string): string =>
  `CASE WHEN page_${step} IS NULL THEN '${NO_PAGE}' WHEN ${alias}.page IS NULL THEN '${OTHER_PAGES}' ELSE page_${step} END COLLATE "C"`;

function linksSql(step: number, anchor: string): string {
  const from = step === 1 ? `${anchor} COLLATE "C"` : nameSql(step - 1, 'nearer');
  const nearer = step === 1 ? '' : `LEFT JOIN listed AS nearer ON nearer.step = ${step - 1} AND nearer.page = page_${step - 1}`;
  return `
    SELECT ${step}, ${from}, ${nameSql(step, 'farther')}, sum(sessions)::bigint
      FROM counted ${nearer}
      LEFT JOIN listed AS farther ON farther.step = ${step} AND farther.page = page_${step}
     WHERE ${step === 1 ? 'TRUE' : `page_${step - 1} IS NOT NULL`}
     GROUP BY 2, 3`;
}
