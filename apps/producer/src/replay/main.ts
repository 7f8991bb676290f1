import { stat } from 'node:fs/promises';
import { ConfigError, PinoLogger, useLogger } from '@analytics/service-runtime';
import { Registry } from 'prom-client';
import { AdmissionGate } from '../admission/admission.gate.js';
import { EventPublisher } from '../event.publisher.js';
import { loadReplayConfig } from '../producer.config.js';
import { connectStream } from '../stream.connection.js';
import { FileReplay, type FileReplayOptions, type ReplaySummary } from './file.replay.js';
import { readReplayArguments } from './replay.arguments.js';

const PROGRESS_MS = 2000;
/** More bad lines are only counted. */
const MAX_REPORTED = 20;

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

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

async function replay(): Promise<ReplaySummary> {
  const given = readReplayArguments(process.argv.slice(2));
  const config = loadReplayConfig();
  useLogger(new PinoLogger({ service: 'replay', level: 'warn', format: config.LOG_FORMAT }));
  await requireFile(given.file);
  const stream = await connectStream(config);
  const admission = new AdmissionGate(stream, config);
  const publisher = new EventPublisher(stream, admission, new Registry());
  const source = new FileReplay(publisher, { ...given, retentionDays: config.RETENTION_DAYS, onBadLine: reportBadLine });
  const startedAt = performance.now();
  const progress = setInterval(() => {
    const { accepted, badLines } = source.progress;
    const elapsed = secondsSince(startedAt);
    print(`${accepted} accepted, ${badLines} bad lines, ${Math.round(accepted / elapsed)}/s, ${elapsed.toFixed(1)} s`);
  }, PROGRESS_MS);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void source.stop());
  try {
    await admission.start();
    const summary = await source.finished();
    print(`${summary.accepted} accepted, ${summary.badLines} bad lines, done in ${secondsSince(startedAt).toFixed(1)} s`);
    return summary;
  } finally {
    clearInterval(progress);
    await admission.stop();
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
