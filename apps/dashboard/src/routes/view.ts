import { BUCKET_WIDTHS, COMPARISONS, canonicalTimeZone, filterFault, isPeriod } from '@analytics/dto/language';
import type { BucketWidthName, ComparisonName, Filter } from '@analytics/dto/language';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

/** What every page shares, as the address says it: which events of which time, compared with what. A default is left out of it. */
export interface ViewSearch {
  project?: string;
  /** A calendar period or a length that ends now; not together with `from`. */
  period?: string;
  /** Instants, ISO 8601. */
  from?: string;
  to?: string;
  granularity?: BucketWidthName;
  /** All must be fulfilled; each is a chip. */
  filters?: Filter[];
  compare?: ComparisonName;
  compareFrom?: string;
  /** IANA name; default: the browser's own. */
  zone?: string;
}

export const DEFAULT_PROJECT = 'demo';
export const DEFAULT_PERIOD = '30m';
export const BROWSER_ZONE = canonicalTimeZone(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? 'UTC';

type Raw = Record<string, unknown>;
const instant = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
const oneOf = <T extends string>(value: unknown, allowed: readonly T[]): T | undefined => allowed.find((each) => each === value);

/** What of an address is a view. What is not valid is as if it were not there. */
export function viewSearch(raw: Raw): ViewSearch {
  const from = instant(raw['from']);
  return {
    project: typeof raw['project'] === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(raw['project']) ? raw['project'] : undefined,
    period: from === undefined && isPeriod(raw['period']) ? (raw['period'] as string) : undefined,
    from,
    to: from === undefined ? undefined : instant(raw['to']),
    granularity: oneOf(raw['granularity'], BUCKET_WIDTHS),
    filters: Array.isArray(raw['filters']) && filterFault(raw['filters']) === undefined ? (raw['filters'] as Filter[]) : undefined,
    compare: oneOf(raw['compare'], COMPARISONS),
    compareFrom: instant(raw['compareFrom']),
    zone: canonicalTimeZone(raw['zone']),
  };
}

/** Names of what {@link viewSearch} keeps; they stay in the address from page to page. */
export const VIEW_KEYS = [
  'project',
  'period',
  'from',
  'to',
  'granularity',
  'filters',
  'compare',
  'compareFrom',
  'zone',
] as const satisfies readonly (keyof ViewSearch)[];

/** The parameters that every question of the query language has, in the API's own words. */
export interface SetParams {
  project: string;
  period?: string;
  from?: string;
  to?: string;
  timeZone: string;
  /** JSON. */
  filters?: string;
}

export interface View {
  search: ViewSearch;
  project: string;
  timeZone: string;
  filters: readonly Filter[];
  /** To be spread into the parameters of a question. */
  params: SetParams;
  /** Parameters for questions that can be compared. */
  comparison: { compare?: ComparisonName; compareFrom?: string };
  /** Changes part of the address; Back undoes it. */
  change: (part: Partial<ViewSearch>) => void;
  /** Adds a filter that must be fulfilled as well; one that is there already stays once. */
  addFilter: (filter: Filter) => void;
}

/** The parameters of a set of events, `more` filters added. */
export function setParams(search: ViewSearch, more: readonly Filter[] = []): SetParams {
  const { project = DEFAULT_PROJECT, period, from, to, zone = BROWSER_ZONE, filters = [] } = search;
  const all = [...filters, ...more];
  const range = from === undefined ? { period: period ?? DEFAULT_PERIOD } : { from, ...(to && { to }) };
  return { project, ...range, timeZone: zone, ...(all.length > 0 && { filters: JSON.stringify(all) }) };
}

/** The same for a time that ends now, whatever the range of the view. @param period such as `30m` */
export const recentParams = (search: ViewSearch, period: string, more: readonly Filter[] = []): SetParams =>
  setParams({ ...search, from: undefined, to: undefined, period }, more);

const same = (a: Filter, b: Filter): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Which events the page shows, and how to change that. */
export function useView(): View {
  const raw = useSearch({ strict: false }) as Raw;
  const key = JSON.stringify(viewSearch(raw));
  const navigate = useNavigate();
  const change = useCallback(
    (part: Partial<ViewSearch>) => void navigate({ to: '.', search: (previous) => ({ ...previous, ...part }), resetScroll: false }),
    [navigate],
  );
  return useMemo(() => {
    const search = JSON.parse(key) as ViewSearch;
    const { filters = [], compare, compareFrom } = search;
    const params = setParams(search);
    return {
      search,
      project: params.project,
      timeZone: params.timeZone,
      filters,
      params,
      comparison: { compare, compareFrom },
      change,
      addFilter: (filter) => filters.some((each) => same(each, filter)) || change({ filters: [...filters, filter] }),
    };
  }, [key, change]);
}
