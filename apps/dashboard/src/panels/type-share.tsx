import { memo } from 'react';
import type { TypeShareDto } from '@analytics/dto';
import { useLive } from '../live/use-live.js';
import { compareTypes, typeColour, typeLabel } from '../ui/event-types.js';
import { percent, shortCount } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';

/** The last hour by type of event. */
export const TypeShare = memo(function TypeShare({ project }: { project: string }) {
  const query = useLive({ query: 'summary', params: { project } });
  return (
    <Panel title="Events by type" note="last hour" query={query} skeleton={<RowsSkeleton rows={5} />}>
      {({ byType }) =>
        byType.length === 0 ? <p className="py-8 text-center text-muted">No events in the last hour.</p> : <Shares shares={byType} />
      }
    </Panel>
  );
});

function Shares({ shares }: { shares: readonly TypeShareDto[] }) {
  const ordered = [...shares].sort((a, b) => compareTypes(a.eventType, b.eventType));
  return (
    <>
      <div aria-hidden className="mb-3 flex h-3 gap-0.5 overflow-hidden rounded-full">
        {ordered.map(({ eventType, share }) => (
          <div key={eventType} style={{ width: `${share * 100}%`, minWidth: 2, background: `var(${typeColour(eventType)})` }} />
        ))}
      </div>
      <ul className="flex grow flex-col">
        {ordered.map(({ eventType, events, share }) => (
          <li key={eventType} className="flex min-h-9 grow items-center gap-2.5 border-b border-line last:border-0">
            <span aria-hidden className="size-2.5 shrink-0 rounded-[3px]" style={{ background: `var(${typeColour(eventType)})` }} />
            <span className="min-w-0 truncate" title={eventType}>
              {typeLabel(eventType)}
            </span>
            <span className="ml-auto font-medium">{shortCount(events)}</span>
            <span className="w-14 text-right text-muted">{percent(share)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
