import type { PipelineDto, QuantilesDto } from '@analytics/dto';
import { Database, Layers, MonitorSmartphone, RadioTower, Send, Server, Workflow, type LucideIcon } from 'lucide-react';
import { axisCount, count, duration, rate, timeOfDay } from '../ui/format.js';
import type { PipelineFacts } from './pipeline-facts.js';

/** A place that an event passes. */
export interface Station {
  name: string;
  icon: LucideIcon;
  /** What stands under the name. */
  facts: readonly Fact[];
  /** Shown in the place of facts when the station does not report. */
  silent?: string;
  /** On the arrow to the next station. */
  flow?: { text: string; title: string };
}
type Fact = readonly [label: string, value: string, title?: string];

/** What arrives here. */
interface Screen {
  updatesPerSecond: number;
  /** When the newest event on it was accepted; undefined: there is none. */
  newest: string | undefined;
}

const perSecond = (value: number, title: string) => ({ text: `${rate(value)}/s`, title });
/** The p95 of the slowest process: the narrow place has no room for more, the title and the table of processes have. */
const timed = (label: string, what: string, ms: QuantilesDto | null): Fact[] =>
  ms ? [[label, duration(ms.p95), `${what}: p50 ${duration(ms.p50)}, p95 ${duration(ms.p95)}, p99 ${duration(ms.p99)}, last minute`]] : [];
const unknown = (title: string) => ({ text: '–', title });

/** From the source to the screen, with what flows on each step now. */
export function stations(pipeline: PipelineDto, facts: PipelineFacts, screen: Screen): Station[] {
  return [...intake(pipeline, facts), ...storage(pipeline, facts), ...delivery(pipeline, screen)];
}

function intake({ producers }: PipelineDto, facts: PipelineFacts): Station[] {
  const silent = producers.some(({ reporting }) => reporting) ? undefined : 'No producer reports';
  const flow = silent ? unknown(silent) : perSecond(facts.acceptedRate, 'Events accepted per second, last 10 s');
  const sources = facts.sources.map((each): Fact => [each.name, each.rate > 0 ? `${rate(each.rate)}/s` : each.state]);
  const accepted: Fact[] = [
    ['accepted', axisCount(facts.acceptedTotal)],
    ['in flight', count(facts.inFlight)],
    ...timed('publish', 'Hand-over to the answer of Redis', facts.publishMs),
  ];
  return [
    { name: 'Sources', icon: RadioTower, silent, facts: sources, flow },
    { name: 'Producer', icon: Send, silent, facts: accepted, flow },
  ];
}

function storage({ consumers, timeLagMs, storedTotal, deadTotal }: PipelineDto, facts: PipelineFacts): Station[] {
  const silent = consumers.some(({ reporting }) => reporting) ? undefined : 'No consumer reports';
  const flow = silent ? unknown(silent) : perSecond(facts.storedRate, 'Events stored per second, last 10 s');
  const waiting: Fact[] = [
    ['partitions', count(facts.partitions)],
    ['waiting', axisCount(facts.entryLag)],
  ];
  const lag: Fact[] = [
    ['time lag', duration(timeLagMs)],
    ['pending', axisCount(facts.pending)],
    ...timed('batch', 'Read to commit of a batch', facts.batchMs),
  ];
  const stored: Fact[] = [
    ['stored', axisCount(storedTotal)],
    ['dead', axisCount(deadTotal)],
  ];
  return [
    { name: 'Redis Streams', icon: Layers, silent, facts: waiting, flow },
    { name: 'Consumer', icon: Workflow, silent, facts: lag, flow },
    { name: 'TimescaleDB', icon: Database, facts: stored, flow: { text: 'reads', title: 'The gateway reads again after each commit' } },
  ];
}

function delivery({ liveClients }: PipelineDto, { updatesPerSecond, newest }: Screen): Station[] {
  const flow = perSecond(updatesPerSecond, 'Answers pushed to this browser per second, last 10 s');
  const shown: Fact[] = newest ? [['newest', timeOfDay(newest), 'When the newest event on this screen was accepted']] : [];
  return [
    { name: 'Gateway', icon: Server, facts: [['live clients', count(liveClients)]], flow },
    { name: 'You', icon: MonitorSmartphone, facts: [['updates', flow.text], ...shown] },
  ];
}
