import { setTimeout as pause } from 'node:timers/promises';
import { TOP_DIMENSIONS, type LedgerDto, type PipelineDto } from '@analytics/dto';
import { expectedAnswers } from '@analytics/events';
import type { PrivatePipeline } from '@analytics/start';
import { Differences } from './difference.js';
import type { MixedStream, StreamRequest } from './mixed-stream.js';
import { compareRecent, compareSeries, compareSummary, compareTop, type Ask } from './panels.js';

const SETTLE_MS = 60_000;
const MINUTE_MS = 60_000;

export const askOf =
  ({ gateway, adminKey }: PrivatePipeline): Ask =>
  async <T>(path: string, query: Record<string, string | number | boolean> = {}): Promise<T> => {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]));
    const response = await fetch(`${gateway}/api/v1${path}?${search}`, { headers: { authorization: `Bearer ${adminKey}` } });
    if (!response.ok) throw new Error(`${path}?${search} was answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };

interface Answered {
  accepted: number;
  rejected: number;
  failed: number;
}

/** Sends the stream in order, request by request, and waits until everything accepted is stored. @returns what the collector said. */
export async function publish(pipeline: PrivatePipeline, stream: MixedStream): Promise<Answered> {
  const total: Answered = { accepted: 0, rejected: 0, failed: 0 };
  for (const request of stream.requests) {
    const answer = await send(pipeline, request);
    for (const kind of ['accepted', 'rejected', 'failed'] as const) total[kind] += answer[kind];
  }
  await settle(pipeline, total.accepted);
  return total;
}

async function send({ collector, writeKeys }: PrivatePipeline, { sender, events }: StreamRequest): Promise<Answered> {
  const response = await fetch(`${collector}/v1/events`, {
    method: 'POST',
    headers: { ...sender.headers, authorization: `Bearer ${writeKeys.demo}` },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(`the collector answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answered;
}

/** Waits until the ledger has everything that was accepted and calls it settled; gives up after a minute, and the panels show why. */
async function settle(pipeline: PrivatePipeline, accepted: number): Promise<void> {
  const ask = askOf(pipeline);
  for (const deadline = Date.now() + SETTLE_MS; Date.now() < deadline; await pause(500)) {
    const { totals, settledUntil, to } = await ask<LedgerDto>('/ledger', { last: '1h' });
    if (totals.accepted >= accepted && totals.inFlight === 0 && settledUntil === to) return;
  }
}

/** Compares every answer of the API with the one that the stream predicts. */
export async function compareAll(pipeline: PrivatePipeline, stream: MixedStream, answered: Answered): Promise<Differences[]> {
  const ask = askOf(pipeline);
  const { truth } = stream;
  const instant = (ms: number): string => new Date(ms).toISOString();
  const range = {
    from: instant(Math.floor(stream.from / MINUTE_MS) * MINUTE_MS),
    to: instant(Math.ceil(stream.to / MINUTE_MS) * MINUTE_MS),
  };
  const series = (granularity: string, query: Record<string, string | boolean>): Promise<Differences> => {
    const panel = [
      `series of ${granularity}`,
      ...(query['last'] ? [`over ${query['last']}`] : []),
      ...(query['byType'] ? ['by type'] : []),
      ...(query['eventType'] ? ['of one type'] : []),
    ].join(' ');
    return compareSeries(ask, truth, { panel, path: '/metrics/timeseries', query: { granularity, ...query } });
  };
  const panels: Differences[] = [
    compareCollector(stream, answered),
    await compareTotals(ask, stream),
    await compareLedger(ask, stream),
    await compareSummary(ask, truth),
  ];
  for (const path of ['realtime', 'hourly']) panels.push(await compareSeries(ask, truth, { panel: path, path: `/metrics/${path}` }));
  for (const granularity of ['10s', '1m', '5m', '15m', '1h']) panels.push(await series(granularity, { ...range, byType: true }));
  panels.push(await series('1m', { ...range, byType: false }), await series('1m', { ...range, byType: false, eventType: 'error' }));
  panels.push(await series('1d', { last: '10d', byType: true }), await series('1h', { last: '10d', byType: false }));
  for (const dimension of TOP_DIMENSIONS)
    panels.push(await compareTop(ask, truth, dimension, range), await compareTop(ask, truth, dimension, { last: '10d' }));
  panels.push(await compareRecent(ask, stream, 200), await compareRecent(ask, stream, 50, 'error'));
  return panels;
}

function compareCollector({ truth, duplicates, invalid }: MixedStream, { accepted, rejected, failed }: Answered): Differences {
  const panel = new Differences('collector');
  panel.equal('accepted', accepted, truth.length + duplicates);
  panel.equal('rejected', rejected, invalid);
  panel.equal('failed', failed, 0);
  return panel;
}

async function compareTotals(ask: Ask, { truth }: MixedStream): Promise<Differences> {
  const panel = new Differences('pipeline');
  const { storedTotal, deadTotal } = await ask<PipelineDto>('/pipeline');
  panel.equal('storedTotal', storedTotal, expectedAnswers(truth).total);
  panel.equal('deadTotal', deadTotal, 0);
  return panel;
}

async function compareLedger(ask: Ask, { truth, duplicates }: MixedStream): Promise<Differences> {
  const panel = new Differences('ledger');
  const { totals } = await ask<LedgerDto>('/ledger', { last: '1h' });
  const expected = { accepted: truth.length + duplicates, stored: truth.length, duplicate: duplicates, dead: 0, inFlight: 0, residue: 0 };
  for (const [name, value] of Object.entries(expected)) panel.equal(name, totals[name as keyof typeof expected], value);
  return panel;
}
