import type { IngestedEvent } from '@analytics/events';
import type { StoredTime } from '../compaction/stale-quarters.js';
import { DIMENSIONS, MAX_DIMENSION_VALUE, type Dimension } from '../rollups/dimensions.js';
import { latencyBucketOf } from '../rollups/latency-bucket.js';
import type { ProjectChange } from './event-batch.js';
import type { DerivedColumns } from './event-columns.js';

const STEP_SECONDS = 10;
const STEPS_PER_MINUTE = 6;
const MINUTE_MS = 60_000;
/** More than a few would make a notice long, and reading again in many pieces dear. */
const MOST_STRETCHES = 8;

/** The counts of one project and one minute. */
interface MinuteCounts {
  projectId: string;
  span: ProjectSpan;
  /** Start of the minute, seconds since 1970. */
  second: number;
  /** Event type → events, for each of the six steps of 10 s. */
  types: Map<string, number>[];
  dimensions: Record<Dimension, Map<string, number>>;
  /** Endpoint → latency bucket → events. */
  latencies: Map<string, Map<number, number>>;
  users: Set<string>;
}

/** What the events of one project reach from and to. */
interface ProjectSpan {
  events: number;
  from: number;
  to: number;
  newestReceivedAt: string;
  newestCreatedAt: number;
}

/** Rows of a rollup, column by column as `unnest` takes them: project, bucket (seconds since 1970), the key's other columns, events. */
export type RollupColumns = (string | number)[][];

export interface ActiveUser {
  projectId: string;
  /** Start of the minute, seconds since 1970. */
  second: number;
  userId: string;
}

/**
 * Counts a batch in memory, so that the database gets one row for each key instead of one for each event. Values come from outside,
 * so they are only ever keys of Maps: `__proto__` and `constructor` are ordinary values.
 */
export class RollupAggregator {
  private readonly projects = new Map<string, Map<number, MinuteCounts>>();
  private readonly spans = new Map<string, ProjectSpan>();
  private last: MinuteCounts | undefined;

  add(event: Omit<IngestedEvent, 'event_id' | 'timestamp'>, columns: DerivedColumns): void {
    const second = Math.floor(columns.timeMs / 1000);
    const minute = this.minuteOf(event.project_id, second - (second % 60));
    widen(minute.span, event, columns.timeMs);
    increment(minute.types[Math.floor((second % 60) / STEP_SECONDS)]!, event.event_type);
    minute.users.add(event.user_id);
    countDimensions(minute, event, columns);
  }

  /** Rows of event_counts_10s: project, bucket, event type, events. */
  countsByStep(): RollupColumns {
    return this.collect(4, (minute, emit) => {
      minute.types.forEach((types, step) => {
        for (const [type, events] of types) emit(minute.projectId, minute.second + step * STEP_SECONDS, type, events);
      });
    });
  }

  /** Rows of event_counts_1m: project, bucket, event type, events. */
  countsByMinute(): RollupColumns {
    return this.collect(4, (minute, emit) => {
      const sums = new Map<string, number>();
      for (const types of minute.types) for (const [type, events] of types) increment(sums, type, events);
      for (const [type, events] of sums) emit(minute.projectId, minute.second, type, events);
    });
  }

  /** Rows of dimension_counts_1m: project, bucket, dimension, value, events. */
  dimensionCounts(): RollupColumns {
    return this.collect(5, (minute, emit) => {
      for (const dimension of DIMENSIONS)
        for (const [value, events] of minute.dimensions[dimension]) emit(minute.projectId, minute.second, dimension, value, events);
    });
  }

  /** Rows of endpoint_latency_1m: project, bucket, endpoint, latency bucket, events. */
  latencyCounts(): RollupColumns {
    return this.collect(5, (minute, emit) => {
      for (const [endpoint, buckets] of minute.latencies)
        for (const [bucket, events] of buckets) emit(minute.projectId, minute.second, endpoint, bucket, events);
    });
  }

  /** Who was active in which minute. */
  activeUsers(): ActiveUser[] {
    return this.minutes().flatMap(({ projectId, second, users }) => [...users].map((userId) => ({ projectId, second, userId })));
  }

  /** Where events were added: project, and start of the minute. */
  storedMinutes(): StoredTime[] {
    return this.minutes().map(({ projectId, second }) => ({ projectId, time: second * 1000 }));
  }

  /** What was added, project by project. */
  changes(): ProjectChange[] {
    return [...this.spans].map(([projectId, { newestReceivedAt, ...span }]) => ({
      projectId,
      ...span,
      stretches: stretchesOf([...this.projects.get(projectId)!.keys()]),
      newestReceivedAt: Date.parse(newestReceivedAt),
      eventTypes: [...new Set([...this.projects.get(projectId)!.values()].flatMap(({ types }) => types.flatMap((step) => [...step.keys()])))],
    }));
  }

  private minuteOf(projectId: string, second: number): MinuteCounts {
    if (this.last?.second === second && this.last.projectId === projectId) return this.last;
    let minutes = this.projects.get(projectId);
    if (!minutes) this.projects.set(projectId, (minutes = new Map()));
    let counts = minutes.get(second);
    if (!counts) minutes.set(second, (counts = emptyCounts(projectId, second, this.spanOf(projectId))));
    this.last = counts;
    return counts;
  }

