import type { ClientEvent } from '../envelope.schema.js';

type CountedEvent = Pick<ClientEvent, 'timestamp' | 'event_type' | 'user_id' | 'properties'>;

export interface ExpectedAnswers {
  total: number;
  /** Distinct `user_id`s. */
  users: number;
  byType: Map<string, number>;
  /** Counts by type per bucket; the key is where the bucket begins, ms since 1970. Only buckets with events. */
  buckets: Map<number, Map<string, number>>;
  /** Page views per `page_url`: most first, equal counts in order of the URL. */
  topPages: { page_url: string; views: number }[];
}

/**
 * The exact answers that the charts must give for these events: the ground truth, computed without the pipeline.
 * @param bucketMs width of a bucket, default one minute; buckets begin at whole multiples since 1970
 * @throws {RangeError} for an event without a timestamp, because its time would be the server's
 */
export function expectedAnswers(events: Iterable<CountedEvent>, bucketMs = 60_000): ExpectedAnswers {
  const byType = new Map<string, number>();
  const buckets = new Map<number, Map<string, number>>();
  const users = new Set<string>();
  const pages = new Map<string, number>();
  let total = 0;
  for (const { timestamp, event_type: type, user_id: user, properties } of events) {
    const at = Date.parse(timestamp ?? '');
    if (Number.isNaN(at)) throw new RangeError(`timestamp is ${timestamp}; the ground truth needs the time of every event`);
    const start = Math.floor(at / bucketMs) * bucketMs;
    let bucket = buckets.get(start);
    if (!bucket) buckets.set(start, (bucket = new Map()));
    total++;
    users.add(user);
    count(byType, type);
    count(bucket, type);
    if (type === 'page_view') count(pages, String(properties.page_url));
  }
  const topPages = [...pages].map(([page_url, views]) => ({ page_url, views }));
  topPages.sort((one, other) => other.views - one.views || (one.page_url < other.page_url ? -1 : 1));
  return { total, users: users.size, byType, buckets, topPages };
}

const count = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
