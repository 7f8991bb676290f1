import { queryRows, type Queryable } from '../postgres-pool.js';

const WINDOW_MS = 3_600_000;
const STEP_MS = 10_000;

export interface PeriodTotals {
  /** Start (included) and end (excluded), ISO 8601. */
  from: string;
  to: string;
  totalEvents: number;
  /** Exact distinct user ids. Users are kept by the minute, so up to 59 s before `from` count as well. */
  uniqueUsers: number;
  /** Mean over the period. */
  eventsPerSecond: number;
  /** Events of type `error`. */
  errors: number;
}

/** Relative change against the period before: 0.1 is +10 %; `null` where there was nothing before. */
export interface RelativeChange {
  totalEvents: number | null;
  uniqueUsers: number | null;
  eventsPerSecond: number | null;
  errors: number | null;
}

export interface Summary {
  /** The instant the answer is for, ISO 8601. */
  asOf: string;
  /** The last 3600 s, up to the end of the 10 s bucket that holds `asOf`. */
  current: PeriodTotals;
  /** The 3600 s before it. */
  previous: PeriodTotals;
  change: RelativeChange;
  /** The current period by type, most first; shares sum to 1. */
  byType: { eventType: string; events: number; share: number }[];
  /** The newest acceptance and the newest time among all stored events of the project; `null` before the first. */
  newestReceivedAt: string | null;
  newestTime: string | null;
}

interface TypeRow {
  event_type: string;
  current_events: number;
  previous_events: number;
}

interface UserRow {
  current_users: number;
  previous_users: number;
}

interface NewestRow {
  newest_received_at: Date | null;
  newest_time: Date | null;
}

const COUNTS_BY_TYPE = `
  SELECT event_type,
         coalesce(sum(events) FILTER (WHERE bucket >= $3), 0)::bigint AS current_events,
         coalesce(sum(events) FILTER (WHERE bucket < $3), 0)::bigint AS previous_events
    FROM event_counts_10s
   WHERE project_id = $1 AND bucket >= $2 AND bucket < $4
   GROUP BY event_type
   ORDER BY current_events DESC, event_type`;

// Grouped and not count(DISTINCT), which sorts every row of both hours (on disk, when there are many) where this hashes the users.
const UNIQUE_USERS = `
  SELECT count(*) FILTER (WHERE in_current) AS current_users, count(*) FILTER (WHERE in_previous) AS previous_users
    FROM (
      SELECT bool_or(bucket >= date_trunc('minute', $3::timestamptz)) AS in_current, bool_or(bucket < $3) AS in_previous
        FROM active_users_1m
       WHERE project_id = $1 AND bucket >= date_trunc('minute', $2::timestamptz) AND bucket < $4
       GROUP BY user_id
    ) AS active`;

const NEWEST = `
  SELECT (SELECT received_at FROM events WHERE project_id = $1 ORDER BY received_at DESC LIMIT 1) AS newest_received_at,
         (SELECT time FROM events WHERE project_id = $1 ORDER BY time DESC LIMIT 1) AS newest_time`;

/** Answers "how was the last hour, and how does it compare with the hour before?" from the rollups. */
export class SummaryReader {
  constructor(private readonly db: Queryable) {}

  /** @param now The end of the last hour; default: the clock. */
  async read({ projectId, now = new Date() }: { projectId: string; now?: Date }): Promise<Summary> {
    const to = Math.floor(now.getTime() / STEP_MS) * STEP_MS + STEP_MS;
    const from = to - WINDOW_MS;
    const range = [projectId, new Date(from - WINDOW_MS), new Date(from), new Date(to)];
    const [types, users, newest] = await Promise.all([
      queryRows<TypeRow>(this.db, COUNTS_BY_TYPE, range),
      queryRows<UserRow>(this.db, UNIQUE_USERS, range),
      queryRows<NewestRow>(this.db, NEWEST, [projectId]),
    ]);
    const current = totals(from, to, types, 'current_events', users[0]?.current_users ?? 0);
    const previous = totals(from - WINDOW_MS, from, types, 'previous_events', users[0]?.previous_users ?? 0);
    return {
      asOf: now.toISOString(),
      current,
      previous,
      change: {
        totalEvents: relativeChange(current.totalEvents, previous.totalEvents),
        uniqueUsers: relativeChange(current.uniqueUsers, previous.uniqueUsers),
        eventsPerSecond: relativeChange(current.eventsPerSecond, previous.eventsPerSecond),
        errors: relativeChange(current.errors, previous.errors),
      },
      byType: types
        .filter((row) => row.current_events > 0)
        .map((row) => ({ eventType: row.event_type, events: row.current_events, share: row.current_events / current.totalEvents })),
      newestReceivedAt: newest[0]?.newest_received_at?.toISOString() ?? null,
      newestTime: newest[0]?.newest_time?.toISOString() ?? null,
    };
  }
}

function totals(
  from: number,
  to: number,
  types: TypeRow[],
  column: 'current_events' | 'previous_events',
  uniqueUsers: number,
): PeriodTotals {
  const totalEvents = types.reduce((sum, row) => sum + row[column], 0);
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    totalEvents,
    uniqueUsers,
    eventsPerSecond: totalEvents / (WINDOW_MS / 1000),
    errors: types.find((row) => row.event_type === 'error')?.[column] ?? 0,
  };
}

const relativeChange = (current: number, previous: number): number | null => (previous === 0 ? null : (current - previous) / previous);