  private spanOf(projectId: string): ProjectSpan {
    let span = this.spans.get(projectId);
    if (!span) this.spans.set(projectId, (span = { events: 0, from: Infinity, to: -Infinity, newestReceivedAt: '', newestCreatedAt: 0 }));
    return span;
  }

  private minutes(): MinuteCounts[] {
    return [...this.projects.values()].flatMap((minutes) => [...minutes.values()]);
  }

  private collect(width: number, visit: (minute: MinuteCounts, emit: (...row: (string | number)[]) => void) => void): RollupColumns {
    const columns: RollupColumns = Array.from({ length: width }, () => []);
    const emit = (...row: (string | number)[]): void => row.forEach((value, index) => columns[index]!.push(value));
    for (const minute of this.minutes()) visit(minute, emit);
    return columns;
  }
}

function widen(span: ProjectSpan, { received_at }: Pick<IngestedEvent, 'received_at'>, timeMs: number): void {
  span.events++;
  if (timeMs < span.from) span.from = timeMs;
  if (timeMs > span.to) span.to = timeMs;
  // The collector writes it in one form (UTC, milliseconds), so text order is time order and only the last is parsed.
  if (received_at <= span.newestReceivedAt) return;
  span.newestReceivedAt = received_at;
  span.newestCreatedAt = timeMs;
}

/** Minutes, as seconds since 1970, in stretches of ms; the least gaps are closed when there are too many. */
function stretchesOf(minutes: number[]): [from: number, to: number][] {
  const starts = minutes.sort((a, b) => a - b).map((second) => second * 1000);
  const gaps = starts.slice(1).map((start, index) => start - starts[index]! - MINUTE_MS);
  const open = gaps.map((gap, index) => ({ gap, index })).filter(({ gap }) => gap > 0);
  const widest = new Set(open.sort((a, b) => b.gap - a.gap).slice(0, MOST_STRETCHES - 1).map(({ index }) => index));
  const stretches: [number, number][] = [];
  starts.forEach((start, index) => {
    if (index === 0 || widest.has(index - 1)) stretches.push([start, start + MINUTE_MS]);
    else stretches.at(-1)![1] = start + MINUTE_MS;
  });
  return stretches;
}

function emptyCounts(projectId: string, second: number, span: ProjectSpan): MinuteCounts {
  return {
    projectId,
    span,
    second,
    types: Array.from({ length: STEPS_PER_MINUTE }, () => new Map<string, number>()),
    dimensions: {
      page: new Map(),
      referrer: new Map(),
      button: new Map(),
      endpoint: new Map(),
      error: new Map(),
      browser: new Map(),
      os: new Map(),
      device: new Map(),
      country: new Map(),
    },
    latencies: new Map(),
    users: new Set(),
  };
}

// rebuild-rollups.ts says the same in SQL; compareRollups() finds where the two differ.
function countDimensions({ dimensions, latencies }: MinuteCounts, event: Omit<IngestedEvent, 'event_id' | 'timestamp'>, columns: DerivedColumns): void {
  const { properties } = event;
  if (event.event_type === 'page_view') {
    countValue(dimensions.page, columns.pagePath);
    if (columns.referrerHost !== columns.pageHost) countValue(dimensions.referrer, columns.referrerHost);
  } else if (event.event_type === 'button_click') {
    countValue(dimensions.button, properties['button_id']);
  } else if (event.event_type === 'error') {
    countValue(dimensions.error, properties['error_type']);
  } else if (event.event_type === 'api_call') {
    const endpoint = countValue(dimensions.endpoint, endpointOf(properties));
    const duration = properties['duration_ms'];
    if (endpoint !== undefined && typeof duration === 'number' && duration > 0) countLatency(latencies, endpoint, duration);
  }
  countValue(dimensions.browser, columns.browser);
  countValue(dimensions.os, columns.os);
  countValue(dimensions.device, event.device);
  countValue(dimensions.country, event.country);
}

function endpointOf(properties: Record<string, unknown>): string | undefined {
  const { method, endpoint } = properties;
  if (typeof method !== 'string' || typeof endpoint !== 'string') return undefined;
  // A query string or fragment would make every call an endpoint of its own.
  const end = endpoint.search(/[?#]/);
  return `${method} ${end < 0 ? endpoint : endpoint.slice(0, end)}`;
}

/** Counts the value as it is stored; @returns it, or `undefined` where there is nothing to count. */
function countValue(counts: Map<string, number>, value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  const stored = value.length <= MAX_DIMENSION_VALUE ? value : Array.from(value).slice(0, MAX_DIMENSION_VALUE).join('');
  increment(counts, stored);
  return stored;
}

function countLatency(latencies: Map<string, Map<number, number>>, endpoint: string, ms: number): void {
  let buckets = latencies.get(endpoint);
  if (!buckets) latencies.set(endpoint, (buckets = new Map()));
  increment(buckets, latencyBucketOf(ms));
}

function increment<K>(counts: Map<K, number>, key: K, by = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
