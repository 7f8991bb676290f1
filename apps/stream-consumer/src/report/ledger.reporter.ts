import { parseTallyKey, STREAM } from '@analytics/events';
import type { RedisStreamsServer } from '@analytics/redis-streams';
import type { LedgerWriter } from '@analytics/timescale';
import { Logger } from '@nestjs/common';

const EVERY_MS = 1_000;
/** Counters of accepted events stay in Redis this long after their minute; then only the copy in the database is kept. */
const KEEP_IN_REDIS_MS = 3_600_000;

/**
 * Brings what the producers counted (in Redis, in one step with each pack) beside what this process counted (in the database, in one
 * transaction with each batch). Only a partition's owner copies, so a stale count never overwrites a newer one.
 */
export class LedgerReporter {
  private readonly logger = new Logger('ledger');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;
  private flying: Record<string, number> = {};

  constructor(
    private readonly server: RedisStreamsServer,
    private readonly writer: LedgerWriter,
  ) {}

  start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.copy().then(() => this.start());
    }, EVERY_MS);
  }

  /** Resolves when nothing of it runs any more; its connections may then be closed. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Project → events accepted and not yet stored, as of the last second. */
  get inFlight(): Record<string, number> {
    return this.flying;
  }

  private async copy(): Promise<void> {
    try {
      const owned = this.server.partitions().filter(({ epoch }) => epoch > 0);
      for (const { partition, epoch } of owned) await this.copyPartition(partition, epoch);
      this.flying = byProject((await this.server.inFlight()).tally);
      if (this.failing) this.logger.log('the ledger is kept again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn(`accepted events could not be copied to the ledger; it catches up by itself (${String(error)})`);
      this.failing = true;
    }
  }

  private async copyPartition(partition: number, epoch: number): Promise<void> {
    const accepted = await this.server.acceptedTally(partition);
    if (accepted.size === 0 || !(await this.writer.setAccepted({ stream: STREAM, partition, epoch, accepted }))) return;
    const oldest = Date.now() - KEEP_IN_REDIS_MS;
    const old = [...accepted.keys()].filter((key) => (parseTallyKey(key)?.minute ?? 0) < oldest);
    if (old.length > 0) await this.server.forgetAccepted(partition, old);
  }
}

function byProject(tally: ReadonlyMap<string, number>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const [key, count] of tally) {
    const project = parseTallyKey(key)?.projectId;
    if (project !== undefined) counts.set(project, (counts.get(project) ?? 0) + count);
  }
  return Object.fromEntries(counts);
}
