import type { BuiltInField, Filter } from '@analytics/dto/language';

interface RankingLook {
  label: string;
  /** Heads the column. */
  one: string;
  field: BuiltInField;
  /** Which events are counted. */
  of: readonly Filter[];
  /** How those are called, in "No … in the last hour". */
  what: string;
}

const type = (value: string): Filter[] => [{ field: 'type', op: 'is', value }];

/** The top lists: the values of a field, by how many events have them. */
export const RANKINGS = {
  pages: { label: 'Pages', one: 'Page', field: 'page_path', of: type('page_view'), what: 'page views' },
  referrers: { label: 'Referrers', one: 'Referrer', field: 'referrer_host', of: type('page_view'), what: 'page views with a referrer' },
  buttons: { label: 'Buttons', one: 'Button', field: 'button', of: type('button_click'), what: 'clicks' },
  endpoints: { label: 'Endpoints', one: 'Endpoint', field: 'endpoint', of: type('api_call'), what: 'API calls' },
  errors: { label: 'Errors', one: 'Error', field: 'error_type', of: type('error'), what: 'errors' },
  browsers: { label: 'Browsers', one: 'Browser', field: 'browser', of: [], what: 'events with a known browser' },
  systems: { label: 'Systems', one: 'System', field: 'os', of: [], what: 'events with a known system' },
  devices: { label: 'Devices', one: 'Device', field: 'device', of: [], what: 'events with a known device' },
  countries: { label: 'Countries', one: 'Country', field: 'country', of: [], what: 'events with a known country' },
  types: { label: 'Event types', one: 'Event type', field: 'type', of: [], what: 'events' },
} as const satisfies Record<string, RankingLook>;

export type RankingName = keyof typeof RANKINGS;
export const RANKING_NAMES = Object.keys(RANKINGS) as RankingName[];

/** The cards of the Overview, and the lists that each has. */
export const RANKING_GROUPS = {
  content: ['pages', 'referrers', 'buttons'],
  service: ['endpoints', 'errors'],
  client: ['browsers', 'systems', 'devices'],
  audience: ['countries', 'types'],
} as const satisfies Record<string, readonly RankingName[]>;
export type RankingGroup = keyof typeof RANKING_GROUPS;

/** What is measured of each value. */
export const rankingMetrics = (name: RankingName): string => (name === 'endpoints' ? 'events,p50_duration,p95_duration' : 'events');
