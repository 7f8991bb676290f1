// `npm run bench:viewers`: what many viewers of one live question cost the gateway, beside one viewer of it.
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { ClientToServerEvents, ServerToClientEvents, SubscribeMessage } from '@analytics/dto';
import { io, type Socket } from 'socket.io-client';
import { startBusyPipeline } from './bench/sustained-load.js';
import { childrenOf, cpuSecondsOf } from './process-usage.js';

const USAGE = `npm run bench:viewers -- [options]
  --rate N        events per second of the traffic (default 200)
  --seconds N     how long each number of viewers is measured (default 20)
  --viewers A,B   numbers of viewers (default 0,1,200)`;

const WARM_UP_MS = 5_000;
const QUESTION: Omit<SubscribeMessage, 'id'> = {
  question: 'timeseries',
  params: { metrics: ['events', 'users', 'error_rate', 'p95_duration'], period: '1h', granularity: '1m' },
};

type Viewer = Socket<ServerToClientEvents, ClientToServerEvents>;

const { values } = parseArgs({ options: { rate: { type: 'string' }, seconds: { type: 'string' }, viewers: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [rate, seconds] = [Number(values.rate ?? 200), Number(values.seconds ?? 20)];
const counts = (values.viewers ?? '0,1,200').split(',').map(Number);

const pipeline = await startBusyPipeline(rate);
try {
  const gateway = childrenOf(pipeline.pids.supervisor).find(({ command }) => command.includes('apps/gateway/'));
  if (!gateway) throw new Error('the gateway is not among the processes of the pipeline');
  console.log('| viewers | CPU of the gateway, % of a core | frames a viewer, per s | bytes a frame |\n|---:|---:|---:|---:|');
  for (const count of counts) {
    const [viewers, seen] = [[] as Viewer[], { frames: 0, bytes: 0 }];
    for (let index = 0; index < count; index++) viewers.push(await follow(seen));
    await pause(WARM_UP_MS);
    const before = { cpu: cpuSecondsOf(gateway.pid), ...seen, at: performance.now() };
    await pause(seconds * 1000);
    const elapsed = (performance.now() - before.at) / 1000;
    const cpu = ((cpuSecondsOf(gateway.pid) - before.cpu) / elapsed) * 100;
    const frames = seen.frames - before.frames;
    const perViewer = frames / elapsed / Math.max(1, count);
    const bytes = frames === 0 ? 0 : (seen.bytes - before.bytes) / frames;
    console.log(`| ${count} | ${cpu.toFixed(1)} | ${perViewer.toFixed(1)} | ${bytes.toFixed(0)} |`);
    for (const viewer of viewers) viewer.disconnect();
  }
} finally {
  await pipeline.stop();
}

async function follow(seen: { frames: number; bytes: number }): Promise<Viewer> {
  const viewer: Viewer = io(pipeline.gateway, { transports: ['websocket'], forceNew: true, auth: { key: pipeline.adminKey } });
  viewer.io.on('open', () =>
    viewer.io.engine.on('data', (packet: unknown) => {
      if (typeof packet !== 'string' || !packet.startsWith('2["frame"')) return;
      seen.frames += 1;
      seen.bytes += packet.length;
    }),
  );
  const reply = await viewer.emitWithAck('subscribe', { id: 'v', ...QUESTION });
  if (!reply.ok) throw new Error(reply.problem.detail);
  return viewer;
}
