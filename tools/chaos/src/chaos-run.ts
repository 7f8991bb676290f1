import { setTimeout as pause } from 'node:timers/promises';
import { check, type Verdict } from './checker.js';
import { CountWatcher } from './count-watcher.js';
import { Dice } from './dice.js';
import { KnownEvents } from './known-events.js';
import { KnownSender } from './known-sender.js';
import { readLedger, residueOf } from './ledger.js';
import { drillPlan, randomPlan, type Step } from './mix/chaos-plan.js';
import { ResourceWatcher, type Thirds } from './resource-watcher.js';
import { untilQuiet } from './settlement.js';
import { PipelineSystem } from './system/pipeline-system.js';

const SENDERS = 4;
/** The ledger must balance within this time of quiet. */
const BALANCE_MS = 10_000;
const DRILL_EVENTS = 200_000;

export interface ChaosOptions {
  /** Decides which faults strike, in which order, and when. */
  seed: number;
  /** `random`: faults of all kinds for `ms`. `drill`: a fixed number of kills, and 200,000 events. */
  plan: { kind: 'random'; ms: number } | { kind: 'drill' };
  /** Known events per second, all senders together. */
  rate: number;
  /** PostgreSQL with fsync, as in production. */
  durable: boolean;
  say: (line: string) => void;
}

export interface ChaosResult {
  seed: number;
  seconds: number;
  rate: number;
  /** Fault → how often it struck. */
  struck: Map<string, number>;
  verdict: Verdict;
  residue: number;
  /** From the last answer of the collector until everything was committed and acknowledged, ms. */
  quietMs: number;
  /** From then until the ledger balanced, ms. */
  balancedMs: number;
  maxTimeLagMs: number;
  samples: number;
  /** Requests of the senders that were not answered, or refused as a whole, and then repeated. */
  repeated: number;
  resources: Thirds[];
}

/** Runs the whole system, breaks it in the order the seed decides while known events are sent, lets it rest, and checks it. */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const system = await PipelineSystem.start({ durable: options.durable, log: () => undefined });
  const known = new KnownEvents();
  const address = { collector: system.producer.url, writeKey: system.writeKey, known };
  const senders = Array.from({ length: SENDERS }, () => new KnownSender(address));
  const watchers = { counts: new CountWatcher(system), resources: new ResourceWatcher(system) };
  const end = async (): Promise<void> => {
    for (const sender of senders) sender.abandon();
    await Promise.all([watchers.counts.stop(), watchers.resources.stop()]);
    await system.stop();
  };
  const interrupt = (): void => void end().finally(() => process.exit(130));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await run(options, { system, known, senders, watchers });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await end();
  }
}

interface RunningParts {
  system: PipelineSystem;
  known: KnownEvents;
  senders: KnownSender[];
  watchers: { counts: CountWatcher; resources: ResourceWatcher };
}

async function run(options: ChaosOptions, { system, known, senders, watchers: { counts, resources } }: RunningParts): Promise<ChaosResult> {
  const { seed, rate, say } = options;
  const startedAt = Date.now();
  const dice = new Dice(seed);
  const garbage = { tried: 0, taken: 0 };
  for (const sender of senders) sender.start(rate / SENDERS);
  const struck = await strikeAll(stepsOf(options, dice, known), { system, dice, garbage }, say);
  await Promise.all(senders.map((sender) => sender.stop()));
  say(`${known.acknowledgedTotal} events acknowledged; waiting for quiet`);
  await system.allReady();
  const quietMs = await untilQuiet(system);
  const balancedMs = await untilBalanced(system);
  await counts.stop();
  const verdict = await check(system, { known, watcher: counts, dead: { least: garbage.taken, most: garbage.tried } });
  if (verdict.faults.length > 0) say(`logs and Redis's files are kept in ${await system.keepEvidence()}`);
  return {
    ...{ seed, rate, struck, verdict, quietMs, balancedMs },
    seconds: Math.round((Date.now() - startedAt) / 1000),
    residue: residueOf(verdict.ledger),
    maxTimeLagMs: counts.maxTimeLagMs,
    samples: counts.samples,
    repeated: senders.reduce((sum, { failures }) => sum + failures, 0),
    resources: await resources.stop(),
  };
}

/** The plan's steps until its time is over, or, in the drill, until it is through and enough has been sent. */
function* stepsOf({ plan }: ChaosOptions, dice: Dice, known: KnownEvents): Generator<Step | 'wait'> {
  if (plan.kind === 'random') {
    const endsAt = Date.now() + plan.ms;
    for (const step of randomPlan(dice)) {
      if (Date.now() > endsAt) return;
      yield step;
    }
  } else {
    yield* drillPlan(dice);
    while (known.acknowledgedTotal < DRILL_EVENTS) yield 'wait';
  }
}

async function strikeAll(
  steps: Iterable<Step | 'wait'>,
  context: { system: PipelineSystem; dice: Dice; garbage: { tried: number; taken: number } },
  say: (line: string) => void,
): Promise<Map<string, number>> {
  const struck = new Map<string, number>();
  for (const step of steps) {
    if (step === 'wait') {
      await pause(200);
      continue;
    }
    await pause(step.afterMs);
    say(step.fault.name);
    await step.fault.strike(context);
    struck.set(step.fault.name, (struck.get(step.fault.name) ?? 0) + 1);
  }
  return struck;
}

async function untilBalanced(system: PipelineSystem): Promise<number> {
  const startedAt = Date.now();
  while (residueOf(await readLedger(system)) !== 0 && Date.now() - startedAt < BALANCE_MS) await pause(100);
  return Date.now() - startedAt;
}
