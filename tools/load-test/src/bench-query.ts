// `npm run bench:query`: how long the overview's questions take over a month, beside the same questions to the events alone.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { startPrivatePipeline } from '@analytics/start';
import { createPool, JourneysReader, JourneyThreads, MetricsReader, PlannedReader, prepareDatabase } from '@analytics/timescale';
import type { Pool } from 'pg';
import { one, table, two, whole } from './bench/figures.js';
import { compactHistory, createDatabase, fillHistory, HISTORY_DAYS, PROJECT } from './queries/fill-history.js';
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

/** One size of the history, in a database of its own. */
interface History {
  events: number;
  databaseUrl: string;
  readerUrl: string;
  reader: Pool;
  /** Its owner has no bound for a statement: a month of events takes longer than the reader's role may. */
  owner: Pool;
}

/**
 * Each size in turn, so that what else the machine does is the same for all of them. The events are read at the end, since that leaves
 * nothing else in PostgreSQL's memory.
 */
async function measurePanels(histories: readonly History[], asks: number): Promise<Measured[][]> {
  const measured = histories.map((): Measured[] => []);
  for (const panel of PANELS) {
    const times = histories.map((): number[] => []);
    const last: { source: string; exact: boolean }[] = [];
    for (let ask = 1; ask <= asks; ask++)
      for (const [index, { reader }] of histories.entries()) {
        const { ms, result } = await timed(() => panel.ask(new PlannedReader(reader), shifted(panel.days, ask)));
        times[index]!.push(ms);
        last[index] = result;
      }
    for (const [index, list] of times.entries()) measured[index]!.push({ panel, ...percentiles(list), raw: NaN, ...last[index]! });
  }
  for (const [index, { events, owner }] of histories.entries())
    for (const each of measured[index]!) {
      each.raw = (await timed(() => each.panel.askRaw(new MetricsReader(owner), shifted(each.panel.days, 0)))).ms;
      const { panel, p50, p95, raw, source } = each;
      say(`${whole(events)}: ${panel.title}, ${panel.days} d: p50 ${one(p50)}, p95 ${one(p95)}, from events ${whole(raw)} ms (${source})`);
    }
  return measured;
}

function percentiles(times: number[]): { p50: number; p95: number } {
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length / 2)]!, p95: times[Math.ceil(times.length * 0.95) - 1]! };
}

type MeasuredJourney = Omit<Measured, 'panel' | 'exact'> & { journey: Journey };

interface MeasuredSize {
  panels: Measured[];
  journeys: MeasuredJourney[];
}

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
  return { journey, ...percentiles(times), raw, source };
}

/** @throws {Error} when counts and events do not say the same. */
async function requireEqualAnswers(planner: PlannedReader, events: MetricsReader, expected: number): Promise<void> {
  const range = { ...shifted(HISTORY_DAYS + 1, 0), to: new Date(Date.now() + DAY_MS) };
  const question = { projectId: PROJECT, filter: undefined, metrics: [{ name: 'events' as const }], range };
  const asked = { ...question, by: ['page_path' as const], limit: 5, offset: 0, includeMissing: true };
  const [answer, wanted] = [await planner.breakdown(asked), await events.breakdown(asked)];
  const same = JSON.stringify(answer.data) === JSON.stringify(wanted);
  if (!same || answer.source !== 'rollup' || wanted.total[0] !== expected)
    throw new Error(`counts say ${JSON.stringify(answer.data)}, events say ${JSON.stringify(wanted)}: the time of a wrong answer is worth nothing`);
}

async function makeHistory(serverUrl: string, events: number): Promise<History> {
  const databaseUrl = await createDatabase(serverUrl, `history_${events}`);
  const { readerUrl } = await prepareDatabase({ databaseUrl });
  const filled = await timed(() => fillHistory(databaseUrl, events));
  say(`${whole(events)} events filled in, ${one(filled.ms / 1000)} s`);
  const compacted = await timed(() => compactHistory(databaseUrl));
  say(`compacted, ${one(compacted.ms / 1000)} s`);
  const reader = createPool(readerUrl, { max: 1, applicationName: 'bench-reader' });
  const owner = createPool(databaseUrl, { max: 1, applicationName: 'bench-raw', queryTimeoutMs: 300_000 });
  await requireEqualAnswers(new PlannedReader(reader), new MetricsReader(owner), events);
  return { events, databaseUrl, readerUrl, reader, owner };
}

async function measureJourneys({ events, databaseUrl, readerUrl, reader, owner }: History, asks: number): Promise<MeasuredJourney[]> {
  await compactHistory(databaseUrl);
  const journeys: MeasuredJourney[] = [];
  for (const journey of JOURNEYS) {
    const result = await measureJourney(journey, new JourneysReader(reader, new JourneyThreads(readerUrl)), new JourneysReader(owner), asks);
    const { p50, p95, raw, source } = result;
    say(`${whole(events)}: ${journey.title}, ${journey.days} d: p50 ${whole(p50)}, p95 ${whole(p95)}, from events ${whole(raw)} ms (${source})`);
    journeys.push(result);
  }
  return journeys;
}

async function measureAll(serverUrl: string, sizes: readonly number[], asks: number): Promise<MeasuredSize[]> {
  const histories: History[] = [];
  try {
    for (const size of sizes) histories.push(await makeHistory(serverUrl, size));
    for (const { databaseUrl } of histories) await compactHistory(databaseUrl);
    const panels = await measurePanels(histories, asks);
    const measured: MeasuredSize[] = [];
    for (const [index, history] of histories.entries()) measured.push({ panels: panels[index]!, journeys: await measureJourneys(history, asks) });
    return measured;
  } finally {
    await Promise.all(histories.flatMap(({ reader, owner }) => [reader.end(), owner.end()]));
  }
}

function report(sizes: readonly number[], bySize: readonly MeasuredSize[], asks: number): string {
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
    writeReport(report(sizes, await measureAll(pipeline.databaseUrl, sizes, asks), asks));
    process.stdout.write(readFileSync(REPORT, 'utf8'));
  } finally {
    await pipeline.stop();
  }
}
