import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../postgres-pool.js';
import { readFunnel, type FunnelQuestion, type FunnelStep } from './funnel.js';
import { SNAPSHOT } from './metrics.reader.js';
import { readPaths, type Paths, type PathsQuestion } from './paths.js';
import { readRetention, type Cohort, type RetentionQuestion } from './retention.js';

/** Follows users and sessions through time. */
export class JourneysReader {
  constructor(private readonly pool: Pool) {}

  funnel(question: FunnelQuestion): Promise<FunnelStep[]> {
    return this.read((client) => readFunnel(client, question));
  }

  retention(question: RetentionQuestion): Promise<Cohort[]> {
    return this.read((client) => readRetention(client, question));
  }

  paths(question: PathsQuestion): Promise<Paths> {
    return this.read((client) => readPaths(client, question));
  }

  private read<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, SNAPSHOT, async (client) => {
      // These sort all events of the question; the default of 4 MB would have them on disk.
      await client.query(`SET LOCAL work_mem = '64MB'`);
      return work(client);
    });
  }
}
