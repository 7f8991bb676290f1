import { setTimeout as pause } from 'node:timers/promises';
import type { ClientToServerEvents, ServerToClientEvents, SubscribeMessage } from '@analytics/dto';
import { startPrivatePipeline, type PrivatePipeline } from '@analytics/start';
import { io, type Socket } from 'socket.io-client';
import { readPipeline, settle } from '../observer.js';
import { childrenOf, cpuSecondsOf, rssMiBOf } from '../process-usage.js';

/** The processes of a running pipeline. */
export const PROCESSES = ['producer', 'stream-consumer', 'gateway', 'redis', 'postgres'] as const;
export type ProcessName = (typeof PROCESSES)[number];

export interface LoadOptions {
  /** Events per second of the synthetic traffic. */
  rate: number;
  /** How long it is measured, after `warmUpSeconds` that are not. */
  seconds: number;
  warmUpSeconds?: number;
  env?: Record<string, string>;
  /** Called with the system before the traffic of this measurement is of interest. */
  beforehand?: (pipeline: PrivatePipeline) => Promise<void>;
  /** Called when everything is stored and quiet, before the system is stopped. */
  afterwards?: (pipeline: PrivatePipeline) => Promise<void>;
}

export interface LoadResult {
  rate: number;
  /** Stored per second, over the time measured. */
  storedRate: number;
  accepted: number;
  stored: number;
  dead: number;
  /** CPU per stored event, µs. */
  cpuMicros: Record<ProcessName, number>;
  /** Largest resident memory, MiB. */
  rssMiB: Record<ProcessName, number>;
  maxLagMs: number;
  freshnessMs: { p50: number; p95: number; p99: number };
  /** Live updates that the one viewer received, from the start to the end. */
  liveUpdates: number;
}

const everyProcess = <T>(valueOf: (name: ProcessName) => T): Record<ProcessName, T> =>
  Object.fromEntries(PROCESSES.map((name) => [name, valueOf(name)])) as Record<ProcessName, T>;

function pidsOf({ pids }: PrivatePipeline): Record<ProcessName, number> {
  const services = childrenOf(pids.supervisor);
  return everyProcess((name) => {
    if (name === 'redis' || name === 'postgres') return pids[name];
    return services.find(({ command }) => command.includes(`apps/${name}/`))?.pid ?? 0;
  });
}

const OVERVIEW: Omit<SubscribeMessage, 'id'>[] = [
  { question: 'metrics/summary' },
  { question: 'metrics/timeseries', params: { byType: true, last: '60m' } },
  ...['pages', 'referrers', 'buttons', 'endpoints', 'errors'].map((dimension) => ({ question: 'metrics/top' as const, params: { dimension, last: '60m' } })),
];

/** One viewer of the overview page: subscribes to what its panels show. @returns how to leave, with the number of updates received. */
async function watchOverview(pipeline: PrivatePipeline): Promise<() => number> {
  const viewer: Socket<ServerToClientEvents, ClientToServerEvents> = io(pipeline.gateway, {
    transports: ['websocket'],
    auth: { key: pipeline.adminKey },
  });
  let updates = 0;
  viewer.on('frame', () => updates++);
  const replies = await Promise.all(OVERVIEW.map((question, index) => viewer.emitWithAck('subscribe', { id: String(index), ...question })));
  const refused = replies.find(({ ok }) => !ok);
  if (refused) throw new Error(`the gateway refused a subscription: ${JSON.stringify(refused)}`);
  return () => {
    viewer.disconnect();
    return updates;
  };
}

/** The system with synthetic traffic of a steady rate, without bursts. */
export const startBusyPipeline = (rate: number, env: Record<string, string> = {}): Promise<PrivatePipeline> =>
  startPrivatePipeline({ args: ['--rate', String(rate), '--seed', '42'], durable: true, env: { DAY_CURVE: 'false', BURST_MULTIPLIER: '1', ...env } });

/** The whole system under synthetic traffic of a steady rate, measured from outside; then everything accepted must be stored. */
export async function measureLoad({ rate, seconds, warmUpSeconds = 10, env = {}, beforehand, afterwards }: LoadOptions, say: (line: string) => void): Promise<LoadResult> {
  const pipeline = await startBusyPipeline(rate, env);
  try {
    await beforehand?.(pipeline);
    const leave = await watchOverview(pipeline);
    await pause(warmUpSeconds * 1000);
    const pids = pidsOf(pipeline);
    const cpuBefore = everyProcess((name) => cpuSecondsOf(pids[name]));
    const before = await readPipeline(pipeline);
    const startedAt = performance.now();
    const rssMiB = everyProcess(() => 0);
    let maxLagMs = 0;
    for (let second = 1; second <= seconds; second++) {
      await pause(Math.max(0, startedAt + second * 1000 - performance.now()));
      const state = await readPipeline(pipeline);
      maxLagMs = Math.max(maxLagMs, state.timeLagMs);
      for (const name of PROCESSES) rssMiB[name] = Math.max(rssMiB[name], rssMiBOf(pids[name]));
      if (second % 10 === 0) say(`${second} s: ${state.storedTotal} stored, lag ${state.timeLagMs} ms`);
    }
    const after = await readPipeline(pipeline);
    const elapsed = (performance.now() - startedAt) / 1000;
    const stored = after.storedTotal - before.storedTotal;
    const cpuMicros = everyProcess((name) => ((cpuSecondsOf(pids[name]) - cpuBefore[name]) / stored) * 1e6);
    const freshnessMs = after.consumers[0]!.freshnessMs;
    const liveUpdates = leave();
    const counts = await settle(pipeline);
    await afterwards?.(pipeline);
    return { rate, storedRate: stored / elapsed, ...counts, cpuMicros, rssMiB, maxLagMs, freshnessMs, liveUpdates };
  } finally {
    await pipeline.stop();
  }
}
