import type { PipelineDto } from '@analytics/dto';
import { ArrowDown, ArrowRight, Database, Layers, MonitorSmartphone, RadioTower, Send, Server, Workflow, type LucideIcon } from 'lucide-react';
import { Fragment } from 'react';
import { useLine } from '../live/use-live.js';
import { count, duration, rate, shortCount } from '../ui/format.js';
import type { PipelineFacts } from './pipeline-facts.js';

interface Station {
  name: string;
  icon: LucideIcon;
  /** What stands under the name, label and value. */
  facts: readonly (readonly [label: string, value: string])[];
  /** Shown when the station does not report; replaces the facts. */
  silent?: string;
  /** On the arrow to the next station. */
  flow?: { text: string; title: string };
}

const perSecond = (value: number, title: string) => ({ text: `${rate(value)}/s`, title });

function stations(pipeline: PipelineDto, facts: PipelineFacts, updatesPerSecond: number): Station[] {
  const noProducer = pipeline.producers.every(({ reporting }) => !reporting) ? 'No producer reports' : undefined;
  const noConsumer = pipeline.consumers.every(({ reporting }) => !reporting) ? 'No consumer reports' : undefined;
  const accepted = noProducer ? { text: '–', title: 'Unknown: no producer reports' } : perSecond(facts.acceptedRate, 'Events accepted per second, last 10 s');
  const stored = noConsumer ? { text: '–', title: 'Unknown: no consumer reports' } : perSecond(facts.storedRate, 'Events stored per second, last 10 s');
  return [
    { name: 'Sources', icon: RadioTower, silent: noProducer, facts: facts.sources.map((each) => [each.name, each.rate > 0 ? `${rate(each.rate)}/s` : each.state]), flow: accepted },
    { name: 'Producer', icon: Send, silent: noProducer, facts: [['accepted', shortCount(facts.acceptedTotal)], ['in flight', count(facts.inFlight)]], flow: accepted },
    { name: 'Redis Streams', icon: Layers, silent: noConsumer, facts: [['partitions', count(facts.partitions)], ['waiting', shortCount(facts.entryLag)]], flow: stored },
    { name: 'Consumer', icon: Workflow, silent: noConsumer, facts: [['time lag', duration(pipeline.timeLagMs)], ['pending', shortCount(facts.pending)]], flow: stored },
    { name: 'TimescaleDB', icon: Database, facts: [['stored', shortCount(pipeline.storedTotal)], ['dead', shortCount(pipeline.deadTotal)]], flow: { text: 'reads', title: 'The gateway reads again after each commit' } },
    { name: 'Gateway', icon: Server, facts: [['live clients', count(pipeline.liveClients)]], flow: perSecond(updatesPerSecond, 'Answers pushed to this browser per second, last 10 s') },
    { name: 'You', icon: MonitorSmartphone, facts: [['updates', `${rate(updatesPerSecond)}/s`]] },
  ];
}

/** The way of an event from its source to this screen, with what flows on each step now. */
export function PipelineStations({ pipeline, facts }: { pipeline: PipelineDto; facts: PipelineFacts }) {
  const { updatesPerSecond } = useLine();
  return (
    <ol className="flex items-stretch max-lg:flex-col">
      {stations(pipeline, facts, updatesPerSecond).map((station) => (
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
    <li className={`flex min-w-0 grow basis-0 flex-col rounded-lg border p-3 ${silent ? 'border-dashed border-warn' : 'border-line bg-raised'}`}>
      <span className="mb-2 flex gap-x-2 gap-y-1.5 font-medium max-lg:items-center lg:flex-col">
        <Icon aria-hidden className="size-4 shrink-0 text-accent" />
        <span className="truncate">{name}</span>
      </span>
      {silent ? (
        <span className="text-[13px] text-warn">{silent}</span>
      ) : (
        <dl className="text-[13px]">
          {facts.map(([label, value]) => (
            <div key={label} className="flex flex-wrap justify-between gap-x-2">
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
    <li title={title} aria-label={`${text}: ${title}`} className="flex shrink-0 items-center justify-center gap-1 text-[13px] text-muted max-lg:h-9 lg:w-15 lg:flex-col lg:gap-0">
      <ArrowDown aria-hidden className="size-4 lg:hidden" />
      <span className="font-medium whitespace-nowrap text-ink">{text}</span>
      <ArrowRight aria-hidden className="size-4 max-lg:hidden" />
    </li>
  );
}
