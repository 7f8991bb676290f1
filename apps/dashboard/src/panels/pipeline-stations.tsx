import type { PipelineDto } from '@analytics/dto';
import { ArrowDown, ArrowRight } from 'lucide-react';
import { Fragment } from 'react';
import { useLine, useLive } from '../live/use-live.js';
import type { PipelineFacts } from './pipeline-facts.js';
import { stations, type Station } from './pipeline-way.js';

interface PipelineStationsProps {
  pipeline: PipelineDto;
  facts: PipelineFacts;
  project: string;
}

/** The way of an event from its source to this screen, with what flows on each step now. */
export function PipelineStations({ pipeline, facts, project }: PipelineStationsProps) {
  const { updatesPerSecond } = useLine();
  // The pipeline's own reports show no event. Without one on the page, nobody would measure the hops to this screen.
  const { data } = useLive({ query: 'recent', params: { project, limit: 1 } });
  const screen = { updatesPerSecond, newest: data?.events[0]?.receivedAt };
  return (
    <ol className="flex items-stretch max-lg:flex-col">
      {stations(pipeline, facts, screen).map((station) => (
        <Fragment key={station.name}>
          <StationBox station={station} />
          {station.flow && <Arrow {...station.flow} />}
        </Fragment>
      ))}
    </ol>
  );
}

function StationBox({ station: { name, icon: Icon, facts, silent } }: { station: Station }) {
  return (
    <li
      className={`flex min-w-0 grow basis-0 flex-col rounded-lg border p-3 lg:px-2.5 ${silent ? 'border-dashed border-warn' : 'border-line bg-raised'}`}
    >
      <span className="mb-2 flex gap-x-2 gap-y-1.5 font-medium max-lg:items-center lg:flex-col">
        <Icon aria-hidden className="size-4 shrink-0 text-accent" />
        <span className="truncate">{name}</span>
      </span>
      {silent ? (
        <span className="text-[13px] text-warn">{silent}</span>
      ) : (
        <dl className="text-[13px]">
          {facts.map(([label, value, title]) => (
            <div key={label} title={title} className="flex flex-wrap justify-between gap-x-1">
              <dt className="text-muted">{label}</dt>
              <dd className="font-medium">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

function Arrow({ text, title }: { text: string; title: string }) {
  return (
    <li
      title={title}
      aria-label={`${text}: ${title}`}
      className="flex shrink-0 items-center justify-center gap-1 text-[13px] text-muted max-lg:h-9 lg:w-13 lg:flex-col lg:gap-0"
    >
      <ArrowDown aria-hidden className="size-4 lg:hidden" />
      <span className="font-medium whitespace-nowrap text-ink">{text}</span>
      <ArrowRight aria-hidden className="size-4 max-lg:hidden" />
    </li>
  );
}
