// `npm run bench`: how fast the pipeline is, on private durable services, beside what the machine can do and what others do.
import { parseArgs } from 'node:util';
import { startPrivatePipeline } from '@analytics/start';
import { compareRollups, createPool } from '@analytics/timescale';
import { measureDrain } from './bench/backlog.js';
import { measureCollector, type CollectorResult } from './bench/collector-load.js';
import { fillWithRows, measureCopy, measureCores, measureRedis } from './bench/limits.js';
import { measurePeer, PEERS, type PeerName, type PeerResult } from './bench/peers.js';
import { machine, readReport, writePart } from './bench/report-file.js';
import { median, one, summary, table, two, whole } from './bench/figures.js';
import { measureLoad, PROCESSES, type LoadResult } from './bench/sustained-load.js';

const USAGE = `npm run bench -- [options]
  --runs N           of each measurement; the report gives median, least and most (default 3)
  --seconds N        length of the end-to-end runs (default 60)
  --rate N           events/s that the end-to-end runs ask for (default 120000). What cannot be stored in time is not taken in: the
                     source is held back, so the rate that is stored is the answer
  --stored-rows N    rows already stored in the comparison of sizes (default 20000000)
  --only A,B         parts: throughput, drain, collector, peers, latency, size (default all); the others keep their place in the report`;

/** More than bounded: what was accepted waits for more than twice as long as the producer's admission lets it. */
const UNBOUNDED_LAG_MS = 5_000;
const BACKLOG = 3_000_000;
const SHARES = [0.01, 0.1, 0.5, 0.8];
const SHORT_SECONDS = 20;

const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

async function times<T>(runs: number, work: (run: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let run = 1; run <= runs; run++) results.push(await work(run));
  return results;
}

function checked(result: LoadResult): LoadResult {
  if (result.accepted !== result.stored || result.dead > 0)
    throw new Error(`accepted ${result.accepted}, stored ${result.stored}, dead ${result.dead}: a number about lost events is worth nothing`);
  return result;
}

const load = async (options: Parameters<typeof measureLoad>[0], title: string): Promise<LoadResult> => {
  say(`${title}: ${whole(options.rate)} events/s for ${options.seconds} s`);
  const result = checked(await measureLoad(options, () => undefined));
  say(`${title}: ${whole(result.storedRate)} stored/s, largest lag ${result.maxLagMs} ms, freshness p99 ${whole(result.freshnessMs.p99)} ms`);
  return result;
};

// --- the parts

interface Limits {
  cores: number[];
  copy: number[];
  append: number[];
  read: number[];
}

async function throughput(rate: number, seconds: number, runs: number): Promise<{ text: string; stored: number }> {
  const limits: Limits = { cores: [], copy: [], append: [], read: [] };
  const results = await times(runs, async (run) => {
    limits.cores.push(await measureCores());
    const afterwards = async (pipeline: Parameters<typeof measureCopy>[0] & Parameters<typeof measureRedis>[0]): Promise<void> => {
      if (run === 1) await requireEqualRollups(pipeline.databaseUrl);
      say('limits: COPY and Redis');
      limits.copy.push(...(await measureCopy(pipeline, 2)));
      const redis = await measureRedis(pipeline, 1);
      limits.append.push(...redis.append);
      limits.read.push(...redis.read);
    };
    return load({ rate, seconds, afterwards }, `end to end, run ${run}`);
  });
  const lag = Math.max(...results.map(({ maxLagMs }) => maxLagMs));
  if (lag > UNBOUNDED_LAG_MS) throw new Error(`events waited for ${lag} ms; is the machine busy with something else? Else ask for less by --rate`);
  const of = (valueOf: (result: LoadResult) => number, text = whole): string => summary(results.map(valueOf), text);
  const total = (result: LoadResult): number => PROCESSES.reduce((sum, name) => sum + result.cpuMicros[name], 0);
  const copy = median(limits.copy);
  const stored = median(results.map(({ storedRate }) => storedRate));
  const text = `## End to end

Synthetic source → Redis (\`appendfsync always\`) → consumer (validation, rollups, offsets, ledger) → hypertable; gateway and one live
dashboard subscription attached. ${seconds} s after a warm-up; accepted = stored in every run, every rollup equals the raw events (looked at
after the first run), the ledger's residue is 0.

${table(
  ['', 'median (least to most)'],
  [
    ['events stored per second', `**${of((r) => r.storedRate)}**`],
    ['asked for; the source is held back by what is not stored yet', whole(rate)],
    ['largest lag', `${of((r) => r.maxLagMs)} ms`],
    ['freshness p50 / p95 / p99', `${of((r) => r.freshnessMs.p50)} / ${of((r) => r.freshnessMs.p95)} / ${of((r) => r.freshnessMs.p99)} ms`],
    ['live updates received by the one viewer', of((r) => r.liveUpdates)],
  ],
)}

${table(
  ['process', 'CPU per event, µs', 'largest resident memory, MiB'],
  [
    ...PROCESSES.map((name) => [name, of((r) => r.cpuMicros[name], two), name === 'postgres' ? '' : of((r) => r.rssMiB[name])]),
    ['together', of(total, two), ''],
  ],
)}

## Physical limits, in the same runs

${table(
  ['', 'events per second', 'the pipeline has'],
  [
    ['COPY BINARY of the same rows into the same hypertable and indexes, from a file, one session', summary(limits.copy), `${((stored / copy) * 100).toFixed(0)} %`],
    ['JSON.parse on all cores at once, by what one of them does alone', `${summary(limits.cores, two)} ×`, ''],
    ['XADD of packs of 500, four at a time', summary(limits.append), ''],
    ['XREADGROUP, XACK and XTRIM of them', summary(limits.read), ''],
  ],
)}
`;
  return { text, stored };
}

