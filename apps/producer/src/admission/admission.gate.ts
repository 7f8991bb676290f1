import { setTimeout as delay } from 'node:timers/promises';
import { NoticeSubscriber } from '@analytics/redis-streams';
import { Logger } from '@nestjs/common';
import type { StreamConfig } from '../producer.config.js';
import type { EventStream } from '../stream.connection.js';
import { LagReports } from './lag.reports.js';
import { memoryShare, oldestEntryAgeMs } from './redis.pressure.js';
import { retryAfterSeconds } from './retry-after.js';

/** How often it looks, ms. What arrives between two looks is admitted by the last one. */
const LOOK_EVERY_MS = 1000;
/** How often a source that waits asks again, ms. */
const ASK_EVERY_MS = 250;
/** Once closed, it opens below this share of the mark; at the mark itself it would open and close each second. */
const REOPEN_SHARE = 0.9;

/** Why no events are taken in, in words for the sender, and after how many seconds to try again. */
export interface Refusal {
  reason: string;
  retryAfterSeconds: number;
}

/** What `/ready` shows. `unknown`: Redis could not be asked; the transport then answers for itself. */
export interface AdmissionReport {
  state: 'open' | 'closed' | 'unknown';
  reason?: string;
  lag_ms: number;
  memory_share: number;
}

type Cause = 'lag' | 'memory';
type Limits = Pick<StreamConfig, 'ADMIT_MAX_LAG_MS' | 'ADMIT_MAX_MEMORY' | 'STREAM_PARTITIONS' | 'REDIS_URL'>;

/**
 * Decides once a second whether events may enter, so that storing falls behind by a bounded time and Redis never fills up.
 * `open ⇄ closed`: closed above a mark, open again below nine tenths of it; `unknown`, which admits, while Redis does not answer.
 * The lag of a partition is what its owner reports. Where nobody has reported for 5 s it is the age of the oldest unacknowledged entry,
 * so dead consumers close the gate as well. The report comes first because it follows the committed offset: an outsider who reads in the
 * group and never acknowledges would otherwise close the gate for ever.
 */
export class AdmissionGate {
  private readonly logger = new Logger(AdmissionGate.name);
  private readonly stopping = new AbortController();
  private readonly reports: LagReports;
  private running?: Promise<void>;
  private lagMs = 0;
  private memory = 0;
  private closedBy?: Cause;
  private fault?: string;

  constructor(
    private readonly stream: EventStream,
    private readonly limits: Limits,
  ) {
    this.reports = new LagReports(new NoticeSubscriber(limits.REDIS_URL));
  }

  /** Resolves after the first look, so that nothing is taken in before. */
  async start(): Promise<void> {
    void this.reports.start();
    await this.look();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.reports.stop();
  }

  get open(): boolean {
    return this.closedBy === undefined;
  }

  /** How long events have to wait at present until they are stored, ms: see LagReports. */
  get storingMs(): number {
    return this.reports.storingMs;
  }

  /** Why a request is refused now; undefined while the gate is open. */
  get refusal(): Refusal | undefined {
    const cause = this.closedBy;
    if (cause === undefined) return undefined;
    const { ADMIT_MAX_LAG_MS, ADMIT_MAX_MEMORY } = this.limits;
    // At least as long as the lag must shrink; for memory, a second for each percent that must become free.
    const lagS = (this.lagMs - REOPEN_SHARE * ADMIT_MAX_LAG_MS) / 1000;
    const percent = (this.memory - REOPEN_SHARE * ADMIT_MAX_MEMORY) * 100;
    return { reason: this.reason(cause), retryAfterSeconds: retryAfterSeconds(cause === 'lag' ? lagS : percent) };
  }

  /** Resolves when events may enter, or with the signal. For sources that can wait. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    while (!this.open && !signal.aborted) await delay(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }

  describe(): AdmissionReport {
    const measures = { lag_ms: this.lagMs, memory_share: Math.round(this.memory * 1000) / 1000 };
    if (this.fault !== undefined) return { state: 'unknown', reason: this.fault, ...measures };
    return this.closedBy === undefined
      ? { state: 'open', ...measures }
      : { state: 'closed', reason: this.reason(this.closedBy), ...measures };
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    for (;;) {
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await this.look();
    }
  }

  private async look(): Promise<void> {
    const redis = this.stream.unwrap();
    const partitions = Array.from({ length: this.limits.STREAM_PARTITIONS }, (_, partition) => partition);
    try {
      const lags = partitions.map((partition) => this.reports.timeLagMs(partition) ?? oldestEntryAgeMs(redis, partition));
      const [memory, ...ages] = await Promise.all([memoryShare(redis), ...lags]);
      this.memory = memory;
      this.lagMs = Math.round(Math.max(...ages));
      this.fault = undefined;
      this.judge();
    } catch (error) {
      this.cannotTell(error);
    }
  }

  private judge(): void {
    const { ADMIT_MAX_LAG_MS, ADMIT_MAX_MEMORY } = this.limits;
    const share = this.open ? 1 : REOPEN_SHARE;
    const before = this.closedBy;
    if (this.memory > ADMIT_MAX_MEMORY * share) this.closedBy = 'memory';
    else if (this.lagMs > ADMIT_MAX_LAG_MS * share) this.closedBy = 'lag';
    else this.closedBy = undefined;
    if (this.closedBy !== undefined && before === undefined) this.logger.warn(`no events are taken in: ${this.reason(this.closedBy)}`);
    if (this.closedBy === undefined && before !== undefined) this.logger.log('events are taken in again');
  }

  private cannotTell(error: unknown): void {
    const { message } = error as Error;
    if (this.fault === undefined && !this.stopping.signal.aborted) this.logger.warn(`lag and memory of Redis cannot be read: ${message}`);
    this.fault = message;
    this.closedBy = undefined;
  }

  private reason(cause: Cause): string {
    const { ADMIT_MAX_LAG_MS, ADMIT_MAX_MEMORY } = this.limits;
    const percent = (share: number): string => `${Math.round(share * 100)} %`;
    return cause === 'lag'
      ? `storing is ${Math.round(this.lagMs / 1000)} s behind; at most ${ADMIT_MAX_LAG_MS / 1000} s are allowed (ADMIT_MAX_LAG_MS)`
      : `Redis uses ${percent(this.memory)} of its memory; at most ${percent(ADMIT_MAX_MEMORY)} are allowed (ADMIT_MAX_MEMORY)`;
  }
}
