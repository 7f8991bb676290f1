import { WRITE_KEY_USES_HASH, WRITE_KEYS_HASH } from '@analytics/events';
import { listWriteKeyHashes, noteWriteKeyUse } from '@analytics/timescale';
import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { DataSource } from 'typeorm';

const EVERY_MS = 1_000;

/**
 * Keeps the collectors' list of write keys in Redis equal to the database's: a new key works, and a revoked one
 * ends, within seconds; and the list comes back by itself when Redis lost it. Takes the other way what collectors note of the keys'
 * last use. Collectors have no way to the database.
 */
export class WriteKeysPublisher {
  private readonly logger = new Logger(WriteKeysPublisher.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;
  private failing = false;

  constructor(
    private readonly tables: DataSource,
    private readonly redis: Redis,
  ) {}

  async start(): Promise<void> {
    await this.publish();
    const again = (): void => {
      if (this.stopped) return;
      this.timer = setTimeout(() => {
        this.running = this.publish().then(again);
      }, EVERY_MS);
    };
    again();
  }

  /** Resolves when nothing of it runs any more; its connections may then be closed. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async publish(): Promise<void> {
    try {
      const wanted = new Map((await listWriteKeyHashes(this.tables)).map(({ keyHash, projectId }) => [keyHash, projectId]));
      const known = new Map(Object.entries(await this.redis.hgetall(WRITE_KEYS_HASH)));
      const removed = [...known.keys()].filter((hash) => !wanted.has(hash));
      const changed = [...wanted].filter(([hash, project]) => known.get(hash) !== project);
      if (removed.length > 0) await this.redis.hdel(WRITE_KEYS_HASH, ...removed);
      if (changed.length > 0) await this.redis.hset(WRITE_KEYS_HASH, ...changed.flat());
      await this.takeUses();
      if (this.failing) this.logger.log('write keys are published again');
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.logger.warn(`write keys could not be published; collectors go on with those they know (${String(error)})`);
      this.failing = true;
    }
  }

  /** What is noted meanwhile under the same name stays or is lost for ten seconds: a key in use is noted again. */
  private async takeUses(): Promise<void> {
    const noted = Object.entries(await this.redis.hgetall(WRITE_KEY_USES_HASH));
    if (noted.length === 0) return;
    const uses = noted.map(([hash, ms]) => [hash, Number(ms)] as const).filter(([, ms]) => Number.isSafeInteger(ms));
    await noteWriteKeyUse(this.tables, new Map(uses));
    await this.redis.del(WRITE_KEY_USES_HASH);
  }
}
