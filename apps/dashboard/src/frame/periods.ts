import type { ComparisonName } from '@analytics/dto/language';
import { DEFAULT_PERIOD, type ViewSearch } from '../routes/view.js';
import { dayAndMinute, stretch } from '../ui/zone-time.js';

/** What the range picker offers besides a range of one's own. `key` chooses it from anywhere. */
export const PRESETS = [
  { period: '30m', label: 'Last 30 minutes', note: 'live', key: 'R' },
  { period: '1h', label: 'Last hour' },
  { period: '6h', label: 'Last 6 hours' },
  { period: 'today', label: 'Today', key: 'D' },
  { period: 'yesterday', label: 'Yesterday', key: 'E' },
  { period: '24h', label: 'Last 24 hours' },
  { period: 'last_7_days', label: 'Last 7 days', key: 'W' },
  { period: 'last_30_days', label: 'Last 30 days', key: 'M' },
  { period: 'last_12_months', label: 'Last 12 months', key: 'Y' },
] as const satisfies readonly { period: string; label: string; note?: string; key?: string }[];

const UNITS: Readonly<Record<string, string>> = { m: 'minutes', h: 'hours', d: 'days' };

/** The range of a view as its control shows it. */
export function rangeLabel({ period = DEFAULT_PERIOD, from, to }: ViewSearch, timeZone: string): string {
  if (from !== undefined && to !== undefined) return stretch(Date.parse(from), Date.parse(to), timeZone);
  if (from !== undefined) return `Since ${dayAndMinute(Date.parse(from), timeZone)}`;
  const preset = PRESETS.find((each) => each.period === period);
  if (preset) return preset.label;
  if (period.includes('_')) return `${period[0]?.toUpperCase()}${period.slice(1).replaceAll('_', ' ')}`;
  const [length, unit = ''] = [period.slice(0, -1), UNITS[period.slice(-1)]];
  return length === '1' ? `Last ${unit.slice(0, -1)}` : `Last ${length} ${unit}`;
}

/** The range of a view within a sentence about what happened in it: `No events in the last hour`, `No events (1 Mar 10:00 – 12:30)`. */
export function rangeWords(search: ViewSearch, timeZone: string): string {
  const label = rangeLabel(search, timeZone);
  if (label.startsWith('Last ')) return `in the ${label.toLowerCase()}`;
  if (search.from === undefined) return label.toLowerCase();
  return label.startsWith('Since ') ? label.replace('Since', 'since') : `(${label})`;
}

export const COMPARISON_LABELS: Record<ComparisonName, string> = {
  previous_period: 'Previous period',
  same_weekday: 'Same weekdays before',
  previous_year: 'Previous year',
};

/** What a view is compared with; undefined: nothing. */
export function comparisonLabel({ compare, compareFrom }: ViewSearch, timeZone: string): string | undefined {
  if (compareFrom !== undefined) return `From ${dayAndMinute(Date.parse(compareFrom), timeZone)}`;
  return compare && COMPARISON_LABELS[compare];
}
