import { useMemo } from 'react';
import type { Answer } from '../api/questions.js';
import { TimeChart } from '../charts/time-chart.js';
import { useAnswer } from '../live/use-answer.js';
import { recentParams, useView } from '../routes/view.js';
import { Announcement } from '../ui/announcement.js';
import { EventsLink } from './events-link.js';
import { count, rate } from '../ui/format.js';
import { PanelContent } from '../ui/panel.js';
import { MINUTE_METRICS, minutesFrame, minutesOf, rateNow } from './live-minutes.js';
import { Nothing } from './nothing.js';

const TITLE = 'Active in the last 5 minutes';

/** CSS px of the bars, on a page and on a wall. */
const HEIGHT = { page: 230, wall: 260 } as const;
/** A wall is read from across a room. */
const NUMBER = { page: 'text-8xl lg:text-[9rem]', wall: 'text-[clamp(8rem,21vw,26rem)]' } as const;

type Place = keyof typeof HEIGHT;

/** Who is here: the users of the last 5 minutes over a bar for each of the last 30, and how fast events come. */
export function LiveNow({ place }: { place: Place }) {
  return (
    <section
      aria-label={TITLE}
      className={`card grid grid-cols-1 items-center gap-x-10 gap-y-5 p-5 ${place === 'page' ? 'lg:grid-cols-[auto_minmax(0,1fr)]' : ''}`}
    >
      <div className={`flex flex-wrap items-end gap-x-10 gap-y-3 ${place === 'page' ? 'lg:min-w-72 lg:flex-col lg:items-start' : 'justify-between'}`}>
        <Active place={place} />
        <Rate place={place} />
      </div>
      <div className="flex min-w-0 flex-col gap-1" style={{ minHeight: HEIGHT[place] + 24 }}>
        <Minutes place={place} />
      </div>
    </section>
  );
}

function Active({ place }: { place: Place }) {
  const { search, filters } = useView();
  const query = useAnswer('totals', { ...recentParams(search, '5m'), metrics: 'users' });
  return (
    <div className="flex flex-col">
      <h2 className={place === 'page' ? 'text-muted' : 'text-2xl text-muted'}>{TITLE}</h2>
      <PanelContent title={TITLE} query={query} skeleton={<div className="skeleton h-24 w-56 lg:h-36" />}>
        {({ totals: [users], query: { from, to }, exact }) => (
          <>
            <span data-testid="live-users" data-value={users ?? 0} className={`leading-none font-semibold tracking-tighter ${NUMBER[place]}`}>
              {!exact && <span className="font-normal text-muted">≈</span>}
              <EventsLink filters={[...filters, { field: 'user', op: 'exists' }]} range={{ from, to }} title="Show their events">
                {count(users ?? 0)}
              </EventsLink>
            </span>
            <Announcement words={`${count(users ?? 0)} ${users === 1 ? 'user' : 'users'} active in the last 5 minutes`} />
          </>
        )}
      </PanelContent>
    </div>
  );
}

function Rate({ place }: { place: Place }) {
  const { search } = useView();
  const query = useAnswer('timeseries', { ...recentParams(search, '1m'), metrics: 'events', granularity: '10s' });
  return (
    <div className={`flex flex-col ${place === 'page' ? '' : 'text-right'}`} title="Mean of the last 10 seconds that are over">
      <h3 className={place === 'page' ? 'text-muted' : 'text-2xl text-muted'}>Events per second now</h3>
      <PanelContent title="Events per second" query={query} skeleton={<div className="skeleton h-9 w-24" />}>
        {(answer) => <PerSecond value={rateNow(answer)} place={place} />}
      </PanelContent>
    </div>
  );
}

function PerSecond({ value, place }: { value: number | null; place: Place }) {
  return (
    <span
      data-testid="live-rate"
      data-value={value ?? ''}
      className={`leading-tight font-semibold tracking-tight ${place === 'page' ? 'text-3xl' : 'text-8xl'}`}
    >
      {value === null ? '–' : rate(value)}
    </span>
  );
}

function Minutes({ place }: { place: Place }) {
  const { search } = useView();
  const query = useAnswer('timeseries', { ...recentParams(search, '30m'), metrics: MINUTE_METRICS, granularity: '1m' });
  return (
    <>
      <h3 className={place === 'page' ? 'text-[13px] text-muted' : 'text-2xl text-muted'}>Users by the minute, last 30 minutes</h3>
      <PanelContent title="Users by the minute" query={query} skeleton={<BarsSkeleton height={HEIGHT[place]} />}>
        {(answer) => <Bars answer={answer} height={HEIGHT[place]} />}
      </PanelContent>
    </>
  );
}

function Bars({ answer, height }: { answer: Answer<'timeseries'>; height: number }) {
  const { project, filters, change } = useView();
  const frame = useMemo(() => minutesFrame(answer), [answer]);
  if (minutesOf(answer).every(({ values }) => !values[1])) {
    const narrowed = filters.length > 0;
    const words = `Nobody in the last 30 minutes${narrowed ? ' passes the filters' : ''}.`;
    return <Nothing project={project} words={words} height={height} {...(narrowed && { onClear: () => change({ filters: undefined }) })} />;
  }
  return (
    <>
      <TimeChart kind="bars" frame={frame} asOf={answer.asOf} height={height} label="Users by the minute, last 30 minutes; as a table below" testId="chart-active" />
      <MinutesTable minutes={minutesOf(answer)} describe={frame.describeBucket} />
    </>
  );
}

/** The bars for those who do not see a canvas, newest first. */
function MinutesTable({ minutes, describe }: { minutes: Answer<'timeseries'>['buckets']; describe: (start: number) => string }) {
  return (
    <div className="relative">
      <div className="sr-only">
        <table>
          <caption>Users and events by the minute, newest first</caption>
          <thead>
            <tr>
              <th scope="col">Minute</th>
              <th scope="col">Users</th>
              <th scope="col">Events</th>
            </tr>
          </thead>
          <tbody>
            {minutes.toReversed().map(({ from, values: [users, events], complete }) => (
              <tr key={from}>
                <th scope="row">
                  {describe(Date.parse(from) / 1000)}
                  {!complete && ', so far'}
                </th>
                <td>{count(users ?? 0)}</td>
                <td>{count(events ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** Thirty bars, as those that will stand there. */
function BarsSkeleton({ height }: { height: number }) {
  return (
    <div className="flex items-end gap-1.5" style={{ height }}>
      {Array.from({ length: 30 }, (_, index) => (
        <div key={index} className="skeleton grow" style={{ height: `${55 + 30 * Math.abs(Math.sin(index))}%` }} />
      ))}
    </div>
  );
}
