import type { Filter } from '@analytics/dto/language';
import { Hash } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { Answer } from '../api/questions.js';
import { valueLabel } from '../frame/filter-words.js';
import { rangeLabel } from '../frame/periods.js';
import { coversAWeek } from '../frame/range-length.js';
import { useAnswer } from '../live/use-answer.js';
import { setParams, useView, type ViewSearch } from '../routes/view.js';
import { axisCount, count } from '../ui/format.js';
import { Panel } from '../ui/panel.js';

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const HOURS_OF_A_DAY = 24;
/** What is shown of a view whose range is shorter than a week. */
const LAST_WEEK = { from: undefined, to: undefined, period: 'last_7_days' } as const;

interface WeekHeatmapProps {
  /** The counts stand in the cells. */
  numbers: boolean;
  onNumbers: (shown: boolean) => void;
}

/** When in the week it happens: events by weekday and hour, on the clocks of the zone. A cell filters; pressed again, it does not. */
export function WeekHeatmap({ numbers, onNumbers }: WeekHeatmapProps) {
  const { search, params, timeZone } = useView();
  const [now] = useState(Date.now);
  const whole = coversAWeek(search, now);
  const query = useAnswer('heatmap', whole ? params : setParams({ ...search, ...LAST_WEEK }));
  const words = numbers ? 'Hide the numbers' : 'Show the numbers';
  return (
    <Panel
      title="Events by weekday and hour"
      note={`${whole ? rangeLabel(search, timeZone) : 'Last 7 days'}, ${timeZone.replaceAll('_', ' ')}`}
      query={query}
      skeleton={<div className="skeleton h-56" />}
      actions={
        <button
          type="button"
          className="control"
          aria-pressed={numbers}
          aria-label={words}
          title={words}
          data-track="heatmap-numbers"
          onClick={() => onNumbers(!numbers)}
        >
          <Hash aria-hidden className="size-4" />
        </button>
      }
    >
      {(answer) => <Cells answer={answer} numbers={numbers} range={whole ? {} : LAST_WEEK} />}
    </Panel>
  );
}

interface CellsProps {
  answer: Answer<'heatmap'>;
  numbers: boolean;
  /** What a chosen cell makes of the view's range, so that it shows as many events as the cell. */
  range: Pick<ViewSearch, 'from' | 'to' | 'period'>;
}

function Cells({ answer, numbers, range }: CellsProps) {
  const { filters, change } = useView();
  const [at, setAt] = useState(0);
  const grid = useRef<HTMLTableElement>(null);
  const values = answer.cells.map((cell) => cell.values[0] ?? 0);
  const most = Math.max(...values, 1);
  const choose = (index: number) => {
    const [day, hour] = [Math.floor(index / HOURS_OF_A_DAY) + 1, index % HOURS_OF_A_DAY];
    const kept = filters.filter((each) => !('field' in each) || (each.field !== 'day_of_week' && each.field !== 'hour_of_day'));
    const cell: Filter[] = [
      { field: 'day_of_week', op: 'is', value: day },
      { field: 'hour_of_day', op: 'is', value: hour },
    ];
    const already = cell.every((each) => filters.some((one) => JSON.stringify(one) === JSON.stringify(each)));
    const next = already ? kept : [...kept, ...cell];
    change({ filters: next.length > 0 ? next : undefined, ...range });
  };
  const move = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -HOURS_OF_A_DAY, ArrowDown: HOURS_OF_A_DAY }[event.key];
    if (step === undefined || values[at + step] === undefined) return;
    event.preventDefault();
    setAt(at + step);
    grid.current?.querySelectorAll('button')[at + step]?.focus();
  };
  const cell = (day: number, hour: number) => {
    const index = (day - 1) * HOURS_OF_A_DAY + hour;
    const chosen = () => {
      setAt(index);
      choose(index);
    };
    return <Cell day={day} hour={hour} value={values[index] ?? 0} most={most} numbers={numbers} reached={index === at} onChoose={chosen} />;
  };
  return (
    <div className="relative overflow-x-auto">
      <table ref={grid} onKeyDown={move} className={`w-full table-fixed border-separate border-spacing-0.5 text-xs ${numbers ? 'min-w-160' : ''}`}>
        <caption className="sr-only">Events by weekday and hour. Arrow keys move between the hours.</caption>
        <HoursHead />
        <tbody>
          {WEEKDAYS.map((day) => (
            <tr key={day}>
              <th scope="row" className="text-left font-normal text-muted">
                {valueLabel('day_of_week', day).slice(0, 3)}
              </th>
              {HOURS.map((hour) => (
                <td key={hour} className="p-0">
                  {cell(day, hour)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function HoursHead() {
  return (
    <thead>
      <tr className="text-muted">
        <td className="w-10" />
        {HOURS.map((hour) => (
          <th key={hour} scope="col" className="font-normal">
            <span className={hour % 3 === 0 ? '' : 'sr-only'}>{hour}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface CellProps {
  day: number;
  hour: number;
  value: number;
  most: number;
  numbers: boolean;
  /** Tab comes here; arrow keys lead on. */
  reached: boolean;
  onChoose: () => void;
}

/** Past this much colour the number on it is light. */
const DARK = 0.55;

function Cell({ day, hour, value, most, numbers, reached, onChoose }: CellProps) {
  const words = `${valueLabel('day_of_week', day)} ${valueLabel('hour_of_day', hour)}: ${count(value)} events`;
  // By the root: one busy hour must not make all others look alike.
  const heat = 0.1 + 0.9 * Math.sqrt(value / most);
  return (
    <button
      type="button"
      tabIndex={reached ? 0 : -1}
      aria-label={words}
      title={words}
      data-track="heatmap-cell"
      onClick={onChoose}
      className={`block h-7 w-full rounded-[4px] text-[11px] ${heat > DARK ? 'text-canvas' : ''}`}
      style={{ background: value === 0 ? 'var(--raised)' : `color-mix(in oklab, var(--chart-page-view) ${heat * 100}%, var(--card))` }}
    >
      {numbers && value > 0 ? axisCount(value) : ''}
    </button>
  );
}
