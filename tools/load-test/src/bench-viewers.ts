// `npm run bench:viewers`: what many viewers of one live question cost the gateway, beside one viewer of it.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ClientToServerEvents, ServerToClientEvents, SubscribeMessage } from '@analytics/dto';
import type { PrivatePipeline } from '@analytics/start';
import { io, type Socket } from 'socket.io-client';
import { about, writePart } from './bench/report-file.js';
import { startBusyPipeline } from './bench/sustained-load.js';
import { childrenOf, exactCpuSecondsOf } from './process-usage.js';

const USAGE = `npm run bench:viewers -- [options]
  --rates A,B     events per second of the traffic (default 200,2000)
  --viewers N     how many, beside none and one (default 200)
  --seconds N     length of a window of measurement (default 10)
  --rounds N      windows of each number of viewers, taken in turns (default 9)`;

const README = join(import.meta.dirname, '../../../apps/gateway/README.md');
const WARM_UP_MS = 3_000;
/** As dashboards do. */
const CLOCK_EVERY_MS = 30_000;
const QUESTION: Omit<SubscribeMessage, 'id'> = {
  question: 'timeseries',
  params: { metrics: ['events', 'users', 'error_rate', 'p95_duration'], period: '1h', granularity: '1m' },
};

type Viewer = Socket<ServerToClientEvents, ClientToServerEvents>;

interface Window {
  /** CPU of the gateway, % of a core. */
  cpu: number;
  /** Of each viewer, a second. */
  frames: number;
  pulses: number;
  frameBytes: number;
}

async function follow(pipeline: PrivatePipeline, seen: { frames: number; pulses: number; bytes: number }): Promise<Viewer> {
  const viewer: Viewer = io(pipeline.gateway, { transports: ['websocket'], forceNew: true, auth: { key: pipeline.adminKey } });
  viewer.io.on('open', () =>
    viewer.io.engine.on('data', (packet: unknown) => {
      if (typeof packet !== 'string') return;
      if (packet.startsWith('2["pulse"')) seen.pulses += 1;
      if (!packet.startsWith('2["frame"')) return;
      seen.frames += 1;
      seen.bytes += packet.length;
    }),
  );
  let clockAskedAt = 0;
  viewer.on('pulse', ({ report }) => {
    if (!report) return;
    viewer.emit('painted', { samples: [{ sincePushed: 20, sinceCreated: 200 }] });
    if (performance.now() - clockAskedAt < CLOCK_EVERY_MS) return;
    clockAskedAt = performance.now();
    viewer.emit('clock', () => undefined);
  });
  const reply = await viewer.emitWithAck('subscribe', { id: 'v', ...QUESTION });
  if (!reply.ok) throw new Error(reply.problem.detail);
  return viewer;
}

async function measure(pipeline: PrivatePipeline, gateway: number, count: number, seconds: number): Promise<Window> {
  const [viewers, seen] = [[] as Viewer[], { frames: 0, pulses: 0, bytes: 0 }];
  for (let index = 0; index < count; index++) viewers.push(await follow(pipeline, seen));
  await pause(WARM_UP_MS);
  const before = { ...seen, cpu: exactCpuSecondsOf(gateway), at: performance.now() };
  await pause(seconds * 1000);
  const elapsed = (performance.now() - before.at) / 1000;
  const cpu = ((exactCpuSecondsOf(gateway) - before.cpu) / elapsed) * 100;
  for (const viewer of viewers) viewer.disconnect();
  const perViewer = (total: number): number => (count === 0 ? 0 : total / count / elapsed);
  const frames = seen.frames - before.frames;
  return { cpu, frames: perViewer(frames), pulses: perViewer(seen.pulses - before.pulses), frameBytes: frames === 0 ? 0 : (seen.bytes - before.bytes) / frames };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Windows of each number in turns, so that what else happens on the machine happens to all of them. @returns rows of the table. */
async function measureRate(rate: number, counts: number[], rounds: number, seconds: number): Promise<string[]> {
  const pipeline = await startBusyPipeline(rate);
  try {
    const gateway = childrenOf(pipeline.pids.supervisor).find(({ command }) => command.includes('apps/gateway/'));
    if (!gateway) throw new Error('the gateway is not among the processes of the pipeline');
    const windows = counts.map(() => [] as Window[]);
    // The first round is not counted: the gateway's code is not compiled yet.
    for (let round = 0; round <= rounds; round++) {
      for (const [place, count] of counts.entries()) windows[place]!.push(await measure(pipeline, gateway.pid, count, seconds));
      console.error(`${rate} events/s, round ${round}: ${windows.map((each) => each.at(-1)!.cpu.toFixed(2)).join(', ')} % of a core`);
    }
    for (const each of windows) each.shift();
    const one = windows[counts.indexOf(1)]!;
    return windows.map((each, place) => {
      const of = (valueOf: (window: Window) => number, digits: number): string => median(each.map(valueOf)).toFixed(digits);
      const more = (median(each.map(({ cpu }) => cpu)) / median(one.map(({ cpu }) => cpu)) - 1) * 100;
      const beside = counts[place] === 1 ? '' : `${more < 0 ? '−' : '+'}${Math.abs(more).toFixed(0)} %`;
      const cells = [rate, counts[place], of(({ cpu }) => cpu, 2), beside, of(({ frames }) => frames, 1), of(({ pulses }) => pulses, 1), of(({ frameBytes }) => frameBytes, 0)];
      return `| ${cells.join(' | ')} |`;
    });
  } finally {
    await pipeline.stop();
  }
}

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: '200,2000' },
    viewers: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '9' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(USAGE);
else {
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const rows = ['| events/s | viewers | CPU of the gateway, % of a core | beside one viewer | frames a viewer, per s | pulses | bytes a frame |', '|---:|---:|---:|---:|---:|---:|---:|'];
  for (const rate of values.rates.split(',')) rows.push(...(await measureRate(Number(rate), [0, 1, Number(values.viewers)], rounds, seconds)));
  const how = `medians of ${rounds} windows of ${seconds} s each, taken in turns, after one turn to warm up`;
  const table = `${rows.join('\n')}\n\n*${about()}; ${how}.*\n`;
  writePart('viewers', table, README);
  console.log(table);
}
