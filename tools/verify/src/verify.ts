// `npm run verify`: the whole system is given a stream whose every answer is known, and every panel is compared with it.
import { parseArgs } from 'node:util';
import { startPrivatePipeline } from '@analytics/start';
import { COUNTRY_HEADER, mixedStream } from './mixed-stream.js';
import { compareAll, publish } from './verify-run.js';

const USAGE = `npm run verify -- [options]
  --seed N     seed of the stream (default 42)
  --events N   events in it, about (default 20000)`;
const SHOWN = 5;

const readNumber = (name: string, text: string, least: number): number => {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new Error(`--${name} is ${JSON.stringify(text)}; expected a whole number of at least ${least}\n${USAGE}`);
  return Number(text);
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '42' },
      events: { type: 'string', default: '20000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(`${USAGE}\n`);
  const [seed, events] = [readNumber('seed', values.seed, 0), readNumber('events', values.events, 1_000)];
  const pipeline = await startPrivatePipeline({ env: { TRUSTED_COUNTRY_HEADER: COUNTRY_HEADER } });
  try {
    const stream = mixedStream({ seed, events, to: Date.now() });
    const { truth, duplicates, invalid, requests } = stream;
    process.stderr.write(`seed ${seed}: ${truth.length} events, ${duplicates} repetitions, ${invalid} wrong, ${requests.length} bodies\n`);
    const panels = await compareAll(pipeline, stream, await publish(pipeline, stream));
    for (const { panel, compared, found } of panels) {
      process.stdout.write(`${found.length === 0 ? 'ok ' : 'BAD'} ${panel}: ${compared} values, difference ${found.length}\n`);
      for (const line of found.slice(0, SHOWN)) process.stdout.write(`      ${line}\n`);
      if (found.length > SHOWN) process.stdout.write(`      and ${found.length - SHOWN} more\n`);
    }
    const sum = (of: (panel: (typeof panels)[number]) => number): number => panels.reduce((total, panel) => total + of(panel), 0);
    const different = sum(({ found }) => found.length);
    process.stdout.write(`${panels.length} panels, ${sum(({ compared }) => compared)} values, difference ${different}\n`);
    if (different > 0) process.exitCode = 1;
  } finally {
    await pipeline.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
