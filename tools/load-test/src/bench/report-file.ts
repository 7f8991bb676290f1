import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { startPrivatePipeline } from '@analytics/start';
import { Client } from 'pg';

const REPORT = join(import.meta.dirname, '../../BENCHMARKS.md');

export const readReport = (): string => readFileSync(REPORT, 'utf8');

/** Replaces one part of a report; a part that was not measured this time keeps its text. @throws {Error} when the report has no such part. */
export function writePart(name: string, text: string, file = REPORT): void {
  const report = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = report.indexOf(begin);
  const to = report.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`${file} has no place for ${name}`);
  writeFileSync(file, `${report.slice(0, from)}${begin}\n${text}${report.slice(to)}`);
}

/** Where and when it is measured. @param more versions of what is measured besides Node. */
export function about(more?: string): string {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
  const machine = [`${cpus().length} cores (${cpus()[0]?.model.trim()})`, `${Math.round(totalmem() / 2 ** 30)} GiB`, `Node ${process.versions.node}`, ...(more ? [more] : [])];
  return `${machine.join(', ')}; commit ${commit}, ${new Date().toISOString().slice(0, 10)}`;
}

/** Where it is measured: processor, memory, versions, commit and day. */
export async function machine(): Promise<string> {
  const pipeline = await startPrivatePipeline({ args: ['--no-traffic'], durable: true });
  const client = new Client({ connectionString: pipeline.databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ versions: string }>(
      `SELECT 'PostgreSQL ' || current_setting('server_version') || ', TimescaleDB ' || extversion AS versions FROM pg_extension WHERE extname = 'timescaledb'`,
    );
    return about(rows[0]?.versions);
  } finally {
    await client.end();
    await pipeline.stop();
  }
}
