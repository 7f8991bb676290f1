import type { IngestedEvent } from '@analytics/events';
import { LRUCache } from 'lru-cache';

/** What is derived from an event for columns of its own. */
export interface DerivedColumns {
  /** `timestamp` in milliseconds since 1970; NaN when it is no instant. */
  timeMs: number;
  pageHost: string | undefined;
  pagePath: string | undefined;
  referrerHost: string | undefined;
  /** As sent; whether it is a UUID shows when it is encoded. */
  sessionId: string | undefined;
  browser: string | undefined;
  os: string | undefined;
}

interface UrlParts {
  host: string;
  path: string;
}

/** A site has few pages and many views: parsing costs about 1 µs, a look-up a tenth. At most 2 MB of URLs at typical lengths. */
const URL_CACHE_SIZE = 10_000;

/** Derives the columns of events; it remembers the URLs that it has parsed. */
export class ColumnDeriver {
  private readonly urls = new LRUCache<string, UrlParts>({ max: URL_CACHE_SIZE });

  /** @param timeMs when it happened, ms since 1970. */
  derive(event: Omit<IngestedEvent, 'event_id' | 'timestamp'>, timeMs: number): DerivedColumns {
    const { properties } = event;
    const page = this.parse(properties['page_url']);
    // An error report names the browser itself; it stands in where the collector could not tell.
    const fallback = event.event_type === 'error';
    return {
      timeMs,
      pageHost: page?.host,
      pagePath: page?.path,
      referrerHost: this.parse(properties['referrer'])?.host,
      sessionId: textOf(properties['session_id']),
      browser: event.browser ?? (fallback ? textOf(properties['browser']) : undefined),
      os: event.os ?? (fallback ? textOf(properties['os']) : undefined),
    };
  }

  private parse(value: unknown): UrlParts | undefined {
    if (typeof value !== 'string') return undefined;
    const known = this.urls.get(value);
    if (known) return known;
    if (!URL.canParse(value)) return undefined;
    const url = new URL(value);
    const parts = { host: url.host, path: url.pathname };
    this.urls.set(value, parts);
    return parts;
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
