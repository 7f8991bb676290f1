import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ConfigError, PinoLogger, useLogger } from '@analytics/service-runtime';
import { Registry } from 'prom-client';
import { EventPublisher } from '../event.publisher.js';
import { loadReplayConfig } from '../producer.config.js';
import { connectStream } from '../stream.connection.js';
import { FileReplay, type FileReplayOptions, type ReplaySummary } from './file.replay.js';

const USAGE = `usage: replay --file <events.ndjson> [--project demo] [--rate 1000] [--loop] [--now]
  --file     one event a line, as POST /v1/events takes it
  --project  the project that the events belong to
  --rate     events per second at most, 1 to 1000000
  --loop     begin again at the end, until Ctrl-C; events get new ids
  --now      events happen now, with new ids; otherwise ids and timestamps are kept`;

const PROGRESS_MS = 2000;
/** More bad lines are only counted. */
const MAX_REPORTED = 20;

type ReplayArguments = Pick<FileReplayOptions, 'file' | 'project' | 'rate' | 'loop' | 'now'>;

/** @throws {ConfigError} naming the wrong argument, with the usage. */
function readArguments(): ReplayArguments {
  try {
    const { values } = parseArgs({
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
    if (!/^[a-z][a-z0-9-]{0,62}$/.test(project)) throw new Error(`--project is ${JSON.stringify(project)}; expected a-z, then a-z, 0-9 or -`);
    if (!(rate >= 1 && rate <= 1_000_000)) throw new Error(`--rate is ${JSON.stringify(values.rate)}; expected 1 to 1000000`);
    return { file, project, rate, loop, now };
  } catch (error) {
    throw new ConfigError(`replay: ${(error as Error).message}\n${USAGE}`);
  }
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) throw new ConfigError(`replay: there is no file ${path} (paths are relative to ${process.cwd()})`);
}

const print = (text: string): void => void process.stdout.write(`replay: ${text}\n`);

let reported = 0;
const reportBadLine: FileReplayOptions['onBadLine'] = (line, issues) => {
  if (reported++ < MAX_REPORTED) for (const { path, message } of issues) process.stderr.write(`replay: line ${line}: ${path} ${message}\n`);
  else if (reported === MAX_REPORTED + 1) process.stderr.write('replay: further bad lines are only counted\n');
};

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

async function replay(): Promise<ReplaySummary> {
  const given = readArguments();
  const config = loadReplayConfig();
  useLogger(new PinoLogger({ service: 'replay', level: 'warn', format: config.LOG_FORMAT }));
  await requireFile(given.file);
  const stream = await connectStream(config);
  const publisher = new EventPublisher(stream, new Registry());
  const source = new FileReplay(publisher, { ...given, retentionDays: config.RETENTION_DAYS, onBadLine: reportBadLine });
  const startedAt = performance.now();
  const progress = setInterval(() => {
    const { accepted, badLines } = source.progress;
    print(`${accepted} accepted, ${badLines} bad lines, ${Math.round(publisher.status().acceptedRate)}/s, ${seconds(startedAt)} s`);
  }, PROGRESS_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void source.stop());
  try {
    const summary = await source.finished();
    print(`${summary.accepted} accepted, ${summary.badLines} bad lines, done in ${seconds(startedAt)} s`);
    return summary;
  } finally {
    clearInterval(progress);
    await stream.close();
  }
}

replay().then(
  ({ badLines }) => process.exit(badLines > 0 ? 1 : 0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : `replay: ${String(error)}`}\n`);
    process.exit(1);
  },
);
