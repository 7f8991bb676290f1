import { parseArgs } from 'node:util';
import { ConfigError } from '@analytics/service-runtime';
import { PROJECT_ID } from '../producer.config.js';
import type { FileReplayOptions } from './file.replay.js';

const USAGE = `usage: replay --file <events.ndjson> [--project demo] [--rate 1000] [--loop] [--now]
  --file     one event a line, as POST /v1/events takes it
  --project  the project that the events belong to
  --rate     events per second at most, 1 to 1000000
  --loop     begin again at the end, until Ctrl-C; events get new ids
  --now      events happen now, with new ids; otherwise ids and timestamps are kept`;

export type ReplayArguments = Pick<FileReplayOptions, 'file' | 'project' | 'rate' | 'loop' | 'now'>;

/** Reads the command line. @throws {ConfigError} naming the wrong argument, with the usage. */
export function readReplayArguments(args: string[]): ReplayArguments {
  try {
    const { values } = parseArgs({
      args,
      options: {
        file: { type: 'string' },
        project: { type: 'string', default: 'demo' },
        rate: { type: 'string', default: '1000' },
        loop: { type: 'boolean', default: false },
        now: { type: 'boolean', default: false },
      },
    });
    const { file, project, loop, now } = values;
    const rate = Number(values.rate);
    if (!file) throw new Error('--file is missing');
    if (!PROJECT_ID.test(project)) throw new Error(`--project is ${JSON.stringify(project)}; expected a-z, then a-z, 0-9 or -`);
    if (!(rate >= 1 && rate <= 1_000_000)) throw new Error(`--rate is ${JSON.stringify(values.rate)}; expected 1 to 1000000`);
    return { file, project, rate, loop, now };
  } catch (error) {
    throw new ConfigError(`replay: ${(error as Error).message}\n${USAGE}`);
  }
}
