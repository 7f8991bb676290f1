import {
  resolveBuckets,
  type Answered,
  type BucketWidth,
  type EventQuestion,
  type FieldName,
  type Filter,
  type JourneysReader,
  type Metric,
  type MetricsReader,
  type PlannedReader,
  type TimeRange,
} from '@analytics/timescale';
import { PROJECT } from './fill-history.js';

const DAY_MS = 86_400_000;
const events: Metric = { name: 'events' };
const ofType = (value: string): Filter => ({ field: 'type', op: 'is', value });
const OVERVIEW: Metric[] = [events, { name: 'users' }, { name: 'sessions' }, { name: 'error_rate' }, { name: 'p95_duration' }];

/** What the overview of the dashboard asks, each as often as one likes. */
export interface Panel {
  title: string;
  /** The length of its range, days. */
  days: number;
  /** Milliseconds that it may take at the 95th percentile, without anything cached. */
  target: number;
  /** Whether it is of the overview, and answered from counts. */
  overview: boolean;
  ask(reader: PlannedReader, range: TimeRange): Promise<{ source: string; exact: boolean }>;
  /** The same from the events alone. */
  askRaw(reader: MetricsReader, range: TimeRange): Promise<unknown>;
}

const question = (metrics: Metric[], filter?: Filter): Omit<EventQuestion, 'range'> => ({ projectId: PROJECT, filter, metrics });

function totals(days: number): Panel {
  const ranges = ({ from, to }: TimeRange): TimeRange[] => [{ from, to }, { from: new Date(from.getTime() - days * DAY_MS), to: from }];
  return {
    title: 'totals: events, users, sessions, error_rate, p95_duration; before as well',
    days,
    target: 50,
    overview: true,
    ask: (reader, range) => reader.totals(question(OVERVIEW), ranges(range)),
    askRaw: (reader, range) => reader.totals(question(OVERVIEW), ranges(range)),
  };
}

function timeseries(days: number, width: BucketWidth, filter?: Filter): Panel {
  const series = (range: TimeRange) => [resolveBuckets(range, width, 'Europe/Berlin', Date.now()).value!.buckets];
  return {
    title: `timeseries: events by ${width}${filter ? ', one type' : ''}`,
    days,
    target: 50,
    overview: true,
    ask: (reader, range) => reader.timeseries(question([events], filter), series(range)),
    askRaw: (reader, range) => reader.timeseries(question([events], filter), series(range)),
  };
}

interface BreakdownPanel {
  metrics?: Metric[];
  filter?: Filter;
  title?: string;
  target?: number;
  overview?: boolean;
}

function breakdown(days: number, by: FieldName, { metrics = [events], filter, title = by, target = 50, overview = true }: BreakdownPanel = {}): Panel {
  const asked = (range: TimeRange) => ({ ...question(metrics, filter), range, by: [by], limit: 10, offset: 0, includeMissing: false });
  return {
    title: `breakdown: ${title}`,
    days,
    target,
    overview,
    ask: (reader, range) => reader.breakdown(asked(range)),
    askRaw: (reader, range) => reader.breakdown(asked(range)),
  };
}

function heatmap(days: number): Panel {
  return {
    title: 'heatmap: events',
    days,
    target: 50,
    overview: true,
    ask: (reader, range) => reader.heatmap({ ...question([events]), range }, 'Europe/Berlin'),
    askRaw: (reader, range) => reader.heatmap({ ...question([events]), range }, 'Europe/Berlin'),
  };
}

/** A question that is answered by following each user or session. */
export interface Journey {
  title: string;
  days: number;
  target: number;
  ask(reader: JourneysReader, range: TimeRange): Promise<Answered<unknown>>;
}

const CHROME: Filter = { field: 'browser', op: 'is', value: 'Chrome' };
const set = (range: TimeRange) => ({ projectId: PROJECT, range, timeZone: 'Europe/Berlin' });

export const JOURNEYS: readonly Journey[] = [
  {
    title: 'funnel: view, click, API call within an hour, by user',
    days: 30,
    target: 2_000,
    ask: (reader, range) =>
      reader.funnel({ ...set(range), by: 'user', steps: ['page_view', 'button_click', 'api_call'].map(ofType), windowMs: 3_600_000 }),
  },
  {
    title: 'retention by day, by user',
    days: 30,
    target: 2_000,
    ask: (reader, range) =>
      reader.retention({ ...set(range), by: 'user', buckets: resolveBuckets(range, '1d', 'Europe/Berlin', Date.now()).value!.buckets }),
  },
  {
    title: 'funnel: the same by session, of one browser',
    days: 30,
    target: 2_000,
    ask: (reader, range) =>
      reader.funnel({ ...set(range), filter: CHROME, by: 'session', steps: ['page_view', 'button_click', 'api_call'].map(ofType), windowMs: 3_600_000 }),
  },
  {
    title: 'paths: three pages from /products, by session',
    days: 30,
    target: 2_000,
    ask: (reader, range) => reader.paths({ ...set(range), anchor: '/products', direction: 'next', depth: 3, limit: 5 }),
  },
];

const CHROME_IN_GERMANY: Filter = { and: [CHROME, { field: 'country', op: 'is_not', value: 'US' }] };

export const PANELS: readonly Panel[] = [
  totals(30),
  totals(15),
  totals(1),
  timeseries(30, '6h'),
  timeseries(30, '1d', ofType('page_view')),
  timeseries(1, '15m'),
  breakdown(30, 'type'),
  breakdown(30, 'page_path', { filter: ofType('page_view'), title: 'page_path of page_view' }),
  breakdown(30, 'endpoint', { metrics: [events, { name: 'p50_duration' }, { name: 'p95_duration' }], title: 'endpoint with p50 and p95' }),
  ...(['referrer_host', 'button', 'error_type', 'browser', 'os', 'device', 'country'] as const).map((field) => breakdown(30, field)),
  breakdown(1, 'page_path', { filter: ofType('page_view'), title: 'page_path of page_view' }),
  heatmap(30),
  breakdown(1, 'page_path', { filter: CHROME_IN_GERMANY, title: 'page_path, filtered by browser and country', target: 300, overview: false }),
];
