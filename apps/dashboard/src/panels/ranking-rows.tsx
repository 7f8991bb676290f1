import type { Filter, FilterCondition } from '@analytics/dto/language';
import type { ReactNode } from 'react';
import type { Answer } from '../api/questions.js';
import { valueLabel } from '../frame/filter-words.js';
import type { ViewSearch } from '../routes/view.js';
import { count, duration, percent, shortCount } from '../ui/format.js';
import { typeLabel } from '../ui/event-types.js';
import { EventsLink } from './events-link.js';
import { Change } from './key-numbers.js';
import { relativeChange } from './overview-metrics.js';
import { RANKINGS, type RankingName } from './rankings.js';
import { StatusClasses, type StatusCounts } from './status-classes.js';

type Row = Answer<'breakdown'>['rows'][number];

interface RankingRowsProps {
  name: RankingName;
  answer: Answer<'breakdown'>;
  /** Events of the first row of all: its bar is full. Default: of the first row here. */
  most?: number;
  /** Of endpoints, where they are known. */
  statuses?: ReadonlyMap<string, StatusCounts>;
  /** Instead of the view's own range. */
  range?: Pick<ViewSearch, 'period'>;
  /** A row was chosen to be the only one. Omitted, rows are not chosen. */
  onFilter?: (filter: FilterCondition) => void;
}

/** A ranking: the longer the bar behind a row, the larger its count. Each count leads to its events. */
export function RankingRows({ name, answer, most, statuses, range, onFilter }: RankingRowsProps) {
  const { one } = RANKINGS[name];
  const compared = answer.query.compare !== null && answer.query.compare !== undefined;
  const full = most ?? answer.rows[0]?.values[0] ?? 1;
  const total = answer.total[0] ?? 0;
  const durations = name === 'endpoints';
  return (
    <table className="w-full table-fixed border-separate border-spacing-y-0.5 max-sm:text-[13px]">
      <thead>
        <tr className="text-xs text-muted">
          <th scope="col" className="pb-1 text-left font-normal">
            {one}
          </th>
          {statuses && <Head text="Status" narrow />}
          {durations && <Head text="p50" title="Half of the calls took no longer" narrow />}
          {durations && <Head text="p95" title="95 of 100 calls took no longer" />}
          <Head text="Events" />
          {(compared || !durations) && <Head text={compared ? 'Change' : 'Share'} narrow />}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row) => {
          const value = row.by[0] ?? '';
          const [events = 0, p50 = null, p95 = null] = row.values;
          return (
            <tr key={value}>
              <Name name={name} value={value} width={(events ?? 0) / (full || 1)} onFilter={onFilter} />
              {statuses && (
                <td className="max-sm:hidden">
                  <StatusClasses counts={statuses.get(value)} />
                </td>
              )}
              {durations && <td className="text-right text-muted max-sm:hidden">{p50 === null ? '–' : duration(p50)}</td>}
              {durations && <td className="text-right">{p95 === null ? '–' : duration(p95)}</td>}
              <td className="text-right font-medium" title={count(events ?? 0)}>
                <EventsLink filters={filtersOf(name, value)} range={range} label={`${count(events ?? 0)} events of ${value}`}>
                  {shortCount(events ?? 0)}
                </EventsLink>
              </td>
              {(compared || !durations) && (
                <td className="text-right text-muted max-sm:hidden">
                  {compared ? <RowChange row={row} /> : percent(total === 0 ? 0 : (events ?? 0) / total)}
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The condition that a row is. */
const conditionOf = (name: RankingName, value: string): FilterCondition => ({ field: RANKINGS[name].field, op: 'is', value });

/** Exactly the events that a row counts. */
const filtersOf = (name: RankingName, value: string): Filter[] => [...RANKINGS[name].of, conditionOf(name, value)];

interface NameProps extends Pick<RankingRowsProps, 'name' | 'onFilter'> {
  value: string;
  /** 0 to 1. */
  width: number;
}

function Name({ name, value, width, onFilter }: NameProps) {
  const words = name === 'types' ? typeLabel(value) : valueLabel(RANKINGS[name].field, value);
  const text = <span className="block truncate">{words}</span>;
  return (
    <th scope="row" className="relative h-8 p-0 text-left font-normal">
      <span aria-hidden className="absolute inset-y-0 left-0 rounded-md bg-bar" style={{ width: `${Math.min(1, width) * 100}%` }} />
      {onFilter ? (
        <button
          type="button"
          data-track={`filter-${name}`}
          title={`${words}: show only this`}
          className="relative h-8 w-full min-w-0 rounded-md px-2.5 text-left hover:underline hover:underline-offset-2"
          onClick={() => onFilter(conditionOf(name, value))}
        >
          {text}
        </button>
      ) : (
        <span className="relative block px-2.5" title={words}>
          {text}
        </span>
      )}
    </th>
  );
}

function RowChange({ row }: { row: Row }): ReactNode {
  const [now = null] = row.values;
  const [before = null] = row.previous ?? [];
  if (!before) return <span title="None before">new</span>;
  return <Change relative={relativeChange(now, before)} title={`Before: ${count(before)}`} />;
}

/** @param narrow is left out on a phone, where the name needs the room */
function Head({ text, title, narrow = false }: { text: string; title?: string; narrow?: boolean }) {
  return (
    <th scope="col" title={title} className={`w-18 pb-1 text-right font-normal ${narrow ? 'max-sm:hidden' : ''}`}>
      {text}
    </th>
  );
}
