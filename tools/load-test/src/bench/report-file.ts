import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { startPrivatePipeline } from '@analytics/start';
import { Client } from 'pg';

const REPORT = join(import.meta.dirname, '../../BENCHMARKS.md');

export const readReport = (): string => readFileSync(REPORT, 'utf8');

/** Replaces one part of the report; a part that was not measured this time keeps its text. @throws {Error} when the report has no such part. */
export function writePart(name: string, text: string): void {
  const report = readReport();
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = report.indexOf(begin);
  const to = report.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`${REPORT} has no place for ${name}`);
  writeFileSync(REPORT, `${report.slice(0, from)}${begin}\n${text}${report.slice(to)}`);
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
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    return `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${rows[0]?.versions}; commit ${commit}, ${new Date().toISOString().slice(0, 10)}`;
  } finally {
    await client.end();
    await pipeline.stop();
  }
}
