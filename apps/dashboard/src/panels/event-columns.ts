import { FIELD_NAMES } from '@analytics/dto/language';
import type { ListedEvent } from '../api/event-list.js';
import { DEFAULT_COLUMNS } from '../routes/explore-search.js';
import { fieldLabel } from '../frame/filter-words.js';
import { zonedClock } from '../ui/zoned-time.js';
import { fieldValue } from './event-fields.js';
import { summaryOf } from './event-summary.js';

/** Fields that are computed from others where they are asked about, and have no value in the list. */
const COMPUTED = ['endpoint', 'status_class', 'hour_of_day', 'day_of_week'];
export const OFFERED_COLUMNS: readonly string[] = ['summary', ...FIELD_NAMES.filter((name) => !COMPUTED.includes(name)), 'received'];

export const columnLabel = (column: string): string =>
  column === 'summary' ? 'What' : column === 'received' ? 'Accepted at' : fieldLabel(column);

export function columnValue(event: ListedEvent, column: string, zone: string): string {
  if (column === 'summary') return summaryOf(event);
  if (column === 'received') return zonedClock(event.receivedAt, zone);
  return String(fieldValue(event, column) ?? '');
}

export const columnsShown = (columns: string | undefined): readonly string[] => columns?.split(',') ?? DEFAULT_COLUMNS;

const WIDTHS: Readonly<Record<string, string>> = {
  type: '7.5rem',
  summary: 'minmax(14rem, 4fr)',
  page_path: 'minmax(9rem, 2fr)',
  session: '8rem',
  country: '4.5rem',
  status_code: '6rem',
  duration_ms: '6.5rem',
};

/** The grid's columns, the time first. */
export const gridTemplate = (columns: readonly string[]): string =>
  ['10.5rem', ...columns.map((column) => WIDTHS[column] ?? 'minmax(6.5rem, 1fr)')].join(' ');

/** Narrower than this the table scrolls sideways, rem. */
export const gridWidth = (columns: readonly string[]): number =>
  10.5 + columns.reduce((sum, column) => sum + Number(/(\d+(\.\d+)?)rem/.exec(WIDTHS[column] ?? '6.5rem')?.[1] ?? 6.5) + 0.75, 2);
