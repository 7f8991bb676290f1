// `npm run bench:query`: how long the overview's questions take over a month, beside the same questions to the events alone.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { startPrivatePipeline } from '@analytics/start';
import { createPool, JourneysReader, JourneyThreads, MetricsReader, PlannedReader, prepareDatabase } from '@analytics/timescale';
import { one, table, two, whole } from './bench/figures.js';
import { compactHistory, fillHistory, HISTORY_DAYS, makeSample, PROJECT } from './queries/fill-history.js';
import { JOURNEYS, PANELS, type Journey, type Panel } from './queries/panels.js';

const USAGE = `npm run bench:query -- [options]
  --events A,B    sizes of the history, events over 30 days (default 1000000,10000000)
  --asks N        how often each panel is asked (default 30)`;

const REPORT = join(import.meta.dirname, '../QUERIES.md');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

interface Measured {
  panel: Panel;
  p50: number;
  p95: number;
  /** From the events alone, once, ms. */
  raw: number;
  source: string;
  exact: boolean;
}

const timed = async <T>(work: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const startedAt = performance.now();
  const result = await work();
  return { ms: performance.now() - startedAt, result };
};

/** A range that nobody has asked for before: it ends some seconds and minutes earlier each time. */
const shifted = (days: number, ask: number): { from: Date; to: Date } => {
  const to = Date.now() - ask * (MINUTE_MS + 7_013);
  return { from: new Date(to - days * DAY_MS), to: new Date(to) };
};

async function measure(panel: Panel, planner: PlannedReader, events: MetricsReader, asks: number): Promise<Measured> {
  const times: number[] = [];
  let last: { source: string; exact: boolean } | undefined;
  for (let ask = 1; ask <= asks; ask++) {
    const { ms, result } = await timed(() => panel.ask(planner, shifted(panel.days, ask)));
    times.push(ms);
    last = result;
  }
  const { ms: raw } = await timed(() => panel.askRaw(events, shifted(panel.days, 0)));
  times.sort((a, b) => a - b);
  return { panel, p50: times[Math.floor(asks / 2)]!, p95: times[Math.ceil(asks * 0.95) - 1]!, raw, source: last!.source, exact: last!.exact };
}

type MeasuredJourney = Omit<Measured, 'panel' | 'exact'> & { journey: Journey };

/** @throws {Error} when segments and events do not say the same. */
async function measureJourney(journey: Journey, reader: JourneysReader, events: JourneysReader, asks: number): Promise<MeasuredJourney> {
  const times: number[] = [];
  for (let ask = 1; ask <= asks; ask++) times.push((await timed(() => journey.ask(reader, shifted(journey.days, ask)))).ms);
  const range = shifted(journey.days, 0);
  const { ms: raw, result: wanted } = await timed(() => journey.ask(events, range));
  const { data, source } = await journey.ask(reader, range);
  // Medians differ in the last digits.
  const rounded = (answer: unknown): string => JSON.stringify(answer, (_, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(6)) : value));
  if (rounded(data) !== rounded(wanted.data)) throw new Error(`${journey.title}: segments say ${rounded(data)}, events say ${rounded(wanted.data)}`);
  times.sort((a, b) => a - b);
  return { journey, p50: times[Math.floor(asks / 2)]!, p95: times[Math.ceil(asks * 0.95) - 1]!, raw, source };
}

/** @throws {Error} when counts and events do not say the same. */
async function requireEqualAnswers(planner: PlannedReader, events: MetricsReader, expected: number): Promise<void> {
  const range = shifted(HISTORY_DAYS + 1, 0);
  const question = { projectId: PROJECT, filter: undefined, metrics: [{ name: 'events' as const }], range };
  const asked = { ...question, by: ['page_path' as const], limit: 5, offset: 0, includeMissing: true };
  const [answer, wanted] = [await planner.breakdown(asked), await events.breakdown(asked)];
  const same = JSON.stringify(answer.data) === JSON.stringify(wanted);
  if (!same || answer.source !== 'rollup' || wanted.total[0] !== expected)
    throw new Error(`counts say ${JSON.stringify(answer.data)}, events say ${JSON.stringify(wanted)}: the time of a wrong answer is worth nothing`);
}

