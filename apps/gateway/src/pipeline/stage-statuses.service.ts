import type { ConsumerStatus, ProducerStatus, StageStatus } from '@analytics/events';
import { Injectable } from '@nestjs/common';

/** Every process reports once a second; after this silence it no longer counts as reporting. */
const STALE_AFTER_MS = 5_000;
/** After this silence it is no longer shown: it was stopped, or started anew under another name. */
const FORGOTTEN_AFTER_MS = 60_000;

export type Reported<T extends StageStatus> = T & { reporting: boolean };

/** The last word of every producer and consumer process. Silence is measured by this process's clock, so skewed clocks do not matter. */
@Injectable()
export class StageStatuses {
  private readonly heard = new Map<string, { status: StageStatus; at: number }>();

  observe(status: StageStatus, now: number = Date.now()): void {
    this.heard.set(`${status.stage} ${status.instance}`, { status, at: now });
    for (const [name, { at }] of this.heard) if (now - at > FORGOTTEN_AFTER_MS) this.heard.delete(name);
  }

  producers(now: number = Date.now()): Reported<ProducerStatus>[] {
    return this.known(now).filter((status): status is Reported<ProducerStatus> => status.stage === 'producer');
  }

  consumers(now: number = Date.now()): Reported<ConsumerStatus>[] {
    return this.known(now).filter((status): status is Reported<ConsumerStatus> => status.stage === 'stream-consumer');
  }

  private known(now: number): Reported<StageStatus>[] {
    return [...this.heard.values()]
      .filter(({ at }) => now - at <= FORGOTTEN_AFTER_MS)
      .map(({ status, at }) => ({ ...status, reporting: now - at <= STALE_AFTER_MS }))
      .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  }
}