async function requireEqualRollups(databaseUrl: string): Promise<void> {
  say('comparing rollups and ledger with the raw events');
  const pool = createPool(databaseUrl, { max: 1, applicationName: 'bench', queryTimeoutMs: 600_000 });
  try {
    const range = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 60_000) };
    const { differences } = await compareRollups(pool, range);
    const { rows } = await pool.query<{ residue: number }>('SELECT sum(accepted - stored - duplicate - dead)::int AS residue FROM ledger');
    if (differences.length > 0 || rows[0]?.residue !== 0)
      throw new Error(`${differences.length} rollup rows differ from the raw events, and the ledger's residue is ${rows[0]?.residue}`);
  } finally {
    await pool.end();
  }
}

async function drain(rate: number, runs: number): Promise<string> {
  const rates = await times(runs, (run) => measureDrain(BACKLOG, rate, {}, (line) => say(`backlog, run ${run}: ${line}`)));
  return `## A backlog

${whole(BACKLOG)} events pile up while the consumer is stopped; then the traffic pauses and it goes on: **${summary(rates)}** events/s until the last.
`;
}

async function collector(runs: number): Promise<string> {
  const pipeline = await startPrivatePipeline({ args: ['--no-traffic'], durable: true });
  try {
    const rows: string[][] = [];
    for (const size of [1, 100, 1_000]) {
      const results = await times(runs, async (run): Promise<CollectorResult> => {
        const result = await measureCollector(pipeline, size, 10);
        say(`collector, ${size} events a request, run ${run}: ${whole(result.eventRate)} events/s`);
        return result;
      });
      const of = (valueOf: (result: CollectorResult) => number, text = whole): string => summary(results.map(valueOf), text);
      rows.push([String(size), `**${of((r) => r.eventRate)}**`, of((r) => r.requestRate), `${of((r) => r.p50)} / ${of((r) => r.p99)} ms`]);
    }
    return `## HTTP collector

\`POST /v1/events\` by autocannon (256, 64 and 16 connections), 10 s each, on the same two cores, everything behind it running.

${table(['events a request', 'events per second', 'requests per second', 'p50 / p99'], rows)}
`;
  } finally {
    await pipeline.stop();
  }
}

async function peers(runs: number, ours: number): Promise<string> {
  const pipeline = await startPrivatePipeline({ args: ['--no-traffic'], durable: true });
  try {
    const rows: string[][] = [];
    for (const name of Object.keys(PEERS) as PeerName[]) {
      const results = await times(runs, async (run): Promise<PeerResult> => {
        const result = await measurePeer(name, pipeline, 10);
        say(`peer ${name}, run ${run}: ${whole(result.storedRate)} stored/s`);
        return result;
      });
      const rate = median(results.map(({ storedRate }) => storedRate));
      rows.push([
        PEERS[name],
        summary(results.map(({ storedRate }) => storedRate)),
        summary(results.map(({ cpuMicros }) => cpuMicros), one),
        `${(ours / rate).toFixed(1)} ×`,
      ]);
    }
    return `## Others on the same machine and data

Each with one producer and one consumer process, into the same hypertable and indexes. None keeps a ledger, and none tells a
pack that comes again from a new one in its counts.

${table(['', 'events stored per second', 'CPU per event, all processes, µs', 'this pipeline'], rows)}
`;
  } finally {
    await pipeline.stop();
  }
}

