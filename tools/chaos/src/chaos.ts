// `npm run chaos`: the whole system, broken at random while known events are sent, and then checked.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outcome, reportOf, writeReport } from './chaos-report.js';
import { runChaos, type ChaosOptions } from './chaos-run.js';
import { runMatrix } from './matrix.js';

const USAGE = `npm run chaos -- [options]
  --seed N       decides which faults strike and when (default: a new one, which is printed)
  --minutes N    length of the random mix (default 5)
  --rate N       known events per second (default 400)
  --quick        75 seconds; every other run writes its report into the README of tools/chaos
  --drill        200,000 events; 50 kills of consumers, 5 of Redis, 5 of PostgreSQL, cut and reset connections, one frozen consumer
  --matrix       every scenario of the fault matrix at its full length`;

const README = join(import.meta.dirname, '../README.md');
const say = (line: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 23)} ${line}\n`);

function readNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < least)
    throw new Error(`--${name} is ${JSON.stringify(text)}; expected a number of at least ${least}\n${USAGE}`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      minutes: { type: 'string', default: '5' },
      rate: { type: 'string', default: '400' },
      quick: { type: 'boolean', default: false },
      drill: { type: 'boolean', default: false },
      matrix: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  if (values.matrix) return runMatrix();
  const seed = readNumber('seed', values.seed, 0);
  const rate = readNumber('rate', values.rate, 1);
  const minutes = values.quick ? 1.25 : readNumber('minutes', values.minutes, 0.1);
  const plan: ChaosOptions['plan'] = values.drill ? { kind: 'drill' } : { kind: 'random', ms: minutes * 60_000 };
  say(`seed ${seed}`);
  const result = await runChaos({ seed, plan, rate: values.drill ? Math.max(rate, 1_200) : rate, durable: true, say });
  const command = `npm run chaos -- ${values.drill ? '--drill' : `--minutes ${minutes} --rate ${rate}`} --seed ${seed}`;
  const report = reportOf(result, command);
  process.stdout.write(`${report}\n`);
  if (!values.quick) writeReport(README, values.drill ? 'drill' : 'chaos', report);
  if (result.verdict.faults.length > 0) {
    process.stderr.write(`seed ${seed}: ${outcome(result)}\n`);
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
