import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process-probe.js';

/** The programs of one PostgreSQL with TimescaleDB and one Redis. */
export interface ServerBinaries {
  /** Folder of postgres, initdb and psql. */
  postgresBin: string;
  /** PostgreSQL's major version. */
  postgresMajor: number;
  redisServer: string;
  redisCli: string;
}

const LEAST_POSTGRES = 16;
const LEAST_REDIS = 7;
const POSTGRES_ROOTS = ['/usr/lib/postgresql', '/usr/local/lib/postgresql'];

/** The machine's own PostgreSQL 16 or newer with TimescaleDB and Redis 7 or newer; undefined unless both are there. */
export async function findSystemBinaries(): Promise<ServerBinaries | undefined> {
  const postgres = findPostgres();
  if (postgres === undefined) return undefined;
  const { stdout } = await run('redis-server', ['--version']);
  if (Number(/v=(\d+)/.exec(stdout)?.[1] ?? 0) < LEAST_REDIS) return undefined;
  return { ...postgres, redisServer: 'redis-server', redisCli: 'redis-cli' };
}

function findPostgres(): Pick<ServerBinaries, 'postgresBin' | 'postgresMajor'> | undefined {
  for (const root of POSTGRES_ROOTS) {
    const majors = existsSync(root)
      ? readdirSync(root)
          .map(Number)
          .filter((major) => major >= LEAST_POSTGRES)
      : [];
    for (const postgresMajor of majors.sort((a, b) => b - a)) {
      const control = join(root.replace('/lib/', '/share/'), String(postgresMajor), 'extension', 'timescaledb.control');
      const postgresBin = join(root, String(postgresMajor), 'bin');
      if (existsSync(control) && existsSync(join(postgresBin, 'initdb'))) return { postgresBin, postgresMajor };
    }
  }
  return undefined;
}