async function latency(most: number, seconds: number, runs: number): Promise<string> {
  const rows: string[][] = [];
  for (const share of SHARES) {
    const rate = Math.max(1, Math.round(most * share));
    const results = await times(runs, (run) => load({ rate, seconds }, `latency at ${share * 100} %, run ${run}`));
    const of = (valueOf: (result: LoadResult) => number): string => summary(results.map(valueOf));
    rows.push([`${share * 100} %`, whole(rate), ...(['p50', 'p95', 'p99'] as const).map((q) => of((r) => r.freshnessMs[q]))]);
  }
  return `## Latency against load

Freshness: from the hand-over of the oldest event of a pack to the COMMIT that stored it, ms, over the last half to whole minute of
${seconds} s after a warm-up.

${table(['of the highest rate', 'events per second', 'p50', 'p95', 'p99'], rows)}
`;
}

async function size(most: number, storedRows: number, runs: number): Promise<string> {
  const rate = Math.round(most * 0.8);
  const cases: [string, Record<string, string>, number][] = [
    ['1 partition', { STREAM_PARTITIONS: '1' }, 0],
    ['2 partitions', { STREAM_PARTITIONS: '2' }, 0],
    ['4 partitions, no rows stored, 100 users, 28 pages', {}, 0],
    [`${whole(storedRows)} rows already stored`, {}, storedRows],
    ['1,000 users and 1,000 pages', { TRAFFIC_USERS: '1000', TRAFFIC_PAGE_VARIANTS: '36' }, 0],
    ['1,000,000 users and 1,000,000 pages', { TRAFFIC_USERS: '1000000', TRAFFIC_PAGE_VARIANTS: '36000' }, 0],
  ];
  const rows: string[][] = [];
  for (const [title, env, fill] of cases) {
    const beforehand = fill > 0 ? (pipeline: { databaseUrl: string }) => fillWithRows(pipeline, fill, say) : undefined;
    const results = await times(runs, (run) => load({ rate, seconds: SHORT_SECONDS, env, beforehand }, `${title}, run ${run}`));
    const of = (valueOf: (result: LoadResult) => number, text = whole): string => summary(results.map(valueOf), text);
    const total = (result: LoadResult): number => PROCESSES.reduce((sum, name) => sum + result.cpuMicros[name], 0);
    rows.push([title, of((r) => r.storedRate), of(total, two), of((r) => r.cpuMicros.postgres, two), `${of((r) => r.freshnessMs.p99)} ms`]);
  }
  return `## Cost against size

At ${whole(rate)} events/s asked for, ${SHORT_SECONDS} s each.

${table(['', 'stored per second', 'CPU per event, µs', 'of it PostgreSQL', 'freshness p99, cold start included'], rows)}
`;
}

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '120000' },
    'stored-rows': { type: 'string', default: '20000000' },
    only: { type: 'string', default: 'throughput,drain,collector,peers,latency,size' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(`${USAGE}\n`);
else {
  const parts = new Set(values.only.split(','));
  const runs = Number(values.runs);
  const about = await machine();
  const rate = Number(values.rate);
  let stored: number | undefined;
  /** What the other parts' rates are parts of. */
  const most = async (): Promise<number> => Math.round((stored ??= (await load({ rate, seconds: SHORT_SECONDS }, 'the highest rate')).storedRate));
  const measure = async (name: string, work: () => Promise<string>): Promise<void> => {
    if (!parts.has(name)) return;
    writePart(name, `${await work()}\n*${about}; ${runs} ${runs === 1 ? 'run' : 'runs'}.*\n`);
    say(`${name}: written`);
  };
  await measure('throughput', async () => {
    const result = await throughput(rate, Number(values.seconds), runs);
    stored = result.stored;
    return result.text;
  });
  await measure('collector', () => collector(runs));
  await measure('peers', async () => peers(runs, await most()));
  await measure('drain', async () => drain(await most(), runs));
  await measure('latency', async () => latency(await most(), Number(values.seconds), runs));
  await measure('size', async () => size(await most(), Number(values['stored-rows']), runs));
  process.stdout.write(readReport());
}
