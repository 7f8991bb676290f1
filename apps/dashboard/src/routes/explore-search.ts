import { fieldKind, filterFault, type Filter } from '@analytics/dto/language';

/** A step of a funnel as it stands in the address; what it lacks is any event, or a name made from its filters. */
export interface FunnelStep {
  name?: string;
  /** All must be fulfilled. */
  filters?: Filter[];
}

export interface EventsSearch {
  /** Text that one of the fields of an event contains. */
  q?: string;
  /** Only this user's events. */
  user?: string;
  /** Id of the event that is open, and its time, by which it is found at any age. */
  event?: string;
  at?: string;
  /** Columns beside the time, separated by commas. */
  columns?: string;
}

export interface FunnelsSearch {
  steps?: FunnelStep[];
  window?: string;
  by?: 'user';
  view?: 'table';
}

export interface RetentionSearch {
  start?: Filter[];
  return?: Filter[];
  by?: 'session';
  interval?: 'week';
  show?: 'counts';
}

export interface PathsSearch {
  anchor?: string;
  direction?: 'previous';
  depth?: number;
  limit?: number;
  view?: 'table';
}

export const MOST_STEPS = 8;
export const LEAST_STEPS = 2;
export const PATH_DEPTHS = [1, 2, 3, 4];
export const PATH_LIMITS = [3, 5, 8, 12, 20];
/** What an event shows besides its time, without being asked. */
export const DEFAULT_COLUMNS: readonly string[] = ['type', 'summary', 'user', 'browser', 'country'];
/** Columns that are no fields of the query language. */
const EXTRA_COLUMNS: readonly string[] = ['summary', 'received'];

const LONGEST_TEXT = 1024;
const LONGEST_NAME = 100;
const MOST_COLUMNS = 20;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Raw = Record<string, unknown>;
const one = <T>(value: unknown, allowed: T): T | undefined => (value === allowed ? allowed : undefined);
const among = (value: unknown, allowed: readonly number[]): number | undefined => allowed.find((each) => each === value);

/** An address that was typed has numbers where a text of digits is meant. */
function text(value: unknown, longest = LONGEST_TEXT): string | undefined {
  const found = typeof value === 'number' ? String(value) : value;
  return typeof found === 'string' && found !== '' && found.length <= longest && !found.includes('\0') ? found : undefined;
}

const filterList = (value: unknown): Filter[] | undefined =>
  Array.isArray(value) && value.length > 0 && filterFault(value) === undefined ? (value as Filter[]) : undefined;

const isColumn = (name: string): boolean => EXTRA_COLUMNS.includes(name) || fieldKind(name) !== undefined;

function columnList(value: unknown): string | undefined {
  const names = [...new Set((text(value) ?? '').split(','))].filter(isColumn).slice(0, MOST_COLUMNS);
  const joined = names.join(',');
  return joined === '' || joined === DEFAULT_COLUMNS.join(',') ? undefined : joined;
}

function stepList(value: unknown): FunnelStep[] | undefined {
  if (!Array.isArray(value) || value.length < LEAST_STEPS || value.length > MOST_STEPS) return undefined;
  const steps = value.map((step: unknown) => {
    const { name, filters } = (typeof step === 'object' && step !== null ? step : {}) as Raw;
    return { name: text(name, LONGEST_NAME), filters: filterList(filters) };
  });
  return steps;
}

export const eventsSearch = (raw: Raw): EventsSearch => {
  const event = typeof raw['event'] === 'string' && UUID.test(raw['event']) ? raw['event'] : undefined;
  const at = typeof raw['at'] === 'string' && !Number.isNaN(Date.parse(raw['at'])) ? raw['at'] : undefined;
  return { q: text(raw['q']), user: text(raw['user']), event, at: event && at, columns: columnList(raw['columns']) };
};

export const isEventId = (value: string): boolean => UUID.test(value);

const WINDOW = /^([1-9]\d{0,6})([smhd])$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** The API's longest window. */
const LONGEST_WINDOW_SECONDS = 90 * 86_400;

function windowOf(value: unknown): string | undefined {
  const [found, count, unit = ''] = (typeof value === 'string' && WINDOW.exec(value)) || [];
  return Number(count) * (UNIT_SECONDS[unit] ?? Infinity) <= LONGEST_WINDOW_SECONDS ? found : undefined;
}

export const funnelsSearch = (raw: Raw): FunnelsSearch => ({
  steps: stepList(raw['steps']),
  window: windowOf(raw['window']),
  by: one(raw['by'], 'user' as const),
  view: one(raw['view'], 'table' as const),
});

export const retentionSearch = (raw: Raw): RetentionSearch => ({
  start: filterList(raw['start']),
  return: filterList(raw['return']),
  by: one(raw['by'], 'session' as const),
  interval: one(raw['interval'], 'week' as const),
  show: one(raw['show'], 'counts' as const),
});

export const pathsSearch = (raw: Raw): PathsSearch => ({
  anchor: text(raw['anchor']),
  direction: one(raw['direction'], 'previous' as const),
  depth: among(raw['depth'], PATH_DEPTHS),
  limit: among(raw['limit'], PATH_LIMITS),
  view: one(raw['view'], 'table' as const),
});
