// `npm run load-test`: the pipeline as `npm start` runs it, on private durable services, measured from outside.
import { cpus } from 'node:os';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measurePainted } from '@analytics/browser';
import { startPrivatePipeline } from '@analytics/start';
import { observe, settle, type Observation } from './observer.js';

const USAGE = `npm run load-test -- [options]
  --minutes N        length of the steady part, at 28 events/s with bursts of ten times that (default 10)
  --peak-rate N      rate of the peak part, events/s (default 10000)
  --peak-seconds N   its length (default 60)
  --seed N           seed of the traffic (default 42)`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Part {
  title: string;
  rate: string;
  observation: Observation;
  counts: { accepted: number; stored: number; dead: number };
  paintedMs: number[] | undefined;
}

const quantile = (values: readonly number[], q: number): number => [...values].sort((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? NaN;

async function measure(title: string, rate: string, seed: string, seconds: number, watchPaint: boolean): Promise<Part> {
  say(`${title}: starting`);
  const pipeline = await startPrivatePipeline({ args: ['--rate', rate, '--seed', seed], durable: true, env: { DAY_CURVE: 'false' } });
  try {
    const [observation, paintedMs] = await Promise.all([
      observe(pipeline, seconds, (line) => say(`${title}: ${line}`)),
      watchPaint ? measurePainted(pipeline, seconds - 5) : undefined,
    ]);
    return { title, rate, observation, counts: await settle(pipeline), paintedMs };
  } finally {
    await pipeline.stop();
  }
}

function row({ title, rate, observation, counts, paintedMs }: Part): string {
  const { freshnessP95Ms, maxTimeLagMs, maxRssMiB, cpuSeconds } = observation;
  const cpu = Object.values(cpuSeconds).reduce((sum, value) => sum + value, 0);
  const painted = paintedMs ? `${Math.round(quantile(paintedMs, 0.5))} / ${Math.round(quantile(paintedMs, 0.95))} ms (${paintedMs.length} probes)` : 'no Chromium';
  return [
    title,
    rate,
    counts.accepted,
    counts.stored,
    counts.dead,
    `${Math.round(quantile(freshnessP95Ms, 0.5))} / ${Math.round(Math.max(...freshnessP95Ms))} ms`,
    painted,
    `${Math.round(maxTimeLagMs)} ms`,
    `${Math.round(maxRssMiB)} MiB`,
    `${((cpu / counts.accepted) * 1e6).toFixed(0)} µs`,
  ].join(' | ');
}

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    minutes: { type: 'string', default: '10' },
    'peak-rate': { type: 'string', default: '10000' },
    'peak-seconds': { type: 'string', default: '60' },
    seed: { type: 'string', default: '42' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
} else {
  const steady = await measure(`${values.minutes} minutes steady`, '28', values.seed, Number(values.minutes) * 60, true);
  const peak = await measure(`${values['peak-seconds']} s peak`, values['peak-rate'], values.seed, Number(values['peak-seconds']), true);
  const report = `# Load test

Written by \`npm run load-test\` on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpus()[0]?.model}), Node ${process.versions.node}; Redis \`appendfsync always\`, PostgreSQL with fsync, everything on one machine, Chromium included.
Seed ${values.seed}; bursts of 10 times the rate for 30 s every 5 minutes.

part | events/s | accepted | stored | dead letters | freshness p95: median / worst minute | accepted → painted p50 / p95 | largest time lag | three services' memory | their CPU per event
---|---|---|---|---|---|---|---|---|---
${row(steady)}
${row(peak)}

Freshness is accepted → stored, over a rolling minute. Painted is from the collector's answer to the frame of a real Chromium whose chart counts the event. Memory and CPU are those of producer, stream-consumer and gateway together, at their largest.
`;
  writeFileSync(join(import.meta.dirname, '../RESULTS.md'), report);
  process.stdout.write(report);
}
