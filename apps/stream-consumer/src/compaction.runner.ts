import { randomUUID } from 'node:crypto';
import { Compactor, createPool } from '@analytics/timescale';
import { Logger } from '@nestjs/common';
import type { Pool } from 'pg';

/** Late events are in the compacted counts after this time, where there are few of them. */
const EVERY_MS = 2_500;
/** It rests for so many times of what it worked: a backlog of years takes a quarter of a core from the writers, and not all of it. */
const REST = 3;
/** An hour of the largest traffic takes minutes to count; only a dead connection takes longer. */
const FILL_TIMEOUT_MS = 1_800_000;

const END_SESSION = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()';

/** Keeps the counts that questions about the past are answered from; see Compactor. Several consumers may do so at the same time. */
export class CompactionRunner {
  private readonly logger = new Logger('compaction');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  /** By which its session is found when it has to end at once. */
  private readonly sessionName = `compaction ${randomUUID()}`;
  private readonly pool: Pool;
  private readonly compactor: Compactor;

  /**
   * @param url as role `analytics_writer`; it has a connection of its own, which it may need for long.
   * @param writers by which it is ended.
   */
  constructor(
    url: string,
    private readonly writers: Pool,
  ) {
    this.pool = createPool(url, { max: 1, applicationName: this.sessionName, queryTimeoutMs: FILL_TIMEOUT_MS });
    this.compactor = new Compactor(this.pool);
  }

  start(afterMs = EVERY_MS): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.pass().then((restMs) => this.start(restMs));
    }, afterMs);
  }

  /** Resolves when nothing of it runs any more. What it was filling is given up, and filled by the next one. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    // A database that does not answer has nothing to end.
    await this.writers.query(END_SESSION, [this.sessionName]).catch(() => undefined);
    await this.running;
    await this.pool.end();
  }

  /** @returns how long to rest, ms. */
  private async pass(): Promise<number> {
    const startedAt = performance.now();
    let behind = false;
    try {
      ({ behind } = await this.compactor.compact());
      if (this.failing) this.logger.log('the past is compacted again');
      this.failing = false;
    } catch (error) {
      if (!this.failing && !this.stopped)
        this.logger.warn(`the past could not be compacted; questions are answered from the events until it catches up (${String(error)})`);
      this.failing = true;
    }
    const rest = REST * (performance.now() - startedAt);
    return behind ? rest : Math.max(EVERY_MS, rest);
  }
}