async function measureSize(databaseUrl: string, events: number, asks: number): Promise<{ panels: Measured[]; journeys: MeasuredJourney[] }> {
  const filled = await timed(() => fillHistory(databaseUrl, events));
  say(`${whole(events)} events filled in, ${one(filled.ms / 1000)} s`);
  const compacted = await timed(() => compactHistory(databaseUrl));
  say(`compacted, ${one(compacted.ms / 1000)} s`);
  const { readerUrl } = await prepareDatabase({ databaseUrl });
  const reader = createPool(readerUrl, { max: 1, applicationName: 'bench-reader' });
  // The owner has no bound for a statement: a month of events takes longer than the reader's role may.
  const owner = createPool(databaseUrl, { max: 1, applicationName: 'bench-raw', queryTimeoutMs: 300_000 });
  try {
    await requireEqualAnswers(new PlannedReader(reader), new MetricsReader(owner), events);
    const panels: Measured[] = [];
    for (const panel of PANELS) {
      const result = await measure(panel, new PlannedReader(reader), new MetricsReader(owner), asks);
      say(`${panel.title}, ${panel.days} d: p50 ${one(result.p50)}, p95 ${one(result.p95)}, from events ${whole(result.raw)} ms (${result.source})`);
      panels.push(result);
    }
    const journeys: MeasuredJourney[] = [];
    for (const journey of JOURNEYS) {
      const result = await measureJourney(journey, new JourneysReader(reader, new JourneyThreads(readerUrl)), new JourneysReader(owner), asks);
      say(`${journey.title}, ${journey.days} d: p50 ${whole(result.p50)}, p95 ${whole(result.p95)}, from events ${whole(result.raw)} ms (${result.source})`);
      journeys.push(result);
    }
    return { panels, journeys };
  } finally {
    await Promise.all([reader.end(), owner.end()]);
  }
}

function report(sizes: readonly number[], bySize: readonly Awaited<ReturnType<typeof measureSize>>[], asks: number): string {
  const sections = bySize.map(({ panels, journeys }, index) => {
    const rows = panels.map(({ panel, p50, p95, raw, source, exact }) => [
      panel.title,
      String(panel.days),
      one(p50),
      `${one(p95)}${p95 > panel.target ? ` (over ${panel.target})` : ''}`,
      whole(raw),
      one(raw / p50),
      `${source}${exact ? '' : ', estimates'}`,
    ]);
    const head = ['question', 'days', 'p50, ms', 'p95, ms', 'from events, ms', 'times as long', 'answered from'];
    const ways = journeys.map(({ journey, p50, p95, raw, source }) => [
      journey.title,
      String(journey.days),
      whole(p50),
      `${whole(p95)}${p95 > journey.target ? ` (over ${whole(journey.target)})` : ''}`,
      whole(raw),
      one(raw / p50),
      source,
    ]);
    return `### ${whole(sizes[index]!)} events over 30 days\n\n${table(head, rows)}\n\n${table(['journey', ...head.slice(1)], ways)}\n`;
  });
  const sum = (results: readonly Measured[], valueOf: (each: Measured) => number): number =>
    results.filter(({ panel }) => panel.overview).reduce((total, each) => total + valueOf(each), 0);
  const [least, most] = [bySize[0]!.panels, bySize.at(-1)!.panels];
  const growthOf = (valueOf: (each: Measured) => number): string => two(sum(most, valueOf) / sum(least, valueOf));
  const [first, last] = [least, most].map((results) => one(sum(results, ({ p50 }) => p50)));
  const growth =
    `All questions of the overview one after the other: p50 ${first} ms at ${whole(sizes[0]!)} events, ${last} ms at ${whole(sizes.at(-1)!)}: ` +
    `${growthOf(({ p50 }) => p50)} times. The 95th percentiles: ${growthOf(({ p95 }) => p95)} times.`;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.versions.node}`;
  const about = `*${machine}; each asked ${asks} times, no range twice; commit ${commit}, ${new Date().toISOString().slice(0, 10)}.*`;
  return [...sections, growth, '', about].join('\n');
}

function writeReport(text: string): void {
  const [begin, end] = ['<!-- queries -->', '<!-- /queries -->'];
  const file = readFileSync(REPORT, 'utf8');
  const [from, to] = [file.indexOf(begin), file.indexOf(end)];
  if (from < 0 || to < 0) throw new Error(`${REPORT} has no place for the figures`);
  writeFileSync(REPORT, `${file.slice(0, from)}${begin}\n${text}\n${file.slice(to)}`);
}

const { values } = parseArgs({
  args: process.argv.slice(2),
  options: {
    events: { type: 'string', default: '1000000,10000000' },
    asks: { type: 'string', default: '30' },
    help: { type: 'boolean' },
  },
});

if (values.help) process.stdout.write(`${USAGE}\n`);
else {
  const sizes = values.events.split(',').map(Number);
  const asks = Number(values.asks);
  const pipeline = await startPrivatePipeline({ args: ['--no-traffic'] });
  try {
    await makeSample(pipeline.databaseUrl);
    const bySize: Awaited<ReturnType<typeof measureSize>>[] = [];
    for (const size of sizes) bySize.push(await measureSize(pipeline.databaseUrl, size, asks));
    writeReport(report(sizes, bySize, asks));
    process.stdout.write(readFileSync(REPORT, 'utf8'));
  } finally {
    await pipeline.stop();
  }
}
