import { OutageLog } from './redis-connection.js';
import type { PartitionOwnership } from './partition-ownership.js';

export interface PartitionBalanceOptions {
  ownership?: PartitionOwnership;
  owner: string;
  acquireEveryMs: number;
}

/** Keeps the number of partitions of one process at its share. Without `share` of the ownership there is no bound. */
export class PartitionBalance {
  private most = Infinity;
  private taken = 0;
  private asking?: Promise<void>;
  private timer?: NodeJS.Timeout;

  /** @param giveUpAbove told the share whenever it was asked for; gives up what exceeds it. */
  constructor(
    private readonly options: PartitionBalanceOptions,
    private readonly outage: OutageLog,
    private readonly giveUpAbove: (most: number) => void,
  ) {}

  /** Asks for the share, now and every `acquireEveryMs`. Nothing may be taken before the first answer. */
  start(): void {
    if (!this.options.ownership?.share) return;
    this.most = 0;
    this.ask();
    this.timer = setInterval(() => this.ask(), this.options.acquireEveryMs);
  }

  /** Whether one more partition may be taken; if so, it is reserved until {@link giveBack}. */
  async tryTake(): Promise<boolean> {
    if (this.most === 0) await this.asking;
    if (this.taken >= this.most) return false;
    this.taken++;
    return true;
  }

  giveBack(): void {
    this.taken--;
  }

  /** Leaves the owners. Never rejects: an owner that could not leave no longer counts when its time is over. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    await this.asking; // it would enter again
    const { ownership, owner } = this.options;
    await ownership?.leave?.(owner).catch((error: unknown) => this.outage.failed(error));
  }

  private ask(): void {
    this.asking ??= this.askShare().finally(() => (this.asking = undefined));
  }

  private async askShare(): Promise<void> {
    try {
      this.most = (await this.options.ownership?.share?.(this.options.owner)) ?? Infinity;
      this.outage.recovered();
      this.giveUpAbove(this.most);
    } catch (error) {
      this.outage.failed(error);
    }
  }
}
