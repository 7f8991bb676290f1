import type { Filter, FilterCondition } from '@analytics/dto/language';
import type { ReactNode } from 'react';
import type { Answer } from '../api/questions.js';
import { valueLabel } from '../frame/filter-words.js';
import type { ViewSearch } from '../routes/view.js';
import { count, duration, percent, shortCount } from '../ui/format.js';
import { typeLabel } from '../ui/event-types.js';
import { Change } from './change.js';
import { EventsLink } from './events-link.js';
import { relativeChange } from './overview-metrics.js';
import { RANKINGS, type RankingName } from './rankings.js';
import { StatusClasses, type StatusCounts } from './status-classes.js';

type Row = Answer<'breakdown'>['rows'][number];

interface RankingRowsProps {
  name: RankingName;
  answer: Answer<'breakdown'>;
  /** Of endpoints, where they are known. */
  statuses?: ReadonlyMap<string, StatusCounts>;
  /** Instead of the view's own range. */
  range?: Pick<ViewSearch, 'period'>;
  /** A row was chosen to be the only one. Omitted, rows are not chosen. */
  onFilter?: (filter: FilterCondition) => void;
}

/** A ranking: the longer the bar behind a row, the larger its count. Each count leads to its events. */
export function RankingRows(props: RankingRowsProps) {
  const { name, answer, statuses } = props;
  const compared = answer.query.compare !== null && answer.query.compare !== undefined;
  const durations = name === 'endpoints';
  const rest = compared ? 'Change' : durations ? undefined : 'Share';
  return (
    <table className="w-full table-fixed border-separate border-spacing-y-0.5 max-sm:text-[13px]">
      <thead>
        <tr className="text-xs text-muted">
          <th scope="col" className="pb-1 text-left font-normal">
            {RANKINGS[name].one}
          </th>
          {statuses && <Head text="Status" narrow />}
          {durations && <Head text="p50" title="Half of the calls took no longer" narrow />}
          {durations && <Head text="p95" title="95 of 100 calls took no longer" />}
          <Head text="Events" />
          {rest && <Head text={rest} narrow />}
        </tr>
      </thead>
      <tbody>
        {answer.rows.map((row) => (
          <RankingRow key={row.by[0]} {...props} row={row} rest={rest} />
        ))}
      </tbody>
    </table>
  );
}

interface RankingRowProps extends RankingRowsProps {
  row: Row;
  /** What the last column holds. */
  rest: 'Change' | 'Share' | undefined;
}

function RankingRow({ name, row, answer, statuses, range, onFilter, rest }: RankingRowProps) {
  const value = row.by[0] ?? '';
  const [events, p50, p95] = row.values;
  const counted = events ?? 0;
  const time = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '–' : duration(ms));
  return (
    <tr>
      <Name name={name} value={value} width={counted / (answer.rows[0]?.values[0] || 1)} onFilter={onFilter} />
      {statuses && (
        <td className="max-sm:hidden">
          <StatusClasses counts={statuses.get(value)} />
        </td>
      )}
      {name === 'endpoints' && <td className="text-right text-muted max-sm:hidden">{time(p50)}</td>}
      {name === 'endpoints' && <td className="text-right">{time(p95)}</td>}
      <td className="text-right font-medium">
        <EventsLink filters={filtersOf(name, value)} range={range} label={`${count(counted)} events of ${value}`}>
          {shortCount(counted)}
        </EventsLink>
      </td>
      {rest && (
        <td className="text-right text-muted max-sm:hidden">
          {rest === 'Change' ? <RowChange row={row} /> : percent(counted / (answer.total[0] || 1))}
        </td>
      )}
    </tr>
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
